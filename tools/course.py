"""Where the course lies, and which notebooks are its lessons."""

from localization_utils.trunk import PROJECT

NOTEBOOKS = PROJECT / "notebooks"
LESSONS = (
    "01-generate",
    "02-train",
    "03-predict",
    "04-visualize",
    "05-activations",
    "06-learning-rate",
    "07-edges",
    "08-sprites",
    "09-backgrounds",
    "10-presence",
    "11-classes",
    "12-anything",
    "13-photographs",
    "14-cut-outs",
)


def lessons_in(folder=NOTEBOOKS):
    """The lessons' notebooks in a folder, in order: no `Untitled.ipynb`, no copy of a lesson, no backup."""
    paths = [folder / f"{name}.ipynb" for name in LESSONS]
    return [path for path in paths if path.is_file()]


def lesson(number, folder=NOTEBOOKS):
    """The path of the lesson with a number, as `"07"`."""
    (name,) = [name for name in LESSONS if name.startswith(number)]
    return folder / f"{name}.ipynb"
