"""Grading is fair and never stops: odd and hostile submissions, and the way from a notebook to its marks."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.hostile_submissions import HOSTILE
from tests.odd_submissions import ENDLESS, NAME, ODD, ONE, holds, text_of
from tests.wrong_answers import WRONG
from tools.exercises import solution_cells
from tools.grade import REPORT, grade, grade_all
from tools.grading import report, wire
from tools.grading.cells import Step, steps_of
from tools.grading.find import empty_handed, handed_in, lesson_of
from tools.grading.judge import Judge
from tools.notebooks import PROJECT

pytestmark = pytest.mark.slow  # `make check` leaves it out

LETTERS = {"right": "r", "not right yet": "n", "not solved yet": "u", "missing": "m", "unreadable": "x"}
SUBMISSIONS = ODD + ENDLESS + HOSTILE
WITH_MODELS = ("2.1", "4.1", "8.1", "9.1", "11.1", "12.1", "14.1")  # their checks take long


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The reports on folders with these submissions, each in the folder of a student."""
    rows = []
    for kind, submissions, seconds in (("endless", ENDLESS, 3), ("odd", ODD, 60), ("hostile", HOSTILE, 60)):
        folder = tmp_path_factory.mktemp(kind)
        for name, _, write in submissions:
            (folder / "in" / name).mkdir(parents=True)
            write(folder / "in" / name)
        grade_all(folder / "in", folder / "grade.json", seconds)
        rows += json.loads((folder / "grade.json").read_text(encoding="utf-8"))["exercises"]
    return rows


@pytest.mark.parametrize("name, marks, write", SUBMISSIONS, ids=[name for name, _, _ in SUBMISSIONS])
def test_a_submission_gets_its_marks(graded, name, marks, write):
    rows = [row for row in graded if row["student"] == name]
    assert [row["exercise"].split(".")[1] for row in rows] == ["1", "2", "3"]
    said = [row["says"] for row in rows]
    assert "".join(LETTERS[row["outcome"]] for row in rows) == marks, said
    assert not any("The grader stops" in says or "\n" in says for says in said)
    assert all(set(row) == {"student", "notebook", "exercise", "outcome", "says"} for row in rows)


def test_there_are_enough_odd_and_hostile_submissions():
    assert len(ODD) >= 25 and len(HOSTILE) >= 10
    assert len({name for name, _, _ in SUBMISSIONS}) == len(SUBMISSIONS)


# --- every lesson, through the process of a submission


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    judge = Judge(tmp_path_factory.mktemp("beside"))
    judge.clock.total = 10**6
    judge.checks = 10**6
    yield judge
    judge.end()


@pytest.mark.parametrize("lesson", [f"{number:02}" for number in range(1, 15)])
def test_solutions_are_right_there_too(judge, lesson):
    head, cells = solution_cells(lesson)
    names = [f"{int(lesson)}.{number}" for number in (1, 2, 3)]
    wanted = {name: cell for name, cell in zip(names, cells) if name not in WITH_MODELS}
    attempts = judge.attempts([Step(head), *(Step(cell, True, (name,)) for name, cell in wanted.items())])
    assert [(each.exercise, each.outcome) for each in attempts] == [(name, "right") for name in wanted], (
        attempts
    )


@pytest.mark.parametrize("lesson", [f"{number:02}" for number in range(1, 15)])
def test_wrong_answers_are_told_why_there_too(judge, lesson):
    first = Step("from exercises import check\nfrom tests.wrong_answers import WRONG")
    for i, (name, _, hint) in enumerate(WRONG):
        if name.split(".")[0] == str(int(lesson)) and name not in WITH_MODELS:
            (attempt,) = judge.attempts([first, Step(f"check(*WRONG[{i}][:2])", True, (name,))])
            assert attempt.outcome == "not right yet"
            assert any(part in attempt.says for part in hint.split("|")), (name, hint, attempt.says)


# --- where notebooks are, what of them is run


@pytest.mark.parametrize(
    "name, lesson",
    [
        ("01-generate.ipynb", 1),
        ("Copy of 01-generate.ipynb", 1),
        ("01-generate (1).ipynb", 1),
        ("06-learning-rate-Copy2.ipynb", 6),
        ("jane_doe_14_cut_outs.ipynb", 14),
        ("02-mine.ipynb", 2),
        ("15-more.ipynb", None),
        ("101-generate.ipynb", None),
        ("2024-01-12.ipynb", None),
        ("._01-generate.ipynb", None),
        ("01-generate.py", None),
    ],
)
def test_the_lesson_of_a_name(name, lesson):
    assert lesson_of(name) == lesson


def test_students_are_the_subfolders(tmp_path):
    for name in ("jane/13-photographs.ipynb", "jane/a/01-generate.ipynb", "02-train.ipynb", "notes.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = [(each.student, each.lesson) for each in handed_in(tmp_path)]
    assert sorted(found) == sorted([("jane", 1), ("jane", 13), (tmp_path.name, 2)])
    (tmp_path / "ali").mkdir()
    assert empty_handed(tmp_path, handed_in(tmp_path)) == []
    (tmp_path / "02-train.ipynb").unlink()
    assert empty_handed(tmp_path, handed_in(tmp_path)) == ["ali"]
    (one,) = handed_in(tmp_path / "jane" / "13-photographs.ipynb")
    assert (one.student, one.lesson) == ("jane", 13)


def test_only_definitions_of_other_cells_are_run():
    other = """
import numpy as np
%matplotlib inline
SIZE = max(1, 2)
half = SIZE / 2
third = SIZE / 3
model = train()
model.fit()
weights = slow()
features, boxes = slow()
def head(): return weights
for epoch in range(10): print(epoch)
used = slow() + half
"""
    exercise = "def f(x):\n    boxes = x\n    return boxes, used, model_of(head)\ncheck('1.1', f)"
    steps = steps_of([(other, False), (exercise, False)])
    assert [step.source for step in steps if step.spare] == [
        "half = SIZE / 2",
        "weights = slow()",
        "used = slow() + half",
    ]
    assert [step.source for step in steps if not step.spare] == [
        "from exercises import check, hint, solution",
        "import numpy as np",
        "SIZE = max(1, 2)",
        "def head():\n    return weights",
        exercise,
    ]


def test_one_notebook(tmp_path):
    holds(ONE)(tmp_path)
    outcomes = grade(tmp_path / NAME)
    assert [outcome["outcome"] for outcome in outcomes] == ["right", "missing", "missing"]
    assert all(set(outcome) == {"exercise", "outcome", "says"} for outcome in outcomes)


# --- the table and the file


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_every_console_can_show_the_table(encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    report.say("Zoë ☃ \udcff 1.1²", stream)
    assert b"Zo" in stream.buffer.getvalue() and b"1.1" in stream.buffer.getvalue()


def test_a_console_that_is_gone_stops_nothing():
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", buffering=1) as stream:
        report.say("a row", stream)
        with pytest.raises(BrokenPipeError):
            stream.write("a row\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), writing)


def test_what_a_table_says_stays_on_its_line():
    assert report.one_line("a\nb\x1b[2Jc\r" + "d" * 999).startswith("a b [2Jc d")
    assert len(report.one_line("d" * 999)) == report.WIDTH


def test_the_report_is_written_whole_or_not_at_all(tmp_path):
    report.write([], tmp_path / "new" / "grade.json")
    before = (tmp_path / "new" / "grade.json").read_text()
    with pytest.raises(TypeError):
        report.write([{"outcome": "right", "says": object()}], tmp_path / "new" / "grade.json")
    assert os.listdir(tmp_path / "new") == ["grade.json"]
    assert (tmp_path / "new" / "grade.json").read_text() == before


def test_the_command(tmp_path):
    for student, cell in (("Zoë", ONE), ("Jān", "check('13.1', 1)")):
        (tmp_path / "in" / student).mkdir(parents=True)
        (tmp_path / "in" / student / NAME).write_text(text_of(cell), encoding="utf-8")
    command = [sys.executable, "-m", "tools.grade", tmp_path / "in", "--report", tmp_path / "grade.json"]
    result = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert re.search(r"Zo\\xeb +\+\.\.  1 of 3 right", result.stdout)
    assert re.search(r"J\\u0101n +-\.\.  0 of 3 right", result.stdout)
    assert "1 of 6 right\nreport: " in result.stdout
    assert "Zoë,,,Zoë,,1,0,0,1\n" in (tmp_path / "grade.csv").read_text(encoding="utf-8")
    pages = {path.name for path in (tmp_path / "grade").iterdir()}
    assert pages == {"index.html", "zoe.html", "jan.html"}
    written = json.loads((tmp_path / "grade.json").read_text(encoding="utf-8"))
    assert written["right"] == 1 and {row["student"] for row in written["exercises"]} == {"Zoë", "Jān"}


def test_the_report_lies_in_the_build_folder():
    assert REPORT == Path(PROJECT, "build", "grade.json")


# --- how values cross


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, 2**70, 0.5, "é\udcff", ..., (1, [2.5, "x"], ()), {"a": (1, None)}, [],
        np.float32(0.25), np.zeros((0, 4)), np.arange(6, dtype=">i2").reshape(2, 3)[:, ::-1],
        np.array("word"),
    ],
    ids=str,
)  # fmt: skip
def test_a_value_arrives_as_it_was(value):
    arrays = []
    form = json.loads(json.dumps(wire.encode(value, arrays)))
    back = wire.decode(form, [bytearray(array.tobytes()) for array in arrays])
    assert type(back) is type(value)
    np.testing.assert_equal(back, value)


def test_luck_arrives_as_it_was():
    rng = np.random.default_rng(3)
    rng.random(5)
    back = wire.decode(json.loads(json.dumps(wire.encode(rng, []))), [])
    assert back.spawn(1)[0].random() == rng.spawn(1)[0].random() and back.random() == rng.random()


def test_what_cannot_cross_is_named():
    back = wire.decode(wire.encode(range(3), arrays := []), [bytearray(array.tobytes()) for array in arrays])
    assert (
        type(back).__name__ == "range"
        and repr(back) == "range(0, 3)"
        and np.asarray(back).tolist() == [0, 1, 2]
    )
