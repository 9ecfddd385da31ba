"""The app's name for staff, and its system checks."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MusicConfig(AppConfig):
    name = "music"
    verbose_name = _("Music")

    def ready(self) -> None:
        import_module("music.checks")  # they know the models, which are loaded by now and not before
