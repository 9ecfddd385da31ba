"""The product's settings, with a throw-away data directory and nothing that waits."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="reading-journey-tests-"))

from readingjourney.settings import *  # noqa: F403
from readingjourney.settings import DATA_DIR, DATABASES, REST_FRAMEWORK, STORAGES

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A real file: threads and processes meet as they would in the product, which a database in memory cannot show.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "tests.sqlite3")}

SECRET_KEY = "only for tests"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
CELERY_BROKER_URL = "memory://"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MUSIC_PROVIDERS = {
    "studio": "tests.providers.QuickStudio",
    "loopback": "tests.providers.LoopbackProvider",
    "mureka": "music.providers.mureka.MurekaProvider",
}
REST_FRAMEWORK = {**REST_FRAMEWORK, "TEST_REQUEST_DEFAULT_FORMAT": "json"}
LOG_LEVEL = "WARNING"
BOOK_SOURCES: list[str] = []  # nobody outside is asked; those who test a source put a double in its place
