"""The account's pages in a real browser: sessions, tokens, another address, appearance, too many tries."""

from __future__ import annotations

import email
import re
from email.message import Message

import requests
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SignUp, log_in, log_out
from tests.process.product import Product, wait_until
from tests.process.reader import PASSWORD


def mailed_link(product: Product) -> str:
    """The link of the last message about an address that the product has printed."""

    def look() -> str:
        found: list[str] = []
        for part in re.split(r"^-{79}$", product.log("web"), flags=re.M):
            start = part.find("Content-Type: text/plain")
            if start < 0:
                continue
            message: Message = email.message_from_string(part[start:])
            body = message.get_payload(decode=True)
            assert isinstance(body, bytes)
            found += re.findall(r"http://\S+/account/email/\S+", body.decode())
        return found[-1] if found else ""

    return wait_until(look, what="the message with the link")


def test_a_phone_that_was_lost_is_logged_out_from_the_laptop(
    page: Page, product: Product, sign_up: SignUp, other_context: BrowserContext
) -> None:
    sign_up(page, product, "alice-two-places")
    phone = log_in(other_context.new_page(), product, "alice-two-places")
    page.goto(f"{product.url}/settings")
    page.get_by_role("link", name="로그인된 곳").click()
    expect(page.locator(".result")).to_have_count(2)
    page.get_by_role("button", name="그곳에서 로그아웃").click()
    expect(page.locator(".result")).to_have_count(1)
    phone.goto(f"{product.url}/settings")
    phone.wait_for_url("**/login?next=/settings")


def test_a_token_is_shown_once_and_works(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    page.goto(f"{product.url}/account/tokens")
    page.get_by_role("button", name="토큰 만들기").click()
    token = page.locator("#new-token").input_value()
    headers = {"Authorization": f"Token {token}"}
    assert requests.get(f"{product.url}/api/journeys", headers=headers, timeout=10).status_code == 200

    page.get_by_role("link", name="설정").first.click()
    page.wait_for_url("**/settings")
    page.go_back()
    page.wait_for_url("**/account/tokens")
    expect(page.locator("code").first).to_be_visible()
    expect(page.locator("#new-token")).to_have_count(0)

    page.get_by_role("button", name="없애기").click()
    expect(page.locator("main .result")).to_have_count(0)
    assert requests.get(f"{product.url}/api/journeys", headers=headers, timeout=10).status_code == 401


def test_another_address_is_confirmed_by_the_link_and_logs_in(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product, "alice-moves")
    page.goto(f"{product.url}/account/email")
    page.fill("input[name=email]", "alice-moved@example.org")
    page.fill("input[name=password]", "wrong-wrong-1")
    page.get_by_role("button", name="링크 보내기").click()
    fault = page.locator("#id_password_error")
    expect(fault).to_be_visible()
    expect(page.locator("input[name=password]")).to_be_focused()
    assert page.locator("input[name=email]").input_value() == "alice-moved@example.org"
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="링크 보내기").click()
    page.wait_for_url("**/settings")

    page.goto(mailed_link(product))
    expect(page.locator("main")).to_contain_text("alice-moved@example.org")
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/settings")
    expect(page.locator("main")).to_contain_text("alice-moved@example.org")
    log_out(page)
    log_in(page, product, "alice-moved@example.org")


def test_the_appearance_holds_at_once_and_after_logging_out(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    page.goto(f"{product.url}/settings")
    page.select_option("select[name=theme]", "dark")
    page.get_by_role("button", name="저장").click()
    expect(page.locator(".notice").first).to_be_visible()
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert dark == "rgb(27, 25, 22)"
    log_out(page)
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == dark


def test_too_many_wrong_passwords_end_on_a_page_that_says_what_to_do(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product, "alice-forgets")
    log_out(page)
    page.goto(f"{product.url}/login")
    for _ in range(10):
        page.fill("input[name=username]", "alice-forgets")
        page.fill("input[name=password]", "wrong-wrong-1")
        with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
            page.click("main button[type=submit]")
        assert refused.value.status == 422
        expect(page.locator(".errorlist.nonfield")).to_be_visible()
        page.goto(f"{product.url}/login")
    page.fill("input[name=username]", "alice-forgets")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page.get_by_role("heading", level=1)).to_have_text("너무 많이 시도했습니다")
    expect(page.locator("main [role=alert]")).to_contain_text("15분")
    page.get_by_role("link", name="새 비밀번호 정하기").click()
    page.wait_for_url("**/account/reset")
