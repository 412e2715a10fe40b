"""Check all exercises in students' notebooks: `python -m tools.grade [FOLDER]`.

Prints a table and writes `build/grade.json`. FOLDER holds notebooks, or a subfolder for each student. Of each
notebook only imports, definitions and constants are executed, and the cells with a check: an answer must not
need more than those. A cell may take three minutes, a notebook fifteen. The code runs with your rights.
"""

import argparse
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import matplotlib

from tools.grading.attempts import Attempt, counted
from tools.grading.find import empty_handed, handed_in, lesson_of
from tools.grading.judge import SECONDS, attempts_in
from tools.grading.notebook import Broken
from tools.grading.report import one_line, row, say, summary, write
from tools.notebooks import NOTEBOOKS, PROJECT

REPORT = PROJECT / "build" / "grade.json"


def grade(path, seconds=SECONDS):
    """The outcomes of a notebook's exercises: a list of dicts `exercise`, `outcome`, `says`."""
    outcomes = _outcomes("", lesson_of(path.name), [path], seconds)
    return [{key: each[key] for key in ("exercise", "outcome", "says")} for each in outcomes]


def grade_all(folder, report=REPORT, seconds=SECONDS):
    """Grade what a folder holds, print it, and write the report after every notebook."""
    outcomes, student = [], None
    works = handed_in(folder)
    write(outcomes, report)
    for work in works:
        if work.student != student and len({each.student for each in works}) > 1:
            say(f"\n{one_line(work.student)}")
        student = work.student
        outcomes += _outcomes(student, work.lesson, work.paths, seconds)
        with suppress(OSError):  # main tells
            write(outcomes, report)
        for outcome in outcomes[-3:]:
            say(row(outcome))
    for name in empty_handed(folder, works):
        say(f"\n{one_line(name)}\n  no notebook of the course, such as 01-generate.ipynb")
    return outcomes


def _outcomes(student, lesson, paths, seconds):
    """The outcomes of a lesson's exercises in a student's notebook, or in copies of it."""
    names, attempts = [f"{lesson}.{number}" for number in (1, 2, 3)], []
    for path in paths:
        say(f"{one_line(path.name)} ...", sys.stderr)
        for attempt in _attempts(path, lesson, names, seconds):
            attempts.append(Attempt(**{**asdict(attempt), "notebook": path.name}))
    chosen = [counted(attempts, name) for name in names]
    return [
        {
            "student": student,
            "notebook": each.notebook or paths[-1].name,
            "exercise": each.exercise,
            "outcome": each.outcome,
            "says": one_line(each.says),
        }
        for each in chosen
    ]


def _attempts(path, lesson, names, seconds):
    """All attempts in a notebook; whatever is wrong with it, this costs that notebook alone."""
    try:
        return attempts_in(path, lesson, seconds)
    except Broken as broken:
        says = f"{path.name} {broken}"
    except Exception as error:  # a fault of ours
        says = f"The grader stops with {type(error).__name__}: {error}. That is no fault of the notebook."
    return [Attempt(name, "unreadable", says, "none") for name in names]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=NOTEBOOKS, help="default: notebooks/")
    parser.add_argument("--report", type=Path, default=REPORT, help="default: build/grade.json")
    options = parser.parse_args()
    matplotlib.use("agg")
    try:
        outcomes = grade_all(options.folder, options.report)
        if not outcomes:
            parser.error(f"{options.folder} holds no notebook of the course, such as 01-generate.ipynb.")
        say("\n".join(summary(outcomes)))
        write(outcomes, options.report)
        say(f"report: {'build/grade.json' if options.report == REPORT else options.report}")
    except KeyboardInterrupt:
        sys.exit(f"Stopped. What was graded until then is in {options.report}.")
    except OSError as error:
        parser.error(f"the report cannot be written: {error}; say where it can with --report.")


if __name__ == "__main__":
    main()
