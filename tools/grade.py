"""Check all exercises in a student's notebooks: `python -m tools.grade [FOLDER]`.

Prints a table and writes `build/grade.json`. Of each notebook only imports, definitions and constants are
executed, and the exercise cells: an answer must not need more than those. A cell may take three minutes.
"""

import argparse
import ast
import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from tools.exercises import cells_tagged_exercise
from tools.notebooks import NOTEBOOKS, PROJECT, constants_of

FIRST = """import localization_utils as lu
from exercises import check, checking

import keras
import numpy as np"""
OUTCOME = """import json
print(json.dumps(checking.OUTCOMES[-1:]))
checking.OUTCOMES.clear()"""


def definitions(cell):
    """The imports, functions, classes and constants of a cell, as text; nothing of one that is no Python."""
    try:
        nodes = ast.parse(cell.source).body
    except SyntaxError:  # a student's, and perhaps unfinished
        return ""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    kept = [node for node in nodes if isinstance(node, kinds) or constants_of(node)]
    return ast.unparse(ast.Module(kept, []))


def grade(path, seconds=180):
    """The outcomes of a notebook's exercises: a list of dicts `exercise`, `outcome`, `says`."""
    notebook, lesson = nbformat.read(path, as_version=4), int(path.name[:2])
    exercises = {}
    for cell in cells_tagged_exercise(notebook):
        for number in (1, 2, 3):
            if f'"{lesson}.{number}"' in cell.source:
                exercises[f"{lesson}.{number}"] = nbformat.v4.new_code_cell(cell.source)
    others = [cell for cell in notebook.cells if cell.cell_type == "code" and "exercise" not in _tags(cell)]
    before = [nbformat.v4.new_code_cell(source) for source in [FIRST, *map(definitions, others)]]
    probes = {name: nbformat.v4.new_code_cell(OUTCOME) for name in exercises}
    pairs = [cell for name in exercises for cell in (exercises[name], probes[name])]
    _execute(nbformat.v4.new_notebook(cells=[*before, *pairs]), path.parent, seconds)
    names = [f"{lesson}.{number}" for number in (1, 2, 3)]
    return [{"exercise": name, **_outcome(exercises.get(name), probes.get(name), seconds)} for name in names]


def _tags(cell):
    return cell.metadata.get("tags", [])


def _execute(notebook, folder, seconds):
    client = NotebookClient(
        notebook,
        timeout=seconds,
        interrupt_on_timeout=True,
        allow_errors=True,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except DeadKernelError:  # exercises without an outcome are reported as such
        pass


def _outcome(exercise, probe, seconds):
    """What came of an exercise cell, by the probe after it."""
    if exercise is None:
        return {"outcome": "missing", "says": "The notebook has no cell tagged `exercise` that checks it."}
    for output in exercise.outputs:
        if output.output_type == "error":
            says = f"The cell stops with {output.ename}: {output.evalue}".strip()
            if output.ename == "KeyboardInterrupt":
                says = f"The cell does not end within {seconds} s."
            return {"outcome": "not right yet", "says": says}
    said = "".join(output.text for output in probe.outputs if output.get("name") == "stdout")
    noted = json.loads(said) if said else []
    if not noted:
        return {"outcome": "not right yet", "says": "The cell did not come to its check."}
    return {key: noted[0][key] for key in ("outcome", "says")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=NOTEBOOKS, help="default: notebooks/")
    folder = parser.parse_args().folder
    paths = sorted(folder.glob("[0-9][0-9]-*.ipynb"))
    if not paths:
        parser.error(f"{folder} holds no notebook of the course, such as 01-generate.ipynb.")
    outcomes = []
    for path in paths:
        print(f"{path.stem} ...", file=sys.stderr)
        for outcome in grade(path):
            outcomes.append(outcome)
            print(f"{outcome['exercise']:>5}  {outcome['outcome']:<15} {outcome['says']}", flush=True)
    right = sum(outcome["outcome"] == "right" for outcome in outcomes)
    report = PROJECT / "build" / "grade.json"
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps({"right": right, "exercises": outcomes}, indent=1) + "\n", encoding="utf-8")
    print(f"{right} of {len(outcomes)} right; report: build/grade.json")


if __name__ == "__main__":
    main()
