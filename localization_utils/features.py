"""Features: what the trunk computes for a sequence's images, once, and kept on disk."""

import os
import sys
import zlib
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from tqdm import tqdm

from .arguments import checked, kind, optional, path, refuse, whole
from .cache import FeatureStore, alone
from .engine.passage import passage
from .trunk import PROJECT, TAPS, check_taps, chosen_precision, weights_id

BAR = "{desc}: {percentage:3.0f}%|{bar:20}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_fmt}]"
TOGETHER = 8  # images of smaller batches go through the trunk at once


def _relative(path):
    """A path relative to the project if it lies inside, else the whole path."""
    return path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else str(path)


def _folder(folder):
    return Path(folder or os.environ.get("LOCALIZATION_CACHE") or PROJECT / "build" / "features").expanduser()


def _stores(sequence, names, weights, precision, folder):
    """A store for each tap, its key all that the features depend on, and one for the targets."""
    size, rows, (images, targets) = sequence.scene.image_size, sequence.batch_size, sequence[0]
    drawn = sequence.describe() | {"first_batch": zlib.crc32(images.tobytes())}
    key = drawn | {"weights": weights_id(weights), "precision": chosen_precision(precision)}
    return [
        *(
            FeatureStore(folder, name, key | {"tap": name}, rows, (size // stride, size // stride, channels))
            for name, (stride, channels) in ((name, TAPS[name]) for name in names)
        ),
        FeatureStore(folder, "targets", drawn, rows, targets.shape[1:], targets.dtype),
    ]


def _compute(sequence, names, weights, precision, stores, missing, batches, part):
    """Send the batches that are `missing` (a list for each store) through the trunk, and write them.

    The trunk goes only as deep as the taps that are missing.
    """
    rows = sequence.batch_size
    lacking = [pair for pair, batch in zip(zip(names, stores), missing) if batch] or [(names[0], stores[0])]
    stores[0].check_space(sum(len(m) * s.batch_bytes for m, s in zip(missing, stores)))
    todo = sorted(set().union(*missing))
    bar = {"total": rows * batches, "initial": rows * (batches - len(todo)), "bar_format": BAR}
    with tqdm(
        desc=names[0] if len(names) == 1 else f"{len(names)} taps", unit=" images", file=sys.stdout, **bar
    ) as progress:
        if todo:
            key = weights_id(weights), tuple(name for name, _ in lacking), chosen_precision(precision)
            through_trunk = passage(sequence.scene.image_size, weights, *key)
        together = max(1, TOGETHER // rows)
        for indices in (todo[i : i + together] for i in range(0, len(todo), together)):
            images, targets = map(np.concatenate, zip(*(sequence[index] for index in indices)))
            written = [*(store for _, store in lacking), stores[-1]]
            for store, output in zip(written, [*through_trunk(images), targets], strict=True):
                for index, batch in zip(indices, np.split(output, len(indices))):
                    store.write(index, batch, part)
            progress.update(rows * len(indices))


def _share(name, value):
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        refuse(name, value, "(k, n), two whole numbers")
    part, parts = whole(0)(name, value[0]), whole(1)(name, value[1])
    if part >= parts:
        refuse(name, value, "(k, n) with k in 0..n-1")
    return part, parts


ASKED = {
    "sequence": kind(["draw", "describe", "scene", "batch_size"], "a lu.LocalizationSequence"),
    "taps": lambda name, value: value if isinstance(value, str) else check_taps(value),
    "folder": optional(path),
}


@checked(**ASKED, share=_share)
def compute_features(
    sequence, taps="block5_pool", weights="bundled", precision=None, folder=None, share=(0, 1)
):
    """Send those batches of `sequence` through the trunk whose features are not on disk yet.

    With `share=(k, n)` only every n-th batch, starting with batch k: n machines with one shared folder divide
    the work, and `cached_features` then reads their parts as one. The other arguments are those of
    `cached_features`. If two processes want the same features, the second waits for the first.
    """
    names, (part, parts) = check_taps(taps), share
    stores = _stores(sequence, names, weights, precision, _folder(folder))
    mine = range(part, len(sequence), parts)
    missing = [store.missing(mine) for store in stores]
    if not (absent := any(missing)):
        lock = nullcontext()  # nothing is written, perhaps nothing can be
    else:
        for store in stores:
            store.prepare()
        lock = alone(stores[0].folder / f"part-{part}.lock")
    with lock:
        if absent:  # another process may have filled the stores meanwhile
            missing = [store.missing(mine) for store in stores]
        _compute(sequence, names, weights, precision, stores, missing, len(mine), part)
    return stores


@checked(**ASKED)
def cached_features(sequence, taps="block5_pool", weights="bundled", precision=None, folder=None):
    """The trunk's features and the targets of every batch of `sequence`, each image seen only once.

    Gives features `(images, height, width, channels)`, float16 and memory-mapped (a list of such arrays for a
    list of `taps`), and targets `(images, 4)` float32. Batches computed before are read from `folder` (or the
    environment variable LOCALIZATION_CACHE, or the project's `build/features`) if their checksums hold. The
    rest is computed now, on all devices that TensorFlow sees. If it is stopped, it continues from there the
    next time. `weights` and `precision` as in `build_trunk`.
    """
    stores = compute_features(sequence, taps, weights, precision, folder)
    batches = len(sequence)
    megabytes = sum(batches * store.batch_bytes for store in stores[:-1]) / 1e6
    place = _relative(_folder(folder))
    print(f"These features take {megabytes:,.0f} MB in {place}; delete that folder to free them.")
    *features, targets = [store.read(batches) for store in stores]
    return (features[0] if isinstance(taps, str) else features), np.array(targets)
