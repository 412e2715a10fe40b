"""Checks of lesson 5: activations."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

import localization_utils as lu

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
        low = "MSE's gradient passes through the sigmoid's slope, p (1 - p). How large is that at 0.999?"
        raise Wrong(low if guess < right else f"{guess:g} is more than it is. Work out p (1 - p) at 0.999.")
    return f"Cross-entropy {slopes[0]:.3f}, MSE {slopes[1]:.5f}: a factor of {right:.0f}."


def check_2(interval):
    """The interval of a difference between models that saw different images."""
    rng = hidden()
    a = rng.uniform(size=300)
    b = a + rng.normal(0.03, 0.05, 300)
    for first, second in ((a, b), (a, b[:75])):
        got = array(interval(first.copy(), second.copy()), (2,), "low and high")
        _compare_interval(got, first, second)
    paired = lu.interval(b - a)
    return (
        f"On 300 images that both saw, {_ends(interval(a, b))}; paired, {_ends(paired)}. The same scores, "
        "and only the paired interval shows a difference."
    )


def _ends(interval):
    return "{:.2f} to {:.2f}".format(*interval)


def _compare_interval(got, a, b):
    """Compare an interval with that of the normal distribution, which the bootstrap comes near."""
    middle, error = b.mean() - a.mean(), np.sqrt(a.var() / len(a) + b.var() / len(b))
    right, close = middle + 1.96 * error * np.array([-1, 1]), error / 4
    if np.allclose(got, right, atol=close):
        return
    width = (got[1] - got[0]) / (right[1] - right[0])
    for wrong, says in (
        (got[0] > got[1], "The low end comes first."),
        (np.allclose(-got[::-1], right, atol=close), "That is mean(a) - mean(b), not mean(b) - mean(a)."),
        (width > 3, "That is where single scores lie. Take the mean of each sample first."),
        (width < 0.5, "That is the interval of paired differences. Draw the images of a and b separately."),
    ):
        if wrong:
            raise Wrong(says)
    raise Wrong(f"Yours is {_ends(got)}, and it should be near {_ends(right)}. It holds the middle 95 %.")


def check_3(prepare):
    """What VGG16 was trained on."""
    x = hidden().uniform(size=(3, 8, 8, 3)).astype("float32")
    kept = x.copy()
    got = array(prepare(x), x.shape, "the prepared images")
    right = keras.applications.vgg16.preprocess_input(255 * kept)
    means = np.array([103.939, 116.779, 123.68])
    for wrong, says in (
        (kept, "These still are 0..1."),
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
        raise Wrong("It changes the images it is given, and the caller still needs them. Make new ones.")
    return "The same as keras.applications.vgg16.preprocess_input(255 * x), and the images stay as they were."
