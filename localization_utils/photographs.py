"""Labelled photographs as a scene, with augmentation that moves the box along with the picture."""

from textwrap import shorten

import numpy as np
from PIL import Image

from .arguments import checked, flag, generator, many, optional, refuse, whole
from .compositing import BACKGROUND, digest
from .photos import open_photo, photo_name, photo_size


def _labelled(name, value):
    """A photo and its box, of a `LabelledPhoto` or of a pair."""
    if not isinstance(value, (tuple, list)) or len(value) < 2:
        refuse(name, value, "a lu.LabelledPhoto or (photo, box)")
    return value[:2]


class Photographs:
    """Photos with one labelled object each, stretched to a square of `image_size` pixels.

    `labelled` is a list, each of it a `LabelledPhoto` or `(path, box)` with the box in `xyxy` pixels of the
    upright photo; as path also a Pillow image or an array. With `augment` each draw is another version:
    mirrored or not, a random piece that holds the whole box, brighter or darker, paler or stronger in colour.
    Raises ValueError for a photo that cannot be opened, and for a box that does not lie in its photo.
    """

    kind = "photographs"

    @checked(
        labelled=many("a list of one photo with its box or more", each=_labelled),
        image_size=whole(3, what=" of pixels"),
        augment=flag,
    )
    def __init__(self, labelled, image_size=224, augment=True):
        self.image_size, self.augment = image_size, augment
        self.photos, self.boxes = zip(*(self._load(photo, box) for photo, box in labelled))
        self._pixels = digest([*self.photos, *self.boxes])

    def _load(self, photo, box):
        """A photo, its shorter side not above BACKGROUND, and its box there."""
        size = np.array(photo_size(photo))
        box = _checked_box(box, size, photo_name(photo))
        opened = open_photo(photo, least=BACKGROUND)
        return opened, np.minimum(box * np.tile(opened.size / size, 2), opened.size * 2)

    def describe(self):
        """What the images depend on, as a dict for the feature cache's key."""
        own = {"image_size": self.image_size, "augment": self.augment}
        return {"scene": type(self).__name__, "pixels": self._pixels, **own}

    def sample(self, rng, count):
        """Draw `count` images with `rng`: uint8 `(count, size, size, 3)`, and `tlhw` boxes `(count, 4)`."""
        return self.sample_labelled(rng, count)[:2]

    @checked(rng=generator, count=whole(0))
    def sample_labelled(self, rng, count):
        """As `sample`, and labels `(count,)` int: which of the photos each image is a version of."""
        labels = rng.integers(len(self.photos), size=count)
        drawn = [self.version(label, rng if self.augment else None) for label in labels]
        images = np.array([image for image, _ in drawn], np.uint8)
        size = self.image_size
        return images.reshape(-1, size, size, 3), np.reshape([box for _, box in drawn], (-1, 4)), labels

    @checked(index=whole(0), rng=optional(generator))
    def version(self, index, rng=None):
        """Photo `index`, unchanged or, with `rng`, augmented: one image uint8 and its `tlhw` box `(4,)`."""
        if not 0 <= index < len(self.photos):
            raise IndexError(f"photo {index} does not exist; there are {len(self.photos)}, from 0.")
        photo, box = self.photos[index], self.boxes[index]
        piece = (0, 0, *photo.size) if rng is None else _piece(photo.size, box, rng)
        scale = self.image_size / np.array([piece[2] - piece[0], piece[3] - piece[1]])
        image = photo.resize((self.image_size, self.image_size), Image.Resampling.BICUBIC, piece)
        box = (box - np.tile(piece[:2], 2)) * np.tile(scale, 2)
        left, top, right, bottom = box.clip(0, self.image_size)  # rounding may leave the image by a hair
        if rng is not None:
            image = recolour(image, rng)
            if rng.random() < 0.5:
                image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
                left, right = self.image_size - right, self.image_size - left
        return np.asarray(image), np.array([top, left, bottom - top, right - left])


def _checked_box(box, size, name):
    """A box as an array `(4,)`; ValueError, in one line, unless it is a box inside a photo of this size."""
    try:
        edges = np.array(box, float)
        inside = edges.shape == (4,) and (edges[:2] >= 0).all() and (edges[2:] <= size).all()
    except (TypeError, ValueError):
        inside = False
    if not inside or not (edges[:2] < edges[2:]).all():
        raise ValueError(
            f"the box of {name} is {shorten(str(box), 80)}; it must be left < right and top < bottom "
            f"inside its {size[0]}x{size[1]} pixels."
        )
    return edges


def _piece(size, box, rng):
    """A random piece of a photo that holds the whole box, `xyxy`."""
    low = box[:2] * rng.beta(0.7, 1.4, 2)
    high = np.array(size) - (np.array(size) - box[2:]) * rng.beta(0.7, 1.4, 2)
    return (*low, *high)


def recolour(image, rng, amount=0.35):
    """An RGB or RGBA Pillow image, brighter or darker, flatter or harder, paler or stronger in colour."""
    pixels = np.asarray(image).astype("float32")
    rgb = pixels[..., :3]
    brightness, contrast, colour = 1 + rng.uniform(-amount, amount, 3)
    grey = rgb.mean(axis=-1, keepdims=True)
    rgb = grey + (rgb - grey) * colour
    rgb = (rgb - rgb.mean()) * contrast + rgb.mean() * brightness
    pixels = np.concatenate([rgb.clip(0, 255), pixels[..., 3:]], axis=-1)
    return Image.fromarray(np.round(pixels).astype(np.uint8), image.mode)
