"""The trunk: VGG16 with its bundled ImageNet weights, and its features, computed once and kept on disk."""

import hashlib
import os
import sys
import zlib
from pathlib import Path

import keras
import numpy as np
from tqdm import tqdm

from .cache import FeatureStore

PROJECT = Path(__file__).resolve().parent.parent
BUNDLED = PROJECT / "assets" / "vgg16-imagenet-notop-float16.weights.h5"
BUNDLED_SHA256 = "c4c29b198ebc45237428b60e7eb7d3fcebfe5755c12ea067e886c352911e1ab3"
BUNDLED_BYTES = 25_863_227
TAPS = {f"block{b}_pool": (2**b, c) for b, c in enumerate((64, 128, 256, 512, 512), start=1)}
BAR = "{desc}: {percentage:3.0f}%|{bar:20}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_fmt}]"


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_bundled():
    """Raise one line that says what is wrong with the bundled weights, if anything is."""
    way_out = f"Restore it: git checkout -- {BUNDLED.relative_to(PROJECT).as_posix()}"
    if not BUNDLED.is_file():
        raise FileNotFoundError(f"{BUNDLED} is missing ({BUNDLED_BYTES:,} bytes). {way_out}")
    size = BUNDLED.stat().st_size
    if size != BUNDLED_BYTES:
        raise ValueError(f"{BUNDLED} has {size:,} bytes, not {BUNDLED_BYTES:,}. {way_out}")
    if (found := _sha256(BUNDLED)) != BUNDLED_SHA256:
        raise ValueError(f"{BUNDLED} was altered: SHA-256 {found}, not {BUNDLED_SHA256}. {way_out}")


def _weights_path(weights):
    """What Keras calls `weights`: a path, "imagenet" or None."""
    if weights == "bundled":
        _check_bundled()
        return str(BUNDLED)
    if weights not in ("imagenet", None) and not Path(weights).is_file():
        raise FileNotFoundError(
            f'weights="{weights}" is no file; use "bundled", "imagenet", None or a path of VGG16 weights.'
        )
    return weights if weights is None else str(weights)


def _check_tap(tap):
    if tap not in TAPS:
        raise ValueError(f'tap is "{tap}"; choose one of {", ".join(TAPS)}.')


def build_trunk(image_size=224, weights="bundled", tap="block5_pool"):
    """VGG16 without its top, frozen, that ends at `tap`, a pooling layer `"block1_pool"` to `"block5_pool"`.

    Takes images `(batch, image_size, image_size, 3)` 0..1. `weights` is `"bundled"` (the file in
    `assets/`, nothing is downloaded), `"imagenet"` (Keras downloads them), the path of VGG16 weights
    without top, or None (random). Raises ValueError or FileNotFoundError with the way out.
    """
    if image_size < 32 or image_size % 32:
        raise ValueError(f"image_size is {image_size}; VGG16 halves it five times: use 32, 64, ... 224.")
    _check_tap(tap)
    shape, path = (image_size, image_size, 3), _weights_path(weights)
    try:
        vgg = keras.applications.VGG16(include_top=False, weights=path, input_shape=shape)
    except (OSError, ValueError) as error:
        raise ValueError(f"weights={weights!r} could not be loaded into VGG16: {error}") from error
    trunk = keras.Model(vgg.input, vgg.get_layer(tap).output, name="trunk")
    trunk.trainable = False
    return trunk


def _weights_id(weights):
    """What tells one set of weights from another, for the cache's key."""
    if weights is None:
        raise ValueError('weights=None are random, so their features are not kept; use "bundled".')
    if weights in ("bundled", "imagenet"):
        return {"bundled": BUNDLED_SHA256}.get(weights, weights)
    return _sha256(_weights_path(weights))


def _relative(path):
    """A path as seen from the project, where it lies inside."""
    return path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else str(path)


def cached_features(sequence, tap="block5_pool", weights="bundled", folder=None):
    """The trunk's features and the targets of every batch of `sequence`, each image seen only once.

    Gives features `(images, height, width, channels)`, float16 and memory-mapped, and targets
    `(images, 4)` float32. What was computed before is read from `folder` (or the environment variable
    LOCALIZATION_CACHE, or the project's `build/features`), where its checksum holds; the rest is
    computed now. Stopped at any moment, it goes on from there the next time.
    """
    _check_tap(tap)
    folder = Path(folder or os.environ.get("LOCALIZATION_CACHE") or PROJECT / "build" / "features")
    size, batches, rows = sequence.scene.image_size, len(sequence), sequence.batch_size
    stride, channels = TAPS[tap]
    key = sequence.describe() | {"tap": tap, "weights": _weights_id(weights), "input": "0..1"}
    key["first_batch"] = zlib.crc32(sequence[0][0].tobytes())
    store = FeatureStore(folder, tap, key, rows, (size // stride, size // stride, channels))
    missing = store.missing(batches)
    store.check_space(len(missing))
    done, total = rows * (batches - len(missing)), rows * batches
    with tqdm(desc=tap, total=total, initial=done, unit=" images", file=sys.stdout, bar_format=BAR) as bar:
        trunk = build_trunk(size, weights, tap) if missing else None
        for index in missing:
            store.write(index, trunk.predict_on_batch(sequence[index][0]))
            bar.update(rows)
    megabytes = batches * store.batch_bytes / 1e6
    print(f"These features take {megabytes:,.0f} MB in {_relative(folder)}; delete that folder to free them.")
    return store.read(batches), np.concatenate([sequence[i][1] for i in range(batches)])
