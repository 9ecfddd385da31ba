"""The head: from a text's features to the odds of the eight moods. `training` fits it, `data/mood_head.npz` holds it.

A ridge regression over the sum of three kernels: a Gaussian one over sentence vectors, kept in its dual form with the
training vectors as landmarks, and linear ones over letter runs and over the lexicons' sums. The file holds two fits:
with the sentence vectors, and without for where there is no encoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from music.brief import Mood
from music.briefs.features import Features, Runs
from music.briefs.language import ENGLISH, KOREAN
from music.briefs.lexicon import DATA

HEAD = DATA / "mood_head.npz"
VERSION = 2
"""Part of `MoodReading.reader`: rises when readings change."""
MOODS = tuple(Mood)
PLAIN = len(MOODS)
"""The column of texts that say nothing of a mood."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients by class: one column a mood, in the order of `Mood`, and one for plain texts.

    `duals` has shape (landmarks, classes), or no row when the fit is without vectors; `runs` (known runs, classes);
    `said` (moods, classes); `prior` (classes,). `sharpness` turns the regression's values into log-odds.
    """

    duals: npt.NDArray[np.float32]
    runs: npt.NDArray[np.float32]
    said: Array
    prior: Array
    sharpness: float


@dataclass(frozen=True, slots=True)
class Head:
    """Both fits and what they share.

    `landmarks` are the training texts' centred unit vectors, shape (texts, dimension), with one byte's precision, as
    the file has them; `means` the mean vectors of Korean and English, shape (2, dimension); `known` the letter runs it
    knows, ascending, and `rarity` their weights.
    """

    encoder: str
    seeds: str
    """Digest of the training files: a head that does not belong to them is out of date."""
    means: npt.NDArray[np.float32]
    landmarks: npt.NDArray[np.float32]
    known: Runs
    rarity: npt.NDArray[np.float32]
    full: Fit
    words: Fit

    def log_odds(self, features: Features) -> Array:
        """Natural log-odds of the classes, shape (moods + 1,): the last is for texts that say nothing of a mood."""
        fit = self.words if features.vector is None else self.full
        values = fit.prior + features.said @ fit.said
        places = places_of(features.runs, self.known)
        values = values + run_weights(places, self.rarity) @ fit.runs[places]
        if features.vector is not None:
            vector = centred(features.vector, features.language, self.means)
            # Not by BLAS, whose second thread would spin for longer than all of this takes.
            near = np.exp(2.0 * np.einsum("ij,j->i", self.landmarks, vector) - 2.0)
            values = values + np.einsum("i,ij->j", near, fit.duals)
        odds: Array = fit.sharpness * values
        return odds


def centred(vector: npt.NDArray[np.float32], language: str, means: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The vector without what all texts of its language have in common, of unit length again."""
    mean = means[(KOREAN, ENGLISH).index(language)] if language in (KOREAN, ENGLISH) else means.mean(axis=0)
    moved = vector - mean
    unit: npt.NDArray[np.float32] = moved / max(float(np.linalg.norm(moved)), 1e-6)
    return unit


def nearness(vectors: npt.NDArray[np.float32], landmarks: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The Gaussian kernel between unit vectors, exp(−|a − b|²), shape (…, landmarks)."""
    near: npt.NDArray[np.float32] = np.exp(2.0 * (vectors @ landmarks.T) - 2.0)
    return near


def places_of(runs: Runs, known: Runs) -> npt.NDArray[np.intp]:
    """Where a text's runs are among those known, both ascending; the others are left out."""
    places = np.minimum(np.searchsorted(known, runs), len(known) - 1)
    found: npt.NDArray[np.intp] = places[known[places] == runs]
    return found


def run_weights(places: npt.NDArray[np.intp], rarity: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Weights of a text's runs, the rarer the heavier, of unit length together."""
    weights = rarity[places]
    unit: npt.NDArray[np.float32] = weights / max(float(np.linalg.norm(weights)), 1e-6)
    return unit


def quantised(vectors: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Rows as whole numbers up to 127 and the scales, shape (rows, 1), that turn them back."""
    scales = (np.abs(vectors).max(axis=1, keepdims=True) / 127.0).astype(np.float32)
    return np.round(vectors / scales).astype(np.int8), scales


@cache
def head() -> Head | None:
    """The shipped head; None where its file is missing."""
    return read_head(HEAD) if HEAD.exists() else None


def read_head(path: Path) -> Head:
    """A head from its file. Raises `KeyError` or `ValueError` when the file is not one."""
    with np.load(path, allow_pickle=False) as data:
        fits = [
            Fit(
                data[f"{name}_duals"],
                data[f"{name}_runs"].astype(np.float32),
                data[f"{name}_said"],
                data[f"{name}_prior"],
                float(data[f"{name}_sharpness"]),
            )
            for name in ("full", "words")
        ]
        return Head(
            str(data["encoder"]),
            str(data["seeds"]),
            data["means"],
            data["landmarks"].astype(np.float32) * data["scales"],
            data["known"],
            data["rarity"].astype(np.float32),
            *fits,
        )


def write_head(head: Head, path: Path) -> None:
    """The head as a file that `read_head` reads."""
    landmarks, scales = quantised(head.landmarks)
    arrays: dict[str, npt.NDArray[Any]] = {
        "encoder": np.array(head.encoder),
        "seeds": np.array(head.seeds),
        "means": head.means,
        "landmarks": landmarks,
        "scales": scales,
        "known": head.known,
        "rarity": head.rarity.astype(np.float16),
    }
    for name, fit in (("full", head.full), ("words", head.words)):
        arrays[f"{name}_duals"] = fit.duals
        arrays[f"{name}_runs"] = fit.runs.astype(np.float16)
        arrays[f"{name}_said"] = fit.said
        arrays[f"{name}_prior"] = fit.prior
        arrays[f"{name}_sharpness"] = np.array(fit.sharpness)
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
