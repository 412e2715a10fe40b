"""Starts, watches and ends a process that runs a submission; `child.py` is the code in that process."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tools.grading import line as messages
from tools.notebooks import PROJECT

CHILD = Path(__file__).with_name("child.py")
START = 120  # seconds in which Python starts, also on a busy machine


class Ended(BaseException):
    """A submission's process cannot be used any more; `except Exception` in a check must not catch it."""


class Clock:
    """How long a submission may still keep its judge waiting: in this cell, and altogether."""

    def __init__(self, seconds, total):
        self.seconds, self.total = seconds, total
        self.next_cell()

    def next_cell(self):
        self.left = min(self.seconds, self.total)

    def waiting_for(self, action, *arguments):
        """The result of an action that must end in time; raises Ended if it fails or takes too long."""
        start = time.monotonic()
        try:
            if self.left <= 0:
                raise TimeoutError
            return action(*arguments, self.left)
        except TimeoutError:
            raise Ended(f"does not end within {min(self.seconds, self.total):.0f} s.") from None
        except (EOFError, OSError):
            raise Ended("ends its own process.") from None
        except messages.Unreadable as error:
            raise Ended(f"{error}.") from None
        finally:
            spent = time.monotonic() - start
            self.left, self.total = self.left - spent, self.total - spent


class Process:
    """A Python that imports the course's packages first and then the modules next to a notebook."""

    def __init__(self, beside, clock):
        self.clock, self.line = clock, None
        self.folder = tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True)
        cwd = Path(self.folder.name, "notebooks")
        cwd.mkdir()
        with suppress(OSError, NotImplementedError):  # Windows may refuse
            cwd.with_name("assets").symlink_to(PROJECT / "assets", target_is_directory=True)
        self.popen = subprocess.Popen(
            [sys.executable, "-I", str(CHILD)],
            cwd=cwd,
            env={**os.environ, "MPLBACKEND": "agg", "IPYTHONDIR": str(cwd.with_name("ipython"))},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._connect(beside)
        except BaseException:
            self.end()
            raise

    def _connect(self, beside):
        """Wait for the child to connect; it begins with a secret word that only it was given."""
        token, end = secrets.token_bytes(16), time.monotonic() + START
        path = [str(PROJECT), *filter(os.path.isabs, sys.path), str(Path(beside).resolve())]
        with socket.create_server(("127.0.0.1", 0)) as server:
            start = {"path": path, "port": server.getsockname()[1], "token": token.hex()}
            with suppress(OSError), self.popen.stdin as stdin:
                stdin.write(json.dumps(start).encode() + b"\n")
            while self.line is None:
                self._accept(server, token, end)
        messages.receive(self.line, START)  # it is ready

    def _accept(self, server, token, end):
        server.settimeout(1)
        try:
            line, _ = server.accept()
        except TimeoutError:
            if self.popen.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{sys.executable} does not start a second time") from None
            return
        line.settimeout(1)
        with suppress(OSError):
            if secrets.compare_digest(line.recv(16), token):
                self.line = messages.at_once(line)
                return
        line.close()

    def send(self, value):
        self.clock.waiting_for(lambda seconds: messages.send(self.line, value, seconds))

    def receive(self, special=lambda form: None):
        """The next message, a dict."""
        message = self.clock.waiting_for(lambda seconds: messages.receive(self.line, seconds, special))
        if not isinstance(message, dict):
            raise Ended("sends something that is not an answer.")
        return message

    def end(self):
        """Kill the process and those that it has started, except those that have left its session."""
        with suppress(OSError):
            if os.name == "posix":
                os.killpg(self.popen.pid, signal.SIGKILL)
        with suppress(OSError):
            self.popen.kill()
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(10)
        if self.line is not None:
            self.line.close()
        self.folder.cleanup()
