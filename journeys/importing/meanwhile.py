"""What has come here between the preview of an import and its being taken in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from journeys.importing.matching import BOOK, JOURNEY, RECORD
from journeys.models import Import, ImportRow, Journey, Reader, RowOutcome


def here_meanwhile(reader: Reader, rows: Sequence[ImportRow], last_days: Mapping[int, date | None]) -> set[int]:
    """The ids of rows that would begin a journey which has come here since they were looked at; `last_days` of the
    journeys to be, by those ids."""
    beginning = [row for row in rows if not row.choice.startswith(JOURNEY)]
    if not beginning:
        return set()
    taken_in, read = _taken_in(reader, beginning), _read_on(reader, beginning, last_days.values())

    def is_here(row: ImportRow) -> bool:
        last_day = last_days[row.pk]
        if row.reason != "your_choice" and (row.choice, last_day) in read:
            return True  # there was none of that day when the row was looked at
        # Of what was here before then, whoever has chosen another reading knows.
        is_again = any(day == last_day and is_later for day, is_later in taken_in[row.key])
        return is_again or (not row.reason and bool(taken_in[row.key]))

    return {row.pk for row in beginning if is_here(row)}


def _taken_in(reader: Reader, rows: Sequence[ImportRow]) -> Mapping[str, list[tuple[date | None, bool]]]:
    """By the rows' keys, the journeys that imports have made of the same: last day, and whether since these rows
    were looked at."""
    looked_at = Import.objects.values_list("created_at", flat=True).get(pk=rows[0].record_id)
    same = ImportRow.objects.filter(
        key__in={row.key for row in rows},
        record__reader=reader,
        outcome=RowOutcome.IMPORTED,
        journey__isnull=False,
    )
    found = defaultdict(list)
    for key, last_day, stamp in same.values_list("key", "journey__ended_on", "data__stamp"):
        found[key].append((last_day, datetime.fromisoformat(stamp) > looked_at))
    return found


def _read_on(reader: Reader, rows: Sequence[ImportRow], days: Iterable[date | None]) -> set[tuple[str, date | None]]:
    """Books, as a row's choice names them, that the reader has finished or stopped on these days by another way
    than this import: of one file, every row is a reading of its own."""
    ended = Journey.objects.filter(reader=reader, ended_on__in={day for day in days if day})
    own = ImportRow.objects.filter(record=rows[0].record_id, journey__isnull=False).values("journey")
    found = set()
    for book, source, source_id, day in ended.exclude(pk__in=own).values_list(
        "book", "book__source", "book__source_id", "ended_on"
    ):
        found |= {(f"{BOOK}{book}", day), (f"{RECORD}{source}/{source_id}", day)}
    return found
