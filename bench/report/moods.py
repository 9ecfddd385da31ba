"""Telling the eight moods apart by sound alone, cross-validated: journeys that are tested on were never learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import ExtraTreesClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDS = 10
LEAST = 10
"""Pieces of each mood from which there is something to learn."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """`counts[true][guessed]`, in the order of `moods`; `guesses` in the order of the pieces."""

    moods: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    guesses: tuple[str, ...]

    @property
    def accuracy(self) -> float:
        total = sum(map(sum, self.counts))
        return sum(self.counts[mood][mood] for mood in range(len(self.moods))) / max(total, 1)


def tell_apart(
    features: Sequence[Mapping[str, float]],
    moods: Sequence[str],
    journeys: Sequence[int],
    *,
    without: Sequence[str] = (),
) -> Confusion | None:
    """Guess every piece's mood from pieces of other journeys. None if there are too few to learn from.

    `without`: features that are not to be used.
    """
    names = sorted(set.intersection(*(set(each) for each in features)) - set(without))
    groups = len(set(journeys))
    if groups < 2 or min(Counter(moods).values()) < LEAST:
        return None
    table = np.array([[each[name] for name in names] for each in features])
    voters = VotingClassifier(
        [
            ("line", make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=3000))),
            ("trees", ExtraTreesClassifier(500, max_features=0.3, random_state=0, n_jobs=1)),
            ("plane", make_pipeline(StandardScaler(), LinearDiscriminantAnalysis("lsqr", shrinkage="auto"))),
        ],
        voting="soft",
    )
    folds = GroupKFold(min(FOLDS, groups))
    guesses = cross_val_predict(voters, table, np.array(moods), groups=np.array(journeys), cv=folds)
    order = tuple(dict.fromkeys(moods))
    counts = [[0] * len(order) for _ in order]
    for true, guessed in zip(moods, guesses, strict=True):
        counts[order.index(true)][order.index(str(guessed))] += 1
    return Confusion(order, tuple(map(tuple, counts)), tuple(str(guess) for guess in guesses))
