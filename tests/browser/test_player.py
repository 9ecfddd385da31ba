"""One player for all pages: it keeps playing, seeks, and never starts by itself."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignUp, log_out, playback, start_journey
from tests.browser.test_album import open_panel
from tests.process.product import Product, wait_until


def ready_journey(page: Page, product: Product, sign_up: SignUp, *, seconds: int | None = None) -> str:
    sign_up(page, product)
    url = start_journey(page, product, "데미안", seconds=seconds)
    expect(page.locator("[data-track]")).to_contain_text("음악 준비됨", timeout=60_000)
    return url


def play(page: Page) -> None:
    page.locator("[data-track]").last.locator("[data-play]").click()
    wait_until(lambda: playback(page)["playing"] and playback(page)["at"] >= 1, what="the music to play")


def test_it_plays_on_through_links_forms_and_back(page: Page, product: Product, sign_up: SignUp) -> None:
    ready_journey(page, product, sign_up, seconds=60)
    play(page)
    heard = [playback(page)["at"]]
    page.get_by_role("link", name="음악", exact=True).click()
    page.wait_for_url("**/music")
    heard.append(playback(page)["at"])
    page.get_by_role("link", name="설정", exact=True).click()
    page.wait_for_url("**/settings")
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("[data-notices]")).to_be_visible()
    heard.append(playback(page)["at"])
    page.go_back()
    page.wait_for_url("**/music")
    wait_until(lambda: playback(page)["at"] > heard[-1], what="the music to have gone on")
    assert playback(page)["playing"]
    assert heard == sorted(heard)


def test_it_seeks(page: Page, product: Product, sign_up: SignUp) -> None:
    ready_journey(page, product, sign_up)
    play(page)
    page.evaluate(
        """() => {
          const seek = document.querySelector('[data-player-seek]');
          seek.value = 12;
          seek.dispatchEvent(new Event('input', {bubbles: true}));
          seek.dispatchEvent(new Event('change', {bubbles: true}));
        }"""
    )
    wait_until(lambda: playback(page)["at"] >= 13, what="the music to go on from there")


def test_the_time_goes_on_when_the_slider_is_let_go(page: Page, product: Product, sign_up: SignUp) -> None:
    ready_journey(page, product, sign_up)
    play(page)
    slider = page.locator("[data-player-seek]")
    box = slider.bounding_box()
    assert box
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    wait_until(lambda: playback(page)["at"] in range(4, 10), what="the music to go on from there")
    # No "change" follows these where the slider is back at its place.
    for name in ("pointerup", "pointercancel", "focusout"):
        slider.evaluate(
            """(slider, name) => {
              slider.dispatchEvent(new Event('input', {bubbles: true}));
              slider.dispatchEvent(new Event(name, {bubbles: true}));
            }""",
            name,
        )
        at = playback(page)["at"]
        wait_until(lambda at=at: playback(page)["at"] > at, what=f"the time to go on after {name}")


def test_after_a_reload_it_is_there_again_and_silent(page: Page, product: Product, sign_up: SignUp) -> None:
    ready_journey(page, product, sign_up)
    play(page)
    wait_until(lambda: playback(page)["at"] >= 2, what="some music to be heard")
    page.reload()
    wait_until(lambda: not playback(page)["hidden"], what="the player to be back")
    assert playback(page)["at"] >= 1
    page.wait_for_timeout(1500)
    assert not playback(page)["playing"]


def test_after_a_reload_a_piece_that_was_made_again_elsewhere_can_be_played(
    page: Page, product: Product, sign_up: SignUp
) -> None:
    ready_journey(page, product, sign_up)
    play(page)
    page.locator("[data-player-toggle]").click()
    page.goto(f"{product.url}/health/live")  # of this site, and without its scripts
    page.evaluate(
        """() => {
          const kept = localStorage.getItem('reading-journey:player');
          localStorage.setItem('reading-journey:player', kept.replace(/\\?v=\\w+/g, '?v=00older'));
        }"""
    )
    page.goto(f"{product.url}/settings")
    wait_until(lambda: not playback(page)["hidden"], what="the player to be back")
    page.locator("[data-player-toggle]").click()
    wait_until(lambda: playback(page)["playing"] and playback(page)["at"] >= 4, what="the new piece to play")
    expect(page.locator("[data-player-problem]")).to_be_hidden()


def test_a_new_piece_does_not_take_over(page: Page, product: Product, sign_up: SignUp) -> None:
    ready_journey(page, product, sign_up)
    play(page)
    open_panel(page)
    page.get_by_label("반복").select_option("one")  # it may take longer to make one than to hear one
    page.keyboard.press("Escape")
    title = playback(page)["title"]
    page.fill("textarea[name=memo]", "하나 더")
    page.get_by_role("button", name="기록하고 음악 만들기").click()
    expect(page.locator("#toasts .toast", has_text="v1")).to_be_visible(timeout=60_000)
    assert playback(page)["playing"]
    assert playback(page)["title"] == title


def test_logging_out_ends_it(page: Page, product: Product, sign_up: SignUp) -> None:
    ready_journey(page, product, sign_up)
    play(page)
    log_out(page)
    wait_until(lambda: playback(page)["hidden"], what="the player to go")
    assert not playback(page)["playing"]


def test_it_goes_when_its_piece_is_deleted(page: Page, product: Product, sign_up: SignUp) -> None:
    ready_journey(page, product, sign_up)
    play(page)
    page.get_by_role("link", name="여정 삭제").click()
    page.wait_for_url("**/delete")
    assert playback(page)["playing"]
    page.get_by_role("button", name="여정 삭제").click()
    page.wait_for_url(f"{product.url}/")
    wait_until(lambda: playback(page)["hidden"], what="the player to go")
