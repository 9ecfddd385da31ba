"""Which language a text is in that is not the page's: a screen reader then reads it with the right voice."""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
KANA = re.compile("[\u3040-\u30ff]")


@register.filter
def lang(text: object) -> SafeString:
    """The attribute, with a space before it, for an element that holds `text`: `<h2{{ book.title|lang }}>`.

    Only what its letters say for certain: Hangul is Korean, kana Japanese. Nothing for the page's own language, and
    for Latin letters, which may be anything.
    """
    found = "ko" if HANGUL.search(str(text)) else "ja" if KANA.search(str(text)) else ""
    if not found or found == (get_language() or "")[:2]:
        return SafeString("")
    return format_html(' lang="{}"', found)
