"""Checks of lesson 3: predict."""

import numpy as np

import localization_utils as lu

from .checking import Wrong, array, hidden, number, on_black, side_by_side


def check_1(answer):
    """The mean IoU of true boxes that are 3 px too far right."""
    _, tlhw = lu.WhiteRectangles().sample(hidden(), 1000)
    boxes = lu.tlhw_to_xyxy(tlhw)
    right = float(lu.iou(boxes, boxes + [3, 0, 3, 0]).mean())
    try:
        guess = float(answer)
    except (TypeError, ValueError):
        raise Wrong(f"{answer!r} is no number.") from None
    if guess > right + 0.06:
        raise Wrong(
            f"{guess:g} is too high. 3 px are little in an image, but how much are they of a box 10 px wide? "
            "And of one 2 px wide?"
        )
    number(guess, right, 0.06)
    return f"On 1,000 boxes it is {right:.2f}: (w - 3) / (w + 3) for each, and many are narrow."


def check_2(by_place):
    """Mean IoU by where the box's centre is."""
    rng, cells = hidden(), 4
    centres = rng.uniform(0, 224, (400, 2)) * [1, 0.74]  # columns, rows: nothing in the lowest row of cells
    boxes = np.concatenate([centres - 4, centres + 4], axis=1)
    scores = centres[:, 1] / 224
    got = array(by_place(boxes, scores.copy(), cells), (cells, cells), "the means")
    column, row = np.floor(centres / 56).astype(int).T
    right = np.full((cells, cells), np.nan)
    for r, c in set(zip(row, column)):
        right[r, c] = scores[(row == r) & (column == c)].mean()
    if np.allclose(got.T, right, atol=1e-6, equal_nan=True):
        figure = side_by_side(
            [got, right], ["yours", "right"], "Scores that rise from top to bottom", vmin=0, vmax=1
        )
        raise Wrong("Rows and columns are exchanged: the first index counts from top to bottom.", figure)
    filled = ~np.isnan(right)
    if not np.isnan(got[~filled]).all():
        raise Wrong(f"Where no box is, there is no mean: give NaN there, not {got[~filled][0]:g}.")
    if not np.allclose(got[filled], right[filled], atol=1e-6):
        figure = side_by_side(
            [got, right], ["yours", "right"], "Scores that rise from top to bottom", vmin=0, vmax=1
        )
        raise Wrong("The means differ: it is the centre of the box that counts, in cells of 56 px.", figure)
    edge = by_place(np.array([[220.0, 220, 228, 228]]), np.array([0.5]), cells)
    if np.nan_to_num(edge)[-1, -1] != 0.5:
        raise Wrong("A centre at 224, the very end of the image, belongs to the last cell.")
    return "Now use it on `actual` and `scores` of this lesson, with plt.imshow."


def check_3(decode):
    """Decoding that clips at the right moment."""
    nonsense = hidden().uniform(0, 1, (2000, 4)).astype("float32")
    boxes = array(decode(nonsense), (2000, 4), "the boxes of 2,000 predictions")
    left, top, right, bottom = boxes.T
    for bad, what in (
        (np.isnan(boxes).any(axis=1), "is not a number"),
        ((right > 224) | (bottom > 224) | (left < 0) | (top < 0), "leaves the image"),
        ((left >= right) | (top >= bottom), "has no area, or is inverted"),
    ):
        if bad.any():
            i = np.argmax(bad)
            title = "[{:.0f}, {:.0f}, {:.0f}, {:.0f}]".format(*boxes[i])
            figure = None if np.isnan(boxes[i]).any() else on_black([boxes[i]], [title], "One of them")
            raise Wrong(f"{bad.sum()} of 2,000 boxes are bad: {title}, for example, {what}.", figure)
    _, tlhw = lu.WhiteRectangles().sample(hidden(), 200)
    truth, got = lu.tlhw_to_xyxy(tlhw), decode(lu.sigmoid_targets(tlhw))
    worst = np.abs(got - truth).max(axis=1).argmax()
    if np.abs(got - truth).max() > 0.01:
        figure = on_black([got[worst]], ["green: yours"], "A true box, encoded and decoded", [truth[worst]])
        raise Wrong("Boxes of real targets do not come back as they were.", figure)
    whole = decode(lu.sigmoid_targets(np.array([[0, 0, 224, 224]])))[0]
    if np.abs(whole - [0, 0, 224, 224]).max() > 0.01:
        raise Wrong(f"A box of the whole image comes back as {np.round(whole).astype(int).tolist()}.")
    return "2,000 nonsense predictions: all inside the image, none inverted; true boxes come back unchanged."
