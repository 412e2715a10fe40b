"""Encodes the values sent between the judge and a submission's process, as JSON and the bytes of arrays.

Unlike a pickle, this cannot contain code. A value that has no such form arrives as a stand-in with the same
type name, text, float and array, so that a check gives the same message as in the notebook.
"""

import sys
from contextlib import suppress

import numpy as np

TEXT = 300
PLAIN = (bool, int, float, str, type(None))


class StandIn:
    """A stand-in for a value that cannot be encoded."""

    def __repr__(self):
        return self.text


def encode(value, arrays, special=lambda value: None):
    """A value as what JSON can hold; its arrays go to the list `arrays`. `special` may encode it first."""
    if isinstance(value, np.str_):
        return value.item()
    if isinstance(value, (np.ndarray, np.generic)) and not value.dtype.hasobject:
        return {"array" if isinstance(value, np.ndarray) else "scalar": _aside(value, arrays)}
    if isinstance(value, PLAIN):
        return value
    if (form := special(value)) is not None:
        return form
    if isinstance(value, (list, tuple)):
        items = [encode(each, arrays, special) for each in value]
        return items if isinstance(value, list) else {"tuple": items}
    if isinstance(value, dict):
        return {"dict": [[encode(each, arrays, special) for each in pair] for pair in value.items()]}
    if isinstance(value, np.random.Generator) and isinstance(value.bit_generator, np.random.PCG64):
        return {"rng": _luck(value.bit_generator)}
    if value is ...:
        return {"dots": True}
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow and isinstance(value, (tensorflow.Tensor, tensorflow.Variable)):
        return {"tensor": _aside(value.numpy(), arrays)}
    return _stand_in(value, arrays)


def _aside(values, arrays):
    values = np.asarray(values)
    if values.dtype.kind == "V" and values.dtype.names is None:  # bfloat16, for one
        values = values.astype("float32")
    arrays.append(np.ascontiguousarray(values))
    return [values.dtype.str, list(values.shape), len(arrays) - 1]


def _luck(bits):
    seed = bits.seed_seq
    entropy = seed.entropy if isinstance(seed.entropy, int) else list(seed.entropy)
    return {"state": bits.state, "seed": [entropy, list(seed.spawn_key), seed.n_children_spawned]}


def _stand_in(value, arrays):
    form = {"other": type(value).__name__, "text": "", "float": None, "array": None}
    with suppress(Exception):
        form["text"] = repr(value)[:TEXT]
    with suppress(Exception):
        form["float"] = float(value)
    with suppress(Exception):
        form["array"] = encode(np.asarray(value), arrays)["array"]
    return form


def decode(form, arrays, special=lambda form: None):
    """The value of an encoded form; `special` may decode a dict first."""
    if isinstance(form, PLAIN):
        return form
    if isinstance(form, list):
        return [decode(each, arrays, special) for each in form]
    if (value := special(form)) is not None:
        return value
    if "other" in form:
        return _decode_stand_in(form, arrays)
    ((kind, inner),) = form.items()
    if kind in ("array", "scalar", "tensor"):
        values = _from_aside(inner, arrays)
        return {"array": lambda: values, "scalar": lambda: values[()], "tensor": lambda: _tensor(values)}[
            kind
        ]()
    if kind == "tuple":
        return tuple(decode(each, arrays, special) for each in inner)
    if kind == "dict":
        return {decode(key, arrays): decode(each, arrays, special) for key, each in inner}
    return {"dots": lambda: ..., "rng": lambda: _generator(inner)}[kind]()


def _from_aside(form, arrays):
    dtype, shape, index = form
    return np.ndarray(shape, np.dtype(dtype), arrays[index])


def _tensor(values):
    from tensorflow import constant

    return constant(values)


def _generator(form):
    entropy, spawn_key, spawned = form["seed"]
    seed = np.random.SeedSequence(entropy, spawn_key=spawn_key, n_children_spawned=spawned)
    bits = np.random.PCG64(seed)
    bits.state = form["state"]
    return np.random.Generator(bits)


def _decode_stand_in(form, arrays):
    methods = {"text": str(form["text"])}
    if form["float"] is not None:
        methods["__float__"] = lambda self: float(form["float"])
    if form["array"] is not None:
        values = _from_aside(form["array"], arrays)
        methods["__array__"] = lambda self, dtype=None, copy=None: values.astype(dtype or values.dtype)
    return type(str(form["other"])[:TEXT], (StandIn,), methods)()
