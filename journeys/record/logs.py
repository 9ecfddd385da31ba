"""The logs of a journey a page at a time, the newest first; a link to any of them opens the page that it is on."""

from __future__ import annotations

from dataclasses import dataclass

from journeys.models import Journey, ReadingLog

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some logs in a row, the newest first, and how to go on from there."""

    logs: list[ReadingLog]
    older: int | None
    """`before` of the next page; None on the last."""
    newer: int | None
    """`before` of the page with the logs just after these; None where that is the newest page."""
    is_newest: bool


def log_page(journey: Journey, *, before: int | None = None, log: int | None = None) -> LogPage:
    """The page with the logs before this version, or with this log on it; the newest page when neither is given."""
    logs = journey.logs.all()
    if log is not None:
        after = list(logs.filter(version__gt=log).order_by("version").values_list("version", flat=True)[:PER_PAGE])
        # Some later ones come along, so that a deep link does not show its log at the very top.
        before = after[PER_PAGE // 2 - 1] + 1 if len(after) == PER_PAGE else None
    shown = list((logs if before is None else logs.filter(version__lt=before)).order_by("-version")[: PER_PAGE + 1])
    newer = None
    is_newest = before is None
    if before is not None:
        later = logs.filter(version__gte=before).order_by("version").values_list("version", flat=True)
        versions = list(later[: PER_PAGE + 1])
        is_newest = not versions
        newer = versions[PER_PAGE - 1] + 1 if len(versions) > PER_PAGE else None
    return LogPage(
        logs=shown[:PER_PAGE],
        older=shown[PER_PAGE - 1].version if len(shown) > PER_PAGE else None,
        newer=newer,
        is_newest=is_newest,
    )
