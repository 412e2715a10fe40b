"""The handout: what students get holds no solution, and works in a folder of its own."""

import os
import re
import subprocess
import sys
from zipfile import ZipFile

import nbformat
import pytest

from tests.test_help import secret
from tools import handout
from tools.course import LESSONS, PROJECT
from tools.course import lesson as path_of
from tools.exercises import cells_tagged_exercise, exercise_cells

LESSON_NUMBERS = [name[:2] for name in LESSONS]
STUDENT = """
from exercises import check, hint, solution
check("13.1", ...)
check("13.1", 0.8)
hint("13.1")
solution("13.1")
check("1.3", None)
"""


@pytest.fixture(scope="module")
def kept():
    return handout.contents()


def texts(kept):
    return {name: content.decode() for name, content in kept.items() if re.search(r"\.(py|md|ipynb)$", name)}


def test_what_students_need_is_there(kept):
    for name in ("notebooks/01-generate.ipynb", "exercises/hints/lesson_01.md", "saved-models/edges.keras"):
        assert name in kept
    assert {f"notebooks/{name}.ipynb" for name in LESSONS} < set(kept)
    packages = [path.relative_to(PROJECT).as_posix() for path in PROJECT.glob("localization_utils/**/*.py")]
    assert set(packages) < set(kept)
    assert not any(re.match("tests/|exercises/solutions/|TEACHING|CONTRIBUTING", name) for name in kept)


@pytest.mark.parametrize("lesson", LESSON_NUMBERS)
def test_no_solution_is_there(kept, lesson):
    lesson_of_zip = kept[f"notebooks/{path_of(lesson).name}"].decode()
    cells = cells_tagged_exercise(nbformat.reads(lesson_of_zip, as_version=4))
    assert [cell.source for cell in cells] == exercise_cells(lesson)
    others = "\n".join(text for name, text in texts(kept).items() if re.match("exercises/", name))
    for number in (1, 2, 3):
        values, lines = secret(lesson, number)
        assert not lines or "\n".join(lines) not in re.sub(r"(?m)^ +", "", others)
        assert not any(f"= {value}  # " in others for value in values)
    assert "Why: " not in kept[f"exercises/hints/lesson_{lesson}.md"].decode()


def test_nothing_needs_what_was_left_out(kept):
    for name, text in texts(kept).items():
        if name.endswith(".py"):
            assert not re.search(r"(?m)^ *(from|import) (tests|tools\.(exercises|handout|slides))\b", text), (
                name
            )
    for name in ("README.md", "GLOSSARY.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", kept[name].decode()):
            assert "://" in target or any(f"{each}/".startswith(f"{target.rstrip('/')}/") for each in kept)
    makefile = kept["Makefile"].decode()
    targets = set(re.findall(r"(?m)^([a-z]+):", makefile))
    assert {"help", "run", "lab", "grade"} <= targets <= set(handout.TARGETS)
    assert set(re.findall(r"echo \"make (\w+)", makefile)) <= targets


def test_the_readme_is_for_students(kept):
    text = kept["README.md"].decode()
    assert "This copy is for students." in text and "Teach with it" not in text
    assert set(re.findall(r"make ([a-z]+)", text)) <= set(handout.TARGETS)
    assert " ()" not in text and "and after a try" not in kept["notebooks/05-activations.ipynb"].decode()
    assert "requirements-export.txt" in kept  # EXPORT.md installs it


def test_everybody_may_read_what_is_unpacked(tmp_path):
    handout.pack(tmp_path / "course.zip")
    with ZipFile(tmp_path / "course.zip") as file:
        assert {entry.external_attr >> 16 for entry in file.infolist()} == {0o644}


def test_what_the_instructor_tried_is_not_handed_out(tmp_path):
    path = PROJECT / "notebooks" / "01-generate.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = cells_tagged_exercise(notebook)[0]
    cell.source, cell.outputs[0].text = "target_of_56 = 0.378", "Exercise 1.1: right."
    nbformat.write(notebook, tmp_path / path.name)
    text = handout._unsolved(tmp_path / path.name).decode()
    cells = cells_tagged_exercise(nbformat.reads(text, as_version=4))
    assert [cell.source for cell in cells] == exercise_cells("01") and "1.1: right" not in text


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    handout.pack(folder / "handout.zip")
    with ZipFile(folder / "handout.zip") as file:
        file.extractall(folder)
    return folder / handout.ROOT


def python(code, unpacked, folder):
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()


def test_it_works_in_a_folder_of_its_own(unpacked):
    lines = python(STUDENT, unpacked, unpacked / "notebooks")
    assert lines[0] == "Exercise 13.1: not solved yet."
    assert lines[1].startswith("Exercise 13.1: not right yet. The four sides do not simply add up")
    assert 'hint("13.1")' in lines[2] and lines[3].startswith("Hint 1 of 3 for exercise 13.1: ")
    assert lines[4] == "This copy of the course comes without solutions. Your instructor has them."
    assert lines[5].startswith("Exercise 1.3: not right yet.")


@pytest.mark.slow
def test_its_tools_start(unpacked):
    names = sorted(f"tools.{path.stem}" for path in (unpacked / "tools").glob("[a-z]*.py"))
    code = f"import {', '.join(names)}; print(tools.__file__)"
    assert python(code, unpacked, unpacked) == [str(unpacked / "tools" / "__init__.py")]
