"""Answers that live in another process than their judge, as `make grade` has them; see `tools/grading/`.

Most checks need not know. Those that train with an answer, or ask for its gradient, run a trial of
`exercises/trials.py` beside it. This module imports nothing large: whoever holds an answer needs it, too.
"""

from inspect import isfunction


class Elsewhere:
    """A function or class of another process; a subclass says how to reach it."""

    unsolved = False

    def __call__(self, *arguments):
        """What the answer gives for arguments."""
        raise NotImplementedError

    def trial(self, name, *arguments):
        """What a function of `exercises.trials` gives for the answer and arguments, run over there."""
        raise NotImplementedError


def beside(answer, trial, *arguments):
    """What a trial, a function of `exercises.trials`, gives for an answer; it runs where the answer lives."""
    if isinstance(answer, Elsewhere):
        return answer.trial(trial.__name__, *arguments)
    return trial(answer, *arguments)


def is_unsolved(answer):
    """Whether an answer is `...`, holds it, or is a function or class with nothing else in its body."""
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
