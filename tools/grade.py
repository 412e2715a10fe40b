"""Check all exercises in students' notebooks: `python -m tools.grade [FOLDER]`.

FOLDER holds notebooks, or a subfolder for each student. Prints what was checked and a table, and writes
`build/grade.json`, `build/grade.csv` for a learning platform, and a page for each student in `build/grade/`.
Of each notebook only imports, definitions and constants are executed, and the cells with a check: an answer
must not need more than those. A cell may take three minutes, a notebook fifteen. The code runs with your
rights.
"""

import argparse
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import matplotlib

from tools.grading.attempts import Attempt, counted
from tools.grading.find import empty_handed, handed_in, lesson_of
from tools.grading.judge import SECONDS, attempts_in
from tools.grading.notebook import Broken
from tools.grading.pages import write_pages
from tools.grading.report import csv_of, one_line, row, save, say, summary, write
from tools.notebooks import NOTEBOOKS, PROJECT

REPORT = PROJECT / "build" / "grade.json"


def grade(path, seconds=SECONDS):
    """The outcomes of a notebook's exercises: a list of dicts `exercise`, `outcome`, `says`."""
    chosen = _counted(lesson_of(path.name), [path], seconds)
    return [{"exercise": each.exercise, "outcome": each.outcome, "says": each.says} for each in chosen]


def grade_all(folder, report=REPORT, seconds=SECONDS):
    """Grade what a folder holds, print it, and write the reports after every notebook.

    Returns student -> attempts that count, also of students who handed nothing in.
    """
    works = handed_in(folder)
    without = empty_handed(folder, works)
    students = {name: [] for name in sorted({*without, *(work.student for work in works)})}
    write_reports(students, report)
    student = None
    for work in works:
        if work.student != student and len(students) > 1:
            say(f"\n{one_line(work.student)}")
        student = work.student
        students[student] += _counted(work.lesson, work.paths, seconds)
        with suppress(OSError):  # main tells
            write_reports(students, report)
        for outcome in outcomes_of(students)[student][-3:]:
            say(row(outcome))
    for name in without:
        say(f"\n{one_line(name)}\n  no notebook of the course, such as 01-generate.ipynb")
    return students


def outcomes_of(students):
    """Student -> the rows of the report."""
    return {
        student: [
            {
                "student": student,
                "notebook": each.notebook,
                "exercise": each.exercise,
                "outcome": each.outcome,
                "says": each.says,
            }
            for each in attempts
        ]
        for student, attempts in students.items()
    }


def write_reports(students, report):
    """Write `report`, a JSON file, and beside it the CSV file and the folder of pages."""
    outcomes = sum(outcomes_of(students).values(), [])
    write(outcomes, report)
    save(csv_of(outcomes, students), report.with_suffix(".csv"))
    write_pages(students, report.with_suffix(""))


def _counted(lesson, paths, seconds):
    """The attempts that count at a lesson's exercises in a student's notebook, or in copies of it."""
    names, attempts = [f"{lesson}.{number}" for number in (1, 2, 3)], []
    for path in paths:
        say(f"{one_line(path.name)} ...", sys.stderr)
        attempts += [replace(each, notebook=path.name) for each in _attempts(path, lesson, names, seconds)]
    chosen = [counted(attempts, name) for name in names]
    return [replace(c, notebook=c.notebook or paths[-1].name, says=one_line(c.says)) for c in chosen]


def _attempts(path, lesson, names, seconds):
    """All attempts in a notebook; whatever is wrong with it, this costs that notebook alone."""
    try:
        return attempts_in(path, lesson, seconds)
    except Broken as broken:
        says = f"{path.name} {broken}"
    except Exception as error:  # a fault of ours
        says = (
            f"The grader stops with {type(error).__name__}: {error}. This is not the fault of the notebook."
        )
    return [Attempt(name, "unreadable", says, "none") for name in names]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=NOTEBOOKS, help="default: notebooks/")
    parser.add_argument("--report", type=Path, default=REPORT, help="default: build/grade.json")
    options = parser.parse_args()
    matplotlib.use("agg")
    try:
        students = grade_all(options.folder, options.report)
        outcomes = sum(outcomes_of(students).values(), [])
        if not outcomes:
            parser.error(f"{options.folder} holds no notebook of the course, such as 01-generate.ipynb.")
        say("\n".join(["", *summary(outcomes, students)]))
        write_reports(students, options.report)
        report = Path("build/grade.json") if options.report == REPORT else options.report
        say(f"report: {report}\nfor a learning platform: {report.with_suffix('.csv')}")
        say(f"pages: {report.with_suffix('') / 'index.html'}")
    except KeyboardInterrupt:
        sys.exit(f"Stopped. What was graded until then is in {options.report}.")
    except OSError as error:
        parser.error(f"the report cannot be written: {error}; say where it can with --report.")


if __name__ == "__main__":
    main()
