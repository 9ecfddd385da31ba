"""The Korean translation is complete, and what is committed is what runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "ko" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
PLACEHOLDER = re.compile(r"%\((\w+)\)([sd])")
# Which particle is right depends on the sound before it, which nobody knows of a placeholder. Behind a bracket it is
# the word before the bracket that counts: "번호(%(number)s)와" is right.
GUESSED_PARTICLE = re.compile(
    r"%\(\w+\)[sd][”’»」』]*(?:을|를|이|가|은|는|과|와|로|으로|나|이나|라|이라|이라는|라는|예요|이에요|랑|이랑)(?![가-힣])"
)
DOUBLE_PARTICLE = re.compile(r"[을를이가은는과와]\([을를이가은는과와]\)|\((?:으|이)\)[로라나랑]")


@pytest.fixture(scope="module")
def messages() -> list[polib.POEntry]:
    messages = list(polib.pofile(str(CATALOGUE)))
    assert len(messages) > 200
    return messages


def translations(message: polib.POEntry) -> list[str]:
    return list(message.msgstr_plural.values()) if message.msgid_plural else [message.msgstr]


def test_it_translates_every_message(messages: list[polib.POEntry]) -> None:
    untranslated = [message.msgid for message in messages if not all(text.strip() for text in translations(message))]
    assert untranslated == []


def test_it_leaves_no_fuzzy_or_obsolete_message(messages: list[polib.POEntry]) -> None:
    assert [message.msgid for message in messages if message.fuzzy or message.obsolete] == []


def test_it_keeps_every_placeholder(messages: list[polib.POEntry]) -> None:
    def placeholders(text: str) -> set[tuple[str, str]]:
        return set(PLACEHOLDER.findall(text))

    broken = [
        (message.msgid, text)
        for message in messages
        for text in translations(message)
        if placeholders(text) != placeholders(message.msgid_plural or message.msgid)
    ]
    assert broken == []


def test_it_leaves_no_particle_to_chance(messages: list[polib.POEntry]) -> None:
    """No "을(를)", and none that is right only behind a vowel, or only behind a consonant, after a placeholder."""
    guessed = [
        text
        for message in messages
        for text in translations(message)
        if GUESSED_PARTICLE.search(text) or DOUBLE_PARTICLE.search(text)
    ]
    assert guessed == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("“%(title)s”을 지웠습니다.", True),
        ("%(title)s를 지웠습니다.", True),
        ("%(title)s을(를) 지웠습니다.", True),
        ("%(city)s(으)로 갑니다.", True),
        ("%(count)d권을 찾았습니다.", False),
        ("번호(%(number)s)와 시각", False),
        ("%(title)s의 음악, %(title)s에서, %(title)s까지", False),
        ("%(state)s이고 나면", False),
    ],
)
def test_a_particle_left_to_chance_is_seen(text: str, wrong: bool) -> None:
    assert bool(GUESSED_PARTICLE.search(text) or DOUBLE_PARTICLE.search(text)) is wrong


def test_it_puts_no_double_quote_where_a_template_would_break(messages: list[polib.POEntry]) -> None:
    """Translations stand inside HTML attributes unescaped: quotation marks are typographic ones."""
    assert [text for message in messages for text in translations(message) if '"' in text] == []


def test_it_commits_the_compiled_catalogue_of_this_very_text() -> None:
    compiled = {(entry.msgctxt, entry.msgid): translations(entry) for entry in polib.mofile(str(COMPILED))}
    written = {(entry.msgctxt, entry.msgid): translations(entry) for entry in polib.pofile(str(CATALOGUE))}
    assert compiled == written


@pytest.mark.skipif(
    shutil.which("xgettext") is None, reason="collecting messages needs GNU gettext (Debian: apt-get install gettext)"
)
def test_it_knows_every_message_of_the_source(tmp_path: Path) -> None:
    """Collected anew from a copy of the source, there is nothing that the catalogue lacks, and nothing too much."""
    for name in ("journeys", "music", "readingjourney", "templates", "locale"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.sf3"))
    collect = ["makemessages", "--locale", "ko", "--no-obsolete", "--no-location", "--verbosity", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run([sys.executable, "-m", "django", *collect], cwd=tmp_path, env=environment, check=True, timeout=120)
    collected = polib.pofile(str(tmp_path / "locale" / "ko" / "LC_MESSAGES" / "django.po"))
    kept = polib.pofile(str(CATALOGUE))
    assert {(entry.msgctxt, entry.msgid) for entry in collected} == {(entry.msgctxt, entry.msgid) for entry in kept}
