"""Odd submissions, and the marks that their exercises 1, 2 and 3 must get: name, marks, how to write it.

They are of lesson 13, whose answers need NumPy alone. In the marks `r` is right, `n` not right yet, `u` not
solved yet, `m` missing and `x` unreadable. A writer gets the folder of a student.
"""

import codecs
import json
import os

import nbformat

from tools.exercises import exercise_cells, solution_cells

NAME = "13-photographs.ipynb"
IMPORTS = "import numpy as np\nfrom exercises import check"
ONE, TWO, THREE = solution_cells("13")[1]
ONE_UNSOLVED, TWO_UNSOLVED, THREE_UNSOLVED = exercise_cells("13")
CHECK_3 = '\n\ncheck("13.3", from_yolo)'


def text_of(*cells, tags=("exercise",), first=IMPORTS):
    """A notebook with a cell of imports and other cells, as text."""
    made = [nbformat.v4.new_code_cell(cell, metadata={"tags": list(tags)}) for cell in cells]
    return nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(first), *made]))


def holds(*cells, name=NAME, **notebook):
    """A writer of a notebook with such cells."""
    return lambda folder: (folder / name).write_text(text_of(*cells, **notebook), encoding="utf-8")


def is_bytes(data, name=NAME):
    return lambda folder: (folder / name).write_bytes(data)


def split(cell, before):
    """A cell as two."""
    i = cell.index(before)
    return cell[:i], cell[i:]


def folder_with_that_name(folder):
    (folder / NAME).mkdir()


def within_such_a_folder(folder):
    folder_with_that_name(folder)
    holds(ONE)(folder / NAME)


def in_a_folder_below(folder):
    (folder / "course" / "notebooks").mkdir(parents=True)
    holds(ONE)(folder / "course" / "notebooks")
    (folder / ".ipynb_checkpoints").mkdir()
    holds("check('13.2', 1)")(folder / ".ipynb_checkpoints")


def several_copies(folder):
    holds(ONE, name="13-photographs.ipynb")(folder)
    holds(TWO, name="13-photographs (1).ipynb")(folder)
    holds(ONE_UNSOLVED, THREE, name="Copy of 13-photographs.ipynb")(folder)


def helper_beside(folder):
    (folder / "helpers.py").write_text("AIR = 0.05\n")
    holds("from helpers import AIR\ncheck('13.1', 1 / (1 + 2 * AIR) ** 2)")(folder)


def pipe_without_an_end(folder):
    os.mkfifo(folder / NAME) if hasattr(os, "mkfifo") else (folder / NAME).mkdir()


def of_2013(folder):
    cells = [{"cell_type": "code", "input": source} for source in (IMPORTS, ONE, TWO)]
    (folder / NAME).write_text(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}))


def with_nulls(folder):
    cells = [{"cell_type": "code", "source": source.splitlines(True)} for source in (IMPORTS, ONE)]
    cells[0]["metadata"], cells[1]["metadata"] = None, {"tags": None}
    (folder / NAME).write_text(json.dumps({"cells": [*cells, None, 3, {"cell_type": "code"}]}))


def merged_by_halves(folder):
    text = text_of(ONE, TWO).replace(' "cells"', '<<<<<<< HEAD\n "cells"\n=======\n "cells"', 1)
    (folder / NAME).write_text(text)


PRINTS_FOR_EVER = """
import threading, time
def chatter():
    while True:
        print("still here" * 100)
threading.Thread(target=chatter, daemon=True).start()
threading.Thread(target=lambda: time.sleep(1000)).start()
"""
NOT_TO_BE_STOPPED = """
while True:
    try:
        while True: pass
    except BaseException:
        pass
"""
STATEFUL = """
seen, calls = [], 0
def from_yolo(numbers, photo_width, photo_height):
    global calls
    calls += 1
    seen.append(numbers)
    print("call", calls, "of", len(seen))
    x, y, w, h = seen[-1]
    scale = np.array([photo_width, photo_height] * 2)
    return scale * [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
check("13.3", from_yolo)
assert calls == 2
"""
HALF_A_MESSAGE = "check.__self__.line.sendall(b'123')\nwhile True: pass"
FORKED = """
import os, time
if os.name == "posix" and os.fork() == 0:
    os.setsid()
    time.sleep(15)
    os._exit(0)
"""
SHOWS = """
import matplotlib.pyplot as plt
display(get_ipython())
plt.plot([1])
plt.show()
"""
CALLS_CHECK = THREE.replace("    x, y, width", "    check('13.1', 0.5)\n    x, y, width", 2)

ODD = [
    ("as it should be", "rrr", holds(ONE, TWO, THREE)),
    ("untouched", "uuu", holds(ONE_UNSOLVED, TWO_UNSOLVED, THREE_UNSOLVED)),
    ("single quotes", "rrr", holds(*(cell.replace('"', "'") for cell in (ONE, TWO, THREE)))),
    ("the name as a number", "rmm", holds("check(13.1, 1 / 1.1**2)")),
    ("by keywords", "rmm", holds("check(answer=1 / 1.1**2, name='13.1')")),
    ("split in two", "rrr", holds(*split(ONE, "check"), *split(TWO, "check"), *split(THREE, "def from_"))),
    ("split in two, tags lost", "mrr", holds(*split(TWO, "check"), *split(THREE, "check"), tags=())),
    (
        "split in a calculation",
        "rmm",
        holds("air = np.square(1.1)\niou = 1 / air", "check('13.1', iou)", tags=()),
    ),
    (
        "split, with a loop",
        "rmm",
        holds("a = 1\nfor _ in range(2):\n    a /= 1.1", "check('13.1', a)", tags=()),
    ),
    (
        "a copy below the solved one",
        "rrr",
        holds(ONE, TWO, THREE, ONE_UNSOLVED, TWO_UNSOLVED, THREE_UNSOLVED),
    ),
    ("a wrong copy below", "mmr", holds(THREE, THREE.replace("width / 2", "width"))),
    ("a broken copy below", "rmm", holds(ONE, "x = (\ncheck('13.1', x)")),
    ("a copy that stops", "mmr", holds(THREE, THREE.replace("def from_yolo", "oops\ndef from_yolo"))),
    ("tags lost", "rrr", holds(ONE, TWO, THREE, tags=())),
    (
        "a comment names another",
        "rmu",
        holds("# not check('13.2', 1)\n" + ONE, THREE_UNSOLVED + '  # after "13.2"'),
    ),
    ("a cell with three checks", "rrr", holds("\n".join([ONE, TWO, THREE]))),
    ("a cell with two, one stops", "rmn", holds(ONE + "\noops\n" + THREE)),
    (
        "lower-case constants",
        "rmm",
        holds("check('13.1', iou)", first=IMPORTS + "\nair = 0.05\niou = 1 / (1 + 2 * air) ** 2"),
    ),
    ("a magic above the imports", "rrr", holds(ONE, TWO, THREE, first="%matplotlib inline\n" + IMPORTS)),
    ("a magic and a shell line", "rmm", holds("%matplotlib inline\n!true\n" + ONE)),
    ("timed cells", "rrm", holds("%%time\n" + ONE, TWO, first="%%time\n" + IMPORTS)),
    (
        "check by another name",
        "rmm",
        holds("judge('13.1', 1 / 1.1**2)", first="from exercises import check as judge"),
    ),
    (
        "check in its package",
        "rmm",
        holds("exercises.check('13.1', 1 / 1.1**2)", first="import exercises", tags=()),
    ),
    ("no imports at all", "rrm", holds(ONE, TWO, first="")),
    ("an import that fails", "mrm", holds(TWO, first="import nowhere\n" + IMPORTS)),
    ("defined below its check", "mmr", holds(*reversed(split(THREE, "check")))),
    ("another cell is no Python", "rmm", holds(ONE, first="def (\n")),
    ("no Python yet", "nmm", holds("def (\n" + ONE)),
    ("stops after its check", "rmm", holds(ONE + "\n1 / 0")),
    ("no such exercise", "mmr", holds("check('13.4', 1)", "check('x', 1)", THREE)),
    ("another lesson's exercise", "rmm", holds("check('8.1', 'shapes')", ONE)),
    ("empty", "xxx", is_bytes(b"")),
    ("nothing in it", "xxx", is_bytes(b"{}")),
    ("a list", "xxx", is_bytes(b"[1, 2]")),
    ("no text", "xxx", is_bytes(bytes(range(256)))),
    ("very deep", "xxx", is_bytes(b"[" * 100_000)),
    ("merged by halves", "xxx", merged_by_halves),
    ("with a mark of its encoding", "rmm", is_bytes(codecs.BOM_UTF8 + text_of(ONE).encode())),
    ("of Windows' PowerShell", "rmm", is_bytes(text_of(ONE).encode("utf-16"))),
    ("a folder", "xxx", folder_with_that_name),
    ("within such a folder", "rmm", within_such_a_folder),
    ("a pipe", "xxx", pipe_without_an_end),
    ("of 2013", "rrm", of_2013),
    ("with nulls", "rmm", with_nulls),
    ("in a folder below", "rmm", in_a_folder_below),
    ("several copies", "rrr", several_copies),
    ("Colab's copy", "rmm", holds(ONE, name="Copy of 13-photographs.ipynb")),
    ("a browser's copy", "rmm", holds(ONE, name="13-photographs (1).ipynb")),
    ("Jupyter's copy", "rmm", holds(ONE, name="13-photographs-Copy1.ipynb")),
    ("with underscores", "rmm", holds(ONE, name="Zoe 13_photographs.IPYNB")),
    ("a module beside", "rmm", helper_beside),
    ("megabytes of output", "rmr", holds(ONE, "for _ in range(64): print('x' * 2**20)", THREE)),
    ("a megabyte as an answer", "nmr", holds("check('13.1', 'x' * 2**20)", THREE)),
    ("exit", "rmr", holds(ONE, "exit()", "import sys\nsys.exit(1)", THREE)),
    ("ends itself", "rnr", holds(ONE, "import os\nos._exit(0)\ncheck('13.2', 1)", THREE)),
    (
        "an answer that ends itself",
        "rnr",
        holds(ONE, "import os\ndef f(*a): os._exit(3)\ncheck('13.2', f)", THREE),
    ),
    ("closes everything", "rmr", holds(ONE, "import os\nos.closerange(0, 100)", THREE)),
    ("another process stays", "rmr", holds(ONE, FORKED, THREE)),
    ("a thread that prints", "rmr", holds(ONE, PRINTS_FOR_EVER, THREE)),
    ("asks for input", "rmm", holds(ONE, "number = input('Number? ')\ncheck('13.1', number)")),
    ("keeps a state and prints", "mmr", holds(STATEFUL)),
    ("too deep a recursion", "mnr", holds("def f(*a): return f(*a)\ncheck('13.2', f)", THREE)),
    ("a list that holds itself", "nmr", holds("a = []\na.append(a)\ncheck('13.1', a)", THREE)),
    ("a very deep list", "nmr", holds("a = 1\nfor _ in range(9**5): a = [a]\ncheck('13.1', a)", THREE)),
    ("checks while it is checked", "nmn", holds(CALLS_CHECK)),
    ("a very long sum", "rmm", holds("n = " + "1 + " * 9999 + "1", ONE, tags=())),
    ("an escape that Python warns of", "rmm", holds("'\\d'\n" + ONE, first=IMPORTS + "\nPATTERN = '\\d'")),
    ("a fraction", "rmm", holds("from fractions import Fraction\ncheck('13.1', Fraction(100, 121))")),
    ("displays and shows", "rmm", holds(SHOWS + ONE)),
]

ENDLESS = [  # these take all the time that they get
    ("an endless loop", "rnr", holds(ONE, TWO_UNSOLVED.replace("...", "1\nwhile True: pass", 1), THREE)),
    (
        "an endless answer",
        "rnr",
        holds(ONE, TWO.replace("    box,", "    while True: pass\n    box,", 1), THREE),
    ),
    ("one that cannot be stopped", "rmr", holds(ONE, NOT_TO_BE_STOPPED, THREE)),
    ("half a message", "mmr", holds(HALF_A_MESSAGE, THREE)),
    ("an endless constant", "rrm", holds(ONE, TWO, first=IMPORTS + "\nimport time\nALL = time.sleep(1000)")),
]
