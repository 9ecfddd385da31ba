"""The lexicon files: large enough, well formed, and without terms that could never match."""

import unicodedata

import pytest

from music.brief import Mood
from music.briefs.lexicon import DATA, english, korean, signs


def rows(name, separator):
    for number, line in enumerate((DATA / name).read_text(encoding="utf-8").splitlines(), start=1):
        if line and not line.startswith("#"):
            mood, weight, terms = line.split("\t")
            for term in terms.split(separator):
                yield number, Mood(mood), float(weight), term


@pytest.mark.parametrize("name", ["lexicon.ko.tsv", "lexicon.en.tsv"])
def test_it_has_words_enough_for_every_mood(name):
    for mood in Mood:
        assert len({term for _, named, _, term in rows(name, ", ") if named == mood}) >= 100


@pytest.mark.parametrize(
    ("name", "separator"), [("lexicon.ko.tsv", ", "), ("lexicon.en.tsv", ", "), ("lexicon.emoji.tsv", " ")]
)
def test_it_is_well_formed(name, separator):
    for number, _, weight, term in rows(name, separator):
        where = f"{name}:{number} {term!r}"
        assert weight in (0.5, 1, 1.5), where
        assert term, where
        assert term == term.strip(), where
        assert term == unicodedata.normalize("NFC", term), where
        assert separator != ", " or term == term.lower(), where


def test_its_korean_words_are_hangul_and_its_english_words_are_not():
    assert not [
        term
        for *_, term in rows("lexicon.ko.tsv", ", ")
        if not all("가" <= sign <= "힣" or sign in " =" for sign in term)
    ]
    assert not [
        term
        for *_, term in rows("lexicon.en.tsv", ", ")
        if not all("a" <= sign <= "z" or sign in " *='-" for sign in term)
    ]


def test_no_word_of_one_syllable_is_a_stem():
    """It would match half the language; whole words and parts of phrases may be short."""
    allowed = {"옛"}
    stems = {term for *_, term in rows("lexicon.ko.tsv", ", ") if " " not in term and "=" not in term}
    assert {stem for stem in stems if len(stem) == 1} <= allowed


def test_it_loads_once():
    assert korean() is korean()
    assert english() is english()
    assert signs() is signs()
