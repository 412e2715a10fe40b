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


def check_2(soft_argmax):
    """The mean position of a whole distribution."""
    logits = hidden().normal(0, 2, (5, 4, 225))
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    right = (p * np.arange(225)).sum(axis=-1)
    got = array(soft_argmax(logits), (5, 4), "the positions of 5 images")
    if np.allclose(got, logits.argmax(axis=-1)):
        raise Wrong("That is the position of the largest logit alone; here all positions count.")
    for off, says in (
        (1, "1 too large: position 0 is the first."),
        (0.5, "half too large: position i is border i."),
    ):
        if np.allclose(got - right, off, atol=0.01):
            raise Wrong(f"All positions are {says}")
    if not np.allclose(got, right, atol=0.01):
        total = np.abs(got / right).mean()
        raise Wrong(
            f"Your positions are {total:.3g} times the right ones on average. Do the weights sum to 1?"
        )
    large = np.zeros((1, 4, 225))
    large[..., 100] = 2000
    with np.errstate(all="ignore"):
        got = np.asarray(soft_argmax(large))
    if not np.allclose(got, 100):
        raise Wrong("A logit of 2,000 gives NaN: exp(2000) overflows. Subtract the largest logit first.")
    return "The soft-argmax. Far second modes pull at it; lesson 7 decodes near the median only."


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
