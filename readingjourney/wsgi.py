"""The WSGI entry point of the web process."""

import logging
import os
import threading

from django.core.wsgi import get_wsgi_application

from music import briefs

logger = logging.getLogger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readingjourney.settings")

application = get_wsgi_application()


def _load_reader_of_moods() -> None:
    try:
        briefs.load()
    except Exception:
        logger.exception("the reader of moods could not be loaded ahead")


# Beside the first requests and not before them. Whoever reads a mood meanwhile waits for the rest of it.
threading.Thread(target=_load_reader_of_moods, name="load-reader-of-moods", daemon=True).start()
