"""Joins trunk and head into one Keras model, and asks it for boxes."""

from pathlib import Path
from textwrap import shorten
from zipfile import is_zipfile

import keras
import numpy as np

from .boxes import edges_to_boxes, to_pil_rect
from .crops import enlarge, from_squares, squares_around
from .heads import dense_head
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


def build_localization_model(image_size=224, weights="bundled", activation="sigmoid"):
    """The original's model: frozen VGG16, flattened, and `Dense(4)`; 14,815,044 parameters at 224 px.

    Takes images `(batch, image_size, image_size, 3)` float 0..1 and gives targets `(batch, 4)`.
    `weights` as in `build_trunk`; `activation` is the head's. Compile it before `fit`.
    """
    trunk = build_trunk(image_size, weights)
    return keras.Model(trunk.input, dense_head(trunk.output, activation), name="Localization_Model")


def load_localizer(name="localization-1", scene=None):
    """A Keras model from images to targets: a trained head, joined to the bundled trunk.

    `name` is a head shipped in `saved-models/`, or the path of your own `.keras` or `.h5` file: a head
    alone, or a whole model, which comes back as it is. Say for which `scene`, and a shipped head that
    was trained on another scene or image size is refused. Raises FileNotFoundError that lists what
    there is, ValueError for a damaged file and for a head whose inputs are not named after taps of the trunk.
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
    model = _read(_model_path(name))
    names = [tensor.name for tensor in model.inputs]
    if model.inputs[0].shape[-1] == 3 and names[0] not in TAPS:
        return model
    taps = check_taps(names)
    size = model.inputs[0].shape[1] * TAPS[taps[0]][0]
    trunk = build_trunk(size, taps=taps)
    return keras.Model(trunk.input, model(trunk.output), name="Localization_Model")


def _read(path):
    """The model in a file; ValueError in one line where the file is damaged or holds something else."""
    try:
        model = keras.models.load_model(path, compile=False)
        if model.inputs:
            return model
        wrong = "it holds no model with named inputs"
    except MemoryError:
        raise
    except Exception as error:  # whatever zip, JSON, HDF5 and Keras raise about damage
        wrong = shorten(str(error), 200, placeholder=" ...") or type(error).__name__
        if path.suffix == ".keras" and not is_zipfile(path):  # Keras says that it is not found
            wrong = "it is no .keras file, or only a part of one"
    shipped = path.parent == SAVED_MODELS and path.stem in TRAINED_ON
    restore = f"Restore it: git checkout -- saved-models/{path.name}"
    way_out = restore if shipped else "Save the model again, or take a whole copy of the file"
    raise ValueError(f"{path} cannot be loaded: {wrong.rstrip('.')}. {way_out}.")


def _model_path(name):
    """The file of a shipped or own model."""
    shipped = SAVED_MODELS / f"{name}.keras"
    path = shipped if shipped.is_file() else Path(name)
    if path.is_file() and path.suffix in (".keras", ".h5"):
        return path
    heads = ", ".join(sorted(p.stem for p in SAVED_MODELS.glob("*.keras")))
    raise FileNotFoundError(
        f'"{name}" is neither a head in saved-models/ ({heads}) nor a .keras or .h5 file.'
    )


def predict_boxes(model, images, batch_size=32, threshold=0.5, looks=1):
    """Find the box in each image: `xyxy` pixels `(n, 4)`, inside the image, never inverted.

    `images` are an array `(n, height, width, 3)`, uint8 0..255 or float 0..1, of the size the model was built
    for, or a list of photos as `open_photo` takes them: paths, Pillow images, arrays of any size. Those are
    stretched to the model's square, and each box is in its photo's own pixels. A box is NaN where the model
    has a presence output and that is below `threshold`. `looks` says how often the model looks: from
    the second time on closer, see `look_again`. Raises ValueError for another shape or range, or a photo that
    cannot be opened.
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold is {threshold}; it is a probability, 0..1.")
    if looks < 1:
        raise ValueError(f"looks is {looks}; it must be 1 or more.")
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


def look_again(model, images, boxes, batch_size=32):
    """Find boxes again in the square around each, enlarged to the whole image that the model takes.

    `images` as in `predict_boxes`, `boxes` the `xyxy` pixels `(n, 4)` found there; where they are NaN they
    stay so. Small objects gain most: an error of a pixel in the enlarged square is a part of a pixel in the
    image. Raises ValueError for other shapes.
    """
    photos = images if isinstance(images, (list, tuple)) else _checked(model, images)
    boxes, size = np.array(boxes, "float32"), model.input_shape[1]
    if boxes.shape != (len(photos), 4):
        raise ValueError(f"boxes have shape {boxes.shape}; for {len(photos)} images give ({len(photos)}, 4).")
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


def decode_boxes(answer, image_size=224, threshold=0.5):
    """Turn what any head answers into `xyxy` pixels `(n, 4)`: sigmoid targets `(n, 4)` or edge logits.

    For named outputs this is output `"box"`, and NaN where output `"presence"` is below `threshold`.
    """
    if isinstance(answer, dict):
        boxes = decode_boxes(answer["box"], image_size)
        boxes[answer["presence"][:, 0] < threshold] = np.nan
        return boxes
    return edges_to_boxes(answer) if np.ndim(answer) == 3 else to_pil_rect(answer, image_size)


def _sizes(model):
    return ", ".join(map(str, model.input_shape[1:]))
