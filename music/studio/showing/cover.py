"""The cover: a quiet landscape under a sky in which the journey's theme stands as a constellation.

The theme gives the constellation, the hills' outline and the place of the sun or moon, so the covers of one journey
are kin. The mood gives the colours and how high and how sharp the hills are; the genre, what is drawn over it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from music.brief import Genre, Mood, MusicBrief
from music.studio.chance import stream
from music.studio.composing.theme import make_motif
from music.studio.showing.png import to_png

Grid = NDArray[np.float32]

SIZE = 600
HILLS = 4


@dataclass(frozen=True, slots=True)
class Weather:
    """How a mood looks: colours as RGB in hexadecimal, measures as shares of the picture."""

    sky: tuple[str, str]
    """At the top and at the horizon."""
    light: str
    """The sun or moon."""
    hills: tuple[str, str]
    """The farthest and the nearest; the others lie between."""
    ink: str
    """Lines on the hills."""
    stars: str
    """The constellation and the lines in the sky."""
    height: float
    """Of the light above the lower edge."""
    radius: float
    swing: float
    """From a hill's foot to its top."""
    edge: float
    """0 round … 1 jagged."""
    fall: float = 0.0
    """How much lower the hills are on the right."""


WEATHER: dict[Mood, Weather] = {
    Mood.JOY: Weather(
        ("fdf1d6", "f8c98c"), "f4754f", ("f0ac66", "6f3a46"), "fff9ec", "9c4a3c", 0.64, 0.125, 0.17, 0.0, -0.05
    ),
    Mood.LOVE: Weather(
        ("fbeae4", "f0b6b1"), "fff6ea", ("df959b", "55304f"), "fff6ee", "94465f", 0.60, 0.145, 0.12, 0.0
    ),
    Mood.WONDER: Weather(
        ("0f1740", "5b64b4"), "f6e8b4", ("5560ae", "11163c"), "fbf4d8", "fbf4d8", 0.70, 0.10, 0.19, 0.25
    ),
    Mood.CALM: Weather(("eaf2ec", "bfdcd4"), "fbf6e3", ("9fc8bf", "285a5f"), "fbfdf8", "3b7377", 0.57, 0.13, 0.05, 0.0),
    Mood.MELANCHOLY: Weather(
        ("e2dbe2", "b3a9c3"), "f3e6d0", ("988fb0", "322c4b"), "f8f3ef", "4b4465", 0.53, 0.11, 0.10, 0.0, 0.07
    ),
    Mood.SADNESS: Weather(
        ("c3ccd5", "8598ab"), "dce4e8", ("6f859b", "1f3144"), "eef3f5", "f4f7f8", 0.50, 0.085, 0.08, 0.0, 0.13
    ),
    Mood.TENSION: Weather(
        ("1d1724", "6f3a44"), "dca64a", ("693540", "150d18"), "efd9b4", "efd9b4", 0.56, 0.075, 0.16, 0.8
    ),
    Mood.ANGER: Weather(
        ("220c10", "a8322a"), "f2b487", ("8a2722", "16060a"), "ffdcb8", "ffdcb8", 0.58, 0.17, 0.25, 1.0
    ),
}


def cover_png(brief: MusicBrief) -> bytes:
    """The cover of this brief's piece: a PNG of 600 × 600, at most 60 kB; the same brief gives the same bytes."""
    return to_png(paint(brief))


def paint(brief: MusicBrief) -> NDArray[np.uint8]:
    """The picture itself, shape (600, 600, 3)."""
    easel = Easel(brief)
    easel.sky()
    _BEHIND.get(brief.genre, _nothing)(easel)
    easel.light()
    _ACROSS.get(brief.genre, _nothing)(easel)
    easel.constellation()
    for number in range(HILLS):
        easel.hill(number)
    return easel.picture()


class Easel:
    """One picture in the making. Coordinates: x to the right and y downwards, 0 … 1; strength 0 … 1."""

    def __init__(self, brief: MusicBrief) -> None:
        self.brief = brief
        self.weather = WEATHER[brief.mood]
        self.ink, self.stars = _colour(self.weather.ink), _colour(self.weather.stars)
        # Of the theme alone: what the covers of a journey share.
        theme = stream(brief.theme_seed, "cover")
        self.centre = theme.choice((0.3, 0.36, 0.64, 0.7)), 1 - self.weather.height
        self.phases = [theme.random() for _ in range(HILLS)]
        self.own = stream(brief.seed, "cover")
        steps = make_motif(brief.theme_seed).steps
        low, high = min(steps), max(steps)
        self.contour = [(step - low) / max(high - low, 1) for step in steps]
        self.x = ((np.arange(SIZE, dtype=np.float32) + 0.5) / SIZE)[None, :]
        self.y = ((np.arange(SIZE, dtype=np.float32) + 0.5) / SIZE)[:, None]
        self._canvas = np.zeros((3, SIZE, SIZE), np.float32)

    def picture(self) -> NDArray[np.uint8]:
        return np.ascontiguousarray(np.rint(np.clip(self._canvas, 0, 255)).astype(np.uint8).transpose(1, 2, 0))

    def lay(self, cover: Grid, colour: Grid) -> None:
        """Put a colour, or one colour a row, where `cover` (0 … 1) says."""
        for channel in range(3):
            layer = self._canvas[channel]
            layer += cover * (colour[channel] - layer)

    def sky(self) -> None:
        top, horizon = (_colour(name) for name in self.weather.sky)
        share = np.clip(self.y / 0.75, 0, 1)
        for channel in range(3):
            self._canvas[channel] = top[channel] + (horizon[channel] - top[channel]) * share

    def distance(self, centre: tuple[float, float]) -> Grid:
        return np.asarray(np.hypot(self.x - centre[0], self.y - centre[1]), dtype=np.float32)

    def light(self) -> None:
        colour = _colour(self.weather.light)
        away = self.distance(self.centre)
        for reach, strength in ((2.1, 0.10), (1.5, 0.16), (1.0, 1.0)):
            self.lay(_inside(self.weather.radius * reach - away) * np.float32(strength), colour)

    def ring(self, centre: tuple[float, float], radius: float, width: float, strength: float) -> None:
        self.lay(_inside(width / 2 - np.abs(self.distance(centre) - radius)) * np.float32(strength), self.stars)

    def curve(self, heights: Grid, width: float, strength: float) -> None:
        """A line across the sky; `heights`: y for every x."""
        slope = np.gradient(heights[0], 1 / SIZE)
        away = np.abs(self.y - heights) / np.sqrt(1 + slope * slope).astype(np.float32)
        self.lay(_inside(width / 2 - away) * np.float32(strength), self.stars)

    def stroke(
        self, start: tuple[float, float], end: tuple[float, float], width: float, strength: float, colour: Grid
    ) -> None:
        """A straight line with round ends."""
        left, right = sorted((start[0], end[0]))
        above, below = sorted((start[1], end[1]))
        columns = slice(*(min(SIZE, max(0, round((v + s) * SIZE))) for v, s in ((left, -0.01), (right, 0.01))))
        rows = slice(*(min(SIZE, max(0, round((v + s) * SIZE))) for v, s in ((above, -0.01), (below, 0.01))))
        x, y = self.x[:, columns], self.y[rows]
        across, down = end[0] - start[0], end[1] - start[1]
        along = np.clip(((x - start[0]) * across + (y - start[1]) * down) / max(across**2 + down**2, 1e-9), 0, 1)
        away = np.hypot(x - start[0] - along * across, y - start[1] - along * down)
        cover = _inside(width / 2 - away) * np.float32(strength)
        for channel in range(3):
            patch = self._canvas[channel, rows, columns]
            patch += cover * (colour[channel] - patch)

    def constellation(self) -> None:
        """The theme: a star for every note, from left to right, as high as it sounds."""
        count = len(self.contour)
        points = [(0.17 + 0.66 * n / (count - 1), 0.36 - 0.22 * height) for n, height in enumerate(self.contour)]
        for start, end in pairwise(points):
            self.stroke(start, end, 0.0028, 0.6, self.stars)
        for number, point in enumerate(points):
            self.stroke(point, point, 0.019 if number == 0 else 0.0125, 0.95, self.stars)

    def ridge(self, number: int) -> Grid:
        """Outline of a hill, y for every x: the theme's contour, stretched and begun elsewhere for every hill."""
        weather = self.weather
        stretch = 0.8 + 0.28 * number
        along = self.x[0] * stretch * len(self.contour) / 1.6 + self.phases[number] * len(self.contour)
        before = np.floor(along).astype(int)
        share = along - before
        round_share = 0.5 - 0.5 * np.cos(np.pi * share)
        share = weather.edge * share + (1 - weather.edge) * round_share
        contour = np.array(self.contour, np.float32)
        height = contour[before % len(contour)] * (1 - share) + contour[(before + 1) % len(contour)] * share
        foot = 0.66 + 0.085 * number
        fall = weather.fall * (self.x[0] - 0.5) * (1 - 0.4 * number / HILLS)
        return np.asarray(foot + fall - weather.swing * (height - 0.35) * (1 - 0.13 * number), np.float32)[None, :]

    def hill(self, number: int) -> None:
        far, near = (_colour(name) for name in self.weather.hills)
        share = number / (HILLS - 1)
        colour = far + (near - far) * np.float32(share)
        ridge = self.ridge(number)
        cover = _inside(self.y - ridge)
        # A little of the horizon's colour gathers at the foot of each hill, as mist does.
        mist = _colour(self.weather.sky[1])
        depth = np.clip((self.y - (0.60 + 0.085 * number)) / 0.22, 0, 1) * np.float32(0.34 * (1 - share))
        self.lay(
            cover,
            np.stack([np.broadcast_to(c + (m - c) * depth, (SIZE, 1)) for c, m in zip(colour, mist, strict=True)]),
        )
        _ON_HILLS.get(self.brief.genre, _no_hill)(self, number, ridge)


def _nothing(_: Easel) -> None: ...


def _no_hill(_: Easel, __: int, ___: Grid) -> None: ...


def _strings(easel: Easel) -> None:
    """Chamber: four strings that sway once across the sky."""
    for line in range(4):
        bend = 0.035 * np.sin(np.pi * (easel.x * 1.6 + 0.3 + 0.12 * line))
        easel.curve(np.asarray(0.47 + 0.022 * line + bend, np.float32), 0.0026, 0.55)


def _beams(easel: Easel) -> None:
    """Cinematic: light spreading from its source."""
    x, y = easel.x - easel.centre[0], easel.y - easel.centre[1]
    turn = np.float32(easel.own.random() * math.tau)
    # The angle's distance from a beam's edge, as a length, for edges that are equally sharp everywhere.
    edge = (np.cos(np.arctan2(y, x) * 7 + turn) - 0.55) / 5.8 * np.hypot(x, y)
    easel.lay(_inside(edge) * np.float32(0.13), _colour(easel.weather.light))


def _ripples(easel: Easel) -> None:
    """Ambient: rings that widen and fade."""
    for ring in range(5):
        easel.ring(easel.centre, easel.weather.radius * (1.8 + 0.8 * ring), 0.0035, 0.42 * 0.75**ring)


def _blinds(easel: Easel) -> None:
    """Lo-fi: the light seen through a blind."""
    sky = _colour(easel.weather.sky[1])
    away = easel.distance(easel.centre)
    disc = _inside(easel.weather.radius - away)
    for slat in range(5):
        y = easel.centre[1] + easel.weather.radius * (0.1 + 0.19 * slat)
        easel.lay(disc * _inside((0.004 + 0.0022 * slat) - np.abs(easel.y - y)), sky)


def _rain(easel: Easel) -> None:
    """Lo-fi: a little rain behind everything."""
    for _ in range(46):
        x, y = easel.own.random(), easel.own.random() * 0.62
        easel.stroke((x, y), (x - 0.008, y + 0.034), 0.0024, 0.4, easel.stars)


def _stitches(easel: Easel, number: int, ridge: Grid) -> None:
    """Folk: a hem sewn along every hill."""
    if number == 0:
        return
    dashes = np.clip(3.5 * np.cos(easel.x * math.tau * 30 + number) + 0.6, 0, 1)
    for row in range(2):
        away = np.abs(easel.y - ridge - 0.022 - 0.02 * row)
        easel.lay(np.asarray(_inside(0.0019 - away) * dashes * 0.5, np.float32), easel.ink)


def _moons(easel: Easel) -> None:
    """Jazz ballad: circles that overlap, as smoke and records do."""
    light = _colour(easel.weather.light)
    x, y = easel.centre
    side = 1 if x < 0.5 else -1
    for shift, reach, strength in ((0.17, 1.35, 0.20), (0.36, 0.95, 0.24), (0.52, 0.6, 0.28)):
        away = easel.distance((x + side * shift, y + 0.05 * math.sin(9 * shift)))
        easel.lay(_inside(easel.weather.radius * reach - away) * np.float32(strength), light)
    for groove in range(4):
        easel.ring((x, y), easel.weather.radius * (1.16 + 0.09 * groove), 0.002, 0.3)


def _clouds(easel: Easel) -> None:
    """Korean: bands of cloud across the sun, as on a folding screen of the sun, the moon and the peaks."""
    sky = _colour(easel.weather.sky[1])
    for band in range(3):
        y = easel.centre[1] + easel.weather.radius * (-0.35 + 0.62 * band)
        centre = easel.centre[0] + 0.2 * (easel.own.random() - 0.5) + 0.07 * (band - 1)
        half, thick = 0.13 + 0.05 * easel.own.random(), 0.0105
        along = np.clip(easel.x, centre - half, centre + half)
        cloud = _inside(thick - np.hypot(easel.x - along, easel.y - y))
        easel.lay(cloud * np.float32(0.92), sky + (easel.ink - sky) * np.float32(0.35))


def _waves(easel: Easel, number: int, ridge: Grid) -> None:
    """Korean: the peaks' outlines are drawn again within, as in old maps and screens."""
    for line in range(1, 3):
        away = np.abs(easel.y - ridge - 0.019 * line)
        easel.lay(np.asarray(_inside(0.0016 - away) * (0.42 - 0.1 * line), np.float32), easel.ink)


def _bows(easel: Easel, number: int, ridge: Grid) -> None:
    """Chamber: one fine line follows each hill."""
    easel.lay(np.asarray(_inside(0.0013 - np.abs(easel.y - ridge - 0.016)) * 0.4, np.float32), easel.ink)


def _keys(easel: Easel, number: int, ridge: Grid) -> None:
    """Solo piano: a keyboard lies at the foot of the nearest hill."""
    if number < HILLS - 1:
        return
    top, keys = 0.925, 21
    for key in range(1, keys):
        easel.stroke((key / keys, top), (key / keys, 1.03), 0.0024, 0.35, easel.ink)
        if key % 7 not in (3, 0):
            easel.stroke((key / keys, top + 0.008), (key / keys, top + 0.036), 0.019, 0.5, easel.ink)
    easel.stroke((-0.03, top), (1.03, top), 0.0024, 0.35, easel.ink)


_BEHIND = {
    Genre.CHAMBER: _strings,
    Genre.CINEMATIC: _beams,
    Genre.AMBIENT: _ripples,
    Genre.LOFI: _rain,
    Genre.JAZZ_BALLAD: _moons,
}
_ACROSS = {Genre.LOFI: _blinds, Genre.KOREAN: _clouds}
_ON_HILLS = {Genre.SOLO_PIANO: _keys, Genre.CHAMBER: _bows, Genre.FOLK: _stitches, Genre.KOREAN: _waves}


def _inside(distance: NDArray[np.floating]) -> Grid:
    """How much of a pixel lies inside an edge this far away, in shares of the picture."""
    return np.asarray(np.clip(distance * SIZE + 0.5, 0, 1), dtype=np.float32)


def _colour(name: str) -> Grid:
    return np.array([int(name[start : start + 2], 16) for start in (0, 2, 4)], np.float32)
