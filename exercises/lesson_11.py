"""Checks of lesson 11: classes."""

from functools import cache

import numpy as np
import tensorflow as tf

import localization_utils as lu

from .checking import Wrong, array, assets, hidden, number
from .elsewhere import beside
from .trials import loss_and_slope


def check_1(answer):
    """How sure the class is of objects it does not know."""
    right = _mean_of_the_largest()
    hints = [
        (
            1 / 3,
            "A third each would be honest. But a softmax was never asked to be unsure; who taught it that?",
        )
    ]
    number(answer, right, 0.12, hints)
    return f"On 32 images of other objects it is {right:.2f}: nearly sure of an animal, where there is none."


@cache
def _mean_of_the_largest():
    scene = lu.Sprites(assets("emoji/unseen/*.png"), assets("photos/unseen/*.jpg"))
    images, _ = scene.sample(hidden(), 32)
    classes = lu.load_localizer("classes").predict(images / np.float32(255), verbose=0)["class"]
    return float(classes.max(axis=1).mean())


def check_2(from_four):
    """Presence and class out of four classes."""
    p = np.array([[0.7, 0.1, 0.1, 0.1], [0.1, 0.2, 0.3, 0.4], [0.05, 0.05, 0.1, 0.8], [0.2, 0.5, 0.2, 0.1]])
    got = from_four(p.copy())
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise Wrong("Give two arrays: presence (n,) and class (n,).")
    presence, which = array(got[0], (4,), "the presences"), array(got[1], (4,), "the classes")
    if np.allclose(presence, p[:, :3].max(axis=1)):
        raise Wrong(
            "0.1, 0.2 and 0.3 for the animals: that one of them is there is as likely as all three together."
        )
    if np.allclose(presence, p[:, 3]):
        raise Wrong("That is the probability that nothing is there.")
    if not np.allclose(presence, 1 - p[:, 3]):
        raise Wrong(
            f"For {p[1].tolist()} presence is {presence[1]:.2f}; something is there with {1 - p[1, 3]:.2f}."
        )
    if (which == 3).any():
        raise Wrong(
            "Class 3 is *nothing*: the class says which animal, if there is one. Ask the first three only."
        )
    if not np.array_equal(which, p[:, :3].argmax(axis=1)):
        raise Wrong(f"The classes are {which.tolist()}; they should be {p[:, :3].argmax(axis=1).tolist()}.")
    return "One softmax of four says the same as presence and a class, as long as there is one thing at most."


def check_3(loss):
    """A loss whose gradient does not vanish where the sigmoid is 0 or 1."""
    rng = hidden()
    truth = rng.uniform(0.3, 0.7, (8, 4)).astype("float32")
    for size, where in ((1.0, "middling"), (30.0, "large")):
        logits = rng.choice([-size, size], (8, 4)).astype("float32")
        shape, _, slope = beside(loss, loss_and_slope, truth, logits)
        if shape != ():
            raise Wrong(f"The loss has shape {shape}; give one number for the batch.")
        if slope is None:
            raise Wrong("No gradient reaches the logits: stay with functions of keras.ops.")
        right = (tf.sigmoid(logits).numpy() - truth) / truth.size
        if not np.isfinite(slope).all():
            raise Wrong(f"For {where} logits the gradient is NaN.")
        if size == 30 and np.abs(slope).max() < 1e-4:
            says = (
                "At logits of 30 and -30 the gradient is 0, though all is wrong: the sigmoid is flat there."
            )
            raise Wrong(says + " Let Keras go from the logits to the loss in one step.")
        if not np.allclose(slope, right, atol=1e-5):
            says = f"For {where} logits the largest gradient is {np.abs(slope).max():.4f}; "
            raise Wrong(says + f"cross-entropy's is {np.abs(right).max():.4f}, sigmoid minus target.")
    return "The gradient is sigmoid minus target everywhere: 30 is as easily unlearned as 1."
