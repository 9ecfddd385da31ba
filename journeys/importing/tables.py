"""Tables in a text: rows of cells, whatever stands between them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from journeys.importing.reasons import Refused

DELIMITERS = ",;\t|"
_NO_DELIMITER = "\x1f"
"""Where a first row has none of them: a table of one column, whose cells may hold any of them. No text has it."""
_PRELUDE = re.compile(r'\s*"?sep=(\t|[^\s\w"])"?[ ,;|\t]*(?:\n|$)', re.IGNORECASE)
"""What Excel writes, or is given, before the names of the columns."""
CELL_LIMIT = 131_072  # the csv module's own
COLUMNS_AT_MOST = 200
_LOOKED_AT = 8000


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first row names the columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __iter__(self) -> Iterator[Row]:
        places: dict[str, int] = {}
        for place, name in enumerate(self.columns):
            places.setdefault(column_key(name), place)
        return (Row(places, cells) for cells in self.rows)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is asked by the names of columns; a column or cell that is not there is an empty text."""

    places: Mapping[str, int]
    cells: Sequence[str]

    def __call__(self, *columns: str) -> str:
        """The first filled cell of these columns."""
        for column in columns:
            place = self.places.get(column_key(column))
            if place is not None and place < len(self.cells) and self.cells[place].strip():
                return self.cells[place]
        return ""


def column_key(name: str) -> str:
    """A column's name as it is compared: letters and digits only, so that “ISBN/UID” is “isbn uid” too."""
    return "".join(char for char in unicodedata.normalize("NFKC", name).casefold() if char.isalnum())


def read_table(text: str, *, rows_at_most: int) -> Table:
    """The table in the text; empty rows are left out.

    Raises `Refused` ("table_broken", "cell_too_long", "too_many_rows", "empty").
    """
    reader = csv.reader(io.StringIO(_table_in(text), newline=""), delimiter=delimiter_of(text), strict=False)
    header: tuple[str, ...] | None = None
    rows: list[tuple[str, ...]] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = tuple(cell.strip() for cell in cells)
                if len(header) > COLUMNS_AT_MOST:
                    raise Refused("table_broken")
                continue
            rows.append(tuple(cells[: len(header)]))
            if len(rows) > rows_at_most:
                raise Refused("too_many_rows")
    except csv.Error as error:
        raise Refused("cell_too_long" if "field larger" in str(error) else "table_broken") from error
    if header is None:
        raise Refused("empty")
    return Table(header, tuple(rows))


def columns_of(text: str) -> set[str]:
    """The names in the first row, as they are compared; nothing where it is no table."""
    try:
        cells = next(csv.reader([_first_line(text)], delimiter=delimiter_of(text)), [])
    except csv.Error:
        return set()
    return {column_key(cell) for cell in cells} - {""}


def delimiter_of(text: str) -> str:
    """What stands between the cells of the first row: what is said before it, else what is in it most often outside
    quotation marks."""
    if prelude := _PRELUDE.match(text):
        return prelude.group(1)
    outside = "".join(_first_line(text).split('"')[::2])
    found = max(DELIMITERS, key=lambda mark: (outside.count(mark), -DELIMITERS.index(mark)))
    return found if found in outside else _NO_DELIMITER


def _table_in(text: str) -> str:
    prelude = _PRELUDE.match(text)
    return text[prelude.end() :] if prelude else text


def _first_line(text: str) -> str:
    beginning = _table_in(text[:_LOOKED_AT])
    return next((line for line in beginning.split("\n") if line.strip()), "")
