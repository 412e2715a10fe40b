"""Compares notebook outputs as `tools/comparison.py` says."""

from nbval.plugin import IPyNbCell

from tools.comparison import ComparableText

_sanitize = IPyNbCell.sanitize


def _comparable(cell, output):
    result = _sanitize(cell, output)
    return ComparableText(result) if isinstance(result, str) else result


IPyNbCell.sanitize = _comparable
