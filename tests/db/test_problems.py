"""Errors are problem+json and name the field; nothing below /api answers otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from journeys.models import Journey

pytestmark = pytest.mark.django_db


def named(answer: Any) -> dict[str, str]:
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "instance", "errors"} == body.keys()
    assert body["status"] == answer.status_code
    return {error["attr"]: error["code"] for error in body["errors"]}


def test_a_missing_title_is_named(alice_api: APIClient) -> None:
    assert named(alice_api.post("/api/journeys/create", {})) == {"book_title": "required"}


def test_a_wrong_isbn_is_named(alice_api: APIClient) -> None:
    answer = alice_api.post("/api/journeys/create", {"book_title": "x", "isbn": "978-89-374-6044-0"})
    assert named(answer) == {"isbn": "invalid"}


def test_an_unknown_book_of_a_source_is_named(alice_api: APIClient) -> None:
    answer = alice_api.post("/api/journeys/create", {"source": "embedded", "source_id": "no-such"})
    assert named(answer) == {"source_id": "does_not_exist"}


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({}, None, "empty"),
        ({"page": -1}, "page", "min_value"),
        ({"percent": 101}, "percent", "max_value"),
        ({"page": 3, "percent": 3}, "percent", "both"),
        ({"emotions": ["hungry"]}, "emotions.0", "invalid_choice"),
        ({"memo": "x" * 8001}, "memo", "max_length"),
        ({"memo": "x", "logged_on": "yesterday"}, "logged_on", "invalid"),
    ],
)
def test_a_logs_faults_are_named(
    alice_api: APIClient, journey: Journey, body: dict[str, Any], attr: str | None, code: str
) -> None:
    assert named(alice_api.post(f"/api/journeys/{journey.pk}/logs", body)) == {attr: code}
    assert journey.logs.count() == 1


def test_broken_json_is_a_problem(alice_api: APIClient) -> None:
    answer = alice_api.post("/api/music", "{", content_type="application/json")
    assert named(answer) == {None: "parse_error"}


def test_an_address_that_nobody_serves_is_a_problem(alice_api: APIClient) -> None:
    answer = alice_api.get("/api/nothing")
    assert answer.status_code == 404
    named(answer)


def test_the_wrong_method_is_a_problem(alice_api: APIClient) -> None:
    assert named(alice_api.delete("/api/music")) == {None: "method_not_allowed"}


def test_details_come_in_the_language_asked_for(alice_api: APIClient) -> None:
    details = {
        alice_api.post("/api/journeys/create", {}, headers={"Accept-Language": language}).json()["errors"][0]["detail"]
        for language in ("ko", "en")
    }
    assert len(details) == 2
