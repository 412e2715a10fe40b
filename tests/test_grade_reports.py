"""What `make grade` writes: the table, the CSV file and the pages; no notebook is run here."""

import base64
import csv
import io
import re

import nbformat
import pytest
from PIL import Image

from tools.grade import outcomes_of, write_reports
from tools.grading.answers import verdict
from tools.grading.attempts import Attempt
from tools.grading.notebook import MOST_OF_A_PICTURE, pictures
from tools.grading.pages import page_of
from tools.grading.report import LEGEND, csv_of, summary


def png(colour="red"):
    file = io.BytesIO()
    Image.new("RGB", (3, 2), colour).save(file, "PNG")
    return file.getvalue()


STUDENTS = {
    "=1+2": [Attempt("1.1", "right", "", "value"), Attempt("1.2", "right", "", "function")],
    "Zoë": [
        Attempt("10.1", "not right yet", "too <b>high</b>", "value", source="a < b", drawn=png()),
        Attempt("1.1", "not right yet", "too low", "value", shown=png("blue")),
        Attempt("1.2", "unreadable", "is empty.", "none"),
    ],
    "ali": [],
    "zoe": [Attempt("1.1", "not solved yet", "", "value"), Attempt("1.2", "missing", "", "none")],
}
OUTCOMES = sum(outcomes_of(STUDENTS).values(), [])


def test_one_table():
    lines = summary(OUTCOMES, STUDENTS)
    assert lines[0].split() == ["1", "10"] and lines[-2:] == [LEGEND, "2 of 7 right"]
    assert [line.split(maxsplit=1) for line in lines[1:5]] == [
        ["=1+2", "++       2 of 2 right"],
        ["Zoë", "-?  -    0 of 3 right"],
        ["ali", "0 of 0 right"],
        ["zoe", "..       0 of 2 right"],
    ]


def test_one_student_needs_no_table():
    assert summary(OUTCOMES[:2], ["=1+2"]) == ["2 of 2 right"]


def test_the_csv_has_a_row_for_each_student_and_a_column_for_each_exercise():
    head, *rows = csv.reader(io.StringIO(csv_of(OUTCOMES, STUDENTS)))
    assert head == "Student,ID,SIS User ID,SIS Login ID,Section,1.1,1.2,10.1,Total".split(",")
    assert [[row[0], *row[5:]] for row in rows] == [
        ["'=1+2", "1", "1", "", "2"],  # a spreadsheet would execute the name
        ["Zoë", "0", "0", "0", "0"],
        ["ali", "", "", "", "0"],
        ["zoe", "0", "0", "", "0"],
    ]
    assert all(row[3] == row[0] and row[1] == row[2] == row[4] == "" for row in rows)


def test_every_student_gets_a_page(tmp_path):
    write_reports(STUDENTS, tmp_path / "grade.json")
    folder = tmp_path / "grade"
    names = {"index.html", "1-2.html", "zoe.html", "ali.html", "zoe_2.html"}
    assert {path.name for path in folder.iterdir()} == names
    index = (folder / "index.html").read_text(encoding="utf-8")
    for link, _, anchor in re.findall(r'href="([^"#]+)(#([^"]+))?"', index):
        assert not anchor or f'id="{anchor}"' in (folder / link).read_text(encoding="utf-8")
    assert "No notebook of the course" in (folder / "ali.html").read_text(encoding="utf-8")


def test_a_page_shows_what_was_wrong_and_the_pictures_of_it():
    page = page_of("Zoë", STUDENTS["Zoë"])
    assert re.findall(r"<h2 id=\"e(\S+)\">", page) == ["1.1", "1.2", "10.1"]
    assert re.findall(r"<figcaption>([^<]+)", page) == [
        "The last picture below the cell, as it was handed in",
        "Drawn by the check",
    ]
    shown = [base64.b64decode(data) for data in re.findall(r'src="data:image/png;base64,([^"]+)"', page)]
    assert shown == [png("blue"), png()]
    assert "0 of 3 right: none." in page and "<pre>a &lt; b</pre>" in page


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "</pre><img src=x>", "{title}", "'\"&"])
def test_a_page_executes_nothing_of_a_submission(text):
    page = page_of(text, [Attempt("1.1", "not right yet", text, "value", source=text)])
    assert "<script" not in page and "<img" not in page and "default-src 'none'" in page


def test_a_check_hands_over_its_picture():
    outcome, says, picture = verdict("13.3", lambda numbers, width, height: (1, 2, 3, 4))
    assert outcome == "not right yet" and Image.open(io.BytesIO(picture)).size[0] > 100
    assert verdict("13.1", 0.95)[2] == b""


def test_the_last_picture_below_a_cell(tmp_path):
    def shows(*files):
        data = [{"image/png": base64.b64encode(file).decode()} for file in files]
        return [nbformat.v4.new_output("display_data", data=each) for each in data]

    cells = {
        "two": shows(png("red"), png("blue")),
        "none": [],
        "odd": shows(b"no picture", png() + bytes(MOST_OF_A_PICTURE)),
    }
    cells = [nbformat.v4.new_code_cell(source, outputs=outputs) for source, outputs in cells.items()]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    assert pictures(tmp_path / "a.ipynb") == {"two": png("blue")}
