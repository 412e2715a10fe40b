"""Squares around boxes, enlarged to whole images: what a second look sees."""

import numpy as np
from PIL import Image


def squares_around(boxes, image_size=224, margin=1.5, least=80):
    """The square around each box, `xyxy` pixels `(n, 4)`, inside the image, for boxes of the same form.

    Its side is `margin` times the box's longer side, at least `least` pixels and at most the image's.
    """
    longer = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True)
    side = np.clip(margin * longer, min(least, image_size), image_size)
    corner = np.clip((boxes[:, :2] + boxes[:, 2:] - side) / 2, 0, image_size - side)
    return np.concatenate([corner, corner + side], axis=1)


def enlarge(images, squares, size=None):
    """What lies in each image's square, enlarged to `size` pixels a side: `(n, size, size, 3)` uint8.

    `images` are Pillow images, or uint8 `(n, height, width, 3)`; `squares` `xyxy` pixels `(n, 4)` of each,
    fractions allowed. `size` is that of the first image if None. Lanczos interpolation, which keeps edges
    sharper than linear does.
    """
    images = [x if isinstance(x, Image.Image) else Image.fromarray(x) for x in images]
    shape = (size, size) if size else images[0].size
    pairs = zip(images, (tuple(map(float, square)) for square in squares))
    return np.stack([np.array(x.resize(shape, Image.Resampling.LANCZOS, square)) for x, square in pairs])


def from_squares(boxes, squares, image_size=224):
    """Boxes `(n, 4)` in enlarged squares as boxes in the images, both `xyxy` pixels."""
    corner, scale = squares[:, :2], (squares[:, 2:] - squares[:, :2]) / image_size
    return np.tile(corner, 2) + boxes * np.tile(scale, 2)
