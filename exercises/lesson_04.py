"""Checks of lesson 4: visualize."""

import numpy as np

from .checking import Wrong, array, hidden, number, on_black, side_by_side

YELLOW = [255, 255, 0]


def check_1(answer):
    """The least widths at which an error of 2 px a side costs no more than so much IoU."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong("Give two whole numbers: the widths for 0.5 and for 0.9.")
    for least, right, given in zip((0.5, 0.9), (5, 96), answer):
        without_height = round(4 / (1 / least - 1))  # w / (w + 4) reaches the IoU here
        one_sided = f"For {least} that leaves out something: the box is too high as well, 64 px and not 60."
        number(given, right, 0, [(without_height, one_sided)])
    return "60 w / (64 (w + 4)) is 0.52 for 5 px and 0.90 for 96 px. It never reaches 0.94, at any width."


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
    """A frame drawn with Pillow, to the pixel; the last box fills the image."""
    fractional, whole = _fractional_boxes(30)
    fractional[-1] = whole[-1] = [0, 0, 224, 224]
    for name, boxes in (("whole", whole), ("fractional", fractional)):
        for box, rounded in zip(boxes, whole):
            image = np.zeros((224, 224, 3), np.uint8)
            got = array(draw(image.copy(), box.copy()), (224, 224, 3), "the picture")
            _check_frame(got, rounded, f"{name} box {np.round(box, 1).tolist()}")
    return "30 frames, of whole and of fractional boxes, are right to the pixel."


def _check_frame(got, rounded, name):
    left, top, right, bottom = rounded
    outer = np.clip(rounded + [-1, -1, 1, 1], 0, 224)  # as far as the frame goes, in the image
    inside = _filled(outer) - _filled(rounded + [1, 1, -1, -1])
    drawn = (got == YELLOW).all(axis=-1)
    if np.array_equal(drawn, inside == 1):
        return
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    if not len(rows):
        raise Wrong("Nothing is drawn in yellow.")
    found = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
    heading = "Where your frame ends is green, where it should end is yellow"
    figure = on_black([found], [name], heading, [outer])
    wrong = found - outer
    if not wrong.any():
        raise Wrong("The frame ends in the right place, but it is not two pixels wide.", figure)
    if (wrong[:2] == 1).all():
        raise Wrong(f"Of the {name}, no pixel of the frame is outside, at least left and top.", figure)
    if (wrong == [0, 0, 1, 1]).all():
        raise Wrong(f"Of the {name}, right and bottom are a pixel too far: Pillow includes them.", figure)
    sides = [side for side, off in zip(("left", "top", "right", "bottom"), wrong) if off]
    raise Wrong(f"Of the {name}, {' and '.join(sides)} are off: int() cuts off, round() rounds.", figure)
