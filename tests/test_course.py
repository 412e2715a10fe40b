"""What is a lesson, from where it runs, and what becomes of a lesson that is killed."""

import os
import re

import nbformat
import pytest

from tools import publish
from tools.course import LESSONS, NOTEBOOKS, PROJECT, lesson, lessons_in
from tools.lessons import taught
from tools.notebooks import execute

STRAYS = (
    "Untitled.ipynb",
    "01-generate_backup.ipynb",
    "01-generate-Copy1.ipynb",
    "01-old.ipynb",
    "15-mine.ipynb",
    ".ipynb_checkpoints/01-generate-checkpoint.ipynb",
)
FILES = {"08": "SPRITES", "09": "SEEN", "10": "UNSEEN", "11": "SPRITES", "12": "OBJECTS", "14": "ANIMALS"}
UNFINISHED = "{"  # no notebook
BARE = r'"\.\.|(?<!/ )(?<!glob\()"(assets|saved-models|build)\b'


@pytest.fixture
def littered(tmp_path):
    """A project with one lesson and what else may lie beside it."""
    folder = tmp_path / "notebooks"
    (folder / ".ipynb_checkpoints").mkdir(parents=True)
    (folder / "01-generate.ipynb").write_bytes(lesson("01").read_bytes())
    for name in STRAYS:
        (folder / name).write_text(UNFINISHED)
    (tmp_path / "README.md").write_text("# Course\n")
    return tmp_path


def test_only_lessons_are_lessons(littered):
    folder = littered / "notebooks"
    assert lessons_in(folder) == [folder / "01-generate.ipynb"]
    changed = publish.publish("jane/course", littered)
    assert set(changed) == {littered / "README.md", folder / "01-generate.ipynb"}
    assert all((folder / name).read_text() == UNFINISHED for name in STRAYS)


def test_only_lessons_are_run_by_pytest(request):
    ignored = request.config.hook.pytest_ignore_collect
    for name in STRAYS:
        assert ignored(collection_path=NOTEBOOKS / name, config=request.config)
    for path in (*lessons_in(), PROJECT / "tests" / "test_course.py"):
        assert not ignored(collection_path=path, config=request.config)


def test_the_readme_lists_the_lessons():
    rows = re.findall(r"(?m)^\| \[(.+?)\]\(notebooks/\1\.ipynb\)", (PROJECT / "README.md").read_text("utf-8"))
    assert tuple(rows) == LESSONS


@pytest.mark.parametrize("path", lessons_in(), ids=lambda path: path.stem)
def test_a_lesson_finds_its_files_from_any_folder(path, tmp_path, monkeypatch):
    cells = nbformat.read(path, as_version=4).cells
    bare = [cell.source for cell in cells if cell.cell_type == "code" and re.search(BARE, cell.source)]
    assert not bare, "write lu.PROJECT before a path"
    monkeypatch.chdir(tmp_path)
    if name := FILES.get(path.name[:2]):
        (found,) = taught(path.name[:2], [name])
        assert found and all(each.is_file() for each in found)


@pytest.mark.skipif(os.name == "nt", reason="needs a signal that kills")
def test_a_killed_lesson_is_one_line(tmp_path):
    cell = nbformat.v4.new_code_cell("import os\nos.kill(os.getpid(), 9)")
    path = tmp_path / "09-backgrounds.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    with pytest.raises(SystemExit, match="09-backgrounds: .* memory .* close other notebooks") as stopped:
        execute(path)
    assert "\n" not in str(stopped.value)
