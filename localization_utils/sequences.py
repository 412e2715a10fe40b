"""Batches of a scene, for Keras."""

import numpy as np

from .arguments import checked, flag, kind, optional, scene, whole
from .batches import Batches, keras_workers
from .boxes import sigmoid_targets
from .scenes import WhiteRectangles


class LocalizationSequence(Batches):
    """Batches of freshly drawn images and their sigmoid targets: a `keras.utils.PyDataset`.

    `seq[i]` gives images `(batch_size, size, size, 3)` float32 0..1 and targets `(batch_size, 4)`
    float32, from `tlhw` boxes; NaN where an image shows nothing. It is a pure function of (seed, epoch,
    i): neither the workers nor the order of the calls change anything. `len(seq)` is the number of
    batches in an epoch.

    After each epoch `fit` moves on to new images, unless `fixed`: that is for held-out data.
    `workers`, `use_multiprocessing` and `max_queue_size` go to Keras.
    """

    @checked(
        batch_size=whole(),
        batches=whole(),
        scene=optional(scene),
        seed=whole(0),
        fixed=flag,
        keras_workers=keras_workers,
    )
    def __init__(self, batch_size=32, batches=32, scene=None, seed=0, fixed=False, **keras_workers):
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

    def has_nan_targets(self):
        """Whether an image may show nothing: by the scene's `presence`, or in the first batch."""
        return getattr(self.scene, "presence", 1) < 1 or bool(np.isnan(self.draw(0)[1]).any())

    def describe(self):
        """What batch i depends on besides i, as a dict for the feature cache's key."""
        own = {name: getattr(self, name) for name in ("batch_size", "seed", "epoch")}
        return {**self.scene.describe(), **own}


class PhotoSequence(LocalizationSequence):
    """Every photo of a `Photographs` scene in order: batch i is photo i, unchanged and augmented.

    Row `versions * i` of its features is photo i unchanged; the `versions - 1` rows after it are augmented.
    """

    @checked(scene=kind(["photos", "version"], "a lu.Photographs scene"), versions=whole(), seed=whole(0))
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
