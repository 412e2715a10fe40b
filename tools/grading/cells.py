"""Chooses what is executed of a notebook: the cells with a check, and what they may need from others."""

import ast
import re
import warnings
from dataclasses import dataclass
from symtable import symtable

from IPython.core.inputtransformer2 import TransformerManager

from tools.notebooks import constants_of

MOST_LETTERS = 2**20
FIRST = "import localization_utils as lu\nimport keras\nimport numpy as np\n"
FIRST += "from exercises import check, hint, solution"
PYTHON_MAGIC = re.compile(r"\s*%%(?:capture|prun|time|timeit)\b.*\n")  # the rest of the cell is Python
CHECK = re.compile(r"""(?m)^[^#\n]*\bcheck\s*\(\s*['"]?(\d+\.\d)\b""")
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
BLOCKS = (ast.For, ast.If, ast.Try, ast.While, ast.With)
CALLS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom)


@dataclass
class Step:
    """Something to execute. `exercises` are those that it checks, as far as its text shows.

    A `spare` step may be slow; it is executed only if a cell with a check lacks a name.
    """

    source: str
    checks: bool = False
    exercises: tuple = ()
    spare: bool = False


def steps_of(cells):
    """The steps of a notebook's code cells, in order."""
    parsed = [(source, tagged, tree_of(source)) for source, tagged in cells]
    names = {"check"} | {name for _, _, tree in parsed if tree for name in _other_names_of_check(tree)}
    asks = [tagged or bool(_checked(source, tree, names)) for source, tagged, tree in parsed]
    others = [tree for (_, _, tree), asking in zip(parsed, asks) if tree and not asking]
    first = ast.parse(FIRST).body
    needed = _needed([tree for (_, _, tree), asking in zip(parsed, asks) if tree and asking], others)
    spare = any(_calls(node) for tree in others for node in tree.body if _sets(node, needed))
    steps = [Step(ast.unparse(node)) for node in first if _binds(node) & needed]
    for (source, _, tree), asking in zip(parsed, asks):
        if asking:
            steps.append(Step(source, True, tuple(_checked(source, tree, names))))
        elif tree:
            steps += definitions(tree, needed, spare)
    return steps


def definitions(tree, needed=frozenset(), spare=False):
    """Imports, definitions and constants of a cell, and (perhaps spare) what sets a needed name."""
    return [
        Step(ast.unparse(node), spare=spare and not _is_definition(node))
        for node in tree.body
        if _is_definition(node) or _sets(node, needed)
    ]


def tree_of(source):
    """A cell as a syntax tree, its magics as calls; None if it is not Python, or too long."""
    if len(source) > MOST_LETTERS:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(TransformerManager().transform_cell(PYTHON_MAGIC.sub("", source, count=1)))
        ast.unparse(tree)  # too deep for what follows, perhaps
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a student's, and perhaps unfinished
        return None
    return tree


def _is_definition(node):
    return isinstance(node, DEFINITIONS) or bool(constants_of(node))


def _sets(node, needed):
    """Whether a statement other than a definition sets a name that is needed."""
    return not _is_definition(node) and bool(_binds(node) & needed)


def _calls(node):
    """Whether something is called outside the body of a lambda: that may be slow."""
    if isinstance(node, ast.Lambda):
        return False
    return isinstance(node, CALLS) or any(map(_calls, ast.iter_child_nodes(node)))


def _needed(asking, others):
    """The names that cells with a check need from other cells, those that these need, and so on."""
    needed = set().union(*(_takes(*tree.body) for tree in asking))
    binding = [(node, _binds(node)) for tree in others for node in tree.body]
    while True:
        more = set().union(*(_takes(node) for node, names in binding if names & needed)) - needed
        if not more:
            return needed
        needed |= more


def _takes(*nodes):
    """The names that statements use and do not set themselves."""
    try:
        table = symtable(ast.unparse(ast.Module(list(nodes), [])), "cell", "exec")
    except (SyntaxError, RecursionError):
        return set()
    own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()}
    return _globals(table, table) - own


def _globals(table, top):
    """The names that a scope and those within it take from the outermost."""
    used = (symbol for symbol in table.get_symbols() if symbol.is_referenced())
    names = {symbol.get_name() for symbol in used if table is top or symbol.is_global()}
    return names.union(*(_globals(child, top) for child in table.get_children()))


def _binds(node):
    """The names that a statement sets."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, DEFINITIONS):
        return {node.name}
    stored = (n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return {name.id for name in stored} if isinstance(node, ASSIGNMENTS + BLOCKS) else set()


# --- where it checks


def _other_names_of_check(tree):
    froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {alias.asname for node in froms for alias in node.names if alias.name == "check" and alias.asname}


def _checked(source, tree, names):
    """The exercises that a cell checks, as far as its text shows; "?" if the name is not a literal."""
    if tree is None:
        return CHECK.findall(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_check(node.func, names)]
    words = [[*call.args, *(keyword.value for keyword in call.keywords)] for call in calls]
    return [str(word[0].value) if word and isinstance(word[0], ast.Constant) else "?" for word in words]


def _is_check(function, names):
    if isinstance(function, ast.Name):
        return function.id in names
    return isinstance(function, ast.Attribute) and function.attr == "check"
