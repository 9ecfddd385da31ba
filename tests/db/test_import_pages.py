"""Imports and exports as pages, and over HTTP: what is asked, what is answered, whose it is."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from journeys.importing.services import choose, confirm
from journeys.models import Book, Export, Import, Journey, Reader
from music.models import MusicTrack
from tests.db.transfers import brought, exported, table, taken_in, worked
from tests.pure.importing import samples

pytestmark = pytest.mark.django_db

EMMA = {"Book Id": "1", "Title": "Emma", "Author": "Jane Austen", "Exclusive Shelf": "read", "Date Read": "2020/02/20"}


def sent(client: Client, data: bytes, name: str = "books.csv") -> Any:
    return client.post("/imports", {"file": SimpleUploadedFile(name, data)})


def test_the_whole_way_over_pages(as_alice: Client) -> None:
    answer = sent(as_alice, samples.CLIPPINGS_KOREAN.encode(), "My Clippings.txt")
    assert answer.status_code == 303
    page = answer["Location"]
    record = Import.objects.get()
    waiting = as_alice.get(page).content.decode()
    assert "data-transfer" in waiting
    assert '<meta http-equiv="refresh"' in waiting
    worked(record)
    preview = as_alice.get(page).content.decode()
    assert "데미안" in preview
    assert "data-transfer=" not in preview
    assert as_alice.post(f"{page}/confirm", {"status": "reading"}).status_code == 303
    worked(record)
    done = as_alice.get(page).content.decode()
    assert Journey.objects.get().get_absolute_url() in done
    assert Journey.objects.get().status == "reading"
    assert f'action="{page}/music"' in done
    assert as_alice.post(f"{page}/music").status_code == 303
    worked(record)
    assert MusicTrack.objects.count() == 1
    assert f'action="{page}/music"' not in as_alice.get(page).content.decode()


@pytest.mark.parametrize(
    "data", [samples.GOODREADS_NEW, samples.STORYGRAPH, samples.READWISE, samples.CALIBRE, samples.CLIPPINGS]
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_state_has_its_page(as_alice: Client, alice: Reader, data: str, language: str) -> None:
    Reader.objects.update(language=language)
    Book.objects.create(title="Persuasion", authors="Jane Austen", added_by=alice)
    record = brought(alice, data)
    for _step in ("ready", "importing", "done"):
        assert as_alice.get(f"/imports/{record.pk}").status_code == 200
        confirm(record) if record.state == "ready" else worked(record)
    for shown in ("all", "imported", "failed", "nonsense"):
        assert as_alice.get(f"/imports/{record.pk}?show={shown}&page=99").status_code == 200
    assert as_alice.get("/imports").status_code == 200


@pytest.mark.parametrize(("data", "words"), [(b"", "비어"), (b"   ", "")])
def test_an_empty_file_is_refused_with_a_reason(as_alice: Client, data: bytes, words: str) -> None:
    answer = sent(as_alice, data)
    if answer.status_code == 303:  # what is only blank is found out by the worker
        record = worked(Import.objects.get())
        answer = as_alice.get(f"/imports/{record.pk}")
        assert 'role="alert"' in answer.content.decode()
    else:
        assert answer.status_code == 422
        assert not Import.objects.exists()


def test_no_file_is_no_import(as_alice: Client) -> None:
    assert as_alice.post("/imports", {}).status_code == 422


def test_a_table_of_no_known_kind_asks_what_its_columns_mean(as_alice: Client, alice: Reader) -> None:
    record = brought(alice, "이름,누가,점수\n데미안,헤르만 헤세,9\n<script>alert(1)</script>,나,3\n")
    page = as_alice.get(f"/imports/{record.pk}").content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    refused = as_alice.post(f"/imports/{record.pk}/columns", {"dates": "ymd", "out_of": "10"})
    assert refused.status_code == 422
    answer = as_alice.post(
        f"/imports/{record.pk}/columns",
        {"field_title": "이름", "field_authors": "누가", "field_rating": "점수", "dates": "ymd", "out_of": "10"},
    )
    assert answer.status_code == 303
    worked(record)
    confirm(record)
    worked(record)
    assert Journey.objects.get(book__title="데미안").rating == 18


def test_choices_are_made_on_the_page(as_alice: Client, alice: Reader) -> None:
    mine = Book.objects.create(title="Emma", authors="Jane Austen", added_by=alice)
    record = brought(alice, table({**EMMA, "Author": ""}))
    page = as_alice.get(f"/imports/{record.pk}").content.decode()
    assert f'value="book:{mine.pk}"' in page
    as_alice.post(f"/imports/{record.pk}/choices", {"row-1": f"book:{mine.pk}", "row-x": "new", "row-99": "new"})
    assert record.rows.get().choice == f"book:{mine.pk}"
    as_alice.post(f"/imports/{record.pk}/choices", {"row-1": "skip"})
    assert record.rows.get().outcome == "skipped"


def test_what_is_not_possible_now_is_said(as_alice: Client, alice: Reader) -> None:
    record = taken_in(alice, table(EMMA))
    for action in ("music/stop", "choices", "columns"):
        assert as_alice.post(f"/imports/{record.pk}/{action}", {"all": "new"}).status_code == 303
    record.refresh_from_db()
    assert record.state == "done"


def test_an_import_is_its_readers_own(as_alice: Client, alice_api: APIClient, bob: Reader) -> None:
    theirs = brought(bob, table(EMMA))
    assert as_alice.get(f"/imports/{theirs.pk}").status_code == 404
    for action in ("columns", "choices", "confirm", "reopen", "music", "music/stop", "undo", "delete"):
        assert as_alice.post(f"/imports/{theirs.pk}/{action}").status_code == 404
    for page in ("columns", "confirm", "undo"):
        assert as_alice.get(f"/imports/{theirs.pk}/{page}").status_code == 404
    assert alice_api.get(f"/api/imports/{theirs.pk}").status_code == 404
    assert alice_api.get(f"/api/imports/{theirs.pk}/rows").status_code == 404
    assert alice_api.delete(f"/api/imports/{theirs.pk}").status_code == 404
    for action in ("columns", "choices", "confirm", "reopen", "music", "undo"):
        assert alice_api.post(f"/api/imports/{theirs.pk}/{action}", {}).status_code == 404
    assert alice_api.get("/api/imports").json()["results"] == []


def test_visitors_are_sent_to_log_in(client: Client) -> None:
    for page in ("/imports", "/exports", "/exports/goodreads.csv", "/exports/readwise.csv", "/exports/markdown.zip"):
        assert client.get(page)["Location"].startswith("/login")


def test_the_exports_page_shows_what_is_being_put_together_and_what_is_there(as_alice: Client, alice: Reader) -> None:
    assert as_alice.post("/exports").status_code == 303
    assert "data-transfer=" in as_alice.get("/exports").content.decode()
    Export.objects.all().delete()
    exported(alice)
    export = Export.objects.get()
    assert f"/exports/{export.pk}/file" in as_alice.get("/exports").content.decode()
    assert as_alice.post(f"/exports/{export.pk}/delete").status_code == 303
    assert not Export.objects.exists()


def test_the_whole_way_over_the_api(alice_api: APIClient) -> None:
    file = SimpleUploadedFile("books.csv", table(EMMA, {"Author": "Nobody"}).encode())
    answer = alice_api.post("/api/imports", {"file": file}, format="multipart")
    assert (answer.status_code, answer["Retry-After"]) == (202, "2")
    address = answer["Location"]
    assert address == f"/api/imports/{answer.json()['id']}"
    worked(Import.objects.get())
    ready = alice_api.get(address).json()
    assert (ready["state"], ready["counts"]["new"], ready["counts"]["failed"]) == ("ready", 1, 1)
    rows = alice_api.get(f"{address}/rows?outcome=failed").json()["results"]
    assert [(row["number"], row["reason"]) for row in rows] == [(2, "title_missing")]
    assert alice_api.get(f"{address}/rows?outcome=odd").status_code == 400
    assert alice_api.post(f"{address}/choices", {"choices": [{"number": 1, "choice": "skip"}]}).status_code == 202
    assert alice_api.post(f"{address}/choices", {"choices": [{"number": 1, "choice": "new"}]}).status_code == 202
    assert alice_api.post(f"{address}/confirm", {"status": "nonsense"}).status_code == 400
    assert alice_api.post(f"{address}/confirm", {}).status_code == 202
    assert alice_api.post(f"{address}/undo", {}).status_code == 409
    worked(Import.objects.get())
    assert alice_api.get(address).json()["counts"]["imported"] == 1
    assert alice_api.post(f"{address}/undo", {}).status_code == 202
    assert alice_api.delete(address).status_code == 409
    worked(Import.objects.get())
    assert alice_api.delete(address).status_code == 204


def test_a_refused_upload_is_a_problem(alice_api: APIClient) -> None:
    answer = alice_api.post("/api/imports", {"file": SimpleUploadedFile("a.csv", b"")}, format="multipart")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["code"] == "empty"
    assert alice_api.post("/api/imports", {}, format="multipart").status_code == 400


def test_exports_over_the_api(alice_api: APIClient, alice: Reader) -> None:
    answer = alice_api.post("/api/exports")
    assert answer.status_code == 202
    assert alice_api.get(answer["Location"]).json()["state"] == "requested"
    exported(alice)
    body = alice_api.get(answer["Location"]).json()
    assert body["state"] == "ready"
    assert b"".join(alice_api.get(body["file_url"]).streaming_content)[:2] == b"PK"
    assert alice_api.delete(answer["Location"]).status_code == 204


def test_a_field_of_an_endless_number_is_no_row(as_alice: Client, alice_api: APIClient, alice: Reader) -> None:
    record = brought(alice, table({**EMMA, "Author": ""}))
    fields = urlencode({f"row-{'9' * 5000}": "new", f"row-{10**15}": "new"})
    form = "application/x-www-form-urlencoded"
    assert as_alice.post(f"/imports/{record.pk}/choices", fields, content_type=form).status_code == 303
    assert choose(record, {10**30: "new"}) == 0
    address = f"/api/imports/{record.pk}/choices"
    refused = alice_api.post(address, {"choices": [{"number": 10**30, "choice": "new"}]}, format="json")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"].startswith("choices")


@pytest.mark.parametrize(
    ("data", "name", "said", "counts"),
    [
        (samples.READWISE, "a.csv", "1 article, 1 tweet, 1 podcast h", {"articles": 1, "tweets": 1, "podcasts": 1}),
        (samples.CLIPPINGS + samples.CLIPPINGS_KOREAN, "My Clippings.txt", "2 bookmarks", {"bookmarks": 2}),
        (samples.GOODREADS_NEW, "a.csv", "", {}),
    ],
)
def test_what_is_left_out_is_said_before_and_after(
    as_alice: Client, alice_api: APIClient, alice: Reader, data: str, name: str, said: str, counts: dict[str, int]
) -> None:
    Reader.objects.update(language="en")
    record = brought(alice, data, name)
    for _step in ("preview", "result"):
        page = as_alice.get(f"/imports/{record.pk}").content.decode()
        assert ("Left out: " in page) is bool(counts)
        assert said in page
        assert alice_api.get(f"/api/imports/{record.pk}").json()["left_out"] == counts
        confirm(record)
        worked(record)
    assert record.state == "done"
