"""The card itself: on the left what was read and the reader's line, on the right the landscape of the journey's music,
its theme as a constellation above the book."""

from __future__ import annotations

import io
import logging
from functools import lru_cache

from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFilter, UnidentifiedImageError

from journeys.sharecard.lettering import Lettering, fit, font
from journeys.sharecard.plan import CardPlan
from music import heavy
from music.brief import MusicBrief
from music.studio.showing.cover import paint

logger = logging.getLogger(__name__)

WIDTH, HEIGHT = 1200, 630
"""What every site that shows previews asks for."""
ALBUM_SIZE = 1400
"""The smallest square that podcast directories take."""
SCENE_LEFT = WIDTH - HEIGHT
MARGIN = 64
COLUMN = SCENE_LEFT - 2 * MARGIN
BOOK_HEIGHT, BOOK_FLOOR = 300, 582
MIDDLING = 70
"""Letters of a line that leaves the title all the room it wants."""
KEPT_CARDS = 16
"""Pictures that a process remembers, some 100 kB each."""

# As in static/css/tokens.css (light) and components.css.
PAPER, INK, SOFT, ACCENT = "#f8f4ec", "#2a2622", "#635a4f", "#2f5d50"
ON_CLOTH = "#f8f1e4"
CLOTH = (
    "#5b4636", "#74393a", "#38574a", "#2f4862", "#6a5230", "#54416a", "#2b5a5c", "#78492c", "#434b56", "#6a3c53",
)  # fmt: skip


class _CoverUnread(Exception):
    """The cover's file cannot be had now; another time it may."""


def card_png(plan: CardPlan) -> bytes:
    """The card as a PNG of 1200 × 630; without the cover where that cannot be read."""
    try:
        return _kept_card(plan)
    except _CoverUnread:
        return _painted(plan, None)


@lru_cache(maxsize=KEPT_CARDS)
def _kept_card(plan: CardPlan) -> bytes:
    return _painted(plan, _stored_cover(plan.cover))  # the cover before the turn: it may come over a network


def _painted(plan: CardPlan, cover: Image.Image | None) -> bytes:
    with heavy.turn:
        card = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        scene = Image.fromarray(paint(plan.scene)).resize((HEIGHT, HEIGHT), Image.Resampling.LANCZOS)
        card.paste(scene, (SCENE_LEFT, 0))
        _set_book(card, _book(plan, cover))
        _set_words(ImageDraw.Draw(card), plan)
        return _file(card, "PNG")


@lru_cache(maxsize=KEPT_CARDS)
def album_jpeg(scene: MusicBrief) -> bytes:
    """The landscape alone, as a square JPEG: the picture of the journey's feed."""
    with heavy.turn:
        picture = Image.fromarray(paint(scene)).resize((ALBUM_SIZE, ALBUM_SIZE), Image.Resampling.LANCZOS)
        return _file(picture, "JPEG", quality=85)


def _file(picture: Image.Image, kind: str, **how: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **how)
    return target.getvalue()


def _stored_cover(key: str) -> Image.Image | None:
    """The book's cover; None where it has none, or one that is no picture. Raises `_CoverUnread`."""
    if not key:
        return None
    try:
        with default_storage.open(key) as file, Image.open(file) as picture:
            return picture.convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        logger.warning("the cover %s cannot be painted: %s", key, type(error).__name__)
        return None
    except Exception as error:  # a bucket has errors of its own
        logger.warning("the cover %s cannot be read: %s", key, type(error).__name__)
        raise _CoverUnread from error


def _book(plan: CardPlan, cover: Image.Image | None) -> Image.Image:
    if cover:
        width = max(BOOK_HEIGHT // 3, min(BOOK_HEIGHT, round(BOOK_HEIGHT * cover.width / cover.height)))
        return cover.resize((width, BOOK_HEIGHT), Image.Resampling.LANCZOS)
    book = Image.new("RGB", (BOOK_HEIGHT * 2 // 3, BOOK_HEIGHT), CLOTH[int(plan.cloth)])
    draw = ImageDraw.Draw(book, "RGBA")
    draw.rectangle((0, 0, 6, BOOK_HEIGHT), fill=(0, 0, 0, 70))
    draw.rectangle((10, 0, 11, BOOK_HEIGHT), fill=(255, 255, 255, 26))
    left, room = 28, book.width - 28 - 18
    title = fit(plan.title, sizes=(27, 24, 21, 18, 16), width=room, height=170)
    _write(draw, title, (left, 24), ON_CLOTH, weight=0.5)
    authors = fit(plan.authors, sizes=(16, 14), width=room, height=45)
    top = BOOK_HEIGHT - 24 - authors.height
    draw.line((left, top - 8, left + room, top - 8), fill=(248, 241, 228, 115))
    _write(draw, authors, (left, top), ON_CLOTH)
    return book


def _set_book(card: Image.Image, book: Image.Image) -> None:
    left, top = SCENE_LEFT + (HEIGHT - book.width) // 2, BOOK_FLOOR - book.height
    shade = Image.new("L", (book.width + 80, book.height + 80), 0)
    ImageDraw.Draw(shade).rectangle((40, 40, 40 + book.width, 40 + book.height), fill=150)
    card.paste("#14100c", (left - 40, top - 30), shade.filter(ImageFilter.GaussianBlur(14)))
    card.paste(book, (left, top))


def _set_words(draw: ImageDraw.ImageDraw, plan: CardPlan) -> None:
    """The column on the left: title and authors at the top, the reader's line below them, whose it is at the foot."""
    height = 252 if len(plan.line) <= MIDDLING else 140  # the line is the reader's own: it is the last to be cut
    title = fit(plan.title, sizes=(64, 56, 50, 44, 38, 34, 30), width=COLUMN, height=height, leading=1.3)
    authors = fit(plan.authors, sizes=(27, 24), width=COLUMN, height=38 if plan.line else 76)
    signature = fit(plan.signature, sizes=(24, 21), width=COLUMN, height=34)
    top = MARGIN - 6
    _write(draw, title, (MARGIN, top), INK, weight=0.7)
    top += title.height + 14
    _write(draw, authors, (MARGIN, top), SOFT)
    top += authors.height
    floor = HEIGHT - MARGIN - signature.height
    _write(draw, signature, (MARGIN, floor + 6), ACCENT, weight=0.4)
    draw.rectangle((MARGIN, floor - 14, MARGIN + 44, floor - 12), fill=ACCENT)
    if plan.line:
        room = floor - 42 - (top + 24)
        line = fit(f"“{plan.line}”", sizes=(36, 33, 30, 27, 24, 22), width=COLUMN, height=room, leading=1.5)
        _write(draw, line, (MARGIN, top + 24 + (room - line.height) // 2), INK)


def _write(
    draw: ImageDraw.ImageDraw, text: Lettering, corner: tuple[int, int], colour: str, *, weight: float = 0.0
) -> None:
    """`weight` thickens the strokes by so many pixels: one font has to serve for titles too."""
    left, top = corner
    for number, line in enumerate(text.lines):
        place = (left, top + number * text.leading + (text.leading - text.size) // 2)
        draw.text(place, line, font=font(text.size), fill=colour, anchor="la", stroke_width=weight, stroke_fill=colour)
