"""A finished piece: compose, perform, synthesise, master, encode."""

from __future__ import annotations

from collections.abc import Callable

from music.brief import MusicBrief
from music.studio.composition import compose
from music.studio.finishing.encoding import to_mp3
from music.studio.finishing.mastering import master
from music.studio.finishing.peaks import outline
from music.studio.finishing.room import BLOCK, mix
from music.studio.playing.events import SAMPLE_RATE
from music.studio.playing.performance import perform
from music.studio.playing.synth import Synth, default_synth
from music.studio.product import Cancelled, Piece
from music.studio.score import Score
from music.studio.showing.explain import describe
from music.studio.showing.midi import to_midi


def make_piece(brief: MusicBrief, synth: Synth | None = None, *, cancelled: Callable[[], bool] | None = None) -> Piece:
    """Make the piece this brief describes, on `synth` or this machine's fastest engine.

    `cancelled` is asked between steps of a fraction of a second, about eighty times for two minutes of music; once it
    says yes, `Cancelled` is raised.
    """

    def check() -> None:
        if cancelled is not None and cancelled():
            raise Cancelled

    check()
    score = compose(brief)
    check()
    return render(score, synth or default_synth(), brief, check)


def render(score: Score, synth: Synth, brief: MusicBrief, check: Callable[[], None] = lambda: None) -> Piece:
    """Play a score and put it in a file. `check` is called between steps and may raise."""
    performance = perform(score)
    frames = int(performance.seconds * SAMPLE_RATE)
    synth.load()
    check()
    sound = mix(
        synth.stream(performance.distant, frames, BLOCK),
        synth.stream(performance.close, frames, BLOCK),
        frames,
        room=score.room,
        wet=score.wet,
        check=check,
    )
    mastered = master(sound, check)
    return Piece(
        to_mp3(mastered.sound, check),
        len(mastered.sound) / SAMPLE_RATE,
        to_midi(score),
        outline(mastered.envelope),
        describe(score, brief, cut=mastered.cut)
        | {
            "engine": synth.name,
            "loudness_lufs": round(mastered.loudness, 2),
            "loudness_before_gain_lufs": round(mastered.loudness_before, 2),
            "limiter_reduction_db": round(mastered.reduction, 2),
            "leveller_reduction_db": round(mastered.levelled, 2),
        },
    )
