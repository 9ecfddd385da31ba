"""News without asking: the live stream, what takes over when it fails, and what tells of a piece that is ready."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.conftest import SignUp, playback, start_journey
from tests.loopback import Vendor, running_vendor
from tests.process.product import Product, running_product, wait_until

READY = re.compile(r"^\(1\)\u00a0")
# A headless page is always seen, and the system shows no notification: what the page believes is ours to say.
STAGE = """
  let hidden = false;
  Object.defineProperty(document, "visibilityState", { get: () => (hidden ? "hidden" : "visible") });
  window.leave = (now) => { hidden = now; document.dispatchEvent(new Event("visibilitychange")); };
  window.shown = [];
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { return (this.permission = window.answer ?? "granted"); }
    constructor(title, options) { Object.assign(this, options, { title }); window.shown.push(this); }
    close() {}
  };
  if (location.hash === "#granted") Notification.permission = "granted";
"""


@pytest.fixture(scope="module")
def vendor() -> Iterator[Vendor]:
    with running_vendor() as vendor:
        yield vendor


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, vendor: Vendor) -> Iterator[Product]:
    """A product whose pieces are ready when the test says so."""
    with running_product(
        tmp_path_factory.mktemp("live-pages"),
        MUSIC_EXTRA_PROVIDERS="loopback=tests.providers.LoopbackProvider",
        MUSIC_PROVIDER="loopback",
        LOOPBACK_PROVIDER_URL=vendor.url,
        MUSIC_SWEEP_SECONDS=0.5,
        STUDIO_CONCURRENCY=1,
    ) as product:
        yield product


@pytest.fixture(autouse=True)
def _in_the_making(vendor: Vendor) -> None:
    vendor.default_outcome = "running"
    vendor.outcomes.clear()


class Watch:
    """When a browser asked for news, and when for a stream."""

    def __init__(self, context: BrowserContext) -> None:
        self.polls: list[float] = []
        self.streams: list[Page] = []
        context.on("request", self._note)

    def _note(self, request: Request) -> None:
        if "/api/music/status" in request.url:
            self.polls.append(time.monotonic())
        elif request.url.endswith("/live/events"):
            self.streams.append(request.frame.page)

    def gaps(self) -> list[float]:
        return [after - before for before, after in pairwise(self.polls)]


@pytest.fixture
def watch(context: BrowserContext) -> Watch:
    return Watch(context)


def wait_on(page: Page, condition: object, *, seconds: float = 20, what: str) -> None:
    """As `wait_until`, with the browser's events heard meanwhile."""
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain for {what}"
        page.wait_for_timeout(50)


def being_made(page: Page) -> None:
    expect(page.locator("[data-track]").last).to_contain_text("작곡 중", timeout=20_000)


def ready(page: Page) -> None:
    expect(page.locator("[data-track]").last).to_contain_text("음악 준비됨", timeout=10_000)


def test_a_badge_follows_the_stream_while_the_browser_hardly_asks(
    page: Page, product: Product, vendor: Vendor, sign_up: SignUp, watch: Watch
) -> None:
    sign_up(page, product)
    start_journey(page, product)
    being_made(page)
    wait_on(page, lambda: watch.gaps() and watch.gaps()[-1] > 10, seconds=60, what="a long pause between two polls")
    streams = len(watch.streams)
    vendor.default_outcome = "succeeded"
    ready(page)  # within 10 s, and the next poll of its own would have come after 15
    assert len(watch.streams) == streams


def test_polling_takes_over_by_itself_when_the_stream_is_gone_for_good(
    page: Page, product: Product, vendor: Vendor, sign_up: SignUp, watch: Watch
) -> None:
    sign_up(page, product)
    start_journey(page, product)
    being_made(page)
    wait_on(page, lambda: watch.gaps() and watch.gaps()[-1] > 6, seconds=60, what="the stream to be trusted")
    stopped = product.wait_until_replaced("live", product.kill("live"))
    os.kill(stopped, signal.SIGSTOP)  # it lets everybody wait at the door
    try:
        watch.polls.clear()
        wait_on(page, lambda: len(watch.polls) >= 4, what="the polls of a browser without a stream")
        assert min(watch.gaps()) < 4
        vendor.default_outcome = "succeeded"
        ready(page)
    finally:
        os.kill(stopped, signal.SIGKILL)


def test_two_tabs_share_one_stream_and_the_second_takes_it_over(
    context: BrowserContext, page: Page, product: Product, vendor: Vendor, sign_up: SignUp, watch: Watch
) -> None:
    sign_up(page, product)
    url = start_journey(page, product)
    being_made(page)
    wait_on(page, lambda: watch.streams, what="the first tab's stream")
    other = context.new_page()
    other.goto(url)
    being_made(other)
    assert other not in watch.streams
    page.close()
    wait_on(other, lambda: other in watch.streams, what="the second tab's stream")
    vendor.default_outcome = "succeeded"
    ready(other)


def test_a_piece_is_new_until_it_was_played(
    page: Page, product: Product, vendor: Vendor, sign_up: SignUp, context: BrowserContext
) -> None:
    vendor.default_outcome = "succeeded"
    sign_up(page, product)
    url = start_journey(page, product)
    ready(page)
    mark, count = page.locator("[data-unheard-mark]"), page.locator("[data-unheard]")
    expect(mark).to_be_visible()
    expect(count).to_contain_text("1")
    other = context.new_page()
    other.goto(f"{product.url}/settings")
    expect(other.locator("[data-unheard]")).to_be_visible()
    page.locator("[data-track] [data-play]").first.click()
    wait_until(lambda: playback(page)["playing"], what="the music to play")
    expect(mark).to_be_hidden()
    expect(count).to_be_hidden()
    expect(other.locator("[data-unheard]")).to_be_hidden()
    page.goto(url)
    expect(page.locator("[data-track]")).to_contain_text("음악 준비됨")
    expect(mark).to_be_hidden()


def test_back_brings_up_no_older_count(page: Page, product: Product, vendor: Vendor, sign_up: SignUp) -> None:
    vendor.default_outcome = "succeeded"
    sign_up(page, product)
    url = start_journey(page, product)
    ready(page)
    count = page.locator("[data-unheard]")
    expect(count).to_be_visible()
    page.locator("nav a[href='/music']").first.click()
    page.wait_for_url("**/music")
    page.locator("#pieces [data-play]").click()
    expect(count).to_be_hidden()
    page.wait_for_timeout(1000)  # until nothing is on its way any more that tells of it
    page.go_back()
    page.wait_for_url(url)
    expect(page.locator("textarea[name=memo]")).to_be_visible()
    expect(count).to_be_hidden()


def test_the_title_counts_what_became_ready_until_it_is_seen(
    page: Page, product: Product, vendor: Vendor, sign_up: SignUp
) -> None:
    sign_up(page, product)
    url = start_journey(page, product)
    being_made(page)
    page.get_by_role("link", name="설정", exact=True).click()
    page.wait_for_url("**/settings")
    vendor.default_outcome = "succeeded"
    expect(page).to_have_title(READY, timeout=20_000)
    page.evaluate("url => { document.querySelector('.brand').href = url }", url)
    page.locator(".brand").click()
    page.wait_for_url(url)
    expect(page.locator("[data-unheard-mark]")).to_be_visible()  # not played yet, but seen
    expect(page).not_to_have_title(re.compile(r"\(1\)"))


def turn_notifications_on(page: Page, product: Product) -> None:
    page.goto(f"{product.url}/settings")
    page.locator("[data-notify-toggle]").click()
    expect(page.locator("[data-notify-state=on]")).to_be_visible()


def test_a_reader_who_asked_for_it_is_notified_when_no_tab_is_seen(
    page: Page, product: Product, vendor: Vendor, sign_up: SignUp
) -> None:
    page.add_init_script(STAGE)
    sign_up(page, product)
    turn_notifications_on(page, product)
    page.get_by_role("link", name="여정", exact=True).click()
    page.wait_for_url(f"{product.url}/")
    assert page.evaluate("window.shown.length === 0")
    page.get_by_role("link", name=re.compile("여정 시작|새 여정")).first.click()
    page.wait_for_url("**/journeys/new*")
    page.fill("input[type=search]", "데미안")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile(r"이 책으로 여정 시작하기\s*: 데미안$")).click()
    page.wait_for_url("**/journeys/*-*")
    url = page.url
    being_made(page)
    page.get_by_role("link", name="설정", exact=True).click()
    page.wait_for_url("**/settings")
    page.evaluate("leave(true)")
    vendor.default_outcome = "succeeded"
    wait_on(page, lambda: page.evaluate("window.shown.length") == 1, seconds=30, what="the notification")
    assert page.evaluate("window.shown[0].title") == "음악 생성이 완료되었습니다!"
    assert "데미안" in page.evaluate("window.shown[0].body")
    page.evaluate("leave(false)")
    page.evaluate("window.shown[0].onclick()")
    page.wait_for_url(re.compile(re.escape(url)))
    expect(page.locator("[data-track]")).to_contain_text("음악 준비됨")
    assert page.locator("#toasts .toast").count() == 0  # told once


def test_a_tab_that_is_seen_says_it_and_nothing_else_does(
    context: BrowserContext, page: Page, product: Product, vendor: Vendor, sign_up: SignUp
) -> None:
    context.add_init_script(STAGE)
    sign_up(page, product)
    turn_notifications_on(page, product)
    seen = context.new_page()
    start_journey(seen, product)
    being_made(seen)
    page.evaluate("leave(true)")
    vendor.default_outcome = "succeeded"
    expect(seen.locator("#toasts .toast")).to_contain_text("음악 생성이 완료되었습니다!", timeout=20_000)
    page.wait_for_timeout(1000)
    assert page.evaluate("window.shown.length") == 0
    assert seen.evaluate("window.shown.length") == 0


def test_a_browser_that_refuses_leaves_it_at_that(page: Page, product: Product, sign_up: SignUp) -> None:
    page.add_init_script(STAGE)
    sign_up(page, product)
    page.goto(f"{product.url}/settings")
    page.evaluate("window.answer = 'denied'")
    page.locator("[data-notify-toggle]").click()
    expect(page.locator("[data-notify-state=blocked]")).to_be_visible()
    expect(page.locator("[data-notify-toggle]")).to_be_hidden()
