"""The reader's side: readers, books, journeys, the logs written along the way, and what goes in and out."""

from journeys.models.books import MOST_PAGES, Book
from journeys.models.journeys import (
    DURATIONS,
    RATING_STEPS,
    REVIEW_LIMIT,
    TAG_LIMIT,
    Journey,
    JourneyQuerySet,
    JourneyStatus,
    Progress,
    Tag,
)
from journeys.models.logs import MEMO_LIMIT, QUOTE_LIMIT, ReadingLog, log_label
from journeys.models.readers import LoginTries, Reader, ReaderSession, Theme, validate_time_zone
from journeys.models.sharing import LINE_LIMIT, Share, Visibility
from journeys.models.transfers import (
    AT_REST,
    AT_WORK,
    EXPORTS_FOLDER,
    IMPORTS_FOLDER,
    Export,
    ExportState,
    Import,
    ImportFormat,
    ImportRow,
    ImportState,
    RowOutcome,
)

__all__ = [
    "AT_REST",
    "AT_WORK",
    "DURATIONS",
    "EXPORTS_FOLDER",
    "IMPORTS_FOLDER",
    "LINE_LIMIT",
    "MEMO_LIMIT",
    "MOST_PAGES",
    "QUOTE_LIMIT",
    "RATING_STEPS",
    "REVIEW_LIMIT",
    "TAG_LIMIT",
    "Book",
    "Export",
    "ExportState",
    "Import",
    "ImportFormat",
    "ImportRow",
    "ImportState",
    "Journey",
    "JourneyQuerySet",
    "JourneyStatus",
    "LoginTries",
    "Progress",
    "Reader",
    "ReaderSession",
    "ReadingLog",
    "RowOutcome",
    "Share",
    "Tag",
    "Theme",
    "Visibility",
    "log_label",
    "validate_time_zone",
]
