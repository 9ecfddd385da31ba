"""A book is called what its reader's language calls it, where the catalogue knows."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from journeys.catalogue import search_books
from journeys.models import Journey, Reader
from journeys.services import book_from_record, start_journey
from music.models import MusicTrack

pytestmark = pytest.mark.django_db


def test_an_english_reader_starts_a_journey_with_the_english_name(charlie: Reader, client: Client) -> None:
    client.force_login(charlie)
    record = client.get("/journeys/new", {"q": "pride and prejudice"}).context["results"][0]
    client.post("/journeys/new", {"source": record.source, "source_id": record.source_id})
    assert MusicTrack.objects.get().title == "Pride and Prejudice · v0"
    for url in ("/", Journey.objects.get().get_absolute_url(), "/journeys/new?q=pride"):
        page = client.get(url).content.decode()
        assert "Jane Austen" in page, url
        assert "오만과 편견" not in page, url


def test_a_korean_reader_of_the_same_book_sees_the_korean_name(alice: Reader) -> None:
    start_journey(reader=alice, book=book_from_record(search_books("pride and prejudice")[0]))
    assert MusicTrack.objects.get().title == "오만과 편견 · v0"


def test_a_korean_book_has_its_english_name_where_there_is_one() -> None:
    record = search_books("소년이 온다")[0]
    assert (record.title_en, record.authors_en) == ("Human Acts", ("Han Kang",))
    with translation.override("ko"):
        assert record.shown_title == "소년이 온다"
    with translation.override("en"):
        assert record.shown_title == "Human Acts"
