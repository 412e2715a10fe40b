"""Hints come before solutions, and solutions after a try."""

import re

import nbformat
import pytest

from exercises import check, checking, helping, hint, solution, sources
from tests.test_exercises import CASES, MARKED, outcome_of
from tools.course import lessons_in
from tools.exercises import exercise_cells, solution_cells

NAMES = [f"{int(lesson)}.{number}" for lesson, number in CASES]


@pytest.fixture(autouse=True)
def new_session(monkeypatch):
    monkeypatch.setattr(checking, "OUTCOMES", [])
    monkeypatch.setattr(helping, "OUTCOMES", checking.OUTCOMES)
    helping.HINTS_GIVEN.clear()
    helping.SOLUTIONS_ASKED.clear()


def secret(lesson, number):
    """The lines of a solution that its exercise cell does not show, and its words and numbers."""
    shown = exercise_cells(lesson)[number - 1]
    lines = [line.strip() for line in solution_cells(lesson)[1][number - 1].splitlines()]
    values = [re.sub(r"^\w+ = (.+?)  # solution.*", r"\1", line) for line in lines if "  # solution:" in line]
    return values, [line for line in lines if line not in shown and "solution" not in line and len(line) > 12]


@pytest.mark.parametrize("lesson, number", CASES)
def test_hints_ask_first_and_never_give_the_answer(lesson, number):
    hints = sources.hints_of(f"{int(lesson)}.{number}")
    assert 2 <= len(hints) <= 3 and "?" in hints[0]
    values, lines = secret(lesson, number)
    assert values or lines
    for text in hints:
        assert not any(value in text for value in values) and not any(line in text for line in lines)
    assert len(sources.why_of(f"{int(lesson)}.{number}")) > 80


@pytest.mark.parametrize("lesson, number", CASES)
def test_hints_belong_to_the_answer_that_is_checked(lesson, number):
    name = f"{int(lesson)}.{number}"
    answer = re.search(rf'check\("{name}", \(?([\w, ]+)', exercise_cells(lesson)[number - 1])[1]
    text = (sources.HINTS / f"lesson_{lesson}.md").read_text(encoding="utf-8")
    assert f"\n## {name} · {answer}\n" in text


@pytest.mark.parametrize("lesson, number", MARKED)
def test_the_solution_that_is_shown_is_right(lesson, number):
    shown = sources.solved_cell(f"{int(lesson)}.{number}")
    assert "solution" not in shown
    outcome = outcome_of(shown, lesson)
    assert (outcome["exercise"], outcome["outcome"]) == (f"{int(lesson)}.{number}", "right")


def test_hints_come_one_by_one(capsys):
    for _ in range(4):
        hint("2.2")
    said = capsys.readouterr().out
    assert re.findall(r"Hint (\d) of 3 for exercise 2\.2", said) == ["1", "2", "3", "3"]
    assert said.count('solution("2.2")') == 2
    hint("2.1")
    assert "Hint 1 of 3 for exercise 2.1" in capsys.readouterr().out


def test_a_solution_comes_after_a_try(capsys):
    check("1.1", ...)
    solution("1.1")
    assert "Try exercise 1.1 first" in capsys.readouterr().out
    check("6.1", 0.25)
    assert 'hint("6.1")' in capsys.readouterr().out
    solution("6.1")
    said = capsys.readouterr().out
    assert "moved = 5.2" in said and "Why it works: " in said
    assert max(map(len, said.splitlines())) <= helping.WIDTH


def test_a_solution_comes_when_asked_twice(capsys):
    solution("2.2")
    assert "def giou" not in capsys.readouterr().out
    solution("2.2")
    assert "    return lu.iou(a, b) - (hull - union) / hull" in capsys.readouterr().out


def test_a_copy_without_solutions_says_so_in_one_line(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(sources, "SOLUTIONS", tmp_path)
    solution("2.2")
    assert capsys.readouterr().out == (
        "This copy of the course comes without solutions. Your instructor has them.\n"
    )


@pytest.mark.parametrize("help_with", [hint, solution])
def test_an_exercise_that_does_not_exist_has_no_help(help_with):
    with pytest.raises(ValueError, match="there is no exercise"):
        help_with("15.1")


@pytest.mark.parametrize("path", lessons_in(), ids=lambda path: path.stem)
def test_a_lesson_that_names_the_help_imports_it(path):
    cells = nbformat.read(path, as_version=4).cells
    named = [re.findall(r"`(?:hint|solution)\(\"(\d+)\.1\"\)", cell.source) for cell in cells]
    imported = any("from exercises import check, hint, solution" in cell.source for cell in cells)
    assert sum(named, []) == ([str(int(path.name[:2]))] * 2 if imported else [])
