"""The product's own programs (web, Celery workers, beat, broker) with a paid vendor: cases 8, 10, 11 and 12.

`tests/process` has the same for the studio. Each case starts the whole product by its one command.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import redis

from readingjourney.datadir import broker_socket
from tests.fake_mureka import FakeMureka
from tests.process.product import Product, running_product, wait_until
from tests.process.reader import HttpReader, rows

UNFINISHED = "SELECT count(*) FROM music_musictrack WHERE status IN ('pending', 'generating')"
ORDERED_TWICE = (
    "SELECT track_ref FROM music_submissionattempt WHERE state <> 'refused' GROUP BY track_ref HAVING count(*) > 1"
)


@contextmanager
def product_with(mureka: FakeMureka, tmp_path: Path, **changes: Any) -> Iterator[Product]:
    quick = {
        "MUSIC_LEASE_SECONDS": 3,
        "MUSIC_SWEEP_SECONDS": 0.5,
        "MUREKA_POLL_SECONDS": 0.5,
        "MUREKA_SUBMIT_SECONDS": 2,
        "MUREKA_CONNECT_SECONDS": 1,
        "MUREKA_POLL_TIMEOUT_SECONDS": 2,
        "MUSIC_MIN_FREE_MB": 1,
    }
    with running_product(tmp_path, **{**mureka.environment, **quick, **changes}) as product:
        yield product
        _no_secret_was_written(product, mureka)


def _no_secret_was_written(product: Product, mureka: FakeMureka) -> None:
    for log in (product.data_dir / "logs").glob("*.log"):
        assert mureka.key not in log.read_text(errors="replace"), log
    assert not mureka.leaks


def pieces(alice: HttpReader, count: int) -> list[str]:
    return [
        str(alice.post("/api/music", {"prompt": f"quiet piano {number}"}).json()["jobId"]) for number in range(count)
    ]


def paid_once_each(product: Product, mureka: FakeMureka, count: int) -> None:
    made = rows(product.data_dir, "SELECT count(*) FROM music_musictrack WHERE status = 'completed'")
    assert made == [(count,)]
    assert len(mureka.ledger) == count
    orders = rows(product.data_dir, "SELECT count(*) FROM music_submissionattempt WHERE state = 'submitted'")
    assert orders == [(count,)]


def all_made(product: Product, seconds: float = 60) -> None:
    wait_until(lambda: rows(product.data_dir, UNFINISHED) == [(0,)], seconds=seconds, what="every piece to be made")


def test_a_deploy_in_the_middle_loses_nothing_and_pays_nothing_twice(tmp_path: Path, mureka: FakeMureka) -> None:
    mureka.settings(latency=(1.0, 3.0))
    with product_with(mureka, tmp_path) as product:
        alice = HttpReader(product.url)
        pieces(alice, 8)
        wait_until(lambda: len(mureka.ledger) >= 3, what="orders to be under way", every=0.01)
        began = time.monotonic()
        assert product.stop() == 0
        assert time.monotonic() - began < 25
    with product_with(mureka, tmp_path) as product:
        all_made(product)
        paid_once_each(product, mureka, 8)


def test_celery_workers_killed_again_and_again_pay_nothing_twice(tmp_path: Path, mureka: FakeMureka) -> None:
    mureka.settings(latency=(0.5, 2.0))
    with product_with(mureka, tmp_path) as product:
        alice = HttpReader(product.url)
        tracks = pieces(alice, 8)
        for _ in range(3):
            wait_until(lambda: mureka.stats()["in_flight"] >= 1, what="orders to be under way", every=0.01)
            top = psutil.Process(product.pids["worker"])
            for process in [*top.children(recursive=True), top]:
                os.kill(process.pid, signal.SIGKILL)
            product.wait_until_replaced("worker", top.pid)
            time.sleep(1)
        all_made(product, 90)
        states = {track: alice.track(track)["status"] for track in tracks}
        unknown = rows(product.data_dir, "SELECT count(*) FROM music_submissionattempt WHERE state = 'unknown'")[0][0]
        assert list(states.values()).count("error") == unknown
        assert len(mureka.ledger) <= 8
        assert rows(product.data_dir, ORDERED_TWICE) == []
        saved = {task_id for (task_id,) in rows(product.data_dir, "SELECT task_id FROM music_submissionattempt")}
        lost = [charge for charge in mureka.ledger if charge.task_id not in saved]
        assert len(lost) <= unknown, "every charge is in the books, or may be that of an order nobody knows about"


def test_the_broker_restarted_twice_and_emptied_delays_but_loses_nothing(tmp_path: Path, mureka: FakeMureka) -> None:
    mureka.settings(latency=(0.5, 1.5))
    with product_with(mureka, tmp_path) as product:
        alice = HttpReader(product.url)
        pieces(alice, 4)
        for _ in range(2):
            product.wait_until_replaced("broker", product.kill("broker"))
        began = time.monotonic()
        pieces(alice, 2)
        assert time.monotonic() - began < 5, "no request waits for the broker"
        client = redis.Redis(unix_socket_path=str(broker_socket(product.data_dir)))
        wait_until(lambda: _flushed(client), what="the broker to be back")
        pieces(alice, 2)
        client.flushall()
        client.close()
        all_made(product)
        paid_once_each(product, mureka, 8)


def _flushed(client: redis.Redis) -> bool:
    try:
        return bool(client.flushall())
    except redis.RedisError:
        return False


def test_knocks_that_come_ten_times_over_do_nothing_more(tmp_path: Path, mureka: FakeMureka) -> None:
    mureka.settings(latency=(0.5, 1.0))
    with product_with(mureka, tmp_path) as product:
        alice = HttpReader(product.url)
        tracks = pieces(alice, 3)

        def trigger(track: str) -> None:
            alice.api.post(f"{alice.url}/api/music/generate/{track}", timeout=10)

        again = [threading.Thread(target=trigger, args=(track,)) for track in tracks for _ in range(10)]
        for thread in again:
            thread.start()
        for thread in again:
            thread.join()
        all_made(product)
        paid_once_each(product, mureka, 3)
