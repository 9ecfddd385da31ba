"""The system's Chromium on the running product: real web, worker, studio, beat, broker."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.loopback import Vendor, running_vendor
from tests.process.product import Product, running_product
from tests.process.reader import PASSWORD

# The same browser without its own windows and bars, where there is one, takes half as long for a page.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a Chromium the whole rung is skipped and says so; where no rung may be skipped, that is an error."""
    if CHROMIUM:
        return
    reason = "the browser rung needs a Chromium on this machine (Debian: apt-get install chromium), and found none"
    if os.environ.get("REQUIRE_ALL_RUNGS"):
        raise pytest.UsageError(reason)
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            # The product must not start music by itself even where the browser would let it.
            "--autoplay-policy=no-user-gesture-required",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"locale": "ko-KR", "timezone_id": "Asia/Seoul", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with the real studio; pieces are short, so that many can be made."""
    with running_product(tmp_path_factory.mktemp("browser"), MUSIC_DURATION_SECONDS=20) as product:
        yield product


@pytest.fixture(scope="session")
def vendor() -> Iterator[Vendor]:
    with running_vendor() as vendor:
        yield vendor


@pytest.fixture(scope="session")
def vendor_product(tmp_path_factory: pytest.TempPathFactory, vendor: Vendor) -> Iterator[Product]:
    """The product with a paid vendor behind it, which the test scripts."""
    with running_product(
        tmp_path_factory.mktemp("vendor"),
        MUSIC_EXTRA_PROVIDERS="loopback=tests.providers.LoopbackProvider",
        MUSIC_PROVIDER="loopback",
        LOOPBACK_PROVIDER_URL=vendor.url,
        MUSIC_SWEEP_SECONDS=0.5,
    ) as product:
        yield product


@pytest.fixture(autouse=True)
def _nothing_is_refused_by_the_content_policy(context: BrowserContext) -> Iterator[None]:
    """No page may break its own content security policy or throw an error nobody caught."""
    faults: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    context.set_default_timeout(10_000)
    context.on("console", listen)
    # A visit of Turbo's that is overtaken by the next one ends in an AbortError of its own making; it harms nothing.
    context.on(
        "weberror", lambda error: None if "signal is aborted" in str(error.error) else faults.append(str(error.error))
    )
    yield
    assert faults == []


SignUp = Callable[..., Page]


@pytest.fixture
def sign_up(request: pytest.FixtureRequest) -> SignUp:
    """Sign a new reader up on a page; each test has readers of its own."""

    def sign_up(page: Page, product: Product, name: str = "") -> Page:
        name = name or f"alice-{abs(hash(request.node.nodeid)) % 10**9}"
        page.goto(f"{product.url}/signup")
        page.fill("input[name=username]", name)
        page.fill("input[name=email]", f"{name}@example.org")
        page.fill("input[name=password1]", PASSWORD)
        page.fill("input[name=password2]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{product.url}/")
        return page

    return sign_up


def log_in(page: Page, product: Product, name: str) -> Page:
    """Log a reader in who has signed up before, and wait for the shelf."""
    page.goto(f"{product.url}/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{product.url}/")
    return page


def log_out(page: Page) -> None:
    """Log out and wait until it is so: the whole name, for the settings link to where one is logged in, too."""
    page.get_by_role("button", name="로그아웃").click()
    expect(page.get_by_role("link", name="로그인", exact=True).first).to_be_visible()


def start_journey(page: Page, product: Product, title: str = "데미안", *, seconds: int | None = None) -> str:
    """Search for a book, choose it, and return the address of the new journey's page.

    `seconds`: the length its pieces are asked for; long ones give the reader time to change their mind.
    """
    page.goto(f"{product.url}/journeys/new")
    page.fill("input[type=search]", title)
    page.keyboard.press("Enter")
    if seconds:
        page.get_by_role("button", name=re.compile("이 책으로")).first.wait_for()
        page.locator("select[name=duration]").first.select_option(str(seconds), force=True)
    page.get_by_role("button", name=re.compile(rf"이 책으로 여정 시작하기\s*: {title}$")).click()
    page.wait_for_url("**/journeys/*-*")
    return page.url


def playback(page: Page) -> dict[str, Any]:
    """What the player's controls say: whether it plays, where, and how long the piece is."""
    state: dict[str, Any] = page.evaluate(
        """() => {
          const seek = document.querySelector('[data-player-seek]');
          return {
            hidden: document.getElementById('player').hidden,
            playing: document.getElementById('player').dataset.state === 'playing',
            at: Number(seek.value),
            of: Number(seek.max),
            title: document.querySelector('[data-player-title]').textContent,
          };
        }"""
    )
    return state


@pytest.fixture
def other_context(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    """A second browser, for another reader or a device without scripts."""
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()
