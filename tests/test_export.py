"""What `python -m tools.export` writes finds the boxes that Keras finds, in float32 on every machine."""

import importlib.util
import re
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import localization_utils as lu
from tools import export
from tools.course import PROJECT

IMAGES, FEW = 64, 8
PIXELS = 0.01  # that a box may differ by
PAGE = re.findall(r"(?s)```(?:html|python)\n(.*?)```", (PROJECT / "EXPORT.md").read_text("utf-8"))
WEB = PROJECT / "build" / "export" / "node_modules"
pytestmark = pytest.mark.slow
needs_onnx = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, (*export.FOR_ONNX, "onnxruntime"))),
    reason="needs `pip install -r requirements-export.txt`",
)


def three_answers(path):
    """Save a head with three outputs, for images of 64 pixels; it has learned nothing."""
    taps = ["preprocessed_block4_pool", "preprocessed_block5_pool"]
    keras.utils.set_random_seed(1)
    inputs = [keras.Input(shape, name=tap) for tap, shape in zip(taps, ((4, 4, 512), (2, 2, 512)))]
    x = lu.neck(inputs, 16)
    outputs = {
        "box": lu.edges(x, 64),
        "presence": lu.label_head(x, 1, "sigmoid", "presence"),
        "class": lu.label_head(x, 3, "softmax", "class"),
    }
    keras.Model(inputs, outputs).save(path)
    return path


@pytest.fixture(scope="module", params=["edges", "three answers"])
def exported(request, tmp_path_factory):
    """A head, where its files are, images, and what Keras answers to them in float32."""
    folder, size = tmp_path_factory.mktemp("export"), 224 if request.param == "edges" else 64
    head = "edges" if size == 224 else three_answers(folder / "three.keras")
    images, _ = lu.WhiteRectangles(size).sample(np.random.default_rng(5), IMAGES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCALIZATION_PRECISION", "float32")
        answer = lu.load_localizer(head).predict(images / np.float32(255), FEW, verbose=0)
        patch.setenv("LOCALIZATION_PRECISION", "mixed_bfloat16")  # what it is exported in all the same
        export.export(head, folder)
    answer = answer if isinstance(answer, dict) else {"box": answer}
    return folder, images, answer | {"box": lu.decode_boxes(answer["box"], size)}


def compare(run, images, expected):
    """Run a file on the images, a few at a time, and hold what it gives to what Keras gave."""
    parts = [run(images[i : i + FEW]) for i in range(0, len(images), FEW)]
    assert all(part.keys() == expected.keys() for part in parts)
    for name, values in expected.items():
        found = np.concatenate([part[name] for part in parts])
        np.testing.assert_allclose(found, values, rtol=0, atol=PIXELS if name == "box" else 1e-3)


@pytest.mark.filterwarnings("ignore::UserWarning")  # TensorFlow's interpreter will move to another package
def test_litert_finds_what_keras_finds(exported):
    folder, images, expected = exported
    (path,) = folder.glob("*.tflite")
    run = tf.lite.Interpreter(str(path)).get_signature_runner()
    compare(lambda some: run(images=some), images, expected)


@needs_onnx
def test_onnx_finds_what_keras_finds(exported):
    import onnxruntime

    folder, images, expected = exported
    (path,) = folder.glob("*.onnx")
    session = onnxruntime.InferenceSession(path)
    names = [output.name for output in session.get_outputs()]
    compare(lambda some: dict(zip(names, session.run(names, {"images": some}))), images, expected)


def test_every_layer_computes_in_float32(monkeypatch):
    monkeypatch.setenv("LOCALIZATION_PRECISION", "mixed_bfloat16")
    model = export.deployable("edges")
    inner = [layer for part in model.layers for layer in getattr(part, "layers", [part])]
    assert {layer.compute_dtype for layer in inner if layer.name != "images"} == {"float32"}


@needs_onnx
def test_the_program_without_keras(exported, tmp_path):
    """EXPORT.md's Python finds in a photo what `predict_boxes` finds."""
    folder, images, expected = exported
    if "class" in expected:
        pytest.skip("the program is for one box")
    (path,) = folder.glob("*.onnx")
    Image.fromarray(images[0]).save(tmp_path / "photo.png")
    command = [sys.executable, "-c", PAGE[1], path, tmp_path / "photo.png"]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    found = [float(word) for word in printed.split()[1:]]
    np.testing.assert_allclose(found, expected["box"][0], atol=0.06)


@needs_onnx
def test_the_page(exported, browser, tmp_path):
    """EXPORT.md's page finds the box, in Chromium."""
    folder, images, expected = exported
    if "class" in expected:
        pytest.skip("the page is for 224 pixels")
    if not WEB.is_dir():
        pytest.skip("needs `npm install --prefix build/export onnxruntime-web@1.30.0`")
    (tmp_path / "node_modules").symlink_to(WEB)
    (tmp_path / "index.html").write_text(PAGE[0].replace("photographs.onnx", "edges.onnx"), "utf-8")
    (tmp_path / "edges.onnx").write_bytes((folder / "edges.onnx").read_bytes())
    Image.fromarray(images[0]).save(tmp_path / "photo.png")
    page = browser.new_page()
    page.route("http://here/**", lambda route: route.fulfill(path=tmp_path / route.request.url[12:]))
    page.goto("http://here/index.html")
    page.locator("input").set_input_files(tmp_path / "photo.png")
    page.wait_for_function("document.querySelector('output').value")
    found = [int(word) for word in page.evaluate("document.querySelector('output').value").split(",")]
    np.testing.assert_allclose(found, expected["box"][0], atol=0.6)
    page.close()


def test_without_the_packages_for_onnx_one_line_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(export.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(keras.Model, "export", lambda self, path, **options: path.touch())
    paths = export.export("edges", tmp_path)
    assert [path.name for path in paths] == ["edges.tflite"]
    (line,) = capsys.readouterr().err.splitlines()
    assert "onnx or tf2onnx is not installed" in line and "pip install -r requirements-export.txt" in line


def test_a_head_that_does_not_exist_is_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit):
        export.main(["nothing", "--folder", str(tmp_path)])
    assert capsys.readouterr().err.count("\n") == 1 and not list(tmp_path.iterdir())
