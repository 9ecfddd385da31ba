"""Everything by keyboard alone, with the focus always to be seen; and a screen reader hears everything once."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SignUp, playback, start_journey
from tests.process.product import Product, wait_until
from tests.process.reader import PASSWORD

# What shows where the focus is: a line around the element, or around what stands for it (a chip around its checkbox).
# The button inside a date field has the browser's own; the field itself is not ":focus" then.
FOCUS = """() => {
  const element = document.activeElement;
  const box = element.matches('.chip input, .star input') ? element.parentElement : element;
  const style = getComputedStyle(box);
  const place = box.getBoundingClientRect();
  return {
    tag: element.localName,
    name: element.name ?? '',
    value: element.value ?? '',
    text: (element.ariaLabel ?? element.textContent ?? '').trim().replace(/\\s+/g, ' '),
    seen: (style.outlineStyle !== 'none' || !element.matches(':focus'))
      && place.width > 0 && place.bottom > 0 && place.top < innerHeight,
  };
}"""


def tab_to(page: Page, *, text: str = "", **wanted: str) -> None:
    """Press Tab until the focus is where it is wanted; on the way it must be seen all the time."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focus: dict[str, Any] = page.evaluate(FOCUS)
        if focus["tag"] == "body":
            continue  # once around
        assert focus["seen"], f"nothing shows that the focus is on {focus}"
        if re.search(text, focus["text"]) and all(focus[name] == value for name, value in wanted.items()):
            return
    raise AssertionError(f"no Tab leads to {text or wanted}")


def test_the_whole_way_by_keyboard_alone(page: Page, product: Product) -> None:
    page.goto(product.url)
    tab_to(page, tag="a", text="^회원 가입|^가입")
    page.keyboard.press("Enter")
    page.wait_for_url("**/signup")
    for name, value in (
        ("username", "alice-types"),
        ("email", "alice-types@example.org"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ):
        tab_to(page, name=name)
        page.keyboard.type(value)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{product.url}/")

    tab_to(page, tag="a", text="여정 시작하기")
    page.keyboard.press("Enter")
    page.wait_for_url("**/journeys/new")
    expect(page.locator("input[type=search]")).to_be_focused()
    page.keyboard.type("데미안")
    page.keyboard.press("Enter")
    page.wait_for_url("**/journeys/new?q=*")
    tab_to(page, tag="button", text="^이 책으로 여정 시작하기")
    page.keyboard.press("Enter")
    page.wait_for_url("**/journeys/*-*")

    tab_to(page, name="memo")
    page.keyboard.type("새는 알에서 나오려고 투쟁한다.")
    tab_to(page, name="emotions", value="wonder")
    page.keyboard.press("Space")
    tab_to(page, tag="button", text="^기록하고 음악 만들기")
    page.keyboard.press("Enter")
    expect(page.locator(".log")).to_have_count(2)
    badge = page.locator(".log").first.locator("[data-track]")
    expect(badge).to_contain_text("음악 준비됨", timeout=60_000)

    tab_to(page, text=r"^재생.*v1")
    page.keyboard.press("Enter")
    wait_until(lambda: playback(page)["playing"], what="the music")


def test_the_skip_link_leads_past_the_frame(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    page.goto(f"{product.url}/settings")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip-link')")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_a_page_that_comes_up_goes_on_from_its_content_and_says_its_name(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    tab_to(page, tag="a", text="^설정$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings")
    expect(page.locator("#main")).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("설정")


HEARD = """() => {
  window.heard = [];
  const regions = '[role=status], [role=alert], [aria-live]:not([aria-live=off])';
  new MutationObserver((changes) => {
    for (const change of changes) {
      const region = (change.target.nodeType === 1 ? change.target : change.target.parentElement)?.closest(regions);
      const text = Array.from(change.addedNodes, (node) => node.textContent).join(' ') || change.target.data || '';
      if (region && text.trim()) window.heard.push(text.trim().replace(/\\s+/g, ' '));
    }
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true });
}"""


def test_a_screen_reader_hears_what_came_of_it_once(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    listened_to = "lists => lists.map((list) => [list.childElementCount, list.checkVisibility()])"
    assert page.locator("[data-toasts]").evaluate_all(listened_to) == [[0, True], [0, True]]
    page.evaluate(HEARD)  # no full load follows: Turbo changes what is in this document
    page.locator("main a[href='/journeys/new']").first.click()
    page.wait_for_url("**/journeys/new")
    page.fill("input[type=search]", "데미안")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile(r"이 책으로 여정 시작하기\s*: 데미안$")).click()
    page.wait_for_url("**/journeys/*-*")
    expect(page.locator("[data-track]")).to_contain_text("음악 준비됨", timeout=60_000)
    expect(page.locator("#toasts .toast")).to_be_visible()
    heard: list[str] = page.evaluate("window.heard")
    assert len([text for text in heard if "독서 여정이 시작되었습니다!" in text]) == 1, heard
    assert len([text for text in heard if "음악 생성이 완료되었습니다!" in text]) == 1, heard
    assert not [text for text in heard if "초째" in text], "a clock that is read out every second"


def test_an_error_takes_the_focus_to_the_field_that_has_it(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    form = page.locator("form[data-draft^='log:']")
    form.locator("input[name=page]").fill("10")
    form.locator("input[name=percent]").fill("20")
    form.get_by_role("button", name="기록하고 음악 만들기").click()
    field = form.locator("input[name=percent]")
    expect(field).to_be_focused()
    described = field.get_attribute("aria-describedby")
    assert described
    assert "쪽수와 퍼센트 중" in " ".join(
        page.locator(f"#{identifier}").inner_text() for identifier in described.split()
    )


def test_it_stands_still_for_those_who_ask_for_it(page: Page, context: BrowserContext, product: Product) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(product.url)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<span class=\"spinner\"></span>')")
    assert page.evaluate("document.getAnimations().length") == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate("document.getAnimations().length") == 1, "the spinner is what would move"
