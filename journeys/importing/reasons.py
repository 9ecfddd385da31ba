"""Why a file is refused, or what became of one of its rows: a code for the database, a sentence for the reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

FILE_REASONS = {
    "archive_broken": _("This ZIP file is damaged, or protected by a password."),
    "archive_is_goodreads_data": _(
        "This is Goodreads' data download. Please use “Export Library” on Goodreads instead; it gives a CSV file."
    ),
    "archive_too_large": _("What is packed into this ZIP file is far larger than a reading record can be."),
    "archive_without_record": _("There is no file in this ZIP that we can read."),
    "cell_too_long": _("One cell of this table is far too long. Perhaps a quotation mark is missing."),
    "empty": _("This file is empty."),
    "file_gone": _("The file is no longer there. Please send it again."),
    "file_too_large": _("This file is too large."),
    "json_broken": _("This file says that it is ours, but it is damaged."),
    "newer_version": _("This file was written by a newer version of Reading Journey than this one."),
    "no_rows": _("There is nothing in this file that could be taken in."),
    "not_text": _("This is not a text file, or it is damaged."),
    "not_understood": _("Something in this file took us by surprise. Nothing of it was taken in."),
    "storage_failed": _("The file could not be kept at that moment. Please send it again."),
    "table_broken": _("This table is damaged: its rows cannot be told apart."),
    "too_many_rows": _("There are more rows in this file than we take in at once. Please divide it."),
    "unknown_format": _(
        "We do not recognise this file. A table (CSV) whose first row names its columns can always be read."
    ),
    "worker_lost": _("Reading this file broke off several times. Nothing of it was taken in."),
}

ROW_REASONS = {
    "another_reading": _("another reading of a book that you have"),
    "changed": _("you have this journey, and the file says that it has gone on since"),
    "isbn_unknown": _("only an ISBN, and no book here has it"),
    "journey_gone": _("the journey that it was to join is no longer there"),
    "joins": _("goes to the journey that you have"),
    "known": _("you have this already"),
    "not_chosen": _("nobody has chosen what it is"),
    "several_books": _("more than one book has this name"),
    "several_journeys": _("you have several journeys with this book"),
    "title_only": _("the same title, but the author is not certain"),
    "title_too_long": _("its title is too long"),
    "title_missing": _("it has no title"),
    "touched": _("you have worked on it since; it stays"),
    "twice_in_file": _("it is in this file twice"),
    "undone": _("taken back"),
    "unexpected": _("something in it took us by surprise"),
    "words_known": _("you have all its words already"),
    "words_new": _("new words for a journey that you have"),
    "your_choice": _("as you chose"),
}


class Refused(Exception):
    """The file cannot be taken in; `code` is one of `FILE_REASONS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return file_reason(self.code)


def file_reason(code: str) -> str:
    """The reader's sentence for why a file was refused; empty for no code."""
    return str(FILE_REASONS.get(code, FILE_REASONS["not_understood"])) if code else ""


def row_reason(code: str) -> str:
    """The reader's words for what became of a row; empty for no code."""
    return str(ROW_REASONS.get(code, ROW_REASONS["unexpected"])) if code else ""
