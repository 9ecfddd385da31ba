"""A journey plays as an album: queue, repeat, speed, sleep timer, media keys, shortcuts; and never by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import log_in, log_out, playback
from tests.process.product import Product, wait_until
from tests.process.reader import HttpReader

PIECES = 3
AUDIO = "**/api/music/*/audio*"
KEPT = "() => JSON.parse(localStorage.getItem('reading-journey:player'))"
KEPT_QUEUE = "() => JSON.parse(localStorage.getItem('reading-journey:queue')).pieces.length"
# A service worker asks in the page's place, where no test can answer it.
answered_by_the_test = pytest.mark.browser_context_args(service_workers="block")
# The player's elements are on no page, and the system's keys on no keyboard: both are taken note of as they are made.
WATCH = """
  window.sounds = [];
  window.mediaKeys = {};
  const RealAudio = window.Audio;
  window.Audio = function (...given) {
    const made = new RealAudio(...given);
    window.sounds.push(made);
    return made;
  };
  const session = navigator.mediaSession;
  const set = session.setActionHandler.bind(session);
  session.setActionHandler = (action, handler) => {
    window.mediaKeys[action] = handler;
    set(action, handler);
  };
"""

# As browsers do that want a touch for each element: only the first has had one.
NO_TOUCH_FOR_THE_SECOND = """
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (this !== window.sounds[1]) return play.call(this);
    return Promise.reject(new DOMException("", "NotAllowedError"));
  };
"""


@dataclass(frozen=True)
class Album:
    reader: HttpReader
    name: str
    journey: str
    url: str


def album_of(product: Product, name: str) -> Album:
    reader = HttpReader(product.url, name)
    journey, first = reader.start_journey()
    tracks = [first]
    for number in range(1, PIECES):
        tracks.append(
            reader.post(f"/api/journeys/{journey}/logs", {"memo": f"하나 더 {number}"}).json()["musicTrack"]["id"]
        )
    for track in tracks:
        reader.wait_for(track, seconds=120)
    return Album(reader, name, journey, f"{product.url}/journeys/{journey}")


@pytest.fixture(scope="module")
def album(product: Product) -> Album:
    """A journey of three finished pieces, which no test changes."""
    return album_of(product, "album-reader")


@pytest.fixture
def at_album(page: Page, product: Product, album: Album) -> Page:
    """Its reader on its page, listening to nothing yet."""
    page.add_init_script(WATCH)
    log_in(page, product, album.name)
    page.goto(album.url)
    return page


def play_album(page: Page) -> None:
    page.locator("[data-album-play]").click()
    wait_until(lambda: playback(page)["playing"] and playback(page)["of"] > 1, what="the album to play")


def label(page: Page) -> str:
    """Which piece it is: v0, v1 …"""
    return str(playback(page)["title"]).rsplit(" ", 1)[-1]


def sounding(page: Page) -> list[dict[str, Any]]:
    """The elements that play at this moment."""
    sounds: list[dict[str, Any]] = page.evaluate(
        """() => window.sounds.filter((each) => !each.paused && !each.ended).map((each) => ({
             at: each.currentTime, of: each.duration, volume: each.volume, muted: each.muted,
             speed: each.playbackRate, pitch: each.preservesPitch, src: each.src }))"""
    )
    return sounds


def seek(page: Page, *, left: float) -> None:
    """Go to where `left` seconds are left of the piece, as soon as its length is known."""
    wait_until(
        lambda: page.evaluate(
            """left => {
                 const sound = window.sounds.find((each) => !each.paused);
                 if (!(sound?.duration > 0)) return false;
                 sound.currentTime = sound.duration - left;
                 return true;
               }""",
            left,
        ),
        what="the piece's length",
    )


def open_panel(page: Page) -> None:
    page.get_by_role("button", name="재생 목록과 설정").click()
    expect(page.locator("#player-panel")).to_be_visible()


def test_it_plays_from_the_first_piece_to_the_last_and_stops(at_album: Page) -> None:
    play_album(at_album)
    for name in ("v0", "v1", "v2"):
        wait_until(lambda name=name: label(at_album) == name, what=f"{name} to play")
        wait_until(lambda: len(sounding(at_album)) == 1, what="it to sound")
        seek(at_album, left=0.4)
    wait_until(lambda: not sounding(at_album), what="the album to end")
    at_album.wait_for_timeout(700)
    assert (label(at_album), sounding(at_album)) == ("v2", [])


def test_an_album_that_has_ended_plays_again_from_the_beginning(at_album: Page) -> None:
    play_album(at_album)
    for name in ("v1", "v2"):
        at_album.get_by_role("button", name="다음", exact=True).click()
        wait_until(lambda name=name: label(at_album) == name and sounding(at_album), what=f"{name} to play")
    seek(at_album, left=0.4)
    wait_until(lambda: not sounding(at_album), what="the album to end")
    at_album.locator("[data-album-play]").click()
    wait_until(lambda: label(at_album) == "v0" and sounding(at_album), what="the first piece to play")


def test_next_and_previous_lead_through_the_queue(at_album: Page) -> None:
    play_album(at_album)
    at_album.get_by_role("button", name="다음", exact=True).click()
    wait_until(lambda: label(at_album) == "v1", what="the next piece")
    at_album.evaluate("() => { window.sounds.find((a) => !a.paused).currentTime = 8; }")
    wait_until(lambda: playback(at_album)["at"] >= 8, what="it to be well in its middle")
    at_album.get_by_role("button", name="이전", exact=True).click()
    wait_until(lambda: playback(at_album)["at"] < 3, what="it to begin anew")
    assert label(at_album) == "v1"
    at_album.get_by_role("button", name="이전", exact=True).click()
    wait_until(lambda: label(at_album) == "v0", what="the piece before it")


def test_a_piece_of_the_album_plays_within_it(at_album: Page) -> None:
    at_album.locator("[data-album-fold] summary").click()
    at_album.locator(".album-piece").nth(1).click()
    wait_until(lambda: label(at_album) == "v1" and playback(at_album)["playing"], what="v1 to play")
    expect(at_album.locator(".album-piece").nth(1)).to_have_attribute("aria-current", "true")
    open_panel(at_album)
    expect(at_album.locator("[data-player-queue] li")).to_have_count(PIECES)


def test_a_single_piece_plays_alone(at_album: Page) -> None:
    at_album.locator("[data-track] [data-play]").first.click()
    wait_until(lambda: playback(at_album)["playing"], what="it to play")
    open_panel(at_album)
    expect(at_album.locator("[data-player-queue] li")).to_have_count(1)
    expect(at_album.get_by_role("button", name="다음", exact=True)).to_be_disabled()


def test_the_queue_can_be_jumped_in_and_thinned_out(at_album: Page) -> None:
    play_album(at_album)
    open_panel(at_album)
    at_album.locator("[data-go-to]").nth(2).click()
    wait_until(lambda: label(at_album) == "v2", what="v2 to play")
    at_album.locator("[data-take-out]").nth(0).click()
    expect(at_album.locator("[data-player-queue] li")).to_have_count(PIECES - 1)
    assert (label(at_album), playback(at_album)["playing"]) == ("v2", True)
    at_album.locator("[data-take-out]").nth(1).click()  # the one that plays, and the last: nothing follows it
    wait_until(lambda: label(at_album) == "v1" and not playback(at_album)["playing"], what="the music to rest")
    at_album.keyboard.press("Escape")
    expect(at_album.locator("#player-panel")).to_be_hidden()
    expect(at_album.get_by_role("button", name="재생 목록과 설정")).to_be_focused()


def test_the_last_piece_that_is_taken_out_takes_the_player_along(at_album: Page) -> None:
    at_album.locator("[data-track] [data-play]").first.click()
    wait_until(lambda: playback(at_album)["playing"], what="it to play")
    open_panel(at_album)
    at_album.locator("[data-player-queue] [data-take-out]").click()
    expect(at_album.locator("#player")).to_be_hidden()
    expect(at_album.locator("#main")).to_be_focused()
    at_album.locator("[data-track] [data-play]").first.click()
    wait_until(lambda: playback(at_album)["playing"], what="it to play again")
    expect(at_album.locator("#player-panel")).to_be_hidden()


@pytest.mark.parametrize(("repeat", "then"), [("all", "v0"), ("one", "v2")])
def test_it_repeats_all_or_one(at_album: Page, repeat: str, then: str) -> None:
    play_album(at_album)
    open_panel(at_album)
    at_album.get_by_label("반복").select_option(repeat)
    at_album.locator("[data-go-to]").nth(2).click()
    wait_until(lambda: label(at_album) == "v2" and sounding(at_album), what="v2 to play")
    seek(at_album, left=0.4)
    wait_until(
        lambda: label(at_album) == then and playback(at_album)["at"] < 5 and playback(at_album)["playing"],
        what=f"{then} to play again",
    )


def test_speed_volume_and_silence_hold_for_every_piece_and_visit(at_album: Page) -> None:
    play_album(at_album)
    open_panel(at_album)
    at_album.get_by_label("속도").select_option("1.5")
    at_album.get_by_label("음량").fill("40")
    at_album.get_by_role("button", name="다음", exact=True).click()
    wait_until(lambda: label(at_album) == "v1" and sounding(at_album), what="v1 to play")
    [sound] = sounding(at_album)
    assert (sound["speed"], sound["volume"], sound["pitch"], sound["muted"]) == (1.5, 0.4, True, False)
    at_album.get_by_role("button", name="음소거").click()
    expect(at_album.get_by_role("button", name="음소거")).to_have_attribute("aria-pressed", "true")
    at_album.reload()
    wait_until(lambda: not playback(at_album)["hidden"], what="the player to be back")
    at_album.get_by_role("button", name="재생", exact=True).last.click()
    wait_until(lambda: sounding(at_album), what="it to go on")
    [sound] = sounding(at_album)
    assert (sound["speed"], sound["volume"], sound["muted"]) == (1.5, 0.4, True)


def test_a_crossfade_plays_two_pieces_for_a_moment_and_then_one(at_album: Page) -> None:
    play_album(at_album)
    open_panel(at_album)
    assert at_album.get_by_label("크로스페이드").input_value() == "0"
    at_album.get_by_label("크로스페이드").select_option("3")
    seek(at_album, left=3)
    wait_until(lambda: len(sounding(at_album)) == 2, what="both to sound")
    assert label(at_album) == "v1"
    wait_until(lambda: len(sounding(at_album)) == 1, what="the first to be silent")
    [sound] = sounding(at_album)
    assert sound["volume"] == 1
    assert playback(at_album)["at"] >= 2


def test_where_a_crossfade_may_not_be_played_the_next_piece_plays_without_one(at_album: Page) -> None:
    at_album.add_init_script(NO_TOUCH_FOR_THE_SECOND)
    at_album.reload()
    play_album(at_album)
    open_panel(at_album)
    at_album.get_by_label("크로스페이드").select_option("3")
    for name in ("v1", "v2"):
        seek(at_album, left=3)
        wait_until(
            lambda name=name: label(at_album) == name and playback(at_album)["at"] in range(1, 10),
            what=f"{name} to play",
        )
        [sound] = sounding(at_album)
        assert sound["volume"] == 1


def test_after_a_reload_the_queue_is_there_at_the_same_second_and_silent(at_album: Page) -> None:
    play_album(at_album)
    at_album.get_by_role("button", name="다음", exact=True).click()
    wait_until(lambda: label(at_album) == "v1" and sounding(at_album), what="v1 to play")
    at_album.evaluate("() => { window.sounds.find((a) => !a.paused).currentTime = 9; }")
    wait_until(lambda: playback(at_album)["at"] >= 10, what="some of it to be heard")
    before = playback(at_album)["at"]
    at_album.reload()
    wait_until(lambda: not playback(at_album)["hidden"], what="the player to be back")
    assert label(at_album) == "v1"
    assert abs(playback(at_album)["at"] - before) <= 1
    at_album.wait_for_timeout(1500)
    assert sounding(at_album) == []
    open_panel(at_album)
    expect(at_album.locator("[data-player-queue] li")).to_have_count(PIECES)
    expect(at_album.locator("[data-player-queue] li").nth(1).locator("[data-go-to]")).to_have_attribute(
        "aria-current", "true"
    )


def test_an_end_that_is_reached_at_rest_starts_nothing(at_album: Page) -> None:
    play_album(at_album)
    at_album.locator("[data-player-toggle]").click()
    wait_until(lambda: not sounding(at_album), what="it to pause")
    at_album.evaluate("() => { const sound = window.sounds.find((a) => a.src); sound.currentTime = sound.duration; }")
    wait_until(lambda: at_album.evaluate("() => window.sounds.find((a) => a.src).ended"), what="its end")
    at_album.wait_for_timeout(700)
    assert (label(at_album), sounding(at_album)) == ("v0", [])
    at_album.reload()
    wait_until(lambda: not playback(at_album)["hidden"], what="the player to be back")
    at_album.wait_for_timeout(1500)
    assert (label(at_album), playback(at_album)["at"], sounding(at_album)) == ("v0", 0, [])


@answered_by_the_test
def test_a_passing_failure_after_a_reload_costs_neither_the_queue_nor_the_place(at_album: Page) -> None:
    play_album(at_album)
    at_album.get_by_role("button", name="다음", exact=True).click()
    wait_until(lambda: label(at_album) == "v1" and sounding(at_album), what="v1 to play")
    at_album.evaluate("() => { window.sounds.find((a) => !a.paused).currentTime = 9; }")
    wait_until(lambda: playback(at_album)["at"] >= 10, what="some of it to be heard")
    at_album.route(AUDIO, lambda route: route.fulfill(status=503))
    at_album.reload()
    wait_until(lambda: at_album.evaluate("() => window.sounds.some((a) => a.error)"), what="the failure")
    at_album.wait_for_timeout(700)
    assert not playback(at_album)["hidden"]
    expect(at_album.locator("[data-player-problem]")).to_be_hidden()  # nobody wants to hear it yet
    at_album.unroute(AUDIO)
    at_album.locator("[data-player-toggle]").click()
    wait_until(lambda: sounding(at_album), what="it to go on")
    assert label(at_album) == "v1"
    assert sounding(at_album)[0]["at"] >= 9
    assert at_album.evaluate(KEPT_QUEUE) == PIECES


@answered_by_the_test
def test_a_piece_that_cannot_be_played_says_so_and_is_not_shown_as_playing(at_album: Page) -> None:
    at_album.route(AUDIO, lambda route: route.fulfill(status=503))
    at_album.locator("[data-album-play]").click()
    expect(at_album.locator("[data-player-problem]")).to_be_visible()
    at_album.wait_for_timeout(300)
    assert not playback(at_album)["playing"]
    assert sounding(at_album) == []
    at_album.unroute(AUDIO)
    at_album.wait_for_timeout(700)
    assert sounding(at_album) == []
    at_album.locator("[data-player-toggle]").click()
    wait_until(lambda: sounding(at_album), what="it to play after all")
    expect(at_album.locator("[data-player-problem]")).to_be_hidden()


@answered_by_the_test
def test_that_it_is_heard_is_noted_once_even_when_the_note_is_refused(at_album: Page) -> None:
    notes: list[str] = []

    def refuse(route: Route) -> None:
        notes.append(route.request.url)
        route.fulfill(status=403)

    at_album.route("**/api/music/*/heard*", refuse)
    play_album(at_album)
    wait_until(lambda: playback(at_album)["at"] >= 3, what="some of it to be heard")
    assert len(notes) == 1


def test_an_idle_tab_keeps_and_takes_nothing_of_what_another_one_plays(at_album: Page, album: Album) -> None:
    play_album(at_album)
    other = at_album.context.new_page()
    other.add_init_script(WATCH)
    other.goto(album.url)
    wait_until(lambda: not playback(other)["hidden"], what="the other tab's player")
    at_album.get_by_role("button", name="다음", exact=True).click()
    wait_until(lambda: label(at_album) == "v1" and playback(at_album)["at"] >= 1, what="v1 to play")
    at_album.locator("[data-player-toggle]").click()
    wait_until(lambda: not sounding(at_album), what="it to pause")
    kept = at_album.evaluate(KEPT)
    assert label(other) == "v0"
    other.goto(f"{album.url.rsplit('/', 2)[0]}/settings")
    assert at_album.evaluate(KEPT)["id"] == kept["id"]
    wait_until(lambda: not playback(other)["hidden"], what="the other tab's player")
    other.get_by_role("button", name="재생기 닫기").click()
    wait_until(lambda: playback(other)["hidden"], what="it to go")
    wait_until(lambda: at_album.evaluate(KEPT), what="the first tab's place to be kept again")
    assert at_album.evaluate(KEPT)["id"] == kept["id"]
    assert at_album.evaluate(KEPT_QUEUE) == PIECES
    at_album.get_by_role("button", name="재생기 닫기").click()
    at_album.reload()
    expect(at_album.locator("#main")).to_be_visible()
    assert playback(at_album)["hidden"]
    assert at_album.evaluate(KEPT) is None


def test_it_plays_on_through_five_links_a_form_and_back(at_album: Page, album: Album) -> None:
    play_album(at_album)
    for path in ("/music", "/settings", "/", "/music", "/settings"):
        at_album.get_by_role("navigation").first.locator(f'a[href="{path}"]').click()
        at_album.wait_for_url(f"**{path}")
        assert sounding(at_album)
    at_album.locator("main button[type=submit]").first.click()
    expect(at_album.locator("[data-notices]")).to_be_visible()
    heard = playback(at_album)["at"]
    at_album.go_back()
    wait_until(lambda: playback(at_album)["at"] > heard or label(at_album) != "v0", what="the music to go on")
    assert sounding(at_album)


def test_a_tab_that_begins_silences_the_other(at_album: Page, album: Album) -> None:
    play_album(at_album)
    other = at_album.context.new_page()
    other.add_init_script(WATCH)
    other.goto(album.url)
    wait_until(lambda: not playback(other)["hidden"], what="the other tab's player")
    assert sounding(other) == []
    other.locator("[data-album-play]").click()
    wait_until(lambda: sounding(other), what="the other tab to play")
    wait_until(lambda: not sounding(at_album), what="the first tab to be silent")


def test_how_it_is_listened_to_is_the_same_in_every_tab(at_album: Page, album: Album) -> None:
    play_album(at_album)
    open_panel(at_album)
    other = at_album.context.new_page()
    other.goto(album.url)
    wait_until(lambda: not playback(other)["hidden"], what="the other tab's player")
    open_panel(other)
    other.get_by_label("속도").select_option("1.5")
    other.get_by_label("음량").fill("40")
    wait_until(
        lambda: [(sound["speed"], sound["volume"]) for sound in sounding(at_album)] == [(1.5, 0.4)],
        what="the first tab to obey",
    )
    expect(at_album.get_by_label("음량")).to_have_value("40")
    other.get_by_role("button", name="음소거").click()
    wait_until(lambda: [sound["muted"] for sound in sounding(at_album)] == [True], what="silence in the first tab")


def test_another_reader_finds_nothing_of_it(at_album: Page, product: Product, album: Album) -> None:
    play_album(at_album)
    open_panel(at_album)
    at_album.get_by_label("속도").select_option("2")
    at_album.evaluate("() => document.querySelector('[data-toasts]').append('데미안, v0')")
    log_out(at_album)
    wait_until(lambda: playback(at_album)["hidden"], what="the player to go")
    assert playback(at_album)["title"] == ""
    expect(at_album.locator("#toasts")).to_have_text("")
    expect(at_album.locator("[data-player-queue] li")).to_have_count(0)
    expect(at_album.locator("#player-panel")).to_have_attribute("hidden", "")
    assert (
        at_album.evaluate("() => Object.keys(localStorage).filter((key) => /queue|player|listening/.test(key))") == []
    )


def test_a_new_piece_waits_at_the_end_of_the_queue(page: Page, product: Product) -> None:
    own = album_of(product, "growing-album")
    page.add_init_script(WATCH)
    log_in(page, product, own.name)
    page.goto(own.url)
    play_album(page)
    page.fill("textarea[name=memo]", "하나 더")
    page.get_by_role("button", name="기록하고 음악 만들기").click()
    expect(page.locator("#toasts .toast", has_text="v3")).to_be_visible(timeout=60_000)
    assert sounding(page)
    assert label(page) != "v3"
    open_panel(page)
    expect(page.locator("[data-player-queue] li")).to_have_count(PIECES + 1)
    expect(page.locator("[data-player-queue] li").last).to_contain_text("v3")
    expect(page.locator(".album-piece")).to_have_count(PIECES + 1)
    own.reader.api.delete(f"{own.reader.url}/api/journeys/{own.journey}", timeout=10)
    page.reload()
    wait_until(lambda: playback(page)["hidden"], what="an album that was deleted elsewhere to go")


@pytest.mark.parametrize("wish", ["15", "end"])
def test_the_sleep_timer_ends_the_music_and_gives_the_volume_back(at_album: Page, wish: str) -> None:
    at_album.clock.install()
    at_album.reload()
    play_album(at_album)
    open_panel(at_album)
    if wish == "end":
        at_album.get_by_label("취침 타이머").select_option("end")
        seek(at_album, left=0.4)
    else:
        at_album.get_by_label("반복").select_option("all")
        at_album.get_by_label("취침 타이머").select_option("15")
        expect(at_album.locator("[data-player-asleep]")).to_contain_text("15")
        at_album.clock.fast_forward(15 * 60_000 - 4000)
        wait_until(lambda: sounding(at_album) and sounding(at_album)[0]["volume"] < 0.9, what="it to grow quiet")
        at_album.clock.fast_forward(5000)
    wait_until(lambda: not sounding(at_album), what="the music to end")
    assert label(at_album) == "v0"
    assert at_album.get_by_label("취침 타이머").input_value() == ""
    at_album.get_by_role("button", name="재생", exact=True).last.click()
    wait_until(lambda: sounding(at_album), what="the music to begin again")
    assert sounding(at_album)[0]["volume"] == 1


def test_the_systems_media_keys_steer_it(at_album: Page) -> None:
    play_album(at_album)
    told = at_album.evaluate(
        "() => { const m = navigator.mediaSession.metadata; return [m.title, m.album, m.artist, m.artwork[0].src]; }"
    )
    assert told[0].endswith("v0")
    assert told[1:3] == ["데미안", "독서 여정"]
    assert at_album.evaluate("async (src) => (await fetch(src)).headers.get('Content-Type')", told[3]) == "image/png"

    def press(action: str, **details: Any) -> None:
        at_album.evaluate("([action, details]) => window.mediaKeys[action]({action, ...details})", [action, details])

    press("nexttrack")
    wait_until(lambda: label(at_album) == "v1" and sounding(at_album), what="the next piece")
    press("seekto", seekTime=12)
    wait_until(lambda: playback(at_album)["at"] >= 12, what="the moment sought")
    press("seekbackward")
    wait_until(lambda: playback(at_album)["at"] <= 8, what="ten seconds before it")
    press("previoustrack")
    press("previoustrack")
    wait_until(lambda: label(at_album) == "v0", what="the piece before it")
    press("pause")
    wait_until(lambda: not sounding(at_album), what="it to pause")
    press("play")
    wait_until(lambda: sounding(at_album), what="it to play")
    press("stop")
    wait_until(lambda: not sounding(at_album) and playback(at_album)["at"] == 0, what="it to stop at its beginning")
    at_album.get_by_role("button", name="재생기 닫기").click()
    wait_until(lambda: playback(at_album)["hidden"], what="the player to go")
    assert at_album.evaluate("() => window.mediaKeys.nexttrack") is None


def test_the_keyboard_steers_it(at_album: Page) -> None:
    play_album(at_album)
    at_album.locator("main").focus()
    at_album.keyboard.press("k")
    wait_until(lambda: not sounding(at_album), what="it to pause")
    at_album.keyboard.press("Space")
    wait_until(lambda: sounding(at_album), what="it to play")
    at_album.keyboard.press("l")
    wait_until(lambda: playback(at_album)["at"] >= 10, what="ten seconds on")
    at_album.keyboard.press("j")
    wait_until(lambda: playback(at_album)["at"] < 8, what="ten seconds back")
    at_album.keyboard.press("m")
    wait_until(lambda: sounding(at_album)[0]["muted"], what="silence")
    at_album.keyboard.press("n")
    wait_until(lambda: label(at_album) == "v1", what="the next piece")
    at_album.keyboard.press("p")
    wait_until(lambda: label(at_album) == "v0", what="the piece before it")


def test_a_hangul_layout_steers_it_too(at_album: Page) -> None:
    play_album(at_album)
    at_album.evaluate(
        "() => document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ㅏ', code: 'KeyK', bubbles: true}))"
    )
    wait_until(lambda: not sounding(at_album), what="it to pause")


@pytest.mark.parametrize("guard", ["isComposing: true", "keyCode: 229", "ctrlKey: true", "altKey: true"])
def test_composing_and_modified_keys_are_no_shortcuts(at_album: Page, guard: str) -> None:
    play_album(at_album)
    at_album.evaluate(
        f"() => document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: 'k', bubbles: true, {guard}}}))"
    )
    at_album.wait_for_timeout(200)
    assert sounding(at_album)


def test_keys_that_are_typed_are_no_shortcuts(at_album: Page) -> None:
    play_album(at_album)
    memo = at_album.locator("textarea[name=memo]")
    memo.press_sequentially("kmn ?")
    assert memo.input_value() == "kmn ?"
    [sound] = sounding(at_album)
    assert (label(at_album), sound["muted"]) == ("v0", False)
    expect(at_album.locator("#shortcuts")).to_be_hidden()


def test_a_question_mark_lists_the_shortcuts(at_album: Page) -> None:
    at_album.keyboard.press("?")
    expect(at_album.get_by_role("dialog", name="단축키")).to_be_visible()
    at_album.keyboard.press("Escape")
    expect(at_album.locator("#shortcuts")).to_be_hidden()
    play_album(at_album)
    open_panel(at_album)
    at_album.get_by_role("button", name="단축키").click()
    expect(at_album.get_by_role("dialog", name="단축키")).to_be_visible()
    at_album.keyboard.press("k")  # no shortcut works behind it
    assert sounding(at_album)


def test_the_shortcuts_can_be_turned_off_for_good(at_album: Page) -> None:
    at_album.keyboard.press("?")
    at_album.get_by_role("dialog", name="단축키").get_by_role("checkbox").uncheck()
    at_album.keyboard.press("Escape")
    at_album.reload()
    play_album(at_album)
    at_album.locator("main").focus()
    for key in ("k", "m", "n", "?"):
        at_album.keyboard.press(key)
    at_album.wait_for_timeout(300)
    [sound] = sounding(at_album)
    assert (label(at_album), sound["muted"]) == ("v0", False)
    expect(at_album.locator("#shortcuts")).to_be_hidden()
    open_panel(at_album)
    at_album.get_by_role("button", name="단축키").click()
    at_album.get_by_role("dialog", name="단축키").get_by_role("checkbox").check()
    at_album.keyboard.press("Escape")
    at_album.locator("main").focus()
    at_album.keyboard.press("k")
    wait_until(lambda: not sounding(at_album), what="it to pause")


def test_the_player_fits_a_narrow_page(at_album: Page) -> None:
    at_album.set_viewport_size({"width": 360, "height": 640})
    play_album(at_album)
    open_panel(at_album)
    assert at_album.evaluate("() => document.documentElement.scrollWidth") <= 360
    bar, panel = (at_album.locator(each).bounding_box() for each in (".player-inner", "#player-panel"))
    assert bar is not None
    assert panel is not None
    assert panel["y"] >= 0
    assert bar["x"] >= 0
    assert bar["x"] + bar["width"] <= 360
    for control in at_album.locator("#player button:visible").all():
        box = control.bounding_box()
        assert box is None or box["height"] >= 38


def test_the_pieces_of_the_music_page_play_one_after_the_other(page: Page, product: Product) -> None:
    reader = HttpReader(product.url, "prompts-only")
    for prompt in ("calm piano", "bright guitar"):
        reader.wait_for(reader.post("/api/music", {"prompt": prompt}).json()["jobId"])
    page.add_init_script(WATCH)
    log_in(page, product, "prompts-only")
    page.goto(f"{product.url}/music")
    titles = page.locator("#pieces h3").all_inner_texts()
    page.get_by_role("button", name="모두 재생").click()
    wait_until(lambda: sounding(page), what="the first to play")
    assert playback(page)["title"] == titles[0]
    seek(page, left=0.4)
    wait_until(lambda: playback(page)["title"] == titles[1] and sounding(page), what="the second to play")
    page.locator("[data-play-all]").click()
    wait_until(lambda: not sounding(page), what="it to pause")
    page.get_by_role("button", name="모두 재생").click()
    wait_until(lambda: sounding(page), what="it to go on")
    assert playback(page)["title"] == titles[1]


def test_a_piece_that_was_deleted_elsewhere_makes_way_for_the_next(page: Page, product: Product) -> None:
    reader = HttpReader(product.url, "prompts-deleted")
    for prompt in ("calm piano", "bright guitar", "slow strings"):
        reader.wait_for(reader.post("/api/music", {"prompt": prompt}).json()["jobId"])
    page.add_init_script(WATCH + "delete window.EventSource;")  # no stream tells of it
    log_in(page, product, "prompts-deleted")
    page.goto(f"{product.url}/music")
    titles = page.locator("#pieces h3").all_inner_texts()
    second = page.locator("#pieces [data-play]").nth(1).get_attribute("data-id")
    page.get_by_role("button", name="모두 재생").click()
    wait_until(lambda: sounding(page), what="the first to play")
    reader.submit("/music", {}, to=f"/music/{second}/delete")
    seek(page, left=0.4)
    wait_until(lambda: playback(page)["title"] == titles[2] and sounding(page), what="the third to play")
    open_panel(page)
    expect(page.locator("[data-player-queue] li")).to_have_count(2)


def test_without_scripts_there_are_links_and_players(browser: Any, product: Product, album: Album) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    log_in(page, product, album.name)
    page.goto(album.url)
    expect(page.locator("[data-album-play]")).to_be_hidden()
    assert page.locator(".album-piece").count() == PIECES
    expect(page.locator("audio").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="앨범 내려받기").click()
    assert download.value.suggested_filename == "데미안.zip"
    context.close()
