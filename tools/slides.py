"""Turn the notebooks into slides that need no network: `python -m tools.slides [01 02 ...]`.

Writes `build/slides/NN-topic.html`. reveal.js and what it needs come once from the npm registry into
`build/slides/vendor`. The first slide asks the lesson's first question, from the table in TEACHING.md. A
heading begins a slide, each further text and each picture has one below it, and so has what would not fit.
The code of a picture stands in the speaker notes (key S), and so does what TEACHING.md says under the slide's
heading. Slides are the notebooks' cells; nothing is copied by hand. `live/NN-topic.ipynb` is the same as a
notebook, for jupyterlab-rise, which presents with a kernel.
"""

import base64
import hashlib
import io
import os
import re
import sys
import tarfile
import tempfile
from pathlib import Path
from urllib.request import urlopen

import nbformat
from nbconvert import SlidesExporter

from tools.comparison import is_picture
from tools.course import LESSONS, PROJECT, lessons_in
from tools.files import write_notebook, write_text
from tools.publish import set_up

SLIDES = PROJECT / "build" / "slides"
LIVE = PROJECT / "live"  # as far from assets/ as notebooks/ is
REGISTRY = os.environ.get("npm_config_registry", "https://registry.npmjs.org")
PACKAGES = {  # name and version: the checksum that the registry gives, SHA-512 in base64
    "reveal.js-4.6.1": "1CW0auaXNPmwmvQ7TwpszwVxMi2Xr5cTS3J3EBC/HHgbPF32Dn7aiu/LKWDOGjMbaDwKQiGmfqcoGQ74HUHCMw==",  # noqa: E501
    "requirejs-2.3.7": "DouTG8T1WanGok6Qjg2SXuCMzszOo0eHeH9hDZ5Y4x8Je+9JB38HdTLT4/VA8OaUhBa0JPVHJ0pyBkM1z+pDsw==",  # noqa: E501
    "jquery-3.7.1": "m4avr8yL8kmFN8psrbFFFmB/If14iN5o9nw/NgnnM+kybDJpRsAynV2BsfpTYrTRysYUdADVD7CkUUizgkpLfg==",  # noqa: E501
    "mathjax-2.7.9": "NOGEDTIM9+MrsqnjPEjVGNx4q0GQxqm61yQwSK+/5S59i26wId5IC5gNu9/bu8+CCVl5p9G2IHcAl/wJa+5+BQ==",  # noqa: E501
}
CODE_LINES = 14  # a longer output is cut to its beginning and its end
ROOM, TEXT_LINE, CODE_LINE, GAP = 680, 37, 29, 30  # pixels: what a slide holds, and what fills it (see FIT)
LETTERS = 95  # of a line of text
FIT = """<style>
.reveal .slides section { text-align: left; }
.reveal h1, .reveal h2, .reveal h3 { text-transform: none; }
.reveal h1 + p { font-size: 44px; line-height: 1.3; }
.reveal h1 { font-size: 48px; } .reveal h2 { font-size: 40px; } .reveal h3 { font-size: 32px; }
.reveal .jp-RenderedImage { text-align: center; }
.reveal .jp-RenderedImage img { height: 600px; max-width: 1200px; object-fit: contain; margin: 0; }
.reveal .highlight pre, .reveal .jp-OutputArea-output pre { font-size: 22px; line-height: 1.3; }
.reveal .jp-InputPrompt, .reveal .jp-OutputPrompt { display: none; }
.reveal .jp-RenderedHTMLCommon { font-size: 26px; line-height: 1.4; }
</style>
<script>
// A slide that is still too high for 720 px, or too wide, is shown smaller, as a whole.
function fit() {
  const slide = document.querySelector(".reveal section.present:not(.stack)");
  if (!slide) return;
  slide.style.zoom = 1;
  const widths = Array.from(slide.querySelectorAll("pre, table, img"), part => part.scrollWidth);
  slide.style.zoom = Math.min(1, 700 / slide.scrollHeight, 1260 / Math.max(1, ...widths));
}
const slides = document.querySelector(".reveal");
const soon = () => { fit(); MathJax.Hub.Queue(fit); };  // formulas get their height late
for (const event of ["ready", "slidechanged", "resize"]) slides.addEventListener(event, soon);
window.addEventListener("load", () => setTimeout(soon, 500));
</script>
"""


def fetch(package, checksum):
    """Unpack an npm package into the vendor folder, unless it is there; its bytes must be the known ones."""
    folder = SLIDES / "vendor" / package
    if folder.is_dir():
        return
    name = package.rpartition("-")[0]
    address = f"{REGISTRY.rstrip('/')}/{name}/-/{package}.tgz"
    print(f"fetching {address}", file=sys.stderr)
    try:
        with urlopen(address, timeout=120) as answer:
            content = answer.read()
    except OSError as error:
        sys.exit(
            f"{address} cannot be read ({error}); slides need the network once, when they are first built."
        )
    found = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != checksum:
        sys.exit(f"{address} has checksum {found}, not {checksum}: not used.")
    unpack(content, folder)


def unpack(content, folder):
    """Unpack an npm package, whole or not at all."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=folder.parent) as partial:
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                archive.extractall(partial, filter="data")
            Path(partial, "package").rename(folder)
    except OSError as error:
        sys.exit(f"{folder} cannot be written: {error.strerror}. Free some space and run the command again.")


def spoken(title):
    """The part of TEACHING.md for the lesson with this title: heading -> text, the title's own first."""
    lessons = re.split(r"(?m)^## ", (PROJECT / "TEACHING.md").read_text(encoding="utf-8"))
    lesson = next((text for text in lessons if text.startswith(title + "\n")), "")
    return dict(part.strip().split("\n\n", 1) for part in re.split(r"(?m)^### ", lesson) if part)


def question(title):
    """The question that opens the lesson with this title, from TEACHING.md's table; none without a row."""
    rows = re.findall(r"(?m)^\| (\d+) \| (.+\?) \|$", (PROJECT / "TEACHING.md").read_text(encoding="utf-8"))
    return dict(rows).get(title.split()[0], "")


def arranged(notebook):
    """Say, in place, where slides begin; the exercises are left to the students."""
    set_up(notebook, None)  # links and a cell for Colab are no slides
    title = _heading(notebook.cells[0])
    said = spoken(title)
    titles = [cell.source.startswith("## Exercises") for cell in notebook.cells]
    ending = notebook.cells[-1:]
    lesson = notebook.cells[: titles.index(True)]
    opening, _, rest = lesson[0].source.partition("\n\n")
    lesson[:1] = map(nbformat.v4.new_markdown_cell, (f"{opening}\n\n{question(title)}", rest))
    notebook.cells = [part for cell in lesson for part in _split(cell)] + ending
    cells, filled = [], 0
    for cell in notebook.cells:
        kind, notes = "-", None
        if cell.cell_type == "markdown" and cell is not ending[0]:
            kind = "slide" if cell.source.startswith("#") else "subslide"
            filled = _text_height(cell.source)
            notes = said.get(_heading(cell)) if kind == "slide" else None
        elif cell.cell_type == "code" and any(map(is_picture, cell.outputs)):
            kind, notes = "subslide", f"```python\n{cell.source}\n```"
            cell.metadata["transient"] = {"remove_source": True}
            for output in cell.outputs:  # of a widget its still picture, because a slide has no kernel
                output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
            filled = ROOM  # what follows a picture begins anew
        elif cell.cell_type == "code":
            lines = cell.source.count("\n") + 1 + sum(map(_lines, cell.outputs))
            own = CODE_LINE * lines + GAP * (1 + len(cell.outputs))
            kind = "subslide" if filled + own > ROOM else "-"
            filled = own if kind == "subslide" else filled + own
        cell.metadata["slideshow"] = {"slide_type": kind}
        cells.append(cell)
        if notes:
            metadata = {"slideshow": {"slide_type": "notes"}}
            cells.append(nbformat.v4.new_markdown_cell(notes, metadata=metadata))
    notebook.cells = cells
    return notebook


def _text_height(text):
    """About how many pixels a text takes on a slide."""
    lines = [-(-len(line) // LETTERS) for line in text.splitlines() if line]
    return TEXT_LINE * sum(lines) + GAP * (text.count("\n\n") + 1)


def _heading(cell):
    return cell.source.partition("\n")[0].lstrip("# ")


def _split(cell):
    """A text with headings in its midst as one cell for each, and what does not fit a slide as several."""
    if cell.cell_type != "markdown":
        return [cell]
    parts = []
    for part in re.split(r"\n\n(?=##+ )", cell.source):
        parts.append("")
        for paragraph in part.split("\n\n"):
            longer = f"{parts[-1]}\n\n{paragraph}".strip()
            if parts[-1] and _text_height(longer) > ROOM:
                parts.append(paragraph)
            else:
                parts[-1] = longer
    return [nbformat.v4.new_markdown_cell(part) for part in parts]


def _lines(output):
    """How many lines an output takes; a long one is cut to its beginning and its end."""
    lines = output.get("text", "").splitlines()
    if len(lines) > CODE_LINES:
        lines = [*lines[:3], "...", *lines[-4:]]
        output.text = "\n".join(lines)
    return len(lines) or CODE_LINES


def export(path):
    """Write the slides of one notebook, and the notebook that jupyterlab-rise presents live."""
    notebook = arranged(nbformat.read(path, as_version=4))
    write_notebook(notebook, LIVE / path.name)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace(".ipynb)", ".html)")
    vendor = "vendor/{}".format
    exporter = SlidesExporter(
        reveal_url_prefix=vendor("reveal.js-4.6.1"),
        require_js_url=vendor("requirejs-2.3.7/require.js"),
        jquery_url=vendor("jquery-3.7.1/dist/jquery.min.js"),
        mathjax_url=vendor("mathjax-2.7.9/MathJax.js") + "?config=TeX-AMS_CHTML-full,Safe",
        mermaid_js_url="data:text/javascript,export default {initialize() {}}",
        reveal_width="1280",
        reveal_height="720",
        reveal_theme="white",  # its font comes with it
        reveal_transition="none",
        reveal_number="c/t",
    )
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    target = SLIDES / f"{path.stem}.html"
    write_text(target, html.replace("</body>", FIT + "</body>"))
    return target


def main(numbers):
    paths = [path for path in lessons_in() if not numbers or path.name[:2] in numbers]
    if not paths:
        sys.exit(f"no lesson {' '.join(numbers)}; there are 01 to {len(LESSONS)}.")
    for package, checksum in PACKAGES.items():
        fetch(package, checksum)
    for path in paths:
        print(export(path).relative_to(Path.cwd()) if Path.cwd() == PROJECT else export(path))


if __name__ == "__main__":
    main(sys.argv[1:])
