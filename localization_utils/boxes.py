"""Boxes as numbers: the sigmoid targets of the course, two box forms, intersection over union.

Two forms, always named. `tlhw` is `[top, left, height, width]` in pixels. `xyxy` is
`[left, top, right, bottom]` in pixels, right and bottom exclusive. Every function takes one box
`(4,)` or any batch `(..., 4)`, as an array or as a Keras tensor, and answers in kind.
"""

import keras
import numpy as np
from keras.utils import bounding_boxes

EPSILON = 1e-7  # keeps the logarithm of reverse_sigmoid finite, and is exact in float32


def _namespace(*values):
    """`keras.ops` when a tensor is among the values, NumPy otherwise: both spell the same names."""
    return keras.ops if any(keras.ops.is_tensor(v) for v in values) else np


def _boxes(values, name):
    """Boxes as a float array or tensor `(..., 4)`."""
    values = values if keras.ops.is_tensor(values) else np.asarray(values, dtype="float32")
    if not len(values.shape) or values.shape[-1] != 4:
        raise ValueError(f"{name} has shape {tuple(values.shape)}: four numbers a box, (..., 4).")
    return values


def _first_bad_row(bad):
    """Where a mask `(..., 4)` is first true, as words for an error message."""
    row = np.argwhere(bad.any(axis=-1))[0]
    return "the box" if row.size == 0 else f"row {', '.join(map(str, row))}"


def tlhw_to_xyxy(tlhw):
    """Turn `[top, left, height, width]` into `[left, top, right, bottom]`, both `(..., 4)` pixels."""
    tlhw = _boxes(tlhw, "tlhw")
    top, left, height, width = (tlhw[..., i] for i in range(4))
    return _namespace(tlhw).stack([left, top, left + width, top + height], axis=-1)


def xyxy_to_tlhw(xyxy):
    """Turn `[left, top, right, bottom]` into `[top, left, height, width]`, both `(..., 4)` pixels."""
    xyxy = _boxes(xyxy, "xyxy")
    left, top, right, bottom = (xyxy[..., i] for i in range(4))
    return _namespace(xyxy).stack([top, left, bottom - top, right - left], axis=-1)


def sigmoid_targets(tlhw, image_size=224):
    """Squash boxes to 0.27..0.73: pixels over half the image, minus 1, through the logistic sigmoid.

    Takes `tlhw` boxes `(..., 4)` in pixels, each number in 0..image_size, and gives float32 of
    the same shape. Raises ValueError for a number outside the image or a NaN.
    """
    tlhw = _boxes(tlhw, "tlhw")
    bad = ~((tlhw >= 0) & (tlhw <= image_size))
    if bad.any():
        row = _first_bad_row(bad)
        raise ValueError(
            f"sigmoid_targets: {row} holds {tlhw[bad][0]:g}; top, left, height and width are pixels "
            f"in 0..{image_size}. For larger images pass image_size."
        )
    return (1 / (1 + np.exp(1 - tlhw / (image_size / 2)))).astype("float32")


def reverse_sigmoid(y):
    """Undo the logistic sigmoid, `log(y / (1 - y))`: any shape, 0..1 in, finite even at 0 and 1."""
    xp = _namespace(y)
    y = xp.clip(y, EPSILON, 1 - EPSILON)
    return xp.log(y / (1 - y))


def to_pil_rect(y, image_size=224):
    """Decode sigmoid targets `(..., 4)` into `xyxy` pixels that Pillow can draw.

    Every box lies in the image and holds at least one pixel: `0 <= left < right <= image_size`, and
    likewise top and bottom. Raises ValueError when an array holds NaN (a tensor is not checked).
    """
    y = _boxes(y, "y")
    xp = _namespace(y)
    if xp is np and np.isnan(y).any():
        row = _first_bad_row(np.isnan(y))
        raise ValueError(f"to_pil_rect: {row} of y holds NaN; targets are four numbers in 0..1.")
    tlhw = (reverse_sigmoid(y) + 1) * (image_size / 2)
    corner = xp.clip(tlhw[..., :2], 0, image_size - 1)
    extent = xp.maximum(tlhw[..., 2:], 1)
    return xp.clip(tlhw_to_xyxy(xp.concatenate([corner, extent], axis=-1)), 0, image_size)


def edges_to_boxes(logits):
    """Decode edge logits `(..., 4, positions)` into `xyxy` pixels `(..., 4)`, never inverted.

    Position i is the border between pixels i-1 and i. Each edge is the mean position of the softmax over
    the five positions around its median: to a fraction of a pixel, undisturbed by a far second mode
    (after the integral regression of Sun et al. 2018, https://arxiv.org/abs/1711.08229, which takes the
    mean of all; of all positions the median has the smallest expected error).
    """
    xp = _namespace(logits)
    last = logits.shape[-1] - 1
    positions = np.arange(last + 1, dtype="float32")
    p = xp.exp(logits - xp.max(logits, axis=-1, keepdims=True))
    below = xp.cumsum(p, axis=-1) < xp.sum(p, axis=-1, keepdims=True) / 2
    median = xp.sum(xp.where(below, 1.0, 0.0), axis=-1, keepdims=True)
    weights = xp.where(xp.abs(positions - median) <= 2, p, 0.0)
    edges = xp.sum(weights * positions, axis=-1) / xp.sum(weights, axis=-1)
    start = xp.clip(edges[..., :2], 0, last - 1)
    end = xp.clip(xp.maximum(edges[..., 2:], start + 1), 0, last)
    return xp.concatenate([start, end], axis=-1)


def iou(a, b):
    """Intersection over union of `xyxy` boxes, row by row: `(..., 4)` and `(..., 4)` give `(...)`.

    0 for boxes that do not touch, 1 for equal ones; one box against a batch is broadcast. The
    formula is the Jaccard index (1912); `keras.utils.bounding_boxes.compute_iou` computes it.
    """
    xp = _namespace(a, b)
    a, b = _boxes(a, "a"), _boxes(b, "b")
    if xp is np:
        a, b = np.broadcast_arrays(a, b)
    rows_a, rows_b = xp.reshape(a, (-1, 1, 4)), xp.reshape(b, (-1, 1, 4))
    scores = bounding_boxes.compute_iou(rows_a, rows_b, "xyxy")[:, 0, 0]
    return scores if xp is not np else keras.ops.convert_to_numpy(scores).reshape(a.shape[:-1])
