"""From a file to journeys: read, looked at, confirmed, taken in; the same file again adds nothing."""

from __future__ import annotations

import zoneinfo
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from journeys.importing import job, services
from journeys.importing.reasons import Refused
from journeys.importing.services import (
    NotNow,
    TooManyImports,
    begin_import,
    choose,
    choose_new_for_all,
    confirm,
    delete_import,
    tidy_imports,
    undo,
)
from journeys.models import Book, Import, ImportState, Journey, Reader, ReadingLog, Tag
from journeys.services import LogEntry, add_log, delete_log, edit_log, start_journey
from journeys.services.readers import delete_reader
from music.models import MusicTrack
from music.storage import audio_storage
from tests.db.transfers import brought, outcomes, table, taken_in, worked
from tests.pure.importing import samples

pytestmark = pytest.mark.django_db

EMMA = {"Book Id": "1", "Title": "Emma", "Author": "Jane Austen", "Exclusive Shelf": "read", "Date Read": "2020/02/20"}


def test_a_goodreads_library_becomes_journeys(alice: Reader) -> None:
    record = taken_in(alice, samples.GOODREADS_NEW)
    assert (record.format, record.state, record.done, record.total) == ("goodreads", ImportState.DONE, 4, 4)
    demian = Journey.objects.get(reader=alice, book__title_en="Demian")
    assert (demian.status, demian.ended_on, demian.rating) == ("finished", date(2024, 3, 9), 20)
    assert demian.review == "Good.\nTwice."
    assert sorted(demian.tags.values_list("name", flat=True)) == ["favorites", "to-reread"]
    assert demian.book.source == "embedded"
    assert [(log.version, log.memo) for log in demian.logs.order_by("version")] == [(0, ""), (1, "lent to Bob")]
    iliad = record.rows.get(number=2).journey
    assert (iliad.status, iliad.started_on, iliad.logs.count()) == ("want", None, 0)
    half = Journey.objects.get(reader=alice, book__title="Half Done")
    assert (half.book.authors, half.book.pages, half.book.added_by) == ("Somebody", 100, alice)


def test_no_music_is_made_of_it(alice: Reader) -> None:
    taken_in(alice, samples.CLIPPINGS, "My Clippings.txt")
    assert ReadingLog.objects.exclude(quote="").exists()
    assert not MusicTrack.objects.exists()


def test_nothing_is_taken_in_before_it_is_confirmed(alice: Reader) -> None:
    record = brought(alice, samples.GOODREADS_NEW)
    assert (record.state, record.rows.count()) == (ImportState.READY, 4)
    assert not Journey.objects.exists()
    assert not Book.objects.exists()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (samples.GOODREADS_NEW, "goodreads.csv"),
        (samples.GOODREADS_OLD, "goodreads.csv"),
        (samples.STORYGRAPH, "storygraph.csv"),
        (samples.STORYGRAPH_2021, "storygraph.csv"),
        (samples.READWISE, "readwise.csv"),
        (samples.READWISE_SHORT, "readwise.csv"),
        (samples.CALIBRE, "calibre.csv"),
        (samples.CLIPPINGS, "My Clippings.txt"),
        (samples.CLIPPINGS_KOREAN, "My Clippings.txt"),
        (samples.CLIPPINGS_OTHERS, "My Clippings.txt"),
        ("제목,저자,평점\n데미안,헤르만 헤세,4\n수레바퀴 아래서,헤르만 헤세,5\n", "책.csv"),
    ],
)
def test_the_same_file_again_adds_nothing(alice: Reader, data: str, name: str) -> None:
    first = taken_in(alice, data, name)
    assert first.rows.filter(outcome="imported").exists()
    journeys, logs, books = Journey.objects.count(), ReadingLog.objects.count(), Book.objects.count()
    again = taken_in(alice, data, name)
    assert {outcome for outcome, _reason in outcomes(again)} == {"duplicate"}
    assert (Journey.objects.count(), ReadingLog.objects.count(), Book.objects.count()) == (journeys, logs, books)


def test_readings_of_one_book_share_it(alice: Reader) -> None:
    taken_in(alice, samples.STORYGRAPH)
    readings = Journey.objects.filter(reader=alice, book__title="Emma").order_by("ended_on")
    assert [each.ended_on for each in readings] == [date(2020, 2, 20), date(2023, 5, 6)]
    assert len({each.book_id for each in readings}) == 1
    assert readings[1].logs.get(version=0).emotions == ["joy", "love"]


def test_a_file_that_has_grown_brings_only_what_is_new(alice: Reader) -> None:
    taken_in(alice, samples.CLIPPINGS, "My Clippings.txt")
    more = samples.CLIPPINGS + (
        "Demian (Hesse, Hermann)\n- Your Highlight on page 99 | Location 1500-1501 | Added on Monday, March 11, 2024"
        " 8:00:00 AM\n\nA new one.\n==========\n"
    )
    again = taken_in(alice, more, "My Clippings.txt")
    assert outcomes(again)[0] == ("imported", "words_new")
    demian = Journey.objects.get(book__source="embedded", book__title_en="Demian")
    assert [log.quote for log in demian.logs.order_by("version")][-1] == "A new one."
    assert demian.logs.count() == 3


def test_a_highlight_drawn_longer_since_the_last_time_is_not_a_new_one(alice: Reader) -> None:
    shorter = samples.CLIPPINGS.split("==========")[0] + "==========\n"
    taken_in(alice, shorter, "My Clippings.txt")
    blocks = samples.CLIPPINGS.split("==========\n")
    again = taken_in(alice, "==========\n".join([blocks[0], *blocks[2:]]), "My Clippings.txt")
    assert outcomes(again)[0] == ("duplicate", "words_known")


def noted(*notes: str, on: str = "") -> str:
    """Clippings with one highlight and these notes on it, each as the device adds it; `on` is another highlight."""
    where = "Location 1390-1391 | Added on Saturday, March 9, 2024 10:00:00 PM"
    text = f"Emma (Jane Austen)\n- Your Highlight on page 9 | {where}\n\nIt was a wonder.\n==========\n"
    for note in notes:
        text += f"Emma (Jane Austen)\n- Your Note on page 9 | {where}\n\n{note}\n==========\n"
    if on:
        later = where.replace("1390-1391", "1500-1501")
        text += f"Emma (Jane Austen)\n- Your Highlight on page 20 | {later}\n\n{on}\n==========\n"
    return text


def said() -> list[tuple[str, str]]:
    logs = ReadingLog.objects.filter(version__gt=0).order_by("version")
    return list(logs.values_list("quote", "memo"))


def test_a_note_that_came_later_arrives_in_a_log_of_its_own(alice: Reader) -> None:
    taken_in(alice, noted(), "My Clippings.txt")
    edit_log(ReadingLog.objects.get(version=1), LogEntry(quote="It was a wonder.", memo="my own words"))
    for notes in (["love"], ["love", "and hate"]):
        again = taken_in(alice, noted(*notes), "My Clippings.txt")
        assert outcomes(again) == [("imported", "words_new")]
        assert outcomes(taken_in(alice, noted(*notes), "My Clippings.txt")) == [("duplicate", "words_known")]
    assert said() == [("It was a wonder.", "my own words"), ("", "love"), ("", "and hate")]
    assert ReadingLog.objects.get(version=2).page == 9


def test_a_note_that_came_later_goes_when_its_import_is_taken_back(alice: Reader) -> None:
    taken_in(alice, noted(), "My Clippings.txt")
    again = taken_in(alice, noted("love", "and hate"), "My Clippings.txt")
    assert said() == [("It was a wonder.", ""), ("", "love\n\nand hate")]
    undo(again)
    worked(again)
    assert said() == [("It was a wonder.", "")]


def test_a_note_that_its_reader_has_deleted_stays_away(alice: Reader) -> None:
    taken_in(alice, noted("love"), "My Clippings.txt")
    edit_log(ReadingLog.objects.get(version=1), LogEntry(quote="It was a wonder."))
    assert outcomes(taken_in(alice, noted("love"), "My Clippings.txt")) == [("duplicate", "words_known")]
    taken_in(alice, noted("love", "and hate"), "My Clippings.txt")
    delete_log(ReadingLog.objects.get(memo="and hate"))
    assert outcomes(taken_in(alice, noted("love", "and hate"), "My Clippings.txt")) == [("duplicate", "words_known")]
    assert said() == [("It was a wonder.", "")]


def test_a_note_is_known_though_nobody_remembers_its_import(alice: Reader) -> None:
    for notes in ([], ["love", "and hate"]):
        taken_in(alice, noted(*notes), "My Clippings.txt")
    Import.objects.all().delete()
    assert outcomes(taken_in(alice, noted("and hate", "love"), "My Clippings.txt")) == [("duplicate", "words_known")]


def test_a_note_and_a_quote_may_say_the_same(alice: Reader) -> None:
    taken_in(alice, noted(), "My Clippings.txt")
    taken_in(alice, noted(on="Love"), "My Clippings.txt")
    assert outcomes(taken_in(alice, noted("love", on="Love"), "My Clippings.txt")) == [("imported", "words_new")]
    assert said() == [("It was a wonder.", ""), ("Love", ""), ("", "love")]


def test_a_note_joins_a_quote_that_its_reader_has_typed_in(alice: Reader, journey: Journey) -> None:
    add_log(journey, LogEntry(quote="한 문장."))
    readwise = "Highlight,Book Title,Book Author,Amazon Book ID,Note\n한 문장.,데미안,헤르만 헤세,,좋다\n"
    assert outcomes(taken_in(alice, readwise)) == [("imported", "joins")]
    assert said() == [("한 문장.", ""), ("", "좋다")]


def test_a_quote_that_is_there_twice_in_a_file_keeps_the_note_of_either(alice: Reader) -> None:
    readwise = (
        "Highlight,Book Title,Book Author,Amazon Book ID,Note\nOne.,Emma,Jane Austen,,\nOne.,Emma,Jane Austen,,N\n"
    )
    taken_in(alice, readwise)
    assert said() == [("One.", ""), ("", "N")]
    assert outcomes(taken_in(alice, readwise)) == [("duplicate", "words_known")]


def test_a_quote_that_its_reader_has_deleted_stays_away(alice: Reader) -> None:
    taken_in(alice, samples.READWISE)
    delete_log(ReadingLog.objects.get(quote="Second one."))
    again = taken_in(alice, samples.READWISE)
    assert outcomes(again) == [("duplicate", "words_known")]


def test_kindle_and_readwise_bring_a_quote_once(alice: Reader) -> None:
    taken_in(alice, samples.CLIPPINGS_KOREAN, "My Clippings.txt")
    readwise = (
        "Highlight,Book Title,Book Author,Amazon Book ID,Note\n새는 알에서 나오려고 투쟁한다.,데미안,헤르만 헤세,,\n"
    )
    assert outcomes(taken_in(alice, readwise)) == [("duplicate", "words_known")]


def test_quotes_join_the_journey_that_is_there(alice: Reader, journey: Journey) -> None:
    record = taken_in(alice, samples.CLIPPINGS_KOREAN, "My Clippings.txt")
    assert outcomes(record) == [("imported", "joins")]
    assert record.rows.get().journey == journey
    log = journey.logs.order_by("version").last()
    assert log is not None
    assert (log.version, log.quote, log.memo, log.page) == (1, "새는 알에서 나오려고 투쟁한다.", "알은 세계다", 91)
    assert Journey.objects.count() == 1


def test_the_end_of_a_finished_journey_stays_its_end(alice: Reader) -> None:
    taken_in(alice, samples.READWISE)
    journey = Journey.objects.get()
    end = ReadingLog.objects.create(journey=journey, version=3, is_final=True, logged_on=date(2024, 4, 1))
    record = taken_in(alice, samples.READWISE.replace("Second one.", "Third one."))
    assert outcomes(record) == [("imported", "words_new")]
    end.refresh_from_db()
    assert end.version == 4
    assert journey.logs.get(version=3).quote == "Third one."


def test_an_isbn_finds_the_readers_own_book_under_another_title(alice: Reader) -> None:
    book = Book.objects.create(title="엠마", authors="제인 오스틴", isbn13="9780141439587", added_by=alice)
    record = taken_in(alice, samples.GOODREADS_OLD)
    assert record.rows.get().journey.book == book


def test_a_book_of_the_catalogue_is_taken_from_there(alice: Reader) -> None:
    taken_in(alice, table({**EMMA, "Title": "데미안", "Author": "헤르만 헤세"}))
    book = Journey.objects.get().book
    assert (book.source, book.added_by) == ("embedded", None)


def test_the_reader_sees_which_book_a_row_was_found_to_be(alice: Reader, as_alice: Client) -> None:
    record = brought(alice, table({**EMMA, "Title": "Demian", "Author": "Hermann Hesse"}))
    assert record.rows.get().data["match"] == "데미안 · 헤르만 헤세"
    assert "데미안 · 헤르만 헤세" in as_alice.get(f"/imports/{record.pk}").content.decode()


def test_a_book_that_another_reader_typed_in_is_not_found(alice: Reader, bob: Reader) -> None:
    theirs = Book.objects.create(title="Emma", authors="Jane Austen", isbn13="9780141439587", added_by=bob)
    taken_in(alice, samples.GOODREADS_OLD)
    assert Journey.objects.get(reader=alice).book != theirs


def test_the_same_title_by_somebody_else_is_another_book(alice: Reader) -> None:
    Book.objects.create(title="Emma", authors="Somebody Else", added_by=alice)
    record = taken_in(alice, table(EMMA))
    assert outcomes(record) == [("imported", "")]
    assert Journey.objects.get().book.authors == "Jane Austen"


def test_a_title_without_an_author_is_a_question(alice: Reader) -> None:
    mine = Book.objects.create(title="Emma", authors="Jane Austen", added_by=alice)
    record = brought(alice, table({**EMMA, "Author": ""}))
    assert outcomes(record) == [("choice", "title_only")]
    assert [each["value"] for each in record.rows.get().candidates] == [f"book:{mine.pk}"]
    assert choose(record, {1: f"book:{mine.pk}"}) == 1
    confirm(record)
    worked(record)
    assert Journey.objects.get().book == mine


def test_a_question_nobody_answers_is_left_out(alice: Reader) -> None:
    Book.objects.create(title="Emma", authors="Jane Austen", added_by=alice)
    record = taken_in(alice, table({**EMMA, "Author": ""}, {**EMMA, "Book Id": "2", "Title": "Persuasion"}))
    assert outcomes(record) == [("skipped", "not_chosen"), ("imported", "")]
    assert Journey.objects.count() == 1


def test_a_log_without_a_day_gets_the_last_one_that_is_known_of_the_reading(alice: Reader) -> None:
    table = "Highlight,Title,Author,Date\nOne.,Emma,Jane Austen,2020-02-01\nTwo.,Emma,Jane Austen,2020-02-20\n"
    taken_in(alice, f"{table}Undated.,Emma,Jane Austen,\n", "readwise.csv", status="finished")
    assert ReadingLog.objects.get(quote="Undated.").logged_on == date(2020, 2, 20)
    taken_in(alice, f"{table}Undated too.,Emma,Jane Austen,\n", "readwise.csv", status="finished")
    assert ReadingLog.objects.get(quote="Undated too.").logged_on == date(2020, 2, 20)


@pytest.mark.parametrize("authors", ["Jane Austen", ""])
def test_all_books_in_question_can_be_books_of_their_own(alice: Reader, authors: str) -> None:
    mine = Book.objects.create(title="Emma", authors=authors, added_by=alice)
    record = brought(alice, table({**EMMA, "Author": ""}))
    assert choose_new_for_all(record) == 1
    confirm(record)
    worked(record)
    assert Journey.objects.get().book != mine


def test_an_answer_that_was_not_offered_is_no_answer(alice: Reader, bob: Reader) -> None:
    Book.objects.create(title="Emma", authors="Jane Austen", added_by=alice)
    theirs = start_journey(reader=bob, book=Book.objects.create(title="x", added_by=bob))
    record = brought(alice, table({**EMMA, "Author": ""}))
    assert choose(record, {1: f"journey:{theirs.pk}", 2: "new"}) == 0
    assert choose(record, {1: f"book:{theirs.book_id}"}) == 0
    assert outcomes(record) == [("choice", "title_only")]


def test_a_row_can_be_left_out_and_taken_up_again(alice: Reader) -> None:
    Book.objects.create(title="Emma", authors="Jane Austen", added_by=alice)
    record = brought(alice, table({**EMMA, "Author": ""}))
    choose(record, {1: "skip"})
    assert outcomes(record) == [("skipped", "your_choice")]


def test_a_journey_that_has_gone_on_elsewhere_goes_on_when_the_reader_says_so(alice: Reader) -> None:
    wanted = {**EMMA, "Exclusive Shelf": "to-read", "Date Read": ""}
    taken_in(alice, table(wanted))
    journey = Journey.objects.get()
    assert journey.status == "want"
    record = brought(alice, table(EMMA))
    assert outcomes(record) == [("choice", "changed")]
    choose(record, {1: f"journey:{journey.pk}"})
    confirm(record)
    worked(record)
    journey.refresh_from_db()
    assert (journey.status, journey.ended_on) == ("finished", date(2020, 2, 20))
    assert journey.logs.count() == 1
    assert Journey.objects.count() == 1


def test_a_later_reading_is_another_journey(alice: Reader) -> None:
    taken_in(alice, table(EMMA))
    record = taken_in(alice, table({**EMMA, "Date Read": "2023/05/06"}))
    assert outcomes(record) == [("imported", "another_reading")]
    assert Journey.objects.count() == 2
    assert Book.objects.count() == 1
    assert {outcome for outcome, _ in outcomes(taken_in(alice, table({**EMMA, "Date Read": "2023/05/06"})))} == {
        "duplicate"
    }


def test_a_row_that_is_there_twice_is_taken_once(alice: Reader) -> None:
    record = taken_in(alice, table(EMMA, EMMA))
    assert outcomes(record) == [("imported", ""), ("duplicate", "twice_in_file")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"Title": "", "Author": "Nobody", "Exclusive Shelf": "read"}, "title_missing"),
        ({"Title": "", "ISBN13": "9780141439587", "Exclusive Shelf": "read"}, "isbn_unknown"),
        ({"Title": "x" * 301, "Exclusive Shelf": "read"}, "title_too_long"),
    ],
)
def test_a_row_that_cannot_be_taken_in_says_why(alice: Reader, row: dict[str, str], reason: str) -> None:
    record = taken_in(alice, table(row, EMMA))
    assert outcomes(record) == [("failed", reason), ("imported", "")]


def test_a_number_that_nobody_knows_is_shown_for_a_title(alice: Reader) -> None:
    record = taken_in(alice, "9780141439587\n9788937460449\n")
    assert outcomes(record) == [("failed", "isbn_unknown"), ("imported", "")]
    assert [row.title for row in record.rows.order_by("number")] == ["9780141439587", "9788937460449"]


def test_a_number_that_is_there_twice_is_wanted_once(alice: Reader) -> None:
    Book.objects.create(title="데미안", isbn13="9788937460449", added_by=alice)
    record = taken_in(alice, "9788937460449\n9788937460449\n")
    assert outcomes(record) == [("imported", ""), ("duplicate", "twice_in_file")]


def test_a_journey_is_there_since_the_day_it_came_onto_the_shelf(alice: Reader) -> None:
    taken_in(alice, samples.GOODREADS_NEW)
    made = Journey.objects.get(book__title_en="Demian").created_at
    assert made.astimezone(zoneinfo.ZoneInfo(alice.time_zone)).date() == date(2024, 1, 2)
    taken_in(alice, samples.GOODREADS_OLD.replace("2019/01/01", "2999/01/01"))
    assert Journey.objects.get(book__title="Emma").created_at <= timezone.now()


def test_a_day_that_could_not_be_read_is_said_before_and_after(alice: Reader, as_alice: Client) -> None:
    record = brought(alice, table({**EMMA, "Exclusive Shelf": "omas", "Date Read": "2021/02/30"}))
    Reader.objects.update(language="en")
    assert "a date could not be read" in as_alice.get(f"/imports/{record.pk}").content.decode()
    confirm(record)
    worked(record)
    assert (Journey.objects.get().status, Journey.objects.get().ended_on) == ("finished", None)
    assert "a date could not be read" in as_alice.get(f"/imports/{record.pk}").content.decode()


def test_books_without_a_status_are_what_the_reader_says(alice: Reader) -> None:
    taken_in(alice, samples.CALIBRE, status="want")
    assert set(Journey.objects.values_list("status", flat=True)) == {"want"}


def test_quotes_make_a_wanted_book_one_that_is_being_read(alice: Reader) -> None:
    taken_in(alice, samples.READWISE, status="want")
    assert Journey.objects.get().status == "reading"


def test_tags_of_other_case_are_one(alice: Reader) -> None:
    Tag.objects.create(reader=alice, name="Classics")
    taken_in(alice, samples.STORYGRAPH)
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Classics", "england", "owned"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "not_text"),
        (b"hello\n", "unknown_format"),
        (b"PK\x03\x04nothing", "archive_broken"),
        (b"   ", "empty"),
    ],
)
def test_a_refused_file_leaves_nothing_but_its_reason(alice: Reader, data: bytes, code: str) -> None:
    record = brought(alice, data)
    assert (record.state, record.error_code, record.file.name) == (ImportState.FAILED, code, "")
    assert not record.rows.exists()


def test_a_parser_taken_by_surprise_refuses_the_file(alice: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def surprise(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(job, "parse_file", surprise)
    assert brought(alice, table(EMMA)).error_code == "not_understood"


def test_a_file_that_takes_its_worker_with_it_is_given_up(alice: Reader) -> None:
    record = begin_import(reader=alice, file=SimpleUploadedFile("a.csv", table(EMMA).encode()), name="a.csv")
    for _try in range(job.TRIES):
        Import.objects.filter(pk=record.pk).update(due_at=Now())
        assert job.claim(record.pk)  # and its worker is never heard of again
    assert worked(record).error_code == "worker_lost"


def test_too_large_a_file_is_refused_at_once(alice: Reader, settings: Any) -> None:
    settings.IMPORT_MAX_MB = 0
    with pytest.raises(Refused):
        begin_import(reader=alice, file=SimpleUploadedFile("a.csv", b"x"), name="a.csv")
    assert not Import.objects.exists()


def test_a_file_that_is_gone_is_said_to_be_gone(alice: Reader) -> None:
    record = begin_import(reader=alice, file=SimpleUploadedFile("a.csv", b"x,y\n1,2\n"), name="a.csv")
    default_storage.delete(str(record.file.name))
    assert worked(record).error_code == "file_gone"


def test_a_reader_cannot_heap_files_up(alice: Reader) -> None:
    for _number in range(10):
        brought(alice, table(EMMA))
    with pytest.raises(TooManyImports):
        brought(alice, table(EMMA))


def test_a_name_with_folders_is_shown_without_them(alice: Reader) -> None:
    file = SimpleUploadedFile("a.csv", b"x,y\n1,2\n")
    assert begin_import(reader=alice, file=file, name="C:\\me\\..\\책\u202e.csv").file_name == "책.csv"


def test_the_file_goes_when_everything_is_taken_in(alice: Reader) -> None:
    taken_in(alice, table(EMMA))
    assert list(audio_storage().listing("imports")) == []


def test_deleting_an_import_deletes_its_file_and_no_journey(
    alice: Reader, django_capture_on_commit_callbacks: Any
) -> None:
    taken_in(alice, table(EMMA))
    record = brought(alice, table(EMMA))
    with django_capture_on_commit_callbacks(execute=True):
        delete_import(record)
    assert list(audio_storage().listing("imports")) == []
    assert Journey.objects.count() == 1


def test_an_import_that_is_being_taken_in_cannot_be_deleted(alice: Reader) -> None:
    record = brought(alice, table(EMMA))
    confirm(record)
    with pytest.raises(NotNow):
        delete_import(record)


def test_deleting_the_account_deletes_the_file(alice: Reader, django_capture_on_commit_callbacks: Any) -> None:
    brought(alice, table(EMMA))
    with django_capture_on_commit_callbacks(execute=True):
        delete_reader(alice)
    assert list(audio_storage().listing("imports")) == []
    assert not Import.objects.exists()


def test_what_nobody_confirmed_is_forgotten_after_a_while(
    alice: Reader, django_capture_on_commit_callbacks: Any
) -> None:
    old, fresh = brought(alice, table(EMMA)), brought(alice, table(EMMA))
    Import.objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(days=15))
    with django_capture_on_commit_callbacks(execute=True):
        assert tidy_imports() == 1
    assert list(Import.objects.all()) == [fresh]
    assert len(list(audio_storage().listing("imports"))) == 1


@pytest.mark.parametrize("answer", [lambda record: choose(record, {1: "skip"}), choose_new_for_all])
def test_the_days_of_a_preview_count_from_the_last_answer(alice: Reader, answer: Any) -> None:
    record = brought(alice, table(EMMA))
    Import.objects.update(updated_at=timezone.now() - timedelta(days=15))
    answer(record)
    assert tidy_imports() == 0


def test_an_import_can_be_taken_back(alice: Reader) -> None:
    record = taken_in(alice, samples.GOODREADS_NEW)
    undo(record)
    worked(record)
    assert {reason for _outcome, reason in outcomes(record)} == {"undone"}
    assert not Journey.objects.exists()
    assert not Book.objects.filter(source="manual").exists()


def test_what_was_worked_on_since_stays_when_an_import_is_taken_back(alice: Reader) -> None:
    record = taken_in(alice, table({**EMMA, "Exclusive Shelf": "currently-reading"}, {**EMMA, "Book Id": "2"}))
    reading = Journey.objects.get(status="reading")
    add_log(reading, LogEntry(memo="my own"))
    undo(record)
    worked(record)
    assert list(Journey.objects.all()) == [reading]
    assert outcomes(record) == [("imported", "touched"), ("skipped", "undone")]


def test_words_that_were_added_are_taken_back_and_the_journey_stays(alice: Reader, journey: Journey) -> None:
    record = taken_in(alice, samples.CLIPPINGS_KOREAN, "My Clippings.txt")
    undo(record)
    worked(record)
    assert list(journey.logs.values_list("version", flat=True)) == [0]


def test_what_was_taken_back_can_be_taken_in_again(alice: Reader) -> None:
    record = taken_in(alice, table(EMMA))
    undo(record)
    worked(record)
    assert outcomes(taken_in(alice, table(EMMA))) == [("imported", "")]


def test_an_added_quote_that_was_edited_since_stays_when_the_import_is_taken_back(
    alice: Reader, journey: Journey
) -> None:
    record = taken_in(alice, samples.CLIPPINGS_KOREAN, "My Clippings.txt")
    log = journey.logs.exclude(import_key="").get()
    edit_log(log, LogEntry(quote=log.quote, memo="and what I thought of it"))
    undo(record)
    worked(record)
    assert journey.logs.get(pk=log.pk).memo == "and what I thought of it"
    assert outcomes(record) == [("imported", "touched")]


def test_the_file_of_a_refused_import_is_removed(alice: Reader, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert brought(alice, b"hello\n").state == ImportState.FAILED
    assert list(audio_storage().listing("imports")) == []


def test_where_there_is_no_room_no_file_is_taken(alice: Reader, settings: Any) -> None:
    settings.MUSIC_MIN_FREE_MB = 10**9
    with pytest.raises(Refused) as refused:
        begin_import(reader=alice, file=SimpleUploadedFile("a.csv", b"x,y\n1,2\n"), name="a.csv")
    assert refused.value.code == "storage_failed"
    assert list(audio_storage().listing("imports")) == []


def test_one_that_is_confirmed_at_the_last_moment_does_not_keep_others_from_being_forgotten(
    alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = brought(alice, table(EMMA)), brought(alice, table(EMMA))
    Import.objects.filter(pk=first.pk).update(updated_at=timezone.now() - timedelta(days=900))
    Import.objects.filter(pk=second.pk).update(updated_at=timezone.now() - timedelta(days=800))
    real = services.delete_import

    def late(record: Import) -> None:
        if record.pk == first.pk:
            confirm(record)
        real(record)

    monkeypatch.setattr(services, "delete_import", late)
    assert tidy_imports() == 1
    assert list(Import.objects.all()) == [first]
