"""Pack the course for students, without solutions: `python -m tools.handout [FILE.zip]`.

Writes `build/handout/localization-learning.zip`: the notebooks with their exercises unsolved, the packages,
assets, trained heads and tools, and the documents for students. Left out are the solutions and why they work,
tests, the tools that need any of that, and what is for instructors and contributors. A link to something that
is left out becomes plain text, and the Makefile keeps the targets that work.
"""

import re
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import nbformat

from tools.course import PROJECT, lessons_in
from tools.exercises import derive
from tools.files import whole

ROOT = "localization-learning"
TARGET = PROJECT / "build" / "handout" / f"{ROOT}.zip"
FOLDERS = ("assets", "exercises", "localization_utils", "saved-models", "tools")
FILES = ("LICENSE", "Makefile", "pyproject.toml", "requirements.txt")
LEFT_OUT = re.compile(
    r"exercises/solutions/.*|tools/(exercises|handout|slides)\.py|saved-models/my-.*"
    r"|(CHANGELOG|CODE_OF_CONDUCT|CONTRIBUTING|TEACHING)\.md|(.*/)?(\.|__pycache__/).*"
)
TARGETS = (".venv/ready", "help", "run", "lab", "yours", "grade")
WHY = re.compile(r"(?ms)^Why: .+?(?=^## |\Z)")


def contents(project=PROJECT):
    """Path in the handout -> content, as bytes, of everything that students get."""
    found = {path.relative_to(project).as_posix(): path for path in _candidates(project)}
    kept = {name: path.read_bytes() for name, path in found.items() if not LEFT_OUT.fullmatch(name)}
    for path in lessons_in(project / "notebooks"):
        kept[f"notebooks/{path.name}"] = _unsolved(path)
    for name in kept:
        if name.startswith("exercises/hints/"):
            kept[name] = _edited(kept[name], lambda text: WHY.sub("", text).rstrip() + "\n")
        elif name.endswith(".md"):
            kept[name] = _edited(kept[name], lambda text, name=name: _without_dead_links(text, name, kept))
    kept["Makefile"] = _edited(kept["Makefile"], _without_other_targets)
    return kept


def _candidates(project):
    """The files of the folders, the files by name, and the documents."""
    for folder in FOLDERS:
        yield from (path for path in sorted((project / folder).rglob("*")) if path.is_file())
    yield from (project / name for name in FILES)
    yield from sorted(project.glob("*.md"))


def _edited(content, edit):
    return edit(content.decode("utf-8")).encode("utf-8")


def _unsolved(path):
    """A lesson whose exercise cells are as the course has them, whatever was tried in them."""
    notebook = nbformat.read(path, as_version=4)
    derive(notebook, path.name[:2])
    return (nbformat.writes(notebook) + "\n").encode("utf-8")


def _without_dead_links(text, name, kept):
    """A document's text, its links to what is not in the handout as plain text."""

    def link(match):
        target = match[2].partition("#")[0]
        path = (Path(name).parent / target).as_posix()
        known = "://" in target or not target or any(f"{each}/".startswith(f"{path}/") for each in kept)
        return match[0] if known or match[0].startswith("!") else match[1]

    return re.sub(r"!?\[([^][]+)\]\(([^()\s]+)\)", link, text)


def _without_other_targets(text):
    """The Makefile with the targets for students alone."""
    blocks = text.split("\n\n")
    named = [re.search(r"(?m)^([a-z./]+):", block) for block in blocks]
    text = "\n\n".join(b for b, name in zip(blocks, named) if not name or name[1] in TARGETS)
    lines = [re.fullmatch(r'\t@echo "make (\w+) .*', line) for line in text.splitlines()]
    kept = [line for line, name in zip(text.splitlines(), lines) if not name or name[1] in TARGETS]
    return "\n".join(kept) + "\n"


def pack(target=TARGET, project=PROJECT):
    """Write the handout."""
    with whole(target) as part, ZipFile(part, "w", ZIP_DEFLATED) as file:
        for name, content in contents(project).items():
            file.writestr(f"{ROOT}/{name}", content)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if sys.argv[1:] else TARGET
    pack(target)
    print(f"{target}: {target.stat().st_size / 1e6:.0f} MB, without solutions")
