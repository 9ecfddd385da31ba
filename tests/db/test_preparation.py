"""`up` prepares only what has changed, so that a second start is quick."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from readingjourney.preparation import collect_static_if_changed, migrate_if_needed


@pytest.fixture
def sources(settings: Any, tmp_path: Path) -> Path:
    """A small directory of static files, the only one there is."""
    sources = tmp_path / "sources"
    (sources / "js").mkdir(parents=True)
    (sources / "js" / "app.js").write_text("export const one = 1;\n")
    settings.STATICFILES_DIRS = [sources]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    return sources


def test_it_collects_static_files_once(sources: Path, settings: Any):
    assert collect_static_if_changed() is True
    assert (settings.STATIC_ROOT / "js" / "app.js").exists()

    assert collect_static_if_changed() is False


def test_it_collects_again_when_a_file_has_changed(sources: Path, settings: Any):
    collect_static_if_changed()
    app = sources / "js" / "app.js"
    app.write_text("export const two = 2;\n")  # as long as before: only its time tells
    os.utime(app, ns=(0, app.stat().st_mtime_ns + 1_000_000_000))

    assert collect_static_if_changed() is True
    assert "two" in (settings.STATIC_ROOT / "js" / "app.js").read_text()


@pytest.mark.parametrize("change", ["added", "removed"])
def test_it_collects_again_when_there_is_another_set_of_files(sources: Path, change: str):
    (sources / "other.css").touch()
    collect_static_if_changed()

    if change == "added":
        (sources / "third.css").touch()
    else:
        (sources / "other.css").unlink()

    assert collect_static_if_changed() is True


def test_it_collects_again_when_the_collected_files_are_gone(sources: Path, settings: Any):
    collect_static_if_changed()
    (settings.STATIC_ROOT / ".inputs").unlink()

    assert collect_static_if_changed() is True


def test_it_collects_again_after_it_was_interrupted(
    sources: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    collect_static_if_changed()
    (sources / "late.css").symlink_to(tmp_path / "nowhere")

    with pytest.raises(FileNotFoundError):
        collect_static_if_changed()
    (sources / "late.css").unlink()

    (sources / "late.css").touch()
    assert collect_static_if_changed() is True


def test_a_module_imports_the_others_by_the_digests_in_their_names(sources: Path, settings: Any):
    """A browser keeps such a file for good: a name without a digest would bring it yesterday's module."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "readingjourney.staticfiles.HashedStaticFilesStorage"},
    }
    (sources / "js" / "main.js").write_text('import { one } from "./app.js";\n')
    collect_static_if_changed()

    (main,) = (settings.STATIC_ROOT / "js").glob("main.????????????.js")
    assert re.fullmatch(r'import \{ one \} from "./app\.[0-9a-f]{12}\.js";\n', main.read_text())


@pytest.mark.django_db(transaction=True)
def test_it_migrates_only_when_something_is_missing():
    assert migrate_if_needed() is False

    call_command("migrate", "sessions", "zero", verbosity=0)
    assert migrate_if_needed() is True
    assert "django_session" in connection.introspection.table_names()
