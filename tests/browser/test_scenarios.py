"""The three scenarios that the source document leaves unticked (requirement B15)."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignUp, log_out, playback, start_journey
from tests.loopback import Vendor
from tests.process.product import Product, wait_until
from tests.process.reader import PASSWORD


def test_from_logging_in_to_hearing_v0(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product, "alice-hears")
    log_out(page)
    page.goto(f"{product.url}/login")
    page.fill("input[name=username]", "alice-hears@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{product.url}/")

    start_journey(page, product, "데미안")
    expect(page.get_by_text("독서 여정이 시작되었습니다! v0 음악을 생성하고 있습니다.").first).to_be_visible()
    badge = page.locator("[data-track]")
    expect(badge).to_contain_text("음악 생성 중")
    expect(page.locator("#making")).to_contain_text("🎵 음악 생성 중… (")

    expect(badge).to_contain_text("음악 준비됨", timeout=60_000)
    expect(page.locator("#making")).to_be_hidden()
    assert playback(page)["hidden"], "nothing plays before the reader asks for it"

    badge.locator("[data-play]").click()
    wait_until(lambda: playback(page)["at"] >= 1, what="the music to go on")
    assert playback(page)["playing"]
    assert 15 <= playback(page)["of"] <= 25


def test_a_log_on_an_existing_journey_becomes_music_while_the_page_is_open(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    sign_up(page, product)
    start_journey(page, product, "데미안")
    page.fill("textarea[name=memo]", "새는 알에서 나오려고 투쟁한다. 가슴이 벅차다.")
    page.get_by_role("button", name="기록하고 음악 만들기").click()
    newest = page.locator(".log").first
    expect(newest.locator("h3")).to_have_text("v1")
    expect(newest.locator("[data-track]")).to_contain_text("음악 생성 중")

    toast = page.locator("#toasts .toast", has_text="v1")
    expect(toast).to_contain_text("음악 생성이 완료되었습니다!", timeout=60_000)
    expect(newest.locator("[data-track]")).to_contain_text("음악 준비됨")
    expect(page.locator("#toasts .toast", has_text="v1")).to_have_count(1)


def test_a_provider_that_refuses_shows_a_failure_that_can_be_tried_again(
    page: Page, vendor_product: Product, vendor: Vendor, sign_up: SignUp
) -> None:
    before = len(vendor.ledger)
    vendor.submissions.append("refuse")
    sign_up(page, vendor_product)
    vendor.open.clear()
    start_journey(page, vendor_product, "데미안")
    badge = page.locator("[data-track]")
    expect(badge).to_contain_text("음악 생성 중")
    vendor.open.set()

    expect(badge).to_contain_text("생성 실패", timeout=30_000)
    expect(badge).to_have_class(re.compile("badge-error"))
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("음악 생성에 실패했습니다")
    expect(toast).to_contain_text("데미안 · v0")
    assert len(vendor.ledger) == before

    badge.get_by_role("button", name="다시 시도").click()
    expect(badge).to_contain_text("음악 준비됨", timeout=30_000)
    assert len(vendor.ledger) == before + 1
