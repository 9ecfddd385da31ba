"""The sounds the studio plays with: one small SoundFont, the tools that made it, and its notice."""

from __future__ import annotations

from pathlib import Path

JOURNEY_FONT = Path(__file__).with_name("journey.sf3")
"""The shipped font: SoundFont 3 (Vorbis samples), MIT, see NOTICE.md beside it."""
