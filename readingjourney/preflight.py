"""What must be true before anything is installed or started, told in one sentence where it is not.

`make run` calls this file with the system's Python, which may be too old for the rest of the code and has nothing
installed: only the standard library is imported here, and no syntax newer than Python 3.6 is used.
"""

import errno
import os
import socket
import sys
import tempfile

OLDEST_PYTHON = (3, 11)
PROJECT_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def python_problem(executable: str, version: "tuple[int, ...]") -> str:
    """Say why this Python cannot run the product; an empty string when it can."""
    if version[:2] >= OLDEST_PYTHON:
        return ""
    found = ".".join(str(part) for part in version[:3])
    return (
        f"Reading Journey needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer, and {executable} is {found}."
        " Choose another with: make run PYTHON=/path/to/python3"
    )


def data_dir_problem(path: str) -> str:
    """Say why `path` cannot hold the data, having tried (it is created if missing); an empty string when it can."""
    try:
        os.makedirs(path, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as probe:
            probe.write(b"x")
    except OSError as error:
        return (
            f"The data directory {path} cannot be written ({error.strerror})."
            " Choose another with: make run DATA_DIR=/path/to/data"
        )
    return ""


def port_problem(port: str) -> str:
    """Say why `port` is no port number (0 means any free one); an empty string when it is."""
    if port.isdigit() and int(port) <= 65535:
        return ""
    return f"PORT must be a number between 0 and 65535, and it is {port!r}."


def open_listener(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host`:`port`. Raises `OSError`, which `listener_problem` puts into words."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(socket.SOMAXCONN)
    except BaseException:
        listener.close()
        raise
    return listener


def listener_problem(error: OSError, host: str, port: int) -> str:
    """Put a failed `open_listener` into one sentence that says what to do."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST={host} is not an address of this machine. Try: make run HOST=127.0.0.1"
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8000
        return f"Port {port} is taken by another program. Choose another with: make run PORT={other}"
    return f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port with: make run PORT=8000"


def environment_problem() -> str:
    """Say what is wrong with the environment's DATA_DIR or PORT, which settings would report with a traceback."""
    return port_problem(os.environ.get("PORT", "8000")) or data_dir_problem(data_dir())


def data_dir() -> str:
    """Return the data directory that settings will use."""
    return os.path.abspath(os.environ.get("DATA_DIR", os.path.join(PROJECT_DIR, "var")))


def problem_before_install() -> str:
    """Say what would stop `make run` after it has spent half a minute on installing; an empty string when nothing."""
    problem = python_problem(sys.executable, sys.version_info[:3]) or environment_problem()
    # Where the product has run before it may be running now, and `up` can tell that from a stranger on the port.
    if problem or os.path.exists(os.path.join(data_dir(), "up.lock")):
        return problem
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    try:
        open_listener(host, port).close()
    except OSError as error:
        return listener_problem(error, host, port)
    return ""


if __name__ == "__main__":
    sys.exit(problem_before_install() or None)
