"""The feed of a public journey: RSS 2.0 with what podcast players need (the itunes namespace)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import XMLGenerator

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Enclosure, Rss201rev2Feed
from django.utils.translation import gettext as _

from journeys.access import shared_journey
from journeys.models import Share
from journeys.pages.public import as_shared, is_public
from journeys.publication import LOGS_A_PAGE, ShownJourney, ShownLog, ShownPiece, public_path, published_journey
from journeys.services.texts import without_controls
from music.explanation import whole_seconds

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"


class PodcastFeed(Rss201rev2Feed):
    """RSS 2.0 with the elements that podcast players look for."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:itunes": ITUNES}

    def add_root_elements(self, handler: XMLGenerator) -> None:
        super().add_root_elements(handler)  # type: ignore[arg-type]  # Django's own subclass of it
        for name in ("author", "summary"):
            if text := self.feed[name]:
                _element(handler, f"itunes:{name}", text)
        _element(handler, "itunes:type", "serial")
        _element(handler, "itunes:explicit", "false")
        _element(handler, "itunes:image", "", href=self.feed["picture"])
        _element(handler, "itunes:category", "", text="Music")
        handler.startElement("image", {})  # type: ignore[arg-type]
        for name, text in (("url", self.feed["picture"]), ("title", self.feed["title"]), ("link", self.feed["link"])):
            _element(handler, name, text)
        handler.endElement("image")

    def add_item_elements(self, handler: XMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)  # type: ignore[arg-type]
        _element(handler, "itunes:duration", str(item["seconds"]))
        _element(handler, "itunes:episode", str(item["episode"]))
        _element(handler, "itunes:episodeType", "full")


@dataclass(frozen=True, slots=True)
class Channel:
    """A public journey and its page, as the feed reads them."""

    share: Share
    shown: ShownJourney
    root: str
    """Scheme and host of the request, which made every address in the feed."""

    def at(self, path: str) -> str:
        return self.root + path


@dataclass(frozen=True, slots=True)
class Episode:
    """One finished piece with its log."""

    number: int
    page: int
    """Of the journey's public address, on which the log is."""
    log: ShownLog
    piece: ShownPiece
    channel: Channel


class JourneyFeed(Feed):  # type: ignore[type-arg]  # takes no parameters at run time
    """A public journey's finished pieces; in the reader's language, for players ask without one."""

    feed_type = PodcastFeed
    item_guid_is_permalink = False

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        share = shared_journey(kwargs["token"])
        if not is_public(share):
            raise Http404  # whoever subscribes passes the address on to a service
        with translation.override(share.journey.reader.language):
            response = super().__call__(request, *args, share=share, **kwargs)
        response["Cache-Control"] = "private, no-cache"
        return as_shared(response, share)

    def get_object(self, request: HttpRequest, *_args: Any, share: Share, **_kwargs: Any) -> Channel:
        return Channel(share, published_journey(share), request.build_absolute_uri("/").rstrip("/"))

    def title(self, channel: Channel) -> str:
        return without_controls(f"{channel.shown.book.shown_title} · {_('Reading Journey')}")

    def link(self, channel: Channel) -> str:
        return reverse("public-journey", args=[channel.share.token])

    def feed_url(self, channel: Channel) -> str:
        return reverse("public-feed", args=[channel.share.token])

    def description(self, channel: Channel) -> str:
        book = channel.shown.book
        book_words = " · ".join(words for words in (book.shown_title, book.shown_authors) if words)
        return without_controls(channel.shown.line or book_words)

    def feed_extra_kwargs(self, channel: Channel) -> dict[str, Any]:
        return {
            "author": without_controls(channel.shown.reader_name) or _("Reading Journey"),
            "summary": without_controls(channel.shown.line),
            "picture": channel.at(reverse("public-album-picture", args=[channel.share.token])),
        }

    def items(self, channel: Channel) -> list[Episode]:
        heard = (
            (place // LOGS_A_PAGE + 1, log, log.piece) for place, log in enumerate(channel.shown.logs) if log.piece
        )
        episodes = [
            Episode(number, page, log, piece, channel) for number, (page, log, piece) in enumerate(heard, start=1)
        ]
        return episodes[::-1]

    def item_title(self, episode: Episode) -> str:
        return without_controls(episode.piece.title)

    def item_description(self, episode: Episode) -> str:
        log = episode.log
        texts = (log.quote, log.memo, ", ".join(log.feelings), episode.piece.words)
        return without_controls("\n\n".join(text for text in texts if text))

    def item_link(self, episode: Episode) -> str:
        return f"{public_path(episode.channel.share.token, episode.page)}#{episode.piece.id}"

    def item_guid(self, episode: Episode) -> str:
        return f"urn:uuid:{episode.piece.track_id}"

    def item_pubdate(self, episode: Episode) -> datetime:
        """Never before the page: when somebody read and wrote is not told."""
        published = episode.channel.share.created_at
        return max(episode.piece.finished_at or published, published)

    def item_enclosures(self, episode: Episode) -> list[Enclosure]:
        piece = episode.piece
        return [Enclosure(episode.channel.at(piece.audio_url), str(piece.file_size), piece.content_type)]

    def item_extra_kwargs(self, episode: Episode) -> dict[str, Any]:
        return {"seconds": whole_seconds(episode.piece.seconds), "episode": episode.number}


def _element(handler: XMLGenerator, name: str, content: str, **attributes: str) -> None:
    handler.addQuickElement(name, content, attributes)  # type: ignore[attr-defined]  # Django's SimplerXMLGenerator
