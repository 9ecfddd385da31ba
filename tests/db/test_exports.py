"""What goes out: our own archive that comes back without loss, tables for others, Markdown."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.exporting import archives, job
from journeys.exporting.document import document_of
from journeys.exporting.services import request_everything, tidy_exports
from journeys.exporting.tables import csv_text, goodreads_rows, readwise_rows
from journeys.importing import music as importing_music
from journeys.importing.services import undo
from journeys.models import Book, Export, Journey, Progress, Reader, ReadingLog, Tag
from journeys.pages import transfers
from journeys.services import LogEntry, add_book, add_log, edit_record, finish_journey, start_journey
from journeys.services.briefing import remake_piece
from journeys.services.readers import delete_reader
from journeys.services.texts import nfc
from music.brief import Mood
from music.generation import advance
from music.models import MusicTrack
from music.storage import audio_storage
from tests.db.transfers import exported, outcomes, packed, taken_in, unpacked, worked

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(alice: Reader) -> Journey:
    """A journey with everything that one can have."""
    title = unicodedata.normalize("NFD", '봄·봄 🌸 "Quoted", =1+1')
    book = add_book(reader=alice, title=title, authors="김유정", isbn13="9780141439587", pages=120)
    journey = start_journey(reader=alice, book=book, started_on=date(2024, 1, 2))
    add_log(journey, LogEntry(quote="=cmd|' /C calc'!A0", memo="첫 줄\n\n둘째 줄 🌙", page=12, emotions=(Mood.JOY,)))
    add_log(journey, LogEntry(memo="-3도였다", percent=40, logged_on=date(2024, 1, 3)))
    finish_journey(journey, LogEntry(memo="끝"))
    Journey.objects.filter(pk=journey.pk).update(rating=17, review="@좋았다", genre="ambient", duration=90, pages=251)
    journey.tags.add(Tag.objects.create(reader=alice, name="고전"), Tag.objects.create(reader=alice, name="봄 🌸"))
    Progress.objects.create(journey=journey, page=30, read_on=date(2024, 1, 2))
    Progress.objects.create(journey=journey, percent=99, read_on=date(2024, 1, 4))
    journey.refresh_from_db()
    return journey


def comparable(reader: Reader) -> Any:
    """The reader's document without what must differ on another shelf: ids, music on its way, where a book is from."""

    def without(data: Any) -> Any:
        if isinstance(data, dict):
            gone = {"id", "exported_at", "reader", "music", "source", "source_id", "pieces"}
            return {name: without(value) for name, value in data.items() if name not in gone}
        return [without(each) for each in data] if isinstance(data, list) else data

    return without(json.loads(json.dumps(document_of(reader))))


def test_another_reader_gets_all_of_it_back(alice: Reader, bob: Reader, rich: Journey) -> None:
    taken_in(bob, exported(alice), "everything.zip")
    assert comparable(bob) == comparable(alice)
    theirs = Journey.objects.get(reader=bob)
    assert theirs.theme_seed == rich.theme_seed
    assert theirs.pk != rich.pk


def test_it_comes_back_to_an_account_that_lost_it(alice: Reader, rich: Journey) -> None:
    archive, before = exported(alice), comparable(alice)
    rich.delete()
    Book.objects.all().delete()
    Tag.objects.all().delete()
    taken_in(alice, archive, "everything.zip")
    assert comparable(alice) == before


def test_where_nothing_was_lost_it_adds_nothing(alice: Reader, rich: Journey) -> None:
    record = taken_in(alice, exported(alice), "everything.zip")
    assert outcomes(record) == [("duplicate", "words_known")]
    assert Journey.objects.count() == 1


def test_a_log_that_was_lost_comes_back_alone(alice: Reader, rich: Journey) -> None:
    archive = exported(alice)
    rich.logs.filter(version=2).delete()
    record = taken_in(alice, archive, "everything.zip")
    assert outcomes(record) == [("imported", "words_new")]
    assert rich.logs.filter(memo="-3도였다").exists()
    assert rich.logs.count() == 4


def test_the_document_alone_comes_back_too(alice: Reader, bob: Reader, rich: Journey) -> None:
    taken_in(bob, unpacked(exported(alice))["journey.json"], "journey.json")
    assert comparable(bob) == comparable(alice)


TEXTS = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40).map(nfc)
LOGS = st.lists(
    st.fixed_dictionaries(
        {
            "quote": TEXTS,
            "memo": TEXTS,
            "emotions": st.lists(st.sampled_from([str(mood) for mood in Mood]), unique=True, max_size=3),
            "percent": st.none() | st.integers(0, 100),
            "logged_on": st.dates(date(1900, 1, 1), date(2100, 1, 1)),
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=TEXTS.filter(bool), logs=LOGS)
def test_whatever_is_written_comes_back(alice: Reader, bob: Reader, title: str, logs: list[dict[str, Any]]) -> None:
    Journey.objects.all().delete()
    book = Book.objects.create(title=title, added_by=alice)
    journey = Journey.objects.create(reader=alice, book=book, started_on=date(2024, 1, 1), theme_seed=-(2**62))
    ReadingLog.objects.bulk_create(
        ReadingLog(journey=journey, version=version, **log) for version, log in enumerate(logs)
    )
    taken_in(bob, exported(alice), "everything.zip")
    assert comparable(bob)["journeys"] == comparable(alice)["journeys"]


def test_books_that_are_alike_but_for_an_accent_or_a_capital_come_back_as_they_are(alice: Reader, bob: Reader) -> None:
    titles = {"Él", "El", "EL"}
    for title in titles:
        start_journey(reader=alice, book=add_book(reader=alice, title=title))
    taken_in(bob, exported(alice), "everything.zip")
    assert set(Book.objects.filter(journeys__reader=bob).values_list("title", flat=True)) == titles


def test_finished_music_comes_back_with_its_log(alice: Reader, bob: Reader, settings: Any) -> None:
    settings.MUSIC_DURATION_SECONDS = 10
    journey = start_journey(reader=alice, book=add_book(reader=alice, title="소나기"))
    track = MusicTrack.objects.get()
    advance(track.pk)
    track.refresh_from_db()
    assert track.status == "completed"
    archive = exported(alice)
    files = unpacked(archive)
    assert files[f"audio/{track.pk}.mp3"][:3] == b"ID3"
    assert files[f"audio/{track.pk}.mid"][:4] == b"MThd"
    taken_in(bob, archive, "everything.zip")
    theirs = MusicTrack.objects.get(owner=bob)
    assert (theirs.status, theirs.file_sha256, theirs.title) == ("completed", track.file_sha256, track.title)
    assert (theirs.brief, theirs.mood) == (track.brief, track.mood)
    assert theirs.peaks
    assert theirs.log.journey.book.title == journey.book.title
    assert theirs.midi
    assert theirs.heard_at is not None
    assert not MusicTrack.objects.unfinished().exists()


def test_music_that_is_none_is_left_out_and_its_log_stays(alice: Reader, bob: Reader) -> None:
    start_journey(reader=alice, book=add_book(reader=alice, title="소나기"))
    document = json.loads(unpacked(exported(alice))["journey.json"])
    document["journeys"][0]["logs"][0]["music"]["audio"] = "audio/evil.mp3"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("journey.json", json.dumps(document))
        archive.writestr("audio/evil.mp3", b"not music")
    record = taken_in(bob, target.getvalue(), "everything.zip")
    assert outcomes(record) == [("imported", "")]
    assert not MusicTrack.objects.filter(owner=bob).exists()
    assert list(audio_storage().listing("tracks")) == []


def rows_of(pieces: Any) -> list[dict[str, str]]:
    text = "".join(pieces)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_a_table_for_goodreads_is_safe_to_open_and_comes_back(alice: Reader, bob: Reader, rich: Journey) -> None:
    (row,) = rows_of(csv_text(goodreads_rows(alice)))
    assert (row["Title"], row["ISBN13"], row["My Rating"]) == ('봄·봄 🌸 "Quoted", =1+1', "9780141439587", "4")
    assert row["My Review"] == "'@좋았다"
    assert (row["Exclusive Shelf"], row["Bookshelves"]) == ("read", "고전, 봄 🌸")
    taken_in(bob, "".join(csv_text(goodreads_rows(alice))))
    theirs = Journey.objects.get(reader=bob)
    assert (theirs.book.title, theirs.review, theirs.ended_on) == (rich.book.title, "@좋았다", rich.ended_on)


@pytest.mark.parametrize(("quarters", "stars"), [(1, "1"), (6, "2"), (9, "2"), (10, "3"), (14, "4"), (20, "5")])
def test_half_a_star_is_rounded_up_for_goodreads(alice: Reader, rich: Journey, quarters: int, stars: str) -> None:
    Journey.objects.filter(pk=rich.pk).update(rating=quarters)
    assert rows_of(csv_text(goodreads_rows(alice)))[0]["My Rating"] == stars


def test_the_day_a_journey_was_added_is_the_readers_own_and_comes_back(
    alice: Reader, bob: Reader, rich: Journey
) -> None:
    Journey.objects.filter(pk=rich.pk).update(created_at=datetime(2024, 1, 1, 16, 0, tzinfo=UTC))  # the 2nd in Seoul
    sent = "".join(csv_text(goodreads_rows(alice)))
    assert rows_of([sent])[0]["Date Added"] == "2024/01/02"
    taken_in(bob, sent)
    assert rows_of(csv_text(goodreads_rows(bob)))[0]["Date Added"] == "2024/01/02"


def test_a_table_for_readwise_is_safe_to_open_and_comes_back(alice: Reader, bob: Reader, rich: Journey) -> None:
    rows = rows_of(csv_text(readwise_rows(alice)))
    assert [row["Highlight"] for row in rows] == ["'=cmd|' /C calc'!A0", "'-3도였다", "끝"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    taken_in(bob, "".join(csv_text(readwise_rows(alice))))
    quotes = ReadingLog.objects.filter(journey__reader=bob).exclude(quote="").order_by("version")
    assert {log.quote for log in quotes} == {"=cmd|' /C calc'!A0", "-3도였다", "끝"}


def test_the_archive_has_everything_that_other_programs_read(alice: Reader, rich: Journey) -> None:
    files = unpacked(exported(alice))
    assert {"journey.json", "goodreads.csv", "readwise.csv"} <= set(files)
    (name,) = [name for name in files if name.startswith("markdown/")]
    assert "둘째 줄" in files[name].decode()


def test_a_file_that_is_gone_is_named_and_the_rest_is_there(alice: Reader, settings: Any) -> None:
    settings.MUSIC_DURATION_SECONDS = 10
    start_journey(reader=alice, book=add_book(reader=alice, title="소나기"))
    track = MusicTrack.objects.get()
    advance(track.pk)
    track.refresh_from_db()
    audio_storage().remove([str(track.file.name)])
    files = unpacked(exported(alice))
    assert files["missing.txt"].decode() == f"audio/{track.pk}.mp3\n"
    assert "journey.json" in files


def test_one_archive_at_a_time(alice: Reader) -> None:
    assert request_everything(alice) == request_everything(alice)


def test_an_archive_is_deleted_after_its_days(alice: Reader, django_capture_on_commit_callbacks: Any) -> None:
    exported(alice)
    assert len(list(audio_storage().listing("exports"))) == 1
    Export.objects.update(finished_at=timezone.now() - timedelta(days=8))
    with django_capture_on_commit_callbacks(execute=True):
        assert tidy_exports() == 1
    assert list(audio_storage().listing("exports")) == []


def test_an_archive_goes_with_its_account(alice: Reader, django_capture_on_commit_callbacks: Any) -> None:
    exported(alice)
    with django_capture_on_commit_callbacks(execute=True):
        delete_reader(alice)
    assert list(audio_storage().listing("exports")) == []


def test_a_worker_that_was_thought_dead_leaves_no_second_file(alice: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    export = request_everything(alice)
    real = job.write_everything

    def overtaken(*arguments: Any, **named: Any) -> int:
        monkeypatch.setattr(job, "write_everything", real)
        Export.objects.update(due_at=Now())
        job.work(export.pk)
        return real(*arguments, **named)

    monkeypatch.setattr(job, "write_everything", overtaken)
    job.work(export.pk)
    export.refresh_from_db()
    assert (export.state, export.fencing_token) == ("ready", 2)
    assert [file.key for file in audio_storage().listing("exports")] == [str(export.file.name)]


def test_downloads_are_the_readers_own(as_alice: Client, alice: Reader, bob: Reader) -> None:
    exported(bob)
    theirs = Export.objects.get(reader=bob)
    assert as_alice.get(f"/exports/{theirs.pk}/file").status_code == 404
    assert as_alice.post(f"/exports/{theirs.pk}/delete").status_code == 404
    assert as_alice.get(f"/api/exports/{theirs.pk}").status_code == 404
    assert as_alice.get(f"/api/exports/{theirs.pk}/file").status_code == 404


def test_an_archive_is_sent_in_ranges(as_alice: Client, alice: Reader) -> None:
    archive = exported(alice)
    page = f"/exports/{Export.objects.get().pk}/file"
    whole = as_alice.get(page)
    assert b"".join(whole.streaming_content) == archive  # type: ignore[attr-defined]
    assert "attachment" in whole["Content-Disposition"]
    part = as_alice.get(page, headers={"Range": "bytes=0-3"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"PK\x03\x04")  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", ["/exports/goodreads.csv", "/exports/readwise.csv", "/exports/markdown.zip"])
def test_tables_and_texts_are_there_at_once(as_alice: Client, rich: Journey, page: str) -> None:
    answer = as_alice.get(page)
    assert answer.status_code == 200
    assert len(b"".join(answer.streaming_content)) > 100  # type: ignore[attr-defined]
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize("page", ["/exports/goodreads.csv", "/exports/readwise.csv", "/exports/markdown.zip"])
def test_nothing_is_put_together_to_say_what_it_is_called(
    as_alice: Client, rich: Journey, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(transfers, "TemporaryFile", lambda: pytest.fail("it is put together"))
        answer = as_alice.head(page)
    expected = as_alice.get(page)
    assert b"".join(expected.streaming_content)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    for name in ("Content-Type", "Content-Disposition", "Cache-Control"):
        assert answer[name] == expected[name]
    assert "Content-Length" not in answer  # it would be another than the file's


def test_the_archive_is_there_for_head(as_alice: Client, alice: Reader) -> None:
    size = len(exported(alice))
    answer = as_alice.head(f"/exports/{Export.objects.get().pk}/file")
    assert (answer.status_code, answer["Content-Length"]) == (200, str(size))


def test_what_goes_wrong_on_the_way_is_an_error_and_no_file_cut_short(
    as_alice: Client, rich: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_journeys: list[Journey]) -> list[str]:
        raise ValueError("no document")

    with monkeypatch.context() as patched:
        patched.setattr(archives, "journey_markdowns", broken)
        with pytest.raises(ValueError, match="no document"):
            as_alice.get("/exports/markdown.zip")
    packed = b"".join(as_alice.get("/exports/markdown.zip").streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert not any(entry.flag_bits & 8 for entry in archive.infolist())


def archive_of(reader: Reader, **changes: Any) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The reader's archive, unpacked, and what its document says of the first log's music, changed."""
    files = unpacked(exported(reader))
    document = json.loads(files["journey.json"])
    music = document["journeys"][0]["logs"][0]["music"]
    music.update(changes)
    files["journey.json"] = json.dumps(document).encode()
    return files, music


@pytest.fixture
def heard(alice: Reader, settings: Any) -> MusicTrack:
    """A journey with a finished piece."""
    settings.MUSIC_DURATION_SECONDS = 10
    start_journey(reader=alice, book=add_book(reader=alice, title="소나기"))
    track = MusicTrack.objects.get()
    advance(track.pk)
    return track


def test_music_from_the_future_was_finished_now(alice: Reader, bob: Reader, heard: MusicTrack) -> None:
    files, _music = archive_of(alice, finished_at="2099-01-01T00:00:00+00:00")
    taken_in(bob, packed(files), "everything.zip")
    theirs = MusicTrack.objects.get(owner=bob)
    assert theirs.finished_at <= timezone.now()


def test_an_archive_that_unpacks_to_far_more_than_it_is_brings_no_music(
    alice: Reader, bob: Reader, heard: MusicTrack
) -> None:
    files, music = archive_of(alice)
    files[music["midi"]] += b"\0" * 4_000_000
    record = taken_in(bob, packed(files, zipfile.ZIP_DEFLATED), "everything.zip")
    assert outcomes(record) == [("imported", "")]
    assert not MusicTrack.objects.filter(owner=bob).exists()


def test_where_there_is_no_room_the_words_come_without_their_music(
    alice: Reader, bob: Reader, heard: MusicTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = exported(alice)
    monkeypatch.setattr(importing_music, "has_room", lambda: False)
    record = taken_in(bob, archive, "everything.zip")
    assert record.state == "done"
    assert not MusicTrack.objects.filter(owner=bob).exists()


def test_a_new_archive_replaces_the_older_one(alice: Reader) -> None:
    exported(alice)
    exported(alice)
    assert [file.key for file in audio_storage().listing("exports")] == [str(Export.objects.get().file.name)]


def test_a_journey_is_taken_back_with_the_music_that_came_with_it(
    alice: Reader, bob: Reader, heard: MusicTrack, django_capture_on_commit_callbacks: Any
) -> None:
    archive = exported(alice)
    before = sorted(file.key for file in audio_storage().listing("tracks"))
    record = taken_in(bob, archive, "everything.zip")
    assert MusicTrack.objects.for_reader(bob).get().status == "completed"
    undo(record)
    with django_capture_on_commit_callbacks(execute=True):
        worked(record)
    assert {reason for _outcome, reason in outcomes(record)} == {"undone"}
    assert not Journey.objects.for_reader(bob).exists()
    assert list(MusicTrack.objects.all()) == [heard]
    assert sorted(file.key for file in audio_storage().listing("tracks")) == before


def test_a_journey_whose_music_was_made_again_stays_when_its_import_is_taken_back(
    alice: Reader, bob: Reader, heard: MusicTrack
) -> None:
    record = taken_in(bob, exported(alice), "everything.zip")
    assert remake_piece(MusicTrack.objects.for_reader(bob).get(), mood=Mood.JOY)
    undo(record)
    worked(record)
    assert outcomes(record) == [("imported", "touched")]


def test_an_archive_for_which_there_is_no_room_twice_is_not_begun(
    alice: Reader, heard: MusicTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.refresh_from_db()
    monkeypatch.setattr(job, "free_bytes", lambda: {"data": 2 * heard.file_size, "temporary": 10**12})
    export = request_everything(alice)
    job.work(export.pk)
    export.refresh_from_db()
    assert (export.state, export.error_code) == ("failed", "storage_failed")


def test_many_journeys_are_written_with_as_many_queries_as_few(
    alice: Reader, django_assert_num_queries: Any, demian: Book
) -> None:
    def begun() -> Journey:
        journey = start_journey(reader=alice, book=demian)
        edit_record(journey, {"tags": ("tag",)})
        add_log(journey, LogEntry(memo="하나", page=3))
        return journey

    begun()
    with CaptureQueriesContext(connection) as for_one:
        (text,) = (text for _name, text in archives.markdown_files(alice))
    for _ in range(4):
        begun()
    with django_assert_num_queries(len(for_one)):
        texts = [text for _name, text in archives.markdown_files(alice)]
    assert texts == [text] * 5


def test_journeys_of_one_name_have_files_of_their_own(alice: Reader) -> None:
    for title in ("Diary", "Diary (2)", "diary", "Diary"):
        start_journey(reader=alice, book=add_book(reader=alice, title=title))
    names = [name.casefold() for name, _text in archives.markdown_files(alice)]
    assert len(names) == len(set(names)) == 4


def test_nobody_takes_an_export_over_while_its_archive_is_being_stored(
    alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, leases = job.default_storage.save, []

    def saving(*arguments: Any) -> str:
        leases.append(Export.objects.get().due_at - timezone.now())
        return real(*arguments)

    monkeypatch.setattr(job.default_storage, "save", saving)
    exported(alice)
    assert leases[0] > timedelta(minutes=50)
