"""The code cells of a file that should be a notebook, and is perhaps something else."""

import json
import re

MOST_BYTES = 2**28


class Broken(Exception):
    """A file that is no notebook."""


def code_cells(path):
    """The source of each code cell, and whether it is tagged `exercise`."""
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
        raise Broken("is no notebook: it has no cells.")
    sheets = notebook.get("worksheets") or [notebook]  # so until 2014
    cells = [cell for sheet in _list(sheets) for cell in _list(_dict(sheet).get("cells"))]
    if not cells:
        raise Broken("is no notebook: it has no cells.")
    return [_code(cell) for cell in map(_dict, cells) if cell.get("cell_type") == "code"]


def _what_is_wrong(error, data):
    if isinstance(error, OSError):
        return f"cannot be opened: {error.strerror}."
    if re.search(rb"(?m)^<{7} ", data):
        return "holds both sides of a merge that was not finished: look for <<<<<<<."
    return f"is no notebook: it is no JSON ({error})."


def _code(cell):
    source = cell.get("source", cell.get("input", ""))
    text = "".join(map(str, source)) if isinstance(source, list) else str(source or "")
    tags = _dict(cell.get("metadata")).get("tags")
    return text, "exercise" in (tags if isinstance(tags, (list, str)) else ())


def _list(value):
    return value if isinstance(value, list) else []


def _dict(value):
    return value if isinstance(value, dict) else {}
