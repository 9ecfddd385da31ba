"""The whole as an app of Django's: its system checks."""

from django.apps import AppConfig

from readingjourney import checks  # noqa: F401  # registers itself


class ReadingJourneyConfig(AppConfig):
    name = "readingjourney"
