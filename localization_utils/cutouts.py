"""Composites: cut-outs of photographed objects on photos without an object, as varied as photographs."""

import io

import numpy as np
from PIL import Image, ImageFilter

from .arguments import checked, generator, many, real, whole
from .arrays import span
from .compositing import composite, digest, open_background, open_sprite, visible
from .photographs import recolour


class CutOuts:
    """One photographed cut-out on a photo, made to look like one photograph: a square of `image_size` pixels.

    `cutouts` and `photos` are paths of images. A cut-out's longer side, as a share of the frame, is between
    the two numbers of `scale`, so it can reach out of the frame; at times a third of its box does. It is
    turned a little, stretched, mirrored, recoloured, partly hidden (with probability `hidden`), its outline
    softened. The background is a piece of a photo, of any size, often out of focus. Some images are grey, and
    all go through JPEG. `presence` is the share of images with a cut-out. Raises ValueError for the files
    that `lu.Sprites` refuses, too.
    """

    @checked(
        cutouts=many("the paths of one cut-out or more"),
        photos=many("the paths of one photo or more"),
        image_size=whole(8, what=" of pixels"),
        scale=span(most=4),
        hidden=real(0, 1),
        presence=real(0, 1),
    )
    def __init__(self, cutouts, photos, image_size=224, scale=(0.12, 1.3), hidden=0.25, presence=1.0):
        self.image_size, self.scale, self.hidden, self.presence = image_size, scale, hidden, presence
        self.cutouts = [open_sprite(path) for path in cutouts]
        self.photos = [open_background(path, image_size) for path in photos]
        self._pixels = digest([*self.cutouts, *self.photos])

    kind = "photographs"

    def describe(self):
        """What the images depend on, as a dict for the feature cache's key."""
        own = {key: getattr(self, key) for key in ("image_size", "scale", "hidden", "presence")}
        return {"scene": type(self).__name__, "pixels": self._pixels, **own}

    def sample(self, rng, count):
        """Draw `count` images with `rng`: images `(count, size, size, 3)` uint8, boxes `(count, 4)` `tlhw`.

        The box is the tight one of the pixels that are at least half opaque, NaN where nothing is shown.
        """
        return self.sample_labelled(rng, count)[:2]

    @checked(rng=generator, count=whole(0))
    def sample_labelled(self, rng, count):
        """As `sample`, and labels `(count,)` int: the index in `cutouts` of the one shown, -1 for none."""
        size = self.image_size
        images, boxes, labels = [], np.full((count, 4), np.nan), np.full(count, -1)
        for i in range(count):
            image, label = self._background(rng), rng.integers(len(self.cutouts))
            if rng.random() < self.presence:
                layer = self._layer(self._cutout(label, rng), rng)
                left, top, right, bottom = layer.getchannel("A").point(lambda a: 255 * (a >= 128)).getbbox()
                composite(image, np.asarray(layer))
                boxes[i], labels[i] = (top, left, bottom - top, right - left), label
            images.append(_finish(image, rng))
        return np.array(images, np.uint8).reshape(count, size, size, 3), boxes, labels

    def _background(self, rng):
        """A piece of a photo, of any size and aspect, mirrored, recoloured, often out of focus."""
        photo = self.photos[rng.integers(len(self.photos))]
        height, width = (np.array(photo.shape[:2]) * rng.uniform(0.35, 1, 2)).astype(int)
        top, left = rng.integers(0, np.array(photo.shape[:2]) - (height, width), endpoint=True)
        crop = photo[top : top + height, left : left + width, :][:, :: rng.choice([-1, 1])]
        image = Image.fromarray(np.ascontiguousarray(crop)).resize((self.image_size, self.image_size))
        if rng.random() < 0.5:
            image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 4)))
        return np.array(recolour(image, rng, 0.2))

    def _cutout(self, label, rng):
        """A cut-out, resized, turned, stretched, mirrored and recoloured: a Pillow image, RGBA."""
        cutout = recolour(self.cutouts[label], rng)
        if rng.random() < 0.5:
            cutout = cutout.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        longest = self.image_size * np.exp(rng.uniform(*np.log(self.scale)))
        stretch = np.exp(rng.normal(0, 0.2) * np.array([0.5, -0.5]))
        size = np.array(cutout.size) * stretch
        size = np.maximum(8, np.round(size * longest / size.max())).astype(int)
        cutout = cutout.resize(tuple(size), Image.Resampling.BICUBIC)
        turned = cutout.rotate(rng.normal(0, 7), Image.Resampling.BICUBIC, expand=True)
        return visible(turned) or cutout

    def _layer(self, cutout, rng):
        """The cut-out at a random place of a transparent square, perhaps partly hidden, softly outlined."""
        size, extent = self.image_size, np.array(cutout.size)
        beyond = np.minimum(extent, size) * rng.choice([0, 0.35], p=[0.7, 0.3])  # may leave the frame
        low = np.minimum(0, size - extent) - beyond
        corner = low + rng.random(2) * (np.abs(size - extent) + 2 * beyond)
        layer = Image.new("RGBA", (size, size))
        layer.paste(cutout, tuple(np.round(corner).astype(int).tolist()))
        hidden = _hide(layer, rng) if rng.random() < self.hidden else layer
        softness = rng.uniform(0, 0.9)
        for softened in (_soften(hidden, softness), _soften(layer, softness), layer):
            if visible(softened):
                return softened
        layer.paste(cutout, tuple(np.maximum(0, (size - extent) // 2).tolist()))
        return layer


def _soften(layer, radius):
    softened = layer.copy()
    softened.putalpha(layer.getchannel("A").filter(ImageFilter.GaussianBlur(radius)))
    return softened


def _hide(layer, rng):
    """Hide a ragged strip along one side of the visible part, as grass or a wall would: a third at most."""
    alpha = np.array(layer.getchannel("A"))
    rows, columns = np.nonzero(alpha >= 128)
    if not len(rows):
        return layer
    turns = rng.choice(4, p=[0.55, 0.2, 0.05, 0.2])  # below, right, above, left
    turned = np.rot90(alpha, turns).copy()
    rows = np.nonzero((turned >= 128).any(axis=1))[0]
    depth = rng.uniform(0.05, 0.3) * (rows[-1] - rows[0])
    ragged = np.interp(np.arange(alpha.shape[0]), np.linspace(0, alpha.shape[0], 24), rng.uniform(-1, 1, 24))
    border = rows[-1] - depth + ragged * rng.uniform(0, 8)
    turned[np.arange(alpha.shape[0])[:, None] > border[None]] = 0
    hidden = layer.copy()
    hidden.putalpha(Image.fromarray(np.rot90(turned, -turns).copy()))
    return hidden


def _finish(image, rng):
    """The whole image: sometimes grey, and through JPEG, as photos are."""
    picture = Image.fromarray(image)
    if rng.random() < 0.1:
        picture = picture.convert("L").convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=int(rng.integers(40, 96)))
    return np.asarray(Image.open(buffer).convert("RGB"))
