"""`python -m tools.yours`: a folder of photos and labels in, a measured head and boxes out."""

import shutil

import numpy as np
import pytest

import localization_utils as lu
from tools import yours
from tools.photographs import labelled_photos

pytestmark = pytest.mark.slow  # `make check` leaves it out

FORMS = {"voc": "annotations", "yolo": "labels", "coco": "boxes.json", "csv": "boxes.csv"}


@pytest.fixture(autouse=True)
def short(monkeypatch, tmp_path):
    """Trainings of one epoch: here is tested what is read, said, kept and written."""
    for name, value in {"VERSIONS": 2, "EPOCHS": 1, "FOLDS": 2}.items():
        monkeypatch.setattr(yours, name, value)
    monkeypatch.setenv("LOCALIZATION_CACHE", str(tmp_path / "cache"))


def folder_of(tmp_path, form, labels=4, rest=1):
    """A folder with labelled photos of the project, and some without a label."""
    folder, items = tmp_path / "mine", labelled_photos()[: labels + rest]
    folder.mkdir()
    for item in items:
        shutil.copy(item.path, folder)
    moved = [item._replace(path=folder / item.path.name) for item in items]
    lu.write_annotations(moved[:labels], folder / FORMS[form], form)
    return folder, moved


@pytest.mark.parametrize("form", FORMS)
def test_a_folder_of_labelled_photos(form, tmp_path, monkeypatch, capsys):
    if form != "csv":  # trained once, in the form that most people have
        monkeypatch.setattr(yours, "trained", lambda head, *rows: head)
        monkeypatch.setattr(yours, "looked_twice", lambda head, photos, boxes: boxes)
    folder, items = folder_of(tmp_path, form)
    yours.run(folder, inclusive=False)
    said, out = capsys.readouterr().out, folder / "localization"
    assert f"4 photos with one labelled object each ({form.upper()})" in said
    assert "Fewer than 10 labels" in said and "one head finds all of them" in said
    assert said.count("mean IoU") == 4 and said.count("95 % interval") == 2
    assert sorted(path.name for path in out.iterdir()) == sorted(
        ["best-median-worst.png", "head.keras", yours.TARGETS[form]]
    )
    found, problems = lu.read_annotations(out / yours.TARGETS[form], folder)
    assert [item.path.name for item in found] == [item.path.name for item in items[4:]] and not problems
    again = lu.predict_boxes(
        lu.load_localizer(out / "head.keras"), [item.path for item in items[4:]], looks=2
    )
    assert np.allclose([item.box for item in found], again, atol=0.1)


def test_what_was_computed_is_kept_when_stopped(tmp_path, monkeypatch, capsys):
    folder, _ = folder_of(tmp_path, "csv")
    trained, calls = yours.trained, []

    def stopped(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return trained(*arguments)

    monkeypatch.setattr(yours, "trained", stopped)
    monkeypatch.setattr(yours, "EPOCHS", 1)  # nothing is measured here
    with pytest.raises(KeyboardInterrupt):
        yours.run(folder, inclusive=False)
    yours.run(folder, inclusive=False)
    assert len(calls) == 4  # the first fold was not trained again: the second, and all labels


def test_several_objects_and_broken_photos_are_named_and_the_rest_goes_on(tmp_path, capsys):
    folder, items = folder_of(tmp_path, "csv")
    items[0].path.write_bytes(items[0].path.read_bytes()[:2000])
    with open(folder / "boxes.csv", "a", encoding="utf-8") as file:
        file.write(f"{items[1].path.name},1,1,50,50,second\n{items[2].path.name},5,5,5,9,flat\n")
    labelled, form = yours.labels_of(folder, inclusive=False)
    said = capsys.readouterr().out
    assert form == "csv" and [item.path for item in labelled] == [items[2].path, items[3].path]
    for name in (items[0].path.name, items[1].path.name, items[2].path.name):
        assert sum(name in line for line in said.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["nowhere"], "nowhere"),
        (["."], "no"),
    ],
)
def test_without_labels_it_is_one_line(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["yours", *arguments])
    with pytest.raises(SystemExit) as stopped:
        yours.main()
    said = capsys.readouterr().err
    assert stopped.value.code == 1 and message in said and said.count("\n") == 1


def test_the_constant_box_does_not_know_its_own_photo():
    actual = np.array([[0, 0, 10, 10], [10, 10, 30, 30], [20, 20, 50, 50.0]])
    assert np.allclose(yours.constant_boxes(actual)[0], [15, 15, 40, 40])
