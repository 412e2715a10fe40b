"""README, glossary and guides say what is there."""

import re

import nbformat
import pytest

from tools.course import PROJECT, lessons_in

DOCUMENTS = [
    PROJECT / f"{name}.md" for name in "README GLOSSARY TEACHING CONTRIBUTING CHANGELOG EXPORT".split()
]


def text_of(path):
    return path.read_text(encoding="utf-8")


def words_of(notebook):
    cells = nbformat.read(notebook, as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    return re.sub(r"\(https://\S+\)", "", "\n".join(texts)).lower()  # an address is no text


LESSONS = {path: words_of(path) for path in lessons_in()}
ENTRIES = re.findall(r"(?m)^\| (.+?) \| .+ \| \[(\d+)\]\((.+?)\) \|$", text_of(PROJECT / "GLOSSARY.md"))


@pytest.mark.parametrize("word, number, link", ENTRIES, ids=[entry[0] for entry in ENTRIES])
def test_the_glossary_links_to_the_first_lesson_with_the_word(word, number, link):
    said = re.compile(rf"\b{re.escape(word.lower())}")
    first = next(path for path, words in LESSONS.items() if said.search(words))
    assert PROJECT / link == first and int(number) == int(first.name[:2])


def test_the_glossary_is_in_the_order_of_the_lessons():
    numbers = [int(number) for _, number, _ in ENTRIES]
    assert numbers == sorted(numbers) and len(numbers) > 40


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)\)", text_of(path)):
        assert target.startswith("https://") or (PROJECT / target).exists(), target


def test_every_make_target_that_a_document_names_exists():
    targets = set(re.findall(r"(?m)^(\w+):", text_of(PROJECT / "Makefile")))
    for path in DOCUMENTS:
        assert set(re.findall(r"`make (\w+)", text_of(path))) <= targets, path.name


def minutes(words):
    """Minutes of "half a minute", "5 minutes" or "5", and of "40 s" or "4 min 20 s", rounded up to such."""
    if said := re.fullmatch(r"(half a|\d+)(?: minutes?)?", words):
        return 0.5 if said[1] == "half a" else int(said[1])
    found = re.fullmatch(r"(?:(\d+) min ?)?(?:(\d+) s)?", words)
    seconds = 60 * int(found[1] or 0) + int(found[2] or 0)
    return 0.5 if seconds <= 30 else -(-seconds // 60)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_takes_as_long_as_the_readme_says(path):
    said = re.search(r"\*\*time:\*\* (.+?) on 2 cores(?: the first time, (.+?) after)?[.;( ]", LESSONS[path])
    row = re.search(rf"(?m)^\| \[{path.stem}\].* \| ([^|]+) \| ([^|]+) \|$", text_of(PROJECT / "README.md"))
    assert [minutes(said[1]), minutes(said[2] or said[1])] == [minutes(row[1]), minutes(row[2])]


def test_the_readme_quotes_the_figures_that_the_lessons_quote():
    readme, quoted = text_of(PROJECT / "README.md"), 0
    for words in LESSONS.values():
        for sentence in re.findall(
            r"[^\n]*seed used for nothing else[^\n]*`python -m tools.measure \w+`", words
        ):
            after = sentence.split("seed used for nothing else")[1]
            for figure in re.findall(r"\d\.\d{3}|\d+\.\d %", after):
                assert figure in readme, figure
                quoted += 1
    assert quoted >= 6
