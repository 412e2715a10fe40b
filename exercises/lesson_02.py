"""Checks of lesson 2: train."""

from contextlib import redirect_stdout
from functools import cache
from io import StringIO

import keras
import numpy as np

import localization_utils as lu

from .checking import Wrong, array, choice, compared, hidden, on_black


def check_1(answer):
    """Without weight decay: the training curve and the held-out curve."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong('Give two words, for training and held-out images: ("higher", "lower").')
    options = ("higher", "lower", "about the same")
    with_decay, without, zeros = _trained()
    for name, word, a, b in zip(("training", "held-out"), answer, with_decay, without):
        hint = f"On the {name} images it is not {word!r}. What makes the random first weights go away?"
        choice(word, options, compared(b - a), hint)
    return (
        f"Training images: {with_decay[0]:.2f} with weight decay, {without[0]:.2f} without; held-out images: "
        f"{with_decay[1]:.2f} and {without[1]:.2f}. The decay shrinks the random first weights. Without any "
        f"decay, but with first weights of zero, it is {zeros[0]:.2f} and {zeros[1]:.2f}."
    )


@cache
def _trained():
    """Mean IoUs on training and held-out images of three heads like the lesson's, trained side by side.

    With its weight decay, without, and without from zeros.
    """
    with redirect_stdout(StringIO()):
        x, y = lu.cached_features(lu.LocalizationSequence(batches=32, seed=1))
        held_out = lu.cached_features(lu.LocalizationSequence(batches=16, seed=2, fixed=True))
    keras.utils.set_random_seed(1)
    inputs = keras.Input(x.shape[1:], name="block5_pool")
    flat = keras.layers.Flatten()(inputs)
    begins = ("glorot_uniform", "glorot_uniform", "zeros")
    dense = [keras.layers.Dense(4, "sigmoid", kernel_initializer=begin) for begin in begins]
    heads = keras.Model(inputs, [layer(flat) for layer in dense])
    rate = keras.optimizers.schedules.CosineDecay(1e-4, 50 * len(x) // 32)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=30)
    optimizer.exclude_from_weight_decay([weight for layer in dense[1:] for weight in layer.weights])
    heads.compile(loss=["binary_crossentropy"] * 3, optimizer=optimizer)
    heads.fit(x, [y] * 3, batch_size=32, epochs=50, verbose=0)
    ious = [
        [
            lu.iou(lu.to_pil_rect(targets), lu.decode_boxes(answer)).mean()
            for answer in heads.predict(features, verbose=0)
        ]
        for features, targets in ((x, y), held_out)
    ]
    return np.transpose(ious)


def check_2(giou):
    """Generalized IoU."""
    box = np.array([[40.0, 60, 100, 120]])
    same, near, far = (
        float(array(giou(box.copy(), box + [dx, 0, dx, 0]), (1,), "the scores of one pair of boxes")[0])
        for dx in (0, 70, 110)
    )
    if abs(same - 1) > 1e-6:
        raise Wrong(f"Two equal boxes have GIoU 1; yours is {same:.3f}.")
    if near == far == 0:
        raise Wrong("Boxes 10 px and 50 px apart both get 0: that is IoU. GIoU tells them apart, below 0.")
    if not -1 < far < near < 0:
        hint = f"Boxes 10 px apart get {near:.2f}, 50 px apart {far:.2f}; it should fall from 0 towards -1."
        raise Wrong(hint, on_black(box + [110, 0, 110, 0], [f"yours: {far:.2f}"], "50 px apart", box))
    corners = np.sort(hidden().uniform(0, 224, (2, 300, 2, 2)), axis=2)
    a, b = corners.reshape(2, 300, 4)
    got, right = array(giou(a.copy(), b.copy()), (300,), "the scores of 300 pairs"), _giou(a, b)
    worst = np.argmax(np.abs(got - right))
    if abs(got[worst] - right[worst]) > 1e-3:
        title = f"yours {got[worst]:.3f}, right {right[worst]:.3f}"
        figure = on_black([a[worst]], [title], "A pair", [b[worst]])
        raise Wrong("Boxes that overlap in part come out wrong: look at this pair.", figure)
    return "It is IoU minus the share of the smallest box around both that neither covers."


def _giou(a, b):
    """From lu.iou: the union is both areas less what they share, and iou is shared / union."""
    area = ((a[:, 2:] - a[:, :2]).prod(axis=1), (b[:, 2:] - b[:, :2]).prod(axis=1))
    scores = lu.iou(a, b)
    union = (area[0] + area[1]) / (1 + scores)
    hull = (np.maximum(a[:, 2:], b[:, 2:]) - np.minimum(a[:, :2], b[:, :2])).prod(axis=1)
    return scores - (hull - union) / hull


def check_3(fool):
    """Predictions with accuracy 1 and IoU 0."""
    _, tlhw = lu.WhiteRectangles().sample(hidden(), 200)
    targets = lu.sigmoid_targets(tlhw)
    given = np.stack([array(fool(target.copy()), (4,), "the four numbers") for target in targets])
    if not ((given >= 0) & (given <= 1)).all():
        raise Wrong(
            f"A sigmoid outputs numbers in 0..1; yours go from {given.min():.2f} to {given.max():.2f}."
        )
    accurate = given.argmax(axis=1) == targets.argmax(axis=1)
    actual, found = lu.to_pil_rect(targets), lu.to_pil_rect(given)
    scores = lu.iou(actual, found)
    if not accurate.all():
        hint = f"Accuracy is {accurate.mean():.2f}, not 1: the target's largest number is in another place."
        raise Wrong(hint)
    if scores.max() > 1e-6:
        i = scores.argmax()
        figure = on_black([found[i]], [f"IoU {scores[i]:.2f}"], "These two still overlap", [actual[i]])
        raise Wrong(f"Accuracy is 1, but the mean IoU is {scores.mean():.3f}, not 0.", figure)
    return "On 200 images: accuracy 1.00, mean IoU 0.00."
