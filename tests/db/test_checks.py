"""What is wrong with a setup is said before it costs anything."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks
from django.core.files.storage import default_storage

from music import spool
from readingjourney.broker import server_binary

REAL = {"studio": "tests.providers.QuickStudio", "mureka": "tests.providers.LoopbackProvider"}


def found(*, deploy: bool = False) -> dict[str, CheckMessage]:
    """Our own findings by their ids."""
    messages = run_checks(include_deployment_checks=deploy)
    return {each.id: each for each in messages if each.id and each.id.startswith(("music.", "readingjourney."))}


@pytest.fixture
def mureka(settings: Any) -> Any:
    settings.MUSIC_PROVIDERS = REAL
    settings.MUSIC_PROVIDER = "mureka"
    settings.MUREKA_API_KEY = "mk-1234567890"
    settings.ADMINS = [("", "night@example.org")]
    return settings


def test_the_product_as_it_comes_has_nothing_to_say() -> None:
    assert found() == {}
    assert found(deploy=True) == {}


def test_mureka_with_a_key_has_nothing_to_say(mureka: Any) -> None:
    assert found(deploy=True) == {}


def test_mureka_without_a_key_is_an_error(mureka: Any) -> None:
    mureka.MUREKA_API_KEY = ""
    assert found().keys() == {"music.E003"}


def test_a_provider_that_nobody_knows_is_an_error_that_names_the_known_ones(settings: Any) -> None:
    settings.MUSIC_PROVIDER = "murkea"
    assert "mureka, studio" in found()["music.E001"].msg


def test_a_provider_that_cannot_be_loaded_is_an_error(settings: Any) -> None:
    settings.MUSIC_PROVIDERS = {"odd": "tests.providers.NoSuchThing"}
    settings.MUSIC_PROVIDER = "odd"
    assert found().keys() == {"music.E002"}


@pytest.mark.parametrize(
    ("base", "wrong"),
    [
        ("https://api.mureka.ai", False),
        ("http://api.mureka.ai", True),
        ("http://127.0.0.1:9999", False),
        ("http://[::1]:9999", False),
        ("http://127.0.0.1.example.org", True),
        ("api.mureka.ai", True),
    ],
)
def test_a_key_travels_in_the_open_to_nobody_but_this_machine(mureka: Any, base: str, wrong: bool) -> None:
    mureka.MUREKA_API_BASE = base
    assert ("music.E004" in found()) is wrong


def test_a_model_that_is_not_pinned_is_a_warning(mureka: Any) -> None:
    mureka.MUREKA_MODEL = "auto"
    assert found().keys() == {"music.W001"}


def test_a_deadline_shorter_than_an_order_is_an_error(mureka: Any) -> None:
    mureka.MUREKA_DEADLINE_SECONDS = 60
    assert found().keys() == {"music.E005"}
    mureka.MUREKA_DEADLINE_SECONDS = 66
    assert found() == {}


def test_a_storage_that_takes_nothing_is_an_error(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.MEDIA_ROOT = tmp_path / "file"
    assert found() == {}
    assert found(deploy=True).keys() == {"music.E007"}


def test_looking_at_the_storage_leaves_nothing_behind(settings: Any) -> None:
    assert found(deploy=True) == {}
    left = [path for path in Path(default_storage.path("")).rglob("*") if path.is_file()]
    assert left == []


def test_a_spool_that_cannot_be_written_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(spool, "directory", lambda: tmp_path / "file" / "spool")
    assert found(deploy=True).keys() == {"music.E008"}


def test_a_broker_that_evicts_is_a_warning(settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "v.sock"
    command = [str(server_binary()), "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen([*command, "--maxmemory-policy", "allkeys-lru"], stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 10
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.01)
        settings.CELERY_BROKER_URL = f"redis+socket://{path}"
        assert "allkeys-lru" in found(deploy=True)["readingjourney.W001"].msg
    finally:
        server.terminate()
        server.wait(10)


def test_a_broker_that_is_away_is_no_finding(settings: Any, tmp_path: Path) -> None:
    settings.CELERY_BROKER_URL = f"redis+socket://{tmp_path}/nobody.sock"
    assert found(deploy=True) == {}


def test_a_short_metrics_token_is_a_warning(settings: Any) -> None:
    settings.METRICS_TOKEN = "guess-me"
    assert found().keys() == {"readingjourney.W002"}


def test_a_paid_provider_whose_alerts_reach_nobody_is_a_warning(mureka: Any) -> None:
    mureka.ADMINS = []
    assert found(deploy=True).keys() == {"readingjourney.W003"}
