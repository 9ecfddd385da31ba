"""Sent twice, done once: Idempotency-Key in the API, the hidden key in forms."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Journey, Reader, ReadingLog
from music.models import MusicTrack
from readingjourney.idempotency import Answer, KeyReused, once
from readingjourney.models import RememberedAnswer
from readingjourney.tasks import tidy
from tests.db.steps import meanwhile


@pytest.mark.django_db
def test_the_same_key_makes_one_journey_and_answers_alike(alice_api: APIClient) -> None:
    body, key = {"book_title": "소나기"}, {"Idempotency-Key": "k-1"}
    first = alice_api.post("/api/journeys/create", body, headers=key)
    second = alice_api.post("/api/journeys/create", body, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first["Location"] == second["Location"]
    assert second["Idempotent-Replayed"] == "true"
    assert Journey.objects.count() == MusicTrack.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused(alice_api: APIClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    alice_api.post("/api/music", {"prompt": "calm"}, headers=key)
    other = alice_api.post("/api/music", {"prompt": "loud"}, headers=key)
    assert other.status_code == 422
    assert other.json()["errors"][0]["code"] == "idempotency_key_reused"
    assert MusicTrack.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_two_readers_do_not_meet(alice_api: APIClient, bob_api: APIClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    alice_api.post("/api/music", {"prompt": "calm"}, headers=key)
    assert bob_api.post("/api/music", {"prompt": "loud"}, headers=key).status_code == 202


@pytest.mark.django_db
def test_a_refused_request_leaves_the_key_free(alice_api: APIClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    assert alice_api.post("/api/music", {"prompt": ""}, headers=key).status_code == 400
    assert not RememberedAnswer.objects.exists()
    assert alice_api.post("/api/music", {"prompt": "calm"}, headers=key).status_code == 202


@pytest.mark.django_db
def test_a_key_that_is_too_long_is_named(alice_api: APIClient) -> None:
    answer = alice_api.post("/api/music", {"prompt": "calm"}, headers={"Idempotency-Key": "k" * 201})
    assert answer.json()["errors"][0]["attr"] == "Idempotency-Key"


@pytest.mark.django_db
def test_a_form_sent_twice_makes_one_log_and_says_so_once(as_alice: Client, journey: Journey) -> None:
    form = {"memo": "한 번만", "request_key": "f-1"}
    answers = [as_alice.post(f"/journeys/{journey.pk}", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert ReadingLog.objects.filter(journey=journey, version__gt=0).count() == 1
    page = as_alice.get(answers[0]["Location"])
    assert len(list(page.context["messages"])) == 1


@pytest.mark.django_db
def test_a_form_changed_and_sent_again_is_another_wish(as_alice: Client, journey: Journey) -> None:
    for emotions in (["joy", "sadness"], ["calm", "sadness"]):
        as_alice.post(f"/journeys/{journey.pk}", {"emotions": emotions, "request_key": "f-1"})
    logs = ReadingLog.objects.filter(journey=journey, version__gt=0).order_by("version")
    assert [log.emotions for log in logs] == [["joy", "sadness"], ["calm", "sadness"]]


@pytest.mark.django_db
def test_a_form_key_of_any_shape_does_no_harm(as_alice: Client, journey: Journey) -> None:
    for key in ("\x00", "k" * 5000, "🎵"):
        assert as_alice.post(f"/journeys/{journey.pk}", {"memo": key, "request_key": key}).status_code in (303, 422)


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_day(alice_api: APIClient) -> None:
    for key in ("old", "new"):
        alice_api.post("/api/music", {"prompt": key}, headers={"Idempotency-Key": key})
    RememberedAnswer.objects.filter(key="old").update(created_at=Now() - timedelta(hours=25))
    tidy()
    assert list(RememberedAnswer.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_do_it_once(alice: Reader) -> None:
    done: list[int] = []
    answers: list[Any] = []
    start = threading.Barrier(4)

    def work() -> Answer:
        done.append(1)
        return Answer(201, "/here", {"n": len(done)})

    def send() -> None:
        start.wait(5)
        answers.append(once(alice, "same", "print", work))

    with meanwhile(send, send, send, send):
        pass
    assert [answer.body for answer in answers] == [{"n": 1}] * 4
    assert len(done) == 1


@pytest.mark.django_db
def test_work_that_fails_is_forgotten(alice: Reader) -> None:
    def fail() -> Answer:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        once(alice, "k", "p", fail)
    assert once(alice, "k", "other print", lambda: Answer(200)).status == 200
    with pytest.raises(KeyReused):
        once(alice, "k", "p", lambda: Answer(200))
