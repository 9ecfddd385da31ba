"""What readers call the sources."""

from __future__ import annotations

from django.utils.translation import gettext as _


def source_text(name: str) -> str:
    """The source's name in the language of the page; the bare name of one that is not known (any more)."""
    texts = {
        "embedded": _("Our own catalogue"),
        "manual": _("Entered by you"),
        "kakao": _("Kakao"),
        "aladin": _("Aladin"),
        "openlibrary": "Open Library",
        "google": "Google Books",
    }
    return texts.get(name, name)
