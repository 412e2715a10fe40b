"""Rows of YOLO and CSV files, each with its photo, not yet checked.

Every reader takes files, the photos and the problems, and yields `Row`s in the files' order.
"""

import codecs
import csv
import re
from operator import itemgetter

from .formats import Row, load

COLUMNS = {
    "file": "file filename file_name image image_path image_name imagepath path img photo",
    "left": "left xmin x_min x1 x",
    "top": "top ymin y_min y1 y",
    "right": "right xmax x_max x2",
    "bottom": "bottom ymax y_max y2",
    "width": "width w bbox_width box_width",
    "height": "height h bbox_height box_height",
    "kind": "kind class label category class_name",
}
ROLES = {name: role for role, names in COLUMNS.items() for name in names.split()}
CORNERS, EXTENT = ("left", "top", "right", "bottom"), ("left", "top", "width", "height")
HEADERLESS = {role: i for i, role in enumerate(("file", *CORNERS, "kind"))}


def _text(file, problems):
    """The text of a file in UTF-8 or UTF-16, or else in what Excel writes, with line ends of one sort."""
    content = load(file, bytes, "a file", problems) or b""
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        value = f"byte {error.object[error.start]:#04x} at {error.start}"
        problems.add(file.name, "not UTF-8", value, "read as Windows-1252: save it as UTF-8")
        text = content.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _class_names(folder, problems):
    """Index, as text, to name: from classes.txt or data.yaml in the folder or one of two above it; or {}."""
    for place in (folder, folder.parent, folder.parent.parent):
        if (file := place / "classes.txt").is_file():
            lines = enumerate(_text(file, problems).rstrip().split("\n"))
            return {str(i): line.strip() for i, line in lines if line.strip()}
        if (file := place / "data.yaml").is_file():
            return _yaml_names(_text(file, problems))
    return {}


def _yaml_names(text):
    """`names` of a data.yaml: a list or a mapping, on one line or on several."""
    block = re.search(r"^names:(.*(?:\n(?:[ \t\-\]}].*|)$)*)", text, re.M)
    item = r"""(?:^|[\[{,])\s*(?:-\s+)?(?:(\d+)\s*:\s*)?("[^"\n]*"|'[^'\n]*'|[^\s\[\]{},'"#][^,\]}\n#]*)"""
    items = re.findall(item, block[1] if block else "", re.M)
    return {index or str(i): name.strip().strip("\"'") for i, (index, name) in enumerate(items)}


def read_yolo(files, photos, problems):
    names = _class_names(files[0].parent, problems)
    for file in files:
        if (photo := photos.find(file.stem, file.name)) is None:
            continue
        rows = [
            (i, line.split()) for i, line in enumerate(_text(file, problems).split("\n"), 1) if line.strip()
        ]
        if not rows:
            problems.add(file.name, "no object in it")
        for number, (index, *numbers) in rows:
            where = f"{file.name}, row {number}"
            if not index.isdecimal() or (names and index not in names):
                problems.add(where, "class that does not exist", repr(index))
            else:
                numbers = numbers[:4] if len(numbers) == 5 else numbers  # the fifth is a confidence
                yield Row(where, photo, numbers, "cxcywh", names.get(index, index))


def _cells(line, separator):
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator))
    except csv.Error:  # a cell too long to be one
        return []


def read_csv(files, photos, problems):
    for file in files:
        lines = [(i, line) for i, line in enumerate(_text(file, problems).split("\n"), 1) if line.strip()]
        separator = max(",;\t", key=lines[0][1].count) if lines else ","
        header = [cell.strip(" #").lower() for cell in _cells(lines[0][1], separator)] if lines else []
        columns = {ROLES[name]: i for i, name in reversed(list(enumerate(header))) if name in ROLES}
        headed = len(columns) > 1
        columns = columns if headed else HEADERLESS
        layout = "xyxy" if "right" in columns or "bottom" in columns else "xywh"
        needed = ("file", *(CORNERS if layout == "xyxy" else EXTENT))
        if missing := [role for role in needed if role not in columns]:
            problems.add(file.name, "its header lacks columns", ", ".join(missing))
        elif not lines[headed:]:
            problems.add(file.name, "no object in it")
        else:
            yield from _csv_rows(file, lines[headed:], separator, columns, layout, photos, problems)


def _csv_rows(file, lines, separator, columns, layout, photos, problems):
    roles = ("file", *(CORNERS if layout == "xyxy" else EXTENT))
    pick, kind = itemgetter(*(columns[role] for role in roles)), columns.get("kind", 0)
    sized = layout == "xyxy" and "width" in columns and "height" in columns
    for number, line in lines:
        cells = _cells(line, separator)
        try:
            name, *numbers = pick(cells)
            stated = (cells[columns["width"]], cells[columns["height"]]) if sized else None
        except IndexError:
            problems.add(f"{file.name}, row {number}", "too few columns", repr(line))
            continue
        where = f"{file.name}, row {number}, {name}"
        if separator == ";":
            numbers = [value.replace(",", ".") for value in numbers]
        if photo := photos.find(name, where, stated):
            yield Row(where, photo, numbers, layout, cells[kind] if 0 < kind < len(cells) else None)
