"""Log files of the supervised programs: appended to, and kept from filling the disk."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 5_000_000


class LogFile:
    """A log and its predecessor (`<name>.log.1`), each at most about `MAX_BYTES`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> BinaryIO:
        """Open it for a program's output. Appending is what lets `cap` cut it while the program writes."""
        self.cap()
        return self.path.open("ab")

    def cap(self) -> None:
        """Move a log that has grown too long aside.

        Copied and cut rather than renamed: the program keeps its descriptor. Lines written between the two steps are
        lost; a log may lose a line once in five million bytes.
        """
        if self.path.exists() and self.path.stat().st_size > MAX_BYTES:
            with contextlib.suppress(OSError):  # on a full disk the old lines are what there is least need of
                shutil.copyfile(self.path, self.path.with_suffix(".log.1"))
            os.truncate(self.path, 0)
