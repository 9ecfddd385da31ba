"""The embedded studio as a provider: it composes and renders on this machine's CPU, and charges nothing."""

from __future__ import annotations

from collections.abc import Callable

from music import studio
from music.brief import MusicBrief
from music.providers.base import Audio, ProviderError


class StudioProvider:
    """One blocking call of a few CPU seconds; the same brief always gives the same piece."""

    name = "studio"
    charges = False
    typical_seconds = (2, 15)
    deadline_seconds = 300

    def make(self, brief: MusicBrief, *, cancelled: Callable[[], bool] | None = None) -> Audio:
        """Make the piece; `cancelled` is asked several times a second whether anybody still wants it.

        Raises `ProviderError` with code "studio_failed", "out_of_memory" (worth another try) or "cancelled".
        """
        try:
            # Loaded at this moment: the web process asks only for name and range.
            piece = studio.make_piece(brief, cancelled=cancelled)
        except studio.Cancelled as error:
            raise ProviderError("nobody wants the piece any more", code="cancelled", permanent=True) from error
        except MemoryError as error:
            raise ProviderError("the studio ran out of memory", code="out_of_memory") from error
        except Exception as error:
            # The same brief takes the same path through the composer, so the same error would come again.
            raise ProviderError(f"the studio failed: {error!r}", code="studio_failed", permanent=True) from error
        return Audio(
            piece.mp3,
            "audio/mpeg",
            "mp3",
            seconds=piece.seconds,
            metadata=dict(piece.metadata),
            midi=piece.midi,
            peaks=piece.peaks,
        )
