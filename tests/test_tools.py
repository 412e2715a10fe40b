"""When outputs count as equal: what is forgiven, and what is not."""

import json
import subprocess
from base64 import b64encode
from io import BytesIO
from zipfile import ZipFile

import keras
import nbformat
import numpy as np
import pytest
from PIL import Image

import localization_utils as lu
from tools import ablation
from tools.comparison import ComparableText, same_text, sanitized
from tools.lessons import taught
from tools.notebooks import committed, keep_equal_outputs, result_of, with_constants
from tools.race import LEVELS, OriginalSequence, first, table
from tools.ship import ship
from tools.variety import OBJECTS, chosen, differences

BAR = "32/32 \x1b[1m{}\x1b[0m {}ms/step - iou: 0.57{} - loss: 0.65{}"


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        ("mean IoU 0.56", "mean IoU 0.58", True),
        ("mean IoU 0.56", "mean IoU 0.59", False),
        ("mean IoU 0.5612", "mean IoU 0.5618", False),
        ("mean IoU 0.5", "mean IoU 0.50", False),
        ("32 images", "33 images", False),
        ("[28., 183.]", "[30., 182.]", True),
        ("[28., 183.]", "[31., 182.]", False),
        ("It shows 28. Then", "It shows 29. Then", False),
        ("error -0.01", "error 0.01", True),
        ("loss 0.65", "cost 0.65", False),
        ("0.1 0.2", "0.1", False),
        ("one step 4.6 s, 24 min", "one step 9.1 s, 51 min", True),
        (
            "cached: 100%|##| 8/8 [00:02<00:00, 7.2 images/s]",
            "cached: 100%|##| 8/8 [00:00<?, ? images/s]",
            True,
        ),
        (
            "cached: 100%|##| 8/8 [00:02<00:00, 7.2 images/s]",
            "cached:  50%|# | 4/8 [00:00<?, ? images/s]",
            False,
        ),
        (BAR.format("0s", 6, "11", "01"), BAR.format("12s", 400, "38", "44"), True),
        (BAR.format("0s", 6, "11", "01"), BAR.format("0s", 6, "11", "01").replace("0.57", "0.37"), False),
    ],
)
def test_same_text(a, b, equal):
    assert same_text(sanitized(a), sanitized(b)) is equal
    assert (ComparableText(sanitized(a)) == ComparableText(sanitized(b))) is equal
    assert (ComparableText(sanitized(a)) != ComparableText(sanitized(b))) is not equal


def notebook(text, tags=()):
    cell = nbformat.v4.new_code_cell("print()", metadata={"tags": list(tags)})
    cell.id = "a"
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
    return nbformat.v4.new_notebook(cells=[cell])


def test_refresh_keeps_what_says_the_same_and_takes_what_does_not():
    after = notebook("took 2.1 s, IoU 0.57")
    keep_equal_outputs(notebook("took 1.0 s, IoU 0.56"), after)
    assert after.cells[0].outputs[0].text == "took 1.0 s, IoU 0.56"
    after = notebook("took 2.1 s, IoU 0.97")
    keep_equal_outputs(notebook("took 1.0 s, IoU 0.56"), after)
    assert after.cells[0].outputs[0].text == "took 2.1 s, IoU 0.97"


def test_refresh_takes_every_number_after_a_changed_cell():
    before, after = notebook("IoU 0.56"), notebook("IoU 0.57")
    for lesson, source in ((before, "IMAGES = 256"), (after, "IMAGES = 512")):
        lesson.cells.insert(0, nbformat.v4.new_code_cell(source, id="constants"))
    keep_equal_outputs(before, after)
    assert after.cells[1].outputs[0].text == "IoU 0.57"


def picture(colour, moved=0):
    image = Image.new("RGB", (40, 40), colour)
    image.putpixel((1 + moved, 1), (0, 0, 0))
    file = BytesIO()
    image.save(file, "PNG")
    result = notebook("")
    data = {"image/png": b64encode(file.getvalue()).decode(), "text/plain": "<Figure>"}
    result.cells[0].outputs = [nbformat.v4.new_output("display_data", data)]
    return result


def test_refresh_compares_with_what_was_committed(tmp_path, monkeypatch):
    path = tmp_path / "01-new.ipynb"
    nbformat.write(notebook("one"), path)
    assert committed(path).cells[0].outputs[0].text == "one"
    git = ["git", "-c", "user.name=n", "-c", "user.email=e"]
    for command in (["init", "-q"], ["add", path.name], ["commit", "-qm", "one"]):
        subprocess.run(git + command, cwd=tmp_path, check=True)
    nbformat.write(notebook("two"), path)
    assert committed(path).cells[0].outputs[0].text == "one"
    monkeypatch.setenv("PATH", str(tmp_path))  # no git
    assert committed(path).cells[0].outputs[0].text == "two"


def test_refresh_compares_pictures_by_what_they_show():
    before, nearly = picture("white"), picture((250, 255, 255))
    kept = before.cells[0].outputs
    keep_equal_outputs(before, nearly)
    assert nearly.cells[0].outputs == kept
    for other in (picture("white", moved=1), picture("grey")):
        keep_equal_outputs(before, other)
        assert other.cells[0].outputs != kept


def test_refresh_takes_every_output_of_a_changed_cell():
    after = notebook("took 2.1 s")
    after.cells[0].source = "print(1)"
    keep_equal_outputs(notebook("took 1.0 s"), after)
    assert after.cells[0].outputs[0].text == "took 2.1 s"


def test_constants_take_another_value_where_they_are_set():
    cells = ["%pwd", "IMAGES, EPOCHS = 3, (\n 2)\nRATE = 0.1\nBOTH = 2 * EPOCHS", "print(IMAGES)"]
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    with_constants(lesson, {"EPOCHS": "7", "RATE": "0.2"})
    assert [cell.source for cell in lesson.cells[::2]] == cells[::2]
    values = {}
    exec(lesson.cells[1].source, values)
    assert [values[name] for name in ("IMAGES", "EPOCHS", "RATE", "BOTH")] == [3, 7, 0.2, 14]
    with pytest.raises(ValueError, match="this lesson sets no constant EPOCH"):
        with_constants(lesson, {"EPOCH": "7"})


def test_results_come_from_tagged_cells():
    assert result_of(notebook("mean IoU\n0.56\n", ["result"])) == "mean IoU 0.56"
    assert result_of(notebook("mean IoU 0.56")) == ""


def test_the_originals_generator_draws_what_its_targets_say():
    images, targets = OriginalSequence(batches=2, seed=1)[0]
    left, top, right, bottom = np.round(lu.to_pil_rect(targets)).astype(int).T
    for i, image in enumerate(images):
        inside = image[top[i] : bottom[i], left[i] : right[i]]
        assert inside.min() == 1 and image.sum() == inside.size


def test_the_race_names_the_first_point_at_a_level():
    curve = [[32, 1.0, 0.2], [64, 2.0, 0.5], [96, 3.0, 0.45]]
    assert first(curve, 0.25) == [64, 2.0, 0.5] and first(curve, 0.9) is None
    lines = table({"original_measured": False, "original": curve, "dense": curve, "edge": curve}).splitlines()
    assert len(lines) == 2 + len(LEVELS) + 1 and "320 steps extrapolated" in lines[0]
    assert (
        lines[2].startswith("| 0.25 | 64 passes, 2 s") and lines[4] == "| 0.90 " + 3 * "| not reached " + "|"
    )
    assert lines[-1].startswith("| at the end | 0.450 (96 passes, 3 s)")


def test_a_lessons_functions_take_what_they_find_beside_them():
    train_head, epochs = taught("07", ["train_head", "EPOCHS"], TAP="elsewhere")
    assert train_head.__globals__["TAP"] == "elsewhere" and train_head.__globals__["EPOCHS"] == epochs


def test_a_shipped_head_leaves_behind_what_the_optimizers_remember(tmp_path):
    """Those of the heads inside a head, too, as in lesson 12."""
    inner = keras.Sequential([keras.Input((64,), name="tap"), keras.layers.Dense(64)])
    inner.compile("adam", "mse")
    inner.fit(np.ones((4, 64)), np.ones((4, 64)), verbose=0)
    inputs = keras.Input((64,), name="tap")
    head = keras.Model(inputs, {"box": keras.layers.Rescaling(2.0, name="box")(inner(inputs))}, name="head")
    head.save(tmp_path / "my-head.keras")
    ship(tmp_path / "my-head.keras", tmp_path / "head.keras")
    shipped = keras.models.load_model(tmp_path / "head.keras")
    assert (shipped.name, shipped.inputs[0].name) == ("head", "tap")
    assert not any(layer.compiled for layer in shipped.layers if isinstance(layer, keras.Model))
    x = np.random.default_rng(1).uniform(size=(2, 64))
    assert np.allclose(shipped.predict(x, verbose=0)["box"], head.predict(x, verbose=0)["box"], atol=0.05)
    with ZipFile(tmp_path / "head.keras") as file:
        assert file.getinfo("model.weights.h5").file_size < 2 * 4 * (64 * 64 + 64)  # Adam keeps twice that


def test_variety_compares_image_by_image():
    hard = np.random.default_rng(1).random((1, 200))  # what makes an image hard is the same for all
    scores = {30: np.repeat(hard + 0.1, 3, axis=0), 3: np.repeat(hard, 3, axis=0)}
    scores[30][2] += 0.06  # one of three seeds is better
    found = differences(scores)
    assert list(found) == ["30 - 3"] and found["30 - 3"]["mean"] == 0.12
    assert found["30 - 3"]["interval"] == [0.12, 0.12] and found["30 - 3"]["each_seed"] == [0.1, 0.1, 0.16]


def test_variety_shows_other_objects_for_each_seed():
    assert chosen(3, 1) != chosen(3, 2) and chosen(3, 1) == chosen(3, 1)
    assert len(set(chosen(30, 1))) == 30 and chosen(len(OBJECTS), 1) == chosen(len(OBJECTS), 2) == OBJECTS


def test_the_ablation_compares_photo_by_photo():
    heads = {name: [[0.5, 0.7], [0.6, 0.9]] for name in ablation.HEADS}
    heads["+ dropout"] = [[0.7, 0.7], [0.6, 0.9]]
    found = ablation.changes(heads)
    assert found.keys() == ablation.ABOVE.keys() < ablation.HEADS.keys()
    assert found["+ dropout"] == {"mean": 0.05, "interval": [0, 0.1]}
    assert found["pixels 0..1, rescaled"]["mean"] == 0


def test_the_measured_ablation_is_that_of_the_tool():
    measured = json.loads(ablation.RESULT.read_text(encoding="utf-8"))
    assert list(measured["heads"]) == list(ablation.HEADS)
    assert measured["changes"] == ablation.changes(measured["heads"])
