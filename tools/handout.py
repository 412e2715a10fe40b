"""Pack the course for students, without solutions: `python -m tools.handout [FILE.zip]`.

Writes `build/handout/localization-learning.zip`: the notebooks with their exercises unsolved, the packages,
assets, trained heads and tools, and the documents for students. Left out are the solutions and why they work,
tests, the tools that need any of that, and what is for instructors and contributors. A link to something that
is left out becomes plain text, or goes with the brackets around it. Makefile and README keep the targets that
work, and the README says what it is.
"""

import re
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import nbformat

from tools.course import PROJECT, lessons_in
from tools.exercises import derive
from tools.files import whole

ROOT = "localization-learning"
TARGET = PROJECT / "build" / "handout" / f"{ROOT}.zip"
FOLDERS = ("assets", "exercises", "localization_utils", "saved-models", "tools")
FILES = ("LICENSE", "Makefile", "pyproject.toml", "requirements.txt", "requirements-export.txt")
LEFT_OUT = re.compile(
    r"exercises/solutions/.*|tools/(exercises|handout|slides)\.py|saved-models/my-.*"
    r"|(CHANGELOG|CODE_OF_CONDUCT|CONTRIBUTING|TEACHING)\.md|(.*/)?(\.|__pycache__/).*"
)
TARGETS = (".venv/ready", "help", "run", "lab", "yours", "grade", "heads")
NOTE = """This copy is for students. Unpack it and open a terminal in its folder. It has all lessons and
exercises. Your instructor has the solutions, and says what to hand in. What you solved is in the notebooks
that you saved.
"""
SOLUTION = re.compile(r",? and after a try `solution\([^`]*\)` shows a solution")
FOR_INSTRUCTORS = re.compile(r"(?ms)^## Teach with it\n.*?(?=^## )|^Get the folder of the course: [^\n]*\n\n")
COMMAND = re.compile(r"(?m)^(?:make (\w+) .*|.*# make (\w+))\n")
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
    kept["README.md"] = _edited(kept["README.md"], _for_students)
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
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = SOLUTION.sub("", cell.source)
    return (nbformat.writes(notebook) + "\n").encode("utf-8")


def _without_dead_links(text, name, kept):
    """A document without links to what is not in the handout: plain text, nothing in brackets or a list."""

    def dead(target):
        path = (Path(name).parent / target.partition("#")[0]).as_posix()
        outside = "://" in target or target.startswith("#")
        return not outside and not any(f"{each}/".startswith(f"{path}/") for each in kept)

    for pattern, shown in (
        (r"(?m)^- \[[^][]+\]\(([^()\s]+)\).*\n", ""),  # a line of a list about it
        (r"\s\(\[[^][]+\]\(([^()\s]+)\)\)", ""),  # nothing else in the brackets
        (r"(?<!!)\[([^][]+)\]\(([^()\s]+)\)", r"\1"),
    ):
        text = re.sub(pattern, lambda m, s=shown: m.expand(s) if dead(m[m.lastindex]) else m[0], text)
    return text


def _for_students(text):
    """The README without what instructors do, and commands whose targets are left out."""
    text = FOR_INSTRUCTORS.sub("", text)
    text = COMMAND.sub(lambda match: match[0] if (match[1] or match[2]) in TARGETS else "", text)
    title, _, rest = text.partition("\n\n")
    return f"{title}\n\n{NOTE}\n{rest}"


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
            entry = ZipInfo(f"{ROOT}/{name}")
            entry.external_attr = 0o644 << 16  # who unpacks it for a room lets the room read it
            file.writestr(entry, content, ZIP_DEFLATED)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if sys.argv[1:] else TARGET
    pack(target)
    print(f"{target}: {target.stat().st_size / 1e6:.0f} MB, without solutions")
