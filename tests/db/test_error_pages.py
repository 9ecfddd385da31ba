"""Pages for what goes wrong: in the reader's language where that is known, in both where it is not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from journeys.models import Reader
from readingjourney.urls import handler404, handler500, urlpatterns

pytestmark = pytest.mark.django_db


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("as a fault of ours would")


# This module as an URLconf: the product's addresses, and one that breaks.
urlpatterns = [*urlpatterns, path("breaks", breaks)]
__all__ = ["handler404", "handler500", "urlpatterns"]


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.parametrize(("language", "text"), [("ko", "책에 없는 쪽입니다"), ("en", "This page is not in the book")])
def test_a_page_that_is_not_there_says_so_in_the_readers_language(
    client: Client, alice: Reader, language: str, text: str
) -> None:
    Reader.objects.filter(pk=alice.pk).update(language=language)
    client.force_login(alice)
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert text in words(answer)


@pytest.mark.parametrize(("language", "text"), [("ko", "만료된 양식입니다"), ("en", "This form has expired")])
def test_a_form_without_its_key_is_explained(language: str, text: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/login", {"username": "alice"}, headers={"Accept-Language": language})
    assert answer.status_code == 403
    assert text in words(answer)


def test_a_request_nobody_understands_is_answered_in_both_languages(client: Client) -> None:
    answer = client.post("/theme", {"theme": "pink"})
    assert answer.status_code == 400
    assert "이해할 수 없는 요청입니다" in words(answer)
    assert "This request could not be understood" in words(answer)


@pytest.mark.urls("tests.db.test_error_pages")
def test_a_fault_of_ours_is_owned_in_both_languages(client: Client, settings: Any) -> None:
    client.raise_request_exception = False
    answer = client.get("/breaks")
    assert answer.status_code == 500
    assert "잠시 문제가 생겼습니다" in words(answer)
    assert "Something went wrong" in words(answer)


@pytest.mark.urls("tests.db.test_error_pages")
def test_the_pages_that_know_nobody_need_nothing_that_may_be_broken(client: Client) -> None:
    """No script, no session, no database: only style sheets, and the way back."""
    client.raise_request_exception = False
    for answer in (client.get("/breaks"), client.post("/theme", {"theme": "pink"})):
        html = answer.content.decode()
        assert "<script" not in html
        assert 'content="light dark"' in html
        assert 'href="/"' in html
