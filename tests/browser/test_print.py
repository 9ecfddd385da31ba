"""A journey on paper: what was written and the names of its pieces, black on white, and nothing that can be pressed."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignUp, start_journey
from tests.process.product import Product


def test_a_journey_prints_its_words_and_none_of_its_buttons(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    page.fill("textarea[name=quote]", "새는 알에서 나오려고 투쟁한다.")
    page.fill("textarea[name=memo]", "오래 남는 문장.")
    page.get_by_role("button", name="기록하고 음악 만들기").click()
    newest = page.locator(".log").first
    expect(newest.locator("[data-track]")).to_contain_text("음악 준비됨", timeout=60_000)
    newest.locator("[data-play]").click()
    expect(page.locator("#player")).to_be_visible()

    page.emulate_media(media="print", color_scheme="dark")
    for shown in ("h1", ".log .quote", ".log .memo", ".log .piece-words", ".log-head h3", ".album-label"):
        expect(page.locator(shown).first).to_be_visible()
    pressed = page.locator("button, input, select, textarea, summary, .button, [data-play]:not(.album-piece)")
    assert [control.inner_text() for control in pressed.all() if control.is_visible()] == []
    for frame in (".site-header", ".site-footer", "#player", "#toasts", "main form"):
        expect(page.locator(frame).first).to_be_hidden()
    ink = page.locator(".memo").first.evaluate("(memo) => getComputedStyle(memo).color")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (ink, ground) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
