"""What stands in the way of a start is said before anything is installed."""

from __future__ import annotations

import ast
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from readingjourney import preflight

SOURCE = Path(preflight.__file__)


def run_preflight(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(SOURCE)], env=environment, capture_output=True, text=True, timeout=30, check=False
    )


def test_it_can_be_read_by_an_old_python():
    ast.parse(SOURCE.read_text(), feature_version=(3, 6))


def test_it_needs_nothing_installed():
    imported = {
        name.name
        for node in ast.walk(ast.parse(SOURCE.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }

    assert imported <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13)])
def test_it_names_the_python_that_is_too_old(version: tuple[int, int, int]):
    problem = preflight.python_problem("/usr/bin/python3", version)

    assert "needs Python 3.11 or newer" in problem
    assert f"/usr/bin/python3 is {'.'.join(map(str, version))}" in problem


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 0), (4, 0, 0)])
def test_it_accepts_a_python_that_is_new_enough(version: tuple[int, int, int]):
    assert preflight.python_problem("python3", version) == ""


def test_it_passes_on_a_fresh_machine(tmp_path: Path):
    result = run_preflight(DATA_DIR=str(tmp_path / "data"), PORT="0")

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_it_refuses_a_data_directory_below_a_file(tmp_path: Path):
    (tmp_path / "file").touch()

    result = run_preflight(DATA_DIR=str(tmp_path / "file" / "data"), PORT="0")

    assert result.returncode == 1
    assert str(tmp_path / "file" / "data") in result.stderr
    assert "Traceback" not in result.stderr


def test_it_refuses_a_taken_port_before_anything_is_installed(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = run_preflight(DATA_DIR=str(tmp_path), PORT=str(port))

    assert result.returncode == 1
    assert f"Port {port} is taken" in result.stderr


def test_it_leaves_the_port_to_up_where_the_product_has_run_before(tmp_path: Path):
    (tmp_path / "up.lock").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run_preflight(DATA_DIR=str(tmp_path), PORT=str(taken.getsockname()[1]))

    assert result.returncode == 0


@pytest.mark.parametrize("port", ["eighty", "", "-1", "65536"])
def test_it_refuses_what_is_no_port(tmp_path: Path, port: str):
    result = run_preflight(DATA_DIR=str(tmp_path), PORT=port)

    assert result.returncode == 1
    assert f"PORT must be a number between 0 and 65535, and it is {port!r}" in result.stderr


@pytest.mark.parametrize(("taken", "offered"), [(8000, 8001), (65535, 8000)])
def test_it_offers_a_port_that_exists(taken: int, offered: int):
    with pytest.raises(OSError) as refused, socket.create_server(("127.0.0.1", 0)) as other:
        preflight.open_listener("127.0.0.1", other.getsockname()[1])

    assert f"make run PORT={offered}" in preflight.listener_problem(refused.value, "127.0.0.1", taken)


def test_it_listens_on_ipv6_too():
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6: the IPv6 listener was not tried")
    with preflight.open_listener("::1", 0) as listener:
        assert listener.family == socket.AF_INET6
