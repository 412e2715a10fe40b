"""Answers in another process than their judge, as in `make grade`; see `tools/grading/`.

For most checks this makes no difference. Those that train with an answer, or need its gradient, run a trial
of `exercises/trials.py` in the answer's process. This module imports nothing large, because that process
needs it.
"""

from inspect import isfunction


class Elsewhere:
    """A function or class in another process; a subclass knows how to reach it."""

    unsolved = False

    def __call__(self, *arguments):
        """Call the answer with these arguments."""
        raise NotImplementedError

    def trial(self, name, *arguments):
        """Call a function of `exercises.trials` with the answer and arguments, in the other process."""
        raise NotImplementedError


def beside(answer, trial, *arguments):
    """Call a trial, a function of `exercises.trials`, with an answer, in the answer's process."""
    if isinstance(answer, Elsewhere):
        return answer.trial(trial.__name__, *arguments)
    return trial(answer, *arguments)


def is_unsolved(answer):
    """Whether an answer is `...`, contains it, or is a function or class with nothing else in its body."""
    if isinstance(answer, Elsewhere):
        return answer.unsolved
    if isinstance(answer, (tuple, list)):
        return any(is_unsolved(each) for each in answer)
    if isinstance(answer, type):
        return not any(isfunction(value) for value in vars(answer).values())
    if isfunction(answer):
        own, empty = answer.__code__, _nothing.__code__
        return (own.co_code, own.co_consts) == (empty.co_code, empty.co_consts)
    return answer is ...


def _nothing(): ...
