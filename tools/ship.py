"""Make own heads the ones that come with the course: `python -m tools.ship NAME ...`.

`my-NAME` in `saved-models/` becomes `NAME`, without what the optimizer remembers.
"""

import sys

import keras

from localization_utils.localizer import SAVED_MODELS

if __name__ == "__main__":
    for name in sys.argv[1:]:
        shipped = SAVED_MODELS / f"{name}.keras"
        keras.models.load_model(SAVED_MODELS / f"my-{name}.keras", compile=False).save(shipped)
        print(f"{shipped.name}: {shipped.stat().st_size / 1e3:.0f} kB")
