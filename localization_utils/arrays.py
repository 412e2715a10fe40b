"""Checks of arrays of numbers: their shape, and whether they may hold NaN."""

import math

import keras
import numpy as np

from .arguments import Words, refuse, shown


def is_tensor(value):
    return keras.ops.is_tensor(value) or isinstance(value, keras.KerasTensor)


def array(*shape, dtype="float32", what="", nan=True):
    """Numbers of a shape: a letter stands for any size, `...` for any axes before. Tensors stay tensors.

    Of a tensor only the shape is checked. Infinity is refused, and NaN unless `nan`. Without a `dtype` the
    numbers keep their own precision, but at least float32.
    """
    sides = ", ".join("..." if side is ... else str(side) for side in shape)
    words = f"numbers{what} of shape ({sides}{',' * (len(shape) == 1)})"

    def domain(name, value):
        if is_tensor(value):
            numbers = keras.ops.cast(value, "float32") if "float32" != value.dtype else value
        else:
            numbers = _numbers(name, value, words)
        if not _fits(tuple(numbers.shape), shape):
            refuse(name, value, words)
        return numbers if is_tensor(value) else _finite(name, numbers, dtype, nan, words)

    return domain


def _finite(name, numbers, dtype, nan, words):
    with np.errstate(over="ignore"):
        numbers = numbers.astype(dtype or np.result_type(numbers, "float32"))
    bad = np.isinf(numbers) if nan else ~np.isfinite(numbers)
    if bad.any():
        refuse(
            name,
            Words(f"{shown(numbers)} with {numbers[bad][0]:g} at {np.argwhere(bad)[0].tolist()}"),
            f"finite {words}",
        )
    return numbers


def _numbers(name, value, words):
    try:
        numbers = np.asarray(value)
    except (TypeError, ValueError):  # rows of different lengths
        numbers = np.array(None)
    if numbers.dtype.kind not in "iuf" and numbers.size:
        refuse(name, value, words)
    return numbers


def _fits(found, shape):
    if shape[:1] == (...,):
        found, shape = found[max(0, len(found) - len(shape) + 1) :], shape[1:]
    return len(found) == len(shape) and all(
        isinstance(s, str) or f == s or (f is None) for f, s in zip(found, shape)
    )


ROWS = array("n", 4, what=", four a box,", dtype=None)  # a box for each image


def span(most=math.inf):
    """Two numbers above 0, the smallest and the largest, as a tuple."""
    words = "(smallest, largest), above 0" + (f", at most {most}" if most < math.inf else "")

    def domain(name, value):
        low, high = array(2, nan=False, dtype="float64")(name, value).tolist()
        if not 0 < low <= high <= most:
            refuse(name, value, words)
        return low, high

    return domain
