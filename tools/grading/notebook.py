"""Reads the code cells of a file that should be a notebook."""

import base64
import json
import re
from contextlib import suppress

MOST_BYTES = 2**28
MOST_OF_A_PICTURE = 2**21
PNG = b"\x89PNG\r\n\x1a\n"


class Broken(Exception):
    """A file that is not a notebook."""


def code_cells(path):
    """The source of each code cell, and whether it is tagged `exercise`."""
    return [_code(cell) for cell in _cells(path)]


def pictures(path):
    """Source of a code cell -> the last picture below it, a PNG file, for those that have one."""
    return {_code(cell)[0]: png for cell in _cells(path) for png in _pngs(cell)}


def _cells(path):
    """The code cells, each a dict. Raises Broken."""
    try:
        if not path.is_file():
            raise Broken("is a folder." if path.is_dir() else "cannot be opened.")
        if path.stat().st_size > MOST_BYTES:
            raise Broken("has more than 256 MB: clear its outputs.")
        data = path.read_bytes()
        if not data.strip():
            raise Broken("is empty.")
        notebook = json.loads(data)
    except (OSError, ValueError, RecursionError) as error:
        raise Broken(_what_is_wrong(error, data if "data" in locals() else b"")) from None
    if not isinstance(notebook, dict):
        raise Broken("is not a notebook: it has no cells.")
    sheets = notebook.get("worksheets") or [notebook]  # so until 2014
    cells = [cell for sheet in _list(sheets) for cell in _list(_dict(sheet).get("cells"))]
    if not cells:
        raise Broken("is not a notebook: it has no cells.")
    return [cell for cell in map(_dict, cells) if cell.get("cell_type") == "code"]


def _what_is_wrong(error, data):
    if isinstance(error, OSError):
        return f"cannot be opened: {error.strerror}."
    if re.search(rb"(?m)^<{7} ", data):
        return "holds both sides of a merge that was not finished: look for <<<<<<<."
    return f"is not a notebook: it is not JSON ({error})."


def _code(cell):
    source = cell.get("source", cell.get("input", ""))
    text = "".join(map(str, source)) if isinstance(source, list) else str(source or "")
    tags = _dict(cell.get("metadata")).get("tags")
    return text, "exercise" in (tags if isinstance(tags, (list, str)) else ())


def _pngs(cell):
    """The pictures below a cell that are PNG files and not too large."""
    found = []
    for output in map(_dict, _list(cell.get("outputs"))):
        text = _dict(output.get("data")).get("image/png", "")
        text = "".join(map(str, text)) if isinstance(text, list) else str(text)
        with suppress(ValueError):
            png = base64.b64decode(text[: 2 * MOST_OF_A_PICTURE])
            found += [png] if png.startswith(PNG) and len(png) <= MOST_OF_A_PICTURE else []
    return found


def _list(value):
    return value if isinstance(value, list) else []


def _dict(value):
    return value if isinstance(value, dict) else {}
