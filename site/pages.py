"""What the website's pages have and their files have not: a small extension of Sphinx.

A notebook's pictures get their alternative texts where myst-nb looks for them, and what needs a kernel says
so. The home page gets the list of all pages, and the reference its functions. The words of the glossary show
what they mean, and `lu.name` leads to the reference.
"""

import ast
import re
import shutil

import nbformat
from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

from tools.course import PROJECT

WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = "```{note}\n%s in a running notebook: [how to start](../README.md#how-to-start).\n```\n"
EXERCISES = "## Exercises\n"
LISTS = {"Reference": ["RESULTS", "GLOSSARY", "site/reference"], "For teachers": ["TEACHING"]}
UNLINKED_PAGES = ("GLOSSARY", "CHANGELOG", "site/reference")
UNLINKED = (nodes.title, nodes.reference, nodes.FixedTextElement, nodes.math, nodes.raw)


def lesson(text):
    """A notebook's text as its page wants it."""
    notebook = nbformat.reads(text, as_version=4)
    cells = []
    for cell in notebook.cells:
        if "setup" in cell.metadata.get("tags", []):
            continue  # it does something in Colab alone
        cells.append(cell)
        if "alt" in cell.metadata:
            cell.metadata["mystnb"] = {"image": {"alt": cell.metadata.alt}}
        if cell.source.startswith(EXERCISES):
            cell.source = cell.source.replace(EXERCISES, f"{EXERCISES}\n{KERNEL % 'You solve these'}")
        if any(WIDGET in output.get("data", {}) for output in cell.get("outputs", [])):
            for output in cell.outputs:  # what is left is the still
                del output.data[WIDGET], output.data["text/plain"]
            cells.append(nbformat.v4.new_markdown_cell(KERNEL % "This works"))
    notebook.cells = cells
    return nbformat.writes(notebook)


def contents(found):
    """The lists of pages; what stands in no other is in the last."""
    lists = {"Lessons": [name for name in found if name.startswith("notebooks/")]} | LISTS
    listed = {"README"}.union(*lists.values())
    lists["Project"] = [name for name in found if name not in listed]
    for caption, names in lists.items():
        names = "\n".join(name for name in names if name in found)
        yield f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{names}\n```"


def modules():
    """The package's modules: the functions and classes that its `__init__.py` imports from each."""
    tree = ast.parse((PROJECT / "localization_utils" / "__init__.py").read_text("utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module != "settings"]
    names = {node.module: [name.name for name in node.names if name.name != "PROJECT"] for node in found}
    return {f"localization_utils.{module}": functions for module, functions in names.items()}


def reference():
    """A part of the reference for each module."""
    for module, names in modules().items():
        title = module.rpartition(".")[2].capitalize()
        options = f"   :members: {', '.join(names)}\n   :imported-members:"
        yield f"## {title}\n\n```{{eval-rst}}\n.. automodule:: {module}\n{options}\n```"


def prepare(app, docname, source):
    if docname.startswith("notebooks/"):
        source[0] = lesson(source[0])
    elif docname == "README":
        source[0] = "\n\n".join([source[0], *contents(sorted(app.env.found_docs))])
    elif docname == "site/reference":
        source[0] = "\n\n".join([source[0], *reference()])


def targets():
    """What is linked: spelling in lower case -> its page, its anchor, and what it means."""
    found = {}
    for module, names in modules().items():
        for name in names:
            found[f"lu.{name}".lower()] = ("site/reference", f"{module}.{name}", f"{name} in the reference")
    rows = re.findall(r"(?m)^\| (.+?) \| (.+) \| \[\d+\]", (PROJECT / "GLOSSARY.md").read_text("utf-8"))
    for word, meaning in rows:
        target = ("GLOSSARY", nodes.make_id(word), re.sub("[*`]", "", meaning))
        short = re.match(r"(\w*[A-Z]\w*): ", meaning)  # IoU, of intersection over union
        for each in [word.lower(), short[1].lower()] if short else [word.lower()]:
            found |= dict.fromkeys([each, f"{each}s", f"{each}es"], target)
    return found


def link(app, doctree):
    """Link each target where it stands first in a section."""
    here, known, seen = app.env.docname, targets(), set()
    if here == "GLOSSARY":
        for row in doctree.findall(nodes.row):
            row["ids"] = [nodes.make_id(row[0].astext())]
    if here in UNLINKED_PAGES:
        return
    words = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    split = re.compile(rf"(?<![\w-])({words})(?![\w-])", re.IGNORECASE).split
    for text in [text for text in doctree.findall(nodes.Text) if not around(text, UNLINKED)]:
        section, parts = around(text, nodes.section), []
        for part in split(text):
            page, anchor, meaning = known.get(part.lower(), (None, None, None))
            new = nodes.Text(part)
            if page and (id(section), anchor) not in seen:
                seen.add((id(section), anchor))
                uri = f"{app.builder.get_relative_uri(here, page)}#{anchor}"
                new = nodes.reference("", "", new, refuri=uri, reftitle=meaning, classes=["meaning"])
            parts.append(new)
        text.parent.replace(text, parts)


def enlarge(app, doctree):
    """Let each picture lead to itself, in its full size: on a phone it is small."""
    for picture in list(doctree.findall(nodes.image)):
        file = app.env.images[picture["uri"]][1]
        uri = "../" * app.env.docname.count("/") + f"{app.builder.imagedir}/{file}"
        picture.replace_self(nodes.reference("", "", picture.copy(), refuri=uri))


def around(node, kind):
    """The nearest node of a kind that a node stands in, if any."""
    while node is not None and not isinstance(node, kind):
        node = node.parent
    return node


def skip(app, what, name, obj, skipped, options):
    return skipped or (obj.__doc__ or "").startswith("Alias for field number")  # of a named tuple


def mathml(translator, node):
    translator.body.append(tex2mathml(node.astext(), as_block=isinstance(node, nodes.math_block)))
    raise nodes.SkipNode


def finish(app, exception):
    """Let the address of the site alone lead to its home page."""
    if exception is None:
        shutil.copy(app.outdir / "README.html", app.outdir / "index.html")


def setup(app):
    app.connect("source-read", prepare)
    app.connect("doctree-read", link)
    app.connect("doctree-read", enlarge)
    app.connect("autodoc-skip-member", skip)
    app.connect("build-finished", finish)
    app.add_html_math_renderer("mathml", (mathml, None), (mathml, None))
    return {"parallel_read_safe": True}
