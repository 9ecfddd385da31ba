"""Files and pieces are held against each other once a day."""

from __future__ import annotations

import os
import time
import tracemalloc
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from journeys.models import Journey, Reader
from journeys.services import LogEntry, add_log, remake_piece
from music import generation, housekeeping
from music.brief import MusicBrief
from music.housekeeping import FilesReport, check_files
from music.models import Heartbeat, MusicTrack
from music.providers import get_provider
from music.services import cancel_track, discard_tracks
from music.storage import StorageFailed, store_audio
from readingjourney.tasks import check_stored_files, tidy
from tests.db.steps import advance, claimed

pytestmark = pytest.mark.django_db
DAY = 24 * 3600


@pytest.fixture
def media(settings: Any) -> Path:
    return Path(settings.MEDIA_ROOT)


def age(media: Path, seconds: float = 2 * DAY) -> None:
    """Make every file look as old as that."""
    for path in media.rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - seconds,) * 2)


def put(media: Path, key: str, data: bytes = b"ID3", seconds: float = 2 * DAY) -> str:
    path = media / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (time.time() - seconds,) * 2)
    return key


def stray(media: Path, owner: uuid.UUID | None = None, **more: Any) -> str:
    return put(media, f"tracks/{owner or uuid.uuid4()}/0123456789abcdef0123.mp3", **more)


def make_pieces(reader: Reader, media: Path, count: int) -> list[str]:
    """Finished pieces with files, quicker than by making music."""
    tracks = [
        MusicTrack(
            owner=reader,
            title=f"piece {number}",
            brief={},
            tempo=60,
            duration=60,
            provider="studio",
            status="completed",
            file_size=3,
            fencing_token=1,
            finished_at=Now() - timedelta(days=3),
        )
        for number in range(count)
    ]
    for track in tracks:
        track.file = stray(media, track.pk)
    MusicTrack.objects.bulk_create(tracks, batch_size=500)
    return [track.file.name for track in tracks]


def found(**options: Any) -> tuple[FilesReport, list[str]]:
    lines: list[str] = []
    return check_files(tell=lines.append, **options), lines


def test_all_is_well_with_what_was_just_made(track: MusicTrack, media: Path) -> None:
    advance(track)
    report, lines = found()
    assert lines == []
    assert (report.files, report.pieces, report.lost, report.orphans, report.refused) == (2, 1, 0, 0, False)


def test_a_file_that_belongs_to_nothing_goes_after_a_day(track: MusicTrack, alice: Reader, media: Path) -> None:
    make_pieces(alice, media, 30)
    old, fresh = stray(media), stray(media, seconds=DAY - 600)
    report, lines = found(dry_run=True)
    assert (report.orphans, report.removed, lines) == (1, 0, [f"{old} belongs to nothing"])
    assert (media / old).exists()
    report, lines = found()
    assert (report.orphans, report.removed, report.lost) == (1, 1, 0)
    assert lines == [f"{old} belongs to nothing; it is removed"]
    assert not (media / old).parent.exists()
    assert (media / fresh).exists()
    assert found()[0].orphans == 0


def test_an_older_file_of_a_finished_piece_goes_too(alice: Reader, media: Path) -> None:
    make_pieces(alice, media, 30)
    piece = MusicTrack.objects.first()
    assert piece
    before = put(media, f"tracks/{piece.pk}/fedcba9876543210fedc.mp3")
    assert found()[0].removed == 1
    assert not (media / before).exists()
    assert (media / piece.file.name).exists()


@pytest.mark.parametrize("state", ["pending", "generating", "error"])
def test_a_file_that_its_track_may_still_take_up_stays(
    track: MusicTrack, alice: Reader, media: Path, state: str
) -> None:
    """Stored, and the worker lost before it could say so: whoever makes the track next finds it there."""
    make_pieces(alice, media, 30)
    if state == "generating":
        claimed(track)
    elif state == "error":
        cancel_track(track)
    key = stray(media, track.pk)
    assert found()[0].orphans == 0
    assert (media / key).exists()


def test_the_file_of_a_piece_made_again_has_the_remakes_id_and_stays(journey: Journey, media: Path) -> None:
    piece = advance(MusicTrack.objects.get(log__journey=journey))
    remake_piece(piece)
    remake = MusicTrack.objects.get(replaces=piece)
    generation.advance(remake.pk)
    piece.refresh_from_db()
    assert str(remake.pk) in piece.file.name
    age(media)
    report, lines = found()
    assert (report.lost, lines) == (0, [])
    assert (media / piece.file.name).exists()


def test_a_piece_made_again_during_the_check_keeps_its_file(
    journey: Journey, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row was read before, its new file has an id that no row has any more, and it may be an old one."""
    piece = advance(add_log(journey, LogEntry(memo="x")).track)
    remake_piece(piece)
    remake = MusicTrack.objects.get(replaces=piece)
    worker = claimed(remake)
    stored = store_audio(remake.pk, get_provider("studio").make(MusicBrief.from_json(remake.brief), cancelled=bool))
    age(media)
    look = housekeeping._look_for_files

    def look_and_then_be_remade(*given: Any) -> Any:
        answer = look(*given)
        assert worker.complete(
            key=stored.key,
            content_type="audio/mpeg",
            size=stored.size,
            sha256=stored.sha256,
            seconds=2.0,
            midi_key=stored.midi_key,
        )
        return answer

    monkeypatch.setattr(housekeeping, "_look_for_files", look_and_then_be_remade)
    report, _lines = found(force=True)
    piece.refresh_from_db()
    assert piece.file.name == stored.key
    assert (media / stored.key).exists()
    assert (report.lost, report.orphans) == (0, 0)


def test_a_piece_without_its_file_is_told_of(
    alice: Reader, media: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, short, _well = make_pieces(alice, media, 3)
    (media / gone).unlink()
    (media / short).write_bytes(b"I")
    report, lines = found()
    assert report.lost == 2
    assert sorted(line.partition(": ")[2] for line in lines) == sorted(
        [f"{gone} is gone", f"{short} has 1 bytes instead of 3"]
    )
    assert "2 finished pieces have lost their file" in caplog.text
    with pytest.raises(CommandError, match="2 finished"):
        call_command("check_files")
    assert gone in capsys.readouterr().out
    assert Heartbeat.objects.get(pk="files").counts["lost"] == 4


def test_a_score_that_is_gone_is_told_of(track: MusicTrack, media: Path) -> None:
    advance(track)
    (media / track.midi.name).unlink()
    assert found()[0].lost == 1


def test_a_piece_that_is_finished_after_the_listing_is_not_taken_for_lost(
    track: MusicTrack, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = housekeeping._list_into

    def list_and_then_finish(seen: Any) -> int:
        count = listing(seen)
        advance(track)
        return count

    monkeypatch.setattr(housekeeping, "_list_into", list_and_then_finish)
    report, lines = found()
    assert (report.files, report.pieces, report.lost, lines) == (0, 1, 0, [])


@pytest.mark.parametrize(("pieces", "strays", "refused"), [(30, 3, False), (30, 6, True), (4, 2, False), (0, 2, True)])
def test_too_many_are_not_removed_unasked(
    alice: Reader, media: Path, caplog: pytest.LogCaptureFixture, pieces: int, strays: int, refused: bool
) -> None:
    """An old backup of the database was restored: all the newer files seem to belong to nothing."""
    make_pieces(alice, media, pieces)
    keys = [stray(media) for _ in range(strays)]
    report, _lines = found()
    assert (report.refused, report.orphans, report.removed) == (refused, strays, 0 if refused else strays)
    assert all((media / key).exists() is refused for key in keys)
    if refused:
        assert "too many to remove unasked" in caplog.text
        with pytest.raises(CommandError, match="--force"):
            call_command("check_files", verbosity=0)
        call_command("check_files", "--force")
        assert not any((media / key).exists() for key in keys)


def test_a_thousand_are_too_many_of_any_number(alice: Reader, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "MOST_REMOVED", 2)
    make_pieces(alice, media, 60)
    for _ in range(3):
        stray(media)
    assert found()[0].refused


def test_a_name_that_is_not_ours_is_left_alone(alice: Reader, media: Path) -> None:
    make_pieces(alice, media, 30)
    keys = [put(media, "tracks/readme.txt"), put(media, "tracks/x/y.mp3"), put(media, "other/z.mp3")]
    report, lines = found()
    assert report.orphans == 0
    assert len(lines) == 2
    assert all((media / key).exists() for key in keys)


def test_half_written_drafts_of_killed_workers_go(alice: Reader, media: Path) -> None:
    put(media, f"tracks/{uuid.uuid4()}/.incoming-abc", seconds=3700)
    put(media, f"tracks/{uuid.uuid4()}/.incoming-def", seconds=60)
    assert found()[0].drafts == 1
    assert [path.name for path in media.rglob(".incoming-*")] == [".incoming-def"]


def peak_of_a_look() -> int:
    """The bytes that were in use at once."""
    tracemalloc.start()
    try:
        found()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_it_takes_no_more_memory_or_queries_for_many(
    alice: Reader, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "LOOKED_UP_AT_ONCE", 50)
    found()
    peaks, queries = [], []
    for more in (150, 1350):
        make_pieces(alice, media, more)
        with CaptureQueriesContext(connection) as captured:
            assert found()[0].lost == 0
        queries.append(len(captured))
        # The least of three: what another test has left running takes memory at the same time, and is counted too.
        peaks.append(min(peak_of_a_look() for _ in range(3)))
        captured_sql = [query["sql"] for query in captured.captured_queries]
        assert not [sql for sql in captured_sql if "OFFSET" in sql]
    assert queries[1] - queries[0] == 27
    assert peaks[1] < peaks[0] * 2


def test_a_storage_that_cannot_be_looked_at_costs_nothing(
    alice: Reader, media: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_pieces(alice, media, 30)
    listing = housekeeping.iter_files

    def break_off() -> Any:
        yield next(iter(listing()))
        raise StorageFailed("503")

    monkeypatch.setattr(housekeeping, "iter_files", break_off)
    key = stray(media)
    check_stored_files()
    assert "could not be checked: 503" in caplog.text
    with pytest.raises(CommandError, match="503"):
        call_command("check_files")
    assert (media / key).exists()


def test_it_runs_by_itself_every_day() -> None:
    tasks = {line["task"] for line in django_settings.CELERY_BEAT_SCHEDULE.values()}
    assert {check_stored_files.name, tidy.name} <= tasks


def test_a_deleted_piece_leaves_no_orphan_for_the_check(
    track: MusicTrack, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    advance(track)
    with django_capture_on_commit_callbacks(execute=True):
        discard_tracks([track])
    assert found()[0].files == 0
