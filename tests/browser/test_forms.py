"""Forms: sent twice they do their work once, a Korean Enter sends nothing, and nothing typed is lost."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SignUp, start_journey
from tests.process.product import Product


def test_a_double_click_makes_one_log(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    page.fill("textarea[name=memo]", "한 번만")
    page.get_by_role("button", name="기록하고 음악 만들기").dblclick()
    expect(page.locator(".log")).to_have_count(2)
    page.reload()
    expect(page.locator(".log")).to_have_count(2)


def test_a_corrected_log_is_where_its_reader_goes_on(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    for number in range(8):
        page.fill("textarea[name=memo]", f"{number}번째 글\n" * 5)
        page.get_by_role("button", name="기록하고 음악 만들기").click()
        expect(page.locator(".log")).to_have_count(number + 2)
    page.locator(".log").nth(6).get_by_role("link", name="고치기").click()
    page.wait_for_url("**/edit")
    page.fill("textarea[name=memo]", "고친 글")
    page.get_by_role("button", name="저장").click()
    corrected = page.locator(".log", has_text="고친 글")
    expect(corrected).to_be_focused()
    expect(corrected).to_be_in_viewport()


def test_the_same_form_posted_twice_by_force_makes_one_log(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    url = start_journey(page, product, "데미안")
    page.fill("textarea[name=memo]", "두 번 보내도")
    statuses = page.evaluate(
        """async (url) => {
          const form = document.querySelector('textarea[name=memo]').form;
          const body = new URLSearchParams(new FormData(form));
          const send = () => fetch(url, {method: 'POST', body, redirect: 'manual'});
          return (await Promise.all([send(), send(), send()])).map(answer => answer.type);
        }""",
        url,
    )
    assert statuses == ["opaqueredirect"] * 3
    page.reload()
    expect(page.locator(".log")).to_have_count(2)


def test_enter_while_a_syllable_is_composed_sends_nothing(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    page.fill("form[data-draft^='log:'] input[name=page]", "12")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    prevented = page.evaluate(
        """() => {
          const field = document.querySelector("form[data-draft^='log:'] input[name=page]");
          const enter = new KeyboardEvent('keydown', {
            key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true,
          });
          return !field.dispatchEvent(enter);
        }"""
    )
    assert prevented
    page.focus("form[data-draft^='log:'] input[name=page]")
    page.keyboard.press("Enter")
    expect(page.locator(".log")).to_have_count(2)
    assert len(posts) == 1


def test_a_refused_form_keeps_what_was_typed(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    page.fill("textarea[name=memo]", "오래 쓴 글")
    page.fill("form[data-draft^='log:'] input[name=page]", "10")
    page.fill("form[data-draft^='log:'] input[name=percent]", "20")
    page.get_by_role("button", name="기록하고 음악 만들기").click()
    expect(page.get_by_text("쪽수와 퍼센트 중").first).to_be_visible()
    expect(page.locator("textarea[name=memo]")).to_have_value("오래 쓴 글")
    expect(page.locator(".log")).to_have_count(1)


def test_a_form_sent_offline_says_so_and_can_be_sent_again(
    context: BrowserContext, page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    page.fill("textarea[name=memo]", "지하철에서 쓴 글")
    save = page.get_by_role("button", name="기록하고 음악 만들기")
    context.set_offline(True)
    save.click()
    expect(page.locator("#toasts .toast", has_text="보내지 못했습니다")).to_be_visible()
    expect(page.locator("textarea[name=memo]")).to_have_value("지하철에서 쓴 글")
    context.set_offline(False)
    save.click()
    expect(page.locator(".log")).to_have_count(2)
    expect(page.locator(".log").first).to_contain_text("지하철에서 쓴 글")


def test_the_music_page_waits_with_the_next_prompt(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    page.goto(f"{product.url}/music")
    page.fill("textarea[name=prompt]", "비 오는 밤에 어울리는 잔잔한 피아노")
    button = page.locator("[data-disable-while-making]")
    button.click()
    expect(page.get_by_text("백그라운드에서 생성 중…")).to_be_visible()
    expect(button).to_be_disabled()
    expect(page.locator("[data-track]")).to_contain_text("음악 준비됨", timeout=60_000)
    expect(button).to_be_enabled()
    expect(page.get_by_text("백그라운드에서 생성 중…")).to_be_hidden()


def test_the_language_is_changed_without_losing_the_page(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    page.goto(f"{product.url}/settings")
    page.select_option("select[name=language]", "en")
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_role("link", name="Journeys")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
