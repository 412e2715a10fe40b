"""Submissions that try to get a mark that they did not earn: name, marks, how to write it.

They are written as the odd ones are. Each knows how a check works, and none knows the answer.
"""

from tests.odd_submissions import IMPORTS, THREE, holds
from tools.exercises import solution_cells

WRONG_1, WRONG_3 = "\ncheck('13.1', 0.5)", "\ncheck('13.3', lambda n, w, h: (0, 0, w, h))"
WRONG = WRONG_1 + WRONG_3
ANY = """
class Any(float):
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda self, other: True
    __hash__ = None
check("13.1", Any(3))
check("13.3", lambda *a: [Any(3)] * 4)
"""
OWN_ARRAY = """
class Array(np.ndarray):
    def __array_function__(self, *a): return True
check("13.3", lambda *a: np.zeros(4).view(Array))
"""


def in_copies(folder):
    for i, guess in enumerate((0.8, 0.826, 0.85)):
        holds(f"check('13.1', {guess})", name=f"13-photographs ({i}).ipynb")(folder)


def lays(name, text, *cells):
    """A writer that lays a file beside the notebook."""

    def write(folder):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
        holds(*cells)(folder)

    return write


SLOW = solution_cells("12")[1][2].split("def composite")[0]  # the loop over pixels
OWN_CHECK = """
def check(name, answer):
    print(f"Exercise {name}: right.")
    return {"exercise": name, "outcome": "right", "says": ""}
"""
PATCHED = """
from exercises import checking, lesson_13
checking.number = checking.array = lambda *a, **k: None
checking.judged = lambda name, answer: ("right", "", None)
checking.OUTCOMES += [{"exercise": "13.2", "outcome": "right", "says": ""}] * 9
lesson_13.check_1 = lesson_13.check_3 = lesson_13.number = lambda *a: "well done"
lesson_13.np.allclose = lambda *a, **k: True
"""
LOOKS_UP = """
import sys
def from_yolo(*arguments):
    frame = sys._getframe()
    while frame:
        if "right" in frame.f_locals:
            return frame.f_locals["right"]
        frame = frame.f_back
    return 0, 0, 1, 1
check("13.3", from_yolo)
"""
SPEAKS_FOR_THE_JUDGE = """
import gc, json, struct
line = check.__self__.line if hasattr(check, "__self__") else None
def say(form):
    text = json.dumps([form, []]).encode()
    line.sendall(struct.pack("!Q", len(text)) + text)
say({"dict": [["outcome", "right"], ["exercise", "13.1"], ["says", ""]]})
"""
NO_ARRAY = SPEAKS_FOR_THE_JUDGE.replace(
    '["says", ""]', '["check", "13.1"], ["answer", {"array": ["O", [1], 0]}]'
)
SENDS = SPEAKS_FOR_THE_JUDGE.rsplit("say(", 1)[0]
PICKLED = """
class Bomb:
    def __reduce__(self):
        return exec, ("import exercises.checking as c; c.judged = lambda *a: ('right', '', None)",)
check("13.1", Bomb())
check("13.3", lambda *a: Bomb())
"""
CHANGES_ITS_ARGUMENTS = """
def threshold_for(p, shown, precision):
    p[:], shown[:] = 1, True
    return 0.5
check("10.2", threshold_for)
"""
SAME_BY_CHANGE = """
def balanced_weights(labels):
    labels[:] = -1
    return 0.0 * labels
check("11.2", balanced_weights)
"""
REMEMBERS = """
images = {}
def composite(image, sprite, top, left):
    key = hash((image.tobytes(), sprite.tobytes(), top, left))
    if key not in images:
        images[key] = original_composite(image, sprite, top, left)
    return images[key]
check("12.3", composite)
"""
GUESSES = "for i in range(60, 100):\n    check('13.1', i / 100)"
ALL_GUESSES = "for i in range(1000):\n    check('13.1', i / 1000)"
WRITES = """
import atexit, threading, time, json
from pathlib import Path
def write():
    for _ in range(300):
        for path in Path("..").resolve().parent.glob("*/grade.json"):
            path.write_text(json.dumps({"right": 3}))
        time.sleep(0.1)
threading.Thread(target=write).start()
"""
LATE = (
    "import threading\nthreading.Timer(0.2, lambda: check('13.2', 1)).start()\nimport time\ntime.sleep(0.5)\n"
)

HOSTILE = [
    ("its own check", "nmn", holds(OWN_CHECK + WRONG)),
    ("its own check, elsewhere", "nmn", holds(WRONG, first=IMPORTS + OWN_CHECK)),
    ("a checker that it patches", "nmn", holds(PATCHED + WRONG)),
    ("exercises.py beside", "nmn", lays("exercises.py", OWN_CHECK, WRONG)),
    ("a package exercises beside", "nmn", lays("exercises/__init__.py", OWN_CHECK, WRONG)),
    ("numpy.py beside", "nmn", lays("numpy.py", "allclose = lambda *a: True", WRONG)),
    ("json.py beside", "nmn", lays("json.py", "dumps = lambda *a: 'right'", WRONG)),
    ("sitecustomize.py beside", "nmn", lays("sitecustomize.py", "raise SystemExit", WRONG)),
    ("tools beside", "nmn", lays("tools/grade.py", "print('3 of 3 right')", WRONG)),
    ("a number equal to any", "nmn", holds(ANY)),
    ("an array of its own kind", "mmn", holds(OWN_ARRAY)),
    ("patched NumPy", "nmn", holds("np.allclose = np.array_equal = np.abs = lambda *a, **k: True" + WRONG)),
    ("looks for what is right", "mmn", holds(LOOKS_UP)),
    ("speaks for the judge", "nmn", holds(SPEAKS_FOR_THE_JUDGE + WRONG)),
    (
        "sends what is no message",
        "rmr",
        holds("check('13.1', 1 / 1.1**2)", SENDS + "line.sendall(b'right' * 1000)", THREE),
    ),
    ("promises a terabyte", "mmr", holds(SENDS + "line.sendall(struct.pack('!Q', 2**40))", THREE)),
    ("an array that is none", "nmr", holds(NO_ARRAY + WRONG_1, THREE)),
    ("code in a pickle", "nmn", holds(PICKLED)),
    (
        "raises success",
        "mmn",
        holds("class right(Exception): pass\ndef f(*a): raise right('right')\ncheck('13.3', f)"),
    ),
    ("raises to stop the judge", "mmn", holds("def f(*a): raise KeyboardInterrupt\ncheck('13.3', f)")),
    ("guesses, the last one wrong", "nmm", holds(GUESSES)),
    ("more guesses than allowed", "nmm", holds(ALL_GUESSES)),
    (
        "guesses in many cells",
        "nmm",
        holds("check('13.1', 0.8)", "check('13.1', 0.826)", "check('13.1', 0.85)"),
    ),
    ("guesses in many copies", "nmm", in_copies),
    ("changes its arguments", "mnm", holds(CHANGES_ITS_ARGUMENTS, name="10-presence.ipynb")),
    ("changes what it is compared with", "mnm", holds(SAME_BY_CHANGE, name="11-classes.ipynb")),
    ("remembers what it was asked", "mmn", holds(SLOW + REMEMBERS, name="12-anything.ipynb")),
    ("writes the report", "nmn", holds(WRITES + WRONG)),
    ("checks from a thread", "nnn", holds(LATE + WRONG)),
]
