"""The slides are the notebooks' cells, and need no network."""

import re

import nbformat
import pytest

from tools import slides
from tools.comparison import is_picture
from tools.course import lessons_in
from tools.publish import linked

PATHS = lessons_in()
EACH = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
SCREENS = ((1280, 720), (1024, 768))
LEAST = 0.5  # of its size: no slide is shown smaller
CUT = """async () => {
    const Reveal = require("vendor/reveal.js-4.6.1/dist/reveal.js"), wrong = [];
    const hidden = "aside, script, style, .anchor-link, .MJX_Assistive_MathML, .MathJax_Preview";
    const clips = part => getComputedStyle(part).overflow !== "visible" && !part.matches(".reveal, .slides");
    const leaves = (rect, frame, above) =>
        rect.left < frame.left - 1 || rect.right > frame.right + 1 ||
        rect.top < frame.top - above || rect.bottom > frame.bottom + above;
    const rectsOf = node => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return Array.from(node.data ? range.getClientRects() : [node.getBoundingClientRect()]);
    };
    for (const slide of Reveal.getSlides()) {
        const { h, v } = Reveal.getIndices(slide), screen = [0, 0, innerWidth, innerHeight];
        Reveal.slide(h, v);
        await new Promise(done => MathJax.Hub.Queue(done));
        const words = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
        const nodes = Array.from(slide.querySelectorAll("img, svg"));
        while (words.nextNode()) if (words.currentNode.data.trim()) nodes.push(words.currentNode);
        const shown = nodes.filter(node => !node.parentElement.closest(hidden));
        if (!shown.some(node => rectsOf(node).length)) wrong.push(`slide ${h}/${v} is empty`);
        for (const node of shown) {
            const frames = [new DOMRect(...screen)];
            for (let part = node.parentElement; part !== document.body; part = part.parentElement) {
                if (clips(part)) frames.push(part.getBoundingClientRect());
            }
            for (const rect of rectsOf(node)) {
                const above = node.data ? rect.height / 4 : 1;  // there a line of text has no ink
                if (frames.some(frame => rect.width && leaves(rect, frame, above))) {
                    wrong.push(`slide ${h}/${v} cuts ${node.data ?? node.outerHTML.slice(0, 80)}`);
                }
            }
        }
        if (slide.style.zoom < LEAST) wrong.push(`slide ${h}/${v} has ${slide.style.zoom} of its size`);
    }
    return [Reveal.getTotalSlides(), wrong];
}""".replace("LEAST", str(LEAST))


@EACH
def test_every_cell_before_the_exercises_is_on_a_slide(path):
    notebook = nbformat.read(path, as_version=4)
    code = [
        c.source
        for c in notebook.cells
        if c.cell_type == "code" and not {"exercise", "setup"} & set(c.metadata.get("tags", []))
    ]
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    arranged = slides.arranged(notebook).cells
    assert [cell.source for cell in arranged if cell.cell_type == "code"] == code
    told = "\n\n".join(c.source for c in arranged if c.metadata.slideshow.slide_type != "notes")
    for text in texts[: next(i for i, text in enumerate(texts) if text.startswith("## Exercises"))]:
        assert all(paragraph in told for paragraph in linked(text, None, None).split("\n\n"))
    kinds = [cell.metadata.slideshow.slide_type for cell in arranged]
    assert kinds[0] == "slide" and set(kinds) <= {"slide", "subslide", "-", "notes"}
    for cell, kind in zip(arranged, kinds):
        heading = cell.cell_type == "markdown" and cell.source.startswith("#")
        assert (kind == "slide") == heading
        assert "## Exercises" not in cell.source
    pictures = [any(map(is_picture, c.get("outputs", []))) for c in arranged]
    notes = [cell for cell, kind in zip(arranged, kinds) if kind == "notes"]
    assert sum(pictures) == sum(cell.source.startswith("```python\n") for cell in notes) > 0


@EACH
def test_the_first_slide_asks_a_question(path):
    first = slides.arranged(nbformat.read(path, as_version=4)).cells[0].source
    assert re.fullmatch(rf"# {int(path.name[:2])} · [^\n]+\n\n[A-Z][^\n]+\?", first)


@pytest.fixture(scope="module")
def vendor():
    """The folder with what slides need of the npm registry."""
    try:
        for package, checksum in slides.PACKAGES.items():
            slides.fetch(package, checksum)
    except SystemExit as error:
        if "cannot be read" not in str(error):
            raise
        pytest.skip(str(error))
    return slides.SLIDES / "vendor"


@pytest.mark.slow
@EACH
def test_no_slide_is_cut_off_and_none_needs_the_network(path, vendor, browser, tmp_path, monkeypatch):
    (tmp_path / "vendor").symlink_to(vendor)
    monkeypatch.setattr(slides, "SLIDES", tmp_path)
    monkeypatch.setattr(slides, "LIVE", tmp_path)
    page, asked, failed = browser.new_page(offline=True), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto(slides.export(path).as_uri())
    page.wait_for_selector(".reveal.ready")
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        count, cut = page.evaluate(CUT)
        assert not cut and count > 10, (width, height, cut)
    page.close()
    assert not failed and not [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]


def entries_of(path):
    """A lesson's part of TEACHING.md, line by line: [heading, text] in order, its title first."""
    entries, within = [], False
    for line in (slides.PROJECT / "TEACHING.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            within = line.startswith(f"## {int(path.name[:2])} · ")
        if within and line.startswith(("## ", "### ")):
            entries.append([line.lstrip("# "), ""])
        elif within:
            entries[-1][1] += line + "\n"
    return [(heading, text.strip()) for heading, text in entries]


@EACH
def test_the_guide_for_instructors_follows_the_lesson(path):
    source = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown")
    headings = re.findall(r"(?m)^#+ (.+)", source[: source.index("## Exercises")])
    said = [heading for heading, text in entries_of(path)]
    assert said[0] == headings[0] and len(said) >= 1 + 4
    assert [heading for heading in headings if heading in said] == said  # all, in order, each once


@EACH
def test_every_entry_of_the_guide_is_in_the_notes_of_its_slide(path):
    arranged = slides.arranged(nbformat.read(path, as_version=4)).cells
    for heading, text in entries_of(path):
        slide = next(
            i for i, cell in enumerate(arranged) if re.match(rf"#+ {re.escape(heading)}(\n|$)", cell.source)
        )
        assert arranged[slide + 1].source == text and len(re.findall("[.?]", text)) >= 2
        assert arranged[slide + 1].metadata.slideshow.slide_type == "notes"
    notes = [cell.source for cell in arranged if cell.metadata.slideshow.slide_type == "notes"]
    assert sum(not note.startswith("```python") for note in notes) == len(entries_of(path))


@pytest.fixture
def html(tmp_path, monkeypatch):
    """The first lesson's slides; the live notebook lies beside them."""
    monkeypatch.setattr(slides, "SLIDES", tmp_path)
    monkeypatch.setattr(slides, "LIVE", tmp_path)
    return slides.export(PATHS[0]).read_text(encoding="utf-8")


def test_the_live_notebook_is_the_slides(html, tmp_path):
    live = nbformat.read(tmp_path / PATHS[0].name, as_version=4)
    nbformat.validate(live)
    arranged = slides.arranged(nbformat.read(PATHS[0], as_version=4))
    for cells in zip(live.cells, arranged.cells, strict=True):
        assert len({(cell.cell_type, cell.source, str(cell.metadata.slideshow)) for cell in cells}) == 1
    assert "(02-train.ipynb)" in live.cells[-1].source and "02-train.ipynb" not in html


def test_the_notes_reach_the_page(html):
    for heading, text in entries_of(PATHS[0]):
        (slide,) = [part for part in re.split(r"<section\b", html) if f">{heading}<a class=" in part]
        (notes,) = re.findall(r'(?s)<aside class="notes">(.*?)</aside>', slide)
        shown, written = (re.sub(r"\W+", "", words) for words in (re.sub("<[^>]+>", "", notes), text))
        assert shown == written


def test_slides_fetch_nothing(html):
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
