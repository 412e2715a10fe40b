"""Winograd's convolution: the trunk on a CPU with a quarter of the multiplications. An engine, not a lesson.

For each channel a 3 x 3 convolution needs 144 multiplications for a 4 x 4 block of its output. Winograd's
transforms the 6 x 6 pixels below the block, multiplies them one by one by the 36 values of the transformed
kernel, and transforms the sum over the channels back. The matrices are those of F(4 x 4, 3 x 3) in Lavin and
Gray, Fast Algorithms for Convolutional Neural Networks (2016), section 4.3. In float32 the features differ
from those of Keras' own layers by less than 1e-5 of the largest one. Storing them as float16 loses more.
"""

from functools import partial

import keras
import numpy as np
import tensorflow as tf

from ..trunk import POOLS, PREPROCESSED, TAPS

PART = 4  # images at a time: more take more memory and no less time
KERNEL = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [-1, -2, -4], [-1, 2, -4], [0, 0, 24]]) / 24


def transform_kernel(kernel):
    """A kernel `(3, 3, in, out)` transformed: for each of six columns `(6, in, out)` of the rows."""
    both = np.einsum("ia,jb->jiab", KERNEL, KERNEL).reshape(36, 9).astype("float32")
    transformed = (both @ kernel.reshape(9, -1)).reshape(6, 6, *kernel.shape[2:])
    return [tf.constant(column) for column in transformed]


def _transform(a, b, c, d, e, f):
    """Six pixels in a row, transformed."""
    ec, db, e4c, d4b = e - c, 2 * (d - b), e - 4 * c, d - 4 * b
    return [4 * (a - c) + ec, e4c + d4b, e4c - d4b, ec + db, ec - db, f - d - 2 * db]


def _back(a, b, c, d, e, f):
    """Six products, transformed back to four pixels in a row.

    Two rows of KERNEL have the opposite sign of those in the paper, and so have d and e: TensorFlow would sum
    three terms in whatever order they are ready, but it keeps the order of a difference.
    """
    bc, cb, de, ed = b + c, b - c, d + e, d - e
    return [a + bc - de, cb - 2 * ed, bc - 4 * de, cb - 8 * ed + f]


def convolve(images, kernel, bias):
    """A 3 x 3 convolution with padding "same", its bias and relu.

    `images` `(batch, size, size, in)`, `kernel` from `transform_kernel`, `bias` `(out,)`.
    """
    batch, (size, channels), blocks = tf.shape(images)[0], images.shape[2:], -(-images.shape[1] // 4)
    around = [1, 4 * blocks + 3 - size]
    x = tf.pad(images, [[0, 0], around, around, [0, 0]])
    x = tf.reshape(x, (batch, blocks + 1, 4, 4 * blocks + 4, channels))
    x = _transform(*(x[:, :-1, row] for row in range(4)), *(x[:, 1:, row] for row in range(2)))
    x = tf.reshape(tf.stack(x), (6, batch, blocks, blocks + 1, 4, channels))
    x = _transform(
        *(x[..., :-1, column, :] for column in range(4)), *(x[..., 1:, column, :] for column in range(2))
    )
    x = [tf.matmul(tf.reshape(pixels, (6, -1, channels)), values) for pixels, values in zip(x, kernel)]
    x = [tf.reshape(products, (6, batch, blocks, blocks, bias.shape[0])) for products in x]
    x = tf.unstack(tf.stack(_back(*x), axis=4))
    x[1] += bias  # reaches each pixel once
    x = tf.nn.relu(tf.stack(_back(*x), axis=2))
    return tf.reshape(x, (batch, 4 * blocks, 4 * blocks, bias.shape[0]))[:, :size, :size]


def _convolve_pixels(images, kernel, bias):
    """The same for three channels, which are slow: three neighbours side by side make nine."""
    size = images.shape[2]
    x = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]])
    x = tf.concat([x[:, :, column : column + size] for column in range(3)], axis=-1)
    return tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "VALID") + bias)


def _compiled(function, spec):
    """A function of one tensor, compiled by XLA if possible, which computes a transform in one go."""
    try:
        compiled = tf.function(function, autograph=False, jit_compile=True).get_concrete_function(spec)
        compiled(tf.zeros(spec.shape))
        return compiled
    except tf.errors.OpError:  # this TensorFlow has no XLA for this machine
        return tf.function(function, autograph=False).get_concrete_function(spec)


def fast_trunk(trunk):
    """A function of images that computes what `trunk.predict` does, in less time on a CPU.

    Takes a float32 trunk of `build_trunk`. The function takes images `(batch, size, size, 3)` 0..1 and
    gives a list of numpy arrays, one for each tap.
    """
    steps = {layer.name: layer for layer in trunk.layers[1:]}
    for name, layer in steps.items():
        if isinstance(layer, keras.layers.Conv2D):
            kernel, bias = layer.get_weights()
            if name == "block1_conv1":
                steps[name] = partial(_convolve_pixels, kernel=kernel.reshape(3, 1, 9, -1), bias=bias)
            else:
                steps[name] = partial(convolve, kernel=transform_kernel(kernel), bias=bias)

    def outputs(x):
        found = {}
        for name, step in steps.items():
            if name in TAPS and name not in POOLS:  # a branch that divides features by their spread
                found[name] = step(found[name.removeprefix(PREPROCESSED)])
            else:
                x = found[name] = step(x)
        return [found[name] for name in trunk.output_names]

    graph = _compiled(outputs, tf.TensorSpec((PART, *trunk.input_shape[1:])))

    def in_parts(images):
        missing = -len(images) % PART  # of the last part: the graph takes whole ones
        whole = np.pad(images, [(0, missing), (0, 0), (0, 0), (0, 0)])
        parts = [graph(tf.constant(whole[i : i + PART])) for i in range(0, len(whole), PART)]
        return [np.concatenate(arrays)[: len(images)] for arrays in zip(*parts)]

    return in_parts
