"""Takes functions and constants out of a lesson without running the lesson."""

import ast
import re
from pathlib import Path

import keras
import nbformat
import numpy as np

import localization_utils as lu
from tools.course import lesson as path_of
from tools.notebooks import constants_of


def taught(lesson, names, **scope):
    """The functions and classes of these names from a lesson, as `"07"`, in the order of `names`.

    Runs only their definitions and the lesson's constants (names in capitals). `scope` holds the other names
    that the functions need, and replaces constants of the same name.
    """
    path = path_of(lesson)
    cells = nbformat.read(path, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    tree = ast.parse(re.sub(r"(?m)^%.*", "", code))  # `%config` is no Python
    kept = [node for node in tree.body if getattr(node, "name", None) in names or constants_of(node)]
    found = {"Path": Path, "np": np, "keras": keras, "layers": keras.layers, "lu": lu}
    exec(compile(ast.Module(kept, []), str(path), "exec"), found)
    found.update(scope)
    return [found[name] for name in names]
