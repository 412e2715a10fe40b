"""Batches of a scene, for Keras."""

import keras
import numpy as np
from keras import tree

from .boxes import sigmoid_targets
from .scenes import WhiteRectangles


class LocalizationSequence(keras.utils.PyDataset):
    """Batches of freshly drawn images and their sigmoid targets: a `keras.utils.Sequence`, by its new name.

    `seq[i]` gives images `(batch_size, size, size, 3)` float32 0..1 and targets `(batch_size, 4)`
    float32, from `tlhw` boxes; NaN where an image shows nothing. It is a pure function of (seed, epoch,
    i): neither the workers nor the order of the calls change anything. `len(seq)` is the number of
    batches an epoch has.

    After each epoch `fit` moves on to new images, unless `fixed`: that is for held-out data.
    `workers`, `use_multiprocessing` and `max_queue_size` go to Keras.
    """

    def __init__(self, batch_size=32, batches=32, scene=None, seed=0, fixed=False, **keras_workers):
        for name, value in {"batch_size": batch_size, "batches": batches}.items():
            if value < 1:
                raise ValueError(f"{name} is {value}; it must be 1 or more.")
        if seed < 0:
            raise ValueError(f"seed is {seed}; it must be 0 or more.")
        super().__init__(**keras_workers)
        self.batch_size, self.batches, self.seed, self.fixed = batch_size, batches, seed, fixed
        self.scene = scene or WhiteRectangles()
        self.epoch = 0

    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        images, tlhw = self.draw(index)
        targets, shown = np.full(tlhw.shape, np.nan, "float32"), ~np.isnan(tlhw[:, 0])
        targets[shown] = sigmoid_targets(tlhw[shown], self.scene.image_size)
        return images / np.float32(255), targets

    def draw(self, index):
        """Batch `index` as drawn: uint8 images 0..255 and `tlhw` boxes in pixels."""
        return self.scene.sample(self._rng(index), self.batch_size)

    def labels(self):
        """Which of the scene's sprites each image shows, of all batches: `(images,)` int, -1 for none."""
        if not hasattr(self.scene, "sample_labelled"):
            raise ValueError(f"{self.scene.kind} have no labels; lu.Sprites has.")
        drawn = (self.scene.sample_labelled(self._rng(i), self.batch_size) for i in range(self.batches))
        return np.concatenate([labels for _, _, labels in drawn])

    def _rng(self, index):
        if not 0 <= index < self.batches:
            raise IndexError(f"batch {index} does not exist; there are {self.batches}, from 0.")
        return np.random.default_rng([self.seed, self.epoch, index])

    def on_epoch_end(self):
        """Move on to fresh images. Keras calls this after each epoch, and once before the first."""
        self.epoch += not self.fixed

    def describe(self):
        """What batch i depends on besides i, as a dict for the feature cache's key."""
        own = {name: getattr(self, name) for name in ("batch_size", "seed", "epoch")}
        return {**self.scene.describe(), **own}


class PhotoSequence(LocalizationSequence):
    """Every photo of a `Photographs` scene in order: batch i is photo i, as it is and augmented.

    Row `versions * i` of its features is photo i as it is, and the `versions - 1` rows after it train.
    """

    def __init__(self, scene, versions=4, seed=0):
        super().__init__(versions, len(scene.photos), scene, seed, fixed=True)

    def draw(self, index):
        """Batch `index` as drawn: uint8 images 0..255 and `tlhw` boxes in pixels."""
        rng = self._rng(index)
        drawn = [self.scene.version(index, rng if i else None) for i in range(self.batch_size)]
        images, boxes = zip(*drawn)
        return np.stack(images), np.stack(boxes)

    def labels(self):
        """Which photo each row is a version of: `(rows,)` int."""
        return np.repeat(np.arange(self.batches), self.batch_size)

    def describe(self):
        """What batch i depends on besides i, as a dict for the feature cache's key."""
        return super().describe() | {"sequence": type(self).__name__}


class FeatureSequence(keras.utils.PyDataset):
    """Batches of cached features and their targets, read from disk as they are needed.

    `features` is an array `(images, height, width, channels)`, or a list of them, one for each tap;
    `targets` is `(images, 4)`, or a dict with an array for each named output; `weights`, likewise, says
    how much each image counts. Every epoch has its own order, a pure function of (seed, epoch), unless
    `fixed`.
    """

    def __init__(self, features, targets, weights=None, batch_size=32, seed=0, fixed=False, **keras_workers):
        taps = features if isinstance(features, list) else [features]
        self.count = len(taps[0])
        counts = [len(each) for each in [*taps, *tree.flatten((targets, weights or ()))]]
        if len(set(counts)) > 1:
            raise ValueError(f"features, targets and weights are of {counts} images; give as many of each.")
        if self.count < batch_size:
            raise ValueError(f"{self.count} images do not fill a batch of {batch_size}; use more.")
        super().__init__(**keras_workers)
        self.batch_size, self.seed, self.fixed, self.epoch = batch_size, seed, fixed, 0
        x = tuple(taps) if len(taps) > 1 else taps[0]
        self.arrays = (x, targets) if weights is None else (x, targets, weights)

    def __len__(self):
        return -(-self.count // self.batch_size)

    def __getitem__(self, index):
        rows = np.arange(self.count)
        if not self.fixed:
            rows = np.random.default_rng([self.seed, self.epoch]).permutation(rows)
        rows = rows[index * self.batch_size : (index + 1) * self.batch_size]
        return tree.map_structure(lambda array: array[rows], self.arrays)

    def on_epoch_end(self):
        """Move on to the next epoch's order."""
        self.epoch += 1


def named_targets(targets, labels=None):
    """What the outputs `"box"`, `"presence"` and, with labels, `"class"` learn, and how much it counts.

    Takes sigmoid targets `(n, 4)`, NaN where nothing is shown, and labels `(n,)` int. Gives two dicts of
    arrays, targets and sample weights, for `FeatureSequence`: an image that shows nothing has weight 0 for
    the box and the class, so that it teaches presence alone.
    """
    shown = ~np.isnan(targets[:, 0])
    y = {"box": np.nan_to_num(targets, nan=0.5), "presence": shown.astype("float32")[:, None]}
    weights = {"box": shown.astype("float32"), "presence": np.ones(len(shown), "float32")}
    if labels is not None:
        y["class"], weights["class"] = np.maximum(labels, 0), weights["box"]
    return y, weights
