"""The parts of pasted scenes: sprites, cut to their visible pixels, and backgrounds."""

import hashlib

import numpy as np
from PIL import Image

from .arguments import checked, kind, real, whole
from .photos import open_photo, photo_name

BACKGROUND = 448  # pixels: photos with a longer shorter side are reduced to it, so that crops show a scene


PIXEL = whole(-(10**6), 10**6, what=" of pixels")
PILLOW = kind(Image.Image, "a Pillow image, as lu.open_photo gives it")


def open_sprite(path):
    """A sprite cut to its visible pixels: a Pillow image, RGBA. ValueError for one without transparency."""
    image = open_photo(path, "RGBA")
    sprite = visible(image)
    if sprite is None:
        raise ValueError(f"{photo_name(path)} has no visible pixel; at least one needs half of full opacity.")
    return sprite


def open_background(path, image_size):
    """A photo as background: an array `(height, width, 3)` uint8, its shorter side `image_size` or more."""
    photo = open_photo(path, least=max(BACKGROUND, image_size))
    if min(photo.size) < image_size:
        raise ValueError(
            f"{photo_name(path)} is {photo.width}x{photo.height} px; it needs {image_size} px a side or more."
        )
    return np.asarray(photo)


def digest(images):
    """A checksum of the pixels of images: a scene's features depend on them, not on the files' names."""
    found = hashlib.sha256()
    for image in images:
        pixels = np.ascontiguousarray(image)
        found.update(str(pixels.shape).encode() + pixels.tobytes())
    return found.hexdigest()[:32]


def visible(image):
    """The part of an RGBA image inside the tight box of its pixels that are at least half opaque."""
    box = image.getchannel("A").point(lambda alpha: 255 * (alpha >= 128)).getbbox()
    return image.crop(box) if box else None


def composite(region, sprite):
    """Lay an RGBA sprite `(height, width, 4)` over a region `(height, width, 3)` of an image, in place."""
    alpha = sprite[..., 3:].astype("float32") / 255
    region[:] = np.round(alpha * sprite[..., :3] + (1 - alpha) * region)


def vary_background(crop, size, rng):
    """A square piece of a photo at another size, turned, mirrored, channels swapped, brighter or darker."""
    image = np.asarray(Image.fromarray(crop).resize((size, size), Image.Resampling.BILINEAR))
    image = np.rot90(image, rng.integers(4))[:, :: rng.choice([-1, 1])][..., rng.permutation(3)]
    levels = 255 * np.linspace(0, 1, 256) ** rng.uniform(0.6, 1.6)
    if rng.random() < 0.15:
        levels = levels[::-1]
    return np.round(levels).astype(np.uint8)[image]


@checked(
    photo=PILLOW,
    sprite=PILLOW,
    left=PIXEL,
    top=PIXEL,
    scale=real(above=0),
)
def place(photo, sprite, left, top, scale=1.0):
    """Lay a sprite on a photo by hand, both Pillow images; a sprite may be cut off by the photo's border.

    `left` and `top` say where the visible part of the resized sprite begins, in pixels. Gives the image
    `(height, width, 3)` uint8 and the `xyxy` box `(4,)` of what is visible of it, NaN where nothing is.
    """
    size = [max(1, round(side * scale)) for side in sprite.size]
    cut = visible(sprite.convert("RGBA").resize(size, Image.Resampling.BILINEAR))
    image = photo.convert("RGB")
    if cut is None:
        return np.array(image), np.full(4, np.nan)
    image.paste(cut, (left, top), cut)
    corners = np.array([left, top, left + cut.width, top + cut.height], float)
    box = corners.clip(0, image.size * 2)
    return np.array(image), box if (box[2:] > box[:2]).all() else np.full(4, np.nan)
