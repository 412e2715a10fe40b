"""When two texts of a notebook's output count as equal: for nbval (see conftest.py) and `make refresh`.

Times are blanked by `tests/nbval-sanitize.cfg`. Numbers with decimals may differ by two units of their last
printed digit, because convolutions round differently on different processors: whoever prints a
number chooses, with its digits, how closely it is held. Everything else must be equal.
"""

import re
from pathlib import Path

from nbval.plugin import get_sanitize_patterns

SANITIZE = Path(__file__).resolve().parent.parent / "tests" / "nbval-sanitize.cfg"
DECIMAL = re.compile(r"-?\d+\.(\d+)")
UNITS = 2


def sanitized(text):
    """The text without times, for outputs that nbval does not sanitize itself."""
    for regex, replace in get_sanitize_patterns(SANITIZE.read_text(encoding="utf-8")):
        text = re.sub(regex, replace, text)
    return text


def same_text(a, b):
    """Whether two sanitized texts are equal, but for the last digits of decimals."""
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
