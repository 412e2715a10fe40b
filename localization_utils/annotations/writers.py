"""Labelled photos as text: Pascal VOC, COCO, YOLO and CSV, as a mapping of file name to content."""

import csv
import io
import json
import math
import os
import re
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

from ..photos import photo_size
from .checks import words

HEADER = ("file", "left", "top", "right", "bottom", "kind")
UNWRITABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # not in XML, or not in one line


def _photo_name(path, folder):
    """A photo's path from the folder of the annotations if it lies below it, or its file name alone."""
    path = Path(os.path.abspath(path))
    folder = os.path.abspath(folder)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def writable(labelled, folder):
    """Rows `(name, path, box, kind)` of plain floats and text. Raises ValueError for one that cannot be."""
    rows, named = [], {}
    for path, box, kind in labelled:
        name, kind = _photo_name(path, folder), str(kind).strip() or "object"
        box = tuple(map(float, box))
        if len(box) != 4 or not (
            -math.inf < box[0] < box[2] < math.inf and -math.inf < box[1] < box[3] < math.inf
        ):
            raise ValueError(f"{name}: {words(box)} is not a box; give left < right and top < bottom.")
        if UNWRITABLE.search(name + kind):
            raise ValueError(f"{name!r}, {kind!r}: a control character cannot be written; rename it.")
        if named.setdefault(name, os.path.abspath(path)) != os.path.abspath(path):
            raise ValueError(f"{named[name]} and {path} would both be named {name}; rename one.")
        rows.append((name, path, box, kind))
    return rows


def _by_photo(labelled):
    """`(name, path, objects)` of each photo, in order of the photos' first objects."""
    order = {name: i for i, (name, *_) in reversed(list(enumerate(labelled)))}
    for name, rows in groupby(sorted(labelled, key=lambda row: order[row[0]]), key=lambda row: row[0]):
        rows = list(rows)
        yield name, rows[0][1], [(box, kind) for _, _, box, kind in rows]


def _by_stem(labelled, taken=()):
    """The same with each photo's name without folder and suffix, which must be its own."""
    known = set(taken)
    for name, path, objects in _by_photo(labelled):
        stem = Path(name).stem
        if stem in known:
            raise ValueError(f"{name}: a second file {stem} would be written; rename the photo.")
        known.add(stem)
        yield stem, name, path, objects


def _number(value):
    """A float as the shortest text that reads back as the same float, whole numbers without a point."""
    return str(int(value)) if value == int(value) else repr(value)


def _element(parent, tag, text=None):
    child = ElementTree.SubElement(parent, tag)
    child.text = text
    return child


def write_voc(labelled):
    files = {}
    for stem, name, path, objects in _by_stem(labelled):
        root = ElementTree.Element("annotation")
        _element(root, "filename", name)
        size = _element(root, "size")
        for tag, value in zip(("width", "height", "depth"), (*photo_size(path), 3)):
            _element(size, tag, str(value))
        for box, kind in objects:
            item = _element(root, "object")
            _element(item, "name", kind)
            bndbox = _element(item, "bndbox")
            for tag, value in zip(("xmin", "ymin", "xmax", "ymax"), box):
                _element(bndbox, tag, _number(value))
        ElementTree.indent(root)
        files[f"{stem}.xml"] = ElementTree.tostring(root, "unicode") + "\n"
    return files


def write_coco(labelled):
    kinds = {kind: i for i, kind in enumerate(sorted({kind for *_, kind in labelled}), 1)}
    images, annotations = [], []
    for image, (name, path, objects) in enumerate(_by_photo(labelled), 1):
        width, height = photo_size(path)
        images.append({"id": image, "file_name": name, "width": width, "height": height})
        for (left, top, right, bottom), kind in objects:
            box, area = [left, top, right - left, bottom - top], (right - left) * (bottom - top)
            about = {"id": len(annotations) + 1, "image_id": image, "category_id": kinds[kind]}
            annotations.append({**about, "bbox": box, "area": area, "iscrowd": 0, "segmentation": []})
    categories = [{"id": i, "name": kind, "supercategory": "none"} for kind, i in kinds.items()]
    data = {"images": images, "categories": categories, "annotations": annotations}
    return {"": json.dumps(data, ensure_ascii=False, indent=1) + "\n"}


def write_yolo(labelled):
    kinds = sorted({kind for *_, kind in labelled})
    files = {"classes.txt": "".join(f"{kind}\n" for kind in kinds)}
    for stem, _, path, objects in _by_stem(labelled, taken=["classes"]):
        width, height = photo_size(path)
        rows = []
        for (left, top, right, bottom), kind in objects:
            x, w = (left + right) / 2 / width, (right - left) / width
            y, h = (top + bottom) / 2 / height, (bottom - top) / height
            rows.append(f"{kinds.index(kind)} {x:.10f} {y:.10f} {w:.10f} {h:.10f}\n")
        files[f"{stem}.txt"] = "".join(rows)
    return files


def write_csv(labelled):
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(HEADER)
    rows.writerows((name, *map(_number, box), kind) for name, _, box, kind in labelled)
    return {"": text.getvalue()}


WRITERS = {"voc": write_voc, "coco": write_coco, "yolo": write_yolo, "csv": write_csv}
