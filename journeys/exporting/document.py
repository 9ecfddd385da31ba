"""Our own document of a reader's record: JSON, versioned, complete (docs/import-export.md).

What a version means never changes. A new field that an older reader may leave out keeps the version; anything else
raises it, and `journeys.importing.ours` goes on reading all earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils import timezone

from journeys.models import Book, Journey, Progress, Reader, ReadingLog, Share, Tag
from music.models import MusicTrack, TrackStatus

FORMAT = "reading-journey"
VERSION = 1
DOCUMENT_NAME = "journey.json"

BATCH = 100

_BOOK = (
    *("title", "title_en", "authors", "authors_en", "publisher", "year", "language", "isbn13", "pages"),
    *("description_ko", "description_en", "moods", "source", "source_id", "source_url"),
)
_SHARE = ("visibility", "line", "shows_name", "shows_quotes", "shows_memos", "shows_feelings")
_MUSIC = (
    *("title", "album", "number", "provider", "mood", "genre", "tempo", "duration", "prompt", "brief", "brief_writer"),
    *("chosen_mood", "chosen_genre", "chapter_labels", "content_type"),
)


def document_of(reader: Reader) -> dict[str, Any]:
    """All of the reader's record. Addresses of public pages are left out: whoever holds the file could use them."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": timezone.now().isoformat(),
        "reader": {"name": reader.get_username(), "language": reader.language, "time_zone": reader.time_zone},
        "tags": list(Tag.objects.filter(reader=reader).order_by("pk").values_list("name", flat=True)),
        "journeys": list(_journeys(reader)),
        "pieces": [
            music_of(track) for track in MusicTrack.objects.for_reader(reader).standalone().order_by("created_at")
        ],
    }


def journey_batches(reader: Reader) -> Iterator[list[Journey]]:
    """The reader's journeys in batches, in the order in which they were begun, with book, tags and share."""
    ids = list(Journey.objects.for_reader(reader).order_by("created_at", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        chosen = Journey.objects.select_related("book", "share", "reader").prefetch_related("tags")
        batch = chosen.in_bulk(ids[start : start + BATCH])
        yield [batch[pk] for pk in ids[start : start + BATCH] if pk in batch]


def audio_name(track: MusicTrack) -> str:
    """Where a finished piece's file is in the archive."""
    return f"audio/{track.pk}.{str(track.file.name).rsplit('.', 1)[-1]}"


def midi_name(track: MusicTrack) -> str:
    return f"audio/{track.pk}.mid"


def _journeys(reader: Reader) -> Iterator[dict[str, Any]]:
    for batch in journey_batches(reader):
        logs, progress = _grouped(ReadingLog, batch), _grouped(Progress, batch)
        tracks = {
            track.log_id: track for track in MusicTrack.objects.filter(log__journey__in=batch).defer("audio_metadata")
        }
        for journey in batch:
            yield journey_of(journey, logs.get(journey.pk, []), progress.get(journey.pk, []), tracks)


def _grouped(model: Any, journeys: Iterable[Journey]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in model.objects.filter(journey__in=journeys):
        found.setdefault(row.journey_id, []).append(row)
    return found


def journey_of(
    journey: Journey, logs: list[ReadingLog], progress: list[Progress], tracks: Mapping[Any, MusicTrack]
) -> dict[str, Any]:
    share = getattr(journey, "share", None)
    return {
        "id": str(journey.pk),
        "book": book_of(journey.book),
        "status": journey.status,
        "started_on": _iso(journey.started_on),
        "ended_on": _iso(journey.ended_on),
        "rating": journey.rating,
        "review": journey.review,
        "tags": [tag.name for tag in journey.tags.all()],
        "pages": journey.pages,
        "genre": journey.genre,
        "duration": journey.duration,
        "theme_seed": journey.theme_seed,
        "created_at": _iso(journey.created_at),
        "shared": {name: getattr(share, name) for name in _SHARE} if isinstance(share, Share) else None,
        "progress": [
            {
                "read_on": _iso(each.read_on),
                "page": each.page,
                "percent": each.percent,
                "created_at": _iso(each.created_at),
            }
            for each in progress
        ],
        "logs": [log_of(log, tracks.get(log.pk)) for log in logs],
    }


def book_of(book: Book) -> dict[str, Any]:
    return {name: getattr(book, name) for name in _BOOK}


def log_of(log: ReadingLog, track: MusicTrack | None) -> dict[str, Any]:
    return {
        "id": str(log.pk),
        "version": log.version,
        "is_final": log.is_final,
        "quote": log.quote,
        "memo": log.memo,
        "emotions": log.emotions,
        "page": log.page,
        "percent": log.percent,
        "logged_on": _iso(log.logged_on),
        "created_at": _iso(log.created_at),
        "music": music_of(track) if track else None,
    }


def music_of(track: MusicTrack) -> dict[str, Any]:
    """A piece as it stands; `audio` and `midi` name its files in the archive, where it is finished."""
    finished = track.status == TrackStatus.COMPLETED
    return {
        "id": str(track.pk),
        "status": track.status,
        **{name: getattr(track, name) for name in _MUSIC},
        "requested_at": _iso(track.requested_at),
        "finished_at": _iso(track.finished_at),
        "seconds": track.audio_seconds,
        "sha256": track.file_sha256,
        "audio": audio_name(track) if finished else None,
        "midi": midi_name(track) if finished and track.midi else None,
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
