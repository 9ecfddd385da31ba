"""Time zones to choose from: the few that most readers need on top, with their names and hours; the rest by region."""

from __future__ import annotations

import zoneinfo
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache

from django.utils.translation import gettext as _

Choices = list[tuple[str, str]]

_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def zone_choices(present: str) -> list[tuple[str, Choices]]:
    """Groups of choices: the reader's present zone and the usual ones, then all others of the IANA database."""
    usual = _usual()
    top = [present, *(zone for zone in usual if zone != present)]
    groups = {_("Usual"): [(zone, _with_hours(zone, usual.get(zone, _plain(zone)))) for zone in top]}
    names = _region_names()
    for region, zones in _zones_by_region():
        groups.setdefault(names[region], []).extend(each for each in zones if each[0] not in top)
    return list(groups.items())


def _usual() -> dict[str, str]:
    """In the languages of the pages: where their readers are, from east to west."""
    return {
        "Asia/Seoul": _("Seoul"),
        "Asia/Tokyo": _("Tokyo"),
        "Asia/Shanghai": _("Beijing, Shanghai"),
        "Asia/Singapore": _("Singapore"),
        "Australia/Sydney": _("Sydney"),
        "Europe/Berlin": _("Berlin"),
        "Europe/Paris": _("Paris"),
        "Europe/London": _("London"),
        "America/New_York": _("New York"),
        "America/Chicago": _("Chicago"),
        "America/Los_Angeles": _("Los Angeles"),
        "UTC": _("Coordinated Universal Time"),
    }


def _region_names() -> dict[str, str]:
    return {
        "Africa": _("Africa"),
        "America": _("America"),
        "Antarctica": _("Antarctica"),
        "Asia": _("Asia"),
        "Atlantic": _("Atlantic Ocean"),
        "Australia": _("Australia"),
        "Europe": _("Europe"),
        "Indian": _("Indian Ocean"),
        "Pacific": _("Pacific Ocean"),
        "": _("Other names"),
    }


@cache
def _zones_by_region() -> list[tuple[str, Choices]]:
    """Countries' old names ("US/Eastern") come last; bare ones ("ROK", "EST") are left out, but for a reader's own."""
    found: dict[str, Choices] = defaultdict(list)
    for zone in sorted(zoneinfo.available_timezones()):
        region, slash, place = zone.partition("/")
        if slash and region != "Etc":
            known = region in _REGIONS
            found[region if known else ""].append((zone, _plain(place if known else zone)))
    return [(region, found[region]) for region in (*_REGIONS, "") if region in found]


def _plain(zone: str) -> str:
    return zone.replace("_", " ")


def _with_hours(zone: str, name: str) -> str:
    """The name with what the clocks there differ by now, as "Seoul (UTC+9)"."""
    offset = datetime.now(UTC).astimezone(zoneinfo.ZoneInfo(zone)).utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    if not minutes:
        return f"{name} (UTC)"
    hours, rest = divmod(abs(minutes), 60)
    return f"{name} (UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''})"
