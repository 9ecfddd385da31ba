"""Looking for books to complete, and for an ISBN, takes an index however many books there are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys.models import Book, Reader
from journeys.services.completing import complete_books

pytestmark = pytest.mark.django_db
MANY = 5000


@pytest.fixture
def many(alice: Reader) -> None:
    Book.objects.bulk_create(
        [
            Book(title=f"책 {number}", isbn13=f"{number:013}", source="kakao", source_id=str(number))
            for number in range(MANY)
        ],
        batch_size=500,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.parametrize(
    ("books", "index"),
    [
        (Book.objects.filter(complete_at__lte=Now()).order_by("complete_at"), "book_to_complete"),
        (Book.objects.filter(isbn13="0000000000042"), "book_isbn"),
    ],
)
def test_it_is_found_by_an_index(many: None, books: QuerySet[Book], index: str) -> None:
    assert index in books[:20].explain()


def test_with_nothing_to_complete_there_is_one_query(many: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert complete_books() == 0

    assert len(queries) == 1


def test_a_search_asks_the_database_no_more_for_many_books(many: None, as_alice: Client) -> None:
    def queries_for(query: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_alice.get("/journeys/new", {"q": query}).status_code == 200
        return len(queries)

    queries_for("책")
    assert queries_for("책") == queries_for("책 4242")
