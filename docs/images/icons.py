"""Draws the installed app's icons from the favicon: `python -m docs.images.icons` (needs Chromium)."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).parents[2] / "static" / "icons"
# A system that cuts icons to a shape of its own gets one without corners; the book lies within the inner 80 %.
PICTURES = {"app-192.png": (192, True), "app-512.png": (512, True), "maskable-512.png": (512, False)}
PICTURES |= {"touch-180.png": (180, False)}


def main() -> None:
    svg = (ICONS / "favicon.svg").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (pixels, rounded) in PICTURES.items():
            page = browser.new_page(viewport={"width": pixels, "height": pixels})
            drawn = svg if rounded else svg.replace('rx="7"', 'rx="0"')
            page.set_content(f"<style>body{{margin:0}} svg{{display:block;width:100vw;height:100vh}}</style>{drawn}")
            page.screenshot(path=ICONS / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
