"""A finished piece: compose, perform, synthesise, master, encode."""

from __future__ import annotations

from music.brief import MusicBrief
from music.studio.composition import compose
from music.studio.encoding import to_mp3
from music.studio.events import SAMPLE_RATE
from music.studio.instruments import INSTRUMENTS, KIT_NAMES
from music.studio.mastering import BLOCK, master, mix
from music.studio.performance import perform
from music.studio.product import STUDIO_VERSION, Piece
from music.studio.score import Score
from music.studio.synth import Synth, default_synth


def make_piece(brief: MusicBrief, synth: Synth | None = None) -> Piece:
    """Make the piece this brief describes, on `synth` or this machine's fastest engine."""
    score = compose(brief)
    return render(score, synth or default_synth(), brief)


def render(score: Score, synth: Synth, brief: MusicBrief) -> Piece:
    """Play a score and put it in a file."""
    performance = perform(score)
    frames = int(performance.seconds * SAMPLE_RATE)
    sound = mix(
        synth.stream(performance.distant, frames, BLOCK),
        synth.stream(performance.close, frames, BLOCK),
        frames,
        room=score.room,
        wet=score.wet,
    )
    mastered = master(sound)
    return Piece(
        to_mp3(mastered.sound),
        frames / SAMPLE_RATE,
        describe(score, brief, synth)
        | {
            "loudness_lufs": round(mastered.loudness, 2),
            "loudness_before_gain_lufs": round(mastered.loudness_before, 2),
            "limiter_reduction_db": round(mastered.reduction, 2),
        },
    )


def describe(score: Score, brief: MusicBrief, synth: Synth) -> dict[str, object]:
    """What is known about the piece, JSON-ready."""
    return {
        "studio": STUDIO_VERSION,
        "engine": synth.name,
        "score": score.digest(),
        "genre": str(brief.genre),
        "mood": str(brief.mood),
        "key": brief.key,
        "mode": score.mode,
        "tempo": round(score.tempo, 1),
        "meter": f"{score.meter.beats}/4" if score.meter.division == 2 else f"{3 * score.meter.beats}/8",
        "bars": score.bars,
        "sections": [{"name": section.name, "bar": section.start, "bars": section.bars} for section in score.sections],
        "chords": [harmony.name for harmony in score.harmony],
        "instruments": {
            part.name: KIT_NAMES[part.program] if part.drums else INSTRUMENTS[part.program].name for part in score.parts
        },
        "notes": sum(len(part.notes) for part in score.parts),
    }
