"""Files are written whole or not at all: what a full disk leaves of what the tools write."""

import os
import re
import stat
from contextlib import contextmanager

import keras
import nbformat
import pytest

from tools import exercises, files, notebooks, publish, race, slides
from tools.course import PROJECT, lesson
from tools.ship import ship

ROOM = 4096  # bytes, less than any of the files here takes
BARE = r"nbformat\.write\(|\b(?!part\.)\w+\.write_(text|bytes)\(|\.(save|savefig)\((?!part)"
OTHERWISE = ("grade", "stale")  # the one has a report of its own, the other only a temporary folder


@contextmanager
def full_disk():
    """No file can grow beyond `ROOM` bytes, as on a full disk."""
    resource = pytest.importorskip("resource", reason="this system cannot limit the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def large_head():
    inputs = keras.Input((64,), name="tap")
    return keras.Model(inputs, keras.layers.Dense(99)(inputs))


def plot():
    race.plot({name: [[32, 1.0, 0.2], [64, 2.0, 0.5]] for name in race.NAMES})


WRITERS = {  # what is written, and by whom
    "refresh": ("notebooks/01-generate.ipynb", lambda path: notebooks.refresh([path])),
    "run": ("build/notebooks/01-generate.ipynb", lambda path: notebooks.run([lesson("01")], {})),
    "publish": ("notebooks/01-generate.ipynb", lambda path: publish.publish("jane/course", path.parents[1])),
    "exercises": ("notebooks/01-generate.ipynb", exercises.derive_in),
    "slides": ("live/01-generate.ipynb", lambda path: slides.export(lesson("01"))),
    "race": ("race.png", lambda path: plot()),
    "ship": ("head.keras", lambda path: ship("my-head.keras", path)),
    "gallery": ("gallery.png", lambda path: files.copy(PROJECT / "assets" / "gallery.png", path)),
}


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder in the place of the project, and no lesson or head that takes time."""
    monkeypatch.setattr(notebooks, "PROJECT", tmp_path)
    monkeypatch.setattr(slides, "LIVE", tmp_path / "live")
    monkeypatch.setattr(slides, "SLIDES", tmp_path / "live")
    monkeypatch.setattr(race, "PLOT", tmp_path / "race.png")
    monkeypatch.setattr(notebooks, "execute", lambda path, *_: (nbformat.read(path, as_version=4), 1.0))
    monkeypatch.setattr(keras.models, "load_model", lambda *_, **__: large_head())
    (tmp_path / "README.md").write_text("# Course\n")
    return tmp_path


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_leaves_what_was_there(name, elsewhere):
    path, write = elsewhere / WRITERS[name][0], WRITERS[name][1]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lesson("01").read_bytes() + b"\n")
    before = path.read_bytes(), sorted(path.parent.iterdir())
    with full_disk(), pytest.raises(SystemExit) as stopped:
        write(path)
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == before  # and nothing half written
    assert re.fullmatch(f"{path.resolve()} cannot be written: .* free some space .*", str(stopped.value))
    write(path)  # with room it is written
    assert path.read_bytes() != before[0]


def test_permissions_and_links_stay(tmp_path):
    path, link = tmp_path / "a.json", tmp_path / "link.json"
    path.write_text("old")
    path.chmod(0o640)
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("this system does not let one make links")
    files.write_text(link, "new\n")
    assert link.is_symlink() and path.read_bytes() == b"new\n"
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_is_one_like_others(tmp_path):
    (tmp_path / "usual").touch()
    files.write_text(tmp_path / "deep" / "new", "")
    assert (tmp_path / "deep" / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_what_stops_the_writing_leaves_nothing_behind(tmp_path):
    for stop in (KeyboardInterrupt, ValueError):
        with pytest.raises(stop), files.whole(tmp_path / "a") as part:
            part.write_text("half")
            raise stop
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", sorted((PROJECT / "tools").glob("*.py")), ids=lambda path: path.stem)
def test_no_tool_writes_in_another_way(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    bare = [line for line in lines if re.search(BARE, line)]
    assert not bare or path.stem in OTHERWISE, f"use tools.files: {bare}"
