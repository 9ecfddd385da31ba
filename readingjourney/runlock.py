"""One running product per data directory."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path

HANDOVER_SECONDS = 10.0


class AlreadyRunning(Exception):
    """Another `up` holds the data directory."""


class RunLock:
    """The right to run on a data directory.

    Two file locks rather than a pid file: they end with their holders however those end. The first is the supervisor's
    own. The second (`handover_descriptor`) is inherited by its guardian, and free only when the guardian has seen the
    last process off: a new `up` waits for it, so that two brokers never share a directory.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "up.lock"
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        self.handover_descriptor = os.open(data_dir / "handover.lock", os.O_RDWR | os.O_CREAT, 0o600)

    def acquire(self) -> None:
        """Take the lock. Raises `AlreadyRunning`, with the holder's address and pid in the message."""
        if not _try_lock(self._descriptor):
            raise AlreadyRunning(f"Reading Journey is already running{self._holder()}.")
        deadline = time.monotonic() + HANDOVER_SECONDS
        while not _try_lock(self.handover_descriptor):
            if time.monotonic() > deadline:
                raise AlreadyRunning("Processes of a Reading Journey that was killed are still ending: try again.")
            time.sleep(0.05)

    def write_holder(self, address: str) -> None:
        """Leave our pid and address for a second `up` (and for whoever looks for the running product)."""
        content = json.dumps({"pid": os.getpid(), "address": address}).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, content, 0)

    def release(self) -> None:
        """Give the lock up, and take our name out of it."""
        os.ftruncate(self._descriptor, 0)
        os.close(self.handover_descriptor)
        os.close(self._descriptor)

    def _holder(self) -> str:
        try:
            holder = json.loads(self._path.read_text())
            return f" at {holder['address']} (pid {holder['pid']})"
        except (ValueError, KeyError):  # it has the lock and has not written its name yet
            return ""


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
