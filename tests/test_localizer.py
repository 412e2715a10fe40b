"""Heads, the IoU metric, and the joined model, as the notebooks use them."""

from io import BytesIO
from zipfile import ZipFile

import keras
import numpy as np
import pytest

import localization_utils as lu
from localization_utils import localizer


@pytest.fixture(scope="module")
def shipped():
    return lu.load_localizer("localization-1")


@pytest.mark.slow
def test_the_shipped_head_finds_boxes(shipped):
    x, y = lu.LocalizationSequence(batch_size=16, batches=1, seed=8)[0]
    actual = lu.to_pil_rect(y)
    boxes = lu.predict_boxes(shipped, x)
    constant = lu.to_pil_rect(y.mean(axis=0))
    assert boxes.shape == (16, 4)
    assert lu.iou(actual, boxes).mean() > 0.4 > 0.2 > lu.iou(actual, constant).mean()
    assert np.allclose(boxes, lu.to_pil_rect(shipped.predict(x, verbose=0)), atol=1e-3)


def test_the_shipped_edge_head_finds_them_to_the_pixel():
    images, tlhw = lu.WhiteRectangles().sample(np.random.default_rng(9), 16)
    actual = lu.tlhw_to_xyxy(tlhw)
    boxes = lu.predict_boxes(lu.load_localizer("edges"), images)
    assert lu.iou(actual, boxes).mean() > 0.95
    assert (np.round(boxes) == actual).all(axis=1).mean() > 0.9


def test_bytes_and_floats_give_the_same_boxes(shipped):
    images, _ = lu.WhiteRectangles().sample(np.random.default_rng(1), 3)
    assert np.array_equal(lu.predict_boxes(shipped, images), lu.predict_boxes(shipped, images / 255))
    assert lu.predict_boxes(shipped, images[:0]).shape == (0, 4)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((224, 224, 3), np.uint8), r"shape \(224, 224, 3\); the model takes \(n, 224, 224, 3\)"),
        (np.zeros((1, 64, 64, 3), np.uint8), r"shape \(1, 64, 64, 3\)"),
        (np.full((1, 224, 224, 3), 200.0), r"range over 200\.\.200; give uint8"),
        (np.full((1, 224, 224, 3), np.nan), "range over nan"),
    ],
)
def test_bad_images_are_one_clear_line(shipped, images, message):
    with pytest.raises(ValueError, match=message) as error:
        lu.predict_boxes(shipped, images)
    assert "\n" not in str(error.value)


def test_own_heads_and_whole_models_load_by_path(tmp_path):
    inputs = keras.Input((1, 1, 512), name="block5_pool")
    head = keras.Model(inputs, lu.dense_head(inputs))
    head.compile(loss="binary_crossentropy", optimizer="adam", metrics=[lu.BoxIoU(32)])
    head.fit(np.zeros((2, 1, 1, 512)), np.full((2, 4), 0.5), verbose=0)
    head.save(tmp_path / "own.keras")
    joined = lu.load_localizer(str(tmp_path / "own.keras"))
    assert joined.input_shape == (None, 32, 32, 3)
    joined.save(tmp_path / "whole.keras")
    again = lu.load_localizer(str(tmp_path / "whole.keras"))
    x = np.random.default_rng(1).uniform(size=(2, 32, 32, 3))
    assert np.allclose(joined.predict(x, verbose=0), again.predict(x, verbose=0))
    assert isinstance(keras.models.load_model(tmp_path / "own.keras"), keras.Model)


def test_unknown_models_list_what_there_is(tmp_path):
    with pytest.raises(
        FileNotFoundError,
        match=r'name is "nope"; give a head in saved-models/ \(anything, backgrounds, classes, edges, ',
    ):
        lu.load_localizer("nope")
    inputs = keras.Input((7, 7, 100), name="odd")
    keras.Model(inputs, lu.dense_head(inputs)).save(tmp_path / "odd.keras")
    with pytest.raises(ValueError, match='tap is "odd"; choose'):
        lu.load_localizer(str(tmp_path / "odd.keras"))


def test_shipped_heads_are_small():
    for path in localizer.SAVED_MODELS.glob("*.keras"):
        if not path.name.startswith("my-"):
            assert path.stat().st_size < 2e6, path


@pytest.mark.parametrize("activation", ["sigmoid", "linear", "tanh", "leaky_relu"])
def test_a_small_model_with_any_activation_trains(activation):
    model = lu.build_localization_model(32, weights=None, activation=activation)
    model.compile(loss="mse", optimizer="adam", metrics=[lu.BoxIoU(32)])
    history = model.fit(lu.LocalizationSequence(2, 2, lu.WhiteRectangles(32)), verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    assert 0 <= history.history["iou"][0] <= 1


def test_the_metric_is_the_mean_iou_of_decoded_boxes():
    rng = np.random.default_rng(2)
    y_true, y_pred = rng.uniform(0.27, 0.73, (2, 50, 4)).astype("float32")
    metric = lu.BoxIoU()
    metric.update_state(y_true[:30], y_pred[:30])
    metric.update_state(y_true[30:], y_pred[30:])
    expected = lu.iou(lu.to_pil_rect(y_true), lu.to_pil_rect(y_pred)).mean()
    assert float(metric.result()) == pytest.approx(expected, abs=1e-5)
    assert lu.BoxIoU.from_config(lu.BoxIoU(64).get_config()).image_size == 64


def parts_of(path):
    with ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(parts):
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


WHOLE = localizer.SAVED_MODELS / "edges.keras"
PARTS = parts_of(WHOLE)
WEIGHTS = PARTS["model.weights.h5"]
DAMAGED = {
    "empty.keras": (b"", "not a .keras file"),
    "text.keras": (b"some text", "not a .keras file"),
    "truncated.keras": (WHOLE.read_bytes()[:1000], "only a part of one"),
    "no-config.keras": (zipped({"model.weights.h5": WEIGHTS}), "config.json"),
    "no-weights.keras": (zipped({"config.json": PARTS["config.json"]}), "model.weights.h5"),
    "bad-config.keras": (zipped(PARTS | {"config.json": "{"}), "Expecting property name"),
    "half-weights.keras": (zipped(PARTS | {"model.weights.h5": WEIGHTS[:5000]}), "truncated file"),
    "empty.h5": (b"", "signature not found"),
    "garbage.h5": (b"garbage" * 1000, "signature not found"),
    "truncated.h5": (WEIGHTS[:5000], "truncated file"),
    "only-weights.h5": (WEIGHTS, "No model config"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_model_is_one_line_that_names_it(name, tmp_path):
    content, wrong = DAMAGED[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError) as refused:
        lu.load_localizer(tmp_path / name)
    said = str(refused.value)
    assert said.startswith(f"{tmp_path / name} cannot be loaded: ") and wrong in said
    assert said.endswith("Save the model again, or take a whole copy of the file.") and "\n" not in said
    assert refused.value.__context__ is None  # no trace of what Keras says inside


def test_a_damaged_head_of_the_course_comes_back_with_git(tmp_path, monkeypatch):
    monkeypatch.setattr(localizer, "SAVED_MODELS", tmp_path)
    (tmp_path / "edges.keras").write_bytes(b"")
    with pytest.raises(ValueError, match="Restore it: git checkout -- saved-models/edges.keras.$"):
        lu.load_localizer("edges")


def test_a_model_that_brings_code_is_refused_in_one_line(tmp_path):
    inputs = keras.Input((4,), name="block5_pool")
    keras.Model(inputs, keras.layers.Lambda(lambda x: x)(inputs)).save(tmp_path / "code.keras")
    with pytest.raises(ValueError, match="code.keras cannot be loaded: .*arbitrary code") as refused:
        lu.load_localizer(tmp_path / "code.keras")
    assert len(str(refused.value)) < 500 and "\n" not in str(refused.value)
