"""Joins trunk and head into one Keras model, and asks it for boxes."""

import os
from pathlib import Path

import keras
import numpy as np

from .arguments import array, checked, kind, optional, real, refuse, scene, whole
from .boxes import edges_to_boxes, to_pil_rect
from .crops import enlarge, from_squares, squares_around
from .heads import activation_of, dense_head
from .photos import open_photo, photo_size, to_photo_pixels, to_square_pixels, to_squares
from .trunk import PROJECT, TAPS, build_trunk, check_taps

SAVED_MODELS = PROJECT / "saved-models"
ON_PHOTOS = ("sprites on photos", "sprites on photos, or nothing")
TRAINED_ON = {  # the kinds of scene that a shipped head is made for
    "localization-1": ("white rectangles",),
    "edges": ("white rectangles",),
    "sprites": ("sprites on black",),
    "backgrounds": ON_PHOTOS[:1],
    "presence": ON_PHOTOS,
    "classes": ON_PHOTOS,
    "anything": ON_PHOTOS,
    "photographs": ("photographs",),
}


@checked(activation=activation_of)
def build_localization_model(image_size=224, weights="bundled", activation="sigmoid"):
    """The original's model: frozen VGG16, flattened, and `Dense(4)`; 14,815,044 parameters at 224 px.

    Takes images `(batch, image_size, image_size, 3)` float 0..1 and gives targets `(batch, 4)`.
    `weights` as in `build_trunk`; `activation` is the head's. Compile it before `fit`.
    """
    trunk = build_trunk(image_size, weights)
    return keras.Model(trunk.input, dense_head(trunk.output, activation), name="Localization_Model")


def _model(name, value):
    """A Keras model of images."""
    shape = getattr(value, "input_shape", None)
    if not (hasattr(value, "predict") and isinstance(shape, tuple) and len(shape) == 4 and shape[-1] == 3):
        refuse(name, value, "a Keras model of images, as lu.load_localizer gives it")
    return value


ROWS = array("n", 4, what=", four a box,")


@checked(
    name=kind((str, os.PathLike), "a head in saved-models/ or the path of a file"), scene=optional(scene)
)
def load_localizer(name="localization-1", scene=None):
    """A Keras model from images to targets: a trained head, joined to the bundled trunk.

    `name` is a head shipped in `saved-models/`, or the path of your own `.keras` or `.h5` file: a head
    alone, or a whole model, which comes back as it is. Say for which `scene`, and a shipped head that
    was trained on another scene or image size is refused. Raises FileNotFoundError that lists what
    there is, ValueError when a head's inputs are not named after taps of the trunk.
    """
    model = _load(name)
    if scene is not None:
        _check_scene(name, model, scene)
    return model


def _check_scene(name, model, scene):
    """Raise ValueError when the scene is not what the model was made for, as far as one can know."""
    size, kind = model.input_shape[1], scene.kind
    made_for = TRAINED_ON.get(str(name), (kind,))
    if kind not in made_for or size != scene.image_size:
        fitting = ", ".join(f'"{n}"' for n, kinds in TRAINED_ON.items() if kind in kinds)
        raise ValueError(
            f'"{name}" was trained on {made_for[-1]}, {size} px, not on {kind}, {scene.image_size} px; '
            f"for {kind}, 224 px, there is {fitting or 'no shipped head'}, or train a head on this scene."
        )


def _load(name):
    """The model of a name or path, its head joined to the trunk."""
    model = keras.models.load_model(_model_path(name), compile=False)
    names = [tensor.name for tensor in model.inputs]
    if model.inputs[0].shape[-1] == 3 and names[0] not in TAPS:
        return model
    taps = check_taps(names)
    size = model.inputs[0].shape[1] * TAPS[taps[0]][0]
    trunk = build_trunk(size, taps=taps)
    return keras.Model(trunk.input, model(trunk.output), name="Localization_Model")


def _model_path(name):
    """The file of a shipped or own model."""
    shipped = SAVED_MODELS / f"{name}.keras"
    path = shipped if shipped.is_file() else Path(name)
    if path.is_file() and path.suffix in (".keras", ".h5"):
        return path
    heads = ", ".join(sorted(p.stem for p in SAVED_MODELS.glob("*.keras")))
    raise FileNotFoundError(
        f'name is "{name}"; give a head in saved-models/ ({heads}) or the path of a .keras or .h5 file.'
    )


@checked(model=_model, batch_size=whole(), threshold=real(0, 1), looks=whole())
def predict_boxes(model, images, batch_size=32, threshold=0.5, looks=1):
    """Find the box in each image: `xyxy` pixels `(n, 4)`, inside the image, never inverted.

    `images` are an array `(n, height, width, 3)`, uint8 0..255 or float 0..1, of the size the model was built
    for, or a list of photos as `open_photo` takes them: paths, Pillow images, arrays of any size. Those are
    stretched to the model's square, and each box is in its photo's own pixels. A box is NaN where the model
    has a presence output and that is below `threshold`. `looks` says how often the model looks: from
    the second time on closer, see `look_again`. Raises ValueError for another shape or range, or a photo that
    cannot be opened.
    """
    if isinstance(images, (list, tuple)):
        return _in_photos(model, images, batch_size, threshold, looks)
    x = _checked(model, images)
    if not len(x):
        return np.zeros((0, 4), "float32")
    boxes = decode_boxes(model.predict(x, batch_size=batch_size, verbose=0), x.shape[1], threshold)
    for _ in range(looks - 1):
        boxes = look_again(model, x, boxes, batch_size)
    return boxes


def _in_photos(model, photos, batch_size, threshold, looks):
    """`predict_boxes` for photos of any size, opened a batch at a time; each one's header is read before."""
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
    """Find boxes again in the square around each, enlarged to the whole image that the model takes.

    `images` as in `predict_boxes`, `boxes` the `xyxy` pixels `(n, 4)` found there; where they are NaN they
    stay so. Small objects gain most: an error of a pixel in the enlarged square is a part of a pixel in the
    image. Raises ValueError for other shapes.
    """
    photos = images if isinstance(images, (list, tuple)) else _checked(model, images)
    boxes, size = boxes.copy(), model.input_shape[1]
    if len(boxes) != len(photos):
        refuse("boxes", boxes, f"one for each of {len(photos)} images, ({len(photos)}, 4)")
    found = np.flatnonzero(~np.isnan(boxes[:, 0]))
    if len(found):
        opened = [open_photo(photos[i]) for i in found]
        sizes = np.array([photo.size for photo in opened])
        squares = squares_around(to_square_pixels(boxes[found], sizes, size), size)
        closer = enlarge(opened, to_photo_pixels(squares, sizes, size), size) / np.float32(255)
        answer = decode_boxes(model.predict(closer, batch_size=batch_size, verbose=0), size, threshold=0)
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


@checked(image_size=whole(1, what=" of pixels"), threshold=real(0, 1))
def decode_boxes(answer, image_size=224, threshold=0.5):
    """Turn what any head answers into `xyxy` pixels `(n, 4)`: sigmoid targets `(n, 4)` or edge logits.

    For named outputs this is output `"box"`, and NaN where output `"presence"` is below `threshold`.
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
