"""Compares notebook outputs as `tools/comparison.py` says, and puts short notebooks last."""

from nbval.plugin import IPyNbCell

from tools.comparison import ComparableText

_sanitize = IPyNbCell.sanitize


def _comparable(cell, output):
    result = _sanitize(cell, output)
    return ComparableText(result) if isinstance(result, str) else result


IPyNbCell.sanitize = _comparable


def pytest_collection_modifyitems(items):
    """Lessons 1 to 6 last: when a worker of `make test` finds no more, no other has a long one to do."""
    items.sort(key=lambda item: item.path.suffix == ".ipynb" and item.path.name < "07")
