"""Add links to the published course: `python -m tools.publish OWNER/NAME`, a repository on GitHub.

The README and each notebook get links, below the title, that open a lesson in Colab or Binder: from the
branch `main`, or from a tag, as in `OWNER/NAME@v1.5`. Each notebook gets a cell, tagged `setup`, that fetches
the course in Colab and does nothing elsewhere. Another OWNER/NAME replaces the last one; `python -m
tools.publish --remove` takes everything out again.
"""

import re
import sys

import nbformat

from tools.course import PROJECT, lessons_in
from tools.files import write_text

ADDRESS = re.compile(r"(?!.*(\.git|/\.\.?)(@|$))[A-Za-z0-9][\w-]{0,38}/[\w.-]{1,100}(@\w[\w.-]*)?", re.ASCII)
LINKS = re.compile(r"(?m)\n\n\[Open in Colab\]\(\S+\) · \[Open in Binder\]\(\S+\)$")
SETUP = """\
import os
import shutil
import sys
from pathlib import Path
from subprocess import run

if "google.colab" in sys.modules:  # fetches the course in Colab, and does nothing elsewhere
    address, version = "https://github.com/OWNER/NAME", "VERSION"
    course = Path("/content", address.split("/")[-1])
    whole = ["git", "-C", course, "diff", "--quiet", "--diff-filter=D", "HEAD"]  # no file is missing
    if not course.is_dir() or run(whole).returncode:  # not there, or only in part
        shutil.rmtree(course, ignore_errors=True)
        clone = ["git", "clone", "--depth=1", "--branch", version, address, course]
        run(clone, cwd=course.parent, check=True)
    lines = (course / "requirements.txt").read_text().splitlines()
    needed = ("keras==", "jupyter-bbox-widget==")  # of the heads, and of lesson 13
    pins = [line for line in lines if line.startswith(needed)]
    run([sys.executable, "-m", "pip", "install", "--quiet", *pins], check=True)
    sys.path.insert(0, str(course))
    os.chdir(course / "notebooks")"""


def split(address):
    """OWNER/NAME and what of it is published: a tag, or the branch `main`."""
    repository, _, tag = address.partition("@")
    return repository, tag or "main"


def linked(text, address, lesson):
    """The text with links to a lesson below its first line; without any if there is no address."""
    title, newline, rest = LINKS.sub("", text).partition("\n")
    if address is None:
        return title + newline + rest
    repository, version = split(address)
    colab = f"https://colab.research.google.com/github/{repository}/blob/{version}/notebooks/{lesson}"
    binder = f"https://mybinder.org/v2/gh/{repository}/{version}?labpath=notebooks%2F{lesson}"
    return f"{title}\n\n[Open in Colab]({colab}) · [Open in Binder]({binder}){newline}{rest}"


def set_up(notebook, address, lesson=None):
    """Write, in place, the links and the set-up cell of a notebook; without an address, take them out.

    The cell counts as executed, so that `make refresh` finds nothing to change.
    """
    cells = [cell for cell in notebook.cells if "setup" not in cell.metadata.get("tags", [])]
    shift = (address is not None) - (len(notebook.cells) - len(cells))
    for cell in cells:
        for part in [cell, *cell.get("outputs", [])]:
            if part.get("execution_count"):
                part.execution_count += shift
    cells[0].source = linked(cells[0].source, address, lesson)
    if address is not None:
        repository, version = split(address)
        source = SETUP.replace("OWNER/NAME", repository).replace("VERSION", version)
        new = nbformat.v4.new_code_cell(source, id="setup", execution_count=1, metadata={"tags": ["setup"]})
        cells.insert(1, new)
    notebook.cells = cells


def publish(address, project=PROJECT):
    """Write a project's links and set-up cells, or take them out; gives the paths that changed."""
    lessons = lessons_in(project / "notebooks")
    readme = project / "README.md"
    texts = {readme: linked(readme.read_text(encoding="utf-8"), address, lessons[0].name)}
    for path in lessons:
        notebook = nbformat.read(path, as_version=4)
        set_up(notebook, address, path.name)
        texts[path] = nbformat.writes(notebook) + "\n"
    changed = [path for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
    for path in changed:
        write_text(path, texts[path])
    return changed


def main(words):
    address = " ".join(words)
    if address != "--remove" and not ADDRESS.fullmatch(address):
        sys.exit(
            f"{address!r} is not a repository on GitHub: write OWNER/NAME, as in jane/course, or --remove."
        )
    changed = publish(None if address == "--remove" else address)
    push = ": commit them, and push to main, or set the tag."
    print(f"{len(changed)} files changed" + (push if changed else "."))


if __name__ == "__main__":
    main(sys.argv[1:])
