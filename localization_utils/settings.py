"""Sets up Keras, TensorFlow and the notebook as the course needs them, whatever the user's own settings are.

The course runs on TensorFlow, with the channels last, in float32; a notebook looks the same in every
terminal.
"""

import os
import sys
from functools import lru_cache
from pathlib import Path

from IPython import get_ipython

DEFAULTS = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "1",  # by itself TensorFlow uses it on some processors only
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",  # by itself TensorFlow takes all memory of a GPU at once
}
OF_TERMINALS = ("NO_COLOR", "FORCE_COLOR", "LINES")
INLINE = "module://matplotlib_inline.backend_inline"
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
SHOW_NOTHING = ("agg", "cairo", "pdf", "pgf", "ps", "svg", "template")  # matplotlib's backends for files


def prepare():
    """Set all of it and import TensorFlow; ImportError if Keras is already loaded on another backend."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ["KERAS_BACKEND"] = "tensorflow"  # above the user's ~/.keras/keras.json
    _open_streams()
    if getattr(get_ipython(), "kernel", None):
        _forget_terminal()
    _import_quietly()
    _settle_keras()


def _open_streams():
    """Open the null device for an output that the process lacks, as under pythonw or after `2>&-`."""
    for descriptor in (1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            null = os.open(os.devnull, os.O_WRONLY)
            if null != descriptor:
                os.dup2(null, descriptor)
                os.close(null)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))


def _forget_terminal():
    """Make tables, progress bars and figures independent of the terminal's width and colours."""
    for name in OF_TERMINALS:
        os.environ.pop(name, None)
    os.environ["COLUMNS"] = "80"
    os.environ["TQDM_NCOLS"] = "1000"  # or tqdm cuts its lines where the terminal ends
    if os.environ.get("MPLBACKEND", "").lower() in SHOW_NOTHING:
        import matplotlib

        matplotlib.use(INLINE)


def _import_quietly():
    """Import TensorFlow with file descriptor 2 on the null device.

    Its C++ code writes there before it reads any setting, and only under some front ends. A notebook's
    outputs would depend on how it was started.
    """
    sys.stderr.flush()
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        import tensorflow

        tensorflow.get_logger().setLevel("ERROR")  # it warns of every new head that trains or predicts
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


def _settle_keras():
    """Set up Keras as the course needs it, in this process only."""
    import keras

    if keras.config.backend() != "tensorflow":
        raise ImportError(
            f"Keras already runs on {keras.config.backend()}, and this course on TensorFlow: restart Python "
            "and import localization_utils before keras, or set KERAS_BACKEND=tensorflow."
        )
    keras.config.set_image_data_format("channels_last")
    if keras.config.floatx() != "float32":
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")


@lru_cache
def fastest_precision(cpuinfo="/proc/cpuinfo"):
    """`"mixed_bfloat16"` where the processor multiplies matrices in it (AMX), `"float32"` elsewhere.

    With AMX the trunk is several times as fast (`python -m tools.costs speed`). The mean IoU of the shipped
    heads changes by less than 0.002, that of the dense head of lesson 2 by less than 0.01 (`python -m
    tools.costs heads`). It needs oneDNN; with a GPU float32 is fast enough.
    """
    import tensorflow

    isa = os.environ.get("ONEDNN_MAX_CPU_ISA", "ALL").upper()
    may = os.environ.get("TF_ENABLE_ONEDNN_OPTS") != "0" and (isa in ("ALL", "DEFAULT") or "AMX" in isa)
    try:
        amx = "amx_bf16" in Path(cpuinfo).read_text(encoding="ascii", errors="replace").split()
    except OSError:  # not Linux
        amx = False
    alone = not tensorflow.config.list_physical_devices("GPU")
    return "mixed_bfloat16" if amx and may and alone else "float32"


def chosen_precision(precision=None):
    """`precision`, or the environment variable LOCALIZATION_PRECISION, or the fastest on this machine.

    Raises ValueError for an unknown one, and if Keras was set, since the import, to what the course cannot
    use.
    """
    _check_keras()
    precision = precision or os.environ.get("LOCALIZATION_PRECISION") or fastest_precision()
    if precision not in PRECISIONS:
        raise ValueError(f'precision is "{precision}"; choose one of {", ".join(PRECISIONS)}.')
    return precision


def _check_keras():
    import keras

    found = {
        "image_data_format": (keras.config.image_data_format(), "channels_last"),
        "floatx": (keras.config.floatx(), "float32"),
    }
    for name, (value, needed) in found.items():
        if value != needed:
            raise ValueError(
                f'Keras\' {name} is "{value}"; the course needs "{needed}": '
                f'call keras.config.set_{name}("{needed}").'
            )
    if keras.config.dtype_policy().name == "float16":
        raise ValueError(
            'Keras\' dtype policy is "float16", in which heads do not learn; '
            'call keras.config.set_dtype_policy("mixed_float16"), "mixed_bfloat16" or "float32".'
        )
