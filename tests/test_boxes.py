"""The box helpers against independent oracles: Keras, Pillow, and themselves, there and back."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras.utils import bounding_boxes
from PIL import Image, ImageDraw

import localization_utils as lu

SIZES = st.sampled_from([32, 96, 224, 448])


@st.composite
def boxes_and_size(draw):
    """Whole-pixel tlhw boxes inside an image, a batch of them, and the image's size."""
    size = draw(SIZES)
    corner = draw(hnp.arrays(np.int64, (draw(st.integers(1, 6)), 2), elements=st.integers(0, size - 1)))
    extent = 1 + (draw(st.floats(0, 1)) * (size - 1 - corner)).astype(int)
    return np.concatenate([corner, extent], axis=1), size


@given(boxes_and_size())
def test_reverse_sigmoid_undoes_sigmoid_targets(case):
    tlhw, size = case
    targets = lu.sigmoid_targets(tlhw, size)
    assert targets.dtype == np.float32
    decoded = (lu.reverse_sigmoid(targets) + 1) * (size / 2)
    assert np.abs(decoded - tlhw).max() < 1e-3


def test_round_trip_holds_for_every_coordinate_of_the_image():
    every = np.arange(225)
    lower, upper = (
        np.stack([every, every, every * 0, every * 0], 1),
        np.stack([every * 0, every * 0, every, every], 1),
    )
    for boxes in (lower, upper):
        decoded = (lu.reverse_sigmoid(lu.sigmoid_targets(boxes)) + 1) * 112
        assert np.abs(decoded - boxes).max() < 1e-3


@given(hnp.arrays(np.float32, (3, 4), elements=st.floats(0, 1, width=32)))
def test_reverse_sigmoid_is_the_logit_and_finite_everywhere(y):
    logits = lu.reverse_sigmoid(y)
    assert np.isfinite(logits).all()
    inner = (y > 1e-6) & (y < 1 - 1e-6)
    assert np.allclose(1 / (1 + np.exp(-logits[inner].astype("float64"))), y[inner], atol=1e-6)
    assert np.isfinite(lu.reverse_sigmoid(np.array([0.0, 1.0]))).all()


@given(hnp.arrays(np.float32, (5, 4), elements=st.floats(0, 1, width=32)), SIZES)
def test_to_pil_rect_never_leaves_the_image_and_never_inverts(y, size):
    left, top, right, bottom = lu.to_pil_rect(y, size).T
    assert (left >= 0).all() and (top >= 0).all() and (right <= size).all() and (bottom <= size).all()
    assert (left < right).all() and (top < bottom).all()


@given(boxes_and_size())
def test_to_pil_rect_decodes_targets_to_the_box_that_pillow_draws(case):
    tlhw, size = case
    xyxy = lu.to_pil_rect(lu.sigmoid_targets(tlhw, size), size)
    assert np.allclose(xyxy, lu.tlhw_to_xyxy(tlhw), atol=2e-3)
    left, top, right, bottom = (int(v) for v in np.round(xyxy[0]))
    image = Image.new("L", (size, size))
    ImageDraw.Draw(image).rectangle((left, top, right - 1, bottom - 1), fill=255)
    assert image.getbbox() == (left, top, right, bottom)
    assert np.count_nonzero(image) == tlhw[0, 2] * tlhw[0, 3]


def test_one_box_any_batch_and_tensors_give_the_same():
    y = np.random.default_rng(1).uniform(size=(2, 3, 4)).astype("float32")
    boxes = lu.to_pil_rect(y)
    assert boxes.shape == (2, 3, 4)
    assert np.array_equal(boxes[1, 2], lu.to_pil_rect(y[1, 2]))
    assert np.array_equal(boxes[1, 2], lu.to_pil_rect(y[1, 2].tolist()))
    tensor = lu.to_pil_rect(keras.ops.convert_to_tensor(y))
    assert keras.ops.is_tensor(tensor)
    assert np.allclose(boxes, tensor, atol=1e-3)


@given(boxes_and_size())
def test_conversions_undo_each_other_and_agree_with_keras(case):
    tlhw, _ = case
    xyxy = lu.tlhw_to_xyxy(tlhw)
    assert np.array_equal(lu.xyxy_to_tlhw(xyxy), tlhw)
    xywh = tlhw[:, [1, 0, 3, 2]].astype("float32")
    assert np.array_equal(xyxy, bounding_boxes.convert_format(xywh, "xywh", "xyxy"))


@given(boxes_and_size())
def test_iou_counts_pixels(case):
    tlhw, size = case
    masks = np.zeros((len(tlhw), size, size), bool)
    for mask, (top, left, height, width) in zip(masks, tlhw):
        mask[top : top + height, left : left + width] = True
    other = np.roll(masks, 1, axis=0)
    expected = (masks & other).sum(axis=(1, 2)) / (masks | other).sum(axis=(1, 2))
    xyxy = lu.tlhw_to_xyxy(tlhw)
    assert np.allclose(lu.iou(xyxy, np.roll(xyxy, 1, axis=0)), expected, atol=1e-5)


@given(hnp.arrays(np.float32, (2, 5, 4), elements=st.floats(0, 224, width=32)))
def test_iou_of_any_size_is_that_of_keras_and_of_tensors(corners):
    a, b = (
        np.concatenate(
            [corners.min(axis=0)[:, :2], corners.min(axis=0)[:, :2] + 1 + corners.max(axis=0)[:, 2:]], 1
        ),
        corners,
    )
    a, b = (
        np.sort(a.reshape(-1, 2, 2), 1).reshape(-1, 4),
        np.sort(b[0].reshape(-1, 2, 2), 1).reshape(-1, 4) + [0, 0, 1, 1],
    )
    scores = lu.iou(a, b)
    assert np.allclose(scores, np.diag(bounding_boxes.compute_iou(a, b.astype("float32"), "xyxy")), atol=1e-5)
    assert np.allclose(scores, lu.iou(keras.ops.convert_to_tensor(a), b), atol=1e-5)
    assert np.allclose(scores, lu.iou(a / 4096, b / 4096), atol=1e-5)  # parts of a large photo, say


def test_iou_broadcasts_one_box_and_keeps_the_batch_shape():
    box = np.array([10, 20, 50, 60.0])
    assert lu.iou(box, box) == pytest.approx(1)
    assert lu.iou(box, box + 100) == 0
    grid = np.tile(box, (2, 3, 1))
    assert lu.iou(grid, box).shape == (2, 3)
    assert lu.iou(grid, box) == pytest.approx(np.ones((2, 3)))
    assert lu.iou(keras.ops.convert_to_tensor(grid), box).shape == (2, 3)
    assert lu.iou([3, 3, 3, 3], [3, 3, 3, 3]) == 0  # nothing in common, for there is nothing
    assert np.isnan(lu.iou([np.nan] * 4, box))


def test_targets_of_a_tensor_are_those_of_an_array():
    tlhw = np.array([[10, 20, 50, 60], [0, 0, 224, 224]])
    tensor = lu.sigmoid_targets(keras.ops.convert_to_tensor(tlhw))
    assert keras.ops.is_tensor(tensor)
    assert np.allclose(tensor, lu.sigmoid_targets(tlhw))


def test_half_precision_has_a_finite_logit_too():
    assert np.isfinite(lu.reverse_sigmoid(np.array([0, 1], "float16"))).all()
