"""A simulator as a process of its own, for tests in Python.

$GUILDHALL_SIM is the command that runs one; otherwise it is what `swift build` left, which proves every answer
against Discord's description of its API and says what is wrong.
"""

import json
import os
import pathlib
import subprocess
import tempfile
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
START_DEADLINE_SECONDS = 30


class SimulatorProcess:
    """Runs one within a `with` block."""

    running = []

    def __enter__(self):
        command = os.environ.get("GUILDHALL_SIM", "").split()
        # A file and no pipe: what was said before an answer was sent is there when the answer is.
        self.output = tempfile.TemporaryFile()
        self.unread = b""
        self.seen = 0
        self.process = subprocess.Popen(
            command or [str(ROOT / ".build/debug/simulator-program"), "--json"], stdout=self.output, cwd=ROOT)
        self.lines = self._announcement()
        self.running.append(self)
        return self

    def __exit__(self, *_):
        if self in self.running:
            self.running.remove(self)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.output.close()

    def _announcement(self):
        lines, deadline = [], time.monotonic() + START_DEADLINE_SECONDS
        while not any(line["kind"] == "ready" for line in lines):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError("the simulator did not start")
            lines += self._said()
            time.sleep(0.02)
        return lines

    def _said(self):
        """The lines that are new."""
        size = os.fstat(self.output.fileno()).st_size
        self.unread += os.pread(self.output.fileno(), size - self.seen, self.seen)
        self.seen = size
        *whole, self.unread = self.unread.split(b"\n")
        return [json.loads(line) for line in whole]

    def violations(self):
        """What did not follow Discord's description since this was asked last."""
        return [line["text"] for line in self._said() if line["kind"] == "violation"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """For conftest.py: a test during which an exchange did not follow Discord's description fails."""
    result = yield
    found = [text for simulator in SimulatorProcess.running for text in simulator.violations()]
    assert not found, "not as Discord describes it:\n" + "\n".join(dict.fromkeys(found))
    return result
