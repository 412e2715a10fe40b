"""Decides whether two outputs of a notebook count as equal, for nbval (see conftest.py) and `make refresh`.

`tests/nbval-sanitize.cfg` removes times. Numbers with a decimal point may differ by two units of their last
printed digit, because convolutions round differently on different processors. So the digits that a lesson
prints set how exactly a number is compared. In a list, `28.` is such a number and may differ by two.
Everything else must be equal.
"""

import re
import subprocess
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import nbformat
from nbval.plugin import get_sanitize_patterns
from PIL import Image, ImageChops

SANITIZE = Path(__file__).resolve().parent.parent / "tests" / "nbval-sanitize.cfg"
DECIMAL = re.compile(r"-?\d+\.(\d+|(?=[,\]]))")
UNITS = 2
PICTURES = ("image/png", "image/jpeg")


def sanitized(text):
    """The text without times, for outputs that nbval does not sanitize itself."""
    for regex, replace in get_sanitize_patterns(SANITIZE.read_text(encoding="utf-8")):
        text = re.sub(regex, replace, text)
    return text


def same_text(a, b):
    """Whether two sanitized texts are equal, except for the last digits of decimals."""
    if DECIMAL.sub("#", a) != DECIMAL.sub("#", b):
        return False
    pairs = zip(DECIMAL.finditer(a), DECIMAL.finditer(b))
    return all(_same_number(x, y) for x, y in pairs)


def _same_number(x, y):
    digits = len(x[1])
    return digits == len(y[1]) and round(abs(float(x[0]) - float(y[0])) * 10**digits) <= UNITS


class ComparableText(str):
    """A string whose `==` is `same_text`, for nbval's own comparison."""

    __hash__ = None

    def __eq__(self, other):
        return isinstance(other, str) and same_text(str(self), str(other))

    def __ne__(self, other):
        return not self == other


def _text(output):
    """Everything in an output that is compared, as one sanitized text; of pictures and widgets the kind."""
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


def is_picture(output):
    """Whether an output is a picture."""
    return not output.get("data", {}).keys().isdisjoint(PICTURES)


def _pictures(output):
    """The pictures of an output, PNG or JPEG, as Pillow images in RGB."""
    files = [v for k, v in output.get("data", {}).items() if k in PICTURES]
    return [Image.open(BytesIO(b64decode(file))).convert("RGB") for file in files]


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
    """Put back, in place, the earlier outputs of an unchanged cell if the new ones are equal to them.

    After a changed cell even a small difference need not be rounding, so there the numbers must be the same.
    """
    changed, earlier = False, {cell.id: cell for cell in before.cells if cell.cell_type == "code"}
    for cell in (c for c in after.cells if c.cell_type == "code"):
        old = earlier.get(cell.id)
        changed = changed or old is None or old.source != cell.source
        if old is None or old.source != cell.source or len(old.outputs) != len(cell.outputs):
            continue
        if all(_same_output(*pair, exactly=changed) for pair in zip(old.outputs, cell.outputs)):
            cell.outputs = old.outputs


def committed(path):
    """A notebook as last committed, so that later edits count as changes; without git, as it is on disk."""
    try:
        command = ["git", "show", f"HEAD:./{path.name}"]
        shown = subprocess.run(command, cwd=path.parent, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):  # no git, no repository, or a new notebook
        return nbformat.read(path, as_version=4)
    return nbformat.reads(shown.decode(), as_version=4)
