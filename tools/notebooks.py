"""Execute the course's notebooks: `run` into build/, `refresh` in place.

run      executes notebooks, shows their progress, prints a line for each with its time and result;
         CONSTANT=VALUE gives one of their constants another value, as in `run 09 TRAIN_IMAGES=3072`
refresh  executes notebooks in place; an output that says the same as before stays byte for byte
"""

import argparse
import ast
import re
import subprocess
import sys
import time
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image, ImageChops

from tools.comparison import same_text, sanitized

PROJECT = Path(__file__).resolve().parent.parent
NOTEBOOKS = PROJECT / "notebooks"
CORE = ("01", "02", "03", "04")


class LiveClient(NotebookClient):
    """Executes a notebook and passes on to the terminal what its cells print."""

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] == "stream":
            sys.stderr.write(msg["content"]["text"])
            sys.stderr.flush()
        return super().process_message(msg, cell, cell_index)


def with_constants(notebook, values):
    """Give, in place, some of a notebook's constants another value; ValueError for one it does not set."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for name, value in values.items():
        lines = ((cell, node.end_lineno) for cell in cells for node in _sets(cell.source, name))
        cell, line = next(lines, (None, 0))
        if cell is None:
            raise ValueError(f"this lesson sets no constant {name}.")
        source = cell.source.splitlines()
        cell.source = "\n".join([*source[:line], f"{name} = {value}", *source[line:]])


def _sets(source, name):
    """The statements of a cell that set a constant; none where it is no Python, but `%time`, say."""
    try:
        return [node for node in ast.parse(source).body if name in constants_of(node)]
    except SyntaxError:
        return []


def constants_of(node):
    """The names that a statement sets, where all of them are in capitals; else none."""
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
    LiveClient(
        notebook,
        timeout=None,
        coalesce_streams=True,
        record_timing=False,
        store_widget_state=False,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook, time.perf_counter() - start


def _text(output):
    """All of an output that is compared, as one sanitized text; pictures and widgets by their kind."""
    data = {k: v for k, v in output.get("data", {}).items() if k.startswith("text/")}
    kinds = sorted(output.get("data", {}))
    parts = [
        output.output_type,
        output.get("name", ""),
        output.get("text", ""),
        *data.values(),
        *kinds,
    ]
    return sanitized("\n".join(parts))


def _pictures(output):
    """The PNG pictures of an output, as Pillow images in RGB."""
    pngs = [v for k, v in output.get("data", {}).items() if k == "image/png"]
    return [Image.open(BytesIO(b64decode(png))).convert("RGB") for png in pngs]


def _look_alike(a, b):
    """Whether no pixel of two pictures differs by more than 32 of 255 levels: a moved line does."""
    return a.size == b.size and max(high for _, high in ImageChops.difference(a, b).getextrema()) <= 32


def _same_output(a, b, exactly):
    pictures_a, pictures_b = _pictures(a), _pictures(b)
    return (
        (_text(a) == _text(b) if exactly else same_text(_text(a), _text(b)))
        and len(pictures_a) == len(pictures_b)
        and all(map(_look_alike, pictures_a, pictures_b))
    )


def keep_equal_outputs(before, after):
    """Put back, in place, an unchanged cell's earlier outputs where the new ones say and show the same.

    After a changed cell a number that is off by the tolerance is no rounding any more: it is taken as it is.
    """
    changed, earlier = False, {cell.id: cell for cell in before.cells if cell.cell_type == "code"}
    for cell in (c for c in after.cells if c.cell_type == "code"):
        old = earlier.get(cell.id)
        changed = changed or old is None or old.source != cell.source
        if old is None or old.source != cell.source or len(old.outputs) != len(cell.outputs):
            continue
        if all(_same_output(*pair, exactly=changed) for pair in zip(old.outputs, cell.outputs)):
            cell.outputs = old.outputs


def result_of(notebook):
    """What the cells tagged `result` printed, on one line."""
    cells = [c for c in notebook.cells if "result" in c.metadata.get("tags", [])]
    text = " ".join(o.text for c in cells for o in c.outputs if o.output_type == "stream")
    return re.sub(r"\s+", " ", text).strip()


def run(paths, constants):
    """Execute copies into build/notebooks and report them."""
    target, lines = PROJECT / "build" / "notebooks", []
    target.mkdir(parents=True, exist_ok=True)
    for path in paths:
        notebook, seconds = execute(path, constants)
        nbformat.write(notebook, target / path.name)
        lines.append(f"{path.stem:<18} {seconds // 60:.0f}:{seconds % 60:02.0f}  {result_of(notebook)}")
    print("", *lines, "", "executed copies: build/notebooks", sep="\n")


def committed(path):
    """A notebook as last committed: what was changed since is known as changed. As it is, without git."""
    try:
        command = ["git", "show", f"HEAD:./{path.name}"]
        shown = subprocess.run(command, cwd=path.parent, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):  # no git, no repository, or a new notebook
        return nbformat.read(path, as_version=4)
    return nbformat.reads(shown.decode(), as_version=4)


def refresh(paths):
    """Execute in place."""
    for path in paths:
        before = committed(path)
        notebook, _ = execute(path)
        keep_equal_outputs(before, notebook)
        nbformat.write(notebook, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", choices=("run", "refresh"))
    parser.add_argument(
        "words",
        nargs="*",
        help="lessons, such as 02 03 (default: 01-04 for run, all for refresh), and constants",
    )
    options = parser.parse_args()
    known = {path.name[:2]: path for path in sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb"))}
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
