"""Lines of the log carry the ids of request and track, and no secret."""

from __future__ import annotations

import json
import logging
import sys
import uuid
from typing import Any

import pytest
from celery.app.task import Context
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from music.logcontext import REQUEST_HEADER, request_in_hand, request_in_logs, track_in_hand, track_in_logs
from readingjourney.celery import RequestTask, app
from readingjourney.logs import JsonFormatter, LineFormatter, redact
from readingjourney.requestids import HEADER, RequestIdMiddleware, shown_path

TRACK = uuid.UUID("0c8f0f1e-6a53-4a63-9d1c-4f6f8b9f2c11")


def record(message: str, *arguments: object, **extra: Any) -> logging.LogRecord:
    made = logging.LogRecord("music.generation", logging.INFO, "generation.py", 1, message, arguments, None)
    made.__dict__.update(extra)
    return made


def test_a_line_carries_the_ids_that_there_are() -> None:
    formatter = LineFormatter()

    assert formatter.format(record("swept")).endswith("INFO music.generation: swept")
    with request_in_logs("abc-1"):
        assert formatter.format(record("asked")).endswith("music.generation: asked [request=abc-1]")
        with track_in_logs(TRACK):
            assert formatter.format(record("made")).endswith(f"made [request=abc-1 track={TRACK}]")
    assert (request_in_hand(), track_in_hand()) == ("", "")


def test_a_json_line_is_one_object_with_ids_fields_and_error() -> None:
    with request_in_logs("abc-1"), track_in_logs(TRACK):
        line = JsonFormatter().format(record("%s만에", "3초", fields={"status": 200}))
    found = json.loads(line)
    assert found.pop("at").endswith("+00:00")
    assert found == {
        "level": "INFO",
        "logger": "music.generation",
        "message": "3초만에",
        "request": "abc-1",
        "track": str(TRACK),
        "status": 200,
    }

    try:
        raise ValueError("first\nsecond")
    except ValueError:
        line = JsonFormatter().format(record("failed", exc_info=sys.exc_info()))
    assert "\n" not in line
    assert "ValueError: first\nsecond" in json.loads(line)["error"]


@pytest.mark.parametrize(
    "text",
    [
        "the key mk-very-secret-key was refused",
        "Authorization: Bearer abcdefghijklmnop123",
        "authorization: token abcdefghijklmnop123",
        "GET https://cdn.mureka.ai/a/b.mp3?Expires=1&Signature=SIGNED failed",
        "('https://bucket.test/x.mp3?X-Amz-Signature=SIGNED', 3)",
        "Max retries exceeded with url: /x.mp3?X-Amz-Signature=SIGNED (Caused by ...)",
        "redis://:hunter22@valkey:6379/0 refused",
        "postgres://rj:hunter22@db/rj",
        'violates check constraint "x"\nDETAIL:  Failing row contains (7, hunter22 said (so),\nSIGNED, 3).\nagain',
        "DETAIL:  Key (email)=(hunter22@example.org) already exists.",
        "Internal Server Error: /account/reset/MQ/c8-hunter22",
    ],
)
def test_it_blots_out_what_is_secret(text: str) -> None:
    for formatter in (LineFormatter(secrets=["mk-very-secret-key", ""]), JsonFormatter(secrets=["mk-very-secret-key"])):
        line = formatter.format(record(text))
        for secret in ("mk-very-secret-key", "abcdefghijklmnop123", "SIGNED", "hunter22"):
            assert secret not in line
        assert "…" in line
    json.loads(line)


def test_it_blots_out_the_secrets_of_a_traceback() -> None:
    try:
        raise ConnectionError("https://cdn.test/a.mp3?sig=SIGNED")
    except ConnectionError:
        line = LineFormatter().format(record("fetching failed", exc_info=sys.exc_info()))
    assert "ConnectionError" in line
    assert "SIGNED" not in line


@pytest.mark.parametrize(
    "text",
    [
        f"track {TRACK} met token 12, rescues 0",
        "asked https://api.mureka.ai/v1/song/query/123 again, is it there?",
        "/journeys/new, /static/j/x.js, /account/emails",
        "Listening at: unix:/tmp/x.sock (12)",
    ],
)
def test_it_leaves_plain_words_alone(text: str) -> None:
    assert redact(text, []) == text


# Requests


def answered(request: HttpRequest) -> tuple[HttpResponse, str]:
    """The middleware's answer, and the id that the view would have logged with."""
    seen = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(request_in_hand())
        return HttpResponse("ok")

    return RequestIdMiddleware(view)(request), seen[0]


def test_a_proxy_s_id_is_kept_and_answered() -> None:
    response, seen = answered(RequestFactory().get("/", headers={HEADER: "edge-7.A_b"}))
    assert (response[HEADER], seen) == ("edge-7.A_b", "edge-7.A_b")
    assert request_in_hand() == ""


@pytest.mark.parametrize("given", ["", "x" * 65, "two words", "a\tb", "한글", "<b>"])
def test_an_id_that_does_not_fit_is_replaced(given: str) -> None:
    response, seen = answered(RequestFactory().get("/", HTTP_X_REQUEST_ID=given))
    assert len(response[HEADER]) == 32
    assert int(response[HEADER], 16) >= 0
    assert seen == response[HEADER]


def test_the_access_log_has_the_pattern_of_an_address_and_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get("/account/reset/MQ/c8-hunter22?next=SIGNED")
    request.resolver_match = resolve("/account/reset/MQ/c8-hunter22")
    with caplog.at_level(logging.INFO, logger="readingjourney.access"):
        answered(request)
    (line,) = caplog.records
    assert line.getMessage().startswith("GET /account/reset/<uidb64>/<token> 200, ")
    assert line.fields["status"] == 200  # type: ignore[attr-defined]
    assert "hunter22" not in caplog.text
    assert "SIGNED" not in caplog.text


def test_the_access_log_is_quiet_about_machines_that_ask_for_health(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get("/health/live")
    request.resolver_match = resolve("/health/live")
    with caplog.at_level(logging.INFO, logger="readingjourney.access"):
        answered(request)
    assert not caplog.records


def test_an_address_is_shown_with_the_ids_of_things_and_not_of_people() -> None:
    def shown(path: str) -> str:
        request = RequestFactory().get(path)
        request.resolver_match = resolve(path)
        return shown_path(request)

    assert shown(f"/api/music/{TRACK}/status") == f"/api/music/{TRACK}/status"
    assert "17" not in shown("/admin/journeys/reader/17/change/")
    assert shown_path(RequestFactory().get("/whatever/somebody/typed")) == "(nothing there)"


# Tasks


def test_a_message_carries_the_request_that_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda *_, headers, **__: sent.append(headers))
    with request_in_logs("abc-1"):
        app.tasks["music.sweep_tracks"].apply_async()
    app.tasks["music.sweep_tracks"].apply_async(headers={"mine": 1})
    assert sent == [{REQUEST_HEADER: "abc-1"}, {"mine": 1}]


def test_a_worker_takes_up_the_request_of_the_message() -> None:
    class Task(RequestTask):
        name = "tests.shows_its_request"

        def run(self) -> str:
            return request_in_hand()

    task = app.register_task(Task())
    try:
        task.request_stack.push(Context({REQUEST_HEADER: "abc-1"}))
        assert task() == "abc-1"
        task.request_stack.pop()
        assert task() == ""
        with request_in_logs("direct"):
            assert task() == "direct"
    finally:
        app.tasks.unregister(task.name)


@pytest.mark.parametrize("address", ["/account/email/eyJh.x-1:y_2", "/j/Ab3_-xyz", "/j/Ab3_-xyz/card.png?v=1"])
def test_an_address_that_is_a_key_is_blotted_out(address: str) -> None:
    shown = redact(f"Internal Server Error: {address}", [])
    assert "Ab3" not in shown
    assert "eyJh" not in shown
