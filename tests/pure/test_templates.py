"""Templates say nothing that is not translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"

# Pages that are shown without knowing the reader's language speak both, and the developers' pages are English.
BILINGUAL = {"400.html", "500.html", "offline.html"}
NOT_OURS = {"rest_framework", "admin"}

TRANSLATED = re.compile(r"{%\s*blocktrans.*?%}.*?{%\s*endblocktrans\w*\s*%}", re.DOTALL)
CLASS = re.compile(r"{%\s*block main_class\s*%}[\w -]*{%\s*endblock\s*%}")
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", re.DOTALL)
CODE = re.compile(r"<(script|style|code|kbd)\b.*?</\1>", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
SPOKEN = re.compile(r"""\b(?:aria-label|placeholder|title|alt|data-turbo-confirm)=(?:"([^"]*)"|'([^']*)')""")
MARKED = re.compile(r"<(\w+)[^>]*\blang=\"\w+\"[^>]*>[^<]*</\1>")
ADDRESS = re.compile(r"\bwww\.[a-z.]+")
WORD = re.compile(r"[A-Za-z]{2,}|[가-힣]+")

# Names and units that are the same in every language.
SAME_EVERYWHERE = {"ISBN", "MP3", "MIDI", "CSV", "JSON", "ZIP", "RSS", "API", "Goodreads", "StoryGraph", "Readwise"}
SAME_EVERYWHERE |= {"Kindle", "Calibre", "Markdown"}


def pages() -> list[Path]:
    every = [*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]
    found = sorted(path for path in every if not NOT_OURS & set(path.relative_to(TEMPLATES).parts))
    assert len(found) > 30
    return [path for path in found if path.name not in BILINGUAL]


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_has_no_words_outside_the_translations(path: Path) -> None:
    html = path.read_text()
    for pattern in (COMMENT, TRANSLATED, CLASS, CODE):
        html = pattern.sub(" ", html)
    html = TAG.sub(" ", html)
    spoken = [first or second for first, second in SPOKEN.findall(html)]
    shown = re.sub(r"<[^>]*>", " ", re.sub("&[a-z]+;", " ", MARKED.sub(" ", ADDRESS.sub(" ", html))))
    words = {word for text in [shown, *spoken] for word in WORD.findall(text)}
    assert words - SAME_EVERYWHERE == set()
