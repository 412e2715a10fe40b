"""Boxes as numbers: the sigmoid targets of the course, two box forms, intersection over union.

Two forms, always named. `tlhw` is `[top, left, height, width]` in pixels. `xyxy` is
`[left, top, right, bottom]` in pixels, right and bottom exclusive. Every function takes one box
`(4,)` or any batch `(..., 4)`, as an array or as a Keras tensor, and returns the same kind.
"""

import keras
import numpy as np

from .arguments import Words, checked, pixels, refuse
from .arrays import array, is_tensor

EPSILON = 1e-7  # keeps the logarithm of reverse_sigmoid finite, and is exact in float32
ROUNDING = 1e-3  # pixels that a box may leave its image by, from sums in float32
BOXES = array(..., 4, what=", four a box,")


def _namespace(*values):
    """`keras.ops` if one of the values is a tensor, else NumPy: the functions have the same names in both."""
    return keras.ops if any(map(is_tensor, values)) else np


def _refuse_rows(bad, name, values, allowed):
    """Refuse boxes `(..., 4)` where a mask `(...)` is true; a tensor's values are not known yet."""
    if isinstance(bad, np.ndarray | np.bool_) and bad.any():
        row = np.argwhere(bad)[0]
        where = f"row {', '.join(map(str, row))} is " if row.size else ""
        box = ", ".join(f"{value:g}" for value in values[tuple(row)])
        refuse(name, Words(f"an array {values.shape} whose {where}[{box}]" if where else f"[{box}]"), allowed)


@checked(tlhw=BOXES)
def tlhw_to_xyxy(tlhw):
    """Turn `[top, left, height, width]` into `[left, top, right, bottom]`, both `(..., 4)` pixels."""
    top, left, height, width = (tlhw[..., i] for i in range(4))
    return _namespace(tlhw).stack([left, top, left + width, top + height], axis=-1)


@checked(xyxy=BOXES)
def xyxy_to_tlhw(xyxy):
    """Turn `[left, top, right, bottom]` into `[top, left, height, width]`, both `(..., 4)` pixels."""
    left, top, right, bottom = (xyxy[..., i] for i in range(4))
    return _namespace(xyxy).stack([top, left, bottom - top, right - left], axis=-1)


@checked(tlhw=array(..., 4, what=", four a box,", nan=False), image_size=pixels)
def sigmoid_targets(tlhw, image_size=224):
    """Squash boxes to 0.27..0.73: pixels over half the image, minus 1, through the logistic sigmoid.

    Takes `tlhw` boxes `(..., 4)` in pixels that lie in the image, and gives float32 of the same shape. Raises
    ValueError for a box that leaves the image by more than a rounding, or a NaN (a tensor is not checked).
    """
    xp = _namespace(tlhw)
    ends = tlhw[..., :2] + tlhw[..., 2:]
    inside = (tlhw >= 0).all(axis=-1) & (ends <= image_size + ROUNDING).all(axis=-1) if xp is np else True
    _refuse_rows(~np.asarray(inside), "tlhw", tlhw, f"boxes inside 0..{image_size} px, or pass image_size")
    return 1 / (1 + xp.exp(1 - tlhw / (image_size / 2)))


@checked(y=array(..., dtype=None))
def reverse_sigmoid(y):
    """Undo the logistic sigmoid, `log(y / (1 - y))`: any shape, 0..1 in, finite even at 0 and 1."""
    xp = _namespace(y)
    y = xp.clip(y, EPSILON, 1 - EPSILON)
    return xp.log(y / (1 - y))


@checked(y=array(..., 4, what=", four targets a box,", nan=False), image_size=pixels)
def to_pil_rect(y, image_size=224):
    """Decode sigmoid targets `(..., 4)` into `xyxy` pixels that Pillow can draw.

    Every box lies in the image and holds at least one pixel: `0 <= left < right <= image_size`, and
    the same for top and bottom. Raises ValueError when an array holds NaN (a tensor is not checked).
    """
    xp = _namespace(y)
    tlhw = (reverse_sigmoid(y) + 1) * (image_size / 2)
    corner = xp.clip(tlhw[..., :2], 0, image_size - 1)
    extent = xp.maximum(tlhw[..., 2:], 1)
    return xp.clip(tlhw_to_xyxy(xp.concatenate([corner, extent], axis=-1)), 0, image_size)


@checked(logits=array(..., 4, "positions", what=" (logits)", nan=False))
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


@checked(a=BOXES, b=BOXES)
def iou(a, b):
    """Intersection over union of `xyxy` boxes, row by row: `(..., 4)` and `(..., 4)` give `(...)`.

    0 for boxes that do not touch, 1 for equal ones, NaN where a box is; one box against a batch is broadcast.
    The formula is the Jaccard index (1912). Raises ValueError for shapes that do not fit, and for an array
    with a box whose right is less than its left or bottom less than its top (a tensor is not checked).
    """
    xp = _namespace(a, b)
    for name, boxes in {"a": a, "b": b}.items():
        inverted = (boxes[..., 2:] < boxes[..., :2]).any(axis=-1) if isinstance(boxes, np.ndarray) else None
        _refuse_rows(inverted, name, boxes, "xyxy boxes: left, top, right, bottom")
    try:
        np.broadcast_shapes(*(tuple(s or 1 for s in boxes.shape) for boxes in (a, b)))
    except ValueError:
        refuse("b", b, f"as many boxes as a, {tuple(a.shape)}, or one")
    inner = xp.minimum(a[..., 2:], b[..., 2:]) - xp.maximum(a[..., :2], b[..., :2])
    both, area_a, area_b = (
        xp.prod(xp.maximum(x, 0), axis=-1) for x in (inner, a[..., 2:] - a[..., :2], b[..., 2:] - b[..., :2])
    )
    union = area_a + area_b - both
    return both / xp.where(union == 0, 1, union)
