"""Finds the notebooks of the course in a folder, and whose they are."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from tools.course import LESSONS as NAMES

HIDDEN = (".", "__")  # such as .ipynb_checkpoints and __MACOSX
LESSONS = {name: int(name[:2]) for name in NAMES}


@dataclass
class HandedIn:
    """A student's notebooks of one lesson: mostly one, or a few copies."""

    student: str
    lesson: int
    paths: list = field(default_factory=list)


def lesson_of(name):
    """The lesson of a notebook's name, as in "Copy of 01-generate (1).ipynb"; None for another file."""
    stem, extension = os.path.splitext(name)
    if extension.lower() != ".ipynb" or name.startswith("."):
        return None
    words = re.sub(r"[\W_]+", "-", stem.lower())
    for topic, lesson in LESSONS.items():
        if re.search(rf"(?<!\d){topic}(?![a-z])", words):
            return lesson
    number = re.match(r"(\d\d)-", words)
    return int(number[1]) if number and int(number[1]) in LESSONS.values() else None


def handed_in(folder):
    """The notebooks in a folder, or one notebook; those in subfolders belong to the student of that name."""
    found = {}
    for path in sorted(_notebooks(folder), key=lambda path: (len(path.name), str(path))):
        student, lesson = _student(path, folder), lesson_of(path.name)
        found.setdefault((student, lesson), HandedIn(student, lesson)).paths.append(path)
    return [found[key] for key in sorted(found)]


def empty_handed(folder, works):
    """The subfolders without a notebook of the course, where there is one for each student."""
    if not folder.is_dir() or any(path.parent == folder for work in works for path in work.paths):
        return []
    students = {work.student for work in works}
    names = (path.name for path in folder.iterdir() if path.is_dir() and not lesson_of(path.name))
    return sorted(name for name in names if name not in students and not name.startswith(HIDDEN))


def _notebooks(folder):
    if not folder.is_dir():
        return [folder] if folder.exists() and lesson_of(folder.name) else []
    found = []
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(HIDDEN)]
        found += [Path(here, name) for name in [*folders, *files] if lesson_of(name)]
    within = {parent for path in found for parent in path.parents}
    return [path for path in found if path not in within]  # of a folder with such a name, what it holds


def _student(path, folder):
    """The subfolder in which a notebook lies; for those in the folder itself the folder."""
    below = (
        [part for part in path.relative_to(folder).parts[:-1] if not lesson_of(part)]
        if path != folder
        else []
    )
    return below[0] if below else folder.resolve().name if path != folder else path.resolve().parent.name
