"""Where the studio's time goes: CPU seconds per stage beside the command-line chain, fluidsynth and lame, in one run.

    python -m bench.studio [--genre cinematic …] [--mood joy] [--seconds 120] [--runs 3]

Process CPU time, because other load on the machine moves wall time but hardly this; the best of a few runs of each.
The chain gets the same score (the piece's own MIDI file) and the same font (its samples decoded, as fluidsynth wants
them), plays it with its reverb to a WAV file, and encodes that at the same bit rate with lame's default quality.
Without those two commands only the studio's own figures are printed. Peak memory is that of a fresh process.
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
from music.studio import make_piece
from music.studio.composition import compose
from music.studio.finishing.encoding import BIT_RATE, to_mp3
from music.studio.finishing.mastering import master
from music.studio.finishing.room import BLOCK, mix
from music.studio.playing.events import SAMPLE_RATE
from music.studio.playing.performance import perform
from music.studio.playing.synth import default_synth
from music.studio.playing.synth.midi import decoded

T = TypeVar("T")

GENRES = (Genre.SOLO_PIANO, Genre.CHAMBER, Genre.CINEMATIC, Genre.FOLK, Genre.JAZZ_BALLAD)
TARGET = 0.5
"""The whole studio against the whole chain."""

_PEAK_PROGRAM = """
import resource, sys
from pathlib import Path
from bench.studio import brief_of, make_piece
from music.brief import Genre, Mood
make_piece(brief_of(Genre(sys.argv[1]), Mood(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
# On Linux ru_maxrss would begin with what the parent had; the kernel's own figure is this process's alone.
status = Path("/proc/self/status")
if status.exists():
    print(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def brief_of(genre: Genre, mood: Mood, seconds: int, tempo: int) -> MusicBrief:
    return MusicBrief(
        moods=((mood, 1.0),), valence=0.6, energy=0.75, genre=genre, tempo=tempo, key="D",
        mode=Mode.MAJOR, instruments=(), duration=seconds, seed=11, theme_seed=7, role=Role.OPENING,
        prompt="bench", style_tags="", confidence=1.0,
    )  # fmt: skip


def timed(stage: str, spent: dict[str, float], work: Callable[[], T]) -> T:
    start = time.process_time()
    result = work()
    spent[stage] = min(spent.get(stage, float("inf")), time.process_time() - start)
    return result


def by_stage(brief: MusicBrief, spent: dict[str, float]) -> None:
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


def cpu_of(command: list[str]) -> float:
    """CPU seconds of a command. Raises `CalledProcessError` when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def chain(midi: bytes, runs: int) -> tuple[float, float] | None:
    """CPU seconds of fluidsynth and of lame for this MIDI file, or None where one of them is missing."""
    fluidsynth, lame = shutil.which("fluidsynth"), shutil.which("lame")
    if fluidsynth is None or lame is None:
        return None
    font = str(decoded(default_synth().font))
    with tempfile.TemporaryDirectory() as directory:
        score, wav, mp3 = (str(Path(directory) / name) for name in ("piece.mid", "piece.wav", "piece.mp3"))
        Path(score).write_bytes(midi)
        play = [fluidsynth, "-ni", "-F", wav, "-r", str(SAMPLE_RATE), "-R", "1", font, score]
        encode = [lame, "--quiet", "-b", str(BIT_RATE), wav, mp3]
        return min(cpu_of(play) for _ in range(runs)), min(cpu_of(encode) for _ in range(runs))


def peak_megabytes(brief: MusicBrief) -> float:
    arguments = [str(value) for value in (brief.genre, brief.mood, brief.duration, brief.tempo)]
    child = subprocess.run(
        [sys.executable, "-c", _PEAK_PROGRAM, *arguments], check=True, capture_output=True, text=True
    )
    return int(child.stdout) / (1024**2 if sys.platform == "darwin" else 1024)


def report(brief: MusicBrief, runs: int) -> None:
    whole: dict[str, float] = {}
    spent: dict[str, float] = {}
    for _ in range(runs):
        piece = timed("whole", whole, lambda: make_piece(brief))
        by_stage(brief, spent)
    print(f"\n{brief.genre} · {brief.mood} · {piece.seconds:.1f} s, {piece.metadata['notes']} notes")
    for stage, seconds in spent.items():
        print(f"  {stage:22}{seconds:7.3f} s")
    print(f"  {'whole (make_piece)':22}{whole['whole']:7.3f} s  {piece.seconds / whole['whole']:5.1f} × real time")
    print(f"  {'peak memory':22}{peak_megabytes(brief):7.0f} MB")
    commands = chain(piece.midi, runs)
    if commands is None:
        print("  no fluidsynth and lame commands here to compare with")
        return
    ratio = whole["whole"] / sum(commands)
    verdict = "ok" if ratio <= TARGET else f"over {TARGET}"
    print(
        f"  fluidsynth {commands[0]:.3f} s + lame {commands[1]:.3f} s → the studio takes {ratio:.2f} × that: {verdict}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--genre", type=Genre, nargs="+", default=GENRES)
    parser.add_argument("--mood", type=Mood, default=Mood.JOY)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--tempo", type=int, default=112)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"{default_synth().name}, CPU seconds, best of {options.runs}")
    for genre in options.genre:
        report(brief_of(genre, options.mood, options.seconds, options.tempo), options.runs)


if __name__ == "__main__":
    main()
