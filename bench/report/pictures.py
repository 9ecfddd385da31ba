"""Pictures of a piece: its score as a piano roll, coloured by part, and its sound as a spectrogram.

Drawn without a background and in middle greys, so that they lie well on a light page and on a dark one.
"""

from __future__ import annotations

from pathlib import Path

import librosa
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from bench.report.sound import SAMPLE_RATE, Sound
from music.studio.score import Score

SIZE = (11.0, 2.6)
DPI = 95
INK = "#808790"
COLOURS = {
    "melody": "#d1495b",
    "second": "#e28f41",
    "counter": "#b07aa1",
    "pad": "#7fa5c9",
    "accompaniment": "#5f9e6e",
    "bass": "#4a6fa5",
    "spark": "#c9b458",
    "drums": "#9aa0a6",
}
OTHER = "#8c7b6b"
STATEMENTS = {"theme": "#d1495b", "own": "#5f9e6e", "chapter": "#c9a227"}
DRUM_ROWS = 6
"""Height left under the roll for drums, whose numbers are no pitches."""
LOUDEST, QUIETEST = 0.0, -70.0


def piano_roll(score: Score, path: Path) -> None:
    """Bars from left to right; the spans in which a motif is quoted are shaded, phrases named above."""
    figure = Figure(figsize=SIZE, dpi=DPI)
    axes = figure.add_axes((0.045, 0.13, 0.95, 0.74))
    bar = score.meter.beats
    pitched = [note.pitch for part in score.parts if not part.drums for note in part.notes]
    low, high = min(pitched, default=48), max(pitched, default=72)
    # The melody is drawn last: it may be covered by nothing.
    for part in sorted(score.parts, key=lambda part: part.name == "melody"):
        lead = part.name == "melody"
        boxes = []
        for note in part.notes:
            row = low - DRUM_ROWS + note.pitch % DRUM_ROWS if part.drums else note.pitch
            left, right = note.start / bar, (note.start + (0.15 if part.drums else note.length)) / bar
            height = 0.3 if part.drums else 0.5 if lead else 0.42
            boxes.append(((left, row - height), (right, row - height), (right, row + height), (left, row + height)))
        shades = [to_rgba(COLOURS.get(part.name, OTHER), 1.0 if lead else 0.35 + n.velocity / 220) for n in part.notes]
        axes.add_collection(PolyCollection(boxes, facecolors=shades, linewidths=0))
    for quotation in score.motifs:
        left, right = quotation.start / bar, (quotation.start + quotation.length) / bar
        colour = STATEMENTS.get(quotation.of, OTHER)
        axes.axvspan(left, right, color=colour, alpha=0.13, linewidth=0, zorder=0)
        axes.plot((left, right), (high + 2.2, high + 2.2), color=colour, linewidth=3, solid_capstyle="butt")
    for section in score.sections:
        axes.axvline(section.start, color=INK, linewidth=0.7, alpha=0.5, zorder=1)
        axes.annotate(section.name, (section.start, 1.03), xycoords=("data", "axes fraction"), color=INK, fontsize=8)
    axes.set_xlim(0, score.bars)
    axes.set_ylim(low - DRUM_ROWS - 1, high + 3.5)
    axes.set_yticks([pitch for pitch in range(24, 109, 12) if low <= pitch <= high])
    axes.set_yticklabels([f"C{pitch // 12 - 1}" for pitch in range(24, 109, 12) if low <= pitch <= high])
    _finish(figure, axes, path)


def spectrogram(sound: Sound, path: Path) -> None:
    """Time in seconds from left to right, pitch upwards."""
    hop = max(512, len(sound) // 1600)
    power = librosa.feature.melspectrogram(
        y=sound.mean(axis=1), sr=SAMPLE_RATE, n_fft=4096, hop_length=hop, n_mels=160, fmin=30, fmax=16_000
    )
    level = librosa.power_to_db(power, ref=np.max, top_db=LOUDEST - QUIETEST)
    figure = Figure(figsize=SIZE, dpi=DPI)
    axes = figure.add_axes((0.045, 0.13, 0.95, 0.82))
    axes.imshow(
        level,
        origin="lower",
        aspect="auto",
        cmap="magma",
        vmin=QUIETEST,
        vmax=LOUDEST,
        extent=(0, len(sound) / SAMPLE_RATE, 0, len(level)),
        interpolation="bilinear",
    )
    centres = librosa.mel_frequencies(n_mels=len(level), fmin=30, fmax=16_000)
    marks = (100, 500, 1000, 4000, 10_000)
    axes.set_yticks([float(np.searchsorted(centres, mark)) for mark in marks])
    axes.set_yticklabels([f"{mark // 1000} k" if mark >= 1000 else str(mark) for mark in marks])
    _finish(figure, axes, path)


def _finish(figure: Figure, axes: Axes, path: Path) -> None:
    figure.patch.set_alpha(0)
    axes.patch.set_alpha(0)
    axes.tick_params(colors=INK, labelsize=8, length=2)
    for spine in axes.spines.values():
        spine.set_visible(False)
    FigureCanvasAgg(figure)
    figure.savefig(path, transparent=True)
