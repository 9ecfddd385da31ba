"""/metrics: every figure read from the database, for insiders only."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from journeys.models import Reader
from music import vitals
from music.models import AttemptState, Heartbeat, MusicTrack, ProviderGate, SubmissionAttempt, TrackEvent
from readingjourney import metrics
from tests.db.steps import claimed

pytestmark = pytest.mark.django_db
TOKEN = "a-token-for-prometheus"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def scraped(client: Client) -> dict[tuple[str, ...], float]:
    """Every value by its name and the values of its labels, as Prometheus would read them."""
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    return {
        (sample.name.removeprefix("reading_journey_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_for_strangers_there_is_nothing_here(client: Client, alice: Reader, settings: Any) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    client.force_login(alice)
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_staff_may_look_with_their_browser(client: Client, charlie: Reader) -> None:
    client.force_login(charlie)
    assert b"reading_journey_due_oldest_seconds" in client.get("/metrics").content


def test_it_tells_what_waits_and_what_is_being_made(client: Client, track: MusicTrack) -> None:
    found = scraped(client)
    assert found["waiting_tracks", "studio"] == 1
    assert found["waiting_readers", "studio"] == 1
    assert found["waiting_oldest_seconds", "studio"] >= 0
    assert found["due_oldest_seconds",] == 0
    claimed(track)
    found = scraped(client)
    assert ("waiting_tracks", "studio") not in found
    assert found["tracks_under_way", "studio", "submitting"] == 1


def test_it_tells_how_tracks_ended_and_what_they_cost(client: Client, track: MusicTrack) -> None:
    worker = claimed(track)
    MusicTrack.objects.update(rescues=2)
    assert scraped(client)["rescues_under_way",] == 2
    worker.fail("studio_failed", "no strings")
    found = scraped(client)
    assert found["tracks_ended_10m", "studio_failed", "failed"] == 1
    assert found["rescues_under_way",] == 0
    TrackEvent.objects.update(at=Now() - vitals.RECENTLY)
    assert ("tracks_ended_10m", "studio_failed", "failed") not in scraped(client)


def test_it_tells_of_gates_and_accounts(client: Client) -> None:
    gate = ProviderGate.of("mureka")
    found = scraped(client)
    assert found["gate_open", "mureka"] == 1
    assert ("account_balance_cents", "mureka") not in found  # nobody knows
    ProviderGate.objects.update(balance_cents=1234, limit=3)
    gate.stand_back(60)
    gate.pause("credit_used_up", "429 You exceeded your current quota")
    found = scraped(client)
    assert found["gate_open", "mureka"] == 0
    assert found["gate_paused", "credit_used_up", "mureka"] == 1
    assert found["gate_standing_back", "mureka"] == 1
    assert found["gate_limit", "mureka"] == 3
    assert found["gate_in_flight", "mureka"] == 0
    assert found["gate_strikes", "mureka"] == 1
    assert found["account_balance_cents", "mureka"] == 1234


def test_it_counts_orders_by_what_became_of_them(client: Client, track: MusicTrack) -> None:
    assert scraped(client)["orders", "unknown"] == 0
    attempt = SubmissionAttempt.open(claimed(track))
    assert attempt
    assert scraped(client)["orders", "open"] == 1
    attempt.close(AttemptState.UNKNOWN)
    assert scraped(client)["orders", "unknown"] == 1


def test_every_counter_of_a_heartbeat_is_a_counter(client: Client) -> None:
    Heartbeat.tally(vitals.SWEEP, {"polls": 40, "polls_late_seconds": 1.5})
    Heartbeat.tally(vitals.SWEEP, {"polls": 2})
    found = scraped(client)
    assert found["sweep_polls_total",] == 42
    assert found["sweep_polls_late_seconds_total",] == 1.5
    assert 0 <= found["heartbeat_age_seconds", "sweep"] < 60


def test_it_tells_how_much_room_is_left(client: Client) -> None:
    found = scraped(client)
    assert found["disk_free_bytes", "data"] > 0
    assert found["disk_free_bytes", "audio"] > 0


def test_no_reader_is_in_it(client: Client, track: MusicTrack, alice: Reader) -> None:
    claimed(track)
    text = client.get("/metrics", headers=BEARER).content.decode()
    for word in (alice.username, alice.email, str(track.pk), "데미안"):
        assert word not in text


def test_without_the_database_it_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("password=hunter22")

    monkeypatch.setattr(metrics.vitals, "waiting", gone)
    answer = client.get("/metrics", headers=BEARER)
    assert (answer.status_code, answer.content) == (503, b"the database does not answer\n")
