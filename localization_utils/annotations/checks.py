"""Checks that an annotated box lies inside its photo; corrects it where that is safe, or leaves it out."""

import math

ROUNDING = 0.1  # pixels that a box may reach over the photo's border without a message: YOLO's rounding does


def words(box):
    """The numbers of a box as text for a message."""
    return ", ".join(f"{value:g}" for value in box)


def checked_box(row, inclusive, problems):
    """The box of a `Row` as a tuple `xyxy` inside its photo, or None; what is wrong is noted.

    `inclusive` adds 1 pixel to right and bottom where the file gives corners.
    """
    try:
        given = tuple(map(float, row.numbers))
    except (TypeError, ValueError, OverflowError):
        given = ()
    if len(given) != 4 or not all(map(math.isfinite, given)):
        return problems.add(row.where, "not four finite numbers", ", ".join(map(repr, row.numbers)))
    box = _corners(given, row.layout, *row.photo[1])
    if not (box[0] < box[2] and box[1] < box[3]):
        return problems.add(row.where, "no width or no height", words(given))
    if row.layout != "cxcywh" and max(box) <= 1:
        return problems.add(row.where, "parts of the photo, 0 to 1, where pixels are expected", words(given))
    if row.layout == "xyxy" and box != given:
        what = "corners swapped (if these are width and height, name the columns so)"
        problems.add(row.where, what, words(given), "put right")
    if inclusive and row.layout == "xyxy":
        box = box[0], box[1], box[2] + 1, box[3] + 1
    return _inside(box, *row.photo[1], row.where, problems)


def _corners(given, layout, width, height):
    """`xyxy` pixels of four numbers in the row's layout; swapped corners are swapped back."""
    a, b, c, d = given
    if layout == "xywh":
        return a, b, a + c, b + d
    if layout == "cxcywh":
        box = (a - c / 2) * width, (b - d / 2) * height, (a + c / 2) * width, (b + d / 2) * height
        return tuple(round(value, 4) for value in box)  # whole pixels come back whole
    return given if a <= c and b <= d else (min(a, c), min(b, d), max(a, c), max(b, d))


def _inside(box, width, height, where, problems):
    """The part of a box inside the photo, or None; noted, unless no more than rounding is cut off."""
    left, top, right, bottom = box
    if left >= 0 and top >= 0 and right <= width and bottom <= height:
        return box
    inside = max(left, 0.0), max(top, 0.0), min(right, float(width)), min(bottom, float(height))
    value = f"{words(box)} in {width} x {height}"
    if not (inside[0] < inside[2] and inside[1] < inside[3]):
        return problems.add(where, "outside the photo", value)
    if max(abs(a - b) for a, b in zip(box, inside)) > ROUNDING:
        problems.add(where, "partly outside the photo", value, "clipped")
    return inside
