"""The answers of the API, exactly as the source documents write them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from journeys.models import Journey, Reader
from music import generation
from music.models import MusicTrack
from music.services import cancel_track
from tests.db.steps import claimed

pytestmark = pytest.mark.django_db


def track_of(journey: Journey) -> MusicTrack:
    return MusicTrack.objects.get(log__journey=journey, log__version=0)


def test_a_prompt_answers_at_once_with_a_job_id(alice_api: APIClient, alice: Reader) -> None:
    answer = alice_api.post("/api/music", {"prompt": "비 오는 밤의 잔잔한 피아노"})
    assert answer.status_code == 202
    assert list(answer.json()) == ["jobId"]
    job = answer.json()["jobId"]
    assert answer["Location"] == f"http://testserver/api/music/{job}/status"
    track = MusicTrack.objects.get(pk=job)
    assert (track.owner, track.status, track.log_id) == (alice, "pending", None)


def test_a_jobs_state_goes_from_pending_to_done(alice_api: APIClient) -> None:
    job = alice_api.post("/api/music", {"prompt": "calm piano"}).json()["jobId"]
    assert alice_api.get(f"/api/music/{job}/status").json() == {"state": "pending"}
    generation.advance(uuid.UUID(job))
    assert alice_api.get(f"/api/music/{job}/status").json() == {
        "state": "done",
        "resultUrl": f"http://testserver/api/music/{job}/audio",
    }


def test_a_jobs_state_is_processing_while_it_is_made_and_error_when_it_failed(
    alice_api: APIClient, journey: Journey
) -> None:
    track = track_of(journey)
    claimed(track)
    assert alice_api.get(f"/api/music/{track.pk}/status").json() == {"state": "processing"}
    cancel_track(track)
    assert alice_api.get(f"/api/music/{track.pk}/status").json() == {"state": "error"}


def test_a_journey_is_created_with_its_v0_and_its_track_in_one_step(alice_api: APIClient) -> None:
    answer = alice_api.post("/api/journeys/create", {"book_title": "봄봄", "book_authors": "김유정"})
    assert answer.status_code == 201
    body = answer.json()
    assert list(body) == ["success", "journey", "musicTrack"]
    assert body["success"] is True
    assert body["journey"]["book"]["title"] == "봄봄"
    assert body["musicTrack"]["status"] == "pending"
    assert answer["Location"] == f"http://testserver/api/journeys/{body['journey']['id']}"
    log = Journey.objects.get().logs.get()
    assert (log.version, log.label, str(log.track.pk)) == (0, "v0", body["musicTrack"]["id"])


def test_a_log_is_created_with_its_track(alice_api: APIClient, journey: Journey) -> None:
    answer = alice_api.post(f"/api/journeys/{journey.pk}/logs", {"memo": "새는 알에서 나오려고 투쟁한다", "page": 120})
    assert answer.status_code == 201
    body = answer.json()
    assert list(body) == ["log", "musicTrack"]
    assert (body["log"]["version"], body["log"]["label"], body["log"]["page"]) == (1, "v1", 120)
    assert body["log"]["music_track"]["id"] == body["musicTrack"]["id"]
    assert answer["Location"].endswith(f"/api/journeys/{journey.pk}/logs/{body['log']['id']}")


def test_logs_are_listed_with_their_tracks(alice_api: APIClient, journey: Journey) -> None:
    alice_api.post(f"/api/journeys/{journey.pk}/logs", {"emotions": ["wonder"]})
    body = alice_api.get(f"/api/journeys/{journey.pk}/logs").json()
    assert list(body) == ["logs"]
    assert [log["label"] for log in body["logs"]] == ["v0", "v1"]
    assert {"id", "status", "file_url", "error_message"} <= body["logs"][0]["music_track"].keys()


def test_finishing_makes_the_last_log_with_its_track(alice_api: APIClient, journey: Journey) -> None:
    alice_api.post(f"/api/journeys/{journey.pk}/logs", {"memo": "슬프다"})
    answer = alice_api.post(f"/api/journeys/{journey.pk}/finish", {})
    assert answer.status_code == 201
    assert answer.json()["log"]["label"] == "vFinal"
    assert alice_api.get(f"/api/journeys/{journey.pk}").json()["status"] == "finished"
    chapters = MusicTrack.objects.get(log__is_final=True).brief["chapters"]
    assert len(chapters) == 2
    again = alice_api.post(f"/api/journeys/{journey.pk}/finish", {})
    assert again.status_code == 409


def test_a_track_can_be_read_before_and_after(alice_api: APIClient, journey: Journey) -> None:
    track = track_of(journey)
    before = alice_api.get(f"/api/music/{track.pk}").json()
    assert (before["status"], before["file_url"], before["error_message"]) == ("pending", "", "")
    generation.advance(track.pk)
    after = alice_api.get(f"/api/music/{track.pk}").json()
    assert (after["status"], after["file_url"]) == ("completed", f"http://testserver/api/music/{track.pk}/audio")
    assert {"prompt", "genre", "mood", "tempo", "duration"} <= after.keys()


def test_triggering_starts_nothing_twice(alice_api: APIClient, journey: Journey) -> None:
    track = track_of(journey)
    url = f"/api/music/generate/{track.pk}"
    pending = alice_api.post(url)
    assert (pending.status_code, pending.json()["status"]) == (202, "pending")
    claimed(track)
    running = alice_api.post(url)
    assert (running.status_code, running.json()["status"]) == (202, "generating")
    track.refresh_from_db()
    assert track.fencing_token == 1


def test_triggering_a_finished_track_answers_at_once_and_a_failed_one_is_tried_again(
    alice_api: APIClient, journey: Journey
) -> None:
    track = track_of(journey)
    generation.advance(track.pk)
    done = alice_api.post(f"/api/music/generate/{track.pk}")
    assert (done.status_code, done.json()["status"]) == (200, "completed")
    job = alice_api.post("/api/music", {"prompt": "loud drums"}).json()["jobId"]
    alice_api.post(f"/api/music/{job}/cancel")
    again = alice_api.post(f"/api/music/generate/{job}")
    assert (again.status_code, again.json()["status"]) == (202, "pending")
    assert again["Location"].endswith(f"/api/music/{job}/status")


def test_cancel_and_retry_say_no_when_it_is_too_late(alice_api: APIClient, journey: Journey) -> None:
    track = track_of(journey)
    assert alice_api.post(f"/api/music/{track.pk}/retry").status_code == 409
    cancelled = alice_api.post(f"/api/music/{track.pk}/cancel")
    assert (cancelled.status_code, cancelled.json()["error_code"]) == (200, "cancelled")
    refused = alice_api.post(f"/api/music/{track.pk}/cancel")
    assert refused.status_code == 409
    assert refused["Content-Type"] == "application/problem+json"
    assert alice_api.post(f"/api/music/{track.pk}/retry").status_code == 202


def test_stop_and_resume(alice_api: APIClient, journey: Journey) -> None:
    base = f"/api/journeys/{journey.pk}"
    assert alice_api.post(f"{base}/resume").status_code == 409
    assert alice_api.post(f"{base}/stop").json()["status"] == "stopped"
    assert alice_api.post(f"{base}/logs", {"memo": "x"}).status_code == 409
    assert alice_api.post(f"{base}/resume").json()["status"] == "reading"


def test_a_log_is_corrected_and_deleted(alice_api: APIClient, journey: Journey) -> None:
    url = alice_api.post(f"/api/journeys/{journey.pk}/logs", {"memo": "처음"})["Location"]
    changed = alice_api.put(url, {"memo": "고침", "percent": 30})
    assert (changed.json()["memo"], changed.json()["percent"]) == ("고침", 30)
    assert alice_api.delete(url).status_code == 204
    assert alice_api.get(url).status_code == 404
    start = journey.logs.get()
    assert alice_api.delete(f"/api/journeys/{journey.pk}/logs/{start.pk}").status_code == 409


def test_a_book_is_found_and_chosen_by_its_source(alice_api: APIClient) -> None:
    results = alice_api.get("/api/books", {"q": "데미안"}).json()["results"]
    chosen = {name: results[0][name] for name in ("source", "source_id")}
    body = alice_api.post("/api/journeys/create", chosen).json()
    assert body["journey"]["book"]["title"] == "데미안"
    assert body["journey"]["book"]["source"] == results[0]["source"]


def test_a_token_opens_the_api(alice: Reader, client: Any) -> None:
    refused = client.post("/api/token", {"username": "alice", "password": "wrong"})
    assert refused.status_code == 401
    token = client.post("/api/token", {"username": "alice@example.org", "password": "wonderland-7"}).json()["token"]
    assert client.get("/api/journeys", headers={"Authorization": f"Token {token}"}).status_code == 200
    assert client.get("/api/journeys").status_code == 401


def test_a_token_is_given_up_by_itself_by_number_and_by_a_new_password(alice: Reader, client: Any) -> None:
    def token() -> dict[str, str]:
        body = client.post("/api/token", {"username": "alice", "password": "wonderland-7"}).json()
        return {"Authorization": f"Token {body['token']}"}

    first, second = token(), token()
    assert client.delete("/api/token", headers=first).status_code == 204
    assert client.get("/api/journeys", headers=first).status_code == 401
    assert client.get("/api/journeys", headers=second).status_code == 200
    client.force_login(alice)
    form = {"old_password": "wonderland-7", "new_password1": "looking-glass-9", "new_password2": "looking-glass-9"}
    assert client.post("/account/password", form).status_code == 302
    client.logout()
    assert client.get("/api/journeys", headers=second).status_code == 401


def test_guessing_passwords_is_slowed_down(alice: Reader, client: Any) -> None:
    guesses = [client.post("/api/token", {"username": "alice", "password": "?"}).status_code for _ in range(12)]
    assert guesses == [*[401] * 10, 429, 429]
    assert client.post("/api/token", {"username": "alice", "password": "?"})["Retry-After"]


def test_a_date_is_the_readers_own_through_the_api_too(alice_api: APIClient, time_machine: Any) -> None:
    time_machine.move_to(datetime(2025, 3, 2, 23, 30, tzinfo=UTC), tick=True)  # the 3rd in Seoul
    body = alice_api.post("/api/journeys/create", {"book_title": "아침"}).json()
    assert body["journey"]["started_on"] == "2025-03-03"
