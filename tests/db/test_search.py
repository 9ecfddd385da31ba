"""Searching one's own record: what is found, what is shown of it, and what is nobody else's."""

from __future__ import annotations

import unicodedata

import pytest
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Book, Journey, Reader
from journeys.record.search import Needle, found_journeys, found_logs, log_hits
from journeys.services import LogEntry, add_book, add_log, edit_record, start_journey, want_book

pytestmark = pytest.mark.django_db


def logs(reader: Reader, query: str) -> list[str]:
    needle = Needle.of(query)
    assert needle
    return [hit.log.label for hit in log_hits(found_logs(reader, needle), needle)]


def journeys(reader: Reader, query: str) -> list[str]:
    needle = Needle.of(query)
    assert needle
    return [Journey.objects.get(pk=pk).book.title for pk in found_journeys(reader, needle)]


@pytest.fixture
def written(journey: Journey) -> Journey:
    add_log(journey, LogEntry(quote="새는 알에서 나오려고 투쟁한다. 알은 세계다."))
    add_log(journey, LogEntry(memo="Der Vogel kämpft sich aus dem Ei; ÜBERALL 봄 · 봄"))
    add_log(journey, LogEntry(page=12))
    return journey


@pytest.mark.parametrize(
    "query",
    [
        "투쟁",
        "알에서 나오",
        "알에서나오려고",
        "세계",
        "ㅌㅈ",
        "ㅅㄴ 세계",
        unicodedata.normalize("NFD", "투쟁한다"),
        " 투쟁! ",
    ],
)
def test_parts_of_words_are_found_however_they_are_typed(written: Journey, alice: Reader, query: str) -> None:
    assert logs(alice, query) == ["v1"]


@pytest.mark.parametrize("query", ["vogel", "KÄMPFT", "überall", "봄봄", "ㅂㅂ", "Ei überall"])
def test_case_spaces_and_dots_do_not_matter(written: Journey, alice: Reader, query: str) -> None:
    assert logs(alice, query) == ["v2"]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("봄ㆍ봄", "봄봄"),
        ("봄 봄", "봄ㆍ봄"),
        ("Straße", "STRAßE"),
        ("and/or", "and/or"),
        ("R&D", "r&d"),
        ("snake_case", "snake_case"),
        ("C++11", "c++11"),
        ("me@here", "me@here"),
        ("a #tag", "a#tag"),
        ("2*3", "2*3"),
        ("ハリー・ポッター", "ハリー・ポッター"),
        ("「봄」, 그리고", "봄그리고"),
        ("हिन्दी", "हिन्दी"),
        ("Les Misérables", "miserables"),
        ("Élan", "elan"),
        ("Emile", "Émile"),
    ],
)
def test_what_is_copied_out_of_a_text_finds_it(journey: Journey, alice: Reader, text: str, query: str) -> None:
    add_log(journey, LogEntry(memo=f"앞 {text} 뒤"))
    add_log(journey, LogEntry(memo="हनद"))
    assert logs(alice, query) == ["v1"]


@pytest.mark.parametrize("query", ["봄비", "vogelnest", "100%", "_", "%", "ㅋㅋㅋ", ".*", "알 비행기"])
def test_what_is_not_there_is_not_found(written: Journey, alice: Reader, query: str) -> None:
    needle = Needle.of(query)
    assert not (needle and (found_logs(alice, needle) or found_journeys(alice, needle)))


def test_a_word_of_the_book_narrows_the_logs_and_does_not_bring_all_of_them(written: Journey, alice: Reader) -> None:
    assert logs(alice, "데미안 투쟁") == ["v1"]
    assert logs(alice, "헤세 vogel") == ["v2"]
    assert logs(alice, "데미안") == []
    assert journeys(alice, "데미안") == ["데미안"]


def test_titles_authors_reviews_and_tags_find_journeys_also_wanted_ones(
    written: Journey, alice: Reader, demian: Book
) -> None:
    edit_record(written, {"review": "청춘의 통과의례", "tags": ("성장소설",)})
    want_book(reader=alice, book=add_book(reader=alice, title="봄·봄", authors="김유정"))
    assert journeys(alice, "헤르만헤세") == journeys(alice, "통과 의례") == journeys(alice, "성장") == ["데미안"]
    assert journeys(alice, "데미안 성장 청춘") == ["데미안"]
    assert journeys(alice, "봄봄") == journeys(alice, "ㄱㅇㅈ") == ["봄·봄"]


def test_what_others_wrote_is_not_found(written: Journey, bob: Reader, demian: Book) -> None:
    start_journey(reader=bob, book=demian)
    assert logs(bob, "투쟁") == []
    assert len(journeys(bob, "데미안")) == 1


def test_an_excerpt_shows_the_find_and_its_surroundings() -> None:
    needle = Needle.of("바늘")
    assert needle
    segments = needle.excerpt("가 " * 100 + "바늘과 실" + " 나" * 100)
    assert [text for text, found in segments if found] == ["바늘"]
    assert segments[0][0].startswith("…")
    assert segments[-1][0].endswith("…")
    assert sum(len(text) for text, _found in segments) < 200


def test_the_page_marks_what_was_found_and_escapes_the_rest(as_alice: Client, written: Journey) -> None:
    add_log(written, LogEntry(memo="<script>alert('투쟁')</script> & 투쟁"))
    page = as_alice.get("/search", {"q": "투쟁"}).content.decode()
    assert page.count("<mark>투쟁</mark>") == 3
    assert "&lt;script&gt;alert(" in page
    assert "<script>alert" not in page
    assert "?log=1#log-" in page


def test_a_query_that_says_nothing_or_far_too_much_is_answered(as_alice: Client, written: Journey) -> None:
    for query in ("", "   ", "!!", "가" * 5000, "a " * 3000, "(" * 50, "\\", "\x00"):
        assert as_alice.get("/search", {"q": query}).status_code == 200


def test_many_finds_come_a_page_at_a_time(as_alice: Client, journey: Journey) -> None:
    for number in range(23):
        add_log(journey, LogEntry(memo=f"바다 {number}"))
    first, second = (as_alice.get("/search", {"q": "바다", "page": page}) for page in (1, 2))
    assert [len(answer.context["log_hits"]) for answer in (first, second)] == [20, 3]
    assert "q=%EB%B0%94%EB%8B%A4&amp;page=2" in first.content.decode()


def test_many_journeys_have_a_page_of_their_own(as_alice: Client, alice: Reader) -> None:
    for number in range(7):
        want_book(reader=alice, book=add_book(reader=alice, title=f"바다 {number}"))
    assert len(as_alice.get("/search", {"q": "바다"}).context["journey_hits"]) == 5
    assert len(as_alice.get("/search", {"q": "바다", "in": "journeys"}).context["journey_hits"]) == 7


def test_the_api_comes_to_every_journey(alice_api: APIClient, alice: Reader) -> None:
    for number in range(22):
        want_book(reader=alice, book=add_book(reader=alice, title=f"바다 {number}"))
    asked = {"q": "바다", "in": "journeys"}
    told = [alice_api.get("/api/search", {**asked, "page": page}).json() for page in (1, 2)]
    assert [(len(each["journeys"]), each["pages"], each["logs"]) for each in told] == [(20, 2, []), (2, 2, [])]
    assert len({found["id"] for each in told for found in each["journeys"]}) == 22


def test_the_api_searches_too(alice_api: APIClient, bob_api: APIClient, written: Journey) -> None:
    told = alice_api.get("/api/search", {"q": "투쟁"}).json()
    assert (told["log_count"], told["journey_count"]) == (1, 0)
    assert "투쟁" in told["logs"][0]["quote"]
    assert alice_api.get("/api/search", {"q": "ㄷㅁㅇ"}).json()["journeys"][0]["book"]["title"] == "데미안"
    assert bob_api.get("/api/search", {"q": "투쟁"}).json()["log_count"] == 0
    assert alice_api.get("/api/search", {"q": "!"}).status_code == 400
