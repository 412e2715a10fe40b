"""Checks of lesson 6: learning rate."""

import keras
import numpy as np

from .checking import Wrong, array, hidden, number
from .elsewhere import beside
from .trials import learning_rates


def check_1(answer):
    """What the weight decay leaves of a weight when the rate is small."""
    right = (1 - 3 * 0.0002) ** 768
    hints = (
        (0.58, "Not twice as much off: each step takes its share of what the steps before have left."),
        (0.4, "Twice the rate takes about twice as much off; it does not leave half as much."),
        (0.37, "That is about what the decay takes off. The question is what it leaves."),
        (0.98, "A step takes 0.0002 times 3 off. And there are 768 steps."),
    )
    number(answer, right, 0.03, hints)
    return (
        f"0.9994 to the power of 768: {right:.2f}, or 0.79 times 0.79. With the same weight_decay a small "
        "rate would keep most of its random start; who could tell which of the two its score comes from?"
    )


def check_2(callback):
    """0.002, and from epoch 10 on 2 % less in each epoch."""
    rates = beside(callback, learning_rates, 16)
    right = [0.002 * 0.98 ** max(0, epoch - 9) for epoch in range(16)]
    if len(set(np.round(rates, 9))) == 1:
        raise Wrong(f"The rate is {rates[0]:g} in all 16 epochs: set self.model.optimizer.learning_rate.")
    for epoch, (got, wanted) in enumerate(zip(rates, right)):
        if abs(got - wanted) > 1e-6:
            hint = ""
            if epoch < 10:
                hint = " Until epoch 9 it stays as it is."
            elif abs(got - 0.002 * 0.98**epoch) < 1e-6:
                hint = " The 2 % begin to count at epoch 10, not at epoch 0."
            elif abs(got - 0.002 * 0.98) < 1e-6:
                hint = " Each epoch takes 2 % off the one before, not off 0.002."
            raise Wrong(
                f"In epoch {epoch}, counted from 0, the rate is {got:.6f}; it should be {wanted:.6f}.{hint}"
            )
    return (
        "The rates of 16 epochs are as asked for: "
        + ", ".join(f"{rate:.5f}" for rate in rates[8:12])
        + ", ..."
    )


def check_3(excess):
    """Binary cross-entropy above its floor."""
    rng = hidden()
    targets = rng.uniform(0.27, 0.73, (64, 4)).astype("float32")
    said = np.clip(targets + rng.normal(0, 0.05, targets.shape), 0.05, 0.95).astype("float32")
    perfect = float(array(excess(targets.copy(), targets.copy()), (), "the excess of a batch"))
    got, floor = float(excess(targets.copy(), said.copy())), _cross_entropy(targets, targets)
    right = _cross_entropy(targets, said) - floor
    if abs(perfect - floor) < 1e-3:
        raise Wrong(f"A perfect prediction gets {perfect:.3f}: the floor is still in it. It should be 0.")
    if abs(perfect) > 1e-4:
        raise Wrong(f"A perfect prediction gets {perfect:.4f}; it should be 0, whatever the targets are.")
    narrow = np.full((8, 4), 0.3, "float32")
    if abs(float(excess(narrow, narrow))) > 1e-4:
        raise Wrong(
            "For other targets, all 0.3, a perfect prediction does not get 0: the floor is the targets' own."
        )
    if abs(got - right) > 1e-4:
        raise Wrong(f"Predictions that are off by about 0.05 get {got:.4f}; it should be {right:.4f}.")
    return f"Off by 0.05, the loss is {right + floor:.4f}, and {right:.4f} of it is worth watching."


def _cross_entropy(targets, said):
    return float(keras.losses.BinaryCrossentropy()(targets, said))
