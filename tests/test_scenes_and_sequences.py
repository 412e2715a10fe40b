"""What is drawn, against a slow twin of the original's drawing; and that batches are pure functions."""

import random

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import localization_utils as lu


def draw_pixel_by_pixel(tlhw, size):
    """The original's algorithm in plain Python: every pixel of the rectangle is set on its own."""
    top, left, height, width = tlhw
    image = [[[0, 0, 0] for _ in range(size)] for _ in range(size)]
    for row in range(top, top + height):
        for column in range(left, left + width):
            image[row][column] = [255, 255, 255]
    return image


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.sampled_from([3, 8, 32, 50]))
def test_rectangles_equal_a_slow_twin_and_stay_off_the_border(seed, size):
    images, boxes = lu.WhiteRectangles(size).sample(np.random.default_rng(seed), 4)
    assert images.dtype == np.uint8 and images.shape == (4, size, size, 3)
    for image, tlhw in zip(images, boxes):
        assert np.array_equal(image, draw_pixel_by_pixel(tlhw.tolist(), size))
        top, left, height, width = tlhw
        assert 1 <= top and 1 <= left and 1 <= height and 1 <= width
        assert top + height <= size - 1 and left + width <= size - 1


def test_rectangles_follow_the_original_distribution():
    """Compares with Python's own random.randint, as the original draws: each coordinate's quantiles."""
    _, boxes = lu.WhiteRectangles().sample(np.random.default_rng(1), 20_000)
    twin, rng = [], random.Random(2)
    for _ in range(20_000):
        top, left = rng.randint(1, 222), rng.randint(1, 222)
        twin.append([top, left, rng.randint(1, 223 - top), rng.randint(1, 223 - left)])
    quantiles = np.linspace(0, 1, 21)
    difference = np.quantile(boxes, quantiles, axis=0) - np.quantile(twin, quantiles, axis=0)
    assert np.abs(difference).max() < 5
    assert boxes.min(axis=0).tolist() == [1, 1, 1, 1]
    assert boxes[:, :2].max() == 222 and boxes[:, 2:].max() > 215


def batches_equal(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b))


@settings(max_examples=20)
@given(st.integers(0, 999), st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_a_batch_depends_on_seed_epoch_and_index_only(seed, order):
    scene = lu.WhiteRectangles(32)
    seq, fresh = (lu.LocalizationSequence(2, 4, scene, seed) for _ in range(2))
    for index in order:
        seq[index]
    assert all(batches_equal(seq[i], fresh[i]) for i in reversed(range(4)))


def test_epochs_differ_unless_fixed_and_seeds_differ():
    scene = lu.WhiteRectangles(32)
    seq = lu.LocalizationSequence(4, 2, scene, seed=1)
    held_out = lu.LocalizationSequence(4, 2, scene, seed=2, fixed=True)
    before, still = seq[0], held_out[0]
    assert not batches_equal(before, still)
    seq.on_epoch_end()
    held_out.on_epoch_end()
    assert not batches_equal(before, seq[0])
    assert batches_equal(still, held_out[0])


def test_batches_have_the_documented_form():
    seq = lu.LocalizationSequence(batch_size=5, batches=3)
    x, y = seq[2]
    assert len(seq) == 3
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((5, 224, 224, 3), "float32", (5, 4), "float32")
    assert set(np.unique(x)) == {0, 1}
    assert isinstance(seq, keras.utils.Sequence)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("workers", [{}, {"workers": 3}, {"workers": 2, "use_multiprocessing": True}])
def test_workers_change_nothing(workers):
    """`fit` sees the same targets, epoch for epoch, whatever feeds it."""
    scene = lu.WhiteRectangles(32)
    seq = lu.LocalizationSequence(4, 6, scene, seed=3, **workers)
    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(4)])
    mean_target = keras.metrics.MeanMetricWrapper(lambda y, _: keras.ops.mean(y, axis=-1), name="seen")
    model.compile(loss="mse", optimizer="sgd", metrics=[mean_target])
    history = model.fit(seq, epochs=2, verbose=0)
    plain = lu.LocalizationSequence(4, 6, scene, seed=3)
    for seen in history.history["seen"]:
        plain.on_epoch_end()  # Keras 3.15 calls it once before the first epoch, too
        assert seen == pytest.approx(np.mean([plain[i][1] for i in range(6)]), abs=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lu.LocalizationSequence(batch_size=0), "batch_size is 0; it must be 1 or more"),
        (lambda: lu.LocalizationSequence(batches=-1), "batches is -1; it must be 1 or more"),
        (lambda: lu.LocalizationSequence(seed=-1), "seed is -1; it must be 0 or more"),
        (lambda: lu.LocalizationSequence(batches=2)[2], "batch 2 does not exist; there are 2"),
        (lambda: lu.WhiteRectangles(2), "image_size is 2; .* need 3 or more"),
    ],
)
def test_bad_input_is_one_clear_line(call, message):
    with pytest.raises((ValueError, IndexError), match=message) as error:
        call()
    assert "\n" not in str(error.value)
