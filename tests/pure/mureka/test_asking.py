"""What the provider is, and what it makes of answers about a task and about the account."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from music.brief import MusicBrief
from music.providers.base import (
    Account,
    AccountProvider,
    ProviderBusy,
    ProviderError,
    ProviderHalted,
    ProviderUnreachable,
    TaskProvider,
    TaskReport,
    TaskState,
)
from music.providers.mureka import MurekaProvider
from tests.fake_mureka import FakeMureka
from tests.pure.mureka.conftest import told_by
from tests.pure.studio.test_lightness import loaded_after
from tests.raw_server import kept, raw_server, says


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


# A task


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
    assert told_by(lambda: provider.poll(task_id)) == (error, code, permanent)
    settings.MUREKA_POLL_TIMEOUT_SECONDS = 5.0
    assert provider.poll(task_id).state == TaskState.SUCCEEDED


def test_a_provider_that_is_away_can_be_asked_later(mureka: FakeMureka, provider: MurekaProvider, task_id: str) -> None:
    mureka.down()
    assert told_by(lambda: provider.poll(task_id)) == (ProviderUnreachable, "provider_unreachable", False)
    mureka.up()
    assert provider.poll(task_id).state == TaskState.SUCCEEDED


@pytest.mark.parametrize("task_id", ["", "..", "1/2", "1?x=1", "1\n2", "x" * 300])
def test_what_is_no_task_id_is_not_asked_about(mureka: FakeMureka, provider: MurekaProvider, task_id: str) -> None:
    assert told_by(lambda: provider.poll(task_id)) == (ProviderError, "result_gone", True)
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
    assert told_by(provider.account)[:2] == (error, code)


def test_nobody_there_to_tell_of_the_account(mureka: FakeMureka, provider: MurekaProvider) -> None:
    mureka.down()
    with pytest.raises(ProviderUnreachable):
        provider.account()
