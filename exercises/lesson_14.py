"""Checks of lesson 14: cut-outs."""

from functools import cache

import numpy as np

import localization_utils as lu

from .checking import Wrong, array, assets, choice, hidden, mean_iou, pair, side_by_side
from .elsewhere import beside
from .trials import curve_of_heads, small_head

SIZE = 224
CLOSE = 1.5  # levels of 255: what rounding at another place changes


def check_1(answer):
    """Photos as negatives."""
    scores = _photos_and_negatives()
    as_photographed, negative, constant = scores
    right = "lower"
    if abs(negative - as_photographed) <= 0.02:
        right = "as before"
    elif negative <= constant + 0.05:
        right = "like the constant box"
    says = "as photographed {:.2f}, as negatives {:.2f}, constant box {:.2f}".format(*scores)
    hints = {
        "as before": "Neither VGG16 nor the head was trained with such colours.",
        "like the constant box": "Is colour all that an object differs by? Outlines stay where they are.",
    }
    options = ("as before", "lower", "like the constant box")
    choice(answer, options, right, f"Not {answer!r}: {says}. {hints.get(answer, '')}")
    return f"Mean IoU: {says}. The colours are new, the outlines are not."


@cache
def _photos_and_negatives():
    """Mean IoU of the shipped head on the measuring photos, on their negatives, and of the constant box."""
    labelled, _ = lu.read_annotations(assets("photos/boxes.csv")[0], photos=assets("photos/objects")[0])
    images, sizes = lu.to_squares([item.path for item in labelled])
    boxes = lu.to_square_pixels([item.box for item in labelled], sizes)
    model, photos, actual = lu.load_localizer("photographs"), images[1::2], boxes[1::2]
    constant = float(lu.iou(actual, boxes[::2].mean(axis=0)).mean())
    return mean_iou(model, photos, actual), mean_iou(model, 255 - photos, actual), constant


def check_2(with_shadow):
    """A shadow under a cut-out."""
    photo, layer = _photo_and_layer()
    shift, strength = (12, 20), 0.6
    given = photo.copy(), layer.copy()
    answer = pair(with_shadow(*given, shift, strength), "the image and its box")
    image = array(answer[0], photo.shape, "the image")
    box = array(answer[1], (4,), "the box")
    if not (np.array_equal(given[0], photo) and np.array_equal(given[1], layer)):
        raise Wrong("It changes the photo or the layer that it is given. Copy first.")
    if image.dtype != np.uint8:
        raise Wrong(f"The image has dtype {image.dtype}; it should be uint8, 0..255.")
    right = shadowed(photo, layer, shift, strength)
    if not _alike(image, right):
        figure = side_by_side(
            [image, np.round(right).astype(np.uint8)], ["yours", "right"], "A shadow under a cut-out"
        )
        raise Wrong(_what_is_wrong(image, photo, layer, shift, strength), figure)
    actual = _tight(layer[..., 3])
    if not np.array_equal(box, actual):
        raise Wrong(_wrong_box(box, actual, layer, shift))
    return "The shadow lies on the photo, the object on the shadow, and the box is the object's."


def _what_is_wrong(image, photo, layer, shift, strength):
    """In words, what kind of wrong picture it is."""
    down, right = shift
    alpha = layer[..., 3:] / 255
    typical = {
        "What is shifted out of the frame comes back on the other side: np.roll goes round.": _mixed(
            photo * (1 - strength * np.roll(alpha, shift, (0, 1))), layer
        ),
        "The shadow lies on the cut-out, too. Darken the photo first, then lay the cut-out on it.": (
            _mixed(photo, layer) * (1 - strength * _shifted(alpha, down, right))
        ),
        "The shadow is shifted by (right, down); shift is (down, right).": shadowed(
            photo, layer, shift[::-1], strength
        ),
        "Where the shadow is whole, strength of the brightness is kept; it should be 1 - strength.": shadowed(
            photo, layer, shift, 1 - strength
        ),
        "There is no shadow yet.": _mixed(photo, layer),
    }
    for hint, wrong in typical.items():
        if _alike(image, wrong):
            return hint
    off = np.abs(image.astype(float) - shadowed(photo, layer, shift, strength)).max()
    return f"Pixels differ by up to {off:.0f} of 255. Calculate in float, and round once, at the end."


def _wrong_box(box, actual, layer, shift):
    both = np.maximum(layer[..., 3], 255 * _shifted(layer[..., 3:] / 255, *shift)[..., 0])
    if np.array_equal(box, _tight(both)):
        return "The picture is right, but the box holds the shadow, too. A shadow is not the object."
    if np.array_equal(box, _tight(layer[..., 3], least=1)):
        return "The picture is right, but the box holds every pixel that is a little opaque: at least half."
    if np.array_equal(box, actual - [0, 0, 1, 1]):
        return (
            "The picture is right. In the box, right and bottom are exclusive: one more than the last pixel."
        )
    if np.array_equal(box, actual[[1, 0, 3, 2]]):
        return "The picture is right. The box is left, top, right, bottom; rows are top and bottom."
    return f"The picture is right, but the box is {box.tolist()}; it should be {actual.tolist()}."


def shadowed(photo, layer, shift, strength):
    """What is right."""
    return _mixed(photo * (1 - strength * _shifted(layer[..., 3:] / 255, *shift)), layer)


def _shifted(alpha, down, right):
    shifted = np.zeros_like(alpha)
    shifted[down:, right:] = alpha[: SIZE - down, : SIZE - right]
    return shifted


def _mixed(photo, layer):
    alpha = layer[..., 3:] / 255
    return alpha * layer[..., :3] + (1 - alpha) * photo


def _tight(alpha, least=128):
    rows, columns = np.nonzero(alpha >= least)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


def _alike(image, right):
    return np.abs(np.asarray(image, float) - right).max() <= CLOSE


def _photo_and_layer():
    """A noisy photo, and an ellipse with a soft outline that nearly reaches the right border."""
    rng = hidden()
    photo = rng.integers(60, 220, (SIZE, SIZE, 3)).astype(np.uint8)
    y, x = np.mgrid[:SIZE, :SIZE]
    distance = np.hypot((x - 150) / 60, (y - 130) / 45)
    layer = np.empty((SIZE, SIZE, 4), np.uint8)
    layer[..., :3] = rng.integers(0, 256, 3)
    layer[..., 3] = np.round(255 * np.clip((1.1 - distance) / 0.2, 0, 1))
    return photo, layer


def check_3(curve):
    """A head for each number of labels, all begun alike."""
    counts, before = (1, 2, 4), small_head().get_weights()
    became = beside(curve, curve_of_heads, counts, before)
    if len(became["heads"]) != len(counts):
        raise Wrong(f"It gives {became['kind']}; it should give a list with a head for each count.")
    begun = became["begun"]
    if len(begun) != len(counts):
        raise Wrong(f"train was called {len(begun)} times; it should be called once for each count.")
    random = [not any(_equal(weights, w) for w in (before, *_later(before, counts))) for weights in begun]
    if any(random):
        raise Wrong("clone_model gives the layers with new random weights. Set the weights of head, too.")
    if not all(_equal(weights, before) for weights in begun):
        raise Wrong(
            f"The training with {counts[1]} labels goes on from that with {counts[0]}; begin each from head."
        )
    if became["same"]:
        raise Wrong("Each training begins alike, but all entries are one head, which holds the last weights.")
    if not _equal(became["after"], before):
        raise Wrong("Afterwards head itself has other weights than before. Train copies alone.")
    for weights, count in zip(became["heads"], counts):
        if isinstance(weights, str):
            raise Wrong(f"The entry for {count} labels is {weights}, not a head.")
        if not _equal(weights, [weight + count for weight in before]):
            raise Wrong(f"The head for {count} labels does not hold what its training has learned.")
    return "Each head begins with the same weights, and the one that they come from is as it was."


def _later(before, counts):
    """The weights after the first training, the first two, ..."""
    return [[weight + total for weight in before] for total in np.cumsum(counts)]


def _equal(a, b):
    return len(a) == len(b) and all(map(np.allclose, a, b))
