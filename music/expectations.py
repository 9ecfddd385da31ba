"""How long a piece usually takes to make: its provider's own recent durations, or, until there are some, what it says.

Waiting for a turn is no part of it: `music.queueing` reckons that from the queue as it stands.
"""

from __future__ import annotations

from music.models import MusicTrack, TrackStatus
from music.providers import UnknownProvider, get_provider

RECENT = 40
ENOUGH = 5
LATE_AT_LEAST, LATE_AT_MOST = 30, 300


def typical_seconds(provider: str) -> tuple[int, int] | None:
    """The range within which four of five recent pieces were made, from the moment they were taken up; None for an
    unknown provider."""
    # Those that were begun: a piece that came with an import was not made here.
    made = MusicTrack.objects.filter(provider=provider, status=TrackStatus.COMPLETED, started_at__isnull=False)
    recent = made.order_by("-finished_at")
    spans = sorted(
        (finished - started).total_seconds()
        for started, finished in recent.values_list("started_at", "finished_at")[:RECENT]
        if started and finished
    )
    if len(spans) >= ENOUGH:
        low, high = spans[len(spans) // 10], spans[(len(spans) * 9) // 10]
        return max(1, int(low)), max(2, int(high) + 1)
    try:
        return get_provider(provider).typical_seconds
    except UnknownProvider:
        return None


def late_after(span: tuple[int, int] | None) -> int:
    """Seconds after which a piece takes longer than usual: well past what its provider needs, five minutes at most."""
    return LATE_AT_MOST if span is None else min(LATE_AT_MOST, max(LATE_AT_LEAST, 3 * span[1]))
