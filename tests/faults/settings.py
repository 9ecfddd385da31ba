"""The product's own settings for the workers of `tests.faults`, but for the studio, which here is quick."""

from readingjourney.settings import *  # noqa: F403
from readingjourney.settings import MUSIC_PROVIDERS

MUSIC_PROVIDERS = {**MUSIC_PROVIDERS, "studio": "tests.providers.QuickStudio", "poison": "tests.faults.poison.Poison"}
BOOK_SOURCES: list[str] = []  # nobody outside is asked
