"""The website: `make site` makes it of the notebooks and documents as they are, into build/site.

The source folder is the project's own, so that links between notebooks and documents are the same here and
there. `pages.py` says what a page has that its file has not.
"""

import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "site")]

from tools.course import LESSONS  # noqa: E402

project = html_title = "Localization Learning"
version = release = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
extensions = ["myst_nb", "sphinx.ext.autodoc", "pages"]

lessons = [f"notebooks/{name}.ipynb" for name in LESSONS]
root_doc = "README"
include_patterns = ["*.md", *lessons, "assets/SOURCES.md", "site/reference.md"]
exclude_patterns = [".*", "build", "live"]  # where there is none, and many files

nb_execution_mode = "off"
myst_heading_anchors = 4
myst_enable_extensions = ["dollarmath"]
autodoc_typehints = "none"
add_module_names = False
default_role = "code"  # docstrings write `names` as Markdown does

html_theme = "sphinx_book_theme"
html_math_renderer = "mathml"
html_favicon = "../assets/sprites/fox.png"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_use_index = html_domain_indices = False  # the reference is one page
html_show_sphinx = html_show_sourcelink = html_copy_source = False
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_theme_options = {
    "footer_content_items": [],
    "home_page_in_toc": True,
    "navbar_persistent": [],  # the search field is in the list of pages
    "show_toc_level": 2,
    "use_download_button": False,
}
