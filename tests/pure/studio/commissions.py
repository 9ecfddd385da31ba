"""Briefs to try the studio with."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from music.brief import KEYS, Chapter, Genre, Mode, Mood, MusicBrief, Role

# (valence, energy, tempo, mode, key) as a reading of such a text gives them
CHARACTER: dict[Mood, tuple[float, float, int, Mode, str]] = {
    Mood.JOY: (0.8, 0.8, 120, Mode.MAJOR, "D"),
    Mood.LOVE: (0.8, 0.5, 80, Mode.MAJOR, "F"),
    Mood.WONDER: (0.6, 0.7, 96, Mode.LYDIAN, "E"),
    Mood.CALM: (0.45, 0.15, 64, Mode.MAJOR, "C"),
    Mood.MELANCHOLY: (-0.35, 0.25, 70, Mode.DORIAN, "A"),
    Mood.SADNESS: (-0.7, 0.3, 58, Mode.MINOR, "C"),
    Mood.TENSION: (-0.6, 0.85, 112, Mode.PHRYGIAN, "E"),
    Mood.ANGER: (-0.7, 0.9, 136, Mode.MINOR, "D"),
}


def commission(genre: Genre = Genre.CHAMBER, mood: Mood = Mood.LOVE, **changes: Any) -> MusicBrief:
    """A brief of this genre and mood with everything else as usual, but for `changes`."""
    valence, energy, tempo, mode, key = CHARACTER[mood]
    fields: dict[str, Any] = {
        "moods": ((mood, 1.0),),
        "valence": valence,
        "energy": energy,
        "genre": genre,
        "tempo": tempo,
        "key": key,
        "mode": mode,
        "instruments": (),
        "duration": 60,
        "seed": 11,
        "theme_seed": 7,
        "role": Role.OPENING,
        "prompt": "instrumental",
        "style_tags": "",
        "confidence": 1.0,
    }
    return MusicBrief(**(fields | changes))


SEEDS = st.integers(0, 2**63 - 1)
MOODS = st.sampled_from(list(Mood))
WISHES = st.sampled_from(
    ["felt piano", "solo cello", "warm pad", "choir", "double bass", "kazoo", "haegeum", "bells", ""]
)

ANY_BRIEF = st.builds(
    commission,
    st.sampled_from(list(Genre)),
    MOODS,
    energy=st.floats(0, 1),
    tempo=st.integers(40, 180),
    key=st.sampled_from(KEYS),
    mode=st.sampled_from(list(Mode)),
    instruments=st.lists(WISHES, max_size=4).map(tuple),
    duration=st.integers(10, 180) | st.just(300),
    seed=SEEDS,
    theme_seed=SEEDS,
    role=st.sampled_from(list(Role)),
    chapters=st.lists(st.builds(Chapter, SEEDS, MOODS), max_size=9).map(tuple),
    drums=st.booleans(),
)
"""Any brief the contract allows, odd ones included."""
