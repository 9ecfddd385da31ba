"""One `up` per data directory."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

import pytest

from readingjourney import runlock
from readingjourney.runlock import AlreadyRunning, RunLock


def test_it_tells_a_second_one_who_holds_it(tmp_path: Path):
    first = RunLock(tmp_path)
    first.acquire()
    first.write_holder("http://127.0.0.1:8000")

    with pytest.raises(AlreadyRunning, match=rf"already running at http://127.0.0.1:8000 \(pid {os.getpid()}\)"):
        RunLock(tmp_path).acquire()
    first.release()


def test_it_refuses_even_before_the_holder_has_written_its_name(tmp_path: Path):
    first = RunLock(tmp_path)
    first.acquire()

    with pytest.raises(AlreadyRunning, match=r"already running\.$"):
        RunLock(tmp_path).acquire()
    first.release()


def test_it_is_free_after_its_release(tmp_path: Path):
    first = RunLock(tmp_path)
    first.acquire()
    first.write_holder("http://127.0.0.1:8000")
    first.release()

    second = RunLock(tmp_path)
    second.acquire()

    assert (tmp_path / "up.lock").read_text() == ""
    second.release()


def test_it_waits_for_the_guardian_of_one_that_was_killed(tmp_path: Path):
    guardian = os.open(tmp_path / "handover.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(guardian, fcntl.LOCK_EX)
    waiting = RunLock(tmp_path)
    taken = threading.Event()
    thread = threading.Thread(target=lambda: (waiting.acquire(), taken.set()))
    thread.start()

    assert not taken.wait(0.3)
    os.close(guardian)

    assert taken.wait(5)
    thread.join()
    waiting.release()


def test_it_gives_up_on_processes_that_never_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runlock, "HANDOVER_SECONDS", 0.1)
    guardian = os.open(tmp_path / "handover.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(guardian, fcntl.LOCK_EX)

    with pytest.raises(AlreadyRunning, match="still ending"):
        RunLock(tmp_path).acquire()
    os.close(guardian)
