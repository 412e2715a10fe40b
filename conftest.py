"""How the checks run: outputs compared as `tools/comparison.py` says, work shared by several workers."""

import os
import tempfile

import pytest
from nbval.plugin import IPyNbCell
from xdist.scheduler import LoadScopeScheduling

from tools.comparison import ComparableText
from tools.course import lessons_in

_sanitize = IPyNbCell.sanitize


def _comparable(cell, output):
    result = _sanitize(cell, output)
    return ComparableText(result) if isinstance(result, str) else result


IPyNbCell.sanitize = _comparable


def pytest_configure(config):
    """What XLA compiled for one lesson, the trunk above all, serves the others of the run as well."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory()
        config.add_cleanup(folder.cleanup)
        os.environ.setdefault("TF_XLA_FLAGS", f"--tf_xla_persistent_cache_directory='{folder.name}'")


def pytest_ignore_collect(collection_path):
    """Of the notebooks only lessons are run: no `Untitled.ipynb`, no copy of a lesson, no backup."""
    if collection_path.suffix == ".ipynb" and collection_path.resolve() not in lessons_in():
        return True


def pytest_collection_modifyitems(items):
    """Lessons in the browser last: nbval's features are theirs, too. Longer lessons before 1 to 6."""
    items.sort(
        key=lambda item: (_in_browser(item.nodeid), item.path.suffix == ".ipynb" and item.path.name < "07")
    )


def _in_browser(nodeid):
    return nodeid.startswith("tests/test_browser.py")


class _Scheduling(LoadScopeScheduling):
    """A worker of `make test` takes a file at a time, or a lesson in the browser."""

    def _split_scope(self, nodeid):
        return nodeid if _in_browser(nodeid) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """One more than there are cores, four at most: a worker often waits for a kernel, a page or the disk."""
    return min(4, os.cpu_count() + 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return _Scheduling(config, log) if config.getvalue("dist") == "loadscope" else None
