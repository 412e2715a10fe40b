"""Checks of lesson 7: edges."""

import numpy as np

import localization_utils as lu

from .checking import Wrong, array, hidden, number


def check_1(answer):
    """Positions on every second border only."""
    _, tlhw = lu.WhiteRectangles().sample(hidden(), 1000)
    boxes = lu.tlhw_to_xyxy(tlhw)
    found = 2 * np.round(boxes / 2 + hidden().choice([-0.1, 0.1], boxes.shape))
    found[:, 2:] = np.maximum(found[:, 2:], found[:, :2] + 2)
    right = float(lu.iou(boxes, found).mean())
    if float(answer) > right + 0.05:
        raise Wrong(
            f"{float(answer):g} is too high. Half of the edges lie between two positions, off by a whole "
            "pixel; lesson 3 shows what a pixel costs."
        )
    number(answer, right, 0.05)
    return f"On 1,000 boxes, each edge at the nearest even border: mean IoU {right:.2f}."


def check_2(heaviest_five):
    """The mean position within the five neighbours that hold the most probability."""
    logits = hidden().normal(0, 2, (5, 4, 225))
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    sums = np.stack([p[..., i : i + 5].sum(axis=-1) for i in range(221)], axis=-1)
    first = sums.argmax(axis=-1)
    right = _mean_of_five(p, first)
    got = array(heaviest_five(logits.copy()), (5, 4), "the positions of 5 images")
    median = np.clip((np.cumsum(p, axis=-1) < 0.5).sum(axis=-1) - 2, 0, 220)
    highest = np.clip(p.argmax(axis=-1) - 2, 0, 220)
    for wrong, says in (
        (p.argmax(axis=-1), "the highest position alone; here five neighbours count together"),
        ((p * np.arange(225)).sum(axis=-1), "the mean of all positions; only the heaviest five count"),
        (_mean_of_five(p, median), "the lesson's decoder: its five lie around the median"),
        (_mean_of_five(p, highest), "five around the highest position; the heaviest five may lie elsewhere"),
        (first, "the first of the five; the answer is the mean within them"),
        (right - first, "the place within the five; the first of them has a position, too"),
    ):
        if np.allclose(got, wrong, atol=0.01):
            raise Wrong(f"That is {says}.")
    if not np.allclose(got, right, atol=0.01):
        raise Wrong(f"Your positions are off by {np.abs(got - right).mean():.3g} on average.")
    large = np.zeros((1, 4, 225))
    large[..., 100] = 2000
    with np.errstate(all="ignore"):
        got = np.asarray(heaviest_five(large))
    if not np.allclose(got, 100):
        raise Wrong("A logit of 2,000 gives NaN: exp(2000) overflows. Subtract the largest logit first.")
    return "Of two peaks it reads the heavier one, and between three places it never chooses an empty one."


def _mean_of_five(p, first):
    """The mean position `(n, 4)` within the five that begin at `first` `(n, 4)`; `p` is `(n, 4, 225)`."""
    positions = first[..., None] + np.arange(5)
    five = np.take_along_axis(p, positions, axis=-1)
    return (five * positions).sum(axis=-1) / five.sum(axis=-1)


def check_3(target):
    """A bell curve around each edge whose probabilities sum to 1, at the border of the image as well."""
    edges = hidden().uniform(0, 224, (6, 4))
    edges[0] = (0, 1, 223.5, 224)
    weights = np.exp(-((np.arange(225) - edges[..., None]) ** 2) / 8)
    right = weights / weights.sum(axis=-1, keepdims=True)
    got = array(target(edges.copy()), right.shape, "the targets of 6 images")
    sums = got.sum(axis=-1)
    for edge, total in zip(edges.flat, sums.flat):
        if abs(total - 1) > 1e-3:
            raise Wrong(f"For an edge at {edge:.1f} px the probabilities sum to {total:.2f}, not to 1.")
    if not np.allclose(got, right, atol=1e-4):
        i = np.unravel_index(np.abs(got - right).argmax(), got.shape)
        raise Wrong(
            f"For an edge at {edges[i[:2]]:.1f} px, position {i[2]} has {got[i]:.3f}; with the same width as "
            f"before it is {right[i]:.3f}. All positions inside the image keep their proportions."
        )
    return "At 0 px half of the bell lies outside the image; what is inside has to sum to 1."
