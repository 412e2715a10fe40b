"""How fast VGG16 is on one GPU, and what a million images would take.

    KERAS_BACKEND=jax python tools/gpu.py assets/measured/gpu.json "name of the GPU"

Needs Keras and a backend of it that sees the GPU, nothing else of the course, so it also runs where
TensorFlow's own wheels do not. The trunk is that of lesson 9: `preprocess_input`, the pools of blocks 2
to 5, 224 px, the bundled weights. Images are bytes in the computer's memory; features come back there as
float16.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path

import keras
import numpy as np

WEIGHTS = Path(__file__).resolve().parent.parent / "assets" / "vgg16-imagenet-notop-float16.weights.h5"
MILLION, BATCH, BATCHES = 1_000_000, 256, 16


def build(precision):
    """Bytes `(n, 224, 224, 3)` in, the features of four pools out, float16."""
    keras.config.set_dtype_policy(precision)
    inputs = keras.Input((224, 224, 3), dtype="uint8")
    x = keras.applications.vgg16.preprocess_input(keras.ops.cast(inputs, "float32"))
    vgg = keras.applications.VGG16(include_top=False, weights=str(WEIGHTS), input_tensor=x)
    pools = [vgg.get_layer(f"block{block}_pool").output for block in (2, 3, 4, 5)]
    return keras.Model(inputs, [keras.ops.cast(pool, "float16") for pool in pools])


def measured(precision):
    """The rate over 4,096 images, and what it means for a million."""
    images = np.random.default_rng(1).integers(0, 256, (BATCH * BATCHES, 224, 224, 3), np.uint8)
    model = build(precision)
    model.predict(images[:BATCH], batch_size=BATCH, verbose=0)  # compiles
    start = time.perf_counter()
    features = model.predict(images, batch_size=BATCH, verbose=0)
    rate = len(images) / (time.perf_counter() - start)
    size = sum(each[0].nbytes for each in features)
    row = {"precision": precision, "images_per_second": round(rate)}
    return row | {"million_minutes": MILLION / rate / 60, "million_gb": MILLION * size / 1e9}


def main(target, gpu):
    backend = keras.backend.backend()
    about = {
        "command": f"KERAS_BACKEND={backend} python tools/gpu.py",
        "date": date.today().isoformat(),
        "machine": f"{gpu}, Keras {keras.__version__} on {backend}",
        "precision": "float32 and mixed_bfloat16",
    }
    rows = [measured(precision) for precision in ("float32", "mixed_bfloat16")]
    Path(target).write_text(json.dumps(about | {"rows": rows}, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
