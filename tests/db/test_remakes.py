"""A finished piece made again: the old one stays until the new one takes its place, whoever wants what meanwhile."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Journey, Reader
from journeys.services import (
    LogEntry,
    Sound,
    add_log,
    choose_sound,
    delete_journey,
    delete_log,
    delete_reader,
    edit_log,
    finish_journey,
    remake_piece,
    start_journey,
)
from music import generation
from music.brief import Genre, Mood, Role
from music.models import AttemptState, EventKind, MusicTrack, SubmissionAttempt, TrackStatus
from music.providers.base import Audio, ProviderError
from music.services import give_up_remake, request_prompted_track, retry_remake
from tests.db.steps import advance, claimed, lose_worker, meanwhile
from tests.loopback import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def piece(track: MusicTrack) -> MusicTrack:
    """The finished piece of v0."""
    return advance(track)


def remake_of(piece: MusicTrack) -> MusicTrack:
    return MusicTrack.objects.get(replaces=piece)


def fresh(piece: MusicTrack) -> MusicTrack:
    return MusicTrack.objects.select_related("remake").get(pk=piece.pk)


def files() -> set[str]:
    """Every file there is below the tracks' folder."""
    found: set[str] = set()
    if default_storage.exists("tracks"):
        for folder in default_storage.listdir("tracks")[0]:
            found |= {f"tracks/{folder}/{name}" for name in default_storage.listdir(f"tracks/{folder}")[1]}
    return found


def files_of(*tracks: MusicTrack) -> set[str]:
    return {str(name) for track in tracks for name in (track.file.name, track.midi.name)}


def test_the_old_piece_stays_until_the_new_one_is_ready_and_then_goes(
    piece: MusicTrack, django_capture_on_commit_callbacks: Any
) -> None:
    old = files_of(piece)
    assert remake_piece(piece)
    assert (fresh(piece).status, files_of(fresh(piece)), files()) == (TrackStatus.COMPLETED, old, old)
    with django_capture_on_commit_callbacks(execute=True):
        generation.advance(remake_of(piece).pk)
    new = fresh(piece)
    assert new.current_remake is None
    assert new.status == TrackStatus.COMPLETED
    assert (new.log_id, new.title) == (piece.log_id, piece.title)
    assert new.file_sha256 != piece.file_sha256
    assert new.peaks != piece.peaks
    assert files() == files_of(new)
    assert not files_of(new) & old
    assert MusicTrack.objects.count() == 1


def test_the_version_rises_with_all_that_becomes_of_a_remake(piece: MusicTrack) -> None:
    seen = [piece.version]
    remake_piece(piece)
    seen.append(fresh(piece).version)
    worker = claimed(remake_of(piece))
    seen.append(fresh(piece).version)
    worker.fail("provider_failed", "no")
    seen.append(fresh(piece).version)
    retry_remake(fresh(piece))
    seen.append(fresh(piece).version)
    generation.advance(remake_of(piece).pk)
    seen.append(fresh(piece).version)
    remake_piece(fresh(piece))
    seen.append(fresh(piece).version)
    give_up_remake(piece)
    seen.append(fresh(piece).version)
    assert seen == sorted(set(seen))


def test_its_history_goes_into_the_pieces_own(piece: MusicTrack) -> None:
    remake_piece(piece)
    generation.advance(remake_of(piece).pk)
    kinds = list(piece.events.values_list("kind", flat=True))
    assert kinds[-1] == EventKind.REMADE
    assert kinds.count(EventKind.REMAKE) == 1
    assert kinds.count(EventKind.CLAIMED) == 2
    remake_piece(fresh(piece))
    give_up_remake(piece)
    assert list(piece.events.values_list("kind", flat=True))[-1] == EventKind.DISMISSED


def test_a_wrong_mood_is_put_right_with_its_own_tune_kept(piece: MusicTrack) -> None:
    wanted = next(mood for mood in Mood if mood != piece.mood)
    assert remake_piece(piece, mood=wanted)
    generation.advance(remake_of(piece).pk)
    new = fresh(piece)
    assert (new.mood, new.chosen_mood, new.brief["moods"][0][0]) == (wanted, wanted, wanted)
    assert (new.brief["seed"], new.brief["theme_seed"]) == (piece.brief["seed"], piece.brief["theme_seed"])


def test_made_again_it_has_another_seed_the_same_theme_and_the_mood_once_chosen(piece: MusicTrack) -> None:
    wanted = next(mood for mood in Mood if mood != piece.mood)
    remake_piece(piece, mood=wanted)
    generation.advance(remake_of(piece).pk)
    remake_piece(fresh(piece))
    generation.advance(remake_of(piece).pk)
    new = fresh(piece)
    assert (new.mood, new.chosen_mood) == (wanted, wanted)
    assert new.brief["seed"] != piece.brief["seed"]
    assert new.brief["theme_seed"] == piece.brief["theme_seed"]


def test_the_mood_it_has_already_is_a_wish_for_another_piece_of_it(piece: MusicTrack) -> None:
    remake_piece(piece, mood=Mood(piece.mood))
    assert remake_of(piece).brief["seed"] != piece.brief["seed"]


def test_a_genre_of_its_own_stands_above_the_journeys_and_stays(piece: MusicTrack, journey: Journey) -> None:
    choose_sound(journey, Sound(genre=Genre.FOLK, duration=60))
    remake_piece(fresh(piece))
    assert (remake_of(piece).genre, remake_of(piece).duration) == (Genre.FOLK, 60)
    give_up_remake(piece)
    remake_piece(fresh(piece), genre=Genre.AMBIENT)
    generation.advance(remake_of(piece).pk)
    assert (fresh(piece).genre, fresh(piece).chosen_genre) == (Genre.AMBIENT, Genre.AMBIENT)
    remake_piece(fresh(piece))
    assert remake_of(piece).genre == Genre.AMBIENT


def test_it_reads_the_log_as_it_is_now(journey: Journey) -> None:
    log = add_log(journey, LogEntry(emotions=(Mood.JOY,)))
    piece = advance(log.track)
    edit_log(log, LogEntry(emotions=(Mood.SADNESS,)))
    remake_piece(fresh(piece))
    assert remake_of(piece).mood == Mood.SADNESS


def test_the_finale_remembers_the_mood_that_was_chosen(piece: MusicTrack, journey: Journey) -> None:
    wanted = next(mood for mood in Mood if mood != piece.mood)
    remake_piece(piece, mood=wanted)
    generation.advance(remake_of(piece).pk)
    finale = finish_journey(journey, LogEntry()).track
    assert [chapter["mood"] for chapter in finale.brief["chapters"]] == [wanted]
    assert finale.chapter_labels == ["v0"]


def test_a_finale_made_again_remembers_what_the_journey_has_become(piece: MusicTrack, journey: Journey) -> None:
    finale = advance(finish_journey(journey, LogEntry()).track)
    wanted = next(mood for mood in Mood if mood != piece.mood)
    remake_piece(piece, mood=wanted)
    generation.advance(remake_of(piece).pk)
    remake_piece(finale)
    assert [chapter["mood"] for chapter in remake_of(finale).brief["chapters"]] == [wanted]


def test_a_piece_from_a_prompt_is_made_again_from_its_words(alice: Reader) -> None:
    piece = advance(request_prompted_track(owner=alice, prompt="jazz, 90 bpm, no drums", duration=60))
    assert remake_piece(piece)
    brief = remake_of(piece).brief
    assert (brief["role"], brief["genre"], brief["tempo"], brief["drums"], brief["duration"]) == (
        Role.STANDALONE,
        "jazz ballad",
        90,
        False,
        60,
    )
    assert brief["seed"] == brief["theme_seed"] != piece.brief["seed"]
    give_up_remake(piece)
    remake_piece(fresh(piece), mood=Mood.JOY)
    assert (remake_of(piece).mood, remake_of(piece).tempo) == (Mood.JOY, 90)


# One at a time, and only of what is there


def test_a_piece_that_is_not_finished_cannot_be_made_again(track: MusicTrack) -> None:
    assert not remake_piece(track)
    track.cancel("")
    assert not remake_piece(track)
    assert MusicTrack.objects.count() == 1


def test_there_is_one_remake_at_a_time(piece: MusicTrack) -> None:
    assert remake_piece(piece)
    assert not remake_piece(piece)
    claimed(remake_of(piece))
    assert not remake_piece(piece)
    with pytest.raises(IntegrityError), transaction.atomic():
        MusicTrack.objects.create(
            owner=piece.owner, replaces=piece, title="x", brief={}, tempo=60, duration=60, provider="studio"
        )


def test_a_remake_is_never_completed_and_never_a_logs(piece: MusicTrack) -> None:
    remake_piece(piece)
    rows = MusicTrack.objects.filter(replaces=piece)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(status="completed", file="x.mp3", due_at=None, finished_at=piece.finished_at)
    piece_log = piece.log_id
    MusicTrack.objects.filter(pk=piece.pk).update(log=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(log=piece_log)


@pytest.mark.django_db(transaction=True)
def test_of_several_wishes_at_the_same_moment_one_is_granted(piece: MusicTrack) -> None:
    start = threading.Barrier(4)
    granted: list[bool] = []

    def wish(mood: Mood) -> None:
        start.wait(5)
        granted.append(remake_piece(fresh(piece), mood=mood))

    with meanwhile(*(partial(wish, mood) for mood in list(Mood)[:4])):
        pass
    assert sorted(granted) == [False, False, False, True]
    assert MusicTrack.objects.filter(replaces=piece).count() == 1


@pytest.mark.django_db(transaction=True)
def test_ready_and_given_up_at_the_same_moment_is_one_or_the_other(piece: MusicTrack) -> None:
    for _round in range(4):
        remake_piece(fresh(piece))
        worker = claimed(remake_of(piece))
        start = threading.Barrier(2)
        outcome: dict[str, bool] = {}

        def finish(worker: MusicTrack = worker, start: Any = start, outcome: dict[str, bool] = outcome) -> None:
            start.wait(5)
            key = f"tracks/{worker.pk}/new.mp3"
            outcome["done"] = worker.complete(key=key, content_type="audio/mpeg", size=1, sha256="1" * 64, seconds=1.0)

        def give_up(start: Any = start, outcome: dict[str, bool] = outcome) -> None:
            start.wait(5)
            outcome["given_up"] = give_up_remake(piece)

        with meanwhile(finish, give_up):
            pass
        assert sorted(outcome.values()) == [False, True]
        now = fresh(piece)
        assert now.status == TrackStatus.COMPLETED
        assert now.current_remake is None
        assert (now.file.name == f"tracks/{worker.pk}/new.mp3") is outcome["done"]


# What goes wrong leaves the old piece


def test_a_remake_that_fails_leaves_the_old_piece_and_says_why(
    piece: MusicTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object, brief: object, *, cancelled: object) -> Audio:
        raise ProviderError("no", code="provider_failed", permanent=True)

    before = files()
    remake_piece(piece)
    with monkeypatch.context() as patch:
        patch.setattr("tests.providers.QuickStudio.make", refuse)
        generation.advance(remake_of(piece).pk)
    failed = fresh(piece)
    assert (failed.status, failed.file.name) == (TrackStatus.COMPLETED, piece.file.name)
    assert failed.current_remake
    assert (failed.current_remake.status, failed.current_remake.error_code) == ("error", "provider_failed")
    assert files() == before
    assert retry_remake(failed)
    generation.advance(remake_of(piece).pk)
    assert fresh(piece).current_remake is None
    assert fresh(piece).file.name != piece.file.name


def test_a_failed_remake_makes_way_for_another_wish_and_can_be_put_away(piece: MusicTrack) -> None:
    remake_piece(piece)
    claimed(remake_of(piece)).fail("provider_failed", "no")
    assert remake_piece(fresh(piece), mood=Mood.ANGER)
    assert remake_of(piece).mood == Mood.ANGER
    claimed(remake_of(piece)).fail("provider_failed", "no")
    assert give_up_remake(piece)
    assert not give_up_remake(piece)
    assert fresh(piece).current_remake is None
    assert not retry_remake(fresh(piece))


def test_a_remake_given_up_while_it_is_stored_leaves_no_file(
    piece: MusicTrack, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    before = files()
    store = generation.store_audio

    def store_then_give_up(track_id: uuid.UUID, audio: Audio) -> Any:
        stored = store(track_id, audio)
        give_up_remake(piece)
        return stored

    monkeypatch.setattr(generation, "store_audio", store_then_give_up)
    remake_piece(piece)
    with django_capture_on_commit_callbacks(execute=True):
        generation.advance(remake_of(piece).pk)
    assert files() == before == files_of(fresh(piece))


def test_a_worker_thought_dead_does_not_take_the_files_of_its_successor(
    piece: MusicTrack, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Both make the same bytes, so both have the same keys."""
    remake_piece(piece)
    ghost = claimed(remake_of(piece))
    store = generation.store_audio

    def store_while_the_successor_finishes(track_id: uuid.UUID, audio: Audio) -> Any:
        stored = store(track_id, audio)
        monkeypatch.setattr(generation, "store_audio", store)
        lose_worker(ghost)
        generation.advance(ghost.pk)
        return stored

    monkeypatch.setattr(generation, "store_audio", store_while_the_successor_finishes)
    with django_capture_on_commit_callbacks(execute=True):
        generation._carry_on(ghost, generation.get_provider("studio"))
    assert fresh(piece).current_remake is None
    assert files() == files_of(fresh(piece))


def test_a_late_worker_cannot_bring_back_a_remake_that_was_given_up(piece: MusicTrack) -> None:
    remake_piece(piece)
    ghost = claimed(remake_of(piece))
    give_up_remake(piece)
    assert not ghost.is_held()
    assert not ghost.renew(timedelta(seconds=30))
    assert not ghost.fail("x")
    assert not ghost.complete(key="x.mp3", content_type="audio/mpeg", size=1, sha256="0" * 64, seconds=1.0)
    assert fresh(piece).file.name == piece.file.name


@pytest.mark.parametrize("what", ["log", "journey", "reader"])
def test_what_it_belongs_to_takes_both_along(
    journey: Journey, alice: Reader, what: str, django_capture_on_commit_callbacks: Any
) -> None:
    log = add_log(journey, LogEntry(memo="x"))
    piece = advance(log.track)
    remake_piece(piece)
    worker = claimed(remake_of(piece))
    with django_capture_on_commit_callbacks(execute=True):
        if what == "log":
            delete_log(log)
        elif what == "journey":
            delete_journey(journey)
        else:
            delete_reader(alice)
    assert not MusicTrack.objects.filter(pk__in=[piece.pk, worker.pk]).exists()
    assert files() == set()
    assert not worker.complete(key="x.mp3", content_type="audio/mpeg", size=1, sha256="0" * 64, seconds=1.0)


def test_orders_that_cost_money_stay_in_the_books(ordered: MusicTrack, vendor: Vendor) -> None:
    advance(ordered)
    piece = advance(ordered)
    assert piece.status == TrackStatus.COMPLETED
    for end in ("replaced", "given up"):
        assert remake_piece(fresh(piece))
        remake = remake_of(piece)
        advance(remake)
        if end == "replaced":
            generation.advance(remake.pk)
            remake = MusicTrack(pk=remake.pk)
            while MusicTrack.objects.filter(replaces=piece).exists():
                MusicTrack.objects.filter(replaces=piece).update(due_at=piece.created_at)
                generation.advance(remake_of(piece).pk)
        else:
            give_up_remake(piece)
    assert list(SubmissionAttempt.objects.values_list("track", "seq", "task_id").order_by("seq")) == [
        (piece.pk, 1, "task-1"),
        (piece.pk, 2, "task-2"),
        (piece.pk, 3, "task-3"),
    ]
    assert vendor.ledger == ["task-1", "task-2", "task-3"]


def test_an_order_on_its_way_when_it_is_given_up_stays_unknown_until_its_id_is_learned(
    ordered: MusicTrack, vendor: Vendor
) -> None:
    advance(ordered)
    piece = advance(ordered)
    remake_piece(piece)
    attempt = SubmissionAttempt.open(claimed(remake_of(piece)))
    assert attempt
    give_up_remake(piece)
    attempt.refresh_from_db()
    assert (attempt.track_id, attempt.state) == (piece.pk, AttemptState.UNKNOWN)
    attempt.close(AttemptState.SUBMITTED, task_id="task-7")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.task_id) == (AttemptState.SUBMITTED, "task-7")


# Over HTTP


def test_the_api_makes_a_piece_again_and_tells_how_it_goes(
    alice_api: APIClient, piece: MusicTrack, journey: Journey
) -> None:
    url = f"/api/music/{piece.pk}"
    answer = alice_api.post(f"{url}/remake", {"mood": "anger"})
    assert answer.status_code == 202
    assert answer["Location"] == f"http://testserver{url}/status"
    body = answer.json()
    assert (body["id"], body["status"]) == (str(piece.pk), "completed")
    assert (body["remake"]["status"], body["remake"]["mood"]) == ("pending", "anger")
    assert alice_api.get(f"{url}/status").json() == {
        "state": "pending",
        "resultUrl": f"http://testserver{url}/audio",
    }
    generation.advance(remake_of(piece).pk)
    after = alice_api.get(url).json()
    assert (after["remake"], after["mood"], after["chosen_mood"]) == (None, "anger", "anger")
    assert after["version"] > body["version"]
    assert alice_api.get(f"{url}/status").json()["state"] == "done"
    (log,) = alice_api.get(f"/api/journeys/{journey.pk}/logs").json()["logs"]
    assert log["music_track"]["id"] == str(piece.pk)


def test_the_api_refuses_what_cannot_be(alice_api: APIClient, bob_api: APIClient, track: MusicTrack) -> None:
    url = f"/api/music/{track.pk}/remake"
    unfinished = alice_api.post(url, {})
    assert (unfinished.status_code, unfinished["Content-Type"]) == (409, "application/problem+json")
    advance(track)
    for wrong in ({"mood": "bored"}, {"genre": "polka"}):
        refused = alice_api.post(url, wrong)
        assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, next(iter(wrong)))
    assert alice_api.post(f"{url}/cancel").status_code == 409
    assert alice_api.post(f"{url}/retry").status_code == 409
    assert bob_api.post(url, {}).status_code == 404
    assert alice_api.post(url, {"mood": None}).status_code == 202
    assert alice_api.post(url, {}).status_code == 409
    assert bob_api.post(f"{url}/cancel").status_code == 404


def test_the_same_key_makes_it_again_once(alice_api: APIClient, piece: MusicTrack) -> None:
    url, key = f"/api/music/{piece.pk}/remake", {"Idempotency-Key": "again-1"}
    first = alice_api.post(url, {"mood": "joy"}, headers=key)
    second = alice_api.post(url, {"mood": "joy"}, headers=key)
    assert (first.status_code, second.status_code) == (202, 202)
    assert second["Idempotent-Replayed"] == "true"
    assert alice_api.post(url, {"mood": "anger"}, headers=key).status_code == 422


def test_the_api_gives_up_and_tries_again(alice_api: APIClient, piece: MusicTrack) -> None:
    url = f"/api/music/{piece.pk}/remake"
    alice_api.post(url, {})
    kept = alice_api.post(f"{url}/cancel")
    assert (kept.status_code, kept.json()["remake"]) == (200, None)
    alice_api.post(url, {})
    claimed(remake_of(piece)).fail("provider_failed", "secret detail")
    failed = alice_api.get(f"/api/music/{piece.pk}").json()["remake"]
    assert (failed["status"], failed["error_code"]) == ("error", "provider_failed")
    assert "secret" not in failed["error_message"]
    assert alice_api.get(f"/api/music/{piece.pk}/status").json()["state"] == "error"
    again = alice_api.post(f"{url}/retry")
    assert (again.status_code, again.json()["remake"]["status"]) == (202, "pending")


def test_a_remake_has_no_address_of_its_own(alice_api: APIClient, piece: MusicTrack) -> None:
    remake_piece(piece)
    for address in ("", "/status", "/audio"):
        assert alice_api.get(f"/api/music/{remake_of(piece).pk}{address}").status_code == 404
    assert [track["id"] for track in alice_api.get("/api/music").json()["results"]] == [str(piece.pk)]


def test_the_news_tell_of_the_piece_while_its_remake_is_on_its_way(alice_api: APIClient, piece: MusicTrack) -> None:
    remake_piece(piece)
    body = alice_api.get("/api/music/status").json()
    (news,) = body["tracks"]
    assert (news["id"], news["status"], news["making"]) == (str(piece.pk), "completed", True)
    assert (body["active"], body["making_standalone"], body["next_poll_ms"]) == (1, False, 2000)
    assert "🎵" in body["indicator"]
    before = news["audio_url"]
    generation.advance(remake_of(piece).pk)
    (news,) = alice_api.get("/api/music/status", {"ids": str(piece.pk)}).json()["tracks"]
    assert (news["making"], news["remake_error"]) == (False, "")
    assert news["audio_url"] != before


def test_an_address_of_the_version_before_is_no_more(as_alice: Client, piece: MusicTrack) -> None:
    def address() -> str:
        return str(as_alice.get("/api/music/status", {"ids": str(piece.pk)}).json()["tracks"][0]["audio_url"])

    def get(url: str) -> tuple[int, str]:
        answer = as_alice.get(url)
        answer.getvalue()
        return answer.status_code, answer.get("Cache-Control", "")

    old = address()
    remake_piece(piece)
    assert get(old) == (200, "private, max-age=3600")
    generation.advance(remake_of(piece).pk)
    assert get(old)[0] == 404
    assert get(address()) == (200, "private, max-age=3600")
    assert get(f"/api/music/{piece.pk}/audio") == (200, "private, no-cache")


def test_the_page_makes_it_again_with_one_tap_and_without_scripts(
    as_alice: Client, piece: MusicTrack, journey: Journey
) -> None:
    url = f"/journeys/{journey.pk}"
    form = {"mood": "tension", "next": url, "request_key": f"{piece.pk}:{piece.version}"}
    for _twice in range(2):
        assert as_alice.post(f"/music/{piece.pk}/remake", form)["Location"] == url
    assert MusicTrack.objects.filter(replaces=piece).count() == 1
    page = as_alice.get(url).content.decode()
    assert "다시 만드는 중: 긴장" in page
    assert f"/music/{piece.pk}/remake/cancel" in page
    assert as_alice.post(f"/music/{piece.pk}/remake/cancel", {"next": url})["Location"] == url
    assert not MusicTrack.objects.filter(replaces=piece).exists()
    assert as_alice.post(f"/music/{piece.pk}/remake", {"mood": "nonsense", "next": url}).status_code == 303


def test_pages_of_alices_remakes_answer_bob_404(piece: MusicTrack, bob: Reader, client: Client) -> None:
    remake_piece(piece)
    client.force_login(bob)
    for action in ("remake", "remake/retry", "remake/cancel"):
        assert client.post(f"/music/{piece.pk}/{action}").status_code == 404
    assert MusicTrack.objects.filter(replaces=piece).exists()


def test_other_journeys_are_left_alone(piece: MusicTrack, bob: Reader, journey: Journey) -> None:
    other = advance(start_journey(reader=bob, book=journey.book).logs.get().track)
    remake_piece(piece)
    generation.advance(remake_of(piece).pk)
    assert fresh(other).version == other.version
