"""What the tools measure, kept in assets/measured/ with the command, the machine and the date.

`python -m tools.results` writes RESULTS.md from these files.
"""

import json
import os
import platform
import re
from datetime import date
from pathlib import Path

import numpy as np
import tensorflow as tf

from localization_utils.settings import chosen_precision
from localization_utils.trunk import PROJECT
from tools.files import write_text

MEASURED = PROJECT / "assets" / "measured"
UNITS = {"avx512f": "AVX-512", "amx_bf16": "AMX"}  # what a processor may have to multiply numbers with


def record(name, command, **figures):
    """Write assets/measured/NAME.json: figures, and with which command, when and where they were measured."""
    about = {"command": command, "date": date.today().isoformat(), "machine": machine()}
    about["precision"] = chosen_precision()
    text = json.dumps(about | _plain(figures), indent=1)
    text = re.sub(r"\[\s*([^][{}]+?)\s*\]", lambda row: f"[{' '.join(row[1].split())}]", text)  # short lists
    write_text(MEASURED / f"{name}.json", text + "\n")


def recorded(name):
    """What `record` wrote, as a dict."""
    return json.loads((MEASURED / f"{name}.json").read_text(encoding="utf-8"))


def machine():
    """In words: the processor, the threads that it computes with, the GPUs, and TensorFlow's version."""
    try:
        about = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:  # not Linux
        about = ""
    named = re.search(r"model name\s*: (.+)", about)
    units = [word for flag, word in UNITS.items() if flag in about.split()]
    threads = os.environ.get("TF_NUM_INTRAOP_THREADS") or os.cpu_count()
    gpus = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", "a GPU") for gpu in gpus]
    processor = named[1] if named else platform.processor() or platform.machine()
    parts = [processor, *units, f"{threads} {'thread' if str(threads) == '1' else 'threads'}", *names]
    return ", ".join([*parts, f"TensorFlow {tf.__version__}"])


def _plain(value):
    """Numbers as JSON can write them, floats with five digits; in dicts and lists, too."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(each) for each in value]
    value = value.item() if isinstance(value, np.generic) else value
    return float(f"{value:.5g}") if isinstance(value, float) else value
