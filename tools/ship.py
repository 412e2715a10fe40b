"""Copy a trained head into the ones that come with the course: `python -m tools.ship OWN SHIPPED`.

Both are names in `saved-models/`. The copy leaves out what the optimizer remembers.
"""

import sys

import keras

from localization_utils.localizer import SAVED_MODELS

if __name__ == "__main__":
    own, shipped = (SAVED_MODELS / f"{name}.keras" for name in sys.argv[1:3])
    keras.models.load_model(own, compile=False).save(shipped)
    print(f"{shipped.name}: {shipped.stat().st_size / 1e3:.0f} kB")
