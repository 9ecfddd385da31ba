"""Whose turn it is: between readers, within a provider's places, and what a waiting reader is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from journeys.models import Reader
from music import queueing
from music.models import ORDERED_ALREADY, MusicTrack, ProviderGate, TrackStage, TrackStatus
from music.providers import get_provider
from music.queueing import places_of, share, take
from music.services import TooMuchAtOnce, cancel_track, provider_for, request_prompted_track, retry_track
from tests.db.steps import claimed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _paid(settings: Any) -> None:
    settings.MUSIC_PROVIDER = "loopback"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    provider = get_provider("loopback")
    monkeypatch.setattr(provider, "concurrency", None)
    return provider


def ask(owner: Reader, count: int = 1, prompt: str = "calm piano") -> list[MusicTrack]:
    return [request_prompted_track(owner=owner, prompt=f"{prompt} {n}") for n in range(count)]


def titles(tracks: list[MusicTrack]) -> list[str]:
    return [track.title for track in tracks]


def test_one_readers_thousand_pieces_do_not_stand_before_anothers_first(
    alice: Reader, bob: Reader, charlie: Reader, provider: Any
) -> None:
    ask(alice, 40, "alice")
    assert titles(take(provider, 3)) == ["alice 0", "alice 1", "alice 2"]
    ask(bob, 2, "bob")
    ask(charlie, 1, "charlie")
    assert titles(take(provider, 6)) == ["alice 3", "bob 0", "charlie 0", "alice 4", "bob 1", "alice 5"]


def test_a_provider_is_never_given_more_than_it_has_places(alice: Reader, bob: Reader, provider: Any) -> None:
    provider.concurrency = 3
    ask(alice, 5, "alice")
    ask(bob, 5, "bob")
    first = take(provider, 10)
    assert len(first) == 3
    assert take(provider, 10) == []
    first[0].wait(TrackStage.WAITING, seconds=60)
    assert take(provider, 10) == [], "a task that is being asked after still takes its place"
    first[1].fail("provider_failed")
    assert len(take(provider, 10)) == 1


def test_the_providers_own_limit_holds_where_it_is_lower(alice: Reader, bob: Reader, provider: Any) -> None:
    provider.concurrency = 8
    ask(alice, 4)
    ask(bob, 4)
    ProviderGate.objects.filter(pk="loopback").update(limit=2)
    assert len(take(provider, 10)) == 2


def test_a_provider_whose_account_was_never_read_gets_one_at_a_time(alice: Reader, settings: Any) -> None:
    settings.MUSIC_PROVIDER = "mureka"
    ask(alice, 3)
    mureka = get_provider("mureka")
    assert len(take(mureka, 3)) == 1
    ProviderGate.objects.filter(pk="mureka").update(limit=8)
    assert len(take(mureka, 3)) == 2


@pytest.mark.parametrize(("places", "one_readers"), [(1, 1), (2, 1), (3, 2), (4, 3), (5, 4), (10, 8), (25, 19)])
def test_one_reader_never_has_all_the_places(settings: Any, places: int, one_readers: int) -> None:
    assert share(places) == one_readers
    settings.MUSIC_OWNER_SHARE = 2
    assert share(places) == min(2, places)


def test_a_place_is_kept_for_whoever_comes_next(
    alice: Reader, bob: Reader, provider: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for one who stands behind more pieces of a reader who has their share than are looked through."""
    provider.concurrency = 4
    monkeypatch.setattr(queueing, "SEARCHED", 20)
    ask(alice, 30, "alice")
    assert len(take(provider, 4)) == 3
    assert take(provider, 4) == []
    ask(bob, 1, "bob")
    assert titles(take(provider, 4)) == ["bob 0"]


def test_what_is_held_comes_first_again(alice: Reader, provider: Any) -> None:
    ask(alice, 3, "alice")
    (first,) = take(provider, 1)
    assert first.hold(seconds=0, code="provider_busy", counts=False)
    assert (first.turn, first.holds, first.deadline_at) == (1, 0, None)
    assert titles(take(provider, 2)) == ["alice 0", "alice 1"]


def test_a_piece_that_is_ordered_already_waits_for_nobody(alice: Reader, bob: Reader, provider: Any) -> None:
    provider.concurrency = 1
    (paid,) = ask(alice, 1, "paid for")
    worker = claimed(paid)
    worker.attempts.create(
        track_ref=worker.pk, seq=1, ask=1, provider="loopback", fencing_token=1, state="submitted", task_id="t-1"
    )
    worker.fail("timeout")
    ask(bob, 3, "bob")
    assert len(take(provider, 1)) == 1
    ProviderGate.of("loopback").pause("staff")
    assert retry_track(MusicTrack.objects.get(pk=paid.pk))
    assert titles(take(provider, 5)) == ["paid for 0"]


def test_the_place_in_the_queue_is_what_taking_makes_of_it(alice: Reader, bob: Reader, provider: Any) -> None:
    provider.concurrency = 1
    ask(alice, 4, "alice")
    take(provider, 1)
    ask(bob, 2, "bob")
    order = []
    for _step in range(5):
        waiting = list(MusicTrack.objects.waiting())
        foremost = min(waiting, key=lambda track: places_of([track])[track.pk].ahead)
        assert places_of([foremost])[foremost.pk].ahead == 0
        assert sorted(place.ahead for place in places_of(waiting).values()) == list(range(len(waiting)))
        cancel_track(MusicTrack.objects.at_provider("loopback").get())
        order += titles(take(provider, 1))
        assert order[-1] == foremost.title
    assert order == ["alice 1", "bob 0", "alice 2", "bob 1", "alice 3"]


def test_the_expected_range_grows_with_the_place(alice: Reader, provider: Any) -> None:
    provider.concurrency = 2
    places = places_of(ask(alice, 7))
    assert [(place.low, place.high) for place in places.values()] == [
        (1, 6), (1, 6), (1, 11), (1, 11), (2, 16), (2, 16), (3, 21),
    ]  # fmt: skip


def test_those_that_are_inside_are_reckoned_with(alice: Reader, bob: Reader, provider: Any) -> None:
    provider.concurrency = 1
    ask(bob, 1)
    take(provider, 1)
    (track,) = ask(alice, 1)
    place = places_of([track])[track.pk]
    assert (place.ahead, place.low, place.high) == (0, 1, 11), "bob's piece may have begun just now"


def test_nobody_promises_a_time_while_the_gate_is_paused(alice: Reader, provider: Any) -> None:
    (track,) = ask(alice)
    ProviderGate.of("loopback").pause("credit_used_up", "no more credit")
    place = places_of([track])[track.pk]
    assert (place.low, place.high, place.pause_code) == (0, 0, "credit_used_up")


def test_a_gate_that_stands_back_is_told_and_adds_to_the_range(alice: Reader, provider: Any) -> None:
    (track,) = ask(alice)
    assert not places_of([track])[track.pk].stands_back
    ProviderGate.of("loopback").stand_back(60)
    place = places_of([track])[track.pk]
    assert place.stands_back
    assert 55 <= place.low <= 61
    ProviderGate.objects.update(not_before=Now() - timedelta(seconds=1))
    assert not places_of([track])[track.pk].stands_back


def test_pieces_that_are_ordered_already_take_none_of_the_shown_places(
    alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queueing, "SHOWN_PLACES", 2)
    tracks = ask(alice, 4)
    MusicTrack.objects.filter(pk__in=[tracks[0].pk, tracks[1].pk]).update(turn=ORDERED_ALREADY)
    assert set(places_of(MusicTrack.objects.waiting())) == {tracks[2].pk, tracks[3].pk}


def test_far_back_the_counting_stops(alice: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "COUNTED", 5)
    tracks = ask(alice, 8)
    places = places_of(tracks)
    assert [(place.ahead, place.more) for place in places.values()][4:] == [
        (4, False),
        (5, False),
        (5, True),
        (5, True),
    ]


def test_what_is_held_for_a_while_is_not_taken_before(alice: Reader, provider: Any) -> None:
    ask(alice, 3)
    MusicTrack.objects.waiting().update(due_at=Now() + timedelta(minutes=1))
    assert take(provider, 3) == [], "what is held for a while is not due"


def test_extra_pieces_have_a_limit_and_logs_have_none(alice: Reader, settings: Any) -> None:
    settings.MUSIC_READER_LIMIT = 3
    ask(alice, 3)
    with pytest.raises(TooMuchAtOnce, match="3"):
        ask(alice)
    MusicTrack.objects.filter(status=TrackStatus.PENDING).first().cancel()  # type: ignore[union-attr]
    assert len(ask(alice)) == 1


def test_past_the_days_paid_pieces_the_studio_takes_over(alice: Reader, bob: Reader, settings: Any) -> None:
    settings.MUSIC_READER_PAID_PER_DAY = 2
    assert [track.provider for track in ask(alice, 3)] == ["loopback", "loopback", "studio"]
    assert provider_for(bob) == "loopback"
    MusicTrack.objects.filter(owner=alice).update(requested_at=Now() - timedelta(hours=25))
    assert provider_for(alice) == "loopback"


def test_a_piece_paid_for_again_counts_again(alice: Reader, provider: Any, settings: Any) -> None:
    settings.MUSIC_READER_PAID_PER_DAY = 2
    ask(alice)
    (track,) = take(provider)
    for number in (1, 2):
        track.attempts.create(
            track_ref=track.pk, seq=number, ask=number, provider="loopback", fencing_token=1, state="submitted"
        )
    assert provider_for(alice) == "studio"
    track.attempts.update(state="refused")
    assert provider_for(alice) == "loopback"
