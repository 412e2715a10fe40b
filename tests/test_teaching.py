"""The plans in TEACHING.md add up, and follow from the lessons and the tests."""

import re

import nbformat
import pytest

from tests.wrong_answers import WRONG
from tools.course import PROJECT, lessons_in

TEXT = (PROJECT / "TEACHING.md").read_text(encoding="utf-8")
PLANS = re.search(r"(?ms)^## Plans\n.+?(?=^## )", TEXT)[0]
MINUTES = {
    lesson: minutes
    for lesson, *minutes in (
        map(int, re.findall(r"\d+", row)) for row in re.findall(r"(?m)^\| \d+ \|(?: \d+ \|){5}$", PLANS)
    )
}
LESSONS = {int(path.name[:2]): path for path in lessons_in()}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_and_its_exercises_fit_a_session(lesson):
    lecture, *exercises, together = MINUTES[lesson]
    assert f"\n## {lesson} · " in TEXT
    part = TEXT.split(f"\n## {lesson} · ")[1]
    assert lecture == int(re.search(r"Plan (\d+) minutes", part)[1])
    assert together == lecture + sum(exercises) <= 90


def test_the_plans_are_as_long_as_they_say():
    rows = re.findall(r"(?m)^\| \w+day \| ([\d, ]+) \| ([\d., ]+) \| (\d+) \|$", PLANS)
    assert len(rows) == 5
    kept = set()
    for lessons, exercises, minutes in rows:
        lessons = list(map(int, lessons.split(", ")))
        exercises = [tuple(map(int, name.split("."))) for name in exercises.split(", ")]
        assert {lesson for lesson, _ in exercises} == set(lessons)
        lectures = sum(MINUTES[lesson][0] for lesson in lessons)
        assert lectures + sum(MINUTES[lesson][number] for lesson, number in exercises) == int(minutes)
        kept.update(lessons)
    assert set(LESSONS) - kept == {5, 6, 11}
    afternoon = sum(MINUTES[lesson][0] for lesson in (1, 2, 3, 4))
    assert afternoon + sum(MINUTES[lesson][number] for lesson in (1, 2, 3) for number in (1, 3)) < 4 * 60 - 30


@pytest.mark.parametrize("lesson", sorted(set(LESSONS) - {5, 6, 11}))
def test_no_lesson_needs_one_that_a_plan_leaves_out(lesson):
    first = nbformat.read(LESSONS[lesson], as_version=4).cells[0].source
    needed = set(map(int, re.findall(r"\]\((\d\d)-", first.split("**You need:**")[1])))
    assert not needed & {5, 6, 11}


def test_what_students_get_wrong_is_counted():
    assert len(WRONG) > int(re.search(r"more than (\d+) typical wrong answers", PLANS)[1])
