"""Covers: fetched once and from few places, drawn anew, served as our own, gone with their book."""

from __future__ import annotations

import io
import os
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from PIL import Image

from journeys import covers, tasks
from journeys.catalogue import find_record, search_everywhere
from journeys.models import Book, Journey, Reader
from journeys.services import add_book, book_from_record, delete_journey, delete_reader, start_journey
from journeys.services.books import discard_books
from journeys.services.completing import complete_books
from music.housekeeping import check_files
from tests.db.steps import files
from tests.doubles.books import GARDEN, Bookshop, picture, running_bookshop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(settings: Any) -> Iterator[Bookshop]:
    caches["books"].clear()
    with running_bookshop() as shop:
        shop.set_up(settings)
        settings.BOOK_SOURCES = []
        yield shop
    caches["books"].clear()


@pytest.fixture
def book(shop: Bookshop) -> Book:
    return Book.objects.create(
        title="달빛 정원",
        source="kakao",
        source_id="1",
        cover_url=f"{shop.url}/pictures/cover.jpg",
        complete_at=due(),
    )


def due() -> datetime:
    """A moment ago: SQLite's clock knows no more than milliseconds."""
    return timezone.now() - timedelta(seconds=1)


def completed(book: Book) -> Book:
    Book.objects.filter(complete_at__isnull=False).update(complete_at=due())
    complete_books()
    book.refresh_from_db()
    return book


def stored_covers() -> list[str]:
    return [key for key in files() if key.startswith("covers/")]


def test_it_is_fetched_once_and_served_as_our_own(book: Book, shop: Bookshop, client: Client) -> None:
    tasks.complete_books()
    tasks.complete_books()
    book.refresh_from_db()

    assert shop.times("pictures") == 1
    assert book.complete_at is None
    answer = client.get(book.picture)  # also for those who are not logged in: it is on public pages too
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as seen:
        assert (seen.format, seen.size) == ("WEBP", (200, 300))
    assert f'src="{book.picture}"' in self_shown(client, book)


def self_shown(client: Client, book: Book) -> str:
    reader = Reader.objects.create_user("alice", "alice@example.org", "wonderland-7")
    client.force_login(reader)
    journey = start_journey(reader=reader, book=book)
    return client.get(f"/journeys/{journey.pk}").content.decode()


@pytest.mark.parametrize(
    ("size", "kind", "options", "drawn"),
    [
        ((3000, 4500), "JPEG", {}, (400, 600)),
        ((100, 150), "PNG", {}, (100, 150)),
        ((4000, 1000), "WEBP", {}, (400, 100)),
        ((200, 300), "GIF", {}, (200, 300)),
    ],
)
def test_whatever_it_was_it_becomes_a_small_webp(
    book: Book, shop: Bookshop, size: tuple[int, int], kind: str, options: dict[str, Any], drawn: tuple[int, int]
) -> None:
    shop.pictures["cover.jpg"] = (200, "text/plain", picture(size, kind, **options))

    with completed(book).cover.open("rb") as file, Image.open(file) as seen:
        assert (seen.format, seen.size) == ("WEBP", drawn)


def test_nothing_but_the_picture_is_kept(book: Book, shop: Bookshop) -> None:
    exif = Image.Exif()
    exif[0x010E] = "where it was taken"
    shop.pictures["cover.jpg"] = (200, "image/jpeg", picture(exif=exif, comment=b"<script>"))

    with completed(book).cover.open("rb") as file:
        data = file.read()

    assert b"where it was taken" not in data
    assert b"<script>" not in data


def bomb() -> bytes:
    return picture((6000, 6000), "PNG")


@pytest.mark.parametrize(
    ("status", "data"),
    [
        (200, b"<html>log in</html>"),
        (200, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        (200, picture()[:500]),
        (200, picture((1, 1))),
        (200, bomb()),
        (200, b"\xff\xd8" + bytes(covers.MOST_BYTES)),
        (404, b"gone"),
        (302, b"http://127.0.0.1:1/elsewhere"),
        (302, b"http://169.254.169.254/latest/meta-data"),
    ],
)
def test_what_is_no_cover_is_never_asked_for_again(book: Book, shop: Bookshop, status: int, data: bytes) -> None:
    shop.pictures["cover.jpg"] = (status, "image/jpeg", data)

    completed(book)
    completed(book)

    assert (book.cover, book.cover_url, book.complete_at) == ("", "", None)
    assert shop.times("pictures") == 1
    assert stored_covers() == []


@pytest.mark.parametrize("url", ["http://10.0.0.1/x.jpg", "https://evil.example/x.jpg", "http://localhost/x.jpg"])
def test_other_hosts_are_not_asked(book: Book, url: str) -> None:
    Book.objects.update(cover_url=url)

    assert completed(book).cover_url == ""


def test_an_outage_is_waited_out_and_not_for_ever(book: Book, shop: Bookshop) -> None:
    shop.faults["pictures"] = "500"
    completed(book)
    assert book.complete_at is not None
    assert book.complete_at > timezone.now() + timedelta(minutes=50)
    assert book.cover_url

    shop.faults.clear()
    assert completed(book).cover

    old = Book.objects.create(title="오래", cover_url=book.cover_url, complete_at=due())
    Book.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    shop.faults["pictures"] = "500"
    assert completed(old).complete_at is None


def test_a_book_that_goes_meanwhile_leaves_no_file(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = covers.draw

    def draws_while_it_is_deleted(file: Any) -> bytes:
        Book.objects.all().delete()
        return draw(file)

    monkeypatch.setattr(covers, "draw", draws_while_it_is_deleted)
    complete_books()

    assert stored_covers() == []


def test_all_sources_complete_a_book_that_one_gave(shop: Bookshop, settings: Any, alice: Reader) -> None:
    book = add_book(reader=alice, title="내가 적은 달빛 정원", isbn13=GARDEN.isbn13)
    settings.BOOK_SOURCES = ["kakao", "aladin"]
    shop.pictures["kakao.jpg"] = (200, "image/jpeg", picture(colour="red"))

    completed(book)

    assert (book.title, book.pages, book.publisher) == ("내가 적은 달빛 정원", 312, "새벽책방")
    assert book.cover_url.endswith("/pictures/cover.jpg")  # and not the thumbnail
    assert stored_covers() == [book.cover.name]


@pytest.mark.parametrize("isbn", [GARDEN.isbn13, ""])
def test_a_book_out_of_a_search_by_title_gets_the_pages_that_only_a_look_up_tells(
    shop: Bookshop, settings: Any, alice: Reader, isbn: str
) -> None:
    settings.BOOK_SOURCES = ["aladin"]
    shop.overrides["aladin"] = {"isbn13": isbn}  # without an ISBN Aladin's own number serves
    (found,) = search_everywhere("달빛 정원", reader=alice, seconds=5).elsewhere
    record = find_record("aladin", found.source_id, reader=alice)
    assert record is not None
    assert record.pages is None

    book = completed(book_from_record(record))

    assert (book.source_id, book.pages) == (isbn or str(GARDEN.number), 312)
    assert [path.rsplit("/", 1)[1] for name, path, _ in shop.asked if name == "aladin"] == [
        "ItemSearch.aspx",
        "ItemLookUp.aspx",
    ]


def test_a_source_that_is_down_is_asked_again_for_a_book_without_an_isbn(
    shop: Bookshop, settings: Any, alice: Reader
) -> None:
    settings.BOOK_SOURCES = ["aladin"]
    shop.overrides["aladin"] = {"isbn13": ""}
    (found,) = search_everywhere("달빛 정원", reader=alice, seconds=5).elsewhere
    shop.faults["aladin"] = "500"
    book = completed(book_from_record(found))
    assert (book.pages, book.complete_at is None) == (None, False)
    shop.faults.clear()

    assert completed(book).pages == 312


def test_a_book_whose_pages_nobody_said_is_asked_for_anew_when_it_is_chosen_again(
    shop: Bookshop, settings: Any, alice: Reader
) -> None:
    settings.BOOK_SOURCES = ["kakao"]
    (found,) = search_everywhere("달빛 정원", reader=alice, seconds=5).elsewhere
    book = completed(book_from_record(found))
    assert (book.pages, book.complete_at) == (None, None)
    settings.BOOK_SOURCES = ["kakao", "aladin"]

    book_from_record(found)

    assert completed(book).pages == 312


def test_a_page_count_that_a_reader_gave_stays(shop: Bookshop, settings: Any, alice: Reader) -> None:
    book = add_book(reader=alice, title="달빛 정원", isbn13=GARDEN.isbn13, pages=99)
    settings.BOOK_SOURCES = ["aladin"]

    assert completed(book).pages == 99


def test_a_source_that_is_down_is_asked_again_later(shop: Bookshop, settings: Any, alice: Reader) -> None:
    book = add_book(reader=alice, title="달빛 정원", isbn13=GARDEN.isbn13)
    settings.BOOK_SOURCES = ["aladin"]
    shop.faults["aladin"] = "500"
    assert completed(book).complete_at is not None
    shop.faults.clear()

    assert completed(book).complete_at is None
    assert book.pages == 312


@pytest.mark.parametrize("way", ["journey", "reader", "admin"])
def test_it_goes_with_its_book(shop: Bookshop, alice: Reader, way: str) -> None:
    book = add_book(reader=alice, title="내 책")
    Book.objects.update(cover_url=f"{shop.url}/pictures/cover.jpg", complete_at=due())
    journey = start_journey(reader=alice, book=book)
    completed(book)
    assert len(stored_covers()) == 1

    if way == "journey":
        delete_journey(journey)
    elif way == "reader":
        delete_reader(alice)
    else:
        Journey.objects.all().delete()
        discard_books(Book.objects.all())

    assert not Book.objects.exists()
    assert stored_covers() == []


def test_the_daily_checks_leave_covers_alone_and_take_what_belongs_to_nothing(book: Book, settings: Any) -> None:
    completed(book)
    orphan = Path(settings.MEDIA_ROOT) / "covers" / f"{uuid.uuid4()}.0123456789abcdef.webp"
    fresh = orphan.with_name(f"{uuid.uuid4()}.0123456789abcdef.webp")
    for path in (orphan, fresh, Path(book.cover.path)):
        path.write_bytes(b"x") if not path.exists() else None
        if path != fresh:
            os.utime(path, (time.time() - 2 * 86400,) * 2)

    assert check_files().files == 0
    tasks.check_covers()

    assert not orphan.exists()
    assert sorted(stored_covers()) == sorted([book.cover.name, f"covers/{fresh.name}"])


def test_one_that_was_lost_is_fetched_again(book: Book, client: Client) -> None:
    address = completed(book).picture
    Path(book.cover.path).unlink()

    assert client.get(address).status_code == 404
    assert completed(book).cover
    assert client.get(book.picture).status_code == 200


def test_an_address_that_never_was_is_not_found(book: Book, client: Client) -> None:
    completed(book)

    assert client.get(f"/covers/{book.pk}/0123456789abcdef.webp").status_code == 404
    assert client.get(f"/covers/{uuid.uuid4()}/{book.picture.rsplit('/', 1)[1]}").status_code == 404
    assert client.post(book.picture).status_code == 405


def test_two_books_with_one_picture_have_a_file_each(book: Book, shop: Bookshop) -> None:
    twin = Book.objects.create(title="쌍둥이", cover_url=book.cover_url, complete_at=due())
    completed(book)
    discard_books(Book.objects.filter(pk=book.pk))

    assert stored_covers() == [Book.objects.get(pk=twin.pk).cover.name]


def test_a_searched_book_with_a_cover_shows_it(book: Book, as_alice: Client) -> None:
    completed(book)

    assert f'src="{book.picture}"' in as_alice.get("/journeys/new", {"q": "달빛 정원"}).content.decode()
