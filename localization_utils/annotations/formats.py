"""Rows of Pascal VOC and COCO files, each with its photo, not yet checked.

Every reader takes files, the photos and the problems, and yields `Row`s in the files' order.
"""

import json
from typing import NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat


class Row(NamedTuple):
    """One object as the file has it. `layout`: xyxy or xywh pixels, or cxcywh relative to the photo."""

    where: str
    photo: tuple  # its path, and (width, height)
    numbers: list  # four of them, if all is well
    layout: str
    kind: object = None


def load(file, parse, name, problems):
    """A parsed file, or None with the problem noted."""
    try:
        return parse(file.read_bytes())
    except (OSError, ValueError, LookupError, RecursionError, expat.ExpatError) as error:
        problems.add(file.name, f"not {name} that can be read", str(error) or type(error).__name__)


def _refuse_entities(name, *_):
    raise ValueError(f"it declares the entity {name!r}, which can blow up without end")


def _voc(content):
    builder, parser = ElementTree.TreeBuilder(), expat.ParserCreate()
    parser.EntityDeclHandler = _refuse_entities
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(content, True)
    root = builder.close()
    if root.tag != "annotation":
        raise ValueError(f"its root is <{root.tag}>, not <annotation>")
    return root


def read_voc(files, photos, problems):
    for file in files:
        if (root := load(file, _voc, "Pascal VOC", problems)) is None:
            continue
        size = root.findtext("size/width"), root.findtext("size/height")
        photo = photos.find(root.findtext("filename") or file.stem, file.name, size)
        if photo and root.find("object") is None:
            problems.add(file.name, "no object in it")
        for number, item in enumerate(root.findall("object") if photo else (), 1):
            box = [item.findtext(f"bndbox/{edge}") for edge in ("xmin", "ymin", "xmax", "ymax")]
            yield Row(f"{file.name}, object {number}", photo, box, "xyxy", item.findtext("name"))


def _coco(content):
    data = json.loads(content)
    if not isinstance(data, dict) or not all(
        isinstance(data.get(k), list) for k in ("images", "annotations")
    ):
        raise ValueError("it has no lists named images and annotations")
    return data


def _by_id(items, where, problems):
    known = {}
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict) or str(item.get("id")) in known:
            problems.add(where, "an entry without id, or with the id of an earlier one", repr(item))
        else:
            known[str(item.get("id"))] = item
    return known


def read_coco(files, photos, problems):
    for file in files:
        if (data := load(file, _coco, "COCO", problems)) is None:
            continue
        if not data["annotations"]:
            problems.add(file.name, "no object in it")
        images = _by_id(data["images"], f"{file.name}, images", problems)
        kinds = _by_id(data.get("categories"), f"{file.name}, categories", problems)
        for number, item in enumerate(data["annotations"], 1):
            where = f"{file.name}, annotation {number}"
            if row := _coco_row(item, where, images, kinds, photos, problems):
                yield row


def _coco_row(item, where, images, kinds, photos, problems):
    if not isinstance(item, dict):
        return problems.add(where, "not an annotation", repr(item))
    box, image, kind = item.get("bbox"), item.get("image_id"), item.get("category_id")
    if str(image) not in images:
        return problems.add(where, "image_id that does not exist", repr(image))
    if kinds and str(kind) not in kinds:
        return problems.add(where, "category_id that does not exist", repr(kind))
    if item.get("iscrowd") == 1:
        return problems.add(where, "a crowd, not one object", "iscrowd 1")
    about, kind = images[str(image)], kinds[str(kind)].get("name") if kinds else kind
    name, size = str(about.get("file_name")), (about.get("width"), about.get("height"))
    where = f"{where}, {name}"
    if photo := photos.find(name, where, size):
        return Row(where, photo, box if isinstance(box, list) else [box], "xywh", kind)
