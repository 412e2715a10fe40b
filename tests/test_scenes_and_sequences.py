"""What is drawn, against a slow twin of the original's drawing; and that batches are pure functions."""

import random

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import localization_utils as lu
from localization_utils.trunk import PROJECT

SPRITES = sorted((PROJECT / "assets" / "sprites").glob("*.png"))[:1]
PHOTOS = sorted((PROJECT / "assets" / "photos" / "seen").glob("*.jpg"))[:1]


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


def test_a_batch_past_the_end_is_refused():
    features = lu.FeatureSequence(np.zeros((4, 2)), np.zeros((4, 4)), batch_size=2)
    for batches in (lu.LocalizationSequence(batches=2), features):
        for index in (2, -1):
            with pytest.raises(IndexError, match=f"batch {index} does not exist; there are 2"):
                batches[index]


# --- what Keras would do silently


def dense(size=32):
    model = keras.Sequential([keras.Input((size, size, 3)), keras.layers.Flatten(), keras.layers.Dense(4)])
    model.compile("sgd", "mse")
    return model


class Empty(lu.WhiteRectangles):
    """Half of the images show nothing."""

    def sample(self, rng, count):
        images, tlhw = super().sample(rng, count)
        return images, np.where(np.arange(count)[:, None] % 2, tlhw, np.nan)


def test_images_that_show_nothing_never_reach_the_weights():
    model, batches = dense(), lu.LocalizationSequence(4, 2, Empty(32), fixed=True)
    features = lu.FeatureSequence(np.zeros((4, 32, 32, 3)), np.full((4, 4), np.nan), batch_size=4, fixed=True)
    for each in (batches, features):
        for ask in (model.fit, model.evaluate):
            with pytest.raises(ValueError, match="targets hold NaN.*lu.named_targets"):
                ask(each, verbose=0)
        assert model.predict(each, verbose=0).shape[1] == 4  # it does not need targets
    rare = lu.LocalizationSequence(2, 2, lu.Sprites(SPRITES, presence=0.999))  # not in the first batch
    with pytest.raises(ValueError, match="targets hold NaN"):
        dense(224).fit(rare, verbose=0)
    assert all(np.isfinite(w).all() for w in model.get_weights())


def test_predictions_come_in_the_order_of_their_targets():
    model, x = dense(), np.random.default_rng(1).random((6, 32, 32, 3)).astype("float32")
    rows = {
        fixed: lu.FeatureSequence(x, np.zeros((6, 4)), batch_size=2, fixed=fixed) for fixed in (True, False)
    }
    assert np.allclose(model.predict(rows[True], verbose=0), model(x), atol=1e-5)
    for batches in (rows[False], lu.LocalizationSequence(2, 2, lu.WhiteRectangles(32))):
        with pytest.raises(ValueError, match="predict needs rows in the order of their targets.*fixed=True"):
            model.predict(batches, verbose=0)
        model.evaluate(batches, verbose=0)  # a mean has no order
        model.fit(batches, validation_data=batches, verbose=0)


def test_weights_may_be_an_array():
    x, y, weights = lu.FeatureSequence(np.zeros((4, 2)), np.zeros((4, 4)), np.arange(4), 4, fixed=True)[0]
    assert x.shape == (4, 2) and y.shape == (4, 4) and weights.tolist() == [0, 1, 2, 3]


def test_no_images_are_an_empty_batch():
    for scene in (lu.WhiteRectangles(32), lu.Sprites(SPRITES), lu.CutOuts(SPRITES, PHOTOS)):
        images, boxes = scene.sample(np.random.default_rng(1), 0)
        assert images.shape == (0, *2 * [scene.image_size], 3) and boxes.shape == (0, 4)
