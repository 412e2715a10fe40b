"""Finds labelled photos on disk: the annotations of a folder and their photos; collects the problems."""

import os
import re
from collections import Counter
from pathlib import Path

from ..photos import photo_size

SHOWN = 20  # problems of one kind that get a line each; the rest are counted
SUFFIXES = {"voc": (".xml",), "coco": (".json",), "yolo": (".txt",), "csv": (".csv", ".tsv")}
LOOKS = {"voc": rb"<annotation\b", "coco": rb'"(images|annotations|categories)"\s*:', "csv": rb"[,;\t]"}
LOOKS["yolo"] = rb"\A(\xef\xbb\xbf)?\s*\d+([ \t]+\S+){2}"
ANNOTATION_FOLDERS, PHOTO_FOLDERS = ("annotations", "annots", "labels"), ("images", "JPEGImages")
PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".jfif", ".ppm")


class Problems:
    """What is wrong, one line each; of more than 20 of a kind, the first 20 and how many follow."""

    def __init__(self):
        self._lines, self._counts = [], Counter()

    def add(self, where, what, value="", outcome="left out"):
        """Note a problem: `where` it is, its kind `what`, the offending `value` as text."""
        self._counts[what] += 1
        if self._counts[what] <= SHOWN:
            line = f"{where[:160]}: {what}{': ' if value else ''}{value[:160]}; {outcome}."
            self._lines.append("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line))

    def lines(self):
        """The lines, in the order in which they were added."""
        many = [(what, count) for what, count in self._counts.items() if count > SHOWN]
        return self._lines + [f"And {count - SHOWN:,} more like it: {what}." for what, count in many]


class Photos:
    """The photos of some folders, found by file name, by path, or by the name without its suffix."""

    def __init__(self, folders, problems):
        self._folders, self._problems, self._found = folders, problems, {}
        self._names, self._stems = {}, {}
        for folder in folders:
            for name in _file_names(folder):
                self._names.setdefault(name, Path(folder, name))
                stem, suffix = os.path.splitext(name)
                if suffix.lower() in PHOTO_SUFFIXES:
                    self._stems.setdefault(stem, Path(folder, name))

    def find(self, name, where, stated=None):
        """`(path, (width, height))` of the photo, upright, or None. What is wrong is noted once a photo.

        `stated` is the size that the annotation gives, a pair of anything, or None.
        """
        if name not in self._found:
            self._found[name] = self._look(name, where, stated)
        return self._found[name]

    def _look(self, name, where, stated):
        path = self._path(name) or self._path(name.strip())
        if path is None:
            what = "photo not found (photos= gives the folder of the photos)"
            return self._problems.add(where, what, repr(name), "its objects left out")
        try:
            size = photo_size(path)
        except ValueError as error:
            return self._problems.add(where, "photo cannot be read", str(error).rstrip("."), "left out")
        if stated and any(stated) and not _same(stated, size):
            what, value = (
                "states a size that is not the photo's",
                "{} x {}, not {} x {}".format(*stated, *size),
            )
            self._problems.add(where, what, value, "the photo's is taken: check the box")
        return path, size

    def _path(self, name):
        if re.search(r"[\\/]", name):
            paths = (Path(folder, name.replace("\\", "/")) for folder in self._folders)
            below = next((path for path in paths if os.path.isfile(path)), None)
            return below or self._path(re.split(r"[\\/]", name)[-1])
        return self._names.get(name) or self._stems.get(name)


def _same(stated, size):
    try:
        return tuple(map(float, stated)) == size
    except (TypeError, ValueError, OverflowError):
        return False


def _file_names(folder):
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_file())
    except OSError:  # not there, or not readable: no photo is found in it
        return []


def photo_folders(annotations):
    """Where the photos of a folder of annotations usually lie, the nearest first."""
    near = [Path(d, name) for d in (annotations, annotations.parent) for name in ("", *PHOTO_FOLDERS)]
    return [*near, annotations.parent.parent / "images" / annotations.name]  # labels/train, images/train


def find_annotations(source, problems):
    """`(form, files)` of a file or a folder: form is a key of SUFFIXES. Raises ValueError for none."""
    if source.is_file():
        for form, suffixes in SUFFIXES.items():
            if source.suffix.lower() in suffixes:
                return form, [source]
    if source.is_dir():
        below = sorted(d for d in source.iterdir() if d.name.lower() in ANNOTATION_FOLDERS and d.is_dir())
        present = [(form, files) for d in (source, *below) for form, files in _by_form(d).items() if files]
        sound = [(form, right) for form, files in present if (right := _sound(form, files))]
        if sound or (present := [(form, files) for form, files in present if form != "yolo"]):
            return _choose(source, sound or present, problems)
    what = "has no annotations" if source.exists() else "does not exist"
    usable = "a folder of Pascal VOC .xml or YOLO .txt files, or one .json (COCO) or .csv"
    raise ValueError(f"{source} {what}: pass {usable}.")


def _by_form(folder):
    """The files of a folder by the form that their suffix means, sorted by name."""
    files = [folder / name for name in _file_names(folder) if name != "classes.txt"]
    return {form: [f for f in files if f.suffix.lower() in ends] for form, ends in SUFFIXES.items()}


def _sound(form, files):
    """The files that look like their form; all files of a folder of VOC or YOLO when one of them does."""
    right = (file for file in files if re.search(LOOKS[form], _head(file)))
    return list(right) if form in ("coco", "csv") else files if next(right, None) else []


def _head(file):
    try:
        with open(file, "rb") as stream:
            return stream.read(65536)
    except OSError:
        return b""


def _choose(source, found, problems):
    (form, files), *others = found
    if form in ("coco", "csv") and len(files) > 1:
        names = ", ".join(file.name for file in files[:5])
        raise ValueError(f"{source} holds {len(files)} {files[0].suffix} files: pass one of them ({names}).")
    if others:
        value = ", ".join(str(more[0].relative_to(source)) for _, more in others)
        problems.add(str(source), f"read as {form}; annotations in other forms lie there too", value)
    return form, files
