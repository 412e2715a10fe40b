"""Squares for a model: whole photos stretched to one, and the surroundings of a box enlarged to one."""

import numpy as np
from PIL import Image

from .arguments import checked, many, optional, pixels, real, refuse, whole
from .arrays import ROWS, array
from .photos import open_photo


@checked(photos=many("a list of photos", least=0), image_size=pixels)
def to_squares(photos, image_size=224):
    """Stretch photos to the square that is a model's input.

    Gives images `(n, image_size, image_size, 3)` uint8 and the photos' own sizes `(n, 2)`, width and height.
    """
    opened = [open_photo(photo) for photo in photos]
    squares = [np.asarray(photo.resize((image_size, image_size))) for photo in opened]
    squares = np.array(squares, np.uint8).reshape(-1, image_size, image_size, 3)
    return squares, np.array([photo.size for photo in opened]).reshape(-1, 2)


def _sizes(name, value):
    sizes = array("n", 2, what=", width and height,", dtype="float64", nan=False)(name, value)
    if not (sizes > 0).all():
        refuse(name, value, "widths and heights above 0")
    return sizes


def _square(boxes, sizes):
    if len(sizes) != len(boxes):
        refuse("sizes", sizes, f"one for each of {len(boxes)} boxes")
    return np.tile(sizes, 2)


CONVERTED = {
    "boxes": ROWS,
    "sizes": _sizes,
    "image_size": pixels,
}


@checked(**CONVERTED)
def to_photo_pixels(boxes, sizes, image_size=224):
    """Boxes in the squares of `to_squares` as boxes in the photos' own pixels, both `xyxy` `(n, 4)`."""
    return boxes * _square(boxes, sizes) / image_size


@checked(**CONVERTED)
def to_square_pixels(boxes, sizes, image_size=224):
    """Boxes in the photos' own pixels as boxes in the squares of `to_squares`, both `xyxy` `(n, 4)`."""
    return boxes * image_size / _square(boxes, sizes)


NO_NAN = array("n", 4, what=", four a box,", dtype=None, nan=False)


@checked(boxes=NO_NAN, image_size=pixels, margin=real(above=0), least=whole())
def squares_around(boxes, image_size=224, margin=1.5, least=80):
    """The square around each box, inside the image; boxes and squares are `xyxy` pixels `(n, 4)`.

    Its side is `margin` times the box's longer side, at least `least` pixels and at most the image's.
    """
    longer = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True)
    side = np.clip(margin * longer, min(least, image_size), image_size)
    corner = np.clip((boxes[:, :2] + boxes[:, 2:] - side) / 2, 0, image_size - side)
    return np.concatenate([corner, corner + side], axis=1)


@checked(images=many("a list of images"), squares=NO_NAN, size=optional(pixels))
def enlarge(images, squares, size=None):
    """The part of each image in its square, enlarged to `size` pixels a side: `(n, size, size, 3)` uint8.

    `images` are Pillow images, or uint8 `(n, height, width, 3)`; `squares` `xyxy` pixels `(n, 4)` of each,
    fractions allowed. `size` is that of the first image if None. Lanczos interpolation, which keeps edges
    sharper than linear does.
    """
    images = [open_photo(image) for image in images]
    shape = (size, size) if size else images[0].size
    if shape[0] != shape[1]:
        refuse("size", size, "the side of the square in pixels, because the images are not square")
    if len(squares) != len(images) or not (squares[:, :2] < squares[:, 2:]).all():
        refuse("squares", squares, f"left < right and top < bottom for each of {len(images)} images")
    pairs = zip(images, (tuple(map(float, square)) for square in squares))
    return np.stack([np.array(x.resize(shape, Image.Resampling.LANCZOS, square)) for x, square in pairs])


@checked(boxes=ROWS, squares=NO_NAN, image_size=pixels)
def from_squares(boxes, squares, image_size=224):
    """Boxes `(n, 4)` in enlarged squares as boxes in the images, both `xyxy` pixels."""
    if len(boxes) != len(squares):
        refuse("squares", squares, f"one for each of {len(boxes)} boxes")
    corner, scale = squares[:, :2], (squares[:, 2:] - squares[:, :2]) / image_size
    return np.tile(corner, 2) + boxes * np.tile(scale, 2)
