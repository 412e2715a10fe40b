"""The slides are the notebooks' cells, and need no network."""

import re

import nbformat
import pytest

from tools import slides
from tools.notebooks import NOTEBOOKS

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
EACH = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


@EACH
def test_every_cell_before_the_exercises_is_on_a_slide(path):
    notebook = nbformat.read(path, as_version=4)
    code = [
        c.source
        for c in notebook.cells
        if c.cell_type == "code" and not {"exercise", "setup"} & set(c.metadata.get("tags", []))
    ]
    arranged = slides.arranged(notebook).cells
    assert [cell.source for cell in arranged if cell.cell_type == "code"] == code
    kinds = [cell.metadata.slideshow.slide_type for cell in arranged]
    assert kinds[0] == "slide" and set(kinds) <= {"slide", "subslide", "-", "notes"}
    for cell, kind in zip(arranged, kinds):
        heading = cell.cell_type == "markdown" and cell.source.startswith("#")
        assert (kind == "slide") == heading
        assert "## Exercises" not in cell.source and ".ipynb)" not in cell.source
    pictures = [any("image/png" in o.get("data", {}) for o in c.get("outputs", [])) for c in arranged]
    assert sum(pictures) == kinds.count("notes") > 0


def test_slides_fetch_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "SLIDES", tmp_path)
    html = slides.export(PATHS[0]).read_text(encoding="utf-8")
    fetched = re.findall(
        r'(?:src|href)="([^"]+)"|@import url\(([^)]+)\)|import mermaid from \'([^\']+)', html
    )
    addresses = [address for found in fetched for address in found if address]
    assert addresses and not [a for a in addresses if a.startswith(("http", "//"))]


def test_a_package_with_other_bytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "SLIDES", tmp_path)
    (tmp_path / "jquery/-").mkdir(parents=True)
    (tmp_path / "jquery/-/jquery-3.7.1.tgz").write_bytes(b"something else")
    monkeypatch.setattr(slides, "REGISTRY", tmp_path.as_uri())
    with pytest.raises(SystemExit, match="not used"):
        slides.fetch("jquery-3.7.1", slides.PACKAGES["jquery-3.7.1"])
    assert not (tmp_path / "vendor").exists()
