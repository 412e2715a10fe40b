"""Checks of arguments: a wrong one is refused with an error of one line, before any work begins.

`@checked(name=domain, ...)` decorates a public function. A domain is a function of a name and a value; it
returns the value in its plain form (an int for a NumPy integer, a list for a generator) or calls `refuse`.
"""

import functools
import inspect
import math
import os

import numpy as np


class Words(str):
    """A value described in words, not as Python writes it."""


def refuse(name, value, allowed):
    """Raise ValueError: the argument's name, its value, and what may be given instead."""
    raise ValueError(f"{name} is {value if isinstance(value, Words) else shown(value)}; give {allowed}.")


def shown(value):
    """A value in a message of one line: an array by its shape and type, the rest as Python writes it."""
    if getattr(value, "shape", ()) and hasattr(value, "dtype"):
        return f"an array {tuple(value.shape)} of {getattr(value.dtype, 'name', value.dtype)}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else text[:77] + "..."


def checked(**domains):
    """Decorate a function to accept only what its `domains` allow; an argument left out is not checked."""

    def decorate(function):
        signature = inspect.signature(function)

        @functools.wraps(function)
        def asked(*args, **kwargs):
            bound = signature.bind(*args, **kwargs)
            given = bound.arguments
            given.update(
                {name: domain(name, given[name]) for name, domain in domains.items() if name in given}
            )
            return function(*bound.args, **bound.kwargs)

        return asked

    return decorate


def whole(least=1, most=math.inf, step=1, what=""):
    """A whole number from `least` to `most`, a multiple of `step`; `what` it counts, in words."""
    multiple = f", a multiple of {step}" if step > 1 else ""
    upto = f"in {least}..{most}" if most < math.inf else f"{least} or more"

    def domain(name, value):
        number = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not (number and least <= value <= most and value % step == 0):
            refuse(name, value, f"a whole number{what}, {upto}{multiple}")
        return int(value)

    return domain


def real(least=-math.inf, most=math.inf, above=None):
    """A finite number from `least` to `most`; or greater than `above`, if that is given."""
    lower = f"above {above:g}" if above is not None else f"{least:g} or more" if least > -math.inf else ""
    words = f"in {least:g}..{most:g}" if -math.inf < least and most < math.inf else lower or "finite"

    def domain(name, value):
        number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
        if not (number and least <= value <= most and math.isfinite(value)) or (
            above is not None and value <= above
        ):
            refuse(name, value, f"a number, {words}")
        return float(value)

    return domain


def choice(*options):
    """One of some words; None can be one of them."""

    def domain(name, value):
        if not any(value is option or (isinstance(value, str) and value == option) for option in options):
            refuse(name, value, " or ".join(map(repr, options)))
        return value

    return domain


def kind(types, what, least=None):
    """An object of some types, or with some attributes if `types` is a list; `what` it is, in words."""

    def domain(name, value):
        names = isinstance(types, list)
        right = all(hasattr(value, each) for each in types) if names else isinstance(value, types)
        if not right or (names and isinstance(value, type)) or (least and len(value) < least):
            refuse(name, value, what)
        return value

    return domain


pixels = whole(1, what=" of pixels")  # a side of an image
flag = kind((bool, np.bool_), "True or False")
path = kind((str, os.PathLike), "a path")
generator = kind(np.random.Generator, "a generator of numpy.random.default_rng")
scene = kind(["sample", "describe", "image_size"], "a scene, such as lu.WhiteRectangles()")


def optional(domain):
    """None, or what a domain allows."""
    return lambda name, value: None if value is None else domain(name, value)


def many(what, least=1, each=None):
    """A list from any iterable except a text; `each` is the domain of an item."""

    def domain(name, value):
        single = isinstance(value, (str, bytes, os.PathLike, dict)) or not hasattr(value, "__iter__")
        things = [] if single or getattr(value, "shape", None) == () else list(value)
        if single or len(things) < least:
            refuse(name, value, what)
        return [each(f"{name}[{i}]", thing) for i, thing in enumerate(things)] if each else things

    return domain
