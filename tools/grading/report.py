"""The table of marks and `grade.json`."""

import json
import os
import sys
import tempfile
from pathlib import Path

WIDTH = 300


def one_line(text):
    """A text on one line that no terminal takes for a command, not too long."""
    words = "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
    return words if len(words) <= WIDTH else words[: WIDTH - 3] + "..."


def say(text, stream=None):
    """Print, whatever characters the console knows; without a word if it is gone."""
    stream = stream or sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except (OSError, ValueError):  # as of `| head`
        pass


def row(outcome):
    return f"{outcome['exercise']:>5}  {outcome['outcome']:<15} {outcome['says']}"


def summary(outcomes):
    """How many are right: of each student, if there are several, and of all."""
    students = sorted({outcome["student"] for outcome in outcomes})
    parts = [(name, [o for o in outcomes if o["student"] == name]) for name in students]
    lines = [f"{_right(part)} of {len(part)} right: {one_line(name)}" for name, part in parts]
    return [*(lines if len(lines) > 1 else []), f"{_right(outcomes)} of {len(outcomes)} right"]


def _right(outcomes):
    return sum(outcome["outcome"] == "right" for outcome in outcomes)


def write(outcomes, path):
    """Write the outcomes as JSON, whole or not at all."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"right": _right(outcomes), "exercises": outcomes}, indent=1) + "\n"
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
