"""Make `journey.sf3` out of MuseScore_General_Lite.sf3.

    python -m music.studio.playing.soundfont.build MuseScore_General_Lite.sf3 [journey.sf3]

The source (MIT, see NOTICE.md) is 40 MB; what ships is the presets the palettes play, made small by what the ear
misses least: one velocity layer, every second or third key zone with widened ranges, one channel of stereo pairs, tails
cut with a fade, Vorbis at a middling quality. Modulators are dropped because neither engine reads them, so a filter
that a modulator would have opened is opened here.

The result is committed and byte-reproducible with the same libsndfile: the random serial number that the Vorbis writer
puts in each stream is overwritten with the sample's own.
"""

from __future__ import annotations

import argparse
import io
import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

from music.studio.playing.soundfont import JOURNEY_FONT
from music.studio.playing.soundfont.riff import (
    ATTACK,
    ATTENUATION,
    FILTER_CUTOFF,
    PAN,
    RELEASE,
    SAMPLE_MODES,
    Preset,
    Sample,
    SoundFont,
    Zone,
    read,
    write,
)

# libsndfile's Vorbis encoder overruns its stack when a long signal is written in one call.
WRITE_FRAMES = 16_000
FADE_SECONDS = 0.25
# A loop shorter than this keeps its rate: rounding its ends to whole frames would detune it audibly.
LOOP_SAFE_FRAMES = 4_000
# The font was voiced for engines that take 0.4 of the attenuation written; one of ours takes all, the other 0.4. So
# the recordings themselves are scaled, and no attenuation is left to disagree about.
ATTENUATION_FACTOR = 0.4
LOWEST_KEY, HIGHEST_KEY = 24, 103

COPYRIGHT = (
    "Copyright (c) 2000-2002, 2008 Frank Wen; 2014-2017 Michael Cowgill; 2018-2021 S. Christian Collins; "
    "2002 Ethan Winer; 2016 Michael Schorsch. MIT licence; parts CC0 or public domain."
)
MIT = (
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated "
    'documentation files (the "Software"), to deal in the Software without restriction, including without limitation '
    "the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and "
    "to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above "
    "copyright notice and this permission notice shall be included in all copies or substantial portions of the "
    'Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT '
    "LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT "
    "SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION "
    "OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER "
    "DEALINGS IN THE SOFTWARE."
)


@dataclass(frozen=True, slots=True)
class Cut:
    """How one preset is made small. Zones that fade in slowly (a resonance under the piano) are left out throughout.

    `step`: keep every n-th key zone. `keys`: the keys worth keeping (drums: only these). `velocity`: keep only the
    zones that sound at this velocity, for all velocities. `mono`: of a left/right pair keep the left, centred.
    `seconds`: cut there, unlooped. `rate`: resample down to this. `quality`: Vorbis quality 0 … 1. `drop`: generators
    to forget (a filter waiting for a modulator).
    """

    step: int = 1
    keys: tuple[int, ...] = tuple(range(LOWEST_KEY, HIGHEST_KEY + 1))
    velocity: int = 90
    mono: bool = True
    seconds: float | None = None
    rate: int = 44_100
    quality: float = 0.3
    drop: tuple[int, ...] = ()
    release: int = 1_800
    """Longest release in timecents (1800: 2.8 s), to silence: half of that is heard. What rings longer than the room
    around it costs voices and blurs."""


_STANDARD_KEYS = (
    *(36, 37, 38, 39, 41, 42, 44, 45, 46, 48, 49, 51, 53, 54, 55, 60, 61, 62, 63, 64, 68, 69, 70, 75, 76, 77),
    *(82, 83, 84, 86, 87),
)
_PIANO_VOICES = ((0, 34, 10_900), (35, 62, 12_100), (63, 127, 13_500))

CUTS: dict[tuple[int, int], Cut] = {
    (0, 0): Cut(step=2, mono=False, velocity=60, seconds=7.5, rate=32_000, drop=(FILTER_CUTOFF,)),
    (0, 4): Cut(),
    (0, 8): Cut(release=1_200),
    (0, 9): Cut(release=1_200),
    (0, 10): Cut(release=1_200),
    (0, 11): Cut(),
    (0, 12): Cut(release=600),
    (0, 14): Cut(release=2_700),
    (0, 15): Cut(release=600),
    (0, 21): Cut(),
    (0, 22): Cut(),
    (0, 24): Cut(),
    (0, 25): Cut(),
    (0, 26): Cut(),
    (0, 30): Cut(step=2, rate=32_000),
    (0, 32): Cut(),
    (0, 33): Cut(step=2, rate=32_000),
    (0, 35): Cut(step=2, rate=32_000),
    (0, 38): Cut(step=2, rate=32_000),
    (0, 40): Cut(step=2, quality=0.4),
    (0, 41): Cut(step=2, quality=0.4),
    (0, 42): Cut(velocity=60, quality=0.4),
    (0, 43): Cut(step=2, rate=32_000),
    (0, 44): Cut(step=2, mono=False),
    (0, 45): Cut(step=2, release=300),
    (0, 46): Cut(release=600),
    (0, 47): Cut(release=1_500),
    (0, 48): Cut(step=2, mono=False, release=-600),
    (0, 49): Cut(step=2, mono=False, release=400),
    (0, 52): Cut(step=2, mono=False, release=600),
    (0, 53): Cut(),
    (0, 56): Cut(quality=0.4),
    (0, 57): Cut(step=2, quality=0.4),
    (0, 59): Cut(quality=0.4),
    (0, 60): Cut(),
    (0, 66): Cut(step=2, quality=0.4),
    (0, 68): Cut(quality=0.4),
    (0, 69): Cut(step=2, quality=0.4),
    (0, 70): Cut(step=2),
    (0, 71): Cut(quality=0.4),
    (0, 73): Cut(quality=0.4),
    (0, 77): Cut(quality=0.4),
    (0, 89): Cut(step=2, release=1_200),
    (0, 92): Cut(step=2, release=1_200),
    (0, 98): Cut(release=900),
    (0, 105): Cut(release=300),
    (0, 106): Cut(),
    (0, 107): Cut(release=900),
    (0, 108): Cut(release=900),
    (0, 111): Cut(),
    (128, 0): Cut(release=12_000, keys=_STANDARD_KEYS, seconds=1.8, quality=0.4),
    (128, 40): Cut(release=12_000, keys=(36, 37, 38, 39, 40, 42, 44, 46, 49, 51, 53), seconds=1.8, quality=0.4),
    (128, 48): Cut(release=12_000, keys=(36, 38, 54, 57, 59, 81, 84, 86, 87), seconds=2.6, quality=0.4),
}


def build(source: SoundFont) -> SoundFont:
    """The subset of `source` that `CUTS` describes, its samples re-encoded."""
    presets: list[Preset] = []
    used: dict[int, Cut] = {}
    gains: dict[int, float] = {}
    for preset in source.presets:
        cut = CUTS.get((preset.bank, preset.program))
        if cut is None:
            continue
        zones = thin(preset, source.samples, cut)
        if (preset.bank, preset.program) == (0, 0):
            zones = [voice for zone in zones for voice in _piano_voices(zone)]
        presets.append(replace(preset, zones=tuple(zones)))
        for zone in zones:
            used.setdefault(zone.sample, cut)
            gains.setdefault(zone.sample, 10 ** (-ATTENUATION_FACTOR * zone.generators.get(ATTENUATION, 0) / 200))
    missing = set(CUTS) - {(preset.bank, preset.program) for preset in presets}
    if missing:
        raise SystemExit(f"the source has no preset {sorted(missing)}")
    numbers = {old: new for new, old in enumerate(used)}
    encoded = (encode(source.samples[old], cut, gains[old]) for old, cut in used.items())
    samples = tuple(
        replace(sample, data=with_serial(sample.data, number)) for number, sample in enumerate(encoded, start=1)
    )
    renumbered = tuple(
        replace(
            preset,
            zones=tuple(_finish(zone, numbers[zone.sample], used[zone.sample], preset) for zone in preset.zones),
        )
        for preset in presets
    )
    info = {
        "INAM": "Reading Journey studio font",
        "IENG": "Subset and re-encoding by Reading Journey of MuseScore_General_Lite.sf3 by S. Christian Collins",
        "ICOP": COPYRIGHT,
        "ICMT": f"{COPYRIGHT} {MIT} Original terms:\n{source.info.get('ICMT', '')}",
    }
    return SoundFont(renumbered, samples, info)


def thin(preset: Preset, samples: tuple[Sample, ...], cut: Cut) -> list[Zone]:
    """One velocity layer, every `step`-th key zone with the ranges widened to meet in the middle."""
    zones = [
        replace(zone, velocities=(0, 127), generators=_without(zone.generators, cut.drop))
        for zone in preset.zones
        if zone.velocities[0] <= cut.velocity <= zone.velocities[1] and zone.generators.get(ATTACK, 0) <= 0
    ]
    if preset.bank == 128:
        kept = [replace(zone, keys=(key, key)) for zone in zones for key in cut.keys if _sounds(zone, key)]
        return list({(zone.keys, zone.generators.get(PAN)): zone for zone in kept}.values())
    sides: dict[int, list[Zone]] = {}
    for zone in zones:
        pan = zone.generators.get(PAN, 0)
        sides.setdefault(-1 if pan <= -400 else 1 if pan >= 400 else 0, []).append(zone)
    if cut.mono and -1 in sides and 1 in sides:
        left = [replace(zone, generators=_without(zone.generators, (PAN,))) for zone in sides[-1]]
        sides = {0: left + sides.get(0, [])}
    return [zone for side in sides.values() for zone in _every(side, samples, cut)]


def _every(zones: list[Zone], samples: tuple[Sample, ...], cut: Cut) -> Iterable[Zone]:
    low, high = min(cut.keys), max(cut.keys)
    # Layers that sound together on one key (a pad's two waves) are thinned apart from each other.
    layers: list[list[Zone]] = []
    for zone in sorted(zones, key=lambda zone: zone.keys):
        if zone.keys[1] < low or zone.keys[0] > high:
            continue
        for layer in layers:
            if layer[-1].keys[1] < zone.keys[0]:
                layer.append(zone)
                break
        else:
            layers.append([zone])
    for layer in layers:
        kept = layer[(cut.step - 1) // 2 :: cut.step] or layer[:1]
        if cut.step > 1 and layer[-1] not in kept and len(layer) - layer.index(kept[-1]) > cut.step // 2 + 1:
            kept.append(layer[-1])
        roots = [samples[zone.sample].key for zone in kept]
        start = layer[0].keys[0]
        for index, zone in enumerate(kept):
            if index + 1 == len(kept):
                end = layer[-1].keys[1]
            elif cut.step == 1:
                end = zone.keys[1]
            else:
                # A recording played upwards thins less audibly than one played downwards darkens: meet above middle.
                end = max(zone.keys[1], (2 * roots[index + 1] + roots[index]) // 3)
                end = min(end, kept[index + 1].keys[1] - 1)
            yield replace(zone, keys=(start, end))
            start = end + 1


def _piano_voices(zone: Zone) -> Iterable[Zone]:
    """One recording, three touches: the softer, the darker. Stands in for velocity layers and their modulators."""
    for low, high, cutoff in _PIANO_VOICES:
        yield replace(zone, velocities=(low, high), generators={**zone.generators, FILTER_CUTOFF: cutoff})


def encode(sample: Sample, cut: Cut, gain: float) -> Sample:
    """Decode, scale, cut, resample and write again as Vorbis; loop points move along."""
    signal, rate = soundfile.read(io.BytesIO(sample.data), dtype="float32")
    signal *= min(gain, 0.98 / max(float(np.abs(signal).max()), 1e-6))
    loop = sample.loop
    if cut.seconds is not None:
        signal = _fade(signal[: int(cut.seconds * rate)], rate)
        loop = (0, len(signal) - 1)
    if rate > cut.rate and (cut.seconds is not None or loop[1] - loop[0] >= LOOP_SAFE_FRAMES):
        ratio = cut.rate / rate
        signal = resample_poly(signal, cut.rate // 50, rate // 50).astype(np.float32)
        loop = (round(loop[0] * ratio), min(round(loop[1] * ratio), len(signal) - 1))
        rate = cut.rate
    out = io.BytesIO()
    with soundfile.SoundFile(
        out, "w", rate, 1, format="OGG", subtype="VORBIS", compression_level=1 - cut.quality
    ) as file:
        for start in range(0, len(signal), WRITE_FRAMES):
            file.write(np.clip(signal[start : start + WRITE_FRAMES], -1, 1))
    return replace(sample, data=out.getvalue(), loop=loop, rate=rate)


def with_serial(ogg: bytes, serial: int) -> bytes:
    """The Ogg stream under another serial number, its pages' checksums (RFC 3533, section 6) computed anew."""
    out = bytearray(ogg)
    start = 0
    while start < len(out):
        segments = out[start + 26]
        end = start + 27 + segments + sum(out[start + 27 : start + 27 + segments])
        struct.pack_into("<I", out, start + 14, serial)
        struct.pack_into("<I", out, start + 22, 0)
        struct.pack_into("<I", out, start + 22, _page_checksum(out[start:end]))
        start = end
    return bytes(out)


def _page_checksum(page: bytes | bytearray) -> int:
    table = _checksum_table()
    checksum = 0
    for byte in page:
        checksum = (checksum << 8 & 0xFFFFFFFF) ^ table[(checksum >> 24) ^ byte]
    return checksum


@lru_cache(maxsize=1)
def _checksum_table() -> tuple[int, ...]:
    """Of the polynomial 0x04c11db7, highest bit first, which zlib's checksum is not."""
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
        table.append(value)
    return tuple(table)


def _fade(signal: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    length = min(len(signal), int(FADE_SECONDS * rate))
    signal[-length:] *= np.linspace(1, 0, length, dtype=np.float32)
    return signal


def _finish(zone: Zone, sample: int, cut: Cut, preset: Preset) -> Zone:
    """The zone on its renumbered sample; address offsets and the loop of a cut sample are gone."""
    gone = (0, 1, 2, 3, 4, 12, 45, 50, ATTENUATION, *(() if cut.seconds is None else (SAMPLE_MODES,)))
    kept = _without(zone.generators, gone)
    if RELEASE in kept:
        # `cut` is that of the preset that used the sample first; how long it rings is each preset's own affair.
        kept[RELEASE] = min(kept[RELEASE], CUTS[preset.bank, preset.program].release)
    return replace(zone, sample=sample, generators=kept)


def _without(generators: object, kinds: Iterable[int]) -> dict[int, int]:
    assert isinstance(generators, dict)  # noqa: S101  # read() makes plain dicts
    return {kind: value for kind, value in generators.items() if kind not in set(kinds)}


def _sounds(zone: Zone, key: int) -> bool:
    return zone.keys[0] <= key <= zone.keys[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path, nargs="?", default=JOURNEY_FONT)
    arguments = parser.parse_args()
    font = build(read(arguments.source.read_bytes()))
    arguments.target.write_bytes(write(font))


if __name__ == "__main__":
    main()
