"""Messages between the judge and a submission's process: a form in JSON, then the bytes of its arrays."""

import json
import socket
import struct
import time

import numpy as np

from tools.grading.wire import decode, encode

JSON_BYTES, ARRAY_BYTES = 2**27, 2**29


class Unreadable(Exception):
    """What was received was not sent by the other side's `send`."""


def at_once(sock):
    """Send small messages without waiting for more: an answer may be called hundreds of times."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def send(sock, value, seconds=None, special=lambda value: None):
    """Send a value; TimeoutError if the other side does not take it in time."""
    arrays = []
    form = encode(value, arrays, special)
    text = json.dumps([form, [array.nbytes for array in arrays]]).encode()
    sock.settimeout(seconds)
    sock.sendall(struct.pack("!Q", len(text)) + text)
    for array in arrays:
        sock.sendall(array.reshape(-1).view(np.uint8) if array.nbytes else b"")


def receive(sock, seconds=None, special=lambda form: None):
    """What the other side sends; TimeoutError, EOFError or Unreadable if it does not."""
    end = None if seconds is None else time.monotonic() + seconds
    (length,) = struct.unpack("!Q", _exactly(sock, 8, end, 8))
    try:
        form, sizes = json.loads(_exactly(sock, length, end, JSON_BYTES))
        arrays = [_exactly(sock, size, end, ARRAY_BYTES - sum(sizes[:i])) for i, size in enumerate(sizes)]
        return decode(form, arrays, special)
    except (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError):
        raise Unreadable("sends something that is not an answer") from None


def _exactly(sock, count, end, most):
    if not 0 <= count <= most:
        raise Unreadable(f"sends {count / 2**20:.0f} MB at once")
    buffer, got = bytearray(count), 0
    view = memoryview(buffer)
    while got < count:
        sock.settimeout(None if end is None else max(end - time.monotonic(), 0.001))
        new = sock.recv_into(view[got:])
        if new == 0:
            raise EOFError("the other side is gone")
        got += new
    return buffer
