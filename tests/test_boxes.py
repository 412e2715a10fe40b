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
    every = np.stack([np.arange(225)] * 4, axis=1)
    decoded = (lu.reverse_sigmoid(lu.sigmoid_targets(every)) + 1) * 112
    assert np.abs(decoded - every).max() < 1e-3


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


def test_iou_broadcasts_one_box_and_keeps_the_batch_shape():
    box = np.array([10, 20, 50, 60.0])
    assert lu.iou(box, box) == pytest.approx(1)
    assert lu.iou(box, box + 100) == 0
    grid = np.tile(box, (2, 3, 1))
    assert lu.iou(grid, box).shape == (2, 3)
    assert lu.iou(grid, box) == pytest.approx(np.ones((2, 3)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lu.sigmoid_targets([[1, 2, 3, 4], [1, 2, 300, 4]]), r"row 1 holds 300.*0\.\.224"),
        (lambda: lu.sigmoid_targets([1, np.nan, 3, 4]), r"the box holds nan.*0\.\.224"),
        (lambda: lu.to_pil_rect([[0.5] * 4, [0.5, np.nan, 0.5, 0.5]]), "row 1 of y holds NaN"),
        (lambda: lu.to_pil_rect(np.full((2, 2, 4), [[[0.5]], [[np.nan]]])), "row 1, 0 of y holds NaN"),
        (lambda: lu.tlhw_to_xyxy([1, 2, 3]), r"shape \(3,\): four numbers a box"),
        (lambda: lu.iou([1, 2, 3, 4], 5.0), r"b has shape \(\): four numbers a box"),
    ],
)
def test_bad_input_is_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message) as error:
        call()
    assert "\n" not in str(error.value)
