"""The trunk: VGG16 with its bundled ImageNet weights, where to tap it, and which input it is given.

The name of a tap contains both. `"block4_pool"` are the features of pixels 0..1, which are better for white
rectangles. `"preprocessed_block4_pool"` are those of `preprocess_input`, with which VGG16 was trained and
which is better for photos; they are divided by their spread. Caches and heads keep the names, so a head finds
its input.
"""

import hashlib
import os
from pathlib import Path

import keras

from .arguments import checked, choice, whole
from .settings import PRECISIONS, chosen_precision

PROJECT = Path(__file__).resolve().parent.parent
BUNDLED = PROJECT / "assets" / "vgg16-imagenet-notop-float16.weights.h5"
BUNDLED_SHA256 = "c4c29b198ebc45237428b60e7eb7d3fcebfe5755c12ea067e886c352911e1ab3"
BUNDLED_BYTES = 25_863_227
POOLS = {f"block{b}_pool": (2**b, c) for b, c in enumerate((64, 128, 256, 512, 512), start=1)}
PREPROCESSED = "preprocessed_"
TAPS = POOLS | {PREPROCESSED + name: shape for name, shape in POOLS.items()}
SPREADS = dict(zip(POOLS, (300.0, 530.0, 640.0, 120.0, 9.0)))  # of preprocessed features: standard deviations
MEAN_RGB = (123.68, 116.779, 103.939)  # of ImageNet: what `preprocess_input` subtracts
VGG_SIZE = whole(32, step=32, what=" of pixels, which VGG16 halves five times")


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_bundled():
    """Raise an error of one line if anything is wrong with the bundled weights."""
    way_out = f"Restore it: git checkout -- {BUNDLED.relative_to(PROJECT).as_posix()}"
    if not BUNDLED.is_file():
        raise FileNotFoundError(f"{BUNDLED} is missing ({BUNDLED_BYTES:,} bytes). {way_out}")
    size = BUNDLED.stat().st_size
    if size != BUNDLED_BYTES:
        raise ValueError(f"{BUNDLED} has {size:,} bytes, not {BUNDLED_BYTES:,}. {way_out}")
    if (found := _sha256(BUNDLED)) != BUNDLED_SHA256:
        raise ValueError(f"{BUNDLED} was altered: SHA-256 {found}, not {BUNDLED_SHA256}. {way_out}")


def _weights_path(weights):
    """The argument `weights` for Keras: a path, "imagenet" or None."""
    if weights == "bundled":
        _check_bundled()
        return str(BUNDLED)
    named = isinstance(weights, (str, os.PathLike))
    if weights is not None and weights != "imagenet" and not (named and Path(weights).is_file()):
        raise (FileNotFoundError if named else ValueError)(
            f'weights="{weights}" is not a file; use "bundled", "imagenet", None or a path of VGG16 weights.'
        )
    return weights if weights is None else str(weights)


def check_taps(taps):
    """The taps as a list of names; ValueError for one that does not exist."""
    names = [taps] if isinstance(taps, str) or not hasattr(taps, "__iter__") else list(taps)
    for name in names or [None]:
        if not (isinstance(name, str) and name in TAPS):
            choice = f'{", ".join(POOLS)}, or one of these after "{PREPROCESSED}"'
            raise ValueError(f'tap is "{name}"; choose one or more of {choice}.')
    if len({name.startswith(PREPROCESSED) for name in names}) > 1:
        raise ValueError(f"taps are {', '.join(names)}; all need the same input, preprocessed or not.")
    return names


@checked(image_size=VGG_SIZE, precision=choice(*PRECISIONS, None))
def build_trunk(image_size=224, weights="bundled", taps="block5_pool", precision=None):
    """VGG16 without its top, frozen, up to its last tap; one output for each of the `taps`.

    Takes images `(batch, image_size, image_size, 3)` 0..1 and gives float32. `taps` is one pooling layer,
    `"block1_pool"` to `"block5_pool"`, or a list of them. With `"preprocessed_"` before each, the images go
    through `keras.applications.vgg16.preprocess_input` first, and the features are divided by `SPREADS`.
    `weights` is `"bundled"` (the file in `assets/`, nothing is downloaded), `"imagenet"` (Keras downloads
    them), the path of VGG16 weights without top, or None (random). `precision` is `"float32"`,
    `"mixed_bfloat16"` or, by default, the faster of them on this processor (`settings.fastest_precision`).
    The environment variable LOCALIZATION_PRECISION sets it for the whole course. Raises ValueError or
    FileNotFoundError with what to do.
    """
    precision = chosen_precision(precision)
    names, path = check_taps(taps), _weights_path(weights)
    inputs = keras.Input((image_size, image_size, 3), name="images")
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        build = _preprocessed if names[0].startswith(PREPROCESSED) else _plain
        outputs = build(inputs, path, names)
    except (OSError, ValueError) as error:
        raise ValueError(f"weights={weights!r} could not be loaded into VGG16: {error}") from error
    finally:
        keras.config.set_dtype_policy(policy)
    trunk = keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0], name="trunk")
    trunk.trainable = False
    return trunk


def _plain(inputs, path, names):
    vgg = keras.applications.VGG16(include_top=False, weights=path, input_tensor=inputs)
    outputs = [vgg.get_layer(name).output for name in names]
    if keras.config.dtype_policy().name == "float32":
        return outputs
    return [keras.layers.Identity(dtype="float32")(output) for output in outputs]


def _preprocessed(inputs, path, names):
    """As `preprocess_input`, which swaps red and blue; here the channels of the first kernel are swapped."""
    offset = [-mean for mean in MEAN_RGB]
    x = keras.layers.Rescaling(255.0, offset, dtype="float32", name="preprocess")(inputs)
    vgg = keras.applications.VGG16(include_top=False, weights=path, input_tensor=x)
    first = vgg.get_layer("block1_conv1")
    kernel, bias = first.get_weights()
    first.set_weights([kernel[:, :, ::-1], bias])
    pools = [name.removeprefix(PREPROCESSED) for name in names]
    return [
        keras.layers.Rescaling(1 / SPREADS[pool], dtype="float32", name=name)(vgg.get_layer(pool).output)
        for name, pool in zip(names, pools)
    ]


@checked(image_size=VGG_SIZE)
def build_block5(image_size=224, weights="bundled"):
    """VGG16's last block alone, trainable: a Keras model between two taps.

    Takes the features of `"preprocessed_block4_pool"` and gives those of `"preprocessed_block5_pool"`. Put it
    between cached features and a head to train it, too, while the trunk below it runs only once.
    """
    tap4, tap5 = (f"{PREPROCESSED}block{block}_pool" for block in (4, 5))
    layers = build_trunk(image_size, weights, tap5).layers
    last = [layer for layer in layers if layer.name.startswith("block5") or layer.name == tap5]
    stride, channels = TAPS[tap4]
    inputs = keras.Input((image_size // stride, image_size // stride, channels), name=tap4)
    x = keras.layers.Rescaling(SPREADS["block4_pool"], name="spread")(inputs)
    for layer in last:
        layer.trainable = True
        x = layer(x)
    return keras.Model(inputs, x, name="block5")


def weights_id(weights):
    """The identity of a set of weights: a checksum, or `"imagenet"`."""
    if weights is None:
        raise ValueError('weights=None are random, so their features are not kept; use "bundled".')
    if weights in ("bundled", "imagenet"):
        return {"bundled": BUNDLED_SHA256}.get(weights, weights)
    return _sha256(_weights_path(weights))
