"""How long a reader waits for the first music: "start" → v0 can be played, beside the studio alone.

    python -m bench.start [--journeys 5]

From the request that starts the journey to the first 206 of the audio's address, asked for every 20 ms, over HTTP and
with the real studio at the product's own duration. An open page hears of it with its next poll, up to 2 s later.

The yardstick is `make_piece` in this process for the very brief that the product's track carries, right afterwards,
with the studio's libraries and its font loaded beforehand as the workers do.
"""

from __future__ import annotations

import argparse
import json
import time

from bench import measure
from music.brief import MusicBrief
from music.studio.piece import make_piece
from music.studio.playing.synth import default_synth
from tests.process.product import Product, wait_until
from tests.process.reader import HttpReader, rows

TITLES = ("데미안", "어린 왕자", "소나기", "Pride and Prejudice", "Moby-Dick")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journeys", type=int, default=5)
    count = parser.parse_args().journeys
    default_synth().load()
    waits, alone, lines = [], [], []
    title = f"start → v0 playable, beside the studio alone ({default_synth().name})"
    with measure.report(title), measure.product() as running:
        reader = HttpReader(running.url)
        for number in range(count):
            title = TITLES[number % len(TITLES)]
            track_id, wait = seconds_to_play(reader, title)
            audio_seconds, spent = seconds_alone(running, track_id)
            waits.append(wait)
            alone.append(spent)
            lines.append((title, f"{audio_seconds:.0f}", f"{wait:.2f}", f"{spent:.2f}", measure.times(wait, spent)))
        middle = measure.median(waits), measure.median(alone)
        measure.table(
            ("s", "music", "start → playable", "make_piece alone", "ratio"),
            *lines,
            (f"median of {count}", "", f"{middle[0]:.2f}", f"{middle[1]:.2f}", measure.times(*middle)),
        )


def seconds_to_play(reader: HttpReader, title: str) -> tuple[str, float]:
    """Start a journey; return its v0 track's id and the seconds until the audio's first byte could be had."""
    clicked = time.monotonic()
    _journey, track_id = reader.start_journey(title)
    address = f"{reader.url}/api/music/{track_id}/audio"

    def playable() -> bool:
        return reader.api.get(address, headers={"Range": "bytes=0-0"}, timeout=10).status_code == 206

    wait_until(playable, seconds=120, what=f"the music of {title}", every=0.02)
    return track_id, time.monotonic() - clicked


def seconds_alone(running: Product, track_id: str) -> tuple[float, float]:
    """Make the track's brief once more without the product: seconds of music, and seconds spent on it."""
    sql = "SELECT brief FROM music_musictrack WHERE id = ?"
    ((brief,),) = rows(running.data_dir, sql, track_id.replace("-", ""))
    started = time.monotonic()
    piece = make_piece(MusicBrief.from_json({**json.loads(brief), "why": ()}))
    return piece.seconds, time.monotonic() - started


if __name__ == "__main__":
    main()
