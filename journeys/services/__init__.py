"""What a reader can do. Pages and the API both call these."""

from journeys.services.books import add_book, book_from_record
from journeys.services.briefing import Sound, remake_piece
from journeys.services.journeys import (
    NotEnded,
    NotWanted,
    can_be_resumed,
    choose_sound,
    delete_journey,
    finish_journey,
    read_again,
    resume_journey,
    start_journey,
    start_wanted,
    stop_journey,
    want_book,
)
from journeys.services.logs import (
    LogEntry,
    NotReading,
    StartCannotBeDeleted,
    add_log,
    ask_for_music,
    delete_log,
    edit_log,
)
from journeys.services.progress import (
    BeyondTheBook,
    HowFar,
    InTheFuture,
    add_progress,
    delete_progress,
    edit_progress,
)
from journeys.services.readers import delete_reader, today_of
from journeys.services.record import DatesDoNotFit, Record, edit_record, rate_journey, record_of
from journeys.services.tags import set_tags, tag_names
from journeys.services.texts import read_words_ahead

__all__ = [
    "BeyondTheBook",
    "DatesDoNotFit",
    "HowFar",
    "InTheFuture",
    "LogEntry",
    "NotEnded",
    "NotReading",
    "NotWanted",
    "Record",
    "Sound",
    "StartCannotBeDeleted",
    "add_book",
    "add_log",
    "add_progress",
    "ask_for_music",
    "book_from_record",
    "can_be_resumed",
    "choose_sound",
    "delete_journey",
    "delete_log",
    "delete_progress",
    "delete_reader",
    "edit_log",
    "edit_progress",
    "edit_record",
    "finish_journey",
    "rate_journey",
    "read_again",
    "read_words_ahead",
    "record_of",
    "remake_piece",
    "resume_journey",
    "set_tags",
    "start_journey",
    "start_wanted",
    "stop_journey",
    "tag_names",
    "today_of",
    "want_book",
]
