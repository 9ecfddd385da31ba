"""The preview of an import: what would be written is seen, what is chosen is kept, and nothing open is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from journeys.importing.services import choose, confirm, reopen, tidy_imports
from journeys.models import Book, Import, Journey, Reader, ReadingLog
from journeys.services import LogEntry, add_log
from tests.db.transfers import brought, exported, outcomes, table, taken_in, worked
from tests.pure.importing import samples

pytestmark = pytest.mark.django_db

EMMA = {"Book Id": "1", "Title": "Emma", "Author": "Jane Austen", "Exclusive Shelf": "read", "Date Read": "2020/02/20"}
OPEN = {**EMMA, "Author": ""}
OWN_TABLE = "이름,누가,점수\n데미안,헤르만 헤세,9\n"


@pytest.fixture
def emma(alice: Reader) -> Book:
    return Book.objects.create(title="Emma", authors="Jane Austen", added_by=alice)


def looked_at(client: Client, record: Import, query: str = "") -> str:
    return client.get(f"/imports/{record.pk}{query}").content.decode()


def place(page: str, label: str) -> str:
    """Where the button with this text leads."""
    found = re.search(rf'name="to" value="([^"]*)">{label}</button>', page)
    assert found, label
    return found.group(1).replace("&amp;", "&")


# Choices


def test_what_is_chosen_on_the_page_is_imported_with_the_rest(as_alice: Client, alice: Reader, emma: Book) -> None:
    record = brought(alice, table(OPEN, {**EMMA, "Book Id": "2", "Title": "Persuasion"}))
    answer = as_alice.post(f"/imports/{record.pk}/confirm", {"row-1": f"book:{emma.pk}"})
    assert answer["Location"] == f"/imports/{record.pk}"
    worked(record)
    assert [outcome for outcome, _reason in outcomes(record)] == ["imported", "imported"]
    assert record.rows.get(number=1).journey.book == emma


def test_every_button_of_the_preview_is_of_one_form(as_alice: Client, alice: Reader, emma: Book) -> None:
    page = looked_at(as_alice, brought(alice, table(OPEN, {**EMMA, "Book Id": "2", "Title": "Persuasion"})))
    form = page[page.index('<form class="stack"') : page.index("</form>", page.index('<form class="stack"'))]
    assert 'name="row-1"' in form
    assert 'name="row-2"' in form
    assert "/confirm" in form
    # The first is what Enter presses: it says nothing, so that the page comes back which is there.
    first = form[form.index("<button") : form.index("</button>")]
    assert 'type="submit"' in first
    assert "name=" not in first
    assert "?show=" not in page  # a link would leave what is chosen behind


def test_questions_left_open_are_told_before_anything_is_imported(as_alice: Client, alice: Reader, emma: Book) -> None:
    record = brought(alice, table(OPEN, {**EMMA, "Book Id": "2", "Title": "Persuasion"}))
    asked = as_alice.post(f"/imports/{record.pk}/confirm")
    assert asked["Location"] == f"/imports/{record.pk}/confirm"
    record.refresh_from_db()
    assert record.state == "ready"
    page = as_alice.get(asked["Location"])
    assert (page.context["new_count"], page.context["choice_count"]) == (1, 1)
    as_alice.post(asked["Location"], {"anyway": "1"})
    worked(record)
    assert outcomes(record) == [("skipped", "not_chosen"), ("imported", "")]


def test_what_was_left_open_is_answered_later(as_alice: Client, alice: Reader, emma: Book) -> None:
    record = taken_in(alice, table(OPEN, {**EMMA, "Book Id": "2", "Title": "Persuasion"}))
    assert f'action="/imports/{record.pk}/reopen"' in looked_at(as_alice, record)
    assert as_alice.post(f"/imports/{record.pk}/reopen").status_code == 303
    assert f'value="book:{emma.pk}"' in looked_at(as_alice, record)
    as_alice.post(f"/imports/{record.pk}/confirm", {"row-1": f"book:{emma.pk}"})
    worked(record)
    assert (record.state, outcomes(record)) == ("done", [("imported", "your_choice"), ("imported", "")])
    assert "/reopen" not in looked_at(as_alice, record)


def test_answering_later_works_over_the_api(alice_api: APIClient, alice: Reader, emma: Book) -> None:
    record = taken_in(alice, table(OPEN))
    answer = alice_api.post(f"/api/imports/{record.pk}/reopen")
    assert (answer.status_code, answer.json()["state"], answer.json()["counts"]["choice"]) == (202, "ready", 1)
    assert alice_api.post(f"/api/imports/{record.pk}/reopen").status_code == 409


def test_only_what_nobody_has_answered_is_asked_again(alice: Reader, emma: Book) -> None:
    record = brought(alice, table(OPEN, {**EMMA, "Book Id": "2", "Title": "Persuasion"}))
    choose(record, {2: "skip"})
    confirm(record)
    worked(record)
    reopen(record)
    assert outcomes(record) == [("choice", "not_chosen"), ("skipped", "your_choice")]


def test_what_was_opened_again_and_forgotten_is_closed_and_not_deleted(alice: Reader, emma: Book) -> None:
    record = taken_in(alice, table(OPEN, {**EMMA, "Book Id": "2", "Title": "Persuasion"}))
    reopen(record)
    choose(record, {1: "new"})
    Import.objects.update(updated_at=timezone.now() - timedelta(days=99))
    assert tidy_imports() == 0
    record.refresh_from_db()
    assert (record.state, outcomes(record)) == ("done", [("skipped", "not_chosen"), ("imported", "")])


def test_an_archive_is_kept_for_what_may_still_be_answered(alice: Reader, journey: Journey) -> None:
    Journey.objects.update(status="finished")
    archive = exported(alice)
    Journey.objects.update(status="reading")
    record = taken_in(alice, archive, "all.zip")
    assert ("skipped", "not_chosen") in outcomes(record)
    assert default_storage.exists(str(record.file.name))
    Import.objects.update(updated_at=timezone.now() - timedelta(days=99))
    tidy_imports()
    assert Import.objects.get().file.name == ""
    assert not default_storage.exists(str(record.file.name))


def test_paging_on_saves_what_is_chosen_and_passes_no_question_over(as_alice: Client, alice: Reader) -> None:
    rows = []
    for number in range(1, 71):
        Book.objects.create(title=f"Emma {number}", authors="Jane Austen", added_by=alice)
        rows.append({**OPEN, "Book Id": str(number), "Title": f"Emma {number}"})
    record = brought(alice, table(*rows))
    first = looked_at(as_alice, record)
    answers = {f"row-{number}": "new" for number in range(1, 31)}
    answer = as_alice.post(f"/imports/{record.pk}/choices", {**answers, "to": place(first, "다음")})
    assert record.rows.filter(outcome="new").count() == 30
    # Rows 31 to 50 are still open, so that 51 to 70 stand behind them on the first page.
    lines = as_alice.get(answer["Location"]).context["lines"]
    assert {line.row.number for line in lines} >= set(range(51, 71))


def test_a_filter_of_the_preview_saves_what_is_chosen(as_alice: Client, alice: Reader, emma: Book) -> None:
    record = brought(alice, table(OPEN, {**EMMA, "Book Id": "2", "Title": "Persuasion"}))
    answer = as_alice.post(f"/imports/{record.pk}/choices", {"row-1": "new", "to": "show=new"})
    assert answer["Location"] == f"/imports/{record.pk}?show=new"
    assert record.rows.get(number=1).choice == "new"


def test_a_place_of_no_kind_leads_to_the_import(as_alice: Client, alice: Reader) -> None:
    record = brought(alice, table(EMMA))
    for place_ in ("//example.org", "show=odd&after=9-9", "after=1-99999999999999", "page=-1&show=new&x=y"):
        answer = as_alice.post(f"/imports/{record.pk}/choices", {"to": place_})
        assert answer["Location"].startswith(f"/imports/{record.pk}")
        assert as_alice.get(answer["Location"]).status_code == 200


def test_the_status_chosen_for_silent_books_is_kept_until_the_import(as_alice: Client, alice: Reader) -> None:
    record = brought(alice, samples.CALIBRE)
    as_alice.post(f"/imports/{record.pk}/choices", {"status": "reading"})
    assert re.search(r'value="reading"[^>]*checked', looked_at(as_alice, record))
    confirm(Import.objects.get())
    worked(record)
    assert set(Journey.objects.values_list("status", flat=True)) == {"reading"}


@pytest.mark.parametrize(
    ("kept", "sent", "status"), [("", "", "want"), ("reading", "", "reading"), ("reading", "finished", "finished")]
)
def test_over_the_api_silent_books_are_what_was_said_before_or_what_is_usual(
    alice_api: APIClient, alice: Reader, kept: str, sent: str, status: str
) -> None:
    record = brought(alice, samples.CALIBRE)
    choose(record, {}, status=kept)
    assert alice_api.post(f"/api/imports/{record.pk}/confirm", {"status": sent} if sent else {}).status_code == 202
    worked(record)
    assert set(Journey.objects.values_list("status", flat=True)) == {status}


def test_without_an_answer_a_page_takes_silent_books_for_what_is_usual(as_alice: Client, alice: Reader) -> None:
    record = brought(alice, samples.CALIBRE)
    as_alice.post(f"/imports/{record.pk}/confirm")
    worked(record)
    assert set(Journey.objects.values_list("status", flat=True)) == {"want"}


# New rows


def test_a_new_row_can_be_left_out_and_taken_up_again(as_alice: Client, alice: Reader) -> None:
    record = brought(alice, table(EMMA))
    page = looked_at(as_alice, record)
    assert re.search(r'type="checkbox" name="row-1" value="skip"', page)
    as_alice.post(f"/imports/{record.pk}/choices", {"row-1": ["new", "skip"]})
    assert outcomes(record) == [("skipped", "your_choice")]
    as_alice.post(f"/imports/{record.pk}/choices", {"row-1": "new"})
    assert outcomes(record) == [("new", "")]


def test_a_row_that_was_found_to_be_a_book_can_be_another(as_alice: Client, alice: Reader) -> None:
    record = brought(alice, table({**EMMA, "Title": "Demian", "Author": "Hermann Hesse"}))
    row = record.rows.get()
    page = looked_at(as_alice, record)
    assert re.search(rf'value="{row.choice}" checked', page)
    as_alice.post(f"/imports/{record.pk}/confirm", {"row-1": "new"})
    worked(record)
    assert Journey.objects.get().book.source == "manual"


def test_what_is_sent_along_unchanged_keeps_its_reason(as_alice: Client, alice: Reader, journey: Journey) -> None:
    record = brought(alice, samples.CLIPPINGS_KOREAN, "My Clippings.txt")
    before = outcomes(record)
    assert before == [("new", "joins")]
    choice = record.rows.get().choice
    assert choose(record, {1: choice}) == 0
    assert (choose(record, {1: "skip"}), choose(record, {1: choice})) == (1, 1)
    assert outcomes(record) == before


def test_a_journey_that_goes_on_goes_on_though_it_was_left_out_for_a_while(alice: Reader) -> None:
    taken_in(alice, table({**EMMA, "Exclusive Shelf": "to-read", "Date Read": ""}))
    journey = Journey.objects.get()
    record = brought(alice, table(EMMA))
    choose(record, {1: "skip"})
    choose(record, {1: f"journey:{journey.pk}"})
    confirm(record)
    worked(record)
    journey.refresh_from_db()
    assert journey.status == "finished"


# What is shown


def test_the_preview_shows_what_would_be_written(as_alice: Client, alice: Reader) -> None:
    Reader.objects.update(language="en")
    rated = {**EMMA, "My Rating": "4", "My Review": "A walk to Box Hill.<br/>And back.", "ISBN13": "9780141439587"}
    page = looked_at(as_alice, brought(alice, table(rated)))
    for text in ("4 stars", "A walk to Box Hill.", "ISBN 9780141439587", "2020-02-20"):
        assert text in page
    assert "And back." not in page


def test_the_preview_shows_the_first_words_and_how_many_more_there_are(as_alice: Client, alice: Reader) -> None:
    Reader.objects.update(language="en")
    quotes = "".join(f"Quote {number},Emma,Jane Austen,,,,,,,\n" for number in range(1, 6))
    page = looked_at(as_alice, brought(alice, samples.READWISE.splitlines()[0] + "\n" + quotes))
    assert "Quote 3" in page
    assert "Quote 4" not in page
    assert "and 2 more" in page


@pytest.mark.parametrize(("language", "text"), [("ko", "데미안 · 헤르만 헤세"), ("en", "Demian · Hermann Hesse")])
def test_books_are_named_in_the_readers_language(as_alice: Client, alice: Reader, language: str, text: str) -> None:
    Reader.objects.update(language=language)
    sure = {**EMMA, "Title": "Demian", "Author": "Hermann Hesse"}
    page = looked_at(as_alice, brought(alice, table(sure, {**sure, "Book Id": "2", "Author": ""})))
    assert page.count(text) == 3  # what it was found to be, and a candidate of each row


def test_questions_stand_first_then_what_is_new(as_alice: Client, alice: Reader, emma: Book) -> None:
    record = brought(alice, table({"Author": "Nobody"}, {**EMMA, "Title": "Persuasion"}, {**OPEN, "Book Id": "3"}))
    lines = as_alice.get(f"/imports/{record.pk}").context["lines"]
    assert [line.row.outcome for line in lines] == ["choice", "new", "failed"]


def test_a_long_preview_asks_the_database_no_more_than_a_short_one(as_alice: Client, alice: Reader) -> None:
    def asked(rows: int) -> int:
        numbered = ({**EMMA, "Book Id": str(number), "Title": f"E {rows} {number}"} for number in range(rows))
        record = brought(alice, table(*numbered))
        looked_at(as_alice, record)
        with CaptureQueriesContext(connection) as queries:
            looked_at(as_alice, record)
        return len(queries)

    assert asked(120) == asked(60)


# Columns again


def test_the_columns_can_be_set_again(as_alice: Client, alice: Reader) -> None:
    record = brought(alice, OWN_TABLE)
    address = f"/imports/{record.pk}/columns"
    wrong = {"field_title": "누가", "field_rating": "점수", "dates": "ymd", "out_of": "100"}
    for _time in range(4):  # more often than a file may be tried
        assert as_alice.post(address, wrong).status_code == 303
        worked(record)
        assert (record.state, record.rows.get().title) == ("ready", "헤르만 헤세")
    assert address in looked_at(as_alice, record)
    form = as_alice.get(address).content.decode()
    assert re.search(r'value="100" selected', form)
    assert as_alice.post(address, {"dates": "ymd", "out_of": "10"}).status_code == 422
    assert record.rows.exists()
    as_alice.post(address, {**wrong, "field_title": "이름", "field_authors": "누가", "out_of": "10"})
    worked(record)
    row = record.rows.get()
    assert (row.title, row.authors, row.data["rating"]) == ("데미안", "헤르만 헤세", 18)


def test_the_columns_can_be_set_again_over_the_api(alice_api: APIClient, alice: Reader) -> None:
    record = brought(alice, OWN_TABLE)
    address = f"/api/imports/{record.pk}"
    for title in ("누가", "이름"):
        answer = alice_api.post(f"{address}/columns", {"meaning": {"title": title}}, format="json")
        assert (answer.status_code, answer.json()["state"]) == (202, "uploaded")
        worked(record)
    assert alice_api.get(f"{address}/rows").json()["results"][0]["title"] == "데미안"
    confirm(record)
    assert alice_api.post(f"{address}/columns", {"meaning": {"title": "누가"}}, format="json").status_code == 409


def test_a_table_that_we_know_has_no_columns_to_set(as_alice: Client, alice: Reader) -> None:
    record = brought(alice, table(EMMA))
    assert "/columns" not in looked_at(as_alice, record)
    assert as_alice.get(f"/imports/{record.pk}/columns")["Location"] == f"/imports/{record.pk}"


# Taking back


def test_taking_an_import_back_is_asked_first(as_alice: Client, alice: Reader, journey: Journey) -> None:
    record = taken_in(alice, table({**EMMA, "Exclusive Shelf": "currently-reading"}, {**EMMA, "Book Id": "2"}))
    add_log(Journey.objects.get(book__title="Emma", status="reading"), LogEntry(memo="my own"))
    page = as_alice.get(f"/imports/{record.pk}/undo")
    takes = page.context["takes"]
    journeys, logs = Journey.objects.count(), ReadingLog.objects.count()
    as_alice.post(f"/imports/{record.pk}/undo")
    worked(record)
    assert (takes.journeys, takes.kept) == (journeys - Journey.objects.count(), 1)
    assert takes.logs == logs - ReadingLog.objects.count()


def test_words_that_were_added_are_counted_before_they_are_taken_back(
    as_alice: Client, alice: Reader, journey: Journey
) -> None:
    record = taken_in(alice, samples.CLIPPINGS_KOREAN, "My Clippings.txt")
    takes = as_alice.get(f"/imports/{record.pk}/undo").context["takes"]
    assert (takes.journeys, takes.words) == (0, 1)
    assert f'href="/imports/{record.pk}/undo"' in looked_at(as_alice, record)


# Nothing left to take in


def test_what_was_left_out_is_not_called_old(as_alice: Client, alice: Reader, emma: Book) -> None:
    Reader.objects.update(language="en")
    record = brought(alice, table(OPEN, {**EMMA, "Book Id": "2", "Title": "Persuasion"}))
    choose(record, {1: "skip", 2: "skip"})
    page = looked_at(as_alice, record)
    assert "There is nothing new" not in page
    assert "You have left everything out." in page
    assert f'formaction="/imports/{record.pk}/confirm"' in page  # the way on
    Import.objects.all().delete()
    record = taken_in(alice, table(OPEN, {**EMMA, "Book Id": "2", "Title": "Persuasion"}))
    reopen(record)
    choose(record, {1: "skip"})
    page = looked_at(as_alice, record)
    assert "There is nothing new" not in page
    assert "You have left out everything else." in page
    old = looked_at(as_alice, brought(alice, table({**EMMA, "Book Id": "2", "Title": "Persuasion"})))
    assert "There is nothing new in this file." in old
    assert "/confirm" not in old


# How many may lie about


@pytest.mark.parametrize("data", [OWN_TABLE, samples.READWISE])
def test_imports_with_nothing_to_take_in_keep_no_other_out(
    alice: Reader, data: str, django_capture_on_commit_callbacks: Any
) -> None:
    taken_in(alice, samples.READWISE)
    idle = []
    with django_capture_on_commit_callbacks(execute=True):
        for _number in range(12):
            idle.append(brought(alice, data))
    assert brought(alice, table(EMMA)).state == "ready"
    # Nor can they be heaped up: the oldest give way.
    left = Import.objects.exclude(state="done").exclude(rows__outcome="new")
    assert set(left) == set(idle[-10:])


def test_one_that_was_opened_again_gives_way_to_no_other(alice: Reader, emma: Book) -> None:
    opened = taken_in(alice, table(OPEN, {**EMMA, "Book Id": "2", "Title": "Persuasion"}))
    reopen(opened)
    choose(opened, {1: "skip"})
    Import.objects.update(updated_at=timezone.now() - timedelta(days=1))
    for _number in range(11):
        brought(alice, OWN_TABLE)
    assert Import.objects.filter(pk=opened.pk).exists()
