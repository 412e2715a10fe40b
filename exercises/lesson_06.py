"""Checks of lesson 6: learning rate."""

import numpy as np

from .checking import Wrong, array, hidden, number
from .elsewhere import beside
from .trials import learning_rates


def check_1(answer):
    """How far the first step of Adam moves an output."""
    hints = (
        (0.002, "That is how far one weight moves. An output is a sum of features times weights."),
        (50.2, "That would be right if each of the 25,088 features were 1. Their sum is 2,600."),
        (1.3, "That is through the slope of the sigmoid. The question is about the number before it."),
        (2600, "In the first step m / sqrt(v) is 1 or -1 for each weight. It is multiplied by the rate."),
    )
    number(answer, 0.002 * 2600, 0.3, hints)
    return (
        "0.002 times 2,600: each weight moves by the rate, whatever its gradient is. The numbers before the "
        "sigmoid should lie between -1 and 1, so such a step throws a head far off. A warm-up that begins "
        "with a hundredth of the rate moves them by 0.05."
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


def check_3(turn):
    """The turn of a range finder, from running means."""
    rates, steps, rng = np.geomspace(1e-6, 1, 121), np.arange(121), hidden()
    for lowest in (60, 45, 0):
        losses = 0.02 + 0.001 * np.abs(steps - lowest) + rng.uniform(0, 0.0005, 121)
        losses[lowest] = 0.0195
        running = np.cumsum(losses) / (steps + 1)
        got = float(array(turn(rates.copy(), running.copy()), (), "the rate of the turn"))
        _compare_turn(got, rates, running, lowest)
    return "Right for three curves, one of them lowest in its very first step."


def _compare_turn(got, rates, running, lowest):
    """Compare a turn with the right one, and with those of typical mistakes."""
    if np.isclose(got, rates[lowest]):
        return
    for wrong, says in (
        (running.argmin(), "There the running mean is lowest, which still holds the high first losses."),
        (np.diff(running).argmin(), "There the means fall fastest. A mean of n losses is their sum over n."),
        (lowest - 1, "One step early: the first difference of sums belongs to the second step."),
        (lowest + 1, "One step late: the first running mean is the loss of the first step."),
    ):
        if np.isclose(got, rates[wrong]):
            raise Wrong(f"It gives {got:.2g}. {says}")
    raise Wrong(f"It gives {got:.2g}; on this curve the turn is at {rates[lowest]:.2g}.")
