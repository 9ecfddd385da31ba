"""Orders as documented, their price, and every way in which one goes wrong."""

from __future__ import annotations

import email.utils
import socket
import time
from typing import Any

import pytest
import requests

from tests.fake_mureka import FakeMureka
from tests.pure.fake_mureka.shop import BROKEN, ORDER, Shop


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
