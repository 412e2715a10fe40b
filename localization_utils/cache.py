"""Rows of numbers on disk, written batch by batch, each batch under a checksum of its own."""

import errno
import hashlib
import json
import re
import shutil
import zlib
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout


def _plain(value):
    """A NumPy scalar as a plain number, which JSON can write."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a scene's describe() holds {type(value).__name__}; give numbers, texts and lists.")


class FeatureStore:
    """One folder for one key: `features.bin` holds the rows, `finished-*.txt` one checksum a batch.

    First a batch is written, then its checksum. So a batch that a killed process left half written, or that
    has changed on disk since, is never read: `missing` lists it instead. The number of batches is not part of
    the key: a longer sequence keeps the batches that are already there.
    """

    def __init__(self, folder, name, key, rows, shape, dtype="float16"):
        about = {**key, "rows": rows, "shape": list(shape)}
        self._about = about = json.dumps(about, indent=1, sort_keys=True, default=_plain)
        self.folder = Path(folder) / f"{name}-{hashlib.sha256(about.encode()).hexdigest()[:12]}"
        self.rows, self.shape = rows, tuple(shape)
        self.dtype = np.dtype(dtype)
        self.batch_bytes = self.dtype.itemsize * rows * int(np.prod(shape))
        self._data = self.folder / "features.bin"

    def prepare(self):
        """Make the folder, and see, before any work, that it can be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "about.json").write_text(self._about, encoding="utf-8")
            with open(self._data, "ab"):
                pass
        except OSError as error:
            raise self._error(error.errno, error.strerror) from error

    def missing(self, batches):
        """Those of some batches that are not on disk, or damaged, in order. Writes nothing."""
        try:
            logs = "\n".join(log.read_text("ascii", "replace") for log in self.folder.glob("finished-*.txt"))
            lines = re.findall(r"^(\d+) ([0-9a-f]{8})$", logs, re.M)
            noted = {int(batch): checksum for batch, checksum in lines}
            with open(self._data, "rb") as data:
                return [i for i in batches if i not in noted or self._checksum(data, i) != noted[i]]
        except (FileNotFoundError, NotADirectoryError):
            return list(batches)
        except OSError as error:
            raise self._error(error.errno, error.strerror, "read") from error

    def _checksum(self, data, batch):
        data.seek(batch * self.batch_bytes)
        content = data.read(self.batch_bytes)
        return f"{zlib.crc32(content):08x}" if len(content) == self.batch_bytes else None

    def check_space(self, need):
        """Raise OSError, before any work, when the disk has no room for that many more bytes."""
        free = shutil.disk_usage(self.folder).free
        if need > free:
            what = f"it needs {need / 1e6:,.0f} MB and the disk has {free / 1e6:,.0f} MB left"
            raise self._error(errno.ENOSPC, what)

    def write(self, batch, features, part=0):
        """Keep one batch of features `(rows, *shape)`; each writing machine is a part."""
        content = np.ascontiguousarray(features, self.dtype).tobytes()
        if len(content) != self.batch_bytes:
            raise ValueError(f"batch {batch} has shape {np.shape(features)}, not {(self.rows, *self.shape)}.")
        try:
            with open(self._data, "r+b") as data:
                data.seek(batch * self.batch_bytes)
                data.write(content)
            with open(self.folder / f"finished-{part}.txt", "a", encoding="ascii") as log:
                log.write(f"\n{batch} {zlib.crc32(content):08x}\n")
        except OSError as error:
            raise self._error(
                error.errno, f"{error.strerror} at batch {batch}; the finished batches are kept"
            ) from error

    def _error(self, number, what, verb="write to"):
        way_out = "Set LOCALIZATION_CACHE to another folder, and run again"
        if number == errno.ENOSPC:
            way_out = way_out.replace("Set", "Free some space, or set")
        return OSError(number, f"The feature cache cannot {verb} {self.folder}: {what}. {way_out}")

    def read(self, batches):
        """The rows of the first batches, `(batches * rows, *shape)`, memory-mapped, read-only."""
        return np.memmap(self._data, self.dtype, "r", shape=(batches * self.rows, *self.shape))


def alone(path):
    """Hold a lock file; while another process holds it, print a line and wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        return lock.acquire(timeout=0)
    except Timeout:
        print("Another notebook is computing these features; waiting for it.", end="\r", flush=True)
        return lock.acquire()
    except (OSError, NotImplementedError) as error:
        why = getattr(error, "strerror", None) or error
        way_out = "Set LOCALIZATION_CACHE to a folder on a local disk where you may write"
        raise OSError(getattr(error, "errno", None), f"{path} cannot be locked: {why}. {way_out}.") from error
