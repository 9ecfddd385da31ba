"""Rating, tags and progress by keyboard alone, and what the pictures of a record lead to."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignUp, start_journey
from tests.process.product import Product


def pressed(page: Page, key: str, times: int = 1) -> None:
    for _ in range(times):
        page.keyboard.press(key)


def test_rating_review_and_tags_by_keyboard(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    url = start_journey(page, product, "데미안")
    page.goto(f"{url}/record")
    page.locator("input[name=rating]:checked").focus()
    pressed(page, "ArrowRight", 7)
    expect(page.locator("input[name=rating]:checked")).to_have_value("14")
    filled, empty = (
        page.locator(".star", has=page.locator(f"[value='{value}']")).evaluate("star => getComputedStyle(star).color")
        for value in (14, 16)
    )
    assert filled != empty
    pressed(page, "Tab")
    expect(page.locator("textarea[name=review]")).to_be_focused()
    page.keyboard.type("다시 읽고 싶은 책")
    pressed(page, "Tab")
    page.keyboard.type("고전, 성장소설")
    pressed(page, "Enter")
    page.wait_for_url(url)
    expect(page.locator(".rating")).to_contain_text("3.5")
    expect(page.get_by_text("다시 읽고 싶은 책")).to_be_visible()
    page.get_by_role("link", name="성장소설").focus()
    pressed(page, "Enter")
    expect(page.locator(".shelf-book")).to_have_count(1)
    expect(page.locator("#shelf-tag")).to_have_value("성장소설")


def test_progress_is_noted_corrected_and_deleted_by_keyboard(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    url = start_journey(page, product, "데미안")
    notes = page.locator("details", has=page.locator("form[action$='/progress']"))
    notes.locator("summary").focus()
    pressed(page, "Enter")
    notes.locator("input[name=percent]").focus()
    page.keyboard.type("40")
    pressed(page, "Enter")
    expect(page.locator("progress.how-far-bar")).to_have_attribute("value", "40")
    page.goto(f"{url}/progress")
    page.locator(".note-actions a").focus()
    pressed(page, "Enter")
    percent = page.locator("input[name=percent]")
    expect(percent).to_have_value("40")
    percent.fill("55")
    pressed(page, "Enter")
    expect(page.locator(".note")).to_contain_text("55%")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".note-actions button").focus()
    pressed(page, "Enter")
    expect(page.locator(".note")).to_have_count(0)


def test_a_refused_note_keeps_what_was_typed_and_leads_to_the_field(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    url = start_journey(page, product, "데미안")
    page.goto(f"{url}/progress")
    page.fill("input[name=page]", "10")
    page.fill("input[name=percent]", "20")
    page.locator("input[name=page]").press("Enter")
    expect(page.locator("input[name=percent]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("input[name=percent]")).to_be_focused()
    expect(page.locator("input[name=page]")).to_have_value("10")


def test_a_dot_of_the_picture_and_a_find_lead_to_their_log(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    url = start_journey(page, product, "데미안")
    for memo in ("새는 알에서 나오려고 투쟁한다", "알은 세계다"):
        page.fill("textarea[name=memo]", memo)
        page.locator("form:has(textarea[name=memo]) button[type=submit]").click()
        expect(page.locator(".log").first).to_contain_text(memo)
    page.locator(".timeline a").nth(1).click()
    expect(page).to_have_url(re.compile(r"\?log=1#log-"))
    page.goto(f"{product.url}/search?q=ㅌㅈ")
    expect(page.locator("mark")).to_have_text("투쟁")
    page.locator(".hit h3 a").click()
    expect(page).to_have_url(re.compile(rf"{re.escape(url)}\?log=1#log-"))
    expect(page.locator(f"[id='{page.url.partition('#')[2]}']")).to_contain_text("투쟁한다")
