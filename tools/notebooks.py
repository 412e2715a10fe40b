"""Execute the course's notebooks: `run` into build/, `refresh` in place.

run      executes notebooks, shows their progress, prints a line for each with its time and result;
         CONSTANT=VALUE gives one of their constants another value, as in `run 09 TRAIN_IMAGES=3072`
refresh  executes notebooks in place; an output that is equal to the one before stays byte for byte
"""

import argparse
import ast
import re
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from localization_utils.settings import chosen_precision
from tools.comparison import committed, keep_equal_outputs
from tools.course import NOTEBOOKS, PROJECT, lessons_in
from tools.files import write_notebook

CORE = ("01", "02", "03", "04")


class LiveClient(NotebookClient):
    """Executes a notebook and shows in the terminal what its cells print."""

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] == "stream":
            sys.stderr.write(msg["content"]["text"])
            sys.stderr.flush()
        return super().process_message(msg, cell, cell_index)


def with_constants(notebook, values):
    """Set some of a notebook's constants to other values, in place; ValueError for one that it lacks."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for name, value in values.items():
        lines = ((cell, node.end_lineno) for cell in cells for node in _sets(cell.source, name))
        cell, line = next(lines, (None, 0))
        if cell is None:
            raise ValueError(f"this lesson sets no constant {name}.")
        source = cell.source.splitlines()
        cell.source = "\n".join([*source[:line], f"{name} = {value}", *source[line:]])


def _sets(source, name):
    """The statements of a cell that set a constant; none if the cell is not Python, such as `%time`."""
    try:
        return [node for node in ast.parse(source).body if name in constants_of(node)]
    except SyntaxError:
        return []


def constants_of(node):
    """The names that a statement sets, if all of them are in capitals; else none."""
    if not isinstance(node, ast.Assign):
        return []
    target = node.targets[0]
    names = [getattr(name, "id", "") for name in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return names if all(map(str.isupper, names)) else []


def execute(path, constants=None):
    """Execute one notebook in its own folder, from top to bottom; gives the notebook and its seconds."""
    notebook = nbformat.read(path, as_version=4)
    with_constants(notebook, constants or {})
    print(f"--- {path.stem}", file=sys.stderr)
    start = time.perf_counter()
    client = LiveClient(
        notebook,
        timeout=None,
        coalesce_streams=True,
        record_timing=False,
        store_widget_state=False,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except DeadKernelError:
        sys.exit(
            f"{path.stem}: its Python was killed, most often because the memory is full. It needs 3 GB: "
            "close other notebooks and programs, and run the command again."
        )
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook, time.perf_counter() - start


def result_of(notebook):
    """What the cells tagged `result` printed, on one line."""
    cells = [c for c in notebook.cells if "result" in c.metadata.get("tags", [])]
    text = " ".join(o.text for c in cells for o in c.outputs if o.output_type == "stream")
    return re.sub(r"\s+", " ", text).strip()


def run(paths, constants):
    """Execute copies into build/notebooks and report them."""
    precision, lines = chosen_precision(), []
    off = "" if precision == "float32" else "; LOCALIZATION_PRECISION=float32 turns that off"
    print(f"The trunk computes in {precision}{off}.", file=sys.stderr)
    for path in paths:
        notebook, seconds = execute(path, constants)
        write_notebook(notebook, PROJECT / "build" / "notebooks" / path.name)
        lines.append(f"{path.stem:<18} {seconds // 60:.0f}:{seconds % 60:02.0f}  {result_of(notebook)}")
    print("", *lines, "", "executed copies: build/notebooks", sep="\n")


def refresh(paths):
    """Execute in place."""
    for path in paths:
        before = committed(path)
        notebook, _ = execute(path)
        keep_equal_outputs(before, notebook)
        write_notebook(notebook, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", choices=("run", "refresh"))
    parser.add_argument(
        "words",
        nargs="*",
        help="lessons, such as 02 03 (default: 01-04 for run, all for refresh), and constants",
    )
    options = parser.parse_args()
    known = {path.name[:2]: path for path in lessons_in(NOTEBOOKS)}
    constants = dict(word.split("=", 1) for word in options.words if "=" in word)
    numbers = [word for word in options.words if "=" not in word]
    if constants and not (numbers and options.command == "run"):
        parser.error("constants go with `run` and the lessons they are for.")
    numbers = numbers or (CORE if options.command == "run" else list(known))
    if unknown := [n for n in numbers if n not in known]:
        parser.error(f"no lesson {unknown[0]}; there are {', '.join(known)}.")
    try:
        paths = [known[n] for n in numbers]
        run(paths, constants) if options.command == "run" else refresh(paths)
    except ValueError as error:
        parser.error(str(error))
    except CellExecutionError as error:
        sys.exit(f"A cell failed:\n{error}")


if __name__ == "__main__":
    main()
