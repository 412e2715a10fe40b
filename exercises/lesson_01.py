"""Checks of lesson 1: generate."""

import numpy as np

import localization_utils as lu

from .checking import Wrong, array, hidden, number, on_black, pair
from .elsewhere import beside
from .trials import epochs


def check_1(answer):
    """The target of 56 px."""
    right = float(lu.sigmoid_targets(np.full(4, 56))[0])
    hints = (
        (0.25, "0.25 is the share of the image. A target is that of pixels / 112 - 1, through the sigmoid."),
        (-0.5, "-0.5 is right before the sigmoid. Now squash it."),
        (1 - right, "That is the target of 168 px: mind the sign of 56 / 112 - 1."),
    )
    number(answer, right, 0.01, hints)
    return f"56 / 112 - 1 is -0.5, and the sigmoid makes it {right:.4f}."


def check_2(sample):
    """Rectangles with no side shorter than `smallest`."""
    for smallest in (1, 12, 60, 200):
        images, tlhw = pair(sample(hidden(), 128, smallest), "images and boxes")
        images, tlhw = array(images, (128, 224, 224, 3), "images"), array(tlhw, (128, 4), "boxes")
        _check_boxes(tlhw, smallest)
        for image, (top, left, height, width) in zip(images, tlhw):
            drawn = np.zeros_like(image)
            drawn[top : top + height, left : left + width] = 255
            if not np.array_equal(drawn, image):
                raise Wrong(f"The image of box [{top}, {left}, {height}, {width}] shows another rectangle.")
        room = 223 - smallest
        if tlhw[:, :2].max() < room - 20:
            raise Wrong(
                f"With smallest={smallest}, corners could go to {room}; yours end at {tlhw[:, :2].max()}."
            )
        if tlhw[:, 2:].max() < smallest + 0.6 * (222 - smallest):
            raise Wrong(f"With smallest={smallest}, no side is longer than {tlhw[:, 2:].max()} px.")
    return "No side is too short, no box leaves the image, and all sizes occur."


def _check_boxes(tlhw, smallest):
    ends = tlhw[:, :2] + tlhw[:, 2:]
    for bad, what in (
        (tlhw[:, 2:].min(axis=1) < smallest, "has a shorter side"),
        ((ends.max(axis=1) > 223) | (tlhw[:, :2].min(axis=1) < 1), "leaves the image or touches its border"),
    ):
        if bad.any():
            case = tlhw[np.argmax(bad)]
            title = "[{}, {}, {}, {}]".format(*case)
            figure = on_black([lu.tlhw_to_xyxy(case)], [title], f"smallest={smallest}")
            raise Wrong(f"With smallest={smallest}, box {title} {what}.", figure)


def check_3(sequence):
    """`__len__` is the number of batches, and sequences of different seeds share no batch."""
    length, boxes = beside(sequence, epochs, 64, 5, SEEDS)
    hints = {
        64: "64 is still the batch size. Keras asks for batches 0 to len - 1, and there are 5.",
        320: "320 is the number of images. Keras asks for that many batches.",
    }
    if length != 5:
        hint = hints.get(length, "Keras asks for batches 0 to len - 1, and there are 5.")
        raise Wrong(f"With 5 batches of 64, len() is {length}. {hint}")
    boxes = array(boxes, (len(SEEDS), 5, 64, 4), "the boxes of 5 batches of 64")
    if not np.array_equal(boxes[0], boxes[-1]):
        raise Wrong("Two sequences of the same seed give different images: draw from the seed alone.")
    _check_different(boxes[:-1])
    return "5 batches of 64 are 320 images an epoch, and no other seed draws any of these batches."


SEEDS = (1, 2, 3, 1)  # the last as the first


def _check_different(boxes):
    """No batch of boxes (seeds, batches, images, 4) occurs twice."""
    first = {}
    for (which, index), batch in zip(np.ndindex(boxes.shape[:2]), boxes.reshape(-1, *boxes.shape[2:])):
        seed, index_before = first.setdefault(batch.tobytes(), (SEEDS[which], index))
        if seed != SEEDS[which]:
            raise Wrong(
                f"The length is right. But batch {index} of seed {SEEDS[which]} is batch {index_before} of "
                f"seed {seed}: a model trained on one of them has seen images of the other."
            )
        if index_before != index:
            raise Wrong(f"Batches {index_before} and {index} of seed {seed} are the same images.")
