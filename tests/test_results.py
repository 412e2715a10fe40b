"""What RESULTS.md and README.md show is what was measured; no number in them is typed by hand."""

import json
import re

import numpy as np
import pytest

import localization_utils as lu
from tools import record, results
from tools.course import PROJECT
from tools.measure import interval_by_photo, photos_of

BLOCK_OR_CODE = r"(?s)<!-- ([a-z]+) -->.*?<!-- /\1 -->|```.*?```|`[^`]*`|\(https?://[^)]*\)"
MEASUREMENT = r"\d+\.\d+|\d+ ?%|\d+ (?:s|ms|times)\b"  # what a typed result would look like
NO_RESULTS = r"Python 3\.\d+, 3\.\d+ or 3\.\d+|95 of 100"  # versions, and what an interval is


def text_of(name):
    return (PROJECT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", results.DOCUMENTS)
def test_a_document_is_what_was_measured(name):
    assert results.DOCUMENTS[name](text_of(name)) == text_of(name), "run make results"


@pytest.mark.parametrize("name", ["README.md", "RESULTS.md"])
def test_no_result_is_typed_by_hand(name):
    prose = re.sub(NO_RESULTS, "", re.sub(BLOCK_OR_CODE, "", text_of(name)))
    assert re.findall(MEASUREMENT, prose) == []


def test_every_table_stands_in_a_document():
    found = re.findall(r"<!-- ([a-z]+) -->", text_of("README.md") + text_of("RESULTS.md"))
    assert sorted(found) == sorted(results.BLOCKS)


@pytest.mark.parametrize("path", sorted(record.MEASURED.iterdir()), ids=lambda path: path.stem)
def test_a_measured_file_says_how_it_was_measured(path):
    data = json.loads(path.read_text(encoding="utf-8"))
    assert re.match(r"(KERAS_BACKEND=jax )?python (-m tools\.|tools/)\w+", data["command"])
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", data["date"]) and data["machine"]
    assert set(data["precision"].split(" and ")) <= set(lu.settings.PRECISIONS)


@pytest.mark.skipif(not (record.MEASURED / "growth.json").is_file(), reason="growth is not measured yet")
def test_the_memory_of_a_growing_cache_stays():
    rows = [row for row in record.recorded("growth")["rows"] if row["processes"] == 1]
    first, last = rows[0], rows[-1]
    assert last["images"] >= 8 * first["images"] and last["memory_mb"] < 1.1 * first["memory_mb"]
    assert last["disk_mb"] == pytest.approx(first["disk_mb"] * last["images"] / first["images"], rel=0.01)


def test_half_precision_changes_no_more_than_the_package_says():
    changes = {name: abs(row["iou"][2]) for name, row in record.recorded("precision")["rows"].items()}
    assert set(changes) == set(lu.localizer.TRAINED_ON)
    assert changes.pop("localization-1") < 0.01 and max(changes.values()) < 0.002


def test_figures_are_recorded_with_five_digits(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "MEASURED", tmp_path)
    figures = {"iou": np.float32(0.123456789), "counts": np.arange(3), "rows": [{"n": np.int64(7)}]}
    record.record("a", "python -m tools.a", **figures)
    found = record.recorded("a")
    assert found["iou"] == 0.12346 and found["counts"] == [0, 1, 2] and found["rows"] == [{"n": 7}]
    assert '"counts": [0, 1, 2]' in (tmp_path / "a.json").read_text()


def test_an_interval_draws_photos_and_not_images():
    scores = np.repeat([0.2, 0.8], 100)  # of two photos, a hundred images each
    assert np.allclose(interval_by_photo(scores, np.repeat([4, 9], 100)), (0.2, 0.8))
    alone = interval_by_photo(scores, np.arange(200))
    assert np.allclose(alone, lu.interval(scores), atol=0.02)


def test_the_photo_behind_an_image_is_found(tmp_path):
    from PIL import Image

    paths = [tmp_path / f"{i}.png" for i in range(3)]
    for i, path in enumerate(paths):
        Image.new("RGB", (450, 450), (80 * i, 10, 20)).save(path)
    sprites = sorted((PROJECT / "assets" / "sprites").glob("*.png"))
    scene = lu.Sprites(sprites, paths, presence=0.0)
    sequence = lu.LocalizationSequence(batches=2, scene=scene, seed=5, fixed=True)
    drawn = np.concatenate([sequence.draw(i)[0][:, 0, 0, 0] for i in range(2)])
    assert (photos_of(sequence) == drawn // 80).all() and len(set(drawn)) == 3
