"""README, glossary and guides say what is there."""

import re

import nbformat
import pytest

from tools.course import PROJECT, lessons_in

NAMES = "README RESULTS GLOSSARY TEACHING CONTRIBUTING CHANGELOG EXPORT".split()
DOCUMENTS = [PROJECT / f"{name}.md" for name in NAMES]


def text_of(path):
    return path.read_text(encoding="utf-8")


def words_of(notebook, kind="markdown"):
    cells = nbformat.read(notebook, as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == kind]
    return re.sub(r"\(https://\S+\)", "", "\n".join(texts)).lower()  # an address is no text


LESSONS = {path: words_of(path) for path in lessons_in()}
CODE = {path: words_of(path, "code") for path in lessons_in()}
ENTRIES = re.findall(r"(?m)^\| (.+?) \| .+ \| \[(\d+)\]\((.+?)\) \|$", text_of(PROJECT / "GLOSSARY.md"))


@pytest.mark.parametrize("word, number, link", ENTRIES, ids=[entry[0] for entry in ENTRIES])
def test_the_glossary_links_to_the_first_lesson_with_the_word(word, number, link):
    said = re.compile(rf"\b{re.escape(word.lower())}")
    first = next(path for path, words in [*LESSONS.items(), *CODE.items()] if said.search(words))
    assert PROJECT / link == first and int(number) == int(first.name[:2])


def test_the_glossary_is_in_the_order_of_the_lessons():
    numbers = [int(number) for _, number, _ in ENTRIES]
    assert numbers == sorted(numbers) and len(numbers) > 40


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)\)", text_of(path)):
        assert target.startswith("https://") or (PROJECT / target).exists(), target


def anchors_of(path):
    """The anchors that GitHub gives a document's headings."""
    headings = re.findall(r"(?m)^#+ (.+)$", re.sub(r"(?s)```.*?```", "", text_of(path)))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_a_part_of_a_document_lead_there(path):
    for name, anchor in re.findall(r"\]\((\w*(?:\.md)?)#([^)]+)\)", text_of(path)):
        assert anchor in anchors_of(PROJECT / name if name else path), f"{name}#{anchor}"


def test_every_make_target_that_a_document_names_exists():
    targets = set(re.findall(r"(?m)^(\w+):", text_of(PROJECT / "Makefile")))
    for path in DOCUMENTS:
        assert set(re.findall(r"`make (\w+)", text_of(path))) <= targets, path.name


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_says_how_long_it_takes_and_so_does_the_readme(path):
    said = re.search(r"\*\*time:\*\* (.+?) on 2 cores(?: the first time, (.+?) after)?[.;( ]", LESSONS[path])
    row = re.search(rf"(?m)^\| \[{path.stem}\].* \| ([^|]+) \|$", text_of(PROJECT / "README.md"))
    times = [each.replace(" minutes", "").replace(" minute", "") for each in said.groups() if each]
    assert row[1] == " min, then ".join(times) + (" min" if len(times) == 1 else "")


def test_the_results_hold_the_figures_that_the_lessons_quote():
    results, quoted = text_of(PROJECT / "RESULTS.md"), 0
    for words in LESSONS.values():
        for sentence in re.findall(
            r"[^\n]*seed used for nothing else[^\n]*`python -m tools.measure \w+`", words
        ):
            after = sentence.split("seed used for nothing else")[1]
            for figure in re.findall(r"\d\.\d{3}|\d+\.\d %", after):
                assert figure in results, figure
                quoted += 1
    assert quoted >= 6
