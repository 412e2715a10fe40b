"""The notebooks as documents; nbval, in the same pytest run, executes them and compares their outputs."""

import re

import keras
import nbformat
import numpy as np
import pytest
from PIL import Image

import localization_utils as lu
from localization_utils.compositing import vary_background
from localization_utils.photographs import _piece
from tools.course import LESSONS, NOTEBOOKS, lessons_in
from tools.lessons import taught

PATHS = lessons_in()
EACH = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def cells(path, kind):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == kind]


def outputs(path):
    return [output for cell in cells(path, "code") for output in cell.outputs]


def test_the_course_is_there():
    assert [path.stem for path in PATHS] == list(LESSONS) and len(LESSONS) == 14


@EACH
def test_every_cell_was_executed_in_order(path):
    counts = [cell.execution_count for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))


@EACH
def test_no_output_is_an_error_or_on_stderr(path):
    for output in outputs(path):
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output.text


@EACH
def test_every_output_is_compared(path):
    for cell in cells(path, "code"):
        ignored = re.search(r"NBVAL_\w+.*", cell.source)
        tags = [tag for tag in cell.metadata.get("tags", []) if tag.startswith("nbval")]
        assert not tags, f"use a comment that says why instead of the tag {tags}"
        assert ignored is None or ":" in ignored[0], f"{ignored[0]} needs ': why'"


@EACH
def test_the_frame_of_a_lesson(path):
    text = [cell.source for cell in cells(path, "markdown")]
    assert text[0].startswith(f"# {int(path.name[:2])} · ")
    assert "**You will learn**" in text[0] and "**Time:**" in text[0]
    recap, *exercises, ending = text[-5:]
    assert "## Recap" in recap and exercises[0].startswith("## Exercises")
    for number, (kind, source) in enumerate(zip(("Predict", "Change", "Spot the bug"), exercises), 1):
        assert f"### {int(path.name[:2])}.{number} · {kind}\n" in source
    assert ending.startswith(("Next: [", "Back to"))


@EACH
def test_cells_are_short_and_explained(path):
    notebook = nbformat.read(path, as_version=4)
    code = cells(path, "code")
    lengths = [len([line for line in cell.source.splitlines() if line.strip()]) for cell in code]
    assert max(lengths) <= 25 and np.median(lengths) <= 7
    assert sum(cell.cell_type == "markdown" for cell in notebook.cells) >= 0.5 * len(code)


@EACH
def test_links_between_lessons_lead_somewhere(path):
    for cell in cells(path, "markdown"):
        for target in re.findall(r"\]\((?!https://)([^)#]+\.ipynb)", cell.source):
            assert (NOTEBOOKS / target).is_file(), target


# --- helpers that a lesson teaches are the package's own


def test_taught_targets_equal_the_packages():
    sigmoid_targets, reverse_sigmoid = taught("01", ["sigmoid_targets", "reverse_sigmoid"])
    tlhw = np.random.default_rng(1).integers(0, 113, (500, 4))  # inside the image
    assert np.allclose(sigmoid_targets(tlhw), lu.sigmoid_targets(tlhw), atol=1e-7)
    y = np.linspace(0, 1, 1001)
    assert np.array_equal(reverse_sigmoid(y), lu.reverse_sigmoid(y))


def test_taught_sequence_equals_the_packages():
    _, _, sequence = taught("01", ["sample_rectangles", "sigmoid_targets", "LocalizationSequence"])
    own, packaged = sequence(8, 2, seed=5), lu.LocalizationSequence(8, 2, seed=5)
    for _ in range(2):
        for i in range(2):
            assert np.array_equal(own[i][0], packaged[i][0])
            assert np.allclose(own[i][1], packaged[i][1], atol=1e-7)
        own.on_epoch_end()
        packaged.on_epoch_end()


def test_taught_iou_equals_the_packages():
    (iou,) = taught("02", ["iou"])
    boxes = lu.to_pil_rect(np.random.default_rng(2).uniform(size=(2, 500, 4)))
    assert np.allclose(iou(*boxes), lu.iou(*boxes), atol=1e-5)


def test_taught_decoding_equals_the_packages():
    (to_pil_rect,) = taught("03", ["to_pil_rect"])
    y = np.random.default_rng(3).uniform(size=(500, 4)).astype("float32")
    assert np.allclose(to_pil_rect(y), lu.to_pil_rect(y), atol=1e-4)


def test_taught_edge_head_equals_the_packages():
    _, edge_head = taught("07", ["edges_of_profile", "edge_head"])
    tap = keras.Input((28, 28, 6))
    x = np.random.default_rng(4).uniform(size=(2, 28, 28, 6))
    taught_model = keras.Model(tap, edge_head(tap, 224, 8))
    packaged = keras.Model(tap, lu.edge_head([tap], 224, 8))
    packaged.set_weights(taught_model.get_weights())
    assert np.allclose(taught_model.predict(x, verbose=0), packaged.predict(x, verbose=0), atol=1e-4)


def test_taught_neck_equals_the_packages():
    (neck,) = taught("09", ["neck"])
    taps = [keras.Input((side, side, channels)) for side, channels in ((8, 3), (4, 5), (2, 6), (1, 9))]
    own, packaged = (keras.Model(taps, build(taps, 7, 4)) for build in (neck, lu.neck))
    weights = {weight.shape: weight for weight in own.get_weights()}  # in another order; all biases are 0
    packaged.set_weights([weights[weight.shape] for weight in packaged.get_weights()])
    values = [np.random.default_rng(10).random((2, *tap.shape[1:])) for tap in taps]
    assert np.allclose(own.predict(values, verbose=0), packaged.predict(values, verbose=0), atol=1e-5)


def test_taught_augmentation_equals_the_packages():
    (own,) = taught("10", ["vary_background"], Image=Image)
    piece = np.random.default_rng(11).integers(0, 256, (60, 60, 3)).astype("uint8")
    for seed in range(20):
        varied = [vary(piece, 40, np.random.default_rng(seed)) for vary in (own, vary_background)]
        assert np.array_equal(*varied)


def test_taught_masks_equal_the_packages():
    (named_targets,) = taught("10", ["named_targets"])
    targets = np.random.default_rng(5).uniform(0.3, 0.7, (9, 4)).astype("float32")
    targets[::3] = np.nan
    for own, packaged in zip(named_targets(targets), lu.named_targets(targets)):
        assert own.keys() == packaged.keys()
        assert all(np.array_equal(own[name], packaged[name]) for name in own)


def test_taught_label_head_equals_the_packages():
    (label_head,) = taught("10", ["label_head"])
    x = keras.Input((4, 4, 3))
    own, packaged = (keras.Model(x, head(x, 2, "softmax", "which")) for head in (label_head, lu.label_head))
    packaged.set_weights(own.get_weights())
    values = np.random.default_rng(6).random((2, 4, 4, 3))
    assert np.allclose(own.predict(values, verbose=0), packaged.predict(values, verbose=0), atol=1e-6)


def test_taught_looking_around_equals_the_packages():
    (look_around,) = taught("12", ["look_around"])
    x = keras.Input((6, 6, 3))
    own, packaged = (keras.Model(x, block(x, 2)) for block in (look_around, lu.look_around))
    packaged.set_weights(own.get_weights())
    values = np.random.default_rng(8).random((2, 6, 6, 3))
    assert np.allclose(own.predict(values, verbose=0), packaged.predict(values, verbose=0), atol=1e-6)


def test_taught_squares_equal_the_packages():
    squares_around, from_squares = taught("12", ["squares_around", "from_squares"])
    boxes = lu.to_pil_rect(np.random.default_rng(7).uniform(size=(500, 4)))
    squares = lu.squares_around(boxes)
    assert np.array_equal(squares_around(boxes), squares)
    assert np.array_equal(from_squares(boxes, squares), lu.from_squares(boxes, squares))


def test_taught_folds_and_intervals_equal_the_packages():
    folds, interval = taught("13", ["folds", "interval"])
    for photos, count, seed in ((99, 3, 0), (10, 5, 4)):
        assert np.array_equal(folds(photos, count, seed), lu.folds(photos, count, seed))
    differences = np.random.default_rng(9).normal(size=60)
    assert np.array_equal(interval(differences), lu.interval(differences))


def test_taught_boxes_move_as_those_of_photographs():
    flip_box, crop_box = taught("13", ["flip_box", "crop_box"])
    size, box = (90, 60), np.array([20, 10, 70, 35])
    photographs = lu.Photographs([(np.zeros((*size[::-1], 3), np.uint8), box)], 32)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        expected = crop_box(box, _piece(size, box, rng), 32)
        rng.uniform(size=3)  # brightness, contrast, colour
        expected = flip_box(expected, 32) if rng.random() < 0.5 else expected
        _, tlhw = photographs.version(0, np.random.default_rng(seed))
        assert np.allclose(lu.tlhw_to_xyxy(tlhw), expected)
