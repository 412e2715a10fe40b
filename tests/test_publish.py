"""What `python -m tools.publish` writes and takes out, and what its set-up cell does."""

import os
import shutil
import subprocess
import sys

import nbformat
import pytest

from tools import publish
from tools.course import PROJECT, lessons_in

WRONG = [
    "",
    "jane",
    "a b/c",
    "https://github.com/a/b",
    "-a/b",
    "a/b.git",
    "a/..",
    "é/b",
    "a/b\n",
    "a/b@",
    "a/b@-x",
    "a/b@v/1",
    "a/.git@v1",
]
PACKAGES = ("localization_utils", "exercises")
REPORT = f"""
import importlib.util, os
print(os.getcwd(), *(importlib.util.find_spec(name).origin for name in {PACKAGES}))"""


@pytest.fixture
def course(tmp_path):
    """A copy of the README and the notebooks, not published."""
    (tmp_path / "notebooks").mkdir()
    for path in lessons_in():
        shutil.copy(path, tmp_path / "notebooks")
    shutil.copy(PROJECT / "README.md", tmp_path)
    publish.publish(None, tmp_path)
    return tmp_path


def contents(course):
    return {p: p.read_bytes().replace(b"\r\n", b"\n") for p in course.rglob("*.*") if p.is_file()}


def test_publishing_again_elsewhere_and_not_at_all(course):
    before = contents(course)
    assert len(publish.publish("jane/localization", course)) == len(before) > 4
    published = contents(course)
    assert publish.publish("jane/localization", course) == [] and contents(course) == published
    publish.publish("A-1/B_2.c@v1.5", course)
    assert not [path for path, content in contents(course).items() if b"jane/localization" in content]
    publish.publish("jane/localization", course)
    assert contents(course) == published
    publish.publish(None, course)
    assert contents(course) == before


def test_a_published_notebook_differs_only_at_its_top(course):
    lesson = course / "notebooks" / "03-predict.ipynb"
    before = nbformat.read(lesson, as_version=4)
    publish.publish("jane/localization", course)
    after = nbformat.read(lesson, as_version=4)
    nbformat.validate(after)
    title, links, rest = after.cells[0].source.split("\n\n", 2)
    assert f"{title}\n\n{rest}" == before.cells[0].source
    assert "/github/jane/localization/blob/main/notebooks/03-predict.ipynb)" in links
    assert "/gh/jane/localization/main?labpath=notebooks%2F03-predict.ipynb)" in links
    assert (after.cells[1].id, after.cells[1].metadata.tags) == ("setup", ["setup"])
    for old, new in zip(before.cells[1:], after.cells[2:], strict=True):
        if "execution_count" in old:  # as if all were executed anew
            old.execution_count += 1
        assert new == old


def test_a_tag_is_in_the_links_and_in_the_set_up_cell(course):
    publish.publish("jane/localization@v1.5", course)
    lesson = nbformat.read(course / "notebooks" / "03-predict.ipynb", as_version=4)
    links, setup = lesson.cells[0].source.split("\n\n")[1], lesson.cells[1].source
    assert "/github/jane/localization/blob/v1.5/notebooks/03-predict.ipynb)" in links
    assert "/gh/jane/localization/v1.5?labpath=notebooks%2F03-predict.ipynb)" in links
    assert 'address, version = "https://github.com/jane/localization", "v1.5"' in setup


@pytest.mark.parametrize("address", WRONG)
def test_a_wrong_address_is_refused_in_one_line(address, monkeypatch):
    monkeypatch.setattr(publish, "publish", lambda *arguments: pytest.fail("nothing may be written"))
    with pytest.raises(SystemExit, match="write OWNER/NAME, as in .*, or --remove") as refused:
        publish.main([address])
    assert repr(address) in str(refused.value) and "\n" not in str(refused.value)


def said(code, folder, **variables):
    command, environment = [sys.executable, "-c", code], os.environ | variables
    return subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def colab(tmp_path):
    """A repository with the tag v1 and a later commit; a function that runs its set-up cell in Colab."""
    origin, fetched = tmp_path / "origin" / "localization", tmp_path / "content" / "localization"
    for name in (*PACKAGES, "notebooks"):
        (origin / name).mkdir(parents=True)
        (origin / name / "__init__.py").touch()
    pins = "# the course\nkeras==1.2.3\njupyterlab==4.5.6\njupyter-bbox-widget==0.7.0\n"
    (origin / "requirements.txt").write_text(pins)
    author = "-c user.name=jane -c user.email=jane"
    for words in ("init -q -b main", "add .", f"{author} commit -qm course", "tag v1"):
        subprocess.run(["git", *words.split()], cwd=origin, check=True)
    (origin / "later").touch()
    for words in ("add .", f"{author} commit -qm later"):
        subprocess.run(["git", *words.split()], cwd=origin, check=True)
    (tmp_path / "pip.py").write_text("import sys\nprint(sys.argv[1:])")  # in place of the real one
    (tmp_path / "content").mkdir()

    def run(version="main", times=1):
        cell = publish.SETUP.replace("https://github.com/OWNER/NAME", origin.as_uri())
        cell = cell.replace("VERSION", version).replace("/content", str(fetched.parent)) + "\n"
        code = 'import sys\nsys.modules["google.colab"] = sys\n' + times * cell + REPORT
        return said(code, tmp_path, PYTHONPATH=str(tmp_path)).splitlines()

    return run, fetched


def test_the_set_up_cell_fetches_the_course_in_colab(colab):
    run, fetched = colab
    pip, again, report = run(times=2)
    assert pip == again == "['install', '--quiet', 'keras==1.2.3', 'jupyter-bbox-widget==0.7.0']"
    modules = [fetched / name / "__init__.py" for name in PACKAGES]
    assert report.split() == [str(path) for path in (fetched / "notebooks", *modules)]
    assert (fetched / "later").exists()


def test_the_set_up_cell_fetches_a_tag(colab):
    run, fetched = colab
    run("v1")
    assert (fetched / "requirements.txt").exists() and not (fetched / "later").exists()


def break_off(fetched, moment):
    """What an interrupted clone leaves."""
    if moment == "before it began":
        fetched.mkdir()
    elif moment == "while it fetched":
        subprocess.run(["git", "init", "-q", fetched], check=True)
        (fetched / ".git" / "index.lock").touch()
    else:
        run = "git clone -q --no-checkout --depth=1".split()
        origin = (fetched.parent.parent / "origin" / "localization").as_uri()
        subprocess.run([*run, origin, fetched], check=True)
        shutil.copytree(
            fetched.parent.parent / "origin" / "localization" / "exercises", fetched / "exercises"
        )


@pytest.mark.parametrize("moment", ["before it began", "while it fetched", "while it wrote files"])
def test_the_set_up_cell_survives_a_clone_that_was_interrupted(moment, colab):
    run, fetched = colab
    break_off(fetched, moment)
    run(times=2)
    assert (fetched / "requirements.txt").exists() and (fetched / "later").exists()


def test_the_set_up_cell_keeps_what_a_student_changed(colab):
    run, fetched = colab
    run()
    (fetched / "notebooks" / "__init__.py").write_text("mine")
    (fetched / "my-head.keras").touch()
    run()
    assert (fetched / "notebooks" / "__init__.py").read_text() == "mine" and (
        fetched / "my-head.keras"
    ).exists()


def test_the_set_up_cell_does_nothing_elsewhere(tmp_path):
    report = "\nimport os, sys\nprint(os.getcwd(), sys.path)"
    assert said(publish.SETUP + report, tmp_path, PATH="") == said(report, tmp_path)
    assert list(tmp_path.iterdir()) == []
