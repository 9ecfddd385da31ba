"""What an import's codes say to its reader: why a file is refused, what became of a row, what is being done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from journeys.models import Import, ImportState

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
    "spreadsheet": _("This is a spreadsheet. Please save it as CSV first, and send that."),
    "storage_failed": _("The file could not be kept at that moment. Please send it again."),
    "table_broken": _("This table is damaged: its rows cannot be told apart."),
    "too_many_rows": _("There are more rows in this file than we take in at once. Please divide it."),
    "unknown_format": _(
        "We do not recognise this file. A table (CSV) can be read when its first row names its columns: two at least, "
        "or a single one called “title”."
    ),
    "worker_lost": _("Reading this file broke off several times. Nothing of it was taken in."),
}

ROW_REASONS = {
    "another_reading": _("another reading of a book that you have"),
    "changed": _("you have this journey, and the file says that it has gone on since"),
    "isbn_unknown": _("only an ISBN, and no book here has it. Add its title in the file and send it again."),
    "journey_gone": _("the journey that it was to join is no longer there"),
    "joins": _("goes to the journey that you have"),
    "known": _("you have this already"),
    "not_chosen": _("nobody has chosen what it is"),
    "piece_not_taken": _("its music could not be taken over"),
    "piece_without_file": _("its music is not in this file"),
    "several_books": _("more than one book has this name"),
    "several_journeys": _("you have several journeys with this book"),
    "title_only": _("the same title, but the author is not certain"),
    "title_too_long": _("its title is too long. Shorten it in the file and send it again."),
    "title_missing": _("it has no title. Add one in the file and send it again."),
    "touched": _("you have worked on it since; it stays"),
    "twice_in_file": _("it is in this file twice"),
    "undone": _("taken back"),
    "unexpected": _("something in it took us by surprise"),
    "words_known": _("you have all its words already"),
    "words_new": _("new words for a journey that you have"),
    "your_choice": _("as you chose"),
}

REMARKS = {
    "date_unread": _("a date could not be read"),
}
"""What a row says besides: what of it could not be understood."""

LEFT_OUT = {
    "articles": ngettext_lazy("%(count)d article", "%(count)d articles", "count"),
    "tweets": ngettext_lazy("%(count)d tweet", "%(count)d tweets", "count"),
    "podcasts": ngettext_lazy("%(count)d podcast highlight", "%(count)d podcast highlights", "count"),
    "others": ngettext_lazy("%(count)d text of something else", "%(count)d texts of something else", "count"),
    "bookmarks": ngettext_lazy("%(count)d bookmark", "%(count)d bookmarks", "count"),
    "empty": ngettext_lazy("%(count)d without words", "%(count)d without words", "count"),
    "untitled": ngettext_lazy("%(count)d without a title", "%(count)d without a title", "count"),
    "unreadable": ngettext_lazy("%(count)d that could not be read", "%(count)d that could not be read", "count"),
}
"""What of a file becomes no row at all."""

WORK_TEXTS = {
    ImportState.UPLOADED: _("Waiting to be read"),
    ImportState.READING: _("Being read"),
    ImportState.IMPORTING: _("Being taken in"),
    ImportState.SCORING: _("Its music is being asked for"),
    ImportState.UNDOING: _("Being taken back"),
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


def remark_texts(codes: Iterable[str]) -> list[str]:
    """What of a row could not be understood, in the reader's words."""
    return [str(REMARKS[code]) for code in codes if code in REMARKS]


def left_out_of(record: Import) -> dict[str, int]:
    """How much of the file became no row, by kind."""
    counts: Mapping[str, int] = record.mapping.get("left_out", {})
    return {code: counts[code] for code in LEFT_OUT if counts.get(code)}


def left_out_text(record: Import) -> str:
    """The same in the reader's words, with commas between; empty for nothing."""
    return ", ".join(str(LEFT_OUT[code] % {"count": count}) for code, count in left_out_of(record).items())


def work_text(record: Import) -> str:
    """What a worker is doing with the import, for its page and the script that keeps it up to date."""
    text = str(WORK_TEXTS.get(ImportState(record.state), ""))
    if text and record.total:
        counted = _("%(done)s of %(total)s") % {"done": min(record.done, record.total), "total": record.total}
        return f"{text} · {counted}"
    return text
