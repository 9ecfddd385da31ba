"""The same reader in two tabs or on two devices: what one does never leaves the other dead or busy."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SignUp, log_in, log_out, start_journey
from tests.process.product import Product, wait_until


def problems(page: Page) -> int:
    return page.locator("#toasts .toast-error").count()


def without_stream(page: Page) -> None:
    """A page that hears of what others do only when it asks: a live stream would tell it at once."""
    page.add_init_script("delete window.EventSource")


def test_a_tab_polls_on_after_another_one_logged_out_and_in(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product, "alice-returns")
    other = context.new_page()
    other.goto(f"{product.url}/")
    log_out(other)
    log_in(other, product, "alice-returns")
    start_journey(other, product, "데미안")
    wait_until(lambda: other.evaluate("Object.keys(localStorage).some(key => key.includes('jobs:'))"), what="the job")
    other.close()
    page.evaluate("dispatchEvent(new Event('focus'))")  # a page without a window is never given the focus
    expect(page.locator("#toasts .toast")).to_contain_text("음악 생성이 완료되었습니다!", timeout=60_000)


def test_a_page_made_for_the_reader_ends_the_silence_of_a_tab_that_was_refused(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    without_stream(page)
    sign_up(page, product, "alice-silent")
    cookies = context.cookies()
    start_journey(page, product, "데미안", seconds=240)  # time enough to be refused before it is ready
    with page.expect_response(lambda answer: "/api/music/status" in answer.url and answer.status in (401, 403)):
        context.clear_cookies(name="sessionid")
    context.add_cookies(cookies)  # no tab has loaded a page with it, so nobody tells
    page.get_by_role("link", name="음악", exact=True).click()
    page.wait_for_url("**/music")
    expect(page.locator("#toasts .toast")).to_contain_text("음악 생성이 완료되었습니다!", timeout=60_000)


def test_retrying_what_another_device_has_retried_shows_how_it_stands(
    page: Page, product: Product, sign_up: SignUp, other_context: BrowserContext
) -> None:
    without_stream(page)
    sign_up(page, product, "alice-retries")
    url = start_journey(page, product, "데미안", seconds=240)
    badge = page.locator("[data-track]")
    badge.get_by_role("button", name="취소").click()
    expect(badge).to_contain_text("취소됨")
    phone = log_in(other_context.new_page(), product, "alice-retries")
    phone.goto(url)
    phone.locator("[data-track]").get_by_role("button", name="다시 만들기").click()
    expect(phone.locator("[data-track]")).to_contain_text("음악 준비됨", timeout=60_000)
    with page.expect_response("**/api/music/*/retry") as answer:
        badge.get_by_role("button", name="다시 만들기").click()
    assert answer.value.status == 409
    expect(badge).to_contain_text("음악 준비됨")
    expect(page.locator("form[aria-busy=true]")).to_have_count(0)
    assert problems(page) == 0


def test_retrying_what_another_device_has_deleted_takes_it_from_the_page(
    page: Page, product: Product, sign_up: SignUp, other_context: BrowserContext
) -> None:
    without_stream(page)
    sign_up(page, product, "alice-deletes")
    page.goto(f"{product.url}/music")
    page.fill("textarea[name=prompt]", "곧 사라질 5분짜리 곡")
    page.locator("[data-disable-while-making]").click()
    badge = page.locator("[data-track]")
    badge.get_by_role("button", name="취소").click()
    expect(badge).to_contain_text("취소됨")
    phone = log_in(other_context.new_page(), product, "alice-deletes")
    phone.goto(f"{product.url}/music")
    phone.on("dialog", lambda dialog: dialog.accept())
    phone.locator(".piece").get_by_role("button", name="삭제").click()
    expect(phone.locator(".piece")).to_have_count(0)
    with page.expect_response("**/api/music/*/retry") as answer:
        badge.get_by_role("button", name="다시 만들기").click()
    assert answer.value.status == 404
    expect(page.locator(".piece")).to_have_count(0)
    assert problems(page) == 0


def test_cancelling_offline_says_so_and_can_be_tried_again(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안", seconds=240)
    badge = page.locator("[data-track]")
    badge.get_by_role("button", name="취소").click()
    retry = badge.get_by_role("button", name="다시 만들기")
    expect(retry).to_be_visible()
    context.set_offline(True)
    retry.click()
    expect(page.locator("#toasts .toast", has_text="보내지 못했습니다")).to_be_visible()
    context.set_offline(False)
    retry.click()
    expect(badge).to_contain_text("음악 준비됨", timeout=60_000)
