"""Opens photos of any kind; every image of the course that comes from a file goes through here."""

import os
import warnings
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from .arguments import checked, choice, optional, pixels

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM")
ORIENTATION, SIDEWAYS = 0x0112, (5, 6, 7, 8)  # the EXIF tag, and its values that swap width and height
TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)


class Unfit(ValueError):
    """A photo that Pillow opens but the course cannot use: what is wrong, and what to do."""


@checked(mode=choice("RGB", "RGBA"), least=optional(pixels))
def open_photo(photo, mode="RGB", least=None):
    """Open a photo upright: a Pillow image of this `mode`, `"RGB"` or `"RGBA"`, 8 bits a channel.

    `photo` is the path of a file, a Pillow image, or an array `(height, width)`, or with 1, 3 or 4 channels,
    uint8 0..255, uint16 0..65535 or float 0..1. What is transparent shows white in `"RGB"`; without any
    transparency there is no `"RGBA"`. With `least` a photo whose shorter side is longer than that many pixels
    is reduced to it. Raises ValueError with the file and what is wrong with it.
    """
    with _opened(photo) as image:
        if least and image is not photo and image.format == "JPEG":
            image.draft("RGB", (2 * least, 2 * least))  # decodes no more pixels than are needed
        image = _eight_bits(ImageOps.exif_transpose(image))
        if mode == "RGBA" and not image.has_transparency_data:
            raise Unfit(f"it has no transparency ({image.mode}); save it as PNG or WebP that has.")
        image = image.convert(mode) if mode == "RGBA" else _on_white(image)
    if least and min(image.size) > least:
        image = image.resize([max(least, round(s * least / min(image.size))) for s in image.size])
    return image


def photo_size(photo):
    """Width and height of a photo as seen upright, in pixels; of a file only the header is read."""
    with _opened(photo) as image:
        sideways = image.getexif().get(ORIENTATION) in SIDEWAYS and image.format != "TIFF"  # upright already
        return image.size[::-1] if sideways else image.size


def photo_name(photo):
    """The photo in a message: its path, or the type that was given."""
    if not isinstance(photo, (str, os.PathLike)):
        return f"A photo given as {type(photo).__name__}"
    return " ".join(os.fsdecode(photo).splitlines()) or "The empty path"


@contextmanager
def _opened(photo):
    """A photo as a Pillow image, not yet decoded; any error becomes a ValueError of one line."""
    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow's remarks on odd metadata
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with _image(photo) as image:
                yield image
    except Exception as error:  # of damaged files Pillow raises nearly every kind there is
        raise ValueError(f"{photo_name(photo)} {_in_words(error)}") from error


def _in_words(error):
    """Why a photo cannot be opened, and what to do, in one line."""
    if isinstance(error, FileNotFoundError):
        return "is not there; give the path of a photo."
    if isinstance(error, UnidentifiedImageError):
        return f"is not a photo that can be opened: save it as {', '.join(FORMATS[:-1])}."
    if isinstance(error, TOO_LARGE):
        return f"is too large; save it with fewer than {Image.MAX_IMAGE_PIXELS or 10**8:,} pixels."
    way_out = "" if isinstance(error, Unfit) else "; save it again as JPEG or PNG."
    return f"cannot be opened as a photo: {' '.join(str(error).split()) or type(error).__name__}{way_out}"


@contextmanager
def _image(photo):
    """A path, Pillow image or array as a Pillow image, not yet decoded if it is a file."""
    if isinstance(photo, Image.Image):
        yield photo
    elif not isinstance(photo, (str, os.PathLike)):
        yield _from_array(np.asarray(photo))
    elif os.path.isdir(photo):
        raise Unfit("it is a folder; give the path of a photo.")
    else:
        with open(photo, "rb") as file:  # by its name Pillow 13 muddles some TIFFs that lie on their side
            yield Image.open(file, formats=FORMATS)


def _from_array(array):
    if array.ndim not in (2, 3) or 0 in array.shape or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise Unfit(f"shape {array.shape}; give (height, width) or that with 1, 3 or 4 channels.")
    if array.dtype.kind == "f":
        array = np.round(_in_range(array.astype("float64"), 1, "float 0..1") * 255)
    elif array.dtype == np.uint16:
        array = np.round(array / 257)
    elif array.dtype.kind not in "iu":
        raise Unfit(f"dtype {array.dtype}; give uint8, uint16 or float.")
    array = _in_range(array, 255, "uint8 0..255").astype(np.uint8)
    return Image.fromarray(array[..., 0] if array.shape[2:] == (1,) else array)


def _in_range(array, most, allowed):
    if not (array.min() >= 0 and array.max() <= most):
        raise Unfit(f"values range over {array.min():g}..{array.max():g}; give {allowed}.")
    return array


def _eight_bits(image):
    """An image of 16 bits or of floats as one of 8 bits; others as they are."""
    if image.mode[0] not in "IF":
        return image
    values = np.asarray(image, "float64")
    most = 65535 if image.mode != "F" else 1 if values.max() <= 1 else 255
    return Image.fromarray(np.round(_in_range(values, most, f"0..{most}") * 255 / most).astype(np.uint8))


def _on_white(image):
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
