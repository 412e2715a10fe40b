"""Derive the notebooks' exercise cells from the solutions: `python -m tools.exercises`.

A notebook's cells tagged `exercise` stand, in order, for the parts (`# %%`) of
`exercises/solutions/lesson_NN.py`. There they are without what lies between `# solution: hint` and
`# end of solution`, and without the value in `name = value  # solution: hint`: both become `...`.
"""

import re
from types import SimpleNamespace

import nbformat

from tools.course import PROJECT, lessons_in
from tools.files import write_notebook

SOLUTIONS = PROJECT / "exercises" / "solutions"
BLOCK = re.compile(r"(?ms)^( +)# solution: ([^\n]+)\n.*?^ +# end of solution\n")
VALUE = re.compile(r"(?m)= .+  # solution: (.+)$")


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


def solved(lesson):
    """What a lesson's solutions define, without a check."""
    head, cells = solution_cells(lesson)
    names = {}
    exec(head, names)
    names["check"] = lambda name, answer: None
    exec("\n\n".join(cells), names)
    return SimpleNamespace(**names)


def cells_tagged_exercise(notebook):
    return [cell for cell in notebook.cells if "exercise" in cell.metadata.get("tags", [])]


def derive(path):
    """Write a lesson's exercise cells anew; a cell that changes loses its outputs."""
    notebook = nbformat.read(path, as_version=4)
    for cell, source in zip(cells_tagged_exercise(notebook), exercise_cells(path.name[:2]), strict=True):
        if cell.source != source:
            cell.source, cell.outputs, cell.execution_count = source, [], None
    write_notebook(notebook, path)


if __name__ == "__main__":
    for path in lessons_in():
        derive(path)
