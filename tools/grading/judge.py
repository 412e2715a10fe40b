"""Judges the answers of a notebook, in a process that the notebook's code cannot reach."""

import re
from dataclasses import replace

from exercises.elsewhere import Elsewhere
from tools.grading.answers import Away, kind_and_text, unknown, verdict
from tools.grading.attempts import Attempt
from tools.grading.cells import definitions, steps_of, tree_of
from tools.grading.notebook import code_cells, pictures
from tools.grading.process import Clock, Ended, Process

SECONDS, CELLS, CHECKS = 180, 5, 200  # for a cell; a notebook has the time of 5 cells, and so many checks
NAME = re.compile(r"([1-9]|1[0-4])\.([123])")


class Judge:
    """Runs the steps of a notebook and judges their answers; a process that ends is started again."""

    def __init__(self, beside, seconds=SECONDS, lesson=None):
        self.beside, self.lesson, self.seconds = beside, lesson, seconds
        self.clock, self.checks = Clock(seconds, CELLS * seconds), CHECKS
        self.process, self.done, self.stopped = None, [], []

    def attempts(self, steps):
        """The attempts at all exercises. A cell that lacks a name runs again after all others have run."""
        found = [[] if step.spare else self._attempts(step) for step in steps]
        again = [i for i, step in enumerate(steps) if step in self.stopped]
        for step in steps if again else ():
            if step.spare:
                self._attempts(step)
        for i in again:
            found[i] = self._attempts(steps[i])
        return [attempt for attempts in found for attempt in attempts]

    def _attempts(self, step):
        """The attempts in a step: the last answer to each exercise, or that there was none."""
        judged = {}
        try:
            problem = self._run(step, judged)
            self.done.append(step)
            lacks = any("stops with NameError" in each.says for each in judged.values())
            self.stopped += [step] if step.checks and (lacks or problem and not judged) else []
        except Ended as ended:
            problem = f"The cell {ended}"
            self.end()
            self.done += definitions(tree_of(step.source) or tree_of("")) if step.checks else []
        says = problem or "The cell did not come to its check."
        failed = [name for name in step.exercises if name not in judged]
        found = [*judged.values(), *(Attempt(name, "not right yet", says, "none") for name in failed)]
        return [replace(attempt, source=step.source) for attempt in found]

    def _run(self, step, judged):
        """Run a step, after all earlier ones if the process is new; gives the cell's error, or None."""
        while self.process is None or self.clock.total <= 0:
            if self.clock.total <= 0:
                raise Ended(f"was not run: the notebook takes more than {CELLS * self.seconds:g} s.")
            self.process = Process(self.beside, self.clock)
            self._repeat()
        return self._until_ran(step, lambda name, answer: self._judged(name, answer, judged))

    def _repeat(self):
        for i, step in enumerate(self.done):
            try:
                self._until_ran(step, lambda name, answer: None)
            except Ended:  # it did not the first time
                self.end()
                del self.done[i]
                return

    def _until_ran(self, step, on_check):
        self.clock.next_cell()
        self.process.send({"run": step.source})
        while "ran" not in (message := self.process.receive(self._away)):
            if not isinstance(message.get("check"), str):
                raise Ended("sends something that is not an answer.")
            self.process.send({"judged": on_check(message["check"], message.get("answer"))})
        if message["ran"]:
            kind, text = kind_and_text(message["ran"])
            return f"The cell stops with {kind}: {text}".strip()

    def _away(self, form):
        return Away(self.process, form) if "away" in form else None

    def _judged(self, name, answer, judged):
        """Note the verdict on an answer; gives the message for an exercise that does not exist."""
        self.checks -= 1
        if self.checks < 0:
            judged.clear()
            raise Ended(f"was ended: the notebook has more than {CHECKS} checks.")
        if not NAME.fullmatch(name):
            return unknown(name)
        if self.lesson is None or name.startswith(f"{self.lesson}."):
            outcome, says, drawn = verdict(name, answer)
            if outcome != "not solved yet" or name not in judged:
                kind = "function" if isinstance(answer, Elsewhere) else "value"
                judged[name] = Attempt(name, outcome, says, kind, drawn=drawn)

    def end(self):
        if self.process is not None:
            self.process.end()
        self.process = None


def attempts_in(path, lesson, seconds=SECONDS):
    """All attempts in a notebook at a lesson's exercises. Raises `Broken` if it is not a notebook."""
    judge = Judge(path.parent, seconds, lesson)
    cells, shown = code_cells(path), pictures(path)
    try:
        found = judge.attempts(steps_of(cells))
        return [replace(attempt, shown=shown.get(attempt.source, b"")) for attempt in found]
    finally:
        judge.end()
