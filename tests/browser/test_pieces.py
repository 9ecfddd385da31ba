"""A finished piece on the page: what it is, its waveform, what can be kept of it, and making it again."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import SignUp, log_in, playback, start_journey
from tests.browser.test_album import open_panel
from tests.process.product import Product, wait_until


def ready_piece(
    page: Page, product: Product, sign_up: SignUp, name: str = "", *, seconds: int | None = None
) -> Locator:
    sign_up(page, product, name)
    start_journey(page, product, "데미안", seconds=seconds)
    badge = page.locator("[data-track]")
    expect(badge).to_contain_text("음악 준비됨", timeout=60_000)
    return badge


def wave(badge: Locator) -> Locator:
    return badge.get_by_role("slider")


def played_share(badge: Locator) -> float:
    """How much of the waveform is drawn as played, 0 … 1."""
    share: float = badge.locator("[data-wave-played]").evaluate(
        "rect => Number(rect.getAttribute('width')) / rect.ownerSVGElement.viewBox.baseVal.width"
    )
    return share


def audio_address(badge: Locator) -> str:
    return badge.locator("[data-play]").get_attribute("href") or ""


def open_about(badge: Locator) -> None:
    badge.get_by_text("이 곡에 대하여").click()


def test_it_says_what_it_is_and_shows_its_waveform(page: Page, product: Product, sign_up: SignUp) -> None:
    badge = ready_piece(page, product, sign_up)
    expect(badge.locator(".piece-words")).to_have_text(
        re.compile(r"— [가-힣 ]+(장조|단조| 선법|조), ♩\.?=\d+, [가-힣]")
    )
    expect(wave(badge)).to_be_visible()
    expect(wave(badge)).to_have_attribute("aria-valuetext", re.compile(r"^0:(1|2)\d 중 0:00$"))
    open_about(badge)
    theme = badge.locator("dl > div", has_text="주제").locator("[data-seek]")
    expect(theme.first).to_have_text(re.compile(r"^0:\d\d$"))


def test_a_click_on_the_wave_plays_from_there(page: Page, product: Product, sign_up: SignUp) -> None:
    badge = ready_piece(page, product, sign_up)
    box = wave(badge).bounding_box()
    assert box
    wave(badge).click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    wait_until(lambda: playback(page)["playing"] and playback(page)["at"] >= 8, what="the music to play from there")
    assert playback(page)["at"] <= 14
    assert 0.4 < played_share(badge) < 0.75


def test_the_wave_obeys_the_keys(page: Page, product: Product, sign_up: SignUp) -> None:
    badge = ready_piece(page, product, sign_up)
    wave(badge).focus()
    for _twice in range(2):
        before = int(wave(badge).get_attribute("aria-valuenow") or 0)
        page.keyboard.press("ArrowRight")
        expect(wave(badge)).to_have_attribute("aria-valuenow", str(before + 5))
    assert not playback(page)["playing"], "moving about is no wish to hear"
    page.keyboard.press("ArrowLeft")
    expect(wave(badge)).to_have_attribute("aria-valuenow", "5")
    expect(wave(badge)).to_have_attribute("aria-valuetext", re.compile(r"중 0:05$"))
    page.keyboard.press("Home")
    expect(wave(badge)).to_have_attribute("aria-valuenow", "0")
    page.keyboard.press("Space")
    wait_until(lambda: playback(page)["playing"] and playback(page)["at"] >= 1, what="the music to play")
    page.keyboard.press("Enter")
    wait_until(lambda: not playback(page)["playing"], what="the music to pause")


def test_a_place_of_the_theme_is_played_with_one_click(page: Page, product: Product, sign_up: SignUp) -> None:
    badge = ready_piece(page, product, sign_up)
    open_about(badge)
    place = badge.locator("dl > div", has_text="주제").locator("[data-seek]").last
    at = float(place.get_attribute("data-seek") or 0)
    place.click()
    wait_until(lambda: playback(page)["playing"] and playback(page)["at"] >= int(at), what="the theme to be heard")
    assert playback(page)["at"] <= at + 4


def test_without_a_waveform_the_player_still_seeks(page: Page, product: Product, sign_up: SignUp) -> None:
    badge = ready_piece(page, product, sign_up)
    badge.locator(".wave-line").evaluate("line => line.remove()")
    badge.locator("[data-play]").click()
    wait_until(lambda: playback(page)["playing"], what="the music to play")
    page.locator("[data-player-seek]").focus()
    page.keyboard.press("End")
    wait_until(lambda: playback(page)["at"] >= 15, what="the player's own slider to seek")


def test_mp3_and_midi_are_saved_under_the_pieces_title(page: Page, product: Product, sign_up: SignUp) -> None:
    badge = ready_piece(page, product, sign_up)
    open_about(badge)
    for link, name, start in (
        ("MP3 내려받기", "데미안 · v0.mp3", b"ID3"),
        ("MIDI 내려받기", "데미안 · v0.mid", b"MThd"),
    ):
        with page.expect_download() as download:
            badge.get_by_role("link", name=link).click()
        assert download.value.suggested_filename == name
        assert download.value.path().read_bytes().startswith(start)


def test_a_wrong_mood_is_put_right_with_one_tap_and_the_new_piece_plays(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    badge = ready_piece(page, product, sign_up)
    page.fill("textarea[name=memo]", "쓰다 만 글")
    old = audio_address(badge)
    toast = page.locator("#toasts .toast", has_text="음악 생성이 완료되었습니다!")
    toast.locator("[data-toast-close]").click()
    badge.get_by_role("button", name="분노", exact=True).click()
    expect(badge.locator(".mood-current")).to_have_text(re.compile("분노$"), timeout=60_000)
    expect(badge.locator(".piece-words")).to_contain_text("타오르는 마음")
    expect(toast).to_be_visible()
    expect(page.locator("#making")).to_be_hidden()
    assert audio_address(badge) != old
    expect(page.locator("textarea[name=memo]")).to_have_value("쓰다 만 글")
    badge.locator("[data-play]").click()
    wait_until(lambda: playback(page)["playing"] and playback(page)["at"] >= 1, what="the new piece to play")


def test_made_again_the_old_piece_plays_on_until_the_new_one_is_ready(
    page: Page, product: Product, sign_up: SignUp, context: BrowserContext
) -> None:
    badge = ready_piece(page, product, sign_up, seconds=60)
    other = context.new_page()
    other.goto(page.url)
    old = audio_address(badge)
    badge.locator("[data-play]").click()
    wait_until(lambda: playback(page)["playing"] and playback(page)["at"] >= 1, what="the old piece to play")
    open_about(badge)
    badge.get_by_role("button", name="새로 만들기").click()
    expect(badge).to_contain_text("다시 만드는 중")
    assert playback(page)["playing"]
    wait_until(lambda: audio_address(badge) != old, seconds=60, what="the new piece to take its place")
    assert playback(page)["playing"], "what is heard is heard to its end"
    assert badge.locator("[data-about]").evaluate("about => about.open"), "what was open stays open"
    expect(badge.locator("[data-play]")).to_have_attribute("data-state", "paused")
    wait_until(lambda: audio_address(other.locator("[data-track]")) != old, what="the other tab to follow")
    open_panel(page)
    page.keyboard.press("Escape")
    badge.locator("[data-play]").click()
    wait_until(lambda: playback(page)["playing"] and playback(page)["at"] <= 3, what="the new piece to begin")
    expect(badge.locator("[data-play]")).to_have_attribute("data-state", "playing")
    open_panel(page)
    expect(page.locator("[data-go-to]")).to_have_attribute("aria-current", "true")


def test_a_piece_that_stands_still_makes_way_and_a_reload_finds_the_new_one(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    badge = ready_piece(page, product, sign_up)
    badge.locator("[data-play]").click()
    wait_until(lambda: playback(page)["playing"] and playback(page)["at"] >= 1, what="the old piece to play")
    badge.locator("[data-play]").click()
    old = audio_address(badge)
    open_about(badge)
    badge.get_by_role("button", name="새로 만들기").click()
    wait_until(lambda: audio_address(badge) != old, seconds=60, what="the new piece")
    wait_until(lambda: playback(page)["at"] == 0, what="the player to stand at the new one's beginning")
    assert not playback(page)["playing"]
    page.reload()
    wait_until(lambda: not playback(page)["hidden"], what="the player to be back")
    badge.locator("[data-play]").click()
    wait_until(lambda: playback(page)["playing"] and playback(page)["at"] >= 1, what="the new piece to play")


def test_a_remake_can_be_given_up_and_one_that_fails_leaves_the_old_piece(
    page: Page, vendor_product: Product, vendor: Any, sign_up: SignUp
) -> None:
    badge = ready_piece(page, vendor_product, sign_up)
    expect(badge.locator("[data-wave]")).to_have_count(0)  # this maker gives no peaks
    old = audio_address(badge)
    vendor.default_outcome = "running"
    try:
        badge.get_by_role("button", name="기쁨", exact=True).or_(badge.get_by_role("button", name="슬픔")).first.click()
        expect(badge).to_contain_text("다시 만드는 중")
        badge.get_by_role("button", name="지금 곡 그대로 두기").click()
        expect(badge).not_to_contain_text("다시 만드는 중")
        expect(page.locator("#making")).to_be_hidden()
    finally:
        vendor.default_outcome = "succeeded"
    vendor.submissions.append("refuse")
    open_about(badge)
    badge.get_by_role("button", name="새로 만들기").click()
    expect(badge).to_contain_text("새 곡을 만들지 못했습니다", timeout=30_000)
    expect(page.locator("#toasts .toast-error")).to_contain_text("음악 생성에 실패했습니다")
    assert audio_address(badge) == old
    badge.get_by_role("button", name="다시 시도").click()
    expect(badge.locator(".remake")).to_have_count(0, timeout=30_000)
    expect(badge).to_contain_text("음악 준비됨")


def test_without_scripts_it_is_made_again_too(product: Product, sign_up: SignUp, page: Page, browser: Any) -> None:
    ready_piece(page, product, sign_up, "alice-plain")
    url = page.url
    context = browser.new_context(locale="ko-KR", java_script_enabled=False)
    plain = log_in(context.new_page(), product, "alice-plain")
    plain.goto(url)
    badge = plain.locator("[data-track]")
    old = audio_address(badge)
    badge.get_by_role("button", name="분노", exact=True).click()
    plain.wait_for_url(re.compile(re.escape(url)))

    def renewed() -> bool:
        plain.goto(url)
        return audio_address(badge) != old

    wait_until(renewed, seconds=60, every=0.5, what="a reload that shows the new piece")
    expect(badge.locator(".mood-current")).to_have_text(re.compile("분노$"))
    context.close()


def test_the_sound_of_a_journey_is_chosen_and_kept(page: Page, product: Product, sign_up: SignUp) -> None:
    badge = ready_piece(page, product, sign_up)
    page.get_by_text("이 여정의 소리").click()
    page.select_option("select[name=genre]", "korean")
    page.select_option("select[name=duration]", "30")
    page.locator(".sound button").click()
    expect(page.locator("[data-notices]")).to_contain_text("저장했습니다")
    expect(page.locator(".sound summary")).to_contain_text("국악")
    expect(page.locator(".sound summary")).to_contain_text("30초")
    open_about(badge)
    badge.get_by_role("button", name="새로 만들기").click()
    expect(badge.locator(".wave-time")).to_have_text(re.compile(r"0:(29|3\d)$"), timeout=60_000)
    expect(badge).to_contain_text("국악")


def test_in_english_it_is_told_in_english(page: Page, product: Product, sign_up: SignUp) -> None:
    badge = ready_piece(page, product, sign_up)
    url = page.url
    page.goto(f"{product.url}/settings")
    page.select_option("select[name=language]", "en")
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(url)
    words = badge.locator(".piece-words").inner_text()
    assert re.search(r"— [A-G][♯♭]? (major|minor|Dorian|Phrygian|Lydian|Mixolydian|\w+), ♩\.?=\d+, [a-zA-Z]", words), (
        words
    )
    badge.get_by_text("About this piece").click()
    expect(badge.get_by_role("link", name="Download MIDI")).to_be_visible()
    expect(badge.get_by_role("button", name="Anger", exact=True)).to_be_visible()


def test_it_fits_a_small_phone(page: Page, product: Product, sign_up: SignUp) -> None:
    badge = ready_piece(page, product, sign_up)
    page.set_viewport_size({"width": 360, "height": 740})
    open_about(badge)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    box = wave(badge).bounding_box()
    assert box
    assert box["width"] >= 280
    for control in badge.locator("button.mood:visible, .place:visible, .about-actions a:visible").all():
        size = control.bounding_box()
        assert size
        assert size["height"] >= 24
