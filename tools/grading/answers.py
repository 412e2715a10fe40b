"""Answers in a submission's process, and a check's verdict on any answer."""

import warnings
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from io import BytesIO, StringIO

import matplotlib.pyplot as plt

from exercises.checking import judged, question_named
from exercises.elsewhere import Elsewhere
from tools.grading.process import Ended

LONGEST = 2000
DPI = 80

for _lesson in range(1, 15):  # now, before a submission could write into the files
    import_module(f"exercises.lesson_{_lesson:02}")


class Away(Elsewhere):
    """A function or class of a submission."""

    def __init__(self, process, form):
        self.process, self.number, self.unsolved = process, int(form["away"]), bool(form["unsolved"])
        self.text = str(form["text"])

    def __repr__(self):
        return self.text

    def __call__(self, *arguments):
        return self.trial(None, *arguments)

    def trial(self, name, *arguments):
        self.process.send({"answer": self.number, "trial": name, "arguments": list(arguments)})
        reply = self.process.receive()
        if "raises" in reply:
            kind, text = kind_and_text(reply["raises"])
            raise type(kind, (Exception,), {})(text)
        if "result" not in reply:
            raise Ended("checks something while it is being checked.")
        for i, values in reply["changed"].items():  # in place, as in the notebook
            arguments[i][...] = values
        return reply["result"]


def kind_and_text(error):
    """The two texts with which a submission's process reports an error."""
    if not (isinstance(error, list) and len(error) == 2):
        raise Ended("sends something that is not an answer.")
    return map(str, error)


def verdict(name, answer):
    """The outcome of a check, its message, and its picture as a PNG file, perhaps empty.

    Nothing is printed and no figure stays open.
    """
    picture = BytesIO()
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome, says, figure = judged(name, answer)
        if figure is not None:
            with suppress(Exception):  # an answer that no picture can show
                figure.savefig(picture, format="png", dpi=DPI)
            plt.close(figure)
    return outcome, says[:LONGEST], picture.getvalue()


def unknown(name):
    """The message of `check` for an exercise that does not exist."""
    try:
        question_named(name)
    except ValueError as error:
        return str(error)
