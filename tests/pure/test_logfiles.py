"""Logs of the supervised programs do not fill the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from readingjourney import logfiles
from readingjourney.logfiles import LogFile


@pytest.fixture(autouse=True)
def _small_logs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(logfiles, "MAX_BYTES", 100)


def test_it_appends_to_a_log_that_is_short_enough(tmp_path: Path):
    log = LogFile(tmp_path / "web.log")

    for line in (b"one\n", b"two\n"):
        with log.open() as output:
            output.write(line)

    assert log.path.read_text() == "one\ntwo\n"
    assert not (tmp_path / "web.log.1").exists()


def test_it_moves_a_long_log_aside_while_the_program_writes(tmp_path: Path):
    log = LogFile(tmp_path / "web.log")
    with log.open() as output:
        output.write(b"x" * 101)
        output.flush()

        log.cap()
        output.write(b"after\n")
        output.flush()

    assert log.path.read_text() == "after\n"
    assert (tmp_path / "web.log.1").read_text() == "x" * 101


def test_it_keeps_one_predecessor(tmp_path: Path):
    log = LogFile(tmp_path / "web.log")
    for letter in "ab":
        log.path.write_text(letter * 101)
        log.cap()

    assert (tmp_path / "web.log.1").read_text() == "b" * 101
    assert sorted(each.name for each in tmp_path.iterdir()) == ["web.log", "web.log.1"]


def test_it_gives_up_old_lines_where_the_disk_has_no_room_for_them(tmp_path: Path):
    log = LogFile(tmp_path / "web.log")
    log.path.write_text("x" * 101)
    (tmp_path / "web.log.1").mkdir()  # nothing can be copied there

    log.cap()

    assert log.path.read_text() == ""
