from __future__ import annotations

import io
import random
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from music.brief import Genre
from music.studio.arranging.casts import CASTS
from music.studio.arranging.jangdan import JANGDAN
from music.studio.arranging.palettes import PALETTES
from music.studio.arranging.percussion import ARRIVALS, FILLS, GROOVES
from music.studio.instruments import INSTRUMENTS, KIT_TRIM, TIMPANI
from music.studio.playing.soundfont import JOURNEY_FONT
from music.studio.playing.soundfont.build import CUTS, Cut, encode, thin, with_serial
from music.studio.playing.soundfont.riff import NotASoundFont, Preset, Sample, SoundFont, Zone, read, write
from music.studio.score import Meter

FONT = read(JOURNEY_FONT.read_bytes())


def pcm_font() -> SoundFont:
    wave = (np.sin(np.arange(400) / 7) * 9000).astype("<i2").tobytes()
    sample = Sample("a sine", wave, (10, 390), 22_050, 69, -3, vorbis=False)
    zones = (Zone((0, 60), (0, 127), {17: -500, 54: 1}, 0), Zone((61, 127), (0, 90), {38: 1200}, 0))
    return SoundFont((Preset("Sine", 0, 5, zones),), (sample,), {"INAM": "test", "ICOP": "nobody"})


def test_it_ships_small_and_with_its_licence_inside_and_beside() -> None:
    assert JOURNEY_FONT.stat().st_size <= 9_000_000
    for holder in ("Frank Wen", "Michael Cowgill", "S. Christian Collins"):
        assert holder in FONT.info["ICOP"]
        assert holder in Path(JOURNEY_FONT.with_name("NOTICE.md")).read_text()
    assert "Permission is hereby granted" in FONT.info["ICMT"]


def test_it_holds_every_sound_the_palettes_and_grooves_ask_for() -> None:
    melodic = {preset.program for preset in FONT.presets if preset.bank == 0}
    kits = {preset.program: preset for preset in FONT.presets if preset.bank == 128}
    assert melodic == set(INSTRUMENTS)
    assert set(kits) == set(KIT_TRIM)
    for palette in PALETTES.values():
        if palette.kit is None:
            assert not palette.grooves
            continue
        sounding = {key for zone in kits[palette.kit].zones for key in range(zone.keys[0], zone.keys[1] + 1)}
        patterns = [GROOVES[name] for name in palette.grooves.values() if name in GROOVES]
        patterns += [FILLS[palette.fill]] if palette.fill else []
        struck = {
            stroke.what
            for pattern in patterns
            for seed in range(40)
            for stroke in pattern(Meter(4, 2), 1.0, random.Random(seed))
        }
        if palette.fill in ARRIVALS:
            struck.add(ARRIVALS[palette.fill])
        if palette is PALETTES[Genre.KOREAN]:
            for jangdan in JANGDAN.values():
                struck |= {s.what for bar in range(jangdan.bars) for s in jangdan.strokes(bar, 1.0, random.Random(1))}
        assert struck <= sounding


def test_it_ships_no_sound_that_no_cast_plays() -> None:
    cast = {
        program for casts in CASTS.values() for row in casts.values() for program in astuple(row) if program is not None
    }
    assert set(INSTRUMENTS) == cast | {TIMPANI}


def test_it_covers_every_instruments_range_without_a_gap() -> None:
    for preset in FONT.presets:
        if preset.bank == 0:
            instrument = INSTRUMENTS[preset.program]
            covered = {key for zone in preset.zones for key in range(zone.keys[0], zone.keys[1] + 1)}
            assert set(range(instrument.low, instrument.high + 1)) <= covered, preset.name


def test_it_reads_what_it_writes() -> None:
    font = pcm_font()
    again = read(write(font))
    assert again.samples == font.samples
    assert again.info == font.info
    assert [(zone.keys, zone.velocities, dict(zone.generators)) for zone in again.presets[0].zones] == [
        (zone.keys, zone.velocities, dict(zone.generators)) for zone in font.presets[0].zones
    ]
    assert read(write(FONT)).samples == FONT.samples


@pytest.mark.parametrize("data", [b"", b"RIFF\x04\x00\x00\x00WAVE", write(pcm_font())[:400]])
def test_it_says_when_it_is_no_soundfont(data: bytes) -> None:
    with pytest.raises(NotASoundFont):
        read(data)


def test_it_widens_the_zones_it_keeps() -> None:
    samples = tuple(replace(pcm_font().samples[0], key=key) for key in range(40, 80, 4))
    zones = tuple(Zone((key - 1, key + 2), (0, 127), {}, index) for index, key in enumerate(range(40, 80, 4)))
    kept = thin(Preset("Steps", 0, 1, zones), samples, Cut(step=3))
    assert len(kept) < len(zones)
    covered = [key for zone in kept for key in range(zone.keys[0], zone.keys[1] + 1)]
    assert covered == list(range(39, 79))


def test_it_keeps_pitch_and_loop_when_it_resamples() -> None:
    rate, seconds = 44_100, 1.0
    wave = np.sin(2 * np.pi * 441 * np.arange(int(rate * seconds)) / rate) * 0.5
    out = io.BytesIO()
    soundfile.write(out, wave[:12_000], rate, format="OGG", subtype="VORBIS")
    source = Sample("tone", out.getvalue(), (2_000, 11_000), rate, 69, 0, vorbis=True)
    made = encode(source, Cut(rate=22_050), 1.0)
    signal, new_rate = soundfile.read(io.BytesIO(made.data))
    assert new_rate == made.rate == 22_050
    assert made.loop == (1_000, 5_500)
    middle = signal[1_000:5_000] * np.hanning(4_000)
    assert np.argmax(np.abs(np.fft.rfft(middle))) * new_rate / 4_000 == pytest.approx(441, abs=6)


def test_it_knows_how_to_cut_each_preset_it_ships() -> None:
    assert {(preset.bank, preset.program) for preset in FONT.presets} == set(CUTS)


def test_it_encodes_to_the_same_bytes_each_time() -> None:
    out = io.BytesIO()
    soundfile.write(out, np.sin(np.arange(12_000) / 20) * 0.5, 44_100, format="OGG", subtype="VORBIS")
    source = Sample("tone", out.getvalue(), (2_000, 11_000), 44_100, 69, 0, vorbis=True)
    first, second = (encode(source, Cut(), 1.0).data for _ in range(2))
    assert with_serial(first, 7) == with_serial(second, 7)
    assert with_serial(first, 7) != with_serial(first, 8)
    # A decoder checks the checksums that the new number made necessary.
    original, _ = soundfile.read(io.BytesIO(first))
    renumbered, _ = soundfile.read(io.BytesIO(with_serial(first, 7)))
    assert np.array_equal(original, renumbered)
