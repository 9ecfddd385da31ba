"""The fake vendor keeps to the documented protocol, tells the truth about money, and fails as it was told to."""

from __future__ import annotations

import email.utils
import os
import signal
import socket
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import soundfile

from tests.fake_mureka import FakeMureka, running_mureka, running_mureka_process

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.ReadTimeout)
"""What `requests` calls a connection that ends: the second when the headers had been read by then."""
ORDER = {"model": "mureka-9", "prompt": "calm piano", "n": 1, "stream": False}


class Shop:
    """A client that does nothing clever: no retries, no redirects."""

    def __init__(self, mureka: FakeMureka) -> None:
        self.mureka = mureka
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {mureka.key}"

    def order(self, order: Any = None, timeout: float = 5, **changes: Any) -> requests.Response:
        return self.session.post(
            f"{self.mureka.url}/v1/instrumental/generate",
            json=order if order is not None else ORDER | changes,
            timeout=timeout,
            allow_redirects=False,
        )

    def ordered(self, **changes: Any) -> str:
        answer = self.order(**changes)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def query(self, task_id: str, timeout: float = 5) -> requests.Response:
        url = f"{self.mureka.url}/v1/instrumental/query/{task_id}"
        return self.session.get(url, timeout=timeout, allow_redirects=False)

    def status(self, task_id: str) -> str:
        return str(self.query(task_id).json()["status"])

    def audio_url(self, task_id: str) -> str:
        return str(self.query(task_id).json()["choices"][0]["url"])

    def download(self, url: str, timeout: float = 5) -> requests.Response:
        return requests.get(url, timeout=timeout, allow_redirects=False, stream=True)

    def billing(self) -> requests.Response:
        return self.session.get(f"{self.mureka.url}/v1/account/billing", timeout=5)


@pytest.fixture
def mureka() -> Iterator[FakeMureka]:
    with running_mureka(latency=(100, 100)) as running:
        yield running


@pytest.fixture
def shop(mureka: FakeMureka) -> Iterator[Shop]:
    client = Shop(mureka)
    yield client
    client.session.close()


# --- as documented


def test_an_order_becomes_a_piece_in_its_time(mureka: FakeMureka, shop: Shop) -> None:
    accepted = shop.order()

    assert accepted.status_code == 200
    task_id = accepted.json()["id"]
    assert accepted.json() | {"id": "", "created_at": 0, "trace_id": ""} == {
        "id": "",
        "created_at": 0,
        "model": "mureka-9",
        "status": "preparing",
        "trace_id": "",
    }
    assert task_id.isdigit()
    assert accepted.json()["trace_id"]
    seen = [shop.status(task_id)]
    for seconds in (10, 20, 80):
        mureka.advance(seconds)
        seen.append(shop.status(task_id))
    assert seen == ["preparing", "queued", "running", "succeeded"]
    choice = shop.query(task_id).json()["choices"][0]
    assert choice["duration"] == 12_000
    assert choice["url"].startswith(f"{mureka.url}/cos-prod/open/song/")
    assert mureka.stats()["polls"] == 5


def test_the_audio_is_a_real_mp3_and_another_for_every_task(mureka: FakeMureka, shop: Shop, tmp_path: Path) -> None:
    tasks = [shop.ordered(), shop.ordered()]
    mureka.finish()

    pieces = [shop.download(shop.audio_url(task)).content for task in tasks]

    assert pieces[0] != pieces[1]
    for number, piece in enumerate(pieces):
        (tmp_path / f"{number}.mp3").write_bytes(piece)
        assert soundfile.info(tmp_path / f"{number}.mp3").duration == pytest.approx(12, abs=0.2)
    assert mureka.stats()["downloads"] == 2


def test_who_does_not_say_how_many_songs_pays_for_two(mureka: FakeMureka, shop: Shop) -> None:
    shop.order({"model": "auto", "prompt": "calm piano"})
    shop.order()

    assert [(charge.n, charge.prompt, charge.model, charge.how) for charge in mureka.ledger] == [
        (2, "calm piano", "auto", "accept"),
        (1, "calm piano", "mureka-9", "accept"),
    ]
    assert mureka.stats()["songs_charged"] == 3
    assert mureka.stats()["spending_cents"] == 12
    assert len(mureka.charges_for("calm piano")) == 2


@pytest.mark.parametrize(
    "order",
    [
        {"prompt": "no model"},
        {"model": "mureka-9"},
        {"model": "mureka-1", "prompt": "a model that never was"},
        ORDER | {"prompt": "x" * 1025},
        ORDER | {"prompt": ""},
        ORDER | {"n": 4},
        ORDER | {"n": "1"},
        ["not", "an", "object"],
    ],
)
def test_it_refuses_what_the_documentation_forbids(mureka: FakeMureka, shop: Shop, order: Any) -> None:
    answer = shop.order(order)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("Invalid request")
    assert answer.json()["trace_id"]
    assert mureka.ledger == []


def test_a_key_that_is_wrong_missing_or_revoked_buys_nothing(mureka: FakeMureka, shop: Shop) -> None:
    task_id = shop.ordered()
    answers = []
    for key in ("Bearer wrong", None):
        shop.session.headers["Authorization"] = key
        answers += [shop.order(), shop.query(task_id), shop.billing()]
    shop.session.headers["Authorization"] = f"Bearer {mureka.key}"
    mureka.revoke_key()
    answers.append(shop.order())
    mureka.restore_key()

    assert [answer.status_code for answer in answers] == [401] * 7
    assert shop.billing().status_code == 200
    assert len(mureka.ledger) == 1


def test_tasks_count_against_the_limit_until_they_end(mureka: FakeMureka, shop: Shop) -> None:
    mureka.settings(concurrency=2, retry_after="7")
    first, second = shop.ordered(), shop.ordered()

    over = shop.order()
    assert (over.status_code, over.headers["Retry-After"]) == (429, "7")
    assert over.json()["error"]["message"].startswith("Rate limit reached for ")
    mureka.finish(first)
    assert mureka.stats()["in_flight"] == 1
    third = shop.ordered()
    mureka.script_query("failed", task_id=second)
    mureka.script_query("running", task_id=third)
    mureka.advance(1000)
    assert mureka.stats()["in_flight"] == 1  # the one that runs for ever
    assert [shop.status(each) for each in (first, second, third)] == ["succeeded", "failed", "running"]
    mureka.finish(third)
    assert mureka.stats()["in_flight"] == 0


def test_orders_end_with_the_money_and_billing_tells_how_much_there_is(mureka: FakeMureka, shop: Shop) -> None:
    mureka.settings(recharge_cents=5, price_cents=4)
    shop.ordered()

    broke = shop.order()

    assert broke.status_code == 429
    assert broke.json()["error"]["message"] == ("You exceeded your current quota, please check your billing details")
    bill = shop.billing().json()
    assert isinstance(bill.pop("account_id"), int)
    assert bill == {"balance": 1, "total_recharge": 5, "total_spending": 4, "concurrent_request_limit": 10}
    mureka.top_up(100)
    shop.ordered()
    mureka.settings(concurrency=None)
    assert "concurrent_request_limit" not in shop.billing().json()


def test_a_result_address_expires_and_another_query_gives_a_fresh_one(mureka: FakeMureka, shop: Shop) -> None:
    task_id = shop.ordered()
    mureka.finish()
    url = shop.audio_url(task_id)
    assert shop.audio_url(task_id) == url

    mureka.advance(31 * 86400)

    assert shop.download(url).status_code == 403
    fresh = shop.audio_url(task_id)
    assert fresh != url
    assert shop.download(fresh).status_code == 200
    assert shop.download(url).status_code == 403
    mureka.expire_urls()
    assert shop.download(fresh).status_code == 403


def test_unknown_tasks_are_404_in_json_and_wrong_paths_404_in_text(mureka: FakeMureka, shop: Shop) -> None:
    unknown = shop.query("123")
    mureka.script_query("missing_text")
    assert shop.query("123").text == "404 page not found"
    wrong = shop.session.get(f"{mureka.url}/v1/instrumental/query/?task_id=123", timeout=5)

    assert (unknown.status_code, "error" in unknown.json()) == (404, True)
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (404, "text/plain")


def test_a_key_that_goes_along_to_the_audio_is_noticed(mureka: FakeMureka, shop: Shop) -> None:
    task_id = shop.ordered()
    mureka.finish()
    url = shop.audio_url(task_id)
    shop.download(url)
    assert mureka.leaks == []

    shop.session.get(url, timeout=5)

    assert len(mureka.leaks) == 1


def test_it_remembers_what_it_was_sent(mureka: FakeMureka, shop: Shop) -> None:
    shop.order()

    [request] = mureka.requests
    assert (request["method"], request["body"]) == ("POST", ORDER)
    assert request["headers"]["authorization"] == f"Bearer {mureka.key}"


# --- orders that go wrong


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("refuse", 400),
        ("unauthorised", 401),
        ("payment", 402),
        ("forbidden", 403),
        ("not_found", 404),
        ("unprocessable", 422),
        ("busy", 429),
        ("quota", 429),
        ("moderated", 451),
    ],
)
def test_a_refused_order_is_not_charged(mureka: FakeMureka, shop: Shop, kind: str, status: int) -> None:
    mureka.script(kind)

    refused, next_one = shop.order(), shop.order()

    assert refused.status_code == status
    assert refused.json()["error"]["message"]
    assert "Retry-After" not in refused.headers
    assert next_one.status_code == 200
    assert len(mureka.ledger) == 1


def test_busy_says_for_how_long_in_every_notation(mureka: FakeMureka, shop: Shop) -> None:
    mureka.script("busy", retry_after=3600)
    mureka.script("busy", retry_after="soon")
    mureka.script("busy", retry_after_date=30)

    told = [shop.order().headers["Retry-After"] for _ in range(3)]

    assert told[:2] == ["3600", "soon"]
    assert email.utils.parsedate_to_datetime(told[2]).timestamp() == pytest.approx(time.time() + 30, abs=10)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("charged", [True, False])
def test_a_broken_vendor_may_have_taken_the_order(mureka: FakeMureka, shop: Shop, status: int, charged: bool) -> None:
    mureka.script("broken", status=status, charged=charged, html=status == 502)

    answer = shop.order()

    assert answer.status_code == status
    assert [charge.how for charge in mureka.ledger] == (["broken"] if charged else [])


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("garbage", lambda answer: answer.text.startswith("<html>")),
        ("empty", lambda answer: answer.content == b""),
        ("no_id", lambda answer: "id" not in answer.json()),
        ("redirect", lambda answer: answer.status_code == 302 and answer.headers["Location"]),
        ("huge", lambda answer: len(answer.content) > 10_000_000),
        ("duplicate_keys", lambda answer: answer.text.count('"id"') == 2),
        ("int_id", lambda answer: isinstance(answer.json()["id"], int)),
    ],
)
def test_an_answer_can_be_useless_and_the_order_paid(mureka: FakeMureka, shop: Shop, kind: str, what: Any) -> None:
    mureka.script(kind)

    answer = shop.order()

    assert what(answer)
    assert [charge.how for charge in mureka.ledger] == [kind]


@pytest.mark.parametrize(("kind", "charges"), [("drop_before", 0), ("drop_after", 1), ("reset", 1)])
def test_a_connection_can_end_before_and_after_the_order(
    mureka: FakeMureka, shop: Shop, kind: str, charges: int
) -> None:
    mureka.script(kind)

    with pytest.raises(BROKEN):
        shop.order()

    assert len(mureka.ledger) == charges


def test_a_reset_is_a_reset(mureka: FakeMureka) -> None:
    mureka.script("reset", charged=False)
    body = b'{"model": "mureka-9", "prompt": "calm"}'
    head = f"POST /v1/instrumental/generate HTTP/1.1\r\nContent-Length: {len(body)}\r\n"
    head += f"Authorization: Bearer {mureka.key}\r\n"
    with socket.create_connection(("127.0.0.1", int(mureka.host.rpartition(":")[2])), timeout=5) as client:
        client.sendall(head.encode() + b"\r\n" + body)
        with pytest.raises(ConnectionResetError), client.makefile("rb") as answer:
            answer.read()


def test_an_id_can_be_told_twice(mureka: FakeMureka, shop: Shop) -> None:
    first = shop.ordered()
    mureka.script("same_id")

    assert shop.ordered() == first
    assert len({charge.task_id for charge in mureka.ledger}) == 2


def test_it_stalls_until_it_is_released(mureka: FakeMureka, shop: Shop) -> None:
    mureka.script("stall")
    with pytest.raises(requests.ReadTimeout):
        shop.order(timeout=0.2)
    assert len(mureka.ledger) == 1
    mureka.script("stall", seconds=0.1)

    assert shop.order().status_code == 200

    mureka.release()


@pytest.mark.parametrize("kind", ["garbage", "empty", "no_id", "redirect", "drop_after", "reset", "stall"])
def test_an_answer_can_be_useless_and_nothing_paid(mureka: FakeMureka, shop: Shop, kind: str) -> None:
    mureka.settings(stall_seconds=0)
    mureka.script(kind, charged=False)

    try:
        answer = shop.order()
    except BROKEN:
        pass
    else:
        assert b'"id"' not in answer.content

    assert mureka.ledger == []
    assert mureka.stats()["in_flight"] == 0


def test_it_answers_byte_by_byte(mureka: FakeMureka, shop: Shop) -> None:
    mureka.script("dribble", pause=0.0005)
    started = time.monotonic()

    answer = shop.order()

    assert time.monotonic() - started > 0.0005 * len(answer.content)
    assert answer.json()["id"] == mureka.ledger[0].task_id


def test_scripts_are_played_in_order_as_often_as_told_and_can_be_cleared(mureka: FakeMureka, shop: Shop) -> None:
    mureka.script("busy", times=2)
    mureka.script("accept")
    mureka.script("moderated", times=None)

    assert [shop.order().status_code for _ in range(5)] == [429, 429, 200, 451, 451]
    mureka.clear()
    assert shop.order().status_code == 200


def test_faults_can_be_drawn_by_lot_from_a_seed() -> None:
    drawn = []
    for _ in range(2):
        with running_mureka(submit_odds={"busy": 0.5}, fate_odds={"failed": 0.5}, concurrency=None) as mureka:
            shop = Shop(mureka)
            answers = [shop.order() for _ in range(20)]
            drawn.append(
                [shop.status(each.json()["id"]) if each.status_code == 200 else "busy" for each in answers],
            )
            shop.session.close()

    assert drawn[0] == drawn[1]
    assert set(drawn[0]) == {"busy", "failed", "succeeded"}


def test_a_misspelt_fault_is_an_error(mureka: FakeMureka) -> None:
    for wrong in (
        lambda: mureka.script("bsuy"),
        lambda: mureka.script("busy", retry_afetr=3),
        lambda: mureka.script("accept", fate="happy"),
        lambda: mureka.script("int_id", charged=False),
        lambda: mureka.script_query("html"),
        lambda: mureka.script_query("failed", task_id="no such task"),
        lambda: mureka.settings(latencies=(1, 2)),
        lambda: mureka.settings(submit_odds={"bsuy": 1}),
        lambda: mureka.down("sideways"),
    ):
        with pytest.raises(ValueError, match=r"."):
            wrong()


# --- queries that go wrong


def test_a_task_keeps_the_fate_it_was_given(mureka: FakeMureka, shop: Shop) -> None:
    mureka.script("accept", fate="failed", reason="content policy")
    fated = shop.ordered()
    later = shop.ordered()
    assert shop.status(fated) == "preparing"
    mureka.script_query("timeouted", task_id=later)
    mureka.finish(fated)

    for _ in range(2):
        answer = shop.query(fated).json()
        assert (answer["status"], answer["failed_reason"]) == ("failed", "content policy")
        assert shop.status(later) == "timeouted"
    another = shop.ordered()
    mureka.script_query("cancelled")
    assert [shop.status(another), shop.status(another)] == ["cancelled", "cancelled"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("reviewing", {"status": "reviewing"}),
        ("unknown", {"status": "percolating"}),
        ("no_choices", {"status": "succeeded", "choices": None}),
    ],
)
def test_one_task_answers_strangely_and_the_others_do_not(
    mureka: FakeMureka, shop: Shop, kind: str, expected: dict[str, Any]
) -> None:
    strange, plain = shop.ordered(), shop.ordered()
    mureka.script_query(kind, task_id=strange)
    mureka.finish()

    for _ in range(2):
        answer = shop.query(strange).json()
        assert {name: answer[name] for name in expected} == expected
    assert shop.status(plain) == "succeeded"


def test_a_status_can_go_backwards(mureka: FakeMureka, shop: Shop) -> None:
    task_id = shop.ordered()
    mureka.script_query("backwards", task_id=task_id)

    assert [shop.status(task_id) for _ in range(4)] == ["running", "queued", "preparing", "running"]
    mureka.finish()
    assert shop.status(task_id) == "succeeded"


def test_results_can_lack_an_address_or_have_a_foreign_one_or_belong_to_another(mureka: FakeMureka, shop: Shop) -> None:
    task_id = shop.ordered()
    mureka.finish()
    for kind, options in (("no_url", {}), ("url", {"url": "file:///etc/passwd"}), ("wrong_id", {})):
        mureka.script_query(kind, **options)

    answers = [shop.query(task_id).json() for _ in range(4)]

    assert [answer["choices"][0].get("url", "none")[:7] for answer in answers] == ["none", "file://"] + ["http://"] * 2
    assert [answer["id"] == task_id for answer in answers] == [True, True, False, True]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("missing", 404),
        ("unauthorised", 401),
        ("forbidden", 403),
        ("payment", 402),
        ("busy", 429),
        ("quota", 429),
        ("broken", 500),
        ("garbage", 200),
        ("empty", 200),
        ("huge", 200),
        ("redirect", 302),
    ],
)
@pytest.mark.parametrize("on", ["query", "billing"])
def test_questions_can_be_answered_with_an_error(
    mureka: FakeMureka, shop: Shop, on: str, kind: str, status: int
) -> None:
    task_id = shop.ordered()
    (mureka.script_query if on == "query" else mureka.script_billing)(kind)

    def ask() -> requests.Response:
        if on == "query":
            return shop.query(task_id)
        return shop.session.get(f"{mureka.url}/v1/account/billing", timeout=5, allow_redirects=False)

    assert ask().status_code == status
    assert ask().json()


@pytest.mark.parametrize("kind", ["drop", "reset", "stall"])
def test_questions_can_be_left_without_an_answer(mureka: FakeMureka, shop: Shop, kind: str) -> None:
    task_id = shop.ordered()
    mureka.script_query(kind)

    with pytest.raises(BROKEN):
        shop.query(task_id, timeout=0.3)

    assert shop.status(task_id) == "preparing"


# --- downloads that go wrong


@pytest.fixture
def url(mureka: FakeMureka, shop: Shop) -> str:
    task_id = shop.ordered()
    mureka.finish()
    return shop.audio_url(task_id)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("html", lambda answer: answer.content.startswith(b"<!doctype html>")),
        ("empty", lambda answer: answer.content == b""),
        ("wrong_codec", lambda answer: len(answer.content) == 192_000),
        ("short", lambda answer: len(answer.content) < 40_000),
        ("silent", lambda answer: len(answer.content) > 100_000),
        ("no_length", lambda answer: "Content-Length" not in answer.headers and len(answer.content) > 100_000),
        ("forbidden", lambda answer: answer.status_code == 403),
        ("missing", lambda answer: answer.status_code == 404),
        ("gone", lambda answer: answer.status_code == 410),
        ("broken", lambda answer: answer.status_code == 500),
        ("redirect", lambda answer: answer.headers["Location"] == "http://127.0.0.1:1/"),
    ],
)
def test_audio_can_be_something_else(mureka: FakeMureka, shop: Shop, url: str, kind: str, what: Any) -> None:
    mureka.script_download(kind)

    assert what(shop.download(url))
    assert len(shop.download(url).content) > 190_000


def test_audio_can_redirect_anywhere(mureka: FakeMureka, shop: Shop, url: str) -> None:
    mureka.script_download("redirect", location="http://169.254.169.254/latest/meta-data/")

    assert shop.download(url).headers["Location"] == "http://169.254.169.254/latest/meta-data/"


@pytest.mark.parametrize("kind", ["truncated", "drop", "reset"])
def test_audio_can_end_too_early(mureka: FakeMureka, shop: Shop, url: str, kind: str) -> None:
    mureka.script_download(kind)

    with pytest.raises(BROKEN):
        _ = shop.download(url).content


def test_audio_can_go_on_for_ever(mureka: FakeMureka, shop: Shop, url: str) -> None:
    mureka.script_download("huge")
    mureka.script_download("huge", declared=5_000_000_000)

    for promised in (None, "5000000000"):
        with shop.download(url) as answer:
            assert answer.headers.get("Content-Length") == promised
            got = sum(len(each) for each, _ in zip(answer.iter_content(100_000), range(50), strict=False))
        assert got > 4_000_000
    assert shop.download(url).status_code == 200  # and others are still served


def test_audio_can_be_a_gzip_bomb(mureka: FakeMureka, shop: Shop, url: str) -> None:
    mureka.script_download("gzip_bomb", megabytes=20)

    answer = shop.download(url)

    packed = answer.raw.read(decode_content=False)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(packed) < 30_000
    assert len(zlib.decompressobj(31).decompress(packed)) == 10_000_000


def test_audio_can_be_slow(mureka: FakeMureka, shop: Shop, url: str) -> None:
    mureka.script_download("slow")
    started = time.monotonic()

    with shop.download(url) as answer:
        got = answer.raw.read(500)

    assert len(got) == 500
    assert time.monotonic() - started > 0.2


# --- being away


def test_it_can_be_down_and_come_back_at_the_same_address(mureka: FakeMureka, shop: Shop) -> None:
    task_id = shop.ordered()
    url = mureka.url
    mureka.down()
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            shop.query(task_id)
    with pytest.raises(ConnectionRefusedError), socket.socket() as client:
        client.connect(("127.0.0.1", int(mureka.host.rpartition(":")[2])))

    mureka.up()

    assert mureka.url == url
    assert shop.status(task_id) == "preparing"


def test_it_can_be_there_and_say_nothing(mureka: FakeMureka, shop: Shop) -> None:
    mureka.down("silent")
    with pytest.raises(requests.ReadTimeout):
        shop.order(timeout=0.2)

    mureka.up()

    assert shop.order().status_code == 200
    assert len(mureka.ledger) == 1


def test_it_can_hang_up_on_connections_that_are_kept_alive(mureka: FakeMureka, shop: Shop) -> None:
    shop.ordered()
    assert mureka.stats()["connections"] == 1

    assert mureka.hang_up() == 1

    shop.ordered()
    assert len(mureka.ledger) == 2


# --- in a process of its own


def test_as_a_process_it_reads_the_same_and_its_ledger_survives_a_kill(tmp_path: Path) -> None:
    with running_mureka_process(tmp_path, latency=(100, 100), price_cents=3) as mureka:
        shop = Shop(mureka)
        mureka.script("drop_after")
        with pytest.raises(requests.ConnectionError):
            shop.order(prompt="lost on the way")
        task_id = shop.ordered(prompt="safe")
        mureka.settings(concurrency=4)
        url, pid = mureka.url, mureka.pid

        mureka.kill()

        assert [(charge.prompt, charge.how) for charge in mureka.ledger] == [
            ("lost on the way", "drop_after"),
            ("safe", "accept"),
        ]
        mureka.start()
        assert (mureka.url, mureka.pid != pid) == (url, True)
        assert shop.status(task_id) == "preparing"
        assert mureka.stats()["in_flight"] == 2
        assert shop.ordered(prompt="after the restart") not in {task_id, mureka.ledger[0].task_id}
        assert shop.billing().json()["total_spending"] == 9
        assert shop.billing().json()["concurrent_request_limit"] == 4
        with pytest.raises(ValueError, match="bsuy"):
            mureka.script("bsuy")
        mureka.down()
        with pytest.raises(requests.ConnectionError):
            shop.billing()
        mureka.up()
        assert mureka.finish() == 3
        assert shop.status(task_id) == "succeeded"
        shop.session.close()


def test_half_a_line_in_the_ledger_is_no_charge(tmp_path: Path) -> None:
    with running_mureka_process(tmp_path) as mureka:
        shop = Shop(mureka)
        shop.ordered()
        mureka.kill()
        with mureka.ledger_path.open("a") as ledger:
            ledger.write('{"task_id": "12')
        assert len(mureka.ledger) == 1

        mureka.start()

        shop.ordered()
        assert len(mureka.ledger) == mureka.stats()["accepted"] == 2
        shop.session.close()


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    with running_mureka_process(tmp_path) as mureka:
        pid = mureka.pid
        assert mureka._process is not None
        assert mureka._process.stdin is not None
        mureka._process.stdin.close()

        assert mureka._process.wait(10) == 0

        with pytest.raises(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
