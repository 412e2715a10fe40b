"""Joins trunk and head into one Keras model."""

import os
from pathlib import Path
from textwrap import shorten
from zipfile import is_zipfile

import keras

from .arguments import checked, kind, optional, scene
from .heads import activation_of, dense_head
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


@checked(
    name=kind((str, os.PathLike), "a head in saved-models/ or the path of a file"), scene=optional(scene)
)
def load_localizer(name="localization-1", scene=None):
    """A Keras model from images to targets: a trained head, joined to the bundled trunk.

    `name` is a head shipped in `saved-models/`, or the path of your own `.keras` or `.h5` file: a head
    alone, or a whole model, which is returned unchanged. If you pass a `scene`, a shipped head that was
    trained on another scene or image size is refused. Raises FileNotFoundError with a list of the heads there
    are, ValueError for a damaged file and for a head whose inputs are not named after taps of the trunk.
    """
    model = _load(name)
    if scene is not None:
        _check_scene(name, model, scene)
    return model


def _check_scene(name, model, scene):
    """Raise ValueError if the model is known to be made for another scene."""
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
            wrong = "it is not a .keras file, or only a part of one"
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
        f'name is "{name}"; give a head in saved-models/ ({heads}) or the path of a .keras or .h5 file.'
    )
