"""The exercises: cells, solutions and wrong answers agree."""

import re

import matplotlib.pyplot as plt
import nbformat
import pytest

from exercises import check, checking
from tests.wrong_answers import WRONG
from tools.course import lesson as path_of
from tools.course import lessons_in
from tools.exercises import cells_tagged_exercise, exercise_cells, solution_cells
from tools.grade import grade

LESSONS = [path.name[:2] for path in lessons_in()]
CASES = [(lesson, number) for lesson in LESSONS for number in (1, 2, 3)]
TRAINED = {("02", 1), ("08", 1), ("09", 1), ("11", 1), ("12", 1), ("14", 1)}  # ask a trained head
MARKED = [pytest.param(*case, marks=[pytest.mark.slow] if case in TRAINED else []) for case in CASES]


def outcome_of(source, lesson):
    """Execute a cell under its solutions' imports; the outcome that its check notes."""
    names = {}
    exec(solution_cells(lesson)[0], names)
    exec(source, names)
    plt.close("all")
    return checking.OUTCOMES[-1]


@pytest.mark.parametrize("lesson", LESSONS)
def test_exercise_cells_are_derived_from_the_solutions(lesson):
    cells = cells_tagged_exercise(nbformat.read(path_of(lesson), as_version=4))
    assert [cell.source for cell in cells] == exercise_cells(lesson), "run python -m tools.exercises"


@pytest.mark.parametrize("lesson, number", MARKED)
def test_a_solution_is_right(lesson, number):
    outcome = outcome_of(solution_cells(lesson)[1][number - 1], lesson)
    assert outcome["exercise"] == f"{int(lesson)}.{number}"
    assert outcome["outcome"] == "right", outcome["says"]


@pytest.mark.parametrize("lesson, number", CASES)
def test_an_exercise_begins_unsolved(lesson, number):
    cell = exercise_cells(lesson)[number - 1]
    assert "..." in cell and "solution" not in cell
    assert outcome_of(cell, lesson)["outcome"] == "not solved yet"


@pytest.mark.parametrize("name, answer, hint", WRONG, ids=[f"{w[0]}-{w[2][:20]}" for w in WRONG])
def test_a_wrong_answer_is_told_why(name, answer, hint):
    outcome, says, figure = checking.judged(name, answer)
    plt.close("all")
    assert outcome == "not right yet"
    assert re.search(hint, says), says


def test_every_exercise_has_wrong_answers():
    assert {name for name, _, _ in WRONG} == {f"{int(lesson)}.{number}" for lesson, number in CASES}


def test_an_exercise_that_does_not_exist():
    for name in ("15.1", "1.4", "1", "x", 1.1e9):
        with pytest.raises(ValueError, match="there is no exercise"):
            check(name, 1)


@pytest.mark.slow
def test_grade_tells_right_from_wrong(tmp_path):
    lesson = path_of("01")
    notebook = nbformat.read(lesson, as_version=4)
    first, second, third = cells_tagged_exercise(notebook)
    first.source = solution_cells("01")[1][0]
    second.source = second.source.replace("...", "while True: pass")
    third.source = "def (\n" + third.source
    drawing = next(cell for cell in notebook.cells if cell.source.startswith("top, left"))
    drawing.source = "unfinished ="  # a cell that is no Python yet
    nbformat.write(notebook, tmp_path / lesson.name)
    outcomes = grade(tmp_path / lesson.name, seconds=10)  # of which the endless answer takes all
    assert [outcome["exercise"] for outcome in outcomes] == ["1.1", "1.2", "1.3"]
    assert [outcome["outcome"] for outcome in outcomes] == ["right", "not right yet", "not right yet"]
    assert "within 10 s" in outcomes[1]["says"] and "SyntaxError" in outcomes[2]["says"]


def test_grade_misses_what_was_deleted(tmp_path):
    lesson = path_of("02")
    notebook = nbformat.read(lesson, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if '"2.2"' not in cell.source]
    nbformat.write(notebook, tmp_path / lesson.name)
    outcomes = [outcome["outcome"] for outcome in grade(tmp_path / lesson.name)]
    assert outcomes == ["not solved yet", "missing", "not solved yet"]
