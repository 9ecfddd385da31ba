"""Without a network: a page that says so and comes back by itself, and nothing of a reader's left in the browser."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SignUp, log_out, start_journey
from tests.process.product import Product, wait_until

WORKER_IS_READY = "navigator.serviceWorker.ready.then((worker) => worker.active.state)"
KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) kept.push(new URL(request.url).pathname);
  }
  return kept;
}"""


def go_offline(context: BrowserContext) -> None:
    """Take the network away from pages and service worker; from this one it goes a moment later."""
    context.set_offline(True)
    (worker,) = context.service_workers
    there_is_none = "fetch('/health/live', { cache: 'no-store' }).then(() => false, () => true)"
    wait_until(lambda: worker.evaluate(there_is_none), what="the service worker to be without a network")


def test_a_page_opened_offline_says_so_and_opens_again_by_itself(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    page.evaluate(WORKER_IS_READY)
    go_offline(context)
    page.goto(f"{product.url}/settings")
    expect(page.get_by_role("heading", name="연결되어 있지 않습니다")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).borderRadius") != "0px", "it is drawn"
    context.set_offline(False)
    expect(page.get_by_role("heading", name="설정", exact=True)).to_be_visible(timeout=15_000)
    assert page.url == f"{product.url}/settings"


def test_a_link_followed_offline_leads_to_the_same_page(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    page.evaluate(WORKER_IS_READY)
    go_offline(context)
    page.get_by_role("link", name="설정").click()
    expect(page.get_by_role("heading", name="연결되어 있지 않습니다")).to_be_visible()


def test_what_was_being_written_is_there_when_the_network_is_back(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    page.evaluate(WORKER_IS_READY)
    page.fill("textarea[name=memo]", "터널 안에서 쓴 글")
    go_offline(context)
    page.reload()
    expect(page.get_by_role("heading", name="연결되어 있지 않습니다")).to_be_visible()
    context.set_offline(False)
    expect(page.locator("textarea[name=memo]")).to_have_value("터널 안에서 쓴 글", timeout=15_000)


def test_nothing_of_a_readers_is_kept_not_even_while_they_are_logged_in(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    badge = page.locator("[data-track]")
    expect(badge).to_contain_text("음악 준비됨", timeout=60_000)
    badge.locator("[data-play]").click()
    page.goto(f"{product.url}/settings")
    page.evaluate(WORKER_IS_READY)
    log_out(page)
    kept: list[str] = page.evaluate(KEPT)
    assert "/offline" in kept
    assert [path for path in kept if path != "/offline" and not path.startswith("/static/")] == []


def test_what_an_older_version_kept_is_thrown_away(page: Page, product: Product) -> None:
    page.goto(f"{product.url}/health/live")  # of this site, and without its scripts
    page.evaluate("caches.open('offline-older').then((cache) => cache.put('/older', new Response('older')))")
    assert page.evaluate(KEPT) == ["/older"]
    page.goto(product.url)
    page.evaluate(WORKER_IS_READY)
    wait_until(lambda: "/older" not in page.evaluate(KEPT), what="the older version's things to go")
    assert "/offline" in page.evaluate(KEPT)


def test_a_server_that_was_away_is_found_again_without_the_network_ever_going(
    page: Page, context: BrowserContext, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    page.evaluate(WORKER_IS_READY)
    go_offline(context)
    page.goto(f"{product.url}/settings")
    expect(page.get_by_role("heading", name="연결되어 있지 않습니다")).to_be_visible()
    page.evaluate("addEventListener('online', (event) => event.stopImmediatePropagation(), { capture: true })")
    context.set_offline(False)
    expect(page.get_by_role("heading", name="설정", exact=True)).to_be_visible(timeout=15_000)
