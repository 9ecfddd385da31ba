"""How long a piece usually takes: its provider's own recent durations, or, until there are some, what it says."""

from __future__ import annotations

from music.models import MusicTrack, TrackStatus
from music.providers import UnknownProvider, get_provider

RECENT = 40
ENOUGH = 5
LONGER_THAN_USUAL_SECONDS = 300


def typical_seconds(provider: str) -> tuple[int, int] | None:
    """The range within which four of five recent pieces were made, from first claim to file; None for an unknown
    provider."""
    recent = MusicTrack.objects.filter(
        provider=provider, status=TrackStatus.COMPLETED, started_at__isnull=False
    ).order_by("-finished_at")
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


def is_late(provider_range: tuple[int, int] | None, elapsed: float) -> bool:
    """True when a piece takes longer than usual: past five minutes, or well past what its provider usually needs."""
    if elapsed >= LONGER_THAN_USUAL_SECONDS:
        return True
    return provider_range is not None and elapsed > max(30, 3 * provider_range[1])
