"""Checks of lesson 7: edges."""

import numpy as np

import localization_utils as lu

from .checking import Wrong, array, hidden, number, pair
from .elsewhere import beside
from .trials import fitted


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


def check_3(sequence):
    """A sequence that Keras does not warn of."""
    said = beside(sequence, fitted, 4, 2)
    if "stops" in said:
        raise Wrong(
            f"FixedSequence(4, workers=2) stops: {said['stops']}. What a PyDataset takes must reach it."
        )
    if said["batch_size"] != 4:
        raise Wrong("The sequence has no batch_size of 4 any more.")
    if "warns" in said:
        raise Wrong(f"Keras still warns: {said['warns'].split('.')[0]}.")
    if said["workers"] != 2:
        raise Wrong(f"Asked for 2 workers, it has {said['workers']}: pass on what a PyDataset takes.")
    x, y = pair(said["batch"], "images and targets")
    array(x, (4, 224, 224, 3), "images")
    array(y, (4, 4), "targets")
    return "No warning, and two workers draw."
