"""Pictures of every page, to be looked at: `python -m tests.browser.screenshots [--out DIR] [--only NAME …]`.

Each page of the showcase in two widths, two themes and two languages, and a contact sheet for each of the eight.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from itertools import product
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM
from tests.browser.showcase import PAGES, NamedPage, Showcase, running_showcase

LANGUAGES = {"ko": "ko-KR", "en": "en-GB"}
THEMES = ("light", "dark")
WIDTHS = {360: 740, 1280: 900}
TALLEST = 6000
"""Pixels; what is below says nothing new of a page's looks."""

THUMBNAIL = {360: (180, 370), 1280: (320, 370)}
COLUMNS = {360: 10, 1280: 6}
LABEL = 18


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("var/screenshots"))
    parser.add_argument("--only", nargs="*", default=[], help="names of pages, or parts of them")
    options = parser.parse_args()
    pages = [page for page in PAGES if not options.only or any(part in page.name for part in options.only)]
    room = Path(tempfile.mkdtemp(prefix="reading-journey-showcase-"))
    try:
        with running_showcase(room) as showcase, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            for language in LANGUAGES:
                for shown in pages:
                    look_at(browser, showcase, shown, language, options.out)
                    print(f"{language} {shown.name}", flush=True)
            browser.close()
    finally:
        shutil.rmtree(room, ignore_errors=True)
    for language, theme, width in product(LANGUAGES, THEMES, WIDTHS):
        print(contact_sheet(options.out, pages, language, theme, width))


def look_at(browser: Browser, showcase: Showcase, shown: NamedPage, language: str, out: Path) -> None:
    """Open a page once, and picture it in each width and theme."""
    context = browser.new_context(locale=LANGUAGES[language], timezone_id="Asia/Seoul", reduced_motion="reduce")
    context.set_default_timeout(30_000)
    context.add_cookies(showcase.cookies(shown.who, language))
    page = context.new_page()
    page.goto(showcase.address(shown, language))
    if shown.prepare:
        shown.prepare(page)
    for theme, width in product(THEMES, WIDTHS):
        page.emulate_media(color_scheme=theme)
        picture(page, picture_path(out, shown, language, theme, width), width)
    context.close()


def picture(page: Page, path: Path, width: int) -> None:
    """The whole page, in a window that is as tall as it: what is fixed to the window's edge is where it belongs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(WIDTHS[width], min(height, TALLEST))})
    page.screenshot(path=path)


def picture_path(out: Path, shown: NamedPage, language: str, theme: str, width: int) -> Path:
    return out / f"{language}-{theme}-{width}" / f"{shown.name}.png"


def contact_sheet(out: Path, pages: list[NamedPage], language: str, theme: str, width: int) -> Path:
    """The upper part of every page of one combination, side by side with their names."""
    wide, tall = THUMBNAIL[width]
    columns = COLUMNS[width]
    rows = -(-len(pages) // columns)
    sheet = Image.new("RGB", (columns * (wide + 8), rows * (tall + LABEL + 8)), "#888")
    draw = ImageDraw.Draw(sheet)
    for number, shown in enumerate(pages):
        left, top = number % columns * (wide + 8) + 4, number // columns * (tall + LABEL + 8) + 4
        with Image.open(picture_path(out, shown, language, theme, width)) as whole:
            scale = wide / whole.width
            upper = whole.convert("RGB").crop((0, 0, whole.width, min(whole.height, round(tall / scale))))
            sheet.paste(
                upper.resize((wide, round(upper.height * scale)), Image.Resampling.LANCZOS), (left, top + LABEL)
            )
        draw.text((left, top + 2), shown.name, fill="white")
    path = out / f"{language}-{theme}-{width}.png"
    sheet.save(path)
    return path


if __name__ == "__main__":
    main()
