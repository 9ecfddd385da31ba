"""The project: settings, plumbing and the one-command run. `celery_app` is imported so that tasks bind to it."""

from readingjourney.celery import app as celery_app

__all__ = ["celery_app"]
