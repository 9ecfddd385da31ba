"""The data directory: where the embedded mode keeps everything it must not lose."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

SOCKET_PATH_LIMIT = 100  # a Unix socket's path must fit into 108 bytes on Linux, 104 on macOS


def load_or_create_secret(path: Path) -> str:
    """Return the secret kept in `path`, making one (readable by its owner only) on first use.

    Safe when several processes start at once: the first to create the file wins and the others read it.
    Raises `OSError` when the directory cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)  # atomic, and complete the moment it appears
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def broker_socket(data_dir: Path) -> Path:
    """Where the embedded broker of this data directory listens: the same answer in every process.

    Beside the data, or, when that path is too long for a socket, in a private directory of the system's temporary one.
    """
    socket = data_dir / "broker" / "valkey.sock"
    if len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT:
        return socket
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"reading-journey-{os.getuid()}-{digest}" / "valkey.sock"
