"""The website, made anew and opened in a browser without a network, on a phone and on a laptop."""

import re
import subprocess
import sys

import nbformat
import pytest

import localization_utils as lu
from tools.course import LESSONS, PROJECT, lessons_in

pytest.importorskip("sphinx_book_theme", reason="The website was not made; `make site` gets what it needs.")
pytestmark = pytest.mark.slow
WIDTHS = (1280, 360)  # a laptop's and a phone's
LOCAL = ("file:", "data:")
PAGE = """() => ({
    anchors: Array.from(document.querySelectorAll("[id]"), e => e.id),
    links: Array.from(document.querySelectorAll("a[href]"), a => a.href),
    pictures: Array.from(document.images, p => [p.getAttribute("src"), p.alt, p.naturalWidth]),
    meanings: Array.from(document.querySelectorAll("a.meaning"), a => [a.innerText, a.title]),
    notes: document.querySelectorAll(".admonition.note").length,
    next: document.querySelector("a.right-next")?.href,
    background: getComputedStyle(document.body).backgroundColor,
})"""
CUT = """() => {
    const clips = e => ["hidden", "clip"].includes(getComputedStyle(e).overflowX);
    const scrolls = e => ["auto", "scroll"].includes(getComputedStyle(e).overflowX);
    const cut = [];
    for (const e of document.querySelectorAll(".bd-main *")) {
        const { right, width, height } = e.getBoundingClientRect();
        let box = e;
        while (box && !scrolls(box)) box = box.parentElement;
        if (width > 1 && height > 1 && !box && right > innerWidth + 1) cut.push(e.outerHTML.slice(0, 200));
        if (width > 1 && clips(e) && e.scrollWidth > e.clientWidth + 1) cut.push(e.outerHTML.slice(0, 200));
    }
    const page = document.documentElement;
    return page.scrollWidth > innerWidth ? ["the page scrolls sideways", ...cut] : cut;
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the website, made as `make site` makes it: a warning is an error."""
    folder = tmp_path_factory.mktemp("made")
    command = [sys.executable, "-m", "sphinx", "-qWEa", "--keep-going", "-c", "site", "."]
    made = subprocess.run(
        [*command, "-d", folder / "doctrees", folder / "site"], cwd=PROJECT, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def reader(browser):
    """A page of a browser without a network, and what went wrong in it."""
    context = browser.new_context(offline=True, color_scheme="dark")
    page, wrong = context.new_page(), []
    page.on("requestfailed", lambda request: wrong.append(f"{page.url} lacks {request.url}"))
    page.on("request", lambda r: r.url.startswith(LOCAL) or wrong.append(f"{page.url} asks {r.url}"))
    page.on("console", lambda said: said.type == "error" and wrong.append(f"{page.url}: {said.text}"))
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    yield page, wrong
    context.close()


@pytest.fixture(scope="module")
def pages(site, reader):
    """What each page holds: its address -> a dict, with what is cut at each width."""
    page, found = reader[0], {}
    for path in sorted([*site.glob("*.html"), *site.glob("[!_]*/*.html")]):  # the theme's own begin with _
        page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        page.goto(path.as_uri())
        found[path.as_uri()] = page.evaluate(PAGE) | {"cut": {}}
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            found[path.as_uri()]["cut"][width] = page.evaluate(CUT)
    return found


@pytest.fixture(scope="module")
def lessons(site, pages):
    """What the page of each lesson holds."""
    return {path: pages[(site / "notebooks" / f"{path.stem}.html").as_uri()] for path in lessons_in()}


def test_nothing_fails_and_nothing_is_fetched(pages, reader):
    assert len(pages) > len(LESSONS) and reader[1] == []


def test_every_link_leads_somewhere(site, pages):
    files = {path.as_uri() for path in site.rglob("*") if path.is_file()}
    for address, page in pages.items():
        for link in page["links"]:
            target, _, anchor = link.partition("#")
            if not target.startswith("http"):
                assert target in files, f"{address} links to {link}"
                assert not anchor or anchor in pages[target]["anchors"], f"{address} links to {link}"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut(pages, width):
    assert {address: page["cut"][width] for address, page in pages.items() if page["cut"][width]} == {}


def test_every_picture_is_there_and_says_what_it_shows(pages):
    pictures = [(address, *picture) for address, page in pages.items() for picture in page["pictures"]]
    assert len(pictures) > 50
    assert [picture for picture in pictures if not picture[-1]] == []
    silent = [picture for picture in pictures if not picture[2] or picture[2] == picture[1]]
    assert silent == []


def test_lessons_follow_each_other(lessons):
    follows = [page["next"].rpartition("/")[2] for page in lessons.values()]
    assert follows[:-1] == [f"{name}.html" for name in LESSONS[1:]]


def test_what_needs_a_kernel_says_so(lessons):
    for path, page in lessons.items():
        cells = nbformat.read(path, as_version=4).cells
        kinds = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
        widgets = [kind for kind in kinds if any("widget" in name for name in kind)]
        assert page["notes"] == len(widgets) + 1, path.name  # and one for the exercises


def test_words_of_the_glossary_show_their_meaning(lessons):
    for path, page in lessons.items():
        assert all(meaning for _, meaning in page["meanings"]), path.name
    shown = dict(lessons[lessons_in()[1]]["meanings"])
    assert "share" in shown["IoU"] and "pretrained" in shown["trunk"]


def test_the_reference_describes_every_public_name(site, pages):
    page = site / "site" / "reference.html"
    anchors = pages[page.as_uri()]["anchors"]
    assert str(PROJECT) not in page.read_text("utf-8")
    assert set(lu.__all__) - {"PROJECT"} <= {anchor.rpartition(".")[2] for anchor in anchors}


def test_the_reader_s_darkness_is_respected(pages):
    for address, page in pages.items():
        assert max(map(int, re.findall(r"\d+", page["background"])[:3])) < 64, address


def test_the_search_finds_a_function(site, reader):
    page, _ = reader
    page.goto((site / "search.html").as_uri() + "?q=predict_boxes")
    page.wait_for_selector("#search-results li a")
    links = page.locator("#search-results li a").evaluate_all("links => links.map(link => link.href)")
    assert any(link.endswith("#localization_utils.prediction.predict_boxes") for link in links)
