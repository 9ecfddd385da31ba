"""Questions about tasks, as documented and answered wrongly."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.fake_mureka import FakeMureka
from tests.pure.fake_mureka.shop import BROKEN, Shop


def test_unknown_tasks_are_404_in_json_and_wrong_paths_404_in_text(mureka: FakeMureka, shop: Shop) -> None:
    unknown = shop.query("123")
    mureka.script_query("missing_text")
    assert shop.query("123").text == "404 page not found"
    wrong = shop.session.get(f"{mureka.url}/v1/instrumental/query/?task_id=123", timeout=5)

    assert (unknown.status_code, "error" in unknown.json()) == (404, True)
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (404, "text/plain")


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
