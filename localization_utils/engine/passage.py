"""The fastest way through the trunk on this machine, for cached features and for predictions.

On one CPU in float32 that is Winograd's convolution; with a GPU, with several devices, or in half precision
it is Keras' own layers.
"""

from functools import lru_cache
from weakref import WeakKeyDictionary

import keras
import numpy as np
import tensorflow as tf

from ..trunk import TAPS, build_trunk
from .winograd import fast_trunk

WORTH = 128  # images: fewer take less time than it takes to compile the faster way
_fast_trunks = WeakKeyDictionary()  # of joined models


def strategy():
    """TensorFlow's way to share a batch among several devices; its default strategy if there is only one."""
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    names = [device.name for device in devices]
    return tf.distribute.MirroredStrategy(names) if len(names) > 1 else tf.distribute.get_strategy()


def _alone():
    """Whether there is one CPU and nothing else."""
    return not tf.config.list_logical_devices("GPU") and len(tf.config.list_logical_devices("CPU")) == 1


@lru_cache(maxsize=1)
def passage(size, weights, checksum, names, precision):
    """A function from images to a list of features, one for each tap; the last function built is kept.

    `checksum` is that of the weights, so that a file that has changed is read again.
    """
    with strategy().scope():
        trunk = build_trunk(size, weights, names, precision)
    if _alone() and precision == "float32":
        return fast_trunk(trunk)
    return lambda images: keras.tree.flatten(trunk.predict(images, batch_size=len(images), verbose=0))


def predict(model, images, batch_size):
    """The same as `model.predict` for images `(n, size, size, 3)`, in less time if there are many."""
    through_trunk, head = _halves(model) if len(images) >= WORTH else (None, None)
    if through_trunk is None:
        return model.predict(images, batch_size=batch_size, verbose=0)
    parts = (images[i : i + batch_size] for i in range(0, len(images), batch_size))
    features = (keras.tree.pack_sequence_as(head.input, through_trunk(part)) for part in parts)
    answers = [head.predict_on_batch(each) for each in features]
    return keras.tree.map_structure(lambda *each: np.concatenate(each), *answers)


def _halves(model):
    """The fast trunk and the head of a model from `load_localizer`; (None, None) if it does not apply."""
    head = model.layers[-1]
    names = [tensor.name for tensor in getattr(head, "inputs", [])]
    if not names or not set(names) <= TAPS.keys() or not _alone():
        return None, None
    below = [layer for layer in model.layers if layer is not head]
    if any(layer.trainable_weights or layer.compute_dtype != "float32" for layer in below):
        return None, None
    if model not in _fast_trunks:
        outputs = [model.get_layer(name).output for name in names]
        _fast_trunks[model] = fast_trunk(keras.Model(model.input, outputs))
    return _fast_trunks[model], head
