"""Fitting the head to the training texts: `data/seeds.*.tsv`, sentences of a mood, and `data/plain.tsv`, of none.

Deterministic, and needs nothing but numpy and scipy, so that everybody can refit after a change of the texts
(`manage.py train_mood_head`). The constants were chosen by cross-validation of the training texts alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from music.briefs.encoder import Encoder
from music.briefs.features import Features, Runs, features_of
from music.briefs.head import MOODS, PLAIN, Array, Fit, Head, centred, nearness, places_of, quantised, run_weights
from music.briefs.language import ENGLISH, KOREAN, cleaned
from music.briefs.lexicon import DATA

Landmarks = npt.NDArray[np.float32]

SEEDS = ((KOREAN, "seeds.ko.tsv"), (ENGLISH, "seeds.en.tsv"))
PLAIN_TEXTS = "plain.tsv"

RUNS, SAID = 0.6, 0.05
"""Weights of the kernels over letter runs and lexicon sums beside the sentence vectors'."""
RIDGE = 0.3
WORDS_SAID, WORDS_RIDGE = 0.2, 0.5
"""The same without sentence vectors, where the runs have the weight of one."""
SCARCE = 3
"""Training texts that must have a run before it counts."""
AUTHOR = "# author "
"""What a comment line begins with after which another author's sentences follow."""
PLAIN_BLOCK = 10
"""Plain texts are held out in blocks of so many lines, for neighbours are alike."""
SHARPNESSES = tuple(float(value) for value in np.arange(2.0, 16.1, 0.5))


@dataclass(frozen=True, slots=True)
class Example:
    """A training text: its language, the column of its class, its words, and the number of its fold."""

    language: str
    label: int
    text: str
    fold: int


@dataclass(frozen=True, slots=True)
class Validation:
    """What heads say of texts they were not fitted to: log-odds of all examples, each shape (examples, classes)."""

    full: Array
    words: Array


def examples() -> list[Example]:
    """All training texts in the order of the files. Raises `ValueError` for a line that is not one."""
    found: list[Example] = []
    columns = {str(mood): column for column, mood in enumerate(MOODS)}
    authors = 0
    for language, name in SEEDS:
        author = -1
        for line in (DATA / name).read_text(encoding="utf-8").splitlines():
            author += line.startswith(AUTHOR)
            if line and not line.startswith("#"):
                mood, _, text = line.split("\t", 2)
                if author < 0 or mood not in columns:
                    raise ValueError(f"{name}: {line!r} has no author or no mood")
                found.append(Example(language, columns[mood], text, author))
        authors = max(authors, author + 1)
    for place, line in enumerate(_lines(PLAIN_TEXTS)):
        language, text = line.split("\t", 1)
        found.append(Example(language, PLAIN, text, place // PLAIN_BLOCK % authors))
    return found


def digest() -> str:
    """Of the training texts, to tell whether a head was fitted to them."""
    joined = "\n".join(line for name in (*(name for _, name in SEEDS), PLAIN_TEXTS) for line in _lines(name))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def features_of_examples(texts: Sequence[Example], encoder: Encoder | None) -> list[Features]:
    return [features_of(cleaned(example.text), encoder) for example in texts]


def train(texts: Sequence[Example], features: Sequence[Features], encoder: str) -> tuple[Head, Validation]:
    """A head for these texts, and what cross-validation says of it. The features must have vectors."""
    vectors = np.array([text.vector for text in features], dtype=np.float32)
    means = _means(texts, vectors)
    moved = np.array([centred(vector, text.language, means) for vector, text in zip(vectors, texts, strict=True)])
    # With the file's precision, so that a head that was read is the head that was fitted.
    whole, scales = quantised(moved)
    landmarks = whole.astype(np.float32) * scales
    sharpnesses, validation = validated(texts, features, landmarks)
    return fitted(texts, features, landmarks, means, encoder, sharpnesses), validation


def fitted(
    texts: Sequence[Example],
    features: Sequence[Features],
    landmarks: Landmarks,
    means: npt.NDArray[np.float32],
    encoder: str,
    sharpnesses: tuple[float, float],
) -> Head:
    """A head for vectors that are centred already, as a head keeps them: a refit needs no encoder."""
    labels = np.array([text.label for text in texts])
    known, rarity = _known(features)
    runs = _run_matrix(features, known, rarity)
    said = np.array([text.said for text in features], dtype=np.float32)
    fits = []
    for kernel, sharpness in zip(_kernels(runs, said, landmarks), sharpnesses, strict=True):
        duals, prior = _solved(kernel.gram, labels, kernel.ridge)
        fits.append(
            Fit(
                duals if kernel.has_vectors else duals[:0],
                kernel.runs * (runs.T @ duals),
                (kernel.said * (said.T @ duals)).astype(np.float64),
                prior.astype(np.float64),
                sharpness,
            )
        )
    return Head(encoder, digest(), means, landmarks, known, rarity, *fits)


def validated(
    texts: Sequence[Example], features: Sequence[Features], landmarks: Landmarks
) -> tuple[tuple[float, float], Validation]:
    """The sharpness of the fits with and without vectors, and both fits' log-odds of texts of held-out authors."""
    labels = np.array([text.label for text in texts])
    folds = np.array([text.fold for text in texts])
    runs = _run_matrix(features, *_known(features))
    said = np.array([text.said for text in features], dtype=np.float32)
    sharpnesses, odds = [], []
    for kernel in _kernels(runs, said, landmarks):
        values = _held_out(kernel, labels, folds)
        sharpnesses.append(_sharpness(values, labels))
        odds.append(sharpnesses[-1] * values)
    return (sharpnesses[0], sharpnesses[1]), Validation(*odds)


@dataclass(frozen=True, slots=True)
class _Kernel:
    """The sum of kernels between all texts, shape (texts, texts), the weights in it, and its ridge."""

    gram: npt.NDArray[np.float32]
    runs: float
    said: float
    ridge: float
    has_vectors: bool


def _kernels(runs: sparse.csr_matrix, said: npt.NDArray[np.float32], landmarks: Landmarks) -> tuple[_Kernel, _Kernel]:
    """With sentence vectors and without."""
    alike = (runs @ runs.T).toarray()
    agreeing = said @ said.T
    near = nearness(landmarks, landmarks)
    near += RUNS * alike
    near += SAID * agreeing
    alike += WORDS_SAID * agreeing
    return _Kernel(near, RUNS, SAID, RIDGE, True), _Kernel(alike, 1.0, WORDS_SAID, WORDS_RIDGE, False)


def _lines(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _means(texts: Sequence[Example], vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Korean's and English's, of the texts that have a mood: these are balanced."""
    rows = [
        [place for place, text in enumerate(texts) if text.language == language and text.label != PLAIN]
        for language in (KOREAN, ENGLISH)
    ]
    return np.array([vectors[places].mean(axis=0) for places in rows], dtype=np.float32)


def _known(features: Sequence[Features]) -> tuple[Runs, npt.NDArray[np.float32]]:
    """The letter runs that are not scarce, ascending, and logarithms of how rare they are."""
    runs, counts = np.unique(np.concatenate([text.runs for text in features]), return_counts=True)
    rarity = np.log(len(features) / counts[counts >= SCARCE])
    # With the file's precision, so that a head that was read is the head that was fitted.
    return runs[counts >= SCARCE], rarity.astype(np.float16).astype(np.float32)


def _run_matrix(features: Sequence[Features], known: Runs, rarity: npt.NDArray[np.float32]) -> sparse.csr_matrix:
    columns = [places_of(text.runs, known) for text in features]
    values = np.concatenate([run_weights(places, rarity) for places in columns])
    starts = np.cumsum([0, *(places.size for places in columns)])
    shape = (len(features), len(known))
    return sparse.csr_matrix((values, np.concatenate(columns), starts), shape=shape, dtype=np.float32)


def _solved(
    gram: npt.NDArray[np.float32], labels: npt.NDArray[np.intp], ridge: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Dual coefficients, shape (texts, classes), and the prior they start from."""
    wanted = np.eye(PLAIN + 1, dtype=np.float32)[labels]
    prior = wanted.mean(axis=0)
    ridged = gram.copy()
    ridged[np.diag_indices_from(ridged)] += ridge
    return linalg.solve(ridged, wanted - prior, overwrite_a=True, assume_a="pos"), prior


def _held_out(kernel: _Kernel, labels: npt.NDArray[np.intp], folds: npt.NDArray[np.intp]) -> Array:
    """Values of each text by a fit to the other folds: authors write alike, and readers are no authors of ours."""
    values = np.zeros((len(labels), PLAIN + 1))
    for fold in np.unique(folds):
        known, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        duals, prior = _solved(kernel.gram[np.ix_(known, known)], labels[known], kernel.ridge)
        values[held] = prior + kernel.gram[np.ix_(held, known)] @ duals
    return values


def _sharpness(values: Array, labels: npt.NDArray[np.intp]) -> float:
    """The factor at which the values are the likeliest log-odds: that is what makes confidence honest."""

    def surprise(sharpness: float) -> float:
        odds = sharpness * values
        top = odds.max(axis=1, keepdims=True)
        total = np.log(np.exp(odds - top).sum(axis=1)) + top[:, 0]
        return float((total - odds[np.arange(len(labels)), labels]).mean())

    return min(SHARPNESSES, key=surprise)
