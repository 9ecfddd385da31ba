"""`manage.py up` says in one sentence why it cannot start."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readingjourney.runlock import RunLock

from .product import NOT_INHERITED, PROJECT_DIR, running_product


def up(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return subprocess.run(
        [sys.executable, "manage.py", "up", *arguments],
        cwd=PROJECT_DIR,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_sentence(result: subprocess.CompletedProcess[str], *expected: str) -> None:
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    for each in expected:
        assert each in result.stderr


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_it_refuses_a_data_directory_that_is_in_use(tmp_path: Path):
    with running_product(tmp_path, STUDIO_CONCURRENCY=1) as product:
        result = up(DATA_DIR=str(product.data_dir), PORT="0")

        assert_one_sentence(result, "already running", product.url, f"pid {product.process.pid}")
        assert product.process.poll() is None


def test_it_names_the_taken_port_and_the_way_out(tmp_path: Path, taken_port: int):
    result = up(DATA_DIR=str(tmp_path), PORT=str(taken_port))

    assert_one_sentence(result, f"Port {taken_port} is taken", "make run PORT=")


def test_it_lets_the_option_win_over_the_environment(tmp_path: Path, taken_port: int):
    result = up("--port", str(taken_port), DATA_DIR=str(tmp_path), PORT="0")

    assert_one_sentence(result, f"Port {taken_port} is taken")


def test_it_refuses_an_address_of_another_machine(tmp_path: Path):
    result = up(DATA_DIR=str(tmp_path), PORT="0", HOST="192.0.2.1")

    assert_one_sentence(result, "HOST=192.0.2.1 is not an address of this machine")


def test_it_refuses_a_port_that_is_no_number(tmp_path: Path):
    result = up(DATA_DIR=str(tmp_path), PORT="eighty")

    assert_one_sentence(result, "PORT must be a number", "'eighty'")


def test_it_refuses_a_data_directory_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").write_text("not a directory")  # root may write everywhere, but not below a file

    result = up(DATA_DIR=str(tmp_path / "file" / "data"), PORT="0")

    assert_one_sentence(result, "cannot be written", "make run DATA_DIR=")


def test_it_refuses_a_database_that_does_not_answer(tmp_path: Path, taken_port: int):
    # Nothing listens on port 1: the connection is refused at once.
    result = up(DATA_DIR=str(tmp_path), PORT="0", DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")

    assert_one_sentence(result, "The database cannot be used")


def test_it_leaves_nothing_behind_when_it_refuses(tmp_path: Path, taken_port: int):
    up(DATA_DIR=str(tmp_path), PORT=str(taken_port))

    assert not list(tmp_path.glob("run/*.pid"))
    lock = RunLock(tmp_path)
    lock.acquire()
    lock.release()


def test_it_keeps_its_secret_to_its_owner(tmp_path: Path):
    up(DATA_DIR=str(tmp_path), PORT="1", HOST="192.0.2.1")

    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
