"""The Dockerfile builds what docker-compose.yml runs, out of what the repository has."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

from readingjourney.preflight import OLDEST_PYTHON

PROJECT_DIR = Path(__file__).resolve().parents[2]
TEXT = (PROJECT_DIR / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((PROJECT_DIR / "docker-compose.yml").read_text())


def test_it_copies_only_what_exists_and_what_the_ignore_file_lets_in():
    let_in = (PROJECT_DIR / ".dockerignore").read_text()
    for line in re.findall(r"^COPY (.+)$", TEXT, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (PROJECT_DIR / source).exists(), source
            assert f"!{source.removeprefix('./')}" in let_in.splitlines(), source


def test_it_copies_every_package_of_the_product():
    project = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())
    for package in project["tool"]["importlinter"]["root_packages"]:
        assert f"COPY {package} ./{package}\n" in TEXT


def test_it_does_not_run_as_root():
    assert re.findall(r"^USER (\w+)$", TEXT, re.MULTILINE) == ["reader"]


def test_it_installs_the_pinned_packages_only():
    assert "--require-hashes --no-deps -r requirements.txt" in TEXT


def test_it_starts_what_compose_starts():
    (command,) = re.findall(r"^CMD (.+)$", TEXT, re.MULTILINE)

    assert yaml.safe_load(command) == COMPOSE["services"]["web"]["command"]


def test_it_runs_on_a_python_the_project_supports():
    (version,) = re.findall(r"^FROM python:(\d+)\.(\d+)-slim$", TEXT, re.MULTILINE)

    assert tuple(map(int, version)) >= OLDEST_PYTHON
