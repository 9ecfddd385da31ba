"""Imported by the workers of the `making` queue before they fork (`celery worker --include music.preload`).

The studio's libraries and its font are then loaded once and shared by all of a worker's processes: the first piece
comes as soon as the others, and a process costs less memory.
"""

import music.studio.piece  # noqa: F401  # all that making a piece needs
from music.studio.playing.synth import default_synth

default_synth().load()
