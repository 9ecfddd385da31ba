"""What a test tells it: faults in their order or by lot, being away, and a process of its own."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest
import requests

from tests.fake_mureka import FakeMureka, running_mureka, running_mureka_process
from tests.pure.fake_mureka.shop import ORDER, Shop


def test_it_remembers_what_it_was_sent(mureka: FakeMureka, shop: Shop) -> None:
    shop.order()

    [request] = mureka.requests
    assert (request["method"], request["body"]) == ("POST", ORDER)
    assert request["headers"]["authorization"] == f"Bearer {mureka.key}"


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
