"""Can the feature cache give a wrong row? `python -m tools.stale [TRIALS]` tries each fault 50 times.

- kills: a process that computes features is killed at a random moment, and another one continues.
- flipped bits: one bit of a file of the cache changes, at a random place.
- replaced files: one sprite or photo gets other pixels under its old name, with the same size and age.

After each fault the rows from `lu.cached_features` are compared with those of an empty cache. The command
prints how many rows differ, and fails if any does.
"""

import contextlib
import io
import multiprocessing
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

import localization_utils as lu

SIZE, SPRITES, PHOTOS, BATCHES, TAP = 32, 3, 3, 12, "block2_pool"
FORK = multiprocessing.get_context("fork")  # TensorFlow is imported once, and runs in the children alone


def picture(path, seed):
    """Write a picture of noise; all of them have the same number of bytes and the same age."""
    channels, side = (4, 16) if path.name.startswith("sprite") else (3, 40)
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, channels), np.uint8)
    pixels[..., 3:] = 255
    Image.fromarray(pixels).save(path)
    os.utime(path, (1e9, 1e9))


def sequence(files):
    sprites, photos = (sorted(files.glob(f"{kind}*.tif")) for kind in ("sprite", "photo"))
    scene = lu.Sprites(sprites, photos, SIZE, scale=(0.5, 1.5))
    return lu.LocalizationSequence(4, BATCHES, scene, seed=1, fixed=True)


def compute(files, cache, result):
    """In a child: features and targets, saved to `result`."""
    with contextlib.redirect_stdout(io.StringIO()):
        features, targets = lu.cached_features(sequence(files), TAP, folder=cache)
    if result:
        np.savez(result, features=features, targets=targets)


def rows(files, cache):
    """What the cache gives now: an array with a row for each image."""
    result = cache.with_suffix(".npz")
    child = FORK.Process(target=compute, args=(files, cache, result))
    child.start()
    child.join()
    with np.load(result) as found:
        return np.concatenate([found["features"].reshape(4 * BATCHES, -1), found["targets"]], axis=1)


def kill(files, cache, rng, seconds):
    """Begin with an empty cache, and kill the process at a random moment."""
    for file in cache.rglob("*.*"):
        file.unlink()
    child = FORK.Process(target=compute, args=(files, cache, None))
    child.start()
    time.sleep(rng.uniform(0, seconds))
    child.kill()
    child.join()


def flip(files, cache, rng, seconds):
    """Change one bit of the features, the targets or the list of what is finished."""
    file = rng.choice(sorted(cache.glob("*/*.bin")) + sorted(cache.glob("*/finished-*.txt")))
    content = bytearray(file.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    file.write_bytes(content)


def replace(files, cache, rng, seconds):
    """Give one picture other pixels under its old name."""
    picture(rng.choice(sorted(files.glob("*.tif"))), rng.randrange(10**9))


FAULTS = {"kills": kill, "flipped bits": flip, "replaced files": replace}


def trial(folder, trials, rng):
    """Try each fault so many times; gives the number of rows that differ, for each fault."""
    files = folder / "files"
    files.mkdir()
    for kind, count in {"sprite": SPRITES, "photo": PHOTOS}.items():
        for i in range(count):
            picture(files / f"{kind}-{i}.tif", i)
    before = time.monotonic()
    right, wrong = rows(files, folder / "cache"), {}
    seconds = time.monotonic() - before
    for name, fault in FAULTS.items():
        wrong[name] = 0
        for i in tqdm(range(trials), name, file=sys.stdout):
            fault(files, folder / "cache", rng, seconds)
            if fault is replace:
                right = rows(files, folder / f"empty-{i}")
            wrong[name] += int((rows(files, folder / "cache") != right).any(axis=1).sum())
    return wrong


def main(trials=50):
    with tempfile.TemporaryDirectory() as folder:
        wrong = trial(Path(folder), trials, random.Random(1))
    for name, count in wrong.items():
        print(f"{trials} {name}: {count} of {trials * 4 * BATCHES} rows wrong")
    return any(wrong.values())


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
