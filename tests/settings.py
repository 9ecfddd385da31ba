"""The product's settings, with a throw-away data directory and nothing that waits."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="reading-journey-tests-"))

from readingjourney.settings import *  # noqa: F403
from readingjourney.settings import REST_FRAMEWORK, STORAGES

SECRET_KEY = "only for tests"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
CELERY_BROKER_URL = "memory://"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MUSIC_PROVIDERS = {"studio": "tests.providers.QuickStudio", "loopback": "tests.providers.LoopbackProvider"}
REST_FRAMEWORK = {**REST_FRAMEWORK, "TEST_REQUEST_DEFAULT_FORMAT": "json"}
LOG_LEVEL = "WARNING"
