"""Labelled photos in the formats people have: Pascal VOC XML, COCO JSON, YOLO text and CSV, read and written.

Here a box is always `xyxy` floats in the pixels of the photo as seen upright: left, top, right, bottom,
right and bottom exclusive, so that a box around the whole photo is 0, 0, width, height. In the files:

- Pascal VOC: xmin, ymin, xmax, ymax are read as just these four numbers, as labelImg writes them and most
  readers take them. The devkit of 2007 counts pixels from 1: there left and top come out one too large.
- COCO: `bbox` is left, top, width, height in pixels.
- YOLO: class index, centre x, centre y, width, height, each as a part of the photo, 0..1.
- CSV: file, left, top, right, bottom and, if given, kind; with or without a header; or, named so in the
  header, left, top, width, height. Separated by commas, semicolons or tabs.
"""

import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from ..arguments import checked, choice, flag, many, optional, path, refuse
from .checks import checked_box, words
from .files import SUFFIXES, Photos, Problems, find_annotations, photo_folders
from .formats import read_coco, read_voc
from .texts import read_csv, read_yolo
from .writers import WRITERS, writable

READERS = {"voc": read_voc, "coco": read_coco, "yolo": read_yolo, "csv": read_csv}


class LabelledPhoto(NamedTuple):
    """One object in one photo. `box` is `xyxy` in the photo's own pixels, upright, right/bottom exclusive."""

    path: Path
    box: tuple
    kind: str = "object"


def _labelled(name, value):
    """A `LabelledPhoto`, or a tuple of what it holds."""
    if not isinstance(value, tuple) or len(value) not in (2, 3):
        refuse(name, value, "a lu.LabelledPhoto or (path, box)")
    path(f"{name}.path", value[0])
    return LabelledPhoto(*value)


LABELLED = many("a list of lu.LabelledPhoto", least=0, each=_labelled)


@checked(source=path, photos=optional(path), inclusive=flag)
def read_annotations(source, photos=None, inclusive=False):
    """Read labelled photos from a folder or a file; faulty rows are corrected or left out, and reported.

    `source` is a folder of .xml (VOC) or .txt files (YOLO, names in classes.txt or data.yaml), or with one
    .json (COCO) or .csv; these files or a subfolder `annotations`, `annots` or `labels` may lie with the
    photos. Or it is one such file. `photos` is the photos' folder; by default they are looked for next to the
    annotations, in the folder above, and in `images` or `JPEGImages` there. `inclusive=True` adds 1 to right
    and bottom in VOC and CSV, for files that give the last pixel inside. A box whose right equals its left,
    or whose bottom its top, has no width or height and is left out even then.

    Gives `(labelled, problems)`: a list of `LabelledPhoto`, one an object, in the files' order (a folder's
    files by name), and a list of lines, one a problem; after 20 of one kind they are only counted. Raises
    ValueError if there are no annotations or no such folder of photos, never for the content of a file.
    """
    problems = Problems()
    form, files = find_annotations(Path(source), problems)
    if photos is not None and not Path(photos).is_dir():
        raise ValueError(f"photos={str(photos)!r} is not a folder: pass the one with the photos.")
    folders = photo_folders(files[0].parent) if photos is None else [Path(photos)]
    labelled, seen = [], set()
    for row in READERS[form](files, Photos(folders, problems), problems):
        if box := checked_box(row, inclusive, problems):
            photo, kind = row.photo[0], str(row.kind or "").strip() or "object"
            if (photo, box) in seen:
                problems.add(row.where, "the same box in the same photo again", words(box))
            else:
                seen.add((photo, box))
                labelled.append(LabelledPhoto(photo, box, kind))
    return labelled, problems.lines()


@checked(labelled=LABELLED)
def one_each(labelled):
    """Keep the photos with exactly one object: `(labelled, problems)`, a line for each photo with several."""
    counts, problems = Counter(item.path for item in labelled), Problems()
    for photo, count in counts.items():
        if count > 1:
            problems.add(Path(photo).name, "more than one object", str(count))
    return [item for item in labelled if counts[item.path] == 1], problems.lines()


@checked(labelled=LABELLED, target=path, form=choice(*WRITERS))
def write_annotations(labelled, target, form):
    """Write labelled photos as `form`: a folder for "voc" and "yolo", one file for "coco" and "csv".

    Numbers are as at the top of this module, the CSV with the header `file,left,top,right,bottom,kind`.
    Photos are named by their path from the annotations' folder if they lie below it, or by file name. Written
    whole or not at all; an older folder of nothing but such annotations is replaced. Raises ValueError for
    another form, a box or a name that cannot be written, two photos of one name, a photo that cannot be read.
    """
    target, folded = Path(target), form in ("voc", "yolo")
    others = [f.name for f in target.iterdir() if f.suffix not in SUFFIXES[form]] if target.is_dir() else []
    if others or target.exists() and target.is_dir() != folded:
        what = f"holds other files ({others[0]})" if others else "is a file" if folded else "is a folder"
        raise ValueError(f"{target} {what}: give a {'folder' if folded else 'file'} of its own for {form}.")
    files = WRITERS[form](writable(labelled, target if folded else target.parent))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".annotations-", dir=target.parent) as temporary:
        whole = Path(temporary, "new")
        if folded:
            whole.mkdir()
        for name, text in files.items():
            (whole / name).write_text(text, encoding="utf-8", newline="\n")
        if folded and target.exists():
            os.replace(target, Path(temporary, "old"))
        os.replace(whole, target)
