"""Live streams in the running product: who hears what, what they hold, and how they end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
import requests
from django.core import signing

from tests.process.listener import Listener, signed_in
from tests.process.product import Product, running_product, wait_until
from tests.process.reader import HttpReader

TOKEN = "a-token-for-prometheus"
READER_STREAMS = 5


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running_product(
        tmp_path_factory.mktemp("live"),
        MUSIC_DURATION_SECONDS=10,
        STUDIO_CONCURRENCY=1,
        LIVE_READER_STREAMS=READER_STREAMS,
        METRICS_TOKEN=TOKEN,
    ) as product:
        yield product


@pytest.fixture(scope="module")
def alice(product: Product) -> HttpReader:
    return HttpReader(product.url, "alice")


@pytest.fixture(scope="module")
def alices_browser(product: Product, alice: HttpReader) -> requests.Session:
    return signed_in(product.url, "alice")


@pytest.fixture(autouse=True)
def _live_is_well(product: Product, alices_browser: requests.Session) -> None:
    wait_until(lambda: is_live(product, alices_browser), what="the live process to listen")


def ticketed(product: Product, browser: requests.Session) -> str:
    """Where a browser is sent to, with its ticket."""
    return browser.get(f"{product.url}/live/events", allow_redirects=False, timeout=10).headers["Location"]


def is_live(product: Product, browser: requests.Session) -> bool:
    try:
        return requests.get(health(product, browser), timeout=5).ok
    except OSError:
        return False


def health(product: Product, browser: requests.Session) -> str:
    return ticketed(product, browser).split("/live/stream")[0] + "/health/live"


def figures(product: Product, browser: requests.Session, token: str = TOKEN) -> requests.Response:
    address = ticketed(product, browser).split("/live/stream")[0] + "/metrics"
    return requests.get(address, headers={"Authorization": f"Bearer {token}"}, timeout=5)


def test_a_reader_is_told_of_each_change_at_once_and_nobody_else_is(
    product: Product, alice: HttpReader, alices_browser: requests.Session
) -> None:
    HttpReader(product.url, "bob")
    with (
        Listener(alices_browser, product.url) as listener,
        Listener(signed_in(product.url, "bob"), product.url) as bobs,
    ):
        _, track = alice.start_journey()
        listener.wait_for(track)
        told = len(listener.changed)
        alice.wait_for(track)
        wait_until(lambda: len(listener.changed) > told, what="news of its end")
        assert {*listener.changed} == {track}
        assert bobs.changed == []


def test_it_is_told_of_music_and_not_what_it_is(alice: HttpReader, product: Product, alices_browser: requests.Session):
    with Listener(alices_browser, product.url) as listener:
        alice.post("/api/music", {"prompt": "비밀스러운 밤"})
        wait_until(lambda: listener.changed, what="news")
        assert {event for event, _ in listener.events} == {"beat", "changed"}
        assert "비밀" not in str(listener.events)
    for name in ("live", "web"):
        assert "ticket=" not in product.log(name)


def test_a_stranger_is_let_in_neither_by_the_page_nor_by_a_forged_or_an_old_ticket(
    product: Product, alices_browser: requests.Session
) -> None:
    assert requests.get(f"{product.url}/live/events", timeout=10).status_code == 401
    address, _, _ = ticketed(product, alices_browser).partition("?")

    class Old(signing.TimestampSigner):
        def timestamp(self) -> str:
            return signing.b62_encode(int(time.time()) - 61)

    secret = (product.data_dir / "secret_key").read_text().strip()
    old = Old(key=secret, salt="readingjourney.live.tickets").sign("1")
    forged = signing.TimestampSigner(key="guessed", salt="readingjourney.live.tickets").sign("1")
    for ticket in ("", "1", old, forged):
        assert requests.get(address, {"ticket": ticket}, timeout=5).status_code == 403
    good = signing.TimestampSigner(key=secret, salt="readingjourney.live.tickets").sign("1")
    with requests.get(address, {"ticket": good}, stream=True, timeout=5) as answer:
        assert answer.status_code == 200  # or the refusals above would prove nothing


def test_streams_hold_no_database_and_one_connection_to_the_broker(
    product: Product, alice: HttpReader, alices_browser: requests.Session
) -> None:
    live = psutil.Process(product.pids["live"])
    with ExitStack() as stack:
        listeners = [stack.enter_context(Listener(alices_browser, product.url)) for _ in range(READER_STREAMS)]
        assert [each.path for each in live.open_files() if "sqlite" in each.path] == []
        assert len([each for each in live.net_connections("inet") if each.status == "ESTABLISHED"]) == READER_STREAMS
        wait_until(lambda: f"live_streams {READER_STREAMS}\n" in figures(product, alices_browser).text, what="figures")
        refused = Listener(alices_browser, product.url).answer
        assert refused.status_code == 503  # one browser more than a reader may have
        product.wait_until_replaced("web", product.kill("web"))
        product.wait_until_ready()
        assert not any(listener.ended.is_set() for listener in listeners)
        _, track = alice.start_journey("동백꽃")
        for listener in listeners:
            listener.wait_for(track)
    wait_until(lambda: "live_streams 0\n" in figures(product, alices_browser).text, what="the streams to be given back")


def test_its_figures_are_for_the_token(product: Product, alices_browser: requests.Session) -> None:
    assert figures(product, alices_browser, "guessed").status_code == 404
    assert "reading_journey_live_listening 1\n" in figures(product, alices_browser).text


def test_a_deploy_ends_the_streams_at_once_and_browsers_come_back(
    product: Product, alice: HttpReader, alices_browser: requests.Session
) -> None:
    with Listener(alices_browser, product.url) as listener:
        pid = product.pids["live"]
        os.kill(pid, signal.SIGTERM)
        assert listener.ended.wait(2)
        assert listener.events[0] == ("beat", "1")
        product.wait_until_replaced("live", pid)
    with Listener(alices_browser, product.url) as again:
        again.wait_for(alice.start_journey("봄봄")[1])
    assert "Traceback" not in product.log("live")


def test_a_killed_live_process_is_started_again_and_nothing_else_notices(
    product: Product, alice: HttpReader, alices_browser: requests.Session
) -> None:
    others = {name: pid for name, pid in product.pids.items() if name != "live"}
    with Listener(alices_browser, product.url) as listener:
        pid = product.kill("live")
        assert listener.ended.wait(5)
        _, track = alice.start_journey("소나기")
        alice.wait_for(track)  # by asking, as always
        product.wait_until_replaced("live", pid)
    assert {name: pid for name, pid in product.pids.items() if name != "live"} == others


def test_streams_end_with_the_broker_and_are_refused_until_it_is_back(
    product: Product, alice: HttpReader, alices_browser: requests.Session
) -> None:
    broker = product.pids["broker"]
    with Listener(alices_browser, product.url) as listener:
        os.kill(broker, signal.SIGKILL)
        assert listener.ended.wait(5)  # one that cannot tell would only keep its browser from asking
        _, track = alice.start_journey("봄봄")
    product.wait_until_replaced("broker", broker)
    wait_until(lambda: is_live(product, alices_browser), what="the live process to listen again")
    alice.wait_for(track)
    with Listener(alices_browser, product.url) as again:
        again.wait_for(alice.start_journey("동백꽃")[1])


def test_without_live_streams_there_is_no_such_process_and_no_way_to_it(tmp_path: Path) -> None:
    with running_product(tmp_path, LIVE_STREAMS="false", STUDIO_CONCURRENCY=1) as product:
        assert "live" not in product.pids
        HttpReader(product.url, "alice")
        assert signed_in(product.url, "alice").get(f"{product.url}/live/events", timeout=10).status_code == 204
