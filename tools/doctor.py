"""Is this machine ready for the course? `python -m tools.doctor` says so in ten lines.

Where something is wrong, the line below says what to do. The exit status is 0 if the course can run, 1 if
not. The tool needs nothing but Python itself, so that it starts where packages are missing or broken.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
OK, NOTE, BAD = "ok", "note", "BAD"  # a note is something to know, and no reason to stop
MEMORY, CACHE, ALL = 3.5, 3.0, 15.0  # GB: a lesson and its browser, its features, those of all lessons
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "firefox", "msedge", "safari")
MAC_BROWSERS = ("Google Chrome", "Firefox", "Microsoft Edge", "Safari")
PIP = f'Run "{sys.executable}" -m pip install -r requirements.txt'
if sys.prefix == sys.base_prefix:  # in no virtual environment
    PIP = "Run make run, which makes one in .venv; without make, the commands are in README.md."
PROBE = """
import json, time
start = time.time()
import localization_utils
from localization_utils.settings import chosen_precision
import tensorflow as tf
gpus = [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)
        for gpu in tf.config.list_physical_devices("GPU")]
print(json.dumps({"seconds": time.time() - start, "gpus": gpus, "precision": chosen_precision()}))
"""


def python(found=sys.version_info[:3]):
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    least, below = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', text).groups()
    words = ".".join(map(str, found)) + f", {sys.executable}"
    if (3, int(least)) <= found[:2] < (3, int(below)):
        return OK, words
    last = int(below) - 1
    return BAD, words, f"Install Python 3.{last}, delete .venv, and run make run PYTHON=python3.{last}."


def packages():
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins, wrong = dict(line.split("==") for line in lines if "==" in line), []
    for name, wanted in pins.items():
        try:
            if version(name) != wanted:
                wrong.append(f"{name} is {version(name)}, not {wanted}")
        except PackageNotFoundError:
            wrong.append(f"{name} is missing")
    if wrong:
        more = f" and {len(wrong) - 4} more" if len(wrong) > 4 else ""
        return BAD, ", ".join(wrong[:4]) + more, PIP
    return OK, f"all {len(pins)} are those of requirements.txt"


def probe(command=(sys.executable, "-c", PROBE)):
    """What TensorFlow finds here, asked in a process of its own: it may be missing, broken, or crash."""
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        return {"error": "it did not start within five minutes"}
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    if done.returncode < 0:
        return {"error": f"it ended with signal {-done.returncode}"}
    return {"error": (done.stderr.strip().splitlines() or ["it gave no reason"])[-1][:150]}


def tensorflow(found):
    if "error" not in found:
        return OK, f"starts in {found['seconds']:.0f} s"
    if "signal 4" in found["error"]:
        return BAD, found["error"], "This processor is too old for TensorFlow (no AVX): take Colab or Binder."
    if "LOCALIZATION_PRECISION" in os.environ and "precision is" in found["error"]:
        return BAD, found["error"], "Unset the environment variable LOCALIZATION_PRECISION."
    broken = PIP.startswith('Run "') and not found["error"].startswith("ModuleNotFoundError")
    return BAD, found["error"], PIP + (" --force-reinstall" if broken else "")


def total_memory():
    """GB of memory, or of what a container may take of it; None where that cannot be known."""
    sizes = []
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        sizes.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            sizes.append(int(Path(limit).read_text()))
        except (OSError, ValueError):  # no such file, or no limit
            pass
    if platform.system() == "Windows":
        import ctypes

        status = (ctypes.c_uint64 * 8)(64)  # MEMORYSTATUSEX: length and load, then the memory in bytes
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        sizes.append(status[1])
    return min(sizes) / 1e9 if sizes else None


def memory():
    size = total_memory()
    if size is None:
        return NOTE, "unknown", f"A lesson and its browser need {MEMORY} GB."
    if size < MEMORY:
        return (
            BAD,
            f"{size:.1f} GB",
            f"A lesson and its browser need {MEMORY} GB: take another machine, or Colab.",
        )
    return OK, f"{size:.1f} GB; a lesson and its browser need {MEMORY}"


def cache_folder():
    return Path(os.environ.get("LOCALIZATION_CACHE") or PROJECT / "build" / "features").expanduser()


def _existing(folder):
    return next(each for each in (folder, *folder.absolute().parents) if os.path.exists(each))


def disk():
    free = shutil.disk_usage(_existing(cache_folder())).free / 1e9
    room = "Free some space, or set LOCALIZATION_CACHE to a folder on another disk."
    if free < CACHE:
        return BAD, f"{free:.1f} GB free; a lesson needs up to {CACHE:.0f}", room
    if free < ALL:
        text = f"{free:.0f} GB free: enough for each lesson, not for all at once"
        return NOTE, text, "Delete build/features after a lesson, or set LOCALIZATION_CACHE to another disk."
    return OK, f"{free:.0f} GB free"


def cache():
    folder = cache_folder()
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e9
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            pass
    except OSError as error:
        way_out = "Set LOCALIZATION_CACHE to a folder where you may write."
        return BAD, f"{folder} cannot be written: {error.strerror}", way_out
    return OK, f"{folder} can be written and holds {size:.1f} GB"


def processor(found, cpuinfo="/proc/cpuinfo"):
    try:
        text = Path(cpuinfo).read_text(encoding="ascii", errors="replace")
    except OSError:  # not Linux
        text = ""
    model = re.search(r"model name\s*: (.+)", text)
    flags = re.search(r"flags\s*: (.+)", text)
    words = f"{os.cpu_count()} cores, {model[1] if model else platform.processor() or platform.machine()}"
    if flags and "avx" not in flags[1].split():
        return BAD, words + ", without AVX", "TensorFlow needs AVX: take another machine, Colab or Binder."
    return OK, words + (f"; the trunk runs in {found['precision']}" if "precision" in found else "")


def gpu(found):
    if "error" in found:
        return NOTE, "unknown, because TensorFlow does not start"
    return OK, ", ".join(found["gpus"]) or "none, and none is needed"


def browser():
    found = [name for name in BROWSERS if shutil.which(name)]
    found += [name for name in MAC_BROWSERS if Path(f"/Applications/{name}.app").exists()]
    if not found and platform.system() != "Windows":  # which has one
        return (
            NOTE,
            "none found",
            "Install one (apt-get install chromium), or open the address that make lab prints.",
        )
    if platform.system() == "Linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return (
            NOTE,
            f"{found[0]}, but no screen",
            "Open the address that make lab prints in another machine's browser.",
        )
    return OK, found[0] if found else "that of Windows"


def fonts():
    if platform.system() != "Linux":
        return OK, f"those of {platform.system()}"
    lister = shutil.which("fc-list")
    found = lister and subprocess.run([lister, ":", "family"], capture_output=True, text=True).stdout.split(
        "\n"
    )
    if not found or not found[0]:
        return (
            NOTE,
            "none found; a browser may show squares",
            "Run apt-get install fontconfig fonts-dejavu-core",
        )
    return OK, f"{len(set(filter(None, found)))} families"


def main():
    """Print the ten lines; gives the exit status."""
    found = probe()
    lines = {
        "Python": python(),
        "Packages": packages(),
        "TensorFlow": tensorflow(found),
        "Memory": memory(),
        "Disk": disk(),
        "Cache": cache(),
        "Processor": processor(found),
        "GPU": gpu(found),
        "Browser": browser(),
        "Fonts": fonts(),
    }
    for name, (state, words, *way_out) in lines.items():
        print(f"{state:5}{name:11}{words}")
        for way in way_out:
            print(f"{'':5}{'':11}-> {way}")
    bad = [name for name, (state, *_) in lines.items() if state == BAD]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
