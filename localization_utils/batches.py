"""Batches for Keras: what all sequences share, and batches of cached features."""

import inspect

import keras
import numpy as np
from keras import tree

from .arguments import checked, flag, optional, refuse, whole
from .arrays import array


def keras_workers(name, value):
    """The arguments of Keras' own sequences."""
    for key in value.keys() - {"workers", "use_multiprocessing", "max_queue_size"}:
        refuse(key, value[key], "no such argument: there is none of this name")
    return value


def arrays(name, value):
    """An array, or arrays in a list or dict, each with an axis of images."""
    for each in tree.flatten(value) or [value]:
        if not getattr(each, "shape", ()) or not each.shape[0] or not np.issubdtype(each.dtype, np.number):
            refuse(name, each, "arrays of numbers whose first axis is the images")
    return value


def _labels(name, value):
    numbers = array("n", dtype=None, nan=False)(name, value)
    if not np.array_equal(numbers, np.round(numbers)):
        refuse(name, value, "whole numbers of shape (n,)")
    return numbers.astype(int)


class Batches(keras.utils.PyDataset):
    """What the sequences of the course have in common: epochs, and checks before Keras uses them."""

    def on_epoch_begin(self):
        """Refuse, when Keras begins an epoch, what would silently go wrong."""
        asking = {frame.function for frame in inspect.stack(0) if "keras" in frame.filename}
        if "predict" in asking and not self.fixed:
            raise ValueError(
                "predict needs rows in the order of their targets; this sequence has another order in each "
                "epoch: make it with fixed=True."
            )
        if asking & {"fit", "evaluate"} and self.has_nan_targets():
            raise ValueError(
                "targets hold NaN, where images show nothing, and would make all weights NaN; "
                "train on lu.FeatureSequence with lu.named_targets."
            )

    def on_epoch_end(self):
        """Move on to the next epoch. Keras calls this after each, and once before the first."""
        self.epoch += not self.fixed


class FeatureSequence(Batches):
    """Batches of cached features and their targets, read from disk as they are needed.

    `features` is an array `(images, height, width, channels)`, or a list of them, one for each tap;
    `targets` is `(images, 4)`, or a dict with an array for each named output; `weights`, in the same form, is
    how much each image counts. Every epoch has its own order, a pure function of (seed, epoch), unless
    `fixed`.
    """

    @checked(
        features=arrays,
        targets=arrays,
        weights=optional(arrays),
        batch_size=whole(),
        seed=whole(0),
        fixed=flag,
        keras_workers=keras_workers,
    )
    def __init__(self, features, targets, weights=None, batch_size=32, seed=0, fixed=False, **keras_workers):
        taps = list(features) if isinstance(features, (list, tuple)) else [features]
        self.count = len(taps[0])
        counts = [len(each) for each in [*taps, *tree.flatten((targets, () if weights is None else weights))]]
        if len(set(counts)) > 1:
            raise ValueError(f"features, targets and weights are of {counts} images; give as many of each.")
        if self.count < batch_size:
            raise ValueError(
                f"{self.count} images do not fill a batch of {batch_size}; use more, or a smaller batch_size."
            )
        super().__init__(**keras_workers)
        self.batch_size, self.seed, self.fixed, self.epoch = batch_size, seed, fixed, 0
        x = tuple(taps) if len(taps) > 1 else taps[0]
        self.arrays = (x, targets) if weights is None else (x, targets, weights)

    def __len__(self):
        return -(-self.count // self.batch_size)

    def __getitem__(self, index):
        if not 0 <= index < len(self):
            raise IndexError(f"batch {index} does not exist; there are {len(self)}, from 0.")
        rows = np.arange(self.count)
        if not self.fixed:
            rows = np.random.default_rng([self.seed, self.epoch]).permutation(rows)
        rows = rows[index * self.batch_size : (index + 1) * self.batch_size]
        return tree.map_structure(lambda array: array[rows], self.arrays)

    def has_nan_targets(self):
        """Whether a target is NaN."""
        return any(np.isnan(each).any() for each in tree.flatten(self.arrays[1]))


@checked(targets=array("n", 4, what=" (sigmoid targets)"), labels=optional(_labels))
def named_targets(targets, labels=None):
    """Targets and weights of the outputs `"box"`, `"presence"` and, with labels, `"class"`.

    Takes sigmoid targets `(n, 4)`, NaN where nothing is shown, and labels `(n,)` int. Gives two dicts of
    arrays, targets and sample weights, for `FeatureSequence`: an image that shows nothing has weight 0 for
    the box and the class, so that it teaches presence alone.
    """
    shown = ~np.isnan(targets[:, 0])
    if labels is not None and len(labels) != len(targets):
        refuse("labels", labels, f"one for each of {len(targets)} targets")
    y = {"box": np.nan_to_num(targets, nan=0.5), "presence": shown.astype("float32")[:, None]}
    weights = {"box": shown.astype("float32"), "presence": np.ones(len(shown), "float32")}
    if labels is not None:
        y["class"], weights["class"] = np.maximum(labels, 0), weights["box"]
    return y, weights
