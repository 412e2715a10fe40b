"""Winograd's way to convolve gives what Keras' layers give."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import localization_utils as lu
from localization_utils import winograd


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
