"""The project's own settings: line ends, pinned versions, what CI may do."""

import re
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement

from tools.course import PROJECT

BINARY = (".png", ".jpg", ".webp", ".keras", ".h5")
UNSAFE_KERAS = ("3.8.0", "3.10.0", "3.11.2", "3.12.0", "3.13.1")  # model files could run code in them
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").iterdir())


def test_lines_end_as_on_linux_in_every_checkout():
    try:
        command = ["git", "ls-files", "--eol"]
        listed = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs git and its repository")
    for line in listed.splitlines():
        kinds, name = line.split("\t")
        kept, _, attributes = kinds.split(maxsplit=2)
        if name.endswith(BINARY):
            assert (kept, attributes.strip()) == ("i/-text", "attr/-text"), name
        else:
            assert kept in ("i/lf", "i/none") and attributes.strip() == "attr/text=auto eol=lf", name


def test_keras_is_one_that_loads_model_files_safely():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    needs = {each.name: each.specifier for each in map(Requirement, project["dependencies"])}
    lines = (PROJECT / "requirements.txt").read_text("utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line)
    assert all(pins[name] in specifier for name, specifier in needs.items())
    assert not any(version in needs["keras"] for version in UNSAFE_KERAS)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_only_reads_and_names_commits(path):
    text = path.read_text("utf-8")
    assert "\npermissions:\n  contents: read\n" in text
    writes = re.findall(r".*write.*", text)  # only the website's job may, and only the website
    assert writes == (["      pages: write", "      id-token: write"] if path.name == "site.yml" else [])
    used = re.findall(r"uses: (.+)", text)
    assert used and all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used)
