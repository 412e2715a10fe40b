"""A page for each student, with what was wrong and the pictures of it, and one page that leads to them.

Names, answers and pictures are a stranger's: they are shown as text and as PNG, and a page may load nothing.
"""

import base64
import re
from collections import Counter
from html import escape
from unicodedata import normalize

from tools.grading.report import LEGEND, SIGNS, count_right, exercises_in, save

MOST_LETTERS = 6000  # of a cell
FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }}
h2 {{ margin: 2rem 0 0.5rem; border-top: 1px solid; padding-top: 1rem; font-size: 1.2rem; }}
pre {{ overflow-x: auto; border: 1px solid; padding: 0.5rem; }}
figure {{ margin: 1rem 0; }} img {{ max-width: 100%; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
td, th {{ padding: 0.2rem 0.5rem; border: 1px solid; text-align: center; }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""  # noqa: E501


def write_pages(students, folder):
    """Write the pages of students, name -> attempts, into a folder."""
    names = _file_names(students)
    for student, attempts in students.items():
        save(page_of(student, attempts), folder / names[student])
    save(index_of(students, names), folder / "index.html")


def page_of(student, attempts):
    """The page of one student: what is not right, with pictures and the cell, and below what is."""
    rows = [{"exercise": each.exercise, "outcome": each.outcome, "at": each} for each in attempts]
    at = [next(row["at"] for row in rows if row["exercise"] == name) for name in exercises_in(rows)]
    wrong = [each for each in at if each.outcome != "right"]
    right = ", ".join(each.exercise for each in at if each.outcome == "right") or "none"
    first = f"{len(at) - len(wrong)} of {len(at)} right: {right}." if at else "No notebook of the course."
    parts = [f"<p>{first}</p>", *map(_exercise, wrong)]
    return FRAME.format(title=escape(student), body="\n".join(parts))


def index_of(students, names):
    """The table of all students, each sign a link to what it stands for."""
    rows = {name: {each.exercise: each.outcome for each in part} for name, part in students.items()}
    heads = exercises_in([{"exercise": each} for marks in rows.values() for each in marks])
    lines = [_row("th", ["", *heads, "Total"])]
    for name, marks in rows.items():
        link = f'<a href="{names[name]}">{escape(name)}</a>'
        cells = [
            f'<a href="{names[name]}#e{head}" title="{head}: {marks[head]}">{SIGNS[marks[head]]}</a>'
            if marks.get(head, "right") != "right"
            else SIGNS.get(marks.get(head), "")
            for head in heads
        ]
        total = count_right([{"outcome": mark} for mark in marks.values()])
        lines.append(_row("td", [link, *cells, str(total)]))
    body = ["<table>", *lines, "</table>", f"<p>{LEGEND}</p>"]
    return FRAME.format(title="Exercises", body="\n".join(body))


def _row(kind, cells):
    return "<tr>" + "".join(f"<{kind}>{cell}</{kind}>" for cell in cells) + "</tr>"


def _exercise(attempt):
    """What was wrong with one exercise."""
    parts = [f'<h2 id="e{attempt.exercise}">{attempt.exercise} · {attempt.outcome}</h2>']
    if attempt.says:
        parts.append(f"<p>{escape(attempt.says)}</p>")
    if attempt.drawn:
        parts.append(_picture(attempt.drawn, "Drawn by the check"))
    elif attempt.shown and attempt.outcome == "not right yet":
        parts.append(_picture(attempt.shown, "The last picture below the cell, as it was handed in"))
    if attempt.source:
        parts.append(f"<pre>{escape(attempt.source[:MOST_LETTERS])}</pre>")
    return "\n".join(parts)


def _picture(png, caption):
    data = base64.b64encode(png).decode()
    image = f'<img src="data:image/png;base64,{data}" alt="{caption}">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def _file_names(students):
    """Student -> the name of the page, plain and different for each."""
    names, used = {}, Counter({"index": 1})
    for name in students:
        ascii_name = normalize("NFKD", name).encode("ascii", "ignore").decode()
        plain = re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")[:60] or "student"
        used[plain] += 1
        names[name] = f"{plain}_{used[plain]}.html" if used[plain] > 1 else f"{plain}.html"
    return names
