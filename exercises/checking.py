"""`check`, and what the checks of all lessons have in common."""

from importlib import import_module

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

import localization_utils as lu
from localization_utils.trunk import PROJECT

from .elsewhere import is_unsolved

HIDDEN_SEED = 40_961
OUTCOMES = []  # of every check in this process, in order


class Wrong(Exception):
    """Raised for a wrong answer: what is wrong with it, and perhaps a figure that shows it."""

    def __init__(self, message, figure=None):
        super().__init__(message)
        self.figure = figure


def check(name, answer):
    """Print whether `answer` is right for the exercise `name`, as in `check("1.2", my_function)`.

    An answer that still is `...`, or a function or class that contains nothing else, is not solved yet.
    Raises ValueError for an exercise that does not exist.
    """
    outcome, says, figure = judged(name, answer)
    print(f"Exercise {name}: {outcome}." + (f" {says}" if says else ""))
    if outcome == "not right yet":
        print(f'Stuck? hint("{name}") helps.')
    if figure is not None:
        display(figure)
        plt.close(figure)
    OUTCOMES.append({"exercise": name, "outcome": outcome, "says": says})


def judged(name, answer):
    """The outcome of a check, its message, and a figure or None."""
    question = question_named(name)
    if is_unsolved(answer):
        return "not solved yet", "", None
    try:
        return "right", question(answer), None
    except Wrong as wrong:
        return "not right yet", str(wrong), wrong.figure
    except Exception as error:  # the student reads whatever the answer raises
        return "not right yet", f"It stops with {type(error).__name__}: {error}", None


def question_named(name):
    """The function that checks an exercise."""
    lesson, _, number = str(name).partition(".")
    if lesson in map(str, range(1, 15)) and number in ("1", "2", "3"):
        return getattr(import_module(f"exercises.lesson_{int(lesson):02}"), f"check_{number}")
    raise ValueError(f'there is no exercise "{name}"; there are "1.1" to "14.3", three for each lesson.')


# --- for the checks: numbers, words, arrays


def hidden():
    """A random generator for the cases of a check."""
    return np.random.default_rng(HIDDEN_SEED)


def number(answer, right, within, hints=()):
    """Compare a guessed number with the right one; `hints` pairs typical wrong numbers with messages."""
    try:
        guess = float(answer)
    except (TypeError, ValueError):
        raise Wrong(f"{answer!r} is not a number.") from None
    if abs(guess - right) <= within:
        return
    for typical, hint in hints:
        if abs(guess - typical) <= within:
            raise Wrong(hint)
    raise Wrong(f"{guess:g} is too {'high' if guess > right else 'low'}.")


def choice(answer, options, right, hint):
    """Compare a chosen word with the right one."""
    if answer not in options:
        raise Wrong(f"{answer!r} is none of {', '.join(map(repr, options))}.")
    if answer != right:
        raise Wrong(hint)


def array(answer, shape, what):
    """An answer as an array, of this shape."""
    try:
        values = np.asarray(answer)
    except (TypeError, ValueError):
        raise Wrong(f"{what} are not an array.") from None
    if values.dtype == object:
        raise Wrong(f"{what} are {type(answer).__name__}, not an array of numbers.")
    if values.shape != tuple(shape):
        raise Wrong(f"{what} have shape {values.shape}; they should have {tuple(shape)}.")
    return values


def pair(answer, what):
    """An answer that should be a pair."""
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 2:
        raise Wrong(f"It gives {type(answer).__name__}; it should give two things: {what}.")
    return answer


def compared(change, tolerance=0.02):
    """A difference of two mean IoUs in words."""
    if abs(change) <= tolerance:
        return "about the same"
    return "higher" if change > 0 else "lower"


# --- for the checks: figures


def on_black(boxes, titles, heading, truth=None):
    """A figure of boxes `(n, 4)` `xyxy` on black: the answer's in green, `truth` in yellow."""
    black, boxes = np.zeros((224, 224, 3), np.uint8), np.asarray(boxes, float).clip(0, 224)
    start, end = np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, 2:], boxes[:, :2])
    boxes = np.concatenate([start, np.maximum(end, start + 1)], axis=1)  # drawn even if inverted
    truth = [None] * len(boxes) if truth is None else truth
    pictures = [lu.draw_boxes(black, actual, box) for actual, box in zip(truth, boxes)]
    return lu.show_gallery(pictures, titles, columns=len(pictures), inches=2.6, heading=heading)


def side_by_side(arrays, titles, heading, **imshow):
    """A figure of two arrays as images."""
    figure, axes = plt.subplots(1, len(arrays), figsize=(3 * len(arrays), 3.2), layout="constrained")
    for ax, values, title in zip(axes, arrays, titles):
        ax.imshow(values, **imshow)
        ax.set(title=title, xticks=[], yticks=[])
    figure.suptitle(heading)
    return figure


# --- for the checks: images


def assets(pattern):
    """Paths in assets/, sorted."""
    return sorted((PROJECT / "assets").glob(pattern))


def animals(on_photos=False, **sprites):
    """The course's three sprites, on black or on photos that no head was trained on."""
    photos = assets("photos/unseen/*.jpg") if on_photos else ()
    return lu.Sprites(assets("sprites/*.png"), photos, **sprites)


def mean_iou(model, images, boxes):
    """The mean IoU of a model's boxes for some images."""
    return float(lu.iou(boxes, lu.predict_boxes(model, images, threshold=0)).mean())
