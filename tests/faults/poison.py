"""A provider that some pieces are the death of."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from music.brief import MusicBrief
from music.providers.base import Audio
from tests.providers import QuickStudio


class Poison(QuickStudio):
    """Kills its process, as running out of memory does, over every piece whose prompt says "poison"."""

    name = "poison"

    def make(self, brief: MusicBrief, *, cancelled: Callable[[], bool]) -> Audio:
        if "poison" in brief.prompt:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().make(brief, cancelled=cancelled)
