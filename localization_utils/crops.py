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


def enlarge(images, squares):
    """What lies in each image's square, at the size of the whole image: `(n, size, size, 3)` uint8.

    `images` are uint8 `(n, size, size, 3)`, `squares` `xyxy` pixels `(n, 4)`, fractions allowed. Lanczos
    interpolation, which keeps edges sharper than linear does.
    """
    size = images.shape[1:3]
    pairs = [(Image.fromarray(image), tuple(map(float, square))) for image, square in zip(images, squares)]
    return np.stack([np.array(x.resize(size, Image.Resampling.LANCZOS, square)) for x, square in pairs])


def from_squares(boxes, squares, image_size=224):
    """Boxes `(n, 4)` in enlarged squares as boxes in the images, both `xyxy` pixels."""
    corner, scale = squares[:, :2], (squares[:, 2:] - squares[:, :2]) / image_size
    return np.tile(corner, 2) + boxes * np.tile(scale, 2)
