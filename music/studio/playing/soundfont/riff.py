"""Read and write SoundFont 2 and 3 files as flat presets.

A SoundFont nests preset zones, instruments, instrument zones and generators. Both synthesis engines ignore
modulators, so all that matters of a preset is its list of *effective* zones: which keys and velocities play which
sample with which generator values. `read` flattens to that, `write` stores it with one instrument per preset.

Format: SoundFont 2.04 specification, chapters 5 to 8; version 3 stores each sample as an Ogg Vorbis stream, with
`start` and `end` as byte offsets and loop points relative to the sample.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

PAN = 17
ATTENUATION = 48
ATTACK, RELEASE = 34, 38
FILTER_CUTOFF = 8
KEY_RANGE, VELOCITY_RANGE = 43, 44
INSTRUMENT, SAMPLE = 41, 53
SAMPLE_MODES = 54
ROOT_KEY = 58
VORBIS_FLAG = 0x10

_DEFAULTS = {FILTER_CUTOFF: 13500, **dict.fromkeys((21, 23, 25, 26, 27, 28, 30, 33, 34, 35, 36, 38), -12000)}
_NOT_ADDITIVE = {0, 1, 2, 3, 4, 12, 45, 46, 47, 50, SAMPLE_MODES, 57, ROOT_KEY, KEY_RANGE, VELOCITY_RANGE}
_SILENCE_AFTER_SAMPLE = 46 * 2

_TABLES = {
    b"phdr": "<20sHHHIII",
    b"pbag": "<HH",
    b"pgen": "<HH",
    b"inst": "<20sH",
    b"ibag": "<HH",
    b"igen": "<HH",
    b"shdr": "<20sIIIIIBbHH",
}


class NotASoundFont(ValueError):
    """The bytes are not a SoundFont this reader understands."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One recording. `data` is an Ogg Vorbis stream or 16-bit PCM; loop points are frames from its beginning."""

    name: str
    data: bytes
    loop: tuple[int, int]
    rate: int
    key: int
    correction: int
    vorbis: bool


@dataclass(frozen=True, slots=True)
class Zone:
    """A key and velocity range (both ends included) that plays one sample with these generator values."""

    keys: tuple[int, int]
    velocities: tuple[int, int]
    generators: Mapping[int, int]
    sample: int


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    bank: int
    program: int
    zones: tuple[Zone, ...]


@dataclass(frozen=True, slots=True)
class SoundFont:
    """Presets whose zones refer to `samples` by index; `info` holds the INFO chunk's text fields by their tag."""

    presets: tuple[Preset, ...]
    samples: tuple[Sample, ...]
    info: Mapping[str, str]


def read(data: bytes) -> SoundFont:
    """Read a SoundFont. Raises `NotASoundFont`."""
    if data[:4] != b"RIFF" or data[8:12] != b"sfbk":
        raise NotASoundFont("no RIFF sfbk header")
    chunks: dict[bytes, tuple[int, int]] = {}
    for _, start, size in _chunks(data, 12, len(data)):
        for name, begin, length in _chunks(data, start + 4, start + size):
            chunks[name] = (begin, length)
    try:
        tables = {name: list(_records(data, *chunks[name], layout)) for name, layout in _TABLES.items()}
        info = {
            tag.decode(): _text(data[chunks[tag][0] : sum(chunks[tag])])
            for tag in (b"INAM", b"IENG", b"ICOP", b"ICMT")
            if tag in chunks
        }
        samples = tuple(_sample(data, chunks[b"smpl"][0], record) for record in tables[b"shdr"][:-1])
        presets = tuple(_presets(tables))
    except (KeyError, IndexError, struct.error) as error:
        raise NotASoundFont(f"incomplete SoundFont: {error!r}") from error
    return SoundFont(presets, samples, info)


def write(font: SoundFont) -> bytes:
    """The font as a SoundFont file: version 3 if its samples are Vorbis streams, else version 2."""
    vorbis = any(sample.vorbis for sample in font.samples)
    pool = bytearray()
    headers = b""
    for sample in font.samples:
        start = len(pool)
        pool += sample.data
        if sample.vorbis:
            begin, end, loop = start, len(pool), sample.loop
            kind = 1 | VORBIS_FLAG
        else:
            begin, end = start // 2, len(pool) // 2
            loop = (begin + sample.loop[0], begin + sample.loop[1])
            kind = 1
            pool += bytes(_SILENCE_AFTER_SAMPLE)
        fields = (_name(sample.name), begin, end, *loop, sample.rate, sample.key, sample.correction, 0, kind)
        headers += struct.pack(_TABLES[b"shdr"], *fields)
    headers += struct.pack(_TABLES[b"shdr"], _name("EOS"), *([0] * 9))

    phdr, pbag, pgen, inst, ibag, igen = (bytearray() for _ in range(6))
    zones = 0
    generators = 0
    ordered = sorted(font.presets, key=lambda preset: (preset.bank, preset.program))
    for index, preset in enumerate(ordered):
        phdr += struct.pack(_TABLES[b"phdr"], _name(preset.name), preset.program, preset.bank, index, 0, 0, 0)
        pbag += struct.pack("<HH", index, 0)
        pgen += struct.pack("<HH", INSTRUMENT, index)
        inst += struct.pack("<20sH", _name(preset.name), zones)
        for zone in preset.zones:
            ibag += struct.pack("<HH", generators, 0)
            entries = [(KEY_RANGE, _range(zone.keys))]
            if zone.velocities != (0, 127):
                entries.append((VELOCITY_RANGE, _range(zone.velocities)))
            entries += [(number, value & 0xFFFF) for number, value in sorted(zone.generators.items())]
            entries.append((SAMPLE, zone.sample))
            igen += b"".join(struct.pack("<HH", *entry) for entry in entries)
            zones += 1
            generators += len(entries)
    count = len(ordered)
    phdr += struct.pack(_TABLES[b"phdr"], _name("EOP"), 0, 0, count, 0, 0, 0)
    pbag += struct.pack("<HH", count, 0)
    pgen += bytes(4)
    inst += struct.pack("<20sH", _name("EOI"), zones)
    ibag += struct.pack("<HH", generators, 0)
    igen += bytes(4)

    info = _chunk(b"ifil", struct.pack("<HH", 3 if vorbis else 2, 1)) + _chunk(b"isng", b"EMU8000\0")
    info += b"".join(_chunk(tag.encode(), text.encode("ascii", "replace") + b"\0") for tag, text in font.info.items())
    modulators = bytes(10)
    hydra = [(b"phdr", phdr), (b"pbag", pbag), (b"pmod", modulators), (b"pgen", pgen), (b"inst", inst)]
    hydra += [(b"ibag", ibag), (b"imod", modulators), (b"igen", igen), (b"shdr", headers)]
    body = _chunk(b"LIST", b"INFO" + info) + _chunk(b"LIST", b"sdta" + _chunk(b"smpl", bytes(pool)))
    body += _chunk(b"LIST", b"pdta" + b"".join(_chunk(tag, bytes(content)) for tag, content in hydra))
    return _chunk(b"RIFF", b"sfbk" + body)


def _chunks(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Chunks as (tag, first byte of content, length). Some writers leave out the pad byte of odd chunks."""
    while start + 8 <= end:
        length = int.from_bytes(data[start + 4 : start + 8], "little")
        yield data[start : start + 4], start + 8, length
        start += 8 + length
        if length % 2 and data[start : start + 1] == b"\0":
            start += 1


def _chunk(tag: bytes, content: bytes) -> bytes:
    # The pad byte is counted in the length: RIFF would not count it, but TinySoundFont does not skip an uncounted one.
    content += bytes(len(content) % 2)
    return tag + len(content).to_bytes(4, "little") + content


def _records(data: bytes, start: int, length: int, layout: str) -> Iterator[tuple[int, ...]]:
    size = struct.calcsize(layout)
    for index in range(length // size):
        yield struct.unpack_from(layout, data, start + index * size)


def _sample(data: bytes, pool: int, record: tuple[int, ...]) -> Sample:
    name, start, end, loop_start, loop_end, rate, key, correction, _, kind = record
    vorbis = bool(kind & VORBIS_FLAG)
    width = 1 if vorbis else 2
    origin = 0 if vorbis else start
    content = data[pool + start * width : pool + end * width]
    text = _text(name)  # type: ignore[arg-type]  # the first field of the record is bytes
    return Sample(text, content, (loop_start - origin, loop_end - origin), rate, key, correction, vorbis)


def _presets(tables: Mapping[bytes, list[tuple[int, ...]]]) -> Iterator[Preset]:
    headers, instruments = tables[b"phdr"], tables[b"inst"]
    for header, following in pairwise(headers):
        name, program, bank, first = header[:4]
        zones: list[Zone] = []
        for added in _bags(tables[b"pbag"], tables[b"pgen"], first, following[3], INSTRUMENT):
            index = added.pop(INSTRUMENT)
            inner = _bags(tables[b"ibag"], tables[b"igen"], instruments[index][1], instruments[index + 1][1], SAMPLE)
            zones += [zone for own in inner if (zone := _combine(added, own)) is not None]
        yield Preset(_text(name), bank, program, tuple(zones))  # type: ignore[arg-type]


def _bags(
    bags: list[tuple[int, ...]], generators: list[tuple[int, ...]], first: int, end: int, link: int
) -> Iterator[dict[int, int]]:
    """The zones from `first` to `end` with the leading global zone's values filled in."""
    shared: dict[int, int] = {}
    for number in range(first, end):
        own = {generator[0]: generator[1] for generator in generators[bags[number][0] : bags[number + 1][0]]}
        if link in own:
            yield {**shared, **own}
        elif number == first:
            shared = own


def _combine(added: Mapping[int, int], own: Mapping[int, int]) -> Zone | None:
    """One effective zone: the preset's values are added to the instrument's, its ranges cut the instrument's."""
    keys = _overlap(added.get(KEY_RANGE, 0x7F00), own.get(KEY_RANGE, 0x7F00))
    velocities = _overlap(added.get(VELOCITY_RANGE, 0x7F00), own.get(VELOCITY_RANGE, 0x7F00))
    if keys is None or velocities is None:
        return None
    values = {kind: _signed(amount) for kind, amount in own.items()}
    sample = own[SAMPLE]
    for kind, amount in added.items():
        if kind not in _NOT_ADDITIVE:
            values[kind] = values.get(kind, _DEFAULTS.get(kind, 0)) + _signed(amount)
    for kind in (KEY_RANGE, VELOCITY_RANGE, SAMPLE):
        values.pop(kind, None)
    return Zone(keys, velocities, values, sample)


def _overlap(first: int, second: int) -> tuple[int, int] | None:
    low, high = max(first & 0xFF, second & 0xFF), min(first >> 8, second >> 8)
    return (low, high) if low <= high else None


def _range(bounds: tuple[int, int]) -> int:
    return bounds[0] | bounds[1] << 8


def _signed(amount: int) -> int:
    return amount - 0x10000 if amount > 0x7FFF else amount


def _name(text: str) -> bytes:
    return text.encode("ascii", "replace")[:19]


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("latin-1")


def with_samples(font: SoundFont, samples: tuple[Sample, ...]) -> SoundFont:
    """The same presets over other sample data (same count and order)."""
    return replace(font, samples=samples)
