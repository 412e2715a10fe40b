"""The trunk: VGG16 with its bundled ImageNet weights, and where to tap it."""

import hashlib
import os
from pathlib import Path

import keras

PROJECT = Path(__file__).resolve().parent.parent
BUNDLED = PROJECT / "assets" / "vgg16-imagenet-notop-float16.weights.h5"
BUNDLED_SHA256 = "c4c29b198ebc45237428b60e7eb7d3fcebfe5755c12ea067e886c352911e1ab3"
BUNDLED_BYTES = 25_863_227
TAPS = {f"block{b}_pool": (2**b, c) for b, c in enumerate((64, 128, 256, 512, 512), start=1)}
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


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


def check_taps(taps):
    """The taps as a list of names; ValueError for one that does not exist."""
    names = [taps] if isinstance(taps, str) else list(taps)
    for name in names or [None]:
        if name not in TAPS:
            raise ValueError(f'tap is "{name}"; choose one or more of {", ".join(TAPS)}.')
    return names


def chosen_precision(precision=None):
    """`precision`, or what the environment variable LOCALIZATION_PRECISION says, or `"float32"`."""
    precision = precision or os.environ.get("LOCALIZATION_PRECISION") or "float32"
    if precision not in PRECISIONS:
        raise ValueError(f'precision is "{precision}"; choose one of {", ".join(PRECISIONS)}.')
    return precision


def build_trunk(image_size=224, weights="bundled", taps="block5_pool", precision=None):
    """VGG16 without its top, frozen, that ends at its last tap; one output for each of the `taps`.

    Takes images `(batch, image_size, image_size, 3)` 0..1. `taps` is one pooling layer, `"block1_pool"`
    to `"block5_pool"`, or a list of them. `weights` is `"bundled"` (the file in `assets/`, nothing is
    downloaded), `"imagenet"` (Keras downloads them), the path of VGG16 weights without top, or None
    (random). `precision` is `"float32"`, right on every machine; `"mixed_bfloat16"` is faster where the
    processor has units for it. The environment variable LOCALIZATION_PRECISION sets it for all of the
    course. Raises ValueError or FileNotFoundError with the way out.
    """
    if image_size < 32 or image_size % 32:
        raise ValueError(f"image_size is {image_size}; VGG16 halves it five times: use 32, 64, ... 224.")
    precision = chosen_precision(precision)
    names, shape, path = check_taps(taps), (image_size, image_size, 3), _weights_path(weights)
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        vgg = keras.applications.VGG16(include_top=False, weights=path, input_shape=shape)
    except (OSError, ValueError) as error:
        raise ValueError(f"weights={weights!r} could not be loaded into VGG16: {error}") from error
    finally:
        keras.config.set_dtype_policy(policy)
    outputs = [vgg.get_layer(name).output for name in names]
    trunk = keras.Model(vgg.input, outputs if len(outputs) > 1 else outputs[0], name="trunk")
    trunk.trainable = False
    return trunk


def weights_id(weights):
    """What tells one set of weights from another: a checksum, or `"imagenet"`."""
    if weights is None:
        raise ValueError('weights=None are random, so their features are not kept; use "bundled".')
    if weights in ("bundled", "imagenet"):
        return {"bundled": BUNDLED_SHA256}.get(weights, weights)
    return _sha256(_weights_path(weights))
