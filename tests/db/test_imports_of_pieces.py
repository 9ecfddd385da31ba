"""Finished pieces of no journey: they come back with the archive, each once, and can be taken back."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from rest_framework.test import APIClient

from journeys.exporting.document import document_of
from journeys.importing import job
from journeys.importing import music as importing_music
from journeys.importing.music import take_in_music
from journeys.importing.services import choose, confirm, delete_import, has_rows_without_status, undo
from journeys.models import Import, ImportRow, ImportState, Journey, Reader, ReadingLog
from journeys.services import LogEntry, add_book, add_log, start_journey
from journeys.services.readers import delete_reader
from music.brief import Genre, Mood
from music.models import MusicTrack
from music.services import discard_tracks, remake_prompted_track, request_prompted_track
from music.storage import audio_storage
from tests.db.steps import advance
from tests.db.transfers import brought, exported, outcomes, packed, taken_in, unpacked, worked

pytestmark = pytest.mark.django_db

PROMPT = "비 오는 날의 조용한 피아노 🌧"


@pytest.fixture(autouse=True)
def _short(settings: Any) -> None:
    settings.MUSIC_DURATION_SECONDS = 10


def finished(reader: Reader, prompt: str = PROMPT) -> MusicTrack:
    piece = request_prompted_track(owner=reader, prompt=prompt)
    advance(piece)
    assert piece.status == "completed"
    return piece


@pytest.fixture
def piece(alice: Reader) -> MusicTrack:
    return finished(alice)


def pieces_of(reader: Reader) -> Any:
    return MusicTrack.objects.for_reader(reader).standalone().order_by("created_at")


def stored() -> list[str]:
    return sorted(file.key for file in audio_storage().listing("tracks"))


def whole_document(reader: Reader) -> Any:
    """All that the reader's document says, but for the ids of rows, which are others on another shelf; lengths to the
    second, since they are measured anew."""
    document = json.loads(json.dumps(document_of(reader)))
    del document["exported_at"], document["reader"]

    def without_ids(data: Any) -> Any:
        if isinstance(data, dict):
            gone = {"id", "audio", "midi", "source", "source_id"}
            kept = {name: without_ids(value) for name, value in data.items() if name not in gone}
            return {**kept, "seconds": round(kept["seconds"])} if kept.get("seconds") else kept
        return [without_ids(each) for each in data] if isinstance(data, list) else data

    return without_ids(document)


def changed(archive: bytes, pieces: Any) -> bytes:
    """The archive with other pieces in its document: a value, or changes of the first one."""
    files = unpacked(archive)
    document = json.loads(files["journey.json"])
    if isinstance(pieces, dict):
        pieces = [{**document["pieces"][0], **pieces}]
    files["journey.json"] = json.dumps({**document, "pieces": pieces}).encode()
    return packed(files)


def test_everything_comes_back_to_another_reader(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    finished(alice, "fast jazz ballad")
    journey = start_journey(reader=alice, book=add_book(reader=alice, title="소나기"))
    add_log(journey, LogEntry(quote="소년은 개울가에서", emotions=(Mood.JOY,)))
    for track in MusicTrack.objects.unfinished():
        advance(track)
    assert not MusicTrack.objects.unfinished().exists()
    record = taken_in(bob, exported(alice), "everything.zip")
    assert outcomes(record) == [("imported", "")] * 3
    assert whole_document(bob) == whole_document(alice)
    theirs = pieces_of(bob)[0]
    assert (theirs.title, theirs.brief, theirs.prompt, theirs.tempo) == (
        PROMPT,
        piece.brief,
        piece.prompt,
        piece.tempo,
    )
    assert theirs.heard_at is not None
    assert theirs.peaks
    assert set(stored()) == {
        str(name) for each in MusicTrack.objects.all() for name in (each.file.name, each.midi.name)
    }


def test_it_comes_back_after_the_account_was_deleted(
    alice: Reader, piece: MusicTrack, django_capture_on_commit_callbacks: Any
) -> None:
    archive, before = exported(alice), whole_document(alice)
    with django_capture_on_commit_callbacks(execute=True):
        delete_reader(alice)
    assert stored() == []
    again = Reader.objects.create_user("alice", "alice@example.org", "wonderland-7")
    taken_in(again, archive, "everything.zip")
    assert whole_document(again) == before


def test_the_readers_own_piece_is_here_already(alice: Reader, piece: MusicTrack) -> None:
    archive = exported(alice)
    assert outcomes(taken_in(alice, archive, "everything.zip")) == [("duplicate", "known")]
    assert outcomes(taken_in(alice, unpacked(archive)["journey.json"], "journey.json")) == [("duplicate", "known")]
    assert list(pieces_of(alice)) == [piece]


def test_the_same_archive_again_adds_nothing(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    archive = exported(alice)
    first = taken_in(bob, archive, "everything.zip")
    before = stored()
    assert outcomes(taken_in(bob, archive, "everything.zip")) == [("duplicate", "known")]
    delete_import(first)
    Import.objects.all().delete()
    assert outcomes(taken_in(bob, archive, "everything.zip")) == [("duplicate", "known")]
    assert pieces_of(bob).count() == 1
    assert stored() == before


def test_a_piece_that_has_been_elsewhere_is_known_by_its_sound(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    taken_in(bob, exported(alice), "everything.zip")
    assert outcomes(taken_in(alice, exported(bob), "everything.zip")) == [("duplicate", "known")]


def test_two_imports_of_one_archive_bring_a_piece_once(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    archive = exported(alice)
    first, second = brought(bob, archive, "a.zip"), brought(bob, archive, "b.zip")
    confirm(first)
    confirm(second)
    worked(first)
    worked(second)
    assert (outcomes(first), outcomes(second)) == ([("imported", "")], [("duplicate", "known")])
    assert pieces_of(bob).count() == 1


def test_an_imported_piece_that_its_reader_has_deleted_stays_away(
    alice: Reader, bob: Reader, piece: MusicTrack
) -> None:
    archive = exported(alice)
    record = taken_in(bob, archive, "everything.zip")
    discard_tracks(list(pieces_of(bob)))
    assert outcomes(taken_in(bob, archive, "everything.zip")) == [("duplicate", "known")]
    delete_import(record)
    assert outcomes(taken_in(bob, archive, "everything.zip")) == [("imported", "")], "nobody remembers it any more"


def test_a_piece_that_was_made_here_comes_back_when_it_was_lost(alice: Reader, piece: MusicTrack) -> None:
    archive, before = exported(alice), whole_document(alice)
    discard_tracks([piece])
    assert outcomes(taken_in(alice, archive, "everything.zip")) == [("imported", "")]
    assert whole_document(alice) == before


def test_a_piece_is_called_one_before_and_after(as_alice: Client, alice: Reader, bob: Reader) -> None:
    finished(bob)
    Reader.objects.update(language="en")
    record = brought(alice, exported(bob), "everything.zip")
    assert not has_rows_without_status(record)
    preview = as_alice.get(f"/imports/{record.pk}").content.decode()
    assert PROMPT in preview
    assert "<li>Piece of music</li>" in preview
    confirm(record)
    worked(record)
    done = as_alice.get(f"/imports/{record.pk}").content.decode()
    assert "<li>Piece of music</li>" in done
    assert f'<a href="/music">{PROMPT}</a>' in done
    assert PROMPT in as_alice.get("/music").content.decode()


def test_the_api_tells_pieces_from_journeys(alice_api: APIClient, alice: Reader, bob: Reader) -> None:
    finished(bob)
    start_journey(reader=bob, book=add_book(reader=bob, title="소나기"))
    record = brought(alice, exported(bob), "everything.zip")
    rows = alice_api.get(f"/api/imports/{record.pk}/rows").json()["results"]
    assert [(row["title"], row["is_piece"], row["choice"]) for row in rows] == [
        ("소나기", False, "new"),
        (PROMPT, True, "piece"),
    ]


def test_a_piece_can_be_left_out_and_taken_up_again(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    record = brought(bob, exported(alice), "everything.zip")
    choose(record, {1: "skip"})
    assert outcomes(record) == [("skipped", "your_choice")]
    choose(record, {1: "new"})
    confirm(record)
    worked(record)
    assert pieces_of(bob).count() == 1
    assert not Journey.objects.exists()


def test_a_piece_left_out_stays_out(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    record = brought(bob, exported(alice), "everything.zip")
    choose(record, {1: "skip"})
    confirm(record)
    worked(record)
    assert not pieces_of(bob).exists()


def test_pieces_are_taken_back_with_their_files(
    alice: Reader, bob: Reader, piece: MusicTrack, django_capture_on_commit_callbacks: Any
) -> None:
    archive, before = exported(alice), stored()
    record = taken_in(bob, archive, "everything.zip")
    undo(record)
    with django_capture_on_commit_callbacks(execute=True):
        worked(record)
    assert outcomes(record) == [("skipped", "undone")]
    assert list(MusicTrack.objects.all()) == [piece]
    assert stored() == before
    assert outcomes(taken_in(bob, archive, "everything.zip")) == [("imported", "")]


def test_a_piece_that_was_made_again_stays_when_the_import_is_taken_back(
    alice: Reader, bob: Reader, piece: MusicTrack
) -> None:
    record = taken_in(bob, exported(alice), "everything.zip")
    assert remake_prompted_track(pieces_of(bob).get(), mood=Mood.JOY)
    undo(record)
    worked(record)
    assert outcomes(record) == [("imported", "touched")]
    assert pieces_of(bob).count() == 1


@pytest.mark.parametrize("dies", ["before the row knows", "with the file stored"])
def test_a_worker_that_dies_over_a_piece_leaves_nothing_twice(
    alice: Reader, bob: Reader, piece: MusicTrack, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    record = brought(bob, exported(alice), "everything.zip")
    confirm(record)

    def dying(*_: Any, **__: Any) -> None:
        raise OperationalError("the database went away")

    with monkeypatch.context() as patched:
        if dies == "with the file stored":
            patched.setattr(MusicTrack, "adopt", dying)
        else:
            patched.setattr(ImportRow.objects, "filter", _first_then(ImportRow.objects.filter, dying))
        with pytest.raises(OperationalError):
            worked(record)
    between = stored()
    assert worked(record).state == ImportState.DONE
    assert outcomes(record) == [("imported", "")]
    assert record.done == 1
    assert pieces_of(bob).count() == 1
    assert stored() == between


def _first_then(first: Any, then: Any) -> Any:
    """What works once."""
    answers = iter([first])
    return lambda *arguments, **named: next(answers, then)(*arguments, **named)


def test_what_there_was_no_time_for_is_taken_in_the_next_time(
    alice: Reader, bob: Reader, piece: MusicTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(alice, "calm piano")
    record = brought(bob, exported(alice), "everything.zip")
    confirm(record)
    with monkeypatch.context() as patched:
        patched.setattr(job, "GO_ON_SECONDS", -1.0)
        assert worked(record).state == ImportState.IMPORTING
        assert pieces_of(bob).count() == 1
    assert worked(record).state == ImportState.DONE
    assert pieces_of(bob).count() == 2
    assert (record.done, record.total) == (2, 2)


def test_where_there_is_no_room_a_piece_says_so_and_can_come_later(
    alice: Reader, bob: Reader, piece: MusicTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = exported(alice)
    with monkeypatch.context() as patched:
        patched.setattr(importing_music, "has_room", lambda: False)
        record = taken_in(bob, archive, "everything.zip")
    assert (record.state, outcomes(record)) == (ImportState.DONE, [("failed", "piece_not_taken")])
    assert outcomes(taken_in(bob, archive, "everything.zip")) == [("imported", "")]


def test_unfinished_pieces_are_left_out(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    request_prompted_track(owner=alice, prompt="calm piano")
    record = brought(bob, exported(alice), "everything.zip")
    assert list(record.rows.values_list("title", flat=True)) == [PROMPT]


def test_a_document_alone_says_that_it_has_no_music(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    record = brought(bob, unpacked(exported(alice))["journey.json"], "journey.json")
    assert outcomes(record) == [("failed", "piece_without_file")]


@pytest.mark.parametrize(
    "pieces",
    [
        5,
        "pieces",
        {},
        None,
        [1, None, "x", [], True],
        [{}, {"audio": "audio/x.mp3"}, {"audio": "audio/x.mp3", "brief": []}, {"audio": 5, "brief": {"moods": 1}}],
    ],
)
def test_pieces_of_the_wrong_kind_are_none(alice: Reader, bob: Reader, pieces: Any) -> None:
    start_journey(reader=alice, book=add_book(reader=alice, title="소나기"))
    files = unpacked(exported(alice))
    document = json.loads(files["journey.json"])
    files["journey.json"] = json.dumps({**document, "pieces": pieces}).encode()
    assert outcomes(taken_in(bob, packed(files), "everything.zip")) == [("imported", "")]
    assert not pieces_of(bob).exists()


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"title": ""}, ("failed", "title_missing")),
        ({"title": ["x"]}, ("failed", "title_missing")),
        ({"audio": ["x"]}, ("failed", "piece_without_file")),
        ({"audio": "../../etc/passwd"}, ("failed", "piece_without_file")),
        ({"audio": "journey.json"}, ("failed", "piece_not_taken")),
        ({"midi": "journey.json"}, ("imported", "")),
        ({"id": None}, ("imported", "")),
        ({"id": "x" * 10_000}, ("imported", "")),
        ({"title": "비\0\ud800" + "x" * 10_000, "album": 5, "number": 10**30, "provider": {}}, ("imported", "")),
        ({"chapter_labels": [1, "\0", "x" * 10_000], "finished_at": 1, "requested_at": "9999-12-31"}, ("imported", "")),
        ({"requested_at": "2099-01-01T00:00:00+00:00", "finished_at": None, "status": "error"}, ("imported", "")),
        ({"chosen_mood": "evil", "chosen_genre": ["polka"]}, ("imported", "")),
        ({"sha256": ["x"], "seconds": "long"}, ("imported", "")),
    ],
)
def test_a_piece_with_values_of_the_wrong_kind(
    alice: Reader, bob: Reader, client: Client, piece: MusicTrack, changes: dict[str, Any], outcome: tuple[str, str]
) -> None:
    client.force_login(bob)
    archive = changed(exported(alice), changes)
    record = taken_in(bob, archive, "everything.zip")
    assert outcomes(record) == [outcome]
    assert client.get(f"/imports/{record.pk}").status_code == client.get("/music").status_code == 200
    for theirs in pieces_of(bob):
        assert theirs.requested_at <= theirs.finished_at <= pieces_of(bob).get().heard_at
        assert theirs.chosen_mood in ["", *map(str, Mood)]
        assert theirs.chosen_genre in ["", *map(str, Genre)]
        assert remake_prompted_track(theirs)
        assert outcomes(taken_in(bob, archive, "everything.zip")) == [("duplicate", "known")]


def test_endless_pieces_are_too_many(alice: Reader, bob: Reader, piece: MusicTrack, settings: Any) -> None:
    settings.IMPORT_MAX_ROWS = 20
    record = brought(bob, changed(exported(alice), [{}] * 21), "everything.zip")
    assert (record.state, record.error_code) == (ImportState.FAILED, "too_many_rows")


def test_a_file_that_many_pieces_name_is_stored_once(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    archive = exported(alice)
    (music,) = json.loads(unpacked(archive)["journey.json"])["pieces"]
    many = [{**music, "id": str(uuid.uuid4())} for _ in range(3)]
    record = taken_in(bob, changed(archive, many), "everything.zip")
    assert outcomes(record) == [("imported", ""), *[("failed", "piece_without_file")] * 2]
    assert pieces_of(bob).count() == 1


def test_a_file_that_a_log_and_a_piece_name_is_the_logs(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    journey = start_journey(reader=alice, book=add_book(reader=alice, title="소나기"))
    advance(MusicTrack.objects.get(log__journey=journey))
    files = unpacked(exported(alice))
    document = json.loads(files["journey.json"])
    document["pieces"][0]["audio"] = document["journeys"][0]["logs"][0]["music"]["audio"]
    files["journey.json"] = json.dumps(document).encode()
    record = taken_in(bob, packed(files), "everything.zip")
    assert outcomes(record) == [("imported", ""), ("failed", "piece_without_file")]
    assert MusicTrack.objects.get(owner=bob).log is not None


def test_one_piece_twice_is_taken_once(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    archive = exported(alice)
    (music,) = json.loads(unpacked(archive)["journey.json"])["pieces"]
    twice = changed(archive, [music, {**music, "audio": music["midi"], "midi": ""}])
    assert outcomes(taken_in(bob, twice, "everything.zip"))[0] == ("imported", "")
    assert pieces_of(bob).count() == 1


def test_pieces_that_unpack_to_far_more_than_the_archive_stay_out(
    alice: Reader, bob: Reader, piece: MusicTrack
) -> None:
    files = unpacked(exported(alice))
    files[f"audio/{piece.pk}.mid"] += b"\0" * 4_000_000
    record = taken_in(bob, packed(files, method=8), "everything.zip")
    assert (record.state, outcomes(record)) == (ImportState.DONE, [("failed", "piece_not_taken")])
    assert not pieces_of(bob).exists()


def test_the_id_of_another_readers_piece_touches_nothing_of_theirs(
    alice: Reader, bob: Reader, piece: MusicTrack
) -> None:
    theirs = finished(bob, "calm piano")
    before = MusicTrack.objects.filter(pk=theirs.pk).values().get()
    archive = changed(exported(alice), {"id": str(theirs.pk), "sha256": ""})
    discard_tracks([piece])
    record = taken_in(alice, archive, "everything.zip")
    assert outcomes(record) == [("imported", "")]
    assert pieces_of(alice).get().pk != theirs.pk
    undo(record)
    worked(record)
    assert not pieces_of(alice).exists()
    assert MusicTrack.objects.filter(pk=theirs.pk).values().get() == before


def test_the_id_of_ones_own_log_or_journey_harms_nothing(alice: Reader, bob: Reader, piece: MusicTrack) -> None:
    journey = start_journey(reader=bob, book=add_book(reader=bob, title="소나기"))
    log = ReadingLog.objects.get(journey=journey)
    for known in (journey.pk, log.pk):
        archive = changed(exported(alice), {"id": str(known), "sha256": ""})
        record = brought(bob, archive, "everything.zip")
        confirm(record)
        worked(record)
    assert Journey.objects.get(pk=journey.pk).logs.get() == log


def test_an_import_without_pieces_asks_for_none(alice: Reader) -> None:
    record = taken_in(alice, "제목,저자\n데미안,헤르만 헤세\n")
    assert take_in_music(record, 0.0, lambda **_: None)
