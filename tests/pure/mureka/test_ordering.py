"""An order that may have been taken is never sent again; one that was not costs nothing and says whom it is about."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest

from music.brief import MusicBrief
from music.providers.base import (
    NotSubmitted,
    ProviderBusy,
    ProviderError,
    ProviderHalted,
    ProviderUnreachable,
    SubmissionUnknown,
    TaskState,
)
from music.providers.mureka import MurekaProvider
from tests.fake_mureka import FakeMureka
from tests.pure.mureka.conftest import told_by
from tests.raw_server import drips, kept, raw_server, says


def test_it_orders_one_song_of_the_pinned_model(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief, settings: Any
) -> None:
    settings.MUREKA_MODEL = "auto"
    submission = provider.submit(brief)
    [charge] = mureka.ledger
    assert (charge.task_id, charge.n, charge.prompt) == (submission.task_id, 1, brief.prompt)
    assert submission.details == {"model_asked": "auto", "model": "mureka-9.5"}
    assert submission.trace_id.startswith("trace-")
    [request] = mureka.requests
    assert request["body"] == {"model": "auto", "prompt": brief.prompt, "n": 1, "stream": False}
    assert request["headers"]["authorization"] == f"Bearer {mureka.key}"


def test_an_id_that_is_a_number_becomes_text(mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief) -> None:
    mureka.script("int_id")
    task_id = provider.submit(brief).task_id
    assert task_id == mureka.ledger[0].task_id
    assert provider.poll(task_id).state == TaskState.SUCCEEDED


@pytest.mark.parametrize(
    ("kind", "options", "error", "code", "permanent"),
    [
        ("refuse", {}, NotSubmitted, "content_refused", True),
        ("unprocessable", {}, NotSubmitted, "content_refused", True),
        ("moderated", {}, NotSubmitted, "content_refused", True),
        ("moderated", {"html": True}, NotSubmitted, "content_refused", True),
        ("unauthorised", {}, ProviderHalted, "key_refused", False),
        ("payment", {}, ProviderHalted, "credit_used_up", False),
        ("forbidden", {}, ProviderHalted, "region_refused", False),
        ("forbidden", {"html": True}, ProviderHalted, "region_refused", False),
        ("quota", {}, ProviderHalted, "credit_used_up", False),
        ("busy", {"message": "Insufficient CREDITS"}, ProviderHalted, "credit_used_up", False),
        ("busy", {}, ProviderBusy, "provider_busy", False),
        ("busy", {"html": True}, ProviderBusy, "provider_busy", False),
        ("not_found", {}, ProviderHalted, "provider_misconfigured", False),
        ("not_found", {"html": True}, ProviderHalted, "provider_misconfigured", False),
        ("refuse", {"html": True}, ProviderHalted, "provider_misconfigured", False),
        ("drop_before", {}, SubmissionUnknown, "submission_unknown", True),
    ],
)
def test_a_refusal_costs_nothing_and_is_sorted_by_whom_it_is_about(
    mureka: FakeMureka,
    provider: MurekaProvider,
    brief: MusicBrief,
    kind: str,
    options: dict[str, Any],
    error: type[ProviderError],
    code: str,
    permanent: bool,
) -> None:
    mureka.script(kind, **options)
    with pytest.raises(ProviderError) as caught:
        provider.submit(brief)
    assert (type(caught.value), caught.value.code, caught.value.permanent) == (error, code, permanent)
    assert bool(caught.value.trace_id) is (kind != "drop_before" and not options.get("html"))
    assert mureka.ledger == []
    assert mureka.stats()["submits"] == 1


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("broken", {"status": 500, "charged": True}),
        ("broken", {"status": 500, "charged": False}),
        ("broken", {"status": 502, "charged": True, "html": True}),
        ("broken", {"status": 503, "charged": True}),
        ("broken", {"status": 504, "charged": True}),
        ("garbage", {}),
        ("empty", {}),
        ("no_id", {}),
        ("redirect", {}),
        ("redirect", {"status": 307}),
        ("huge", {}),
        ("duplicate_keys", {}),
        ("drop_after", {}),
        ("reset", {}),
        ("stall", {"seconds": 5}),
        ("dribble", {"pause": 0.5}),
    ],
)
def test_an_order_without_a_usable_answer_is_unknown_and_never_sent_again(
    mureka: FakeMureka,
    provider: MurekaProvider,
    brief: MusicBrief,
    settings: Any,
    kind: str,
    options: dict[str, Any],
) -> None:
    if kind in ("stall", "dribble"):
        settings.MUREKA_SUBMIT_SECONDS = 0.4
    mureka.script(kind, **options)
    with pytest.raises(SubmissionUnknown) as caught:
        provider.submit(brief)
    assert caught.value.permanent
    if kind in ("no_id", "broken"):
        assert bool(caught.value.trace_id) is not options.get("html", False)
    assert mureka.stats()["submits"] == 1
    assert len(mureka.ledger) == (0 if options.get("charged") is False else 1)


@pytest.mark.parametrize("status", ["408 Request Timeout", "409 Conflict", "499 Client Closed Request"])
def test_a_refusal_that_may_speak_of_an_order_passed_on_is_unknown(
    provider: MurekaProvider, brief: MusicBrief, settings: Any, status: str
) -> None:
    settings.MUREKA_API_KEY = "key"
    with raw_server(says(b'{"error": {"message": "no"}, "trace_id": "t-1"}', status)) as server:
        settings.MUREKA_API_BASE = server.url
        with pytest.raises(SubmissionUnknown) as caught:
            provider.submit(brief)
        assert caught.value.trace_id == "t-1"
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b'{"id": ""}',
        b'{"id": null}',
        b'{"id": true}',
        b'{"id": 1.5}',
        b'{"id": ["1"]}',
        b'{"id": ".."}',
        b'{"id": "1/../../account/billing"}',
        b'{"id": "1 2"}',
        b'{"id": "' + b"7" * 300 + b'"}',
        b'["1"]',
    ],
)
def test_an_id_that_cannot_be_asked_by_is_no_id(
    provider: MurekaProvider, brief: MusicBrief, settings: Any, answer: bytes
) -> None:
    settings.MUREKA_API_KEY = "key"
    with raw_server(says(answer)) as server:
        settings.MUREKA_API_BASE = server.url
        with pytest.raises(SubmissionUnknown, match="without a usable task id"):
            provider.submit(brief)


def test_an_answer_that_never_ends_is_given_up(provider: MurekaProvider, brief: MusicBrief, settings: Any) -> None:
    settings.MUREKA_API_KEY = "key"
    settings.MUREKA_SUBMIT_SECONDS = 0.3
    with raw_server(drips(b"HTTP/1.1 200 OK\r\n\r\n", b" ")) as server:
        settings.MUREKA_API_BASE = server.url
        with pytest.raises(SubmissionUnknown):
            provider.submit(brief)


def test_nobody_there_costs_nothing_and_may_be_tried_again(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief
) -> None:
    mureka.down()
    with pytest.raises(ProviderUnreachable):
        provider.submit(brief)
    mureka.up()
    provider.submit(brief)
    assert len(mureka.ledger) == 1


def test_an_address_without_tls_costs_nothing(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief, settings: Any
) -> None:
    settings.MUREKA_API_BASE = mureka.url.replace("http:", "https:")
    settings.MUREKA_CONNECT_SECONDS = 0.3
    with pytest.raises(ProviderUnreachable):
        provider.submit(brief)
    assert mureka.stats()["submits"] == 0


def test_an_unknown_host_costs_nothing(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    settings.MUREKA_API_BASE = "https://api.mureka.example"
    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(ProviderUnreachable):
            provider.submit(brief)


def test_an_order_takes_no_connection_that_was_kept(provider: MurekaProvider, brief: MusicBrief, settings: Any) -> None:
    """A kept connection that the other side closes at that moment leaves open whether the order was read."""
    settings.MUREKA_API_KEY = "key"
    with raw_server(kept(says(b'{"id": "1", "status": "running"}'))) as server:
        settings.MUREKA_API_BASE = server.url
        provider.poll("1")
        provider.poll("1")
        assert server.connections == 1
        provider.submit(brief)
        assert server.connections == 2
        provider.submit(brief)
        assert server.connections == 3


def test_a_connection_closed_under_an_order_is_not_replaced_by_another(
    provider: MurekaProvider, brief: MusicBrief, settings: Any
) -> None:
    settings.MUREKA_API_KEY = "key"
    running = kept(says(b'{"id": "1", "status": "running"}'))

    def answer(connection: socket.socket) -> object:
        return None if server.requests[-1].startswith(b"POST") else running(connection)

    with raw_server(answer) as server:
        settings.MUREKA_API_BASE = server.url
        provider.poll("1")
        with pytest.raises(SubmissionUnknown):
            provider.submit(brief)
        assert [request.split(b" ")[0] for request in server.requests] == [b"GET", b"POST"]


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({}, None),
        ({"retry_after": 7}, 7),
        ({"retry_after": 3600}, 3600),
        ({"retry_after": "9" * 400}, 3600),
        ({"retry_after": 0}, None),
        ({"retry_after": -5}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "Sun, 99 Nov 2026 99:99:99 GMT"}, None),
        ({"retry_after": "Sun, 06 Nov 1994 08:49:37 GMT"}, None),
        ({"retry_after": "Fri, 06 Nov 2099 08:49:37 GMT"}, 3600),
        ({"retry_after_date": 30}, pytest.approx(30, abs=2)),
    ],
)
def test_busy_says_for_how_long(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief, options: dict[str, Any], seconds: float | None
) -> None:
    mureka.script("busy", **options)
    with pytest.raises(ProviderBusy) as caught:
        provider.submit(brief)
    assert caught.value.retry_after == seconds


def test_a_date_to_come_back_at_is_taken_by_the_clock_of_who_said_it(
    provider: MurekaProvider, brief: MusicBrief, settings: Any
) -> None:
    settings.MUREKA_API_KEY = "key"
    headers = ["Date: Sun, 06 Nov 1994 08:49:00 GMT", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"]
    with raw_server(says(b'{"error": {"message": "Rate limit reached"}}', "429 Too Many Requests", *headers)) as server:
        settings.MUREKA_API_BASE = server.url
        with pytest.raises(ProviderBusy) as caught:
            provider.submit(brief)
    assert caught.value.retry_after == 37


def test_a_model_that_is_no_more_stops_the_orders_and_not_one_piece_after_the_other(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief, settings: Any
) -> None:
    settings.MUREKA_MODEL = "mureka-5.5"
    with pytest.raises(ProviderHalted, match="model must be") as caught:
        provider.submit(brief)
    assert caught.value.code == "provider_misconfigured"


@pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "열쇠"])
def test_without_a_usable_key_nothing_is_asked(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief, settings: Any, key: str
) -> None:
    settings.MUREKA_API_KEY = key
    for call in (lambda: provider.submit(brief), lambda: provider.poll("1"), provider.account):
        assert told_by(call) == (ProviderHalted, "key_refused", False)
    assert [mureka.stats()[name] for name in ("submits", "polls", "billings")] == [0, 0, 0]


@pytest.mark.parametrize("prompt", ["", "  ", "x" * 1025])
def test_a_prompt_that_would_be_refused_is_not_sent(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief, prompt: str
) -> None:
    asked = replace(brief)
    object.__setattr__(asked, "prompt", prompt)  # a brief would refuse it too
    assert told_by(lambda: provider.submit(asked)) == (NotSubmitted, "internal_error", True)
    assert mureka.stats()["submits"] == 0


def test_what_the_provider_says_is_kept_short_and_without_key_or_signature(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief
) -> None:
    words = f"key {mureka.key} at https://api.example.org/x?sig=abc123\n\x1b[31m" + "much more " * 100
    mureka.script("refuse", message=words)
    with pytest.raises(NotSubmitted) as caught:
        provider.submit(brief)
    text = str(caught.value)
    assert "https://api.example.org/x" in text
    assert not any(secret in text for secret in (mureka.key, "abc123", brief.prompt, "\n", "\x1b"))
    assert len(text) < 350


def test_a_proxy_in_the_environment_sees_neither_key_nor_order(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    with raw_server(says(b"{}")) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        provider.submit(brief)
        assert proxy.connections == 0
