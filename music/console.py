"""How the commands for staff put things on a terminal."""

from __future__ import annotations

import getpass
from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as their widest cell, the last one as it comes."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells)
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """45 s, 12 min, 3 h, 5 d: as exact as one needs it at night."""
    for unit, size, limit in (("s", 1, 120), ("min", 60, 120), ("h", 3600, 48)):
        if seconds < size * limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} d"


def dollars(cents: int | None) -> str:
    """US cents as dollars; a dash where nobody knows."""
    return "–" if cents is None else f"${cents / 100:,.2f}"


def who() -> str:
    """Who is at the console, for the record. Raises nothing, also where the user has no name (containers)."""
    try:
        return f"console ({getpass.getuser()})"
    except (OSError, KeyError):
        return "console"
