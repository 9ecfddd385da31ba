"""Ends the product's processes when the supervisor is gone without having been able to.

A supervisor killed with SIGKILL (or by the kernel, out of memory) cannot stop its children. The guardian is a process
that holds the other end of a pipe: the pipe's end is the news. A parent-death signal would not do, since it reaches
only direct children (not the processes of a Celery pool) and exists only on Linux.

The process is this very file, run as a file and not as a module, so that it starts in milliseconds and loads no
package. Its standard input carries one line per event: `+PGID` for a process group to end, `-PGID` for one to forget.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable

CLEARING_SECONDS = 5.0
RESTART_SECONDS = 1.0


class Guardian:
    """The supervisor's end of the pipe."""

    def __init__(self, handover_descriptor: int) -> None:
        self._handover_descriptor = handover_descriptor
        self._groups: set[int] = set()
        self._started_at = 0.0
        self._process = self._start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def add(self, group: int) -> None:
        """End this process group, too, when the supervisor is gone."""
        self._groups.add(group)
        self._tell(f"+{group}\n")

    def discard(self, group: int) -> None:
        """Forget this process group: it is gone, and its number may be given to somebody else."""
        self._groups.discard(group)
        self._tell(f"-{group}\n")

    def check(self) -> None:
        """Start the guardian's process again if it has died (but not again and again, should it die at once)."""
        if self._process.poll() is not None and time.monotonic() - self._started_at > RESTART_SECONDS:
            self._process = self._start()
            for group in self._groups:
                self._tell(f"+{group}\n")

    def dismiss(self) -> None:
        """End the guardian, and with it every group that is left."""
        self._process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        # It inherits the second run lock: the next `up` can begin only when this one's processes are gone.
        self._started_at = time.monotonic()
        return subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            pass_fds=(self._handover_descriptor,),
        )

    def _tell(self, event: str) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # it has died; `check` starts another and tells it everything
                self._process.stdin.write(event.encode())


def remembered_groups(lines: Iterable[str]) -> set[int]:
    """Read events until there are no more and return the process groups that are left."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    return groups


def end_groups(groups: Iterable[int]) -> None:
    """Kill every process of `groups` and wait until they are gone, so that whoever waits for us finds them gone."""
    left = set(groups)
    deadline = time.monotonic() + CLEARING_SECONDS
    while left and time.monotonic() < deadline:
        left = {group for group in left if signal_group(group, signal.SIGKILL)}
        time.sleep(0.02)


def signal_group(group: int, number: int) -> bool:
    """Send a signal to every process of a group; return whether there was any left."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM where only zombies are left
        return False
    return True


if __name__ == "__main__":
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    end_groups(remembered_groups(sys.stdin))
