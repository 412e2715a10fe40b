"""Scenes draw images and the boxes of what is on them, from a random generator."""

import numpy as np


class WhiteRectangles:
    """One white rectangle on a black square, drawn as in the original: `image_size` pixels a side."""

    def __init__(self, image_size=224):
        if image_size < 3:
            raise ValueError(f"image_size is {image_size}; a rectangle and its border need 3 or more.")
        self.image_size = image_size

    def describe(self):
        """What the images depend on, as a dict for the feature cache's key."""
        return {"scene": type(self).__name__, "image_size": self.image_size}

    def sample(self, rng, count):
        """Draw `count` images with `rng`, a `numpy.random.Generator`.

        Gives images `(count, size, size, 3)` uint8 0..255 and boxes `(count, 4)` int64 `tlhw`
        pixels. Top and left are uniform in 1..size-2, then the width in 1..size-1-left and the
        height in 1..size-1-top, so that one black row or column at least stays on every side.
        """
        size = self.image_size
        corner = rng.integers(1, size - 2, (count, 2), endpoint=True)
        extent = rng.integers(1, size - 1 - corner, endpoint=True)
        images = np.zeros((count, size, size, 3), np.uint8)
        for image, (top, left), (height, width) in zip(images, corner, extent, strict=True):
            image[top : top + height, left : left + width] = 255
        return images, np.concatenate([corner, extent], axis=1)
