"""What is sent has an end: nobody fills the memory or the disk with what no address takes."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Import, Reader

pytestmark = pytest.mark.django_db
TOO_MUCH = b"x" * 3_000_000


class Unread:
    """A body that must not be looked at."""

    def __init__(self, length: int) -> None:
        self.length = length

    def read(self, *_size: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def test_a_page_says_that_it_is_too_much_in_the_readers_language(as_alice: Client) -> None:
    answer = as_alice.post("/journeys/new", data=TOO_MUCH, content_type="text/plain")
    assert answer.status_code == 413
    assert "한 번에 보낼 수 있는 것보다 큽니다" in answer.content.decode()


@pytest.mark.parametrize("address", ["/api/token", "/api/journeys/create"])
def test_the_api_says_it_as_a_problem_to_anybody(address: str) -> None:
    answer = APIClient().post(address, data=TOO_MUCH, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert answer.json()["errors"][0]["code"] == "too_large"


def test_a_file_is_not_even_read_where_none_is_taken(client: Client) -> None:
    body = {"wsgi.input": Unread(3_000_000), "CONTENT_LENGTH": "3000000", "CONTENT_TYPE": "multipart/form-data"}
    assert client.generic("POST", "/login", **body).status_code == 413


def test_a_file_for_an_import_may_be_as_large_as_the_settings_say(as_alice: Client, settings: Any) -> None:
    settings.IMPORT_MAX_MB, settings.IMPORT_MAX_ARCHIVE_MB = 1, 4
    larger_than_any_form = SimpleUploadedFile("books.csv", TOO_MUCH)
    refused = as_alice.post("/imports", {"file": larger_than_any_form})
    assert refused.status_code == 422
    body = {"wsgi.input": Unread(9_000_000), "CONTENT_LENGTH": "9000000", "CONTENT_TYPE": "multipart/form-data"}
    assert as_alice.generic("POST", "/imports", **body).status_code == 413
    assert not Import.objects.exists()


@pytest.mark.parametrize("length", ["", "soon", "-1"])
def test_a_length_that_is_none_is_no_length(client: Client, length: str) -> None:
    assert client.generic("POST", "/login", CONTENT_LENGTH=length).status_code in (403, 422)


def test_json_that_is_nested_without_end_is_a_mistake_of_who_sent_it(alice_api: APIClient, alice: Reader) -> None:
    answer = alice_api.post("/api/journeys/create", data="[" * 100_000, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
