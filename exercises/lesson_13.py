"""Checks of lesson 13: photographs."""

import numpy as np

from .checking import Wrong, array, hidden, number, on_black

AIR, SIZE = 0.05, 224


def check_1(answer):
    """What IoU is left when a box has air on every side."""
    right = 1 / (1 + 2 * AIR) ** 2
    hints = (
        (1 - AIR, "That is one side alone: the other three are too far out as well."),
        (1 / (1 + 2 * AIR), "That is the width alone. The height is too large, too."),
        ((1 - 2 * AIR) ** 2, "The boxes are too large, not too small: what is the union, what is shared?"),
        (1 - 4 * AIR, "The four sides do not simply add up: divide one area by the other."),
        (1 - 2 * AIR, "That is the width alone, and as if it were too small."),
    )
    number(answer, right, 0.004, hints)
    return f"1 / {1 + 2 * AIR:g}² = {right:.2f}: against such labels a box that is right has no more."


def check_2(cut_box):
    """A box after its photo was cut."""
    for piece, what in _PIECES:
        box, right = np.array([100.0, 60, 300, 160]), _cropped(piece, SIZE)
        got = cut_box(tuple(box), piece, SIZE)
        about = f"The piece {piece} {what} of the box (100, 60, 300, 160)."
        if right is None:
            if got is not None:
                raise Wrong(f"{about} Less than half of its area is left, so the answer should be None.")
            continue
        if got is None:
            raise Wrong(f"{about} At least half of its area is left, and your answer is None.")
        _compare(array(got, (4,), "the box"), right, box, piece, about)
    if cut_box((100, 60, 300, 160), _PIECES[1][0], SIZE, 0.9) is not None:
        raise Wrong("With least=0.9 a box of which 75 % is left should be None: use `least`.")
    return "The box ends where the piece ends, and what is hardly there any more is no label."


_PIECES = (
    ((50, 20, 350, 220), "holds all"),
    ((150, 40, 400, 200), "holds three quarters"),
    ((0, 80, 200, 200), "holds two fifths"),
    ((320, 10, 500, 200), "holds nothing"),
    ((700, 500, 900, 700), "holds nothing"),
)


def _cropped(piece, size, box=(100, 60, 300, 160), least=0.5):
    """The box as it should be, or None."""
    left, top = max(box[0], piece[0]), max(box[1], piece[1])
    right, bottom = min(box[2], piece[2]), min(box[3], piece[3])
    area = max(right - left, 0) * max(bottom - top, 0)
    if area < least * (box[2] - box[0]) * (box[3] - box[1]):
        return None
    x, y = size / (piece[2] - piece[0]), size / (piece[3] - piece[1])
    return np.array(
        [(left - piece[0]) * x, (top - piece[1]) * y, (right - piece[0]) * x, (bottom - piece[1]) * y]
    )


def _compare(got, right, box, piece, about):
    """Raise Wrong, with a picture of both boxes, when a box is not the right one."""
    if np.allclose(got, right, atol=0.01):
        return
    corner, scale = np.tile(piece[:2], 2), np.tile(SIZE / np.subtract(piece[2:], piece[:2]), 2)
    clipped = np.concatenate([np.maximum(box[:2], piece[:2]), np.minimum(box[2:], piece[2:])])
    says = f"{about} It should come out as {_words(right)}, not {_words(got)}."
    if np.allclose(got, (box - corner) * scale, atol=0.01):
        says = f"{about} Your box reaches out of the piece: end it at the piece's border."
    elif np.allclose(got, box, atol=0.01):
        says = f"{about} Your box did not move: the piece's corner is the new zero, and it is enlarged."
    elif np.allclose(got, clipped, atol=0.01):
        says = f"{about} Your box ends at the border, but it is still in the photo's pixels."
    elif np.allclose(got, clipped - corner, atol=0.01):
        says = f"{about} The corner is right, the scale is missing: the piece becomes {SIZE} pixels a side."
    elif np.allclose(got, (clipped - corner) * scale[[1, 0, 1, 0]], atol=0.01):
        says = f"{about} The scales of width and height are exchanged."
    raise Wrong(says, on_black([got], ["yours, dashed"], "In the square; solid is right", truth=[right]))


def _words(numbers, digits=1):
    return ", ".join(f"{value:.{digits}f}" for value in numbers)


def check_3(from_yolo):
    """YOLO's numbers as a box in pixels."""
    rng = hidden()
    for width, height in ((640, 400), (300, 500)):
        low, high = np.sort(rng.uniform(0.05, 0.95, (2, 2)), axis=0)
        x, y = (low + high) / 2
        w, h = high - low
        right = np.array([low[0] * width, low[1] * height, high[0] * width, high[1] * height])
        got = array(from_yolo((x, y, w, h), width, height), (4,), "the box").astype(float)
        _compare_yolo(got, right, (x, y, w, h), (width, height))
    return "The centre minus half of the width is the left edge. Look at some boxes before you train."


def _compare_yolo(got, right, numbers, size):
    """Raise Wrong, with a picture of both boxes, for a box that is not the right one."""
    if np.allclose(got, right, atol=1e-3):
        return
    half = np.array(numbers[2:]) * size / 2
    as_corner = right + np.tile(half, 2)
    says = (
        f"{_words(got)} should be {_words(right)} for {_words(numbers, 2)} in {size[0]} x {size[1]} pixels."
    )
    if np.allclose(got[:3], right[:3], atol=1e-3) and not np.allclose(got[3], as_corner[3], atol=1e-3):
        says = "Left, top and right are right. Which of the photo's sides is the height a part of?"
    elif np.allclose(got[:3], as_corner[:3], atol=1e-3):
        says = "The first two numbers are the centre, and you still take them for the corner."
    elif np.allclose(got, right - np.tile(half, 2), atol=1e-3):
        says = "Now the whole width is taken off. From the centre to the left edge it is half of it."
    elif np.allclose(got, np.round(right)) or np.allclose(got, np.floor(right)):
        says = "The box is right, but for its fractions: the round trip to YOLO and back loses them."
    elif np.allclose(got, [*right[:2], *(2 * half)], atol=1e-3):
        says = "That is left, top, width, height; asked are left, top, right, bottom."
    elif np.allclose(got, [*right[:2], *as_corner[2:]], atol=1e-3):
        says = "Left and top are right. Right and bottom still begin at the centre."
    elif np.allclose(got[[1, 0, 3, 2]], right, atol=1e-3):
        says = "Top comes before left there: give left, top, right, bottom."
    elif got.max() <= 1:
        says = "These still are parts of the photo, 0..1: multiply by its width and height."
    shown = np.stack([right, got]) * np.tile(SIZE / np.array(size), 2)
    raise Wrong(says, on_black(shown[1:], ["yours, dashed"], "Solid is right", truth=shown[:1]))
