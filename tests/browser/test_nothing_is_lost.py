"""The aim of it all (A7): leave, come back, and what was going on is shown as it is."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from tests.browser.conftest import SignUp, start_journey
from tests.browser.test_album import answered_by_the_test
from tests.process.product import Product, wait_until


def polls_of(page: Page) -> list[str]:
    """The polls that this tab makes from now on."""
    seen: list[str] = []

    def listen(request: Request) -> None:
        if "/api/music/status" in request.url:
            seen.append(request.url)

    page.on("request", listen)
    return seen


def test_a_closed_tab_is_told_on_the_return(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    expect(page.locator("[data-track]")).to_contain_text("음악 생성 중")
    wait_until(lambda: page.evaluate("Object.keys(localStorage).some(key => key.includes('jobs:'))"), what="the memory")
    page.close()
    back = context.new_page()
    back.goto(f"{product.url}/settings")
    toast = back.locator("#toasts .toast")
    expect(toast).to_contain_text("음악 생성이 완료되었습니다!", timeout=60_000)
    expect(toast).to_contain_text("데미안 · v0")
    wait_until(
        lambda: not back.evaluate("Object.keys(localStorage).some(key => key.includes('jobs:'))"),
        what="the memory to be cleared",
    )
    back.reload()
    back.wait_for_timeout(1500)
    expect(back.locator("#toasts .toast")).to_have_count(0)


def test_two_tabs_share_one_poller_and_one_toast(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    other = context.new_page()
    other.goto(f"{product.url}/")
    here, there = polls_of(page), polls_of(other)
    start_journey(page, product, "데미안")
    expect(page.locator("[data-track]")).to_contain_text("음악 준비됨", timeout=60_000)
    expect(other.locator("#making")).to_be_hidden()
    wait_until(
        lambda: page.locator("#toasts .toast").count() + other.locator("#toasts .toast").count() > 0, what="a toast"
    )
    page.wait_for_timeout(1000)
    assert page.locator("#toasts .toast").count() + other.locator("#toasts .toast").count() == 1
    assert here or there  # whichever holds the live stream
    assert not (len(here) > 1 and len(there) > 1), "both tabs polled"


def test_polling_goes_on_through_a_network_that_fails_and_ends_when_nothing_is_left(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    failed: list[str] = []

    def fail(route: Route) -> None:
        failed.append(route.request.url)
        route.abort()

    page.route("**/api/music/status*", fail)
    start_journey(page, product, "데미안")
    while len(failed) < 2:  # the routes run while the page is waited for
        page.wait_for_event("requestfailed", timeout=15_000)
    expect(page.locator("[data-track]")).to_contain_text("음악 생성 중")
    page.unroute("**/api/music/status*")
    expect(page.locator("[data-track]")).to_contain_text("음악 준비됨", timeout=60_000)
    polls = polls_of(page)
    page.wait_for_timeout(5000)
    assert polls == []


def test_a_job_started_on_another_device_shows_in_the_header(
    page: Page, product: Product, sign_up: SignUp, other_context: BrowserContext
) -> None:
    sign_up(page, product, "alice-twice")
    phone = other_context.new_page()
    phone.goto(f"{product.url}/login")
    phone.fill("input[name=username]", "alice-twice")
    phone.fill("input[name=password]", "wonderland-7")
    phone.click("main button[type=submit]")
    phone.wait_for_url(f"{product.url}/")
    start_journey(phone, product, "데미안", seconds=240)
    page.reload()
    expect(page.locator("#making")).to_contain_text("🎵 음악 생성 중…")
    expect(page.locator("#making")).to_be_hidden(timeout=60_000)


def test_without_scripts_every_reload_shows_the_truth(
    product: Product, sign_up: SignUp, page: Page, browser: object, browser_context_args: dict[str, object]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)  # type: ignore[attr-defined]
    plain = context.new_page()
    sign_up(plain, product)
    start_journey(plain, product, "데미안")
    expect(plain.locator("[data-track]")).to_contain_text("음악 생성 중")
    expect(plain.locator("#making")).to_be_visible()

    def ready() -> bool:
        plain.reload()
        return "음악 준비됨" in plain.locator("[data-track]").inner_text()

    wait_until(ready, seconds=60, every=0.5, what="a reload that shows the piece")
    assert plain.locator("#making").is_hidden()
    assert plain.locator("[data-track] audio").get_attribute("src")
    plain.fill("textarea[name=memo]", "스크립트 없이")
    plain.get_by_role("button", name="기록하고 음악 만들기").click()
    expect(plain.locator(".log").first.locator("h3")).to_have_text("v1")
    context.close()


def test_a_running_piece_is_cancelled_and_made_after_all(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안", seconds=240)
    badge = page.locator("[data-track]")
    badge.get_by_role("button", name="취소").click()
    expect(badge).to_contain_text("취소됨")
    expect(page.locator("#making")).to_be_hidden()
    badge.get_by_role("button", name="다시 만들기").click()
    expect(badge).to_contain_text("음악 준비됨", timeout=60_000)


@answered_by_the_test
def test_back_brings_up_no_button_that_waits_for_an_answer(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    url = start_journey(page, product, "데미안", seconds=240)
    badge = page.locator("[data-track]")
    badge.get_by_role("button", name="취소").click()
    expect(badge).to_contain_text("취소됨")
    page.route("**/api/music/*/retry", lambda _unanswered: None)
    badge.get_by_role("button", name="다시 만들기").click()
    expect(badge.locator("form[aria-busy=true]")).to_have_count(1)
    page.get_by_role("link", name="설정", exact=True).click()
    expect(page.get_by_role("heading", name="설정", exact=True)).to_be_visible()  # the address changes before the page
    page.go_back()
    page.wait_for_url(url)
    expect(page.get_by_role("heading", name="설정", exact=True)).to_have_count(0)
    with page.expect_request("**/api/music/*/retry"):
        badge.get_by_role("button", name="다시 만들기").click()
