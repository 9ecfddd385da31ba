"""Style: what a genre adds to a triad, or leaves of it, and how few notes it wants."""

from __future__ import annotations

from dataclasses import dataclass, replace

from music.brief import Genre
from music.studio.composing.harmony import Chord


@dataclass(frozen=True, slots=True)
class Style:
    """The genre's and the mood's taste in chords and notes."""

    genre: Genre
    mood_ninths: bool
    sevenths: bool
    shortest: float
    pentatonic: tuple[int, ...]

    def finish(self, chord: Chord) -> Chord:
        """The chord with the tones that the style adds to a triad, or leaves of it."""
        if self.pentatonic:
            heard = [step for step in (4, 3, 1, 2, 5) if chord.offset(step) in self.pentatonic]
            return replace(chord, tones=(0, *heard[:2]), leading=None)
        if self.sevenths and 3 not in chord.tones:
            # A minor triad with a major seventh is a sting where a borrowed chord wants to be soft: give it a sixth.
            minor = (chord.offset(2) - chord.offset(0)) % 12 == 3
            sting = minor and (chord.offset(6) - chord.offset(0)) % 12 == 11
            return replace(chord, tones=(0, 2, 4, 5 if sting else 6))
        airy = self.genre is Genre.AMBIENT or self.mood_ninths
        ninth = (chord.offset(1) - chord.offset(0)) % 12
        if airy and chord.degree in (0, 3) and ninth == 2 and chord.tones == (0, 2, 4):
            return replace(chord, tones=(0, 2, 4, 1))
        return chord
