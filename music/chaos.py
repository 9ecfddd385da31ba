"""Named points at which a fault can be made to happen, for the tests that kill real processes.

`CHAOS="stored:kill"` in the environment kills this process with SIGKILL when it comes to the point "stored"; `:stop`
stops it (SIGSTOP), `:raise` raises `Fault`, `:sleep=5` takes its time. "@2" behind it means the second time only;
several are divided by commas. Without CHAOS a point costs one look at an empty dictionary.
"""

from __future__ import annotations

import os
import signal
import threading
import time


class Fault(Exception):
    """What ":raise" raises."""


def _read(text: str) -> dict[str, tuple[str, int]]:
    faults = {}
    for part in filter(None, text.split(",")):
        name, _, fault = part.strip().partition(":")
        fault, _, turn = fault.partition("@")
        faults[name] = (fault, int(turn or 0))
    return faults


_faults = _read(os.environ.get("CHAOS", ""))
_times: dict[str, int] = {}
_lock = threading.Lock()


def point(name: str) -> None:
    """Come to the point: nothing happens unless CHAOS names it."""
    if name not in _faults:
        return
    fault, turn = _faults[name]
    with _lock:
        _times[name] = _times.get(name, 0) + 1
        if turn and _times[name] != turn:
            return
    if fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif fault == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif fault.startswith("sleep="):
        time.sleep(float(fault.removeprefix("sleep=")))
    else:
        raise Fault(name)
