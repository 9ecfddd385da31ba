"""Words to briefs: reads the mood of a reader's words and says what music to make of it.

Pure Python: no Django, no database, no network. The reader's words go in; of them only the reasons (`MusicBrief.why`,
for the owner's eyes) come out. The prompt is written from closed vocabularies alone.
"""

from music.briefs.compose import brief_for_log, brief_for_prompt
from music.briefs.mood import Likeliest, MoodReading, likeliest_mood, load, read_ahead, read_mood
from music.briefs.seeds import seed_from
from music.briefs.words import Words

__all__ = [
    "Likeliest",
    "MoodReading",
    "Words",
    "brief_for_log",
    "brief_for_prompt",
    "likeliest_mood",
    "load",
    "read_ahead",
    "read_mood",
    "seed_from",
]
