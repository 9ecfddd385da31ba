"""What was written stays until it is saved: through an expired session, another tab's logout, a stopped journey."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import SignUp, log_in, log_out, start_journey
from tests.process.product import Product
from tests.process.reader import PASSWORD

NAME = "input[name=username]"
MEMO = "textarea[name=memo]"


def save(page: Page) -> None:
    page.get_by_role("button", name="기록하고 음악 만들기").click()


def expire_session(context: BrowserContext) -> None:
    context.clear_cookies(name="sessionid")


def log_in_again(page: Page, name: str) -> None:
    expect(page.locator(NAME)).to_be_visible()
    page.fill(NAME, name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def test_a_log_sent_in_an_expired_session_is_there_after_logging_in(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product, "alice-expired")
    url = start_journey(page, product, "데미안")
    page.fill(MEMO, "밤새 열어 둔 글")
    page.get_by_text("평온", exact=True).click()
    expire_session(context)
    save(page)
    log_in_again(page, "alice-expired")
    page.wait_for_url(url)
    expect(page.locator(MEMO)).to_have_value("밤새 열어 둔 글")
    expect(page.get_by_label("평온")).to_be_checked()
    expect(page.locator(".log")).to_have_count(1)

    save(page)
    expect(page.locator(".log")).to_have_count(2)
    page.reload()
    expect(page.locator(MEMO)).to_have_value("")


def test_a_log_whose_answer_was_lost_on_the_way_is_not_made_twice(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product, "alice-in-a-tunnel")
    url = start_journey(page, product, "데미안")

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST":
            assert route.fetch(max_redirects=0).status == 303
            route.fulfill(status=502, body="")
        else:
            route.continue_()

    page.route(url, lose_the_answer)
    page.fill(MEMO, "터널 속에서 쓴 글")
    with page.expect_response(lambda answer: answer.status == 502):
        save(page)
    page.unroute(url)
    page.reload()
    expect(page.locator(".log")).to_have_count(2)
    expect(page.locator(MEMO)).to_have_value("터널 속에서 쓴 글")
    save(page)
    expect(page.locator(MEMO)).to_have_value("")
    expect(page.locator(".log")).to_have_count(2)

    page.fill(MEMO, "터널 속에서 쓴 글")
    save(page)
    expect(page.locator(".log")).to_have_count(3)


def test_a_corrected_log_survives_an_expired_session_whole(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product, "alice-corrects")
    url = start_journey(page, product, "데미안")
    page.fill(MEMO, "한 번 거절된 글")
    page.fill("form[data-draft^='log:'] input[name=page]", "10")
    page.fill("form[data-draft^='log:'] input[name=percent]", "20")
    save(page)
    expect(page.get_by_text("쪽수와 퍼센트 중").first).to_be_visible()
    page.fill("form[data-draft^='log:'] input[name=percent]", "")
    expire_session(context)
    save(page)
    log_in_again(page, "alice-corrects")
    page.wait_for_url(url)
    expect(page.locator(MEMO)).to_have_value("한 번 거절된 글")
    expect(page.locator("form[data-draft^='log:'] input[name=page]")).to_have_value("10")
    expect(page.locator("form[data-draft^='log:'] input[name=percent]")).to_have_value("")


def test_a_log_refused_after_another_tab_logged_out_and_in_is_there_again(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product, "alice-two-tabs")
    url = start_journey(page, product, "데미안")
    page.fill(MEMO, "다른 탭이 모르는 글")
    other = context.new_page()
    other.goto(f"{product.url}/")
    log_out(other)
    log_in(other, product, "alice-two-tabs")
    save(page)
    expect(page.get_by_role("heading", name="만료된 양식입니다")).to_be_visible()
    page.goto(url)
    expect(page.locator(MEMO)).to_have_value("다른 탭이 모르는 글")

    save(page)
    expect(page.locator(".log")).to_have_count(2)
    page.reload()
    expect(page.locator(MEMO)).to_have_value("")


def test_logging_out_leaves_no_draft_behind(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product, "alice-leaves")
    url = start_journey(page, product, "데미안")
    page.fill(MEMO, "남기지 않을 글")
    log_out(page)
    assert not page.evaluate("Object.keys(localStorage).some(key => key.includes('draft:'))")
    log_in(page, product, "alice-leaves")
    page.goto(url)
    expect(page.locator(MEMO)).to_have_value("")


def test_a_log_for_a_journey_stopped_elsewhere_is_refused_with_its_text(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    url = start_journey(page, product, "데미안")
    page.fill(MEMO, "한발 늦은 글")
    other = context.new_page()
    other.goto(url)
    other.get_by_role("button", name="여기서 멈추기").click()
    expect(other.get_by_role("button", name="이어 읽기")).to_be_visible()
    save(page)
    error = page.locator(".errorlist.nonfield")
    expect(error).to_contain_text("지금 읽고 있는 여정이 아닙니다")
    expect(error).to_be_focused()
    expect(error).to_be_in_viewport()
    expect(page.locator(MEMO)).to_have_value("한발 늦은 글")
    expect(page.get_by_role("button", name="이어 읽기")).to_be_visible()
    expect(page.get_by_role("button", name="여기서 멈추기")).to_have_count(0)


def test_an_edited_log_and_a_book_typed_in_come_back_as_they_were_left(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    page.get_by_role("link", name="고치기").click()
    page.wait_for_url("**/edit")  # the journey's own page has a memo too
    page.fill(MEMO, "고치다 만 글")
    page.reload()
    expect(page.locator(MEMO)).to_have_value("고치다 만 글")

    page.goto(f"{product.url}/journeys/new")
    page.get_by_text("책을 직접 적기").click()
    page.fill("input[name=authors]", "적다 만 이름")
    page.reload()
    expect(page.locator("input[name=authors]")).to_be_visible()
    expect(page.locator("input[name=authors]")).to_have_value("적다 만 이름")
