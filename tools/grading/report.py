"""The table of marks, `grade.json`, and the CSV file for a learning platform."""

import csv
import io
import json
import os
import sys
import tempfile
from pathlib import Path

WIDTH = 300
SIGNS = {"right": "+", "not right yet": "-", "not solved yet": ".", "missing": ".", "unreadable": "?"}
LEGEND = "+ right   - not right yet   . not solved yet, or missing   ? unreadable"
NAME_WIDTH = 24
CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]  # Moodle is told which one to read
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would execute


def one_line(text):
    """A text on one line, not too long, without characters that control a terminal."""
    words = "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
    return words if len(words) <= WIDTH else words[: WIDTH - 3] + "..."


def say(text, stream=None):
    """Print with the characters that the console can show; do nothing if it is closed."""
    stream = stream or sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except (OSError, ValueError):  # as of `| head`
        pass


def row(outcome):
    return f"{outcome['exercise']:>5}  {outcome['outcome']:<15} {outcome['says']}"


def summary(outcomes, students=()):
    """How many are right; before it, if there are several students, a table with a line for each."""
    lines = table(outcomes, students)
    return [*(lines if len(lines) > 3 else []), f"{count_right(outcomes)} of {len(outcomes)} right"]


def table(outcomes, students=()):
    """A line for each student, with three signs for each lesson that anybody handed in."""
    lessons = sorted({_key(outcome["exercise"])[0] for outcome in outcomes})
    lines = [" ".join([" " * NAME_WIDTH, *(f"{lesson:<3}" for lesson in lessons)])]
    for name, part in by_student(outcomes, students).items():
        signs = {outcome["exercise"]: SIGNS[outcome["outcome"]] for outcome in part}
        cells = ["".join(signs.get(f"{lesson}.{i}", " ") for i in (1, 2, 3)) for lesson in lessons]
        shown = one_line(name)[:NAME_WIDTH]
        lines.append(f"{shown:<{NAME_WIDTH}} {' '.join(cells)}  {count_right(part)} of {len(part)} right")
    return [*lines, LEGEND]


def by_student(outcomes, students=()):
    """Student -> outcomes; also of the students that handed nothing in."""
    names = sorted({*students, *(outcome["student"] for outcome in outcomes)})
    return {name: [each for each in outcomes if each["student"] == name] for name in names}


def count_right(outcomes):
    return sum(outcome["outcome"] == "right" for outcome in outcomes)


def exercises_in(outcomes):
    """The exercises of the lessons that anybody handed in, in order."""
    return sorted({outcome["exercise"] for outcome in outcomes}, key=_key)


def _key(exercise):
    return tuple(map(int, exercise.split(".")))


def csv_of(outcomes, students=()):
    """The marks as CSV: a row for each student, a column for each exercise, 1 or 0, and the total.

    A cell is empty where a student handed in no notebook of the lesson. The name of the student's folder
    stands in the columns `Student` and `SIS Login ID`.
    """
    names, text = exercises_in(outcomes), io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*CANVAS, *names, "Total"])
    for student, part in by_student(outcomes, students).items():
        marks = {each["exercise"]: int(each["outcome"] == "right") for each in part}
        name = one_line(student)
        name = f"'{name}" if name.startswith(FORMULA) else name
        rows.writerow([name, "", "", name, "", *(marks.get(each, "") for each in names), sum(marks.values())])
    return text.getvalue()


def write(outcomes, path):
    """Write the outcomes as JSON, whole or not at all."""
    save(json.dumps({"right": count_right(outcomes), "exercises": outcomes}, indent=1) + "\n", path)


def save(text, path):
    """Write a text file, whole or not at all."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with open(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
