"""The project's own settings: line ends, pinned versions, what CI may do."""

import json
import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

from tools.course import PROJECT

BINARY = (".png", ".jpg", ".webp", ".keras", ".h5")
UNSAFE_KERAS = ("3.8.0", "3.10.0", "3.11.2", "3.12.0", "3.13.1")  # model files could run code in them
FORMS = sorted((PROJECT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
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


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    assert citation["cff-version"] == "1.2.0" and {"message", "title", "authors"} <= citation.keys()
    assert (str(citation["version"]), citation["license"]) == (project["version"], project["license"])


def test_the_dev_container_has_what_the_course_needs():
    settings = json.loads((PROJECT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    version = re.fullmatch(r"mcr\.microsoft\.com/devcontainers/python:3\.(\d+)-bookworm", settings["image"])[
        1
    ]
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"3.{version}.0" in Requirement("python" + project["requires-python"]).specifier
    commands = " ".join(value for name, value in settings.items() if name.endswith("Command"))
    assert all(words in commands for words in ("chromium", "-r requirements.txt", "tools.doctor"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_an_issue_form_asks_at_least_one_question(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    assert form["name"] and form["description"]
    assert all(part["type"] in ("input", "textarea") and part["attributes"]["label"] for part in form["body"])
    assert any(part.get("validations", {}).get("required") for part in form["body"])
    assert len({part["id"] for part in form["body"]}) == len(form["body"])
