"""The reader's words about a book, read as one mood: tags, memo, quote, the book behind them, the journey so far."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from music.brief import Chapter, Mood, Reason, Role
from music.briefs.evidence import Evidence, evidence_in, saturated
from music.briefs.language import language_of, normalise
from music.briefs.mood import (
    BOOK,
    MEMO,
    QUOTE,
    TAG,
    MoodReading,
    blend,
    chances,
    guess,
    reading_from,
    reading_of,
    shares,
)

BOOK_ALONE_CONFIDENCE = 0.7
"""Of a log without words or tags, only the book is known: that much surer than nothing, and less than words."""
LAST_WORDS = 0.6
"""The finale's own words against the journey's chapters."""
CHOICE = 0.8
"""The mood that a reader chose for the finale against the same."""
CHAPTERS_CONFIDENCE = 0.5
DESCRIBED = 1.5
"""A description's moods in the same weights, shared out by their probabilities."""
_BOOK_MOODS = (1.5, 1.0)
"""A catalogue's moods, the first before the others, in the weights of the lexicon."""


@dataclass(frozen=True, slots=True)
class Words:
    """What there is to read of a log: the reader's quote, memo and tags, and what the catalogue knows of the book."""

    quote: str = ""
    memo: str = ""
    emotions: tuple[Mood, ...] = ()
    book_moods: tuple[Mood, ...] = ()
    book_description: str = ""


def read_words(
    words: Words, *, role: Role, chapters: tuple[Chapter, ...] = (), book: MoodReading | None = None
) -> MoodReading:
    """The mood of a log. Tags outweigh everything; the memo counts more than the quote, both more than the book.

    An opening has only the book. A finale blends its own words with the moods of the chapters; without words of its
    own it is all memory. `book` is `read_book` of the same words, for callers that have it already.
    """
    own = guess("") if role == Role.OPENING else _read_own(words)
    reading = (book or read_book(words)) if own.is_guess else own
    if role != Role.FINALE or not chapters:
        return reading
    memory = _remember(chapters)
    if own.is_guess:
        return reading_from(memory.weights, memory.confidence, (), reading.language)
    weights = blend(((own, LAST_WORDS), (memory, 1 - LAST_WORDS)))
    return reading_from(weights, own.confidence, own.reasons, own.language, own.reader)


def read_choice(mood: Mood, *, role: Role, chapters: tuple[Chapter, ...] = (), language: str = "") -> MoodReading:
    """The mood that the reader chose in place of the one read: certain, and only a finale still looks back."""
    reasons = (Reason("choice", str(mood), TAG),)
    chosen = reading_from(((mood, 1.0),), 1.0, reasons, language)
    if role != Role.FINALE or not chapters:
        return chosen
    weights = blend(((chosen, CHOICE), (_remember(chapters), 1 - CHOICE)))
    return reading_from(weights, 1.0, reasons, language)


def read_book(words: Words) -> MoodReading:
    """The mood of the book by the catalogue's moods and description: a weak reading, a guess if there is neither."""
    evidence = _book_evidence(words)
    language = language_of(normalise(words.book_description))
    if not evidence:
        return guess(language)
    reading = reading_of(evidence, evidence.reasons("book"), language)
    return replace(reading, confidence=round(reading.confidence * BOOK_ALONE_CONFIDENCE, 3))


def _read_own(words: Words) -> MoodReading:
    """Tags, memo and quote over the book's prior; a guess when the first three say nothing."""
    language = language_of(normalise(words.memo or words.quote))
    texts = [
        (source, weight, evidence)
        for source, weight, text in (("memo", MEMO, words.memo), ("quote", QUOTE, words.quote))
        if (evidence := evidence_in(text))
    ]
    tags = tuple(dict.fromkeys(words.emotions))
    if not texts and not tags:
        return guess(language)
    scores: defaultdict[Mood, float] = defaultdict(float)
    reasons = [Reason("tag", str(tag), TAG) for tag in tags]
    heard = sum(weight for _, weight, _ in texts)
    for source, weight, evidence in texts:
        for mood, score in evidence.scores.items():
            scores[mood] += score * weight / heard
        reasons.extend(evidence.reasons(source, factor=weight / heard))
    book = _book_evidence(words)
    for mood, score in book.scores.items():
        scores[mood] += score * BOOK
    reasons.extend(book.reasons("book", factor=BOOK / 2, limit=2))
    for tag in tags:
        scores[tag] += TAG
    reader = next((evidence.reader for _, _, evidence in texts), "")
    return reading_of(Evidence(scores, reader=reader), reasons, language)


def _book_evidence(words: Words) -> Evidence:
    """The catalogue's moods, and its description's words after them."""
    described = evidence_in(words.book_description)
    named = tuple(dict.fromkeys(words.book_moods))
    sums: defaultdict[Mood, float] = defaultdict(float)
    for position, mood in enumerate(named):
        sums[mood] += _BOOK_MOODS[min(position, 1)]
    if described:
        for mood, chance in chances(described.scores).items():
            sums[mood] += DESCRIBED * chance
    hits = tuple((str(mood), _BOOK_MOODS[min(position, 1)]) for position, mood in enumerate(named))
    return Evidence(saturated(sums), (*hits, *(described.hits if described else ())), reader=described.reader)


def _remember(chapters: tuple[Chapter, ...]) -> MoodReading:
    weights = shares(Counter(chapter.mood for chapter in chapters))
    return reading_from(weights, CHAPTERS_CONFIDENCE, (), "")
