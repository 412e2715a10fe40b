"""Where the texts of the exercises come from: hints, solutions, and the cells that follow from them.

`hints/lesson_NN.md` holds the hints of a lesson, and why its solutions work; its headings repeat what an
exercise checks. `solutions/lesson_NN.py` holds the solutions, one part (`# %%`) for each exercise. The
exercise cells are these parts without what lies between `# solution: hint` and `# end of solution`, and
without the value in `name = value  # solution: hint`: both become `...`.
"""

import re
from pathlib import Path

HINTS, SOLUTIONS = (Path(__file__).with_name(name) for name in ("hints", "solutions"))
BLOCK = re.compile(r"(?ms)^( +)# solution: ([^\n]+)\n.*?^ +# end of solution\n")
VALUE = re.compile(r"(?m)= .+  # solution: (.+)$")
MARKS = re.compile(r"(?m)(?<=# )solution: |(?:^\n)?^ +# end of solution\n")
TEXT = re.compile(r"(?ms)^(- |Why: )(.+?)(?=^- |^Why: |\Z)")


def solution_cells(lesson):
    """The import lines and the cells of a lesson's solutions, as `"07"`."""
    text = (SOLUTIONS / f"lesson_{lesson}.py").read_text(encoding="utf-8")
    head, *cells = re.split(r"(?m)^# %% \d\n", text)
    return head, [cell.strip() for cell in cells]


def exercise_cells(lesson):
    """The same cells without what is to be found out."""
    return [
        VALUE.sub(r"= ...  # \1", BLOCK.sub(r"\1# \2\n\1...\n", cell)) for cell in solution_cells(lesson)[1]
    ]


def solved_cell(name):
    """The solved cell of an exercise, as `"1.2"`, without marks; None in a copy without solutions."""
    lesson, number = _parts(name)
    if not (SOLUTIONS / f"lesson_{lesson}.py").is_file():
        return None
    return MARKS.sub("", solution_cells(lesson)[1][number - 1])


def hints_of(name):
    """The hints for an exercise, as `"1.2"`, in order."""
    return [text for mark, text in _texts(name) if mark == "- "]


def why_of(name):
    """Why the solution of an exercise works, as `"1.2"`."""
    return " ".join(text for mark, text in _texts(name) if mark == "Why: ")


def _parts(name):
    lesson, number = name.split(".")
    return f"{int(lesson):02}", int(number)


def _texts(name):
    """What the file of hints holds on an exercise: pairs of a mark and a text on one line."""
    text = (HINTS / f"lesson_{_parts(name)[0]}.md").read_text(encoding="utf-8")
    part = re.split(rf"(?m)^## {re.escape(name)} · .+$", text)[1].split("\n## ")[0]
    return [(mark, " ".join(words.split())) for mark, words in TEXT.findall(part)]
