"""Make your heads the ones that come with the course: `python -m tools.ship NAME ...`.

`my-NAME` in `saved-models/` becomes `NAME`, without the state of the optimizer, its weights rounded to
bfloat16, which compresses them to less than half.
"""

import sys
from zipfile import ZIP_DEFLATED, ZipFile

import keras
from keras import ops

from localization_utils.localizer import SAVED_MODELS
from tools.files import whole


def ship(source, target):
    """Write a head's file again: the same model, smaller."""
    learned = keras.models.load_model(source, compile=False)
    head = keras.models.clone_model(learned)  # without the optimizers of heads in it
    for weight, value in zip(head.weights, learned.weights):
        weight.assign(ops.cast(ops.cast(value, "bfloat16"), "float32"))
    with whole(target) as part:
        head.save(part)
        with ZipFile(part) as file:
            parts = {name: file.read(name) for name in file.namelist()}
        with ZipFile(part, "w", ZIP_DEFLATED, compresslevel=9) as file:
            for name, content in parts.items():
                file.writestr(name, content)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        shipped = SAVED_MODELS / f"{name}.keras"
        ship(SAVED_MODELS / f"my-{name}.keras", shipped)
        print(f"{shipped.name}: {shipped.stat().st_size / 1e3:.0f} kB")
