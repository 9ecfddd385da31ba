"""HEAD is answered without a body, which a server would have to drop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from journeys.models import Journey
from tests.db.shared import finish, shared

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_connection_stays() -> Iterator[None]:
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def answered(method: str, path: str) -> tuple[str, dict[str, str], bytes]:
    """As a web server is: status, headers and body. Django's own test client takes bodies away itself."""
    request = RequestFactory().generic(method, path)
    head: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        head.update(status=status, headers=dict(headers))

    answer = WSGIHandler()(request.environ, start_response)
    try:
        return head["status"], head["headers"], b"".join(answer)
    finally:
        answer.close()


@pytest.mark.parametrize(("what", "expected"), [("the audio", 200), ("the page", 200), ("nothing", 404)])
def test_a_public_page_is_looked_at_without_its_bytes(journey: Journey, what: str, expected: int) -> None:
    token = shared(journey).token
    track = finish(journey, 0)
    path = {"the audio": f"/j/{token}/tracks/{track.pk}/audio", "the page": f"/j/{token}"}.get(what, "/j/nowhere")
    status, headers, body = answered("GET", path)
    assert status.startswith(str(expected))
    status_of_head, headers_of_head, body_of_head = answered("HEAD", path)
    assert (len(body) > 100, body_of_head) == (True, b"")
    assert status_of_head == status
    assert headers_of_head["Content-Type"] == headers["Content-Type"]
    if what == "the audio":
        assert headers_of_head["Content-Length"] == headers["Content-Length"] == str(len(body))
