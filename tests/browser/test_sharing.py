"""A journey is looked at, published, heard by somebody without an account, and taken back."""

from __future__ import annotations

import requests
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import SignUp, log_in, playback, start_journey
from tests.process.product import Product, wait_until

MEMO = "아무에게도 말하지 않은 이야기"
LINE = "누구나 자기만의 알을 깨고 나온다"


def written_journey(page: Page, product: Product, sign_up: SignUp, name: str) -> str:
    """A journey with one finished piece and a log that has a memo; the address of its sharing."""
    sign_up(page, product, name)
    journey = start_journey(page, product, "데미안")
    expect(page.locator("[data-track]")).to_contain_text("음악 준비됨", timeout=60_000)
    page.fill("textarea[name=quote]", "새는 알에서 나오려고 투쟁한다.")
    page.fill("textarea[name=memo]", MEMO)
    page.locator("form:has(textarea[name=memo]) button[type=submit]").click()
    expect(page.locator("blockquote", has_text="새는 알에서")).to_be_visible()
    return f"{journey}/share"


def look_and_publish(page: Page, sharing: str) -> str:
    """Choose a line, look at the preview, publish it; the public address."""
    page.goto(sharing)
    page.fill("input[name=line]", LINE)
    page.locator("form[method=get] button[type=submit]").click()
    preview = page.locator(".share-preview")
    expect(preview).to_contain_text(LINE)
    expect(preview).not_to_contain_text(MEMO)
    expect(page.locator("#public-url")).to_have_count(0)
    page.locator('form[action$="/share"][method=post] button[type=submit]').click()
    expect(page.locator("#public-url")).to_be_visible()
    return page.input_value("#public-url")


def test_a_visitor_hears_what_was_published_until_it_is_taken_back(
    page: Page, product: Product, sign_up: SignUp, other_context: BrowserContext
) -> None:
    sharing = written_journey(page, product, sign_up, "alice-shares")
    url = look_and_publish(page, sharing)

    visitor = other_context.new_page()
    visitor.goto(url)
    expect(visitor.get_by_role("heading", name="데미안")).to_be_visible()
    expect(visitor.locator("main")).to_contain_text(LINE)
    expect(visitor.locator("main")).not_to_contain_text(MEMO)
    assert visitor.locator("main form, main [data-track-action]").count() == 0
    visitor.locator("[data-play]").first.click()
    wait_until(lambda: playback(visitor)["playing"] and playback(visitor)["at"] >= 1, what="the music to play")
    audio = visitor.locator("[data-play]").first.get_attribute("href") or ""

    page.goto(f"{sharing}/revoke")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(sharing)
    expect(page.locator("#public-url")).to_have_count(0)
    answer = visitor.reload()
    assert answer
    assert answer.status == 404
    assert requests.get(product.url + audio, timeout=10).status_code == 404


def test_the_address_is_copied_and_the_card_is_kept(
    page: Page, product: Product, sign_up: SignUp, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    sharing = written_journey(page, product, sign_up, "alice-copies")
    url = look_and_publish(page, sharing)
    copy = page.locator("[data-copy=public-url]")
    copy.click()
    expect(copy).to_have_text("복사했습니다")
    wait_until(lambda: page.evaluate("navigator.clipboard.readText()") == url, what="the address to be copied")
    page.get_by_role("link", name="설정", exact=True).click()
    expect(page.get_by_role("heading", name="설정", exact=True)).to_be_visible()  # the address changes before the page
    page.go_back()
    expect(copy).to_have_text("복사")
    with page.expect_download() as download:
        page.locator(".share-card a[download]").click()
    assert download.value.suggested_filename == "데미안.png"
    with Image.open(download.value.path()) as card:
        assert card.size == (1200, 630)


def test_the_preview_plays_and_is_no_part_of_the_readers_own_pages(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    sharing = written_journey(page, product, sign_up, "alice-listens")
    page.goto(sharing)
    page.locator(".share-preview [data-play]").first.click()
    wait_until(lambda: playback(page)["playing"] and playback(page)["at"] >= 3, what="the music to play on")
    expect(page.locator(".share-preview [data-track-action]")).to_have_count(0)


def test_all_of_it_works_without_scripts(page: Page, product: Product, sign_up: SignUp, browser: Browser) -> None:
    sharing = written_journey(page, product, sign_up, "alice-unscripted")
    plain = browser.new_context(java_script_enabled=False, locale="ko-KR")
    try:
        reader = log_in(plain.new_page(), product, "alice-unscripted")
        url = look_and_publish(reader, sharing)
        assert not reader.locator("[data-copy]").first.is_visible()
        visitor = plain.new_page()
        visitor.goto(url)
        expect(visitor.locator("main audio[controls]").first).to_be_visible()
        reader.goto(f"{sharing}/revoke")
        reader.locator("main form button[type=submit]").click()
        answer = visitor.goto(url)
        assert answer
        assert answer.status == 404
    finally:
        plain.close()
