"""`make run` says what is missing before it makes or installs anything."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .product import PROJECT_DIR


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a fresh clone as `make run` touches before it installs anything."""
    (tmp_path / "readingjourney").mkdir()
    for name in ("Makefile", "requirements.txt", "readingjourney/preflight.py"):
        shutil.copy(PROJECT_DIR / name, tmp_path / name)
    return tmp_path


def make(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "HOME": str(checkout), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def old_python(directory: Path) -> Path:
    """A stand-in for an old interpreter: it fails the version check, and reports itself as preflight.py would."""
    script = directory / "python3.8"
    script.write_text(
        "#!/bin/sh\n"
        'case "$1" in -c) exit 1;; *) exec python3 -c "'
        "import sys; sys.path.insert(0, 'readingjourney'); import preflight;"
        "sys.exit(preflight.python_problem('python3.8', (3, 8, 18)))\";; esac\n"
    )
    script.chmod(0o755)
    return script


def test_it_names_a_python_that_is_too_old(checkout: Path, tmp_path: Path):
    result = make(checkout, "run", f"PYTHON={old_python(tmp_path)}")

    assert result.returncode != 0
    assert "needs Python 3.11 or newer" in result.stderr
    assert not (checkout / ".venv").exists()


def test_it_says_when_there_is_no_python(checkout: Path):
    result = make(checkout, "run", "PYTHON=no-such-python")

    assert result.returncode != 0
    assert "Python 3.11 or newer was not found" in result.stderr


def test_it_refuses_an_unwritable_data_directory_before_installing(checkout: Path):
    result = make(checkout, "run", "DATA_DIR=Makefile/data", "PORT=0")

    assert result.returncode != 0
    assert "cannot be written" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (checkout / ".venv").exists()


def test_it_lists_its_targets(checkout: Path):
    targets = {line.split()[1] for line in make(checkout).stdout.splitlines()}

    assert targets >= {"run", "test", "lint", "format", "messages", "lock", "clean", "help"}
