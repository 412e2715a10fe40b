"""Scenes draw images, and the boxes of the objects in them, from a random generator."""

import numpy as np
from PIL import Image

from .arguments import checked, flag, generator, many, real, whole
from .arrays import span
from .compositing import composite, digest, open_background, open_sprite, vary_background, visible

SHARE = real(0, 1)


class WhiteRectangles:
    """One white rectangle on a black square, drawn as in the original: `image_size` pixels a side."""

    @checked(image_size=whole(3, what=" of pixels"))
    def __init__(self, image_size=224):
        self.image_size = image_size

    kind = "white rectangles"

    def describe(self):
        """What the images depend on, as a dict for the feature cache's key."""
        return {"scene": type(self).__name__, "image_size": self.image_size}

    @checked(rng=generator, count=whole(0))
    def sample(self, rng, count):
        """Draw `count` images with `rng`, a `numpy.random.Generator`.

        Gives images `(count, size, size, 3)` uint8 0..255 and boxes `(count, 4)` int64 `tlhw`
        pixels. Top and left are uniform in 1..size-2, then the width in 1..size-1-left and the
        height in 1..size-1-top, so that at least one black row or column stays on every side.
        """
        size = self.image_size
        corner = rng.integers(1, size - 2, (count, 2), endpoint=True)
        extent = rng.integers(1, size - 1 - corner, endpoint=True)
        images = np.zeros((count, size, size, 3), np.uint8)
        for image, (top, left), (height, width) in zip(images, corner, extent, strict=True):
            image[top : top + height, left : left + width] = 255
        return images, np.concatenate([corner, extent], axis=1)


class Sprites:
    """One sprite with transparency somewhere on a black square or on a random crop of a photo.

    `sprites` and `photos` are paths of images: each draw takes one of each at random (black if there are no
    photos). The sprite is resized by a factor uniform in `scale`, mirrored with probability
    `flip`, shown with probability `presence`, and lies wholly inside the square of `image_size` pixels.
    `augment` varies the photos more, for training: larger or smaller pieces of them, turned, mirrored,
    recoloured. Raises ValueError for a file that is not an image, a sprite without transparency or too large
    for the square, a photo too small for it, and numbers out of range.
    """

    @checked(
        sprites=many("the paths of one PNG with transparency or more"),
        photos=many("a list of paths of photos", least=0),
        image_size=whole(3, what=" of pixels"),
        scale=span(),
        flip=SHARE,
        presence=SHARE,
        augment=flag,
    )
    def __init__(
        self, sprites, photos=(), image_size=224, scale=(0.5, 1.5), flip=0.5, presence=1.0, augment=False
    ):
        self.image_size, self.scale, self.flip, self.presence = image_size, scale, flip, presence
        self.augment = augment
        self.sprites = [self._load_sprite(path) for path in sprites]
        self.photos = [open_background(path, image_size) for path in photos]
        self._pixels = digest([*self.sprites, *self.photos])

    def _load_sprite(self, path):
        sprite, largest = open_sprite(path), self.image_size / self.scale[1]
        if max(sprite.size) > largest:
            raise ValueError(
                f"{path} shows {sprite.width}x{sprite.height} px, too large at scale {self.scale[1]:g} for a "
                f"square of {self.image_size}: make it {largest:.0f} px at most, or lower scale."
            )
        return sprite

    @property
    def kind(self):
        """The scene in words, to compare with the scene that a model was trained on."""
        ground = "photos" if self.photos else "black"
        return f"sprites on {ground}" + (", or nothing" if self.presence < 1 else "")

    def describe(self):
        """What the images depend on, as a dict for the feature cache's key."""
        own = {key: getattr(self, key) for key in ("image_size", "scale", "flip", "presence", "augment")}
        return {"scene": type(self).__name__, "pixels": self._pixels, **own}

    def sample(self, rng, count):
        """Draw `count` images with `rng`, a `numpy.random.Generator`.

        Gives images `(count, size, size, 3)` uint8 0..255 and boxes `(count, 4)` float `tlhw` pixels:
        the tight box of the pixels that are at least half opaque, NaN where nothing is shown.
        """
        return self.sample_labelled(rng, count)[:2]

    @checked(rng=generator, count=whole(0))
    def sample_labelled(self, rng, count):
        """As `sample`, and labels `(count,)` int: the index in `sprites` of the one shown, -1 for none."""
        size = self.image_size
        images = np.array([self._background(rng) for _ in range(count)], np.uint8).reshape(-1, size, size, 3)
        boxes, labels = np.full((count, 4), np.nan), np.full(count, -1)
        for i, image in enumerate(images):
            label = rng.integers(len(self.sprites))
            sprite, place = self._sprite(label, rng), rng.random(2)
            if rng.random() < self.presence:
                height, width = sprite.shape[:2]
                top, left = ((self.image_size + 1 - np.array([height, width])) * place).astype(int)
                composite(image[top : top + height, left : left + width], sprite)
                boxes[i], labels[i] = (top, left, height, width), label
        return images, boxes, labels

    def _background(self, rng):
        size = self.image_size
        if not self.photos:
            return np.zeros((size, size, 3), np.uint8)
        photo = self.photos[rng.integers(len(self.photos))]
        piece = rng.integers(size, min(photo.shape[:2]), endpoint=True) if self.augment else size
        top, left = (rng.integers(0, side - piece, endpoint=True) for side in photo.shape[:2])
        crop = photo[top : top + piece, left : left + piece]
        return vary_background(crop, size, rng) if self.augment else crop

    def _sprite(self, label, rng):
        """A sprite, resized and perhaps mirrored, cut to its visible pixels: RGBA."""
        sprite, factor = self.sprites[label], rng.uniform(*self.scale)
        mirrored = rng.random() < self.flip
        size = [max(1, round(side * factor)) for side in sprite.size]
        sprite = np.asarray(visible(sprite.resize(size, Image.Resampling.BILINEAR)) or sprite)
        return sprite[:, ::-1] if mirrored else sprite
