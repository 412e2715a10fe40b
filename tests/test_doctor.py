"""`python -m tools.doctor`, with each fault that it knows."""

import ast
import os
import re
import subprocess
import sys
from collections import namedtuple
from importlib.metadata import PackageNotFoundError

import pytest

from tools import doctor
from tools.course import PROJECT

NAMES = "Python Packages TensorFlow Memory Disk Cache Processor GPU Browser Fonts".split()
FOUND = {"seconds": 4.2, "gpus": [], "precision": "float32"}
PINS = (PROJECT / "requirements.txt").read_text("utf-8")
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def healthy(monkeypatch, tmp_path):
    """A machine on which everything is as it should be, whatever this one is like."""
    pins = dict(line.split("==") for line in PINS.splitlines() if "==" in line)
    for name, value in {"LOCALIZATION_CACHE": str(tmp_path), "DISPLAY": ":0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(doctor, "version", pins.__getitem__)
    monkeypatch.setattr(doctor, "probe", lambda: FOUND)
    monkeypatch.setattr(doctor, "total_memory", lambda: 8.0)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: Usage(1e12, 0, 1e11))
    monkeypatch.setattr(doctor.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(doctor.platform, "system", lambda: "Linux")
    listed = subprocess.CompletedProcess([], 0, stdout="DejaVu Sans\nDejaVu Serif\n")
    monkeypatch.setattr(doctor.subprocess, "run", lambda *arguments, **options: listed)
    return monkeypatch


def lines_of(capsys):
    """The exit status, and for each name what is printed: state, words, way out."""
    status = doctor.main()
    lines, name = {}, None
    for line in capsys.readouterr().out.splitlines():
        if not line[:5].strip():
            lines[name][2] = line.strip().removeprefix("-> ")
        else:
            name = line[5:16].strip()
            lines[name] = [line[:5].strip(), line[16:], None]
    return status, lines


def test_a_machine_that_is_ready_has_ten_lines(healthy, capsys):
    status, lines = lines_of(capsys)
    assert status == 0 and list(lines) == NAMES
    assert {(state, way_out) for state, _, way_out in lines.values()} == {("ok", None)}
    assert "the trunk runs in float32" in lines["Processor"][1]


def missing(name):
    raise PackageNotFoundError(name)


def fails(error):
    return lambda: {"error": error}


def disk(free):
    return lambda folder: Usage(1e12, 1e12 - free, free)


INSTALL = "pip install -r requirements.txt|make run"
FAULTS = [  # what of the doctor gives what, and the line that says so: its state, its words, the way out
    ("version", lambda name: "0.1", "Packages", "BAD", r"tensorflow is 0\.1, not 2.* and \d+ more", INSTALL),
    ("version", missing, "Packages", "BAD", r"tensorflow is missing, .* and \d+ more", INSTALL),
    ("probe", fails("ModuleNotFoundError: no 'keras'"), "TensorFlow", "BAD", "no 'keras'", INSTALL),
    ("probe", fails("ImportError: DLL load failed"), "TensorFlow", "BAD", "DLL load failed", INSTALL),
    ("probe", fails("it ended with signal 4"), "TensorFlow", "BAD", "signal 4", "too old .* AVX"),
    ("probe", fails("anything"), "GPU", "note", "unknown", None),
    ("probe", lambda: FOUND | {"gpus": ["H100"]}, "GPU", "ok", "H100", None),
    ("total_memory", lambda: 2.0, "Memory", "BAD", r"2\.0 GB", "take another machine, or Colab"),
    ("total_memory", lambda: None, "Memory", "note", "unknown", r"need 3\.5 GB"),
    ("shutil.disk_usage", disk(1e9), "Disk", "BAD", r"1\.0 GB free; .* up to 3", "LOCALIZATION_CACHE"),
    ("shutil.disk_usage", disk(9e9), "Disk", "note", "9 GB free: enough for each", "build/features"),
    ("shutil.which", lambda name: None, "Browser", "note", "none found", "apt-get install chromium"),
    ("shutil.which", lambda name: None, "Fonts", "note", "none found", "fonts-dejavu-core"),
    ("platform.system", lambda: "Darwin", "Fonts", "ok", "Darwin", None),
]


@pytest.mark.parametrize("attribute, value, name, state, words, way_out", FAULTS)
def test_a_fault_has_a_way_out(attribute, value, name, state, words, way_out, healthy, capsys):
    healthy.setattr(f"tools.doctor.{attribute}", value)
    status, lines = lines_of(capsys)
    assert list(lines) == NAMES and lines[name][0] == state
    assert re.search(words, lines[name][1])
    assert re.search(way_out, lines[name][2]) if way_out else lines[name][2] is None
    assert status == any(line[0] == "BAD" for line in lines.values())


@pytest.mark.parametrize("found, state", [((3, 10, 9), "BAD"), ((3, 11, 0), "ok"), ((3, 14, 0), "BAD")])
def test_the_version_of_python(found, state):
    got, words, *way_out = doctor.python(found)
    assert got == state and words.startswith(".".join(map(str, found)))
    assert way_out == [] or "run make run PYTHON=python3.13" in way_out[0]


def test_a_precision_that_does_not_exist(healthy):
    healthy.setenv("LOCALIZATION_PRECISION", "float8")
    error = 'ValueError: precision is "float8"; choose one of float32, mixed_bfloat16, mixed_float16.'
    assert doctor.tensorflow({"error": error})[2] == "Unset the environment variable LOCALIZATION_PRECISION."


@pytest.mark.parametrize("flags, state", [("sse avx avx2", "ok"), ("sse sse4_2", "BAD")])
def test_a_processor_without_avx(flags, state, tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"model name\t: An Old One\nflags\t\t: {flags}\n")
    got, words, *way_out = doctor.processor({"error": "it ended with signal 4"}, cpuinfo)
    assert got == state and "An Old One" in words and bool(way_out) == (state == "BAD")


def test_a_cache_that_cannot_be_written(healthy, tmp_path):
    file = tmp_path / "file"
    file.touch()
    healthy.setenv("LOCALIZATION_CACHE", str(file / "features"))
    state, words, way_out = doctor.cache()
    assert state == "BAD" and "file" in words and "LOCALIZATION_CACHE" in way_out


def test_no_screen(healthy):
    healthy.delenv("DISPLAY")
    healthy.delenv("WAYLAND_DISPLAY", raising=False)
    state, words, way_out = doctor.browser()
    assert (state, words) == ("note", "chromium, but no screen") and "make lab" in way_out


@pytest.mark.parametrize(
    "code, error",
    [
        ("print('a line'); print('{\"seconds\": 1}')", None),
        ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("import os; os.abort()", "it ended with signal 6"),
        ("import sys; sys.exit(3)", "it gave no reason"),
    ],
)
def test_the_probe_survives_what_it_starts(code, error):
    if error and "signal" in error and os.name == "nt":
        pytest.skip("Windows has no signals")
    assert doctor.probe([sys.executable, "-c", code]).get("error") == error


def test_an_old_python_can_read_it():
    for name in ("__init__", "doctor"):
        ast.parse((PROJECT / "tools" / f"{name}.py").read_text("utf-8"), feature_version=(3, 8))


def test_memory_is_that_of_this_machine():
    assert 1 < doctor.total_memory() < 10_000


def test_it_starts_where_nothing_is_installed(tmp_path):
    (tmp_path / "IPython.py").write_text("raise ModuleNotFoundError('No module named IPython')")
    command = [sys.executable, "-S", "-m", "tools.doctor"]  # without site-packages
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr == ""
    states = [line.split()[:2] for line in done.stdout.splitlines() if line[:5].strip()]
    assert [name for _, name in states] == NAMES
    assert [name for state, name in states if state == "BAD"][:2] == ["Packages", "TensorFlow"]
