"""From signing up to hearing the first piece, and what the first minutes show on the way."""

from __future__ import annotations

import time

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SignUp, playback
from tests.process.product import Product, wait_until


def test_from_signing_up_to_hearing_the_first_piece(page: Page, product: Product, sign_up: SignUp) -> None:
    began = time.monotonic()
    sign_up(page, product)
    expect(page.locator(".steps > li")).to_have_count(3)

    page.get_by_role("button", name="메밀꽃 필 무렵").click()
    page.wait_for_url("**/journeys/*-*")
    expect(page.get_by_text("독서 여정이 시작되었습니다! v0 음악을 생성하고 있습니다.").first).to_be_visible()
    expect(page.locator(".first-hint")).to_be_visible()
    badge = page.locator("[data-track]").first
    expect(badge).to_contain_text("음악 준비됨", timeout=60_000)
    badge.locator("[data-play]").click()
    wait_until(lambda: playback(page)["at"] >= 1, what="the music to go on")
    # The aim is half a minute; a busy machine may take longer, and no test fails for that.
    print(f"\nheard {time.monotonic() - began:.1f} s after opening the form to sign up")
    assert 55 <= playback(page)["of"] <= 65

    page.fill("textarea[name=memo]", "달빛이 숨 막힐 듯 흐뭇하다.")
    page.get_by_role("button", name="기록하고 음악 만들기").click()
    expect(page.locator(".log h3").first).to_have_text("v1")
    expect(page.locator(".first-hint")).to_have_count(0)
    page.goto(f"{product.url}/")
    expect(page.locator("form[action='/try']")).to_have_count(0)


def test_it_works_without_scripts_and_on_a_narrow_screen(
    product: Product, other_context: BrowserContext, sign_up: SignUp
) -> None:
    browser = other_context.browser
    assert browser
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 360, "height": 740})
    try:
        page = sign_up(context.new_page(), product)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.get_by_role("button", name="Alice's Adventures in Wonderland").click()
        page.wait_for_url("**/journeys/*-*")
        first = page.url
        page.go_back()
        page.get_by_role("button", name="Alice's Adventures in Wonderland").click()
        page.wait_for_url("**/journeys/*-*")
        assert page.url == first
        page.get_by_role("link", name="How it works").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("How it works")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    finally:
        context.close()
