"""Checks of lesson 5: activations."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from .checking import Wrong, array, hidden, side_by_side


def check_1(answer):
    """How much smaller the gradient of MSE is where the sigmoid is nearly 1."""
    target, logit = tf.constant([[0.4]]), tf.Variable([[float(np.log(0.999 / 0.001))]])
    slopes = []
    for loss in (keras.losses.BinaryCrossentropy(), keras.losses.MeanSquaredError()):
        with tf.GradientTape() as tape:
            value = loss(target, ops.sigmoid(logit))
        slopes.append(float(np.squeeze(tape.gradient(value, logit))))
    right, guess = slopes[0] / slopes[1], float(answer)
    if not right / 2 <= guess <= right * 2:
        low = "MSE's gradient passes through the sigmoid's slope, y (1 - y). How large is that at 0.999?"
        raise Wrong(low if guess < right else f"{guess:g} is more than it is. Work out y (1 - y) at 0.999.")
    return f"Cross-entropy {slopes[0]:.3f}, MSE {slopes[1]:.5f}: a factor of {right:.0f}."


def check_2(inverse):
    """The inverse of the softplus, for small numbers and for large."""
    u = np.linspace(-6, 6, 49)
    y = np.log1p(np.exp(u))
    got = array(inverse(y), y.shape, "the values of 49 numbers")
    if not np.allclose(got, u, atol=1e-3):
        i = np.argmax(np.abs(got - u))
        raise Wrong(f"softplus({u[i]:.2f}) is {y[i]:.4f}; your inverse makes {got[i]:.3f} of it.")
    with np.errstate(over="ignore"):
        large = np.asarray(inverse(np.array([50.0, 800, 5000])))
    if not np.allclose(large, [50, 800, 5000]):
        says = (
            f"Of 800 it makes {large[1]:g}: exp(800) is too large for any float. Take y out of the logarithm."
        )
        raise Wrong(says)
    return "Right for 0.002 as for 5,000: y + log(1 - exp(-y))."


def check_3(prepare):
    """What VGG16 was trained on."""
    x = hidden().uniform(size=(3, 8, 8, 3)).astype("float32")
    kept = x.copy()
    got = array(prepare(x), x.shape, "the prepared images")
    right = keras.applications.vgg16.preprocess_input(255 * kept)
    means = np.array([103.939, 116.779, 123.68])
    for wrong, says in (
        (kept, "These still are 0..1, as the original feeds them."),
        (right / 255, "Scaled the other way round: VGG16 was trained on 0..255."),
        (kept[..., ::-1] - means, "The means are those of 0..255, and your colours still are 0..1."),
        (255 * kept - means, "Channels are still red, green, blue; VGG16 was trained on blue, green, red."),
        (255 * kept - means[::-1], "The means are right, but the channels are still red, green, blue."),
        (255 * kept[..., ::-1] - means[::-1], "Once the channels are blue, green, red, so are the means."),
    ):
        if np.allclose(got, wrong, atol=0.01):
            shown = [np.clip(v[0] / 255 + 0.5, 0, 1) if np.abs(v).max() > 2 else v[0] for v in (got, right)]
            raise Wrong(says, side_by_side(shown, ["yours", "right"], "One small image"))
    if not np.allclose(got, right, atol=0.01):
        raise Wrong(
            f"Yours go from {got.min():.0f} to {got.max():.0f}, not {right.min():.0f} to {right.max():.0f}."
        )
    if not np.array_equal(x, kept):
        raise Wrong(
            "It changes the images it is given; whoever passes them on has others then. Make new ones."
        )
    return "The same as keras.applications.vgg16.preprocess_input(255 * x), and the images stay as they were."
