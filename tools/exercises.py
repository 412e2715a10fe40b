"""Derive the notebooks' exercise cells from the solutions: `python -m tools.exercises`.

The cells of a notebook that are tagged `exercise` correspond, in order, to the parts of
`exercises/solutions/lesson_NN.py`; `exercises/sources.py` derives them.
"""

from types import SimpleNamespace

import nbformat

from exercises.sources import exercise_cells, solution_cells
from tools.course import lessons_in
from tools.files import write_notebook


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


def derive(notebook, lesson):
    """Write, in place, a notebook's exercise cells again; a cell that changes loses its outputs."""
    for cell, source in zip(cells_tagged_exercise(notebook), exercise_cells(lesson), strict=True):
        if cell.source != source:
            cell.source, cell.outputs, cell.execution_count = source, [], None


def derive_in(path):
    """The same in a notebook's file."""
    notebook = nbformat.read(path, as_version=4)
    derive(notebook, path.name[:2])
    write_notebook(notebook, path)


if __name__ == "__main__":
    for path in lessons_in():
        derive_in(path)
