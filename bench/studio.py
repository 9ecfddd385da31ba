"""Where the studio's time goes: CPU seconds per stage, the best of a few runs, beside a yardstick in the same run.

    python -m bench.studio [--genre cinematic] [--mood joy] [--seconds 120] [--runs 3]

Process CPU time, because other load on the machine moves wall time but hardly this. The yardstick is the `fluidsynth`
command, if there is one, playing the same notes from the same font to a WAV file with its own reverb; otherwise LAME
encoding the finished sound, which is C code that every version of the studio has to run.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from music.brief import Genre, Mode, Mood, MusicBrief, Role
from music.studio.composition import compose
from music.studio.encoding import to_mp3
from music.studio.events import SAMPLE_RATE, Channel, Event, Stem
from music.studio.mastering import BLOCK, master, mix
from music.studio.performance import Performance, perform
from music.studio.synth import default_synth
from music.studio.synth.midi import decoded, to_midi

T = TypeVar("T")


def timed(stage: str, spent: dict[str, float], work: Callable[[], T]) -> T:
    start = time.process_time()
    result = work()
    spent[stage] = min(spent.get(stage, float("inf")), time.process_time() - start)
    return result


def run(brief: MusicBrief, spent: dict[str, float]) -> Performance:
    """One piece, each stage on its own."""
    score = timed("compose", spent, lambda: compose(brief))
    performance = timed("perform", spent, lambda: perform(score))
    frames = int(performance.seconds * SAMPLE_RATE)
    synth = default_synth()
    stems = timed(
        "synthesise",
        spent,
        lambda: [list(synth.stream(stem, frames, BLOCK)) for stem in (performance.distant, performance.close)],
    )
    sound = timed("room", spent, lambda: mix(iter(stems[0]), iter(stems[1]), frames, room=score.room, wet=score.wet))
    mastered = timed("loudness and limiter", spent, lambda: master(sound))
    timed("mp3", spent, lambda: to_mp3(mastered.sound))
    return performance


def fluidsynth(performance: Performance, runs: int) -> float | None:
    """CPU seconds of the fluidsynth command for the same notes, or None without the command."""
    command = shutil.which("fluidsynth")
    if command is None:
        return None
    best = float("inf")
    with tempfile.TemporaryDirectory() as directory:
        midi = Path(directory) / "piece.mid"
        midi.write_bytes(to_midi(_together(performance), performance.seconds))
        arguments = [command, "-ni", "-F", str(Path(directory) / "piece.wav"), "-r", str(SAMPLE_RATE)]
        for _ in range(runs):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([*arguments, str(decoded(default_synth().font)), str(midi)], check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def _together(performance: Performance) -> Stem:
    channels: list[Channel] = list(performance.distant.channels)
    shift = len(channels)
    moved = [
        Event(event.seconds, event.kind, event.channel + shift, event.number, event.value)
        for event in performance.close.events
    ]
    return Stem((*channels, *performance.close.channels), tuple(sorted((*performance.distant.events, *moved))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--genre", type=Genre, default=Genre.CINEMATIC)
    parser.add_argument("--mood", type=Mood, default=Mood.JOY)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--tempo", type=int, default=112)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    brief = MusicBrief(
        moods=((options.mood, 1.0),), valence=0.6, energy=0.75, genre=options.genre, tempo=options.tempo, key="D",
        mode=Mode.MAJOR, instruments=(), duration=options.seconds, seed=11, theme_seed=7, role=Role.OPENING,
        prompt="bench", style_tags="", confidence=1.0,
    )  # fmt: skip
    spent: dict[str, float] = {}
    for _ in range(options.runs):
        performance = run(brief, spent)
    total = sum(spent.values())
    print(f"{options.genre} · {options.mood} · {performance.seconds:.1f} s")
    print(f"{default_synth().name}, best of {options.runs}")
    for stage, seconds in spent.items():
        print(f"  {stage:22}{seconds:7.3f} s  {100 * seconds / total:5.1f} %")
    print(f"  {'total':22}{total:7.3f} s  {performance.seconds / total:5.1f} × real time")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    print(f"  peak memory {peak:.0f} MB (holds both stems, which make_piece does not)")
    reference = fluidsynth(performance, options.runs)
    if reference is None:
        print(f"yardstick: LAME alone {spent['mp3']:.3f} s → the whole takes {total / spent['mp3']:.2f} × that")
    else:
        print(f"yardstick: fluidsynth {reference:.3f} s → synthesis and room take", end=" ")
        print(f"{(spent['synthesise'] + spent['room']) / reference:.2f} × that, the whole {total / reference:.2f} ×")


if __name__ == "__main__":
    main()
