"""Predicts boxes with a model of images, in arrays and in photos of any size, in one or more looks."""

import numpy as np

from .arguments import checked, pixels, real, refuse, whole
from .arrays import ROWS, array
from .boxes import edges_to_boxes, to_pil_rect
from .crops import enlarge, from_squares, squares_around, to_photo_pixels, to_square_pixels, to_squares
from .engine.passage import predict
from .photos import open_photo, photo_size


def _model(name, value):
    """A Keras model of images."""
    shape = getattr(value, "input_shape", None)
    if not (hasattr(value, "predict") and isinstance(shape, tuple) and len(shape) == 4 and shape[-1] == 3):
        refuse(name, value, "a Keras model of images, as lu.load_localizer gives it")
    return value


@checked(model=_model, batch_size=whole(), threshold=real(0, 1), looks=whole())
def predict_boxes(model, images, batch_size=32, threshold=0.5, looks=1):
    """Find the box in each image: `xyxy` pixels `(n, 4)`, inside the image, never inverted.

    `images` are an array `(n, height, width, 3)`, uint8 0..255 or float 0..1, of the size the model was built
    for, or a list of photos as `open_photo` takes them: paths, Pillow images, arrays of any size. Those are
    stretched to the model's square, and each box is in its photo's own pixels. If the model has a presence
    output, a box is NaN where that is below `threshold`. `looks` is how often the model looks; from the
    second time on it looks closer, see `look_again`. Raises ValueError for another shape or range, or a photo
    that cannot be opened.
    """
    if isinstance(images, (list, tuple)):
        return _in_photos(model, images, batch_size, threshold, looks)
    x = _checked(model, images)
    if not len(x):
        return np.zeros((0, 4), "float32")
    boxes = decode_boxes(predict(model, x, batch_size), x.shape[1], threshold)
    for _ in range(looks - 1):
        boxes = look_again(model, x, boxes, batch_size)
    return boxes


def _in_photos(model, photos, batch_size, threshold, looks):
    """`predict_boxes` for photos of any size, opened a batch at a time; all headers are read first."""
    for photo in photos:
        photo_size(photo)
    found, size = [np.zeros((0, 4), "float32")], model.input_shape[1]
    for start in range(0, len(photos), batch_size):
        opened = [open_photo(photo) for photo in photos[start : start + batch_size]]
        squares, sizes = to_squares(opened, size)
        boxes = to_photo_pixels(predict_boxes(model, squares, batch_size, threshold), sizes, size)
        for _ in range(looks - 1):
            boxes = look_again(model, opened, boxes, batch_size)
        found.append(boxes.astype("float32"))
    return np.concatenate(found)


@checked(model=_model, boxes=ROWS, batch_size=whole())
def look_again(model, images, boxes, batch_size=32):
    """Find boxes again: the square around each is enlarged to the model's image size and predicted again.

    `images` as in `predict_boxes`, `boxes` the `xyxy` pixels `(n, 4)` found there; NaN stays NaN. Small
    objects gain most: an error of a pixel in the enlarged square is a fraction of a pixel in the image.
    Raises ValueError for other shapes.
    """
    photos = images if isinstance(images, (list, tuple)) else _checked(model, images)
    boxes, size = boxes.astype("float32"), model.input_shape[1]
    if len(boxes) != len(photos):
        refuse("boxes", boxes, f"one for each of {len(photos)} images, ({len(photos)}, 4)")
    found = np.flatnonzero(~np.isnan(boxes[:, 0]))
    if len(found):
        opened = [open_photo(photos[i]) for i in found]
        sizes = np.array([photo.size for photo in opened])
        squares = squares_around(to_square_pixels(boxes[found], sizes, size), size)
        closer = enlarge(opened, to_photo_pixels(squares, sizes, size), size) / np.float32(255)
        answer = decode_boxes(predict(model, closer, batch_size), size, threshold=0)
        boxes[found] = to_photo_pixels(from_squares(answer, squares, size), sizes, size)
    return boxes


def _checked(model, images):
    """Images as float 0..1 of the model's size; ValueError for others."""
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1:] != model.input_shape[1:]:
        raise ValueError(f"images have shape {images.shape}; the model takes (n, {_sizes(model)}).")
    x = images / np.float32(255) if images.dtype == np.uint8 else images.astype("float32")
    if len(x) and not (x.min() >= 0 and x.max() <= 1):
        raise ValueError(
            f"images range over {x.min():g}..{x.max():g}; give uint8 0..255 or float 0..1 without NaN."
        )
    return x


@checked(image_size=pixels, threshold=real(0, 1))
def decode_boxes(answer, image_size=224, threshold=0.5):
    """Decode any head's output, sigmoid targets `(n, 4)` or edge logits, into `xyxy` pixels `(n, 4)`.

    Of named outputs it decodes `"box"`, and gives NaN where `"presence"` is below `threshold`.
    """
    if isinstance(answer, dict):
        if missing := {"box", "presence"} - answer.keys():
            refuse("answer", answer.keys(), f"outputs named {' and '.join(sorted(missing))} as well")
        boxes = decode_boxes(answer["box"], image_size)
        presence = array(len(boxes), 1, what=" (presence)", nan=False)("answer", answer["presence"])
        boxes[presence[:, 0] < threshold] = np.nan
        return boxes
    edges = len(getattr(answer, "shape", ())) == 3
    return edges_to_boxes(answer) if edges else to_pil_rect(ROWS("answer", answer), image_size)


def _sizes(model):
    return ", ".join(map(str, model.input_shape[1:]))
