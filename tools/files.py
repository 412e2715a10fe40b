"""Files that are written whole or not at all: a full disk leaves what was there.

`python -m tools.files SOURCE TARGET` copies one that way.
"""

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import nbformat


@contextmanager
def whole(path):
    """A path next to `path` to write to; at the end that file replaces `path`.

    If anything fails, it is removed and `path` stays as it was; if writing failed, the command ends with one
    line. Permissions stay. The path to write to has the same suffix.
    """
    path = Path(path).resolve()  # of a link, what it leads to
    part = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            open(path, "r+b").close()  # what may not be written is not replaced either
        yield part
        if path.exists():
            shutil.copymode(path, part)
        os.replace(part, path)
    except OSError as error:
        sys.exit(
            f"{path} cannot be written: {error.strerror or error}. It is as it was before; free some "
            "space or make its folder writable, and run the command again."
        )
    finally:
        part.unlink(missing_ok=True)


def write_text(path, text):
    """Write a text file, its lines ending as on Linux everywhere."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def write_notebook(notebook, path):
    write_text(path, nbformat.writes(notebook) + "\n")


def copy(source, target):
    content = Path(source).read_bytes()
    with whole(target) as part:
        part.write_bytes(content)


if __name__ == "__main__":
    copy(*sys.argv[1:])
