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
