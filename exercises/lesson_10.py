"""Checks of lesson 10: presence."""

import numpy as np
from keras import ops

from .checking import Wrong, array, hidden, number
from .elsewhere import beside
from .trials import loss_and_slope


def check_1(answer):
    """How many alarms are true where things are rare."""
    rng = hidden()
    there = rng.random(1_000_000) < 0.01
    alarm = np.where(there, rng.random(there.size) < 0.99, rng.random(there.size) < 0.01)
    right = float(there[alarm].mean())
    hints = (
        (
            0.99,
            "0.99 of the things are found. But how many of 10,000 images raise an alarm, and why?",
        ),
        (0.01, "0.01 is how rare things are. An alarm makes them a good deal likelier."),
    )
    number(answer, right, 0.06, hints)
    return (
        f"A million images: {right:.2f} of the alarms are true. Most images are empty; 1 % of many is many."
    )


def check_2(threshold_for):
    """The lowest threshold that is precise enough."""
    rng = hidden()
    shown = rng.random(300) < 0.4
    p = np.round(np.clip(rng.normal(0.35 + 0.3 * shown, 0.2), 0.01, 0.99), 2)
    for precision in (0.7, 0.9):
        right = min(t for t in np.unique(p) if shown[p >= t].mean() >= precision)
        got = float(threshold_for(p.copy(), shown.copy(), precision))
        raised = p >= got
        if not raised.any():
            raise Wrong(f"For a precision of {precision} it says {got:.2f}: then there is no alarm at all.")
        reached, recall = shown[raised].mean(), raised[shown].mean()
        if reached < precision:
            says = f"At {got:.2f} only {reached:.2f} of the alarms are true, not {precision}."
            if abs(recall - precision) < 0.03:
                says = f"At {got:.2f} it is the recall that is {recall:.2f}; the precision is {reached:.2f}."
            raise Wrong(says)
        if not np.array_equal(raised, p >= right):
            best = (p >= right)[shown].mean()
            raise Wrong(
                f"{got:.2f} is precise enough, but finds {recall:.2f} of all; {right:.2f} finds {best:.2f}."
            )
    return "The lowest one finds the most."


def check_3(masked_loss):
    """Empty images teach the box nothing."""
    rng = hidden()
    truth, said = rng.uniform(0.3, 0.7, (2, 6, 4)).astype("float32")
    for pattern in ([1, 0, 1, 1, 0, 1], [0, 0, 1, 0, 0, 0], [0] * 6):
        shown = np.array(pattern, "float32")
        shape, value, slope = beside(masked_loss, loss_and_slope, truth, said, shown)
        if shape != ():
            raise Wrong(f"The loss has shape {shape}; give one number for the batch.")
        if not np.isfinite(value):
            raise Wrong(
                "In a batch where nothing is shown the loss is NaN: 0 images, divided by 0. It should be 0."
            )
        slope = np.zeros_like(said) if slope is None else np.asarray(slope)
        empty = np.abs(slope[shown == 0])
        if empty.size and empty.max() > 0:
            raise Wrong(
                f"Of {pattern.count(0)} empty images, {(empty.max(axis=1) > 0).sum()} still train the box."
            )
        if not shown.any():
            continue
        rows = np.asarray(ops.mean(ops.binary_crossentropy(truth, said), axis=-1))
        right = (rows * shown).sum() / shown.sum()
        if abs(value - (rows * shown).mean()) < 1e-5:
            raise Wrong(
                "Divided by all images: the fewer are shown, the less each counts. Divide by those shown."
            )
        if abs(value - right) > 1e-5:
            raise Wrong(f"For presences {pattern} the loss is {value:.4f}; it should be {right:.4f}.")
    array(value, (), "the loss")
    return "Exactly zero gradient from every empty image, and a batch of empty images does no harm."
