"""Winograd's way to convolve gives what Keras' layers give."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import localization_utils as lu
from localization_utils.engine import passage, winograd
from localization_utils.trunk import TAPS


@pytest.mark.parametrize("size", [1, 4, 7, 10])
def test_it_convolves(size):
    keras.utils.set_random_seed(size)
    layer = keras.layers.Conv2D(5, 3, padding="same", activation="relu", bias_initializer="normal")
    images = np.random.default_rng(size).normal(size=(2, size, size, 3)).astype("float32")
    expected = layer(images).numpy()
    kernel, bias = layer.get_weights()
    found = winograd.convolve(images, winograd.transform_kernel(kernel), bias)
    assert np.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("taps", ["block5_pool", ["block1_pool", "block3_pool"]])
def test_the_fast_trunk_gives_what_the_trunk_gives(taps):
    trunk = lu.build_trunk(64, taps=taps, precision="float32")
    images, _ = lu.LocalizationSequence(11, 1, scene=lu.WhiteRectangles(64), seed=1)[0]
    expected = keras.tree.flatten(trunk.predict(images, verbose=0))
    through_trunk = winograd.fast_trunk(trunk)
    found, again = through_trunk(images), through_trunk(images)
    assert len(found) == len(expected)
    for one, other, same in zip(found, expected, again):
        assert np.abs(one - other).max() < 1e-5 * other.max()
        assert np.array_equal(one, same)


def test_it_works_without_xla(monkeypatch):
    trunk = lu.build_trunk(32, taps="block1_pool", precision="float32")
    images = np.random.default_rng(1).random((3, 32, 32, 3), "float32")
    expected, compile_it = winograd.fast_trunk(trunk)(images), tf.function

    def without(function, autograph, jit_compile=False):
        if jit_compile:
            raise tf.errors.UnimplementedError(None, None, "could not find registered compiler")
        return compile_it(function, autograph=autograph)

    monkeypatch.setattr(winograd.tf, "function", without)
    assert np.allclose(winograd.fast_trunk(trunk)(images), expected, atol=1e-5)


@pytest.mark.usefixtures("in_float32")
@pytest.mark.parametrize(
    "taps", [["preprocessed_block5_pool"], ["block4_pool", "block5_pool"]], ids=" + ".join
)
def test_many_images_are_predicted_through_it(tmp_path, monkeypatch, taps):
    inputs = [keras.Input((64 // TAPS[tap][0], 64 // TAPS[tap][0], 512), name=tap) for tap in taps]
    shown = [keras.layers.GlobalMaxPooling2D()(each) for each in inputs]
    both = keras.layers.Concatenate()(shown) if len(taps) > 1 else shown[0]
    outputs = {
        "box": keras.layers.Dense(4, "sigmoid")(both),
        "presence": keras.layers.Dense(1, "sigmoid")(both),
    }
    keras.Model(inputs, outputs).save(tmp_path / "head.keras")
    model = lu.load_localizer(tmp_path / "head.keras")
    images = np.random.default_rng(1).random((7, 64, 64, 3), np.float32)
    expected = model.predict(images, verbose=0)
    assert passage._halves(model)[0] and not passage._halves(lu.build_localization_model(32, None))[0]
    monkeypatch.setattr(passage, "WORTH", 7)
    monkeypatch.setattr(model, "predict", None)
    found = passage.predict(model, images, batch_size=3)
    for name in outputs:
        assert np.allclose(found[name], expected[name], atol=1e-5)
    monkeypatch.undo()
    model.layers[1].trainable = model.layers[2].trainable = True  # now they may change
    assert passage._halves(model) == (None, None)
