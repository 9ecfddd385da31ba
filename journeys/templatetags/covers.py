"""For templates: the covers that we draw ourselves."""

from __future__ import annotations

from unicodedata import east_asian_width

from django import template

register = template.Library()

ROOM = 9.0
"""Of a line of the title in its usual size, in small Latin letters."""


@register.filter
def title_fit(title: str) -> str:
    """The class that makes the title small enough for its longest word, within what can still be read; empty where the
    usual size will do."""
    longest = max((sum(map(_width, word)) for word in title.split()), default=0.0)
    if longest <= ROOM:
        return ""
    return "cover-title-long" if longest <= ROOM * 1.2 else "cover-title-longer"


def _width(letter: str) -> float:
    if east_asian_width(letter) in "WF":
        return 1.7
    return 1.25 if letter.isupper() else 1.0
