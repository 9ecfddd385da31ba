"""/health/live and /health/ready: three words, figures for insiders, and never a long wait."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from django.test import Client

from journeys.models import Reader
from music import vitals
from music.models import AttemptState, Heartbeat, MusicTrack, ProviderGate, SubmissionAttempt
from readingjourney import brokerping, health
from readingjourney.broker import server_binary
from tests.db.steps import claimed

pytestmark = pytest.mark.django_db
READY = "/health/ready"
TOKEN = "a-token-for-prometheus"


@pytest.fixture
def insider(settings: Any) -> Client:
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})


@pytest.fixture
def well(db: None) -> None:
    """A product whose sweep has just been here."""
    Heartbeat.beat(vitals.SWEEP)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """A real broker behind a socket, as the embedded one is."""
    path = tmp_path / "v.sock"
    command = [str(server_binary()), "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 10
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.01)
    yield f"redis+socket://{path}"
    server.terminate()
    server.wait(10)


@pytest.fixture
def silent_broker() -> Iterator[str]:
    """Something that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def words(client: Client) -> dict[str, str]:
    answer = client.get(READY)
    assert answer.status_code == 200
    found: dict[str, str] = answer.json()["checks"]
    assert answer.json()["status"] == ("degraded" if "degraded" in found.values() else "ok")
    return found


def test_live_asks_nobody(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_all_is_well(client: Client, well: None) -> None:
    assert client.get(READY).json()["status"] == "ok"
    assert set(words(client).values()) == {"ok"}


def test_it_costs_a_handful_of_queries_without_looking_at_finished_tracks(
    client: Client, well: None, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(7):
        client.get(READY)


def test_without_the_database_it_is_unavailable(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("server closed the connection, password=hunter22")

    monkeypatch.setattr(health.connection, "cursor", gone)
    answer = client.get(READY)
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "checks": {"database": "unavailable"}}


def test_a_sweep_that_stays_away_degrades(client: Client) -> None:
    assert words(client)["sweep"] == "degraded"  # there never was one
    Heartbeat.beat(vitals.SWEEP)
    assert words(client)["sweep"] == "ok"
    Heartbeat.objects.update(at=Now() - timedelta(seconds=31))
    assert words(client)["sweep"] == "degraded"


def test_an_overdue_track_degrades_and_a_waiting_one_does_not(client: Client, well: None, track: MusicTrack) -> None:
    MusicTrack.objects.filter(pk=track.pk).update(due_at=Now() - timedelta(hours=1))
    assert words(client)["due"] == "ok"
    claimed(track)
    assert words(client)["due"] == "ok"
    MusicTrack.objects.filter(pk=track.pk).update(due_at=Now() - timedelta(seconds=61))
    assert words(client)["due"] == "degraded"


def test_a_paused_gate_degrades(client: Client, insider: Client, well: None) -> None:
    gate = ProviderGate.of("mureka")
    gate.stand_back(60)
    assert words(client)["gates"] == "ok"
    gate.pause("key_refused", "401 Incorrect API key")
    assert words(client)["gates"] == "degraded"
    assert insider.get(READY).json()["details"]["gates"] == {"paused": {"mureka": "key_refused"}}


def test_an_unknown_order_degrades_until_somebody_resolves_it(client: Client, well: None, track: MusicTrack) -> None:
    attempt = SubmissionAttempt.open(claimed(track))
    assert attempt
    assert words(client)["orders"] == "ok"
    attempt.close(AttemptState.UNKNOWN)
    assert words(client)["orders"] == "degraded"
    attempt.mark_not_submitted(by="charlie")
    assert words(client)["orders"] == "ok"


def test_a_full_disk_degrades(client: Client, well: None, settings: Any) -> None:
    settings.MUSIC_MIN_FREE_MB = 10**12
    assert words(client)["disk"] == "degraded"


def test_strangers_get_words_and_insiders_get_figures(
    client: Client, insider: Client, well: None, track: MusicTrack, charlie: Reader, alice: Reader
) -> None:
    assert "details" not in client.get(READY).json()
    wrong = Client(headers={"Authorization": "Bearer not-the-token-for-prometheus"})
    assert "details" not in wrong.get(READY).json()

    details = insider.get(READY).json()["details"]
    waiting = details["queue"]["studio"]
    assert (waiting["tracks"], waiting["readers"]) == (1, 1)
    assert 0 <= waiting["oldest_seconds"] < 60
    assert details["disk"]["free_mb"]["data"] > 0

    client.force_login(charlie)
    assert "details" in client.get(READY).json()
    client.force_login(alice)
    assert "details" not in client.get(READY).json()


def test_an_unset_token_opens_nothing(client: Client, well: None, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert "details" not in client.get(READY, headers={"Authorization": "Bearer "}).json()


# The broker


def test_a_living_broker_is_ok(client: Client, well: None, settings: Any, broker: str) -> None:
    settings.CELERY_BROKER_URL = broker
    assert words(client)["broker"] == "ok"
    assert brokerping.eviction_policy(broker) == "noeviction"


def test_a_dead_broker_degrades(client: Client, well: None, settings: Any, tmp_path: Path) -> None:
    settings.CELERY_BROKER_URL = f"redis+socket://{tmp_path}/nobody.sock"
    assert words(client)["broker"] == "degraded"


def test_a_silent_broker_degrades_within_its_second(
    client: Client, well: None, settings: Any, silent_broker: str
) -> None:
    settings.CELERY_BROKER_URL = silent_broker
    started = time.monotonic()
    assert words(client)["broker"] == "degraded"
    assert time.monotonic() - started < 3  # three times what it may take, for a busy machine


def test_a_name_server_that_hangs_keeps_nobody_and_collects_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    may_go_on = threading.Event()

    class Hanging:
        def ping(self) -> bool:
            asked.append(1)
            return bool(may_go_on.wait(30))

        def close(self) -> None:
            pass

    monkeypatch.setattr(brokerping, "client", lambda _url: Hanging())
    monkeypatch.setattr(brokerping, "PATIENCE_SECONDS", 0.05)
    try:
        assert [brokerping.broker_answers("redis://far") for _ in range(3)] == [False] * 3
        assert len(asked) == 1
    finally:
        may_go_on.set()
