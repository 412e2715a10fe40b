"""Write a trained head and its trunk as files that run without Keras, on a phone or in a browser.

`python -m tools.export photographs` writes `photographs.tflite` (LiteRT) and `photographs.onnx` into
`build/export`. HEAD is a head in `saved-models/` or the path of a `.keras` file; `--folder` is another place.
Both files take `images` `(n, 224, 224, 3)` uint8 0..255, and give `box` `(n, 4)`: left, top, right, bottom in
pixels of that square. A head with more outputs gives those as well, under their own names. They compute in
float32, whatever the precision on this machine. EXPORT.md shows how to run them.
"""

import argparse
import importlib.util
import sys
import warnings
from pathlib import Path

import keras

import localization_utils as lu
from tools.files import whole

FORMATS = {"litert": ".tflite", "onnx": ".onnx"}
FOLDER = lu.PROJECT / "build" / "export"
FOR_ONNX = ("onnx", "tf2onnx")
MISSING = (
    "No .onnx file was written: {} is not installed. Run `pip install -r requirements-export.txt`, "
    "then this command again."
)


def deployable(name):
    """A Keras model in float32 from uint8 images to `{"box": pixels}` and the head's other outputs."""
    model = lu.load_localizer(name)
    _in_float32(model)
    images = keras.Input(model.input_shape[1:], dtype="uint8", name="images")
    answer = model(keras.layers.Rescaling(1 / 255)(images))
    outputs = answer if isinstance(answer, dict) else {"box": answer}
    decode = keras.layers.Lambda(lu.decode_boxes, arguments={"image_size": model.input_shape[1]})
    return keras.Model(images, outputs | {"box": decode(outputs["box"])}, name="localizer")


def _in_float32(model):
    """Let every layer compute in float32, in place: a trunk may be in the precision that is fastest here."""
    for layer in model.layers:
        layer.dtype_policy = "float32"
        if isinstance(layer, keras.Model):
            _in_float32(layer)


def export(name, folder=FOLDER):
    """Write a head's files; gives the paths. Without the packages for ONNX, a line says what to install."""
    model, stem, paths = deployable(name), Path(name).stem, []
    for form, suffix in FORMATS.items():
        absent = [each for each in FOR_ONNX if form == "onnx" and not importlib.util.find_spec(each)]
        if absent:
            print(MISSING.format(" or ".join(absent)), file=sys.stderr)
            continue
        paths.append(Path(folder, stem + suffix))
        with whole(paths[-1]) as part, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras' own, about NumPy, TensorFlow's about its converter
            model.export(part, format=form, verbose=False)
    return paths


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("head", help="a head in saved-models/, or the path of a .keras file")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(words)
    try:
        paths = export(options.head, options.folder)
    except (ValueError, OSError) as error:
        parser.exit(1, f"{error}\n")
    for path in paths:
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
