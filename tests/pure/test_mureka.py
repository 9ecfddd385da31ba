"""The Mureka provider against a Mureka on the loopback: outcomes sorted, nothing ordered twice, no key given away."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from music.brief import Genre, MusicBrief, Role
from music.briefs import Words, brief_for_log
from music.providers.base import (
    Account,
    AccountProvider,
    NotSubmitted,
    ProviderBusy,
    ProviderError,
    ProviderHalted,
    ProviderUnreachable,
    ResultGone,
    ResultInvalid,
    SubmissionUnknown,
    TaskProvider,
    TaskReport,
    TaskState,
)
from music.providers.mureka import MurekaProvider
from tests.fake_mureka import FakeMureka, running_mureka
from tests.pure.studio.test_lightness import loaded_after
from tests.raw_server import drips, kept, raw_server, says


@pytest.fixture
def mureka(settings: Any) -> Iterator[FakeMureka]:
    with running_mureka() as fake:
        settings.MUREKA_API_BASE = fake.url
        settings.MUREKA_API_KEY = fake.key
        settings.MUREKA_AUDIO_HOSTS = [fake.host]
        yield fake
        assert fake.leaks == []


@pytest.fixture
def provider() -> MurekaProvider:
    return MurekaProvider()


@pytest.fixture(scope="module")
def brief() -> MusicBrief:
    return brief_for_log(Words(memo="It rained all day."), role=Role.ENTRY, seed=3, theme_seed=4, genre=Genre.CHAMBER)


def test_it_is_what_the_product_expects(mureka: FakeMureka, provider: MurekaProvider) -> None:
    assert isinstance(provider, TaskProvider)
    assert isinstance(provider, AccountProvider)
    assert (provider.name, provider.charges) == ("mureka", True)


def test_it_follows_the_settings_of_the_moment(provider: MurekaProvider, settings: Any) -> None:
    settings.MUREKA_CONCURRENCY, settings.MUREKA_DEADLINE_SECONDS, settings.MUREKA_POLL_SECONDS = 7, 1_200, 3.0
    assert (provider.concurrency, provider.deadline_seconds, provider.poll_seconds) == (7, 1_200, 3.0)
    settings.MUREKA_CONCURRENCY = 0
    assert provider.concurrency is None


def test_a_web_process_has_it_without_loading_a_decoder() -> None:
    assert loaded_after("from music.providers.mureka import MurekaProvider; MurekaProvider().typical_seconds") == set()


# Ordering


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
        with pytest.raises(ProviderHalted) as caught:
            call()
        assert caught.value.code == "key_refused"
    assert [mureka.stats()[name] for name in ("submits", "polls", "billings")] == [0, 0, 0]


@pytest.mark.parametrize("prompt", ["", "  ", "x" * 1025])
def test_a_prompt_that_would_be_refused_is_not_sent(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief, prompt: str
) -> None:
    asked = replace(brief)
    object.__setattr__(asked, "prompt", prompt)  # a brief would refuse it too
    with pytest.raises(NotSubmitted) as caught:
        provider.submit(asked)
    assert (caught.value.code, caught.value.permanent) == ("internal_error", True)
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


# Asking


@pytest.fixture
def task_id(mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief) -> str:
    return provider.submit(brief).task_id


@pytest.mark.parametrize(
    ("kind", "options", "report"),
    [
        ("running", {}, TaskReport(TaskState.RUNNING)),
        ("reviewing", {}, TaskReport(TaskState.RUNNING)),
        ("unknown", {"status": "percolating"}, TaskReport(TaskState.RUNNING, unknown_status="percolating")),
        (
            "failed",
            {},
            TaskReport(TaskState.FAILED, code="provider_failed", reason="mureka: failed, generation failed"),
        ),
        (
            "failed",
            {"reason": "Sensitive content was found"},
            TaskReport(TaskState.FAILED, code="content_refused", reason="mureka: failed, Sensitive content was found"),
        ),
        ("timeouted", {}, TaskReport(TaskState.FAILED, code="provider_timeout", reason="mureka: timeouted")),
        ("cancelled", {}, TaskReport(TaskState.FAILED, code="provider_cancelled", reason="mureka: cancelled")),
    ],
)
def test_it_reads_every_state(
    mureka: FakeMureka, provider: MurekaProvider, task_id: str, kind: str, options: dict[str, Any], report: TaskReport
) -> None:
    mureka.script_query(kind, task_id=task_id, **options)
    assert provider.poll(task_id) == report


@pytest.mark.parametrize("kind", ["no_url", "no_choices"])
def test_success_without_audio_is_a_failure(
    mureka: FakeMureka, provider: MurekaProvider, task_id: str, kind: str
) -> None:
    mureka.script_query(kind, task_id=task_id)
    report = provider.poll(task_id)
    assert (report.state, report.code, report.result_url) == (TaskState.FAILED, "provider_failed", "")


@pytest.mark.parametrize(
    ("choices", "url"),
    [
        ([], ""),
        ({}, ""),
        ([None, "x", {"url": 5}], ""),
        ([{"url": "x" * 3_000}], ""),
        ([{"url": ""}, {"url": "https://cdn.mureka.ai/2.mp3"}], "https://cdn.mureka.ai/2.mp3"),
        ([{"flac_url": "https://cdn.mureka.ai/1.flac"}], "https://cdn.mureka.ai/1.flac"),
    ],
)
def test_it_takes_the_first_audio_there_is(provider: MurekaProvider, settings: Any, choices: object, url: str) -> None:
    settings.MUREKA_API_KEY = "key"
    body = f'{{"id": 1, "status": "Succeeded", "choices": {json.dumps(choices)}}}'.encode()
    with raw_server(says(body)) as server:
        settings.MUREKA_API_BASE = server.url
        report = provider.poll("1")
    assert report.result_url == url
    assert report.state == (TaskState.SUCCEEDED if url else TaskState.FAILED)


def test_a_status_that_goes_back_is_just_running(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief
) -> None:
    mureka.settings(latency=(100, 100))
    task_id = provider.submit(brief).task_id
    mureka.script_query("backwards", task_id=task_id)
    assert {provider.poll(task_id).state for _ in range(4)} == {TaskState.RUNNING}


@pytest.mark.parametrize(
    ("kind", "options", "error", "code", "permanent"),
    [
        ("wrong_id", {}, ProviderError, "provider_confused", False),
        ("duplicate_keys", {}, ProviderError, "provider_confused", False),
        ("garbage", {}, ProviderError, "provider_confused", False),
        ("empty", {}, ProviderError, "provider_confused", False),
        ("redirect", {}, ProviderError, "provider_confused", False),
        ("missing", {}, ProviderError, "result_gone", True),
        ("missing_text", {}, ProviderError, "result_gone", False),
        ("unauthorised", {}, ProviderHalted, "key_refused", False),
        ("forbidden", {}, ProviderHalted, "region_refused", False),
        ("payment", {}, ProviderHalted, "credit_used_up", False),
        ("quota", {}, ProviderHalted, "credit_used_up", False),
        ("busy", {"retry_after": 9}, ProviderBusy, "provider_busy", False),
        ("broken", {"status": 500}, ProviderError, "provider_unreachable", False),
        ("broken", {"status": 502, "html": True}, ProviderError, "provider_unreachable", False),
        ("huge", {}, ProviderError, "provider_unreachable", False),
        ("stall", {"seconds": 5}, ProviderError, "provider_unreachable", False),
        ("dribble", {"pause": 0.5}, ProviderError, "provider_unreachable", False),
        ("drop", {}, ProviderError, "provider_unreachable", False),
        ("reset", {}, ProviderError, "provider_unreachable", False),
    ],
)
def test_a_question_without_an_answer_says_nothing_of_the_task(
    mureka: FakeMureka,
    provider: MurekaProvider,
    task_id: str,
    settings: Any,
    kind: str,
    options: dict[str, Any],
    error: type[ProviderError],
    code: str,
    permanent: bool,
) -> None:
    if kind in ("stall", "dribble"):
        settings.MUREKA_POLL_TIMEOUT_SECONDS = 0.4
    mureka.script_query(kind, **options)
    with pytest.raises(ProviderError) as caught:
        provider.poll(task_id)
    assert (type(caught.value), caught.value.code, caught.value.permanent) == (error, code, permanent)
    settings.MUREKA_POLL_TIMEOUT_SECONDS = 5.0
    assert provider.poll(task_id).state == TaskState.SUCCEEDED


def test_a_provider_that_is_away_can_be_asked_later(mureka: FakeMureka, provider: MurekaProvider, task_id: str) -> None:
    mureka.down()
    with pytest.raises(ProviderError) as caught:
        provider.poll(task_id)
    assert (caught.value.code, caught.value.permanent) == ("provider_unreachable", False)
    mureka.up()
    assert provider.poll(task_id).state == TaskState.SUCCEEDED


@pytest.mark.parametrize("task_id", ["", "..", "1/2", "1?x=1", "1\n2", "x" * 300])
def test_what_is_no_task_id_is_not_asked_about(mureka: FakeMureka, provider: MurekaProvider, task_id: str) -> None:
    with pytest.raises(ProviderError) as caught:
        provider.poll(task_id)
    assert (caught.value.code, caught.value.permanent) == ("result_gone", True)
    assert mureka.stats()["polls"] == 0


def test_questions_share_kept_connections_across_threads(provider: MurekaProvider, settings: Any) -> None:
    settings.MUREKA_API_KEY = "key"
    together = threading.Barrier(4)

    def ask(_: int) -> TaskState:
        together.wait(10)
        return provider.poll("1").state

    with raw_server(kept(says(b'{"id": "1", "status": "running"}'))) as server:
        settings.MUREKA_API_BASE = server.url
        for _ in range(3):  # a sweep's threads live for one round of polls
            with ThreadPoolExecutor(4) as pool:
                assert set(pool.map(ask, range(4))) == {TaskState.RUNNING}
        assert len(server.requests) == 12
        assert server.connections <= 4


def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(
    mureka: FakeMureka, provider: MurekaProvider, task_id: str
) -> None:
    provider.poll(task_id)
    mureka.hang_up()
    assert provider.poll(task_id).state == TaskState.SUCCEEDED


# Fetching


@pytest.fixture
def result_url(provider: MurekaProvider, task_id: str) -> str:
    return provider.poll(task_id).result_url


def test_it_brings_the_audio_with_what_was_found_in_it(
    mureka: FakeMureka, provider: MurekaProvider, result_url: str
) -> None:
    audio = provider.fetch(result_url)
    assert (audio.content_type, audio.extension) == ("audio/mpeg", "mp3")
    assert audio.seconds == pytest.approx(12, abs=0.1)
    assert audio.data[:3] == b"ID3"
    assert len(audio.peaks) == 400
    assert audio.metadata == {"mureka": {"sample_rate": 44_100, "channels": 1}}
    assert mureka.stats()["downloads"] == 1


@pytest.mark.parametrize(
    ("kind", "options", "error", "code", "permanent"),
    [
        ("html", {}, ResultInvalid, "result_invalid", False),
        ("empty", {}, ResultInvalid, "result_invalid", False),
        ("truncated", {}, ResultInvalid, "result_invalid", False),
        ("wrong_codec", {}, ResultInvalid, "result_invalid", False),
        ("short", {}, ResultInvalid, "result_invalid", False),
        ("silent", {}, ResultInvalid, "result_invalid", False),
        ("gzip_bomb", {"megabytes": 100}, ResultInvalid, "result_invalid", False),
        ("huge", {}, ResultInvalid, "result_invalid", True),
        ("huge", {"declared": 5_000_000_000}, ResultInvalid, "result_invalid", True),
        ("redirect", {"location": "http://127.0.0.1:1/"}, ResultInvalid, "result_invalid", True),
        ("redirect", {"location": "http://169.254.169.254/"}, ResultInvalid, "result_invalid", True),
        ("redirect", {"location": "file:///etc/passwd"}, ResultInvalid, "result_invalid", True),
        ("forbidden", {}, ResultGone, "result_gone", False),
        ("missing", {}, ResultGone, "result_gone", False),
        ("gone", {}, ResultGone, "result_gone", False),
        ("broken", {}, ProviderError, "provider_unreachable", False),
        ("slow", {}, ProviderError, "provider_unreachable", False),
        ("stall", {"seconds": 5}, ProviderError, "provider_unreachable", False),
        ("drop", {}, ProviderError, "provider_unreachable", False),
        ("reset", {}, ResultInvalid, "result_invalid", False),
    ],
)
def test_what_cannot_be_played_is_never_a_result(
    mureka: FakeMureka,
    provider: MurekaProvider,
    result_url: str,
    settings: Any,
    kind: str,
    options: dict[str, Any],
    error: type[ProviderError],
    code: str,
    permanent: bool,
) -> None:
    settings.MUSIC_DOWNLOAD_MAX_BYTES = 2_000_000
    settings.MUSIC_DOWNLOAD_SECONDS = 0.6 if kind in ("slow", "stall") else 10
    mureka.script_download(kind, **options)
    with pytest.raises(ProviderError) as caught:
        provider.fetch(result_url)
    assert (type(caught.value), caught.value.code, caught.value.permanent) == (error, code, permanent)
    settings.MUSIC_DOWNLOAD_SECONDS = 10
    assert provider.fetch(result_url).peaks  # and the next time it is there


def test_a_result_of_untold_length_is_as_good(mureka: FakeMureka, provider: MurekaProvider, result_url: str) -> None:
    mureka.script_download("no_length")
    assert provider.fetch(result_url).seconds == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/song.mp3", "http://169.254.169.254/song.mp3", "file:///etc/passwd", "https://example.org/"],
)
def test_a_result_elsewhere_is_not_fetched(mureka: FakeMureka, provider: MurekaProvider, url: str) -> None:
    with pytest.raises(ResultInvalid) as caught:
        provider.fetch(url)
    assert caught.value.permanent


def test_an_expired_address_is_replaced_by_asking_again(
    mureka: FakeMureka, provider: MurekaProvider, task_id: str, result_url: str
) -> None:
    mureka.expire_urls()
    with pytest.raises(ResultGone):
        provider.fetch(result_url)
    fresh = provider.poll(task_id).result_url
    assert fresh != result_url
    assert provider.fetch(fresh).peaks


def test_it_trims_only_what_a_setting_calls_too_long(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief, settings: Any
) -> None:
    mureka.settings(default_duration=30.0)
    url = provider.poll(provider.submit(brief).task_id).result_url
    assert provider.fetch(url).seconds == pytest.approx(30, abs=0.1)
    settings.MUSIC_MAX_SECONDS = 15
    audio = provider.fetch(url)
    assert audio.seconds == pytest.approx(15, abs=0.1)
    assert (audio.content_type, len(audio.peaks)) == ("audio/mpeg", 400)


# The account


def test_it_reads_the_account(mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief) -> None:
    mureka.settings(recharge_cents=3_000, price_cents=4, concurrency=5)
    provider.submit(brief)
    assert provider.account() == Account(2_996, 4, 3_000, 5)


@pytest.mark.parametrize(
    ("body", "account"),
    [
        (b"{}", Account()),
        (b'{"balance": null, "total_spending": "12", "concurrent_request_limit": 0}', Account(spending_cents=12)),
        (b'{"balance": -4, "total_recharge": true, "total_spending": "much"}', Account(balance_cents=-4)),
        (b'{"balance": 1e999, "total_spending": [], "concurrent_request_limit": 2.0}', Account(concurrency=2)),
    ],
)
def test_it_makes_do_with_what_the_account_tells(
    provider: MurekaProvider, settings: Any, body: bytes, account: Account
) -> None:
    settings.MUREKA_API_KEY = "key"
    with raw_server(says(body)) as server:
        settings.MUREKA_API_BASE = server.url
        assert provider.account() == account


@pytest.mark.parametrize(
    ("kind", "options", "error", "code"),
    [
        ("unauthorised", {}, ProviderHalted, "key_refused"),
        ("forbidden", {}, ProviderHalted, "region_refused"),
        ("payment", {}, ProviderHalted, "credit_used_up"),
        ("busy", {}, ProviderBusy, "provider_busy"),
        ("broken", {}, ProviderError, "provider_unreachable"),
        ("drop", {}, ProviderError, "provider_unreachable"),
        ("garbage", {}, ProviderError, "provider_confused"),
        ("missing", {}, ProviderError, "provider_confused"),
    ],
)
def test_an_account_that_cannot_be_read_has_its_reason(
    mureka: FakeMureka,
    provider: MurekaProvider,
    kind: str,
    options: dict[str, Any],
    error: type[ProviderError],
    code: str,
) -> None:
    mureka.script_billing(kind, **options)
    with pytest.raises(ProviderError) as caught:
        provider.account()
    assert (type(caught.value), caught.value.code) == (error, code)


def test_nobody_there_to_tell_of_the_account(mureka: FakeMureka, provider: MurekaProvider) -> None:
    mureka.down()
    with pytest.raises(ProviderUnreachable):
        provider.account()
