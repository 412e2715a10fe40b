"""Batches of a scene, for Keras."""

import keras
import numpy as np

from .boxes import sigmoid_targets
from .scenes import WhiteRectangles


class LocalizationSequence(keras.utils.PyDataset):
    """Batches of freshly drawn images and their sigmoid targets; `keras.utils.Sequence` by its new name.

    `seq[i]` gives images `(batch_size, size, size, 3)` float32 0..1 and targets `(batch_size, 4)`
    float32, from `tlhw` boxes. It is a pure function of (seed, epoch, i): neither the workers nor
    the order of the calls change anything. `len(seq)` is the number of batches an epoch has.

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
        return images / np.float32(255), sigmoid_targets(tlhw, self.scene.image_size)

    def draw(self, index):
        """Batch `index` as drawn: uint8 images 0..255 and `tlhw` boxes in pixels."""
        if not 0 <= index < self.batches:
            raise IndexError(f"batch {index} does not exist; there are {self.batches}, from 0.")
        rng = np.random.default_rng([self.seed, self.epoch, index])
        return self.scene.sample(rng, self.batch_size)

    def on_epoch_end(self):
        """Move on to fresh images. Keras calls this after each epoch, and once before the first."""
        self.epoch += not self.fixed

    def describe(self):
        """What batch i depends on besides i, as a dict for the feature cache's key."""
        own = {name: getattr(self, name) for name in ("batch_size", "seed", "epoch")}
        return {**self.scene.describe(), **own}


class FeatureSequence(keras.utils.PyDataset):
    """Batches of cached features and their targets, read from disk as they are needed.

    `features` is an array `(images, height, width, channels)`, or a list of them, one for each tap; `targets`
    is `(images, 4)`. Every epoch has its own order, a pure function of (seed, epoch), unless `fixed`.
    """

    def __init__(self, features, targets, batch_size=32, seed=0, fixed=False, **keras_workers):
        taps = features if isinstance(features, list) else [features]
        if any(len(tap) != len(targets) for tap in taps):
            counts = ", ".join(str(len(tap)) for tap in taps)
            raise ValueError(f"features of {counts} images but {len(targets)} targets.")
        if len(targets) < batch_size:
            raise ValueError(f"{len(targets)} images do not fill a batch of {batch_size}; use more.")
        super().__init__(**keras_workers)
        self.features, self.targets, self.batch_size = features, targets, batch_size
        self.seed, self.fixed, self.epoch = seed, fixed, 0

    def __len__(self):
        return -(-len(self.targets) // self.batch_size)

    def __getitem__(self, index):
        rows = np.arange(len(self.targets))
        if not self.fixed:
            rows = np.random.default_rng([self.seed, self.epoch]).permutation(rows)
        rows = rows[index * self.batch_size : (index + 1) * self.batch_size]
        taps = self.features if isinstance(self.features, list) else [self.features]
        batch = tuple(tap[rows] for tap in taps)
        return batch if len(batch) > 1 else batch[0], self.targets[rows]

    def on_epoch_end(self):
        """Move on to the next epoch's order."""
        self.epoch += 1
