"""Checks of lesson 11: classes."""

from functools import cache

import numpy as np
import tensorflow as tf

import localization_utils as lu

from .checking import Wrong, animals, array, hidden, number
from .elsewhere import beside
from .trials import loss_and_slope


def check_1(answer):
    """How often the class is right where image and animal are upside down."""
    right = _right_upside_down()
    hints = [
        (1 / 3, "A third is what guessing gives. Which signs of a turtle can still be seen upside down?"),
    ]
    number(answer, right, 0.12, hints)
    return f"On 64 images it is {right:.2f}: right in most, though no animal of the training was upside down."


@cache
def _right_upside_down():
    images, _, labels = animals(on_photos=True).sample_labelled(hidden(), 64)
    turned = images[:, ::-1, ::-1] / np.float32(255)
    classes = lu.load_localizer("classes").predict(turned, verbose=0)["class"]
    return float((classes.argmax(axis=1) == labels).mean())


def check_2(balanced_weights):
    """Weights that let every class count as much."""
    for counts in ((40, 8, 16), (60, 0, 4), (0, 0, 0)):
        labels = hidden().permutation(np.repeat([0, 1, 2, -1], [*counts, 16]))
        weights = array(balanced_weights(labels.copy()), labels.shape, "the weights").astype(float)
        where = "For {} foxes, {} octopuses, {} turtles and 16 empty images".format(*counts)
        if not np.isfinite(weights).all():
            raise Wrong(f"{where} some weights are not finite: something is divided by 0.")
        if (weights[labels < 0] != 0).any():
            raise Wrong(f"{where} an empty image has weight {weights[labels < 0].max():.2f}; it should be 0.")
        if not sum(counts):
            continue
        sums = [weights[labels == which].sum() for which in np.flatnonzero(counts)]
        if not np.allclose(sums, sums[0]):
            sums = ", ".join(f"{each:.1f}" for each in sums)
            raise Wrong(f"{where} the sums of the classes' weights are {sums}; they should be equal.")
        mean = weights[labels >= 0].mean()
        if abs(mean - 1) > 1e-6:
            raise Wrong(
                f"{where} the images with an animal have a mean weight of {mean:.2f}; it should be 1. "
                "Count only those images, and only the classes that occur."
            )
    return "A rare animal counts more, and the size of the loss stays as it is."


def check_3(loss):
    """A loss of presence whose gradient does not vanish where the sigmoid is 0 or 1."""
    rng = hidden()
    truth = rng.uniform(0.3, 0.7, (8, 1)).astype("float32")
    for size, where in ((1.0, "middling"), (30.0, "large")):
        logits = rng.choice([-size, size], (8, 4)).astype("float32")
        shape, _, slope = beside(loss, loss_and_slope, truth, logits)
        if shape != ():
            raise Wrong(f"The loss has shape {shape}; give one number for the batch.")
        if slope is None:
            raise Wrong("No gradient reaches the logits: stay with functions of keras.ops.")
        if not np.isfinite(slope).all():
            raise Wrong(f"For {where} logits the gradient is NaN.")
        if np.abs(slope[:, 1:]).max() > 0:
            raise Wrong("The logits of the classes get a gradient, too: presence is the first column alone.")
        slope, right = slope[:, :1], (tf.sigmoid(logits[:, :1]).numpy() - truth) / len(truth)
        if size == 30 and np.abs(slope).max() < 1e-4:
            says = (
                "At logits of 30 and -30 the gradient is 0, though all is wrong: the sigmoid is flat there."
            )
            raise Wrong(says + " Let Keras go from the logits to the loss in one step.")
        if not np.allclose(slope, right, atol=1e-5):
            says = f"For {where} logits the largest gradient is {np.abs(slope).max():.4f}; "
            raise Wrong(says + f"cross-entropy's is {np.abs(right).max():.4f}, sigmoid minus target.")
    return "The gradient is sigmoid minus target everywhere: 30 is as easily unlearned as 1."
