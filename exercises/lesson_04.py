"""Checks of lesson 4: visualize."""

from functools import cache

import numpy as np

import localization_utils as lu

from .checking import Wrong, array, choice, compared, hidden, mean_iou, on_black, side_by_side

YELLOW = [255, 255, 0]


def check_1(answer):
    """Grey rectangles instead of white ones."""
    white, grey = _white_and_grey()
    hint = f"Not {answer!r}. The head reads the strengths of cells: what does half the light do to them?"
    choice(answer, ("higher", "lower", "about the same"), compared(grey - white), hint)
    return f"On 24 images: white {white:.2f}, grey {grey:.2f}."


@cache
def _white_and_grey():
    images, tlhw = lu.WhiteRectangles().sample(hidden(), 24)
    boxes, model = lu.tlhw_to_xyxy(tlhw), lu.load_localizer("localization-1")
    return [mean_iou(model, x, boxes) for x in (images, np.minimum(images, 128))]


def _fractional_boxes(count):
    """Boxes `(count, 4)` `xyxy`, and the same before each side moved by up to 0.4 px."""
    rng = hidden()
    corners = np.sort(rng.integers(4, 220, (count, 2, 2)), axis=1)
    corners[:, 1] += 3
    whole = corners.reshape(count, 4)
    return whole + rng.uniform(-0.4, 0.4, whole.shape), whole


def check_2(paint):
    """The areas of two boxes, as numbers."""
    boxes, whole = _fractional_boxes(60)
    for (actual, predicted), (a, p) in zip(zip(boxes[::2], boxes[1::2]), zip(whole[::2], whole[1::2])):
        got = array(paint(actual.copy(), predicted.copy()), (224, 224), "the areas")
        right = _filled(a) + 2 * _filled(p)
        if not np.array_equal(got, right):
            titles, heading = ["yours", "right"], "1: only actual, 2: only predicted, 3: both"
            raise Wrong(_what_is_painted_wrong(got, right), side_by_side([got, right], titles, heading))
    return "Now count: the pixels that are 3, over all that are not 0, are the IoU."


def _filled(box):
    """A picture of ones where a box `(4,)` of whole `xyxy` pixels is."""
    rows, columns = np.ogrid[:224, :224]
    left, top, right, bottom = box
    return ((columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)).astype(int)


def _what_is_painted_wrong(got, right):
    if np.array_equal(got.T, right):
        return "Rows and columns are exchanged: an array's first index counts rows, from top to bottom."
    if not np.isin(got, range(4)).all():
        return "An area holds other numbers than 0, 1, 2 and 3."
    if (got > 0).sum() == (right > 0).sum() and (right == 3).any() and not (got == 3).any():
        return "Where the boxes overlap, one is painted over the other: it should be 3 there."
    extra = (got > 0).sum() - (right > 0).sum()
    size = "large" if extra > 0 else "small" if extra < 0 else "far to one side"
    return f"A box is too {size}: round its sides to whole pixels; right and bottom are exclusive."


def check_3(draw):
    """A frame drawn with Pillow, to the pixel."""
    fractional, whole = _fractional_boxes(30)
    for name, boxes in (("whole", whole), ("fractional", fractional)):
        for box, rounded in zip(boxes, whole):
            image = np.zeros((224, 224, 3), np.uint8)
            got = array(draw(image.copy(), box.copy()), (224, 224, 3), "the picture")
            _check_frame(got, rounded, f"{name} box {np.round(box, 1).tolist()}")
    return "30 frames, of whole and of fractional boxes, are right to the pixel."


def _check_frame(got, rounded, name):
    left, top, right, bottom = rounded
    inside = _filled(rounded) - _filled(rounded + [1, 1, -1, -1])
    drawn = (got == YELLOW).all(axis=-1)
    if np.array_equal(drawn, inside == 1):
        return
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    if not len(rows):
        raise Wrong("Nothing is drawn in yellow.")
    found = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
    figure = on_black([found], [name], "Your frame is green, the right one yellow", [rounded])
    if np.array_equal(found, rounded):
        raise Wrong("The frame is in the right place, but it is not one pixel wide.", figure)
    wrong = found - rounded
    if (wrong[2:] == 1).all():
        raise Wrong(f"Of the {name}, right and bottom are a pixel too far: Pillow includes them.", figure)
    sides = [side for side, off in zip(("left", "top", "right", "bottom"), wrong) if off]
    raise Wrong(f"Of the {name}, {' and '.join(sides)} are off: int() cuts off, round() rounds.", figure)
