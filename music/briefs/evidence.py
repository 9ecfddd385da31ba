"""What one text says of its mood. `evidence_in` is the only place that looks at a text.

A head over sentence vectors, letter runs and lexicon hits decides; without an encoder the head of runs and hits alone,
without that the lexicons' sums. Scores are log-odds, shifted so that the least is 0, and at most `CEILING`.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from music.brief import Mood, Reason
from music.briefs.encoder import Encoder, encoder
from music.briefs.features import HALFWAY, Features, features_of
from music.briefs.head import MOODS, PLAIN, VERSION, Array, Head, head
from music.briefs.hits import Hit, hits_in, sums_of
from music.briefs.language import ENGLISH, KOREAN, TEXT_LIMIT, cleaned, excerpts, fragments

CEILING = 4.5
"""The most that one text can say for a mood, in log-odds against the others."""
FAINT = 0.5
"""Weight of hits up to which a lexicon has said nothing: one weak word ("window") must not set the mood."""
UNSURE = 0.25
"""Probability of the likeliest mood below which an encoder's reading is no more than a guess."""
UNSURE_OF_A_WORD = 0.5
"""What is added to that for the shortest texts without a lexicon's word: "jazz" by itself is no mood."""
BRIEF = {KOREAN: 20, ENGLISH: 40}
"""Characters below which a text is so short that a word of a lexicon tells more of it than a head of long texts can."""
WORD_OF_FEW = 2.0
"""What the lexicon's log-odds count beside the head's in the shortest texts; chosen by cross-validation."""
DETAIL_LIMIT = 24
FRAGMENTS_HEARD = 3
"""Fragments that are encoded to find the one that says most; which, the letter runs decide."""

REMEMBERED = 32
"""Readings that are remembered: a web process writes no more than a few logs, of three texts each, at the same time."""

LEXICON = "lexicon"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Scores by mood, the words that said it, heaviest first, and who read it.

    `speaks` is false when there is nothing to go by: the scores are then a guess, good only where one is asked for.
    """

    scores: Mapping[Mood, float] = field(default_factory=dict)
    hits: tuple[tuple[str, float], ...] = ()
    reader: str = LEXICON
    speaks: bool = True

    def __bool__(self) -> bool:
        return self.speaks and any(score > 0 for score in self.scores.values())

    def reasons(self, source: str, *, factor: float = 1.0, limit: int = 4) -> tuple[Reason, ...]:
        return tuple(Reason(source, word, round(weight * factor, 3)) for word, weight in self.hits[:limit])


_remembering = threading.Lock()
_recent: OrderedDict[tuple[bytes, bool], tuple[Head | None, Encoder | None, Evidence]] = OrderedDict()


def evidence_in(text: str, *, explained: bool = True) -> Evidence:
    """What a text says. A long one is read in excerpts (`language.excerpts`), so the cost is bounded.

    `explained` looks for the words to show the reader; where no word of a lexicon spoke for the mood, that is the
    fragment of the text that speaks for it most, which costs a few encodings more.

    The last few readings are remembered, so that what was read before a transaction need not be read within it.
    """
    fitted, model = head(), encoder()
    if fitted and model and model.name != fitted.encoder:
        model = None
    return _remembered(text, explained, fitted, model)


def forget() -> None:
    """Forget the readings that are remembered: for benchmarks, which time first readings."""
    with _remembering:
        _recent.clear()


def _remembered(text: str, explained: bool, fitted: Head | None, model: Encoder | None) -> Evidence:
    # A digest: of a reader's text itself nothing is kept but the few words that are shown as reasons.
    key = (hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest(), explained)
    with _remembering:
        known = _recent.get(key)
    if known and known[0] is fitted and known[1] is model:
        return known[2]
    evidence = _read(text, explained, fitted, model)
    with _remembering:
        _recent[key] = (fitted, model, evidence)
        _recent.move_to_end(key)
        if len(_recent) > REMEMBERED:
            _recent.popitem(last=False)
    return evidence


def _read(text: str, explained: bool, fitted: Head | None, model: Encoder | None) -> Evidence:
    clean = cleaned(text)
    parts = excerpts(clean)
    if not parts or fitted is None:
        return _by_lexicon(" ".join(parts) or clean[:TEXT_LIMIT])
    known = [features_of(part, model) for part in parts]
    odds = _pooled([fitted.log_odds(features) for features in known], [len(part) for part in parts])
    hits = _weighed([hit for features in known for hit in features.hits])
    brevity = _brevity(parts, known[0].language)
    named = sum(weight for _, weight, _ in hits) > FAINT
    if named:
        odds[:PLAIN] += WORD_OF_FEW * brevity * _said(known)
    scores = {mood: float(odds[column]) for column, mood in enumerate(MOODS)}
    ranked = sorted(scores, key=lambda mood: -scores[mood])
    chances = np.exp(odds - odds.max())
    likely = float(max(chances[:PLAIN]) / chances[:PLAIN].sum())
    sure = likely >= UNSURE + UNSURE_OF_A_WORD * brevity
    speaks = named or (sure and float(odds[PLAIN]) < float(odds[:PLAIN].max()))
    shown = tuple((words, weight) for words, weight, moods in hits if not moods.isdisjoint(ranked[:2]))
    if explained and speaks and not shown:
        shown = _telling(parts, fitted, model, ranked[0])
    name = f"{fitted.encoder if model else 'words'}/head-{VERSION}"
    return Evidence(_within_ceiling(scores), shown, name, speaks)


def saturated(said: Mapping[Mood, float], ceiling: float = 3.0) -> dict[Mood, float]:
    """Sums of weights as log-odds: shared out among the moods, and the more is said the less each word adds."""
    total = sum(weight for weight in said.values() if weight > 0)
    return {mood: ceiling * weight / (total + HALFWAY) for mood, weight in said.items() if weight}


def _by_lexicon(clean: str) -> Evidence:
    found = hits_in(clean)
    weighed = _weighed(found)
    speaks = sum(weight for _, weight, _ in weighed) > FAINT
    shown = tuple((words, weight) for words, weight, _ in weighed)
    return Evidence(saturated(sums_of(found)), shown, LEXICON, speaks)


def _brevity(parts: Sequence[str], language: str) -> float:
    """1 of no text at all, 0 of one that is long enough for the head."""
    return max(0.0, 1.0 - sum(len(part) for part in parts) / BRIEF.get(language, BRIEF[KOREAN]))


def _said(known: Sequence[Features]) -> Array:
    """What the lexicons alone say of the moods, as log-odds."""
    said = saturated(sums_of(hit for features in known for hit in features.hits))
    return np.array([said.get(mood, 0.0) for mood in MOODS])


def _pooled(odds: Sequence[Array], lengths: Sequence[int]) -> Array:
    """The excerpts' log-odds as one, the longer ones counting more."""
    weights = np.sqrt(np.array(lengths, dtype=float))
    pooled: Array = (weights / weights.sum()) @ np.array(odds)
    return pooled


def _within_ceiling(scores: Mapping[Mood, float]) -> dict[Mood, float]:
    top = max(scores.values())
    floor = max(min(scores.values()), top - CEILING)
    return {mood: round(max(score - floor, 0.0), 6) for mood, score in scores.items()}


def _weighed(hits: Sequence[Hit]) -> list[tuple[str, float, frozenset[Mood]]]:
    """What was hit with its weight and the moods it spoke for, heaviest first."""
    weights: dict[str, float] = {}
    moods: dict[str, frozenset[Mood]] = {}
    for hit in hits:
        words = hit.words[:DETAIL_LIMIT]
        weights[words] = weights.get(words, 0.0) + hit.weight
        moods[words] = frozenset(mood for mood, weight in hit.moods if weight > 0)
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])
    return [(words, weight, moods[words]) for words, weight in ranked if weight > 0]


def _telling(parts: Sequence[str], fitted: Head, model: Encoder | None, mood: Mood) -> tuple[tuple[str, float], ...]:
    """The reader's own fragment that alone speaks most for the mood."""
    column = MOODS.index(mood)

    def by(model: Encoder | None, fragment: str) -> float:
        odds = fitted.log_odds(features_of(fragment, model))
        return float(odds[column] - np.log(np.exp(odds).sum()))

    heard = sorted({fragment for part in parts for fragment in fragments(part, DETAIL_LIMIT)})
    likeliest = sorted(heard, key=lambda fragment: -by(None, fragment))[:FRAGMENTS_HEARD]
    if not likeliest:
        return ()
    return ((max(likeliest, key=lambda fragment: by(model, fragment)), 1.0),)
