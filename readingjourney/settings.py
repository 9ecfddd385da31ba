"""Settings: one file, works with no environment at all, and every deviation is an environment variable.

The sections follow Django's documentation. README.md has the table of variables.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

from readingjourney.datadir import broker_socket, load_or_create_secret

env = Env()

# The reader of moods computes in C with OpenMP, whose idle threads spin: on a busy machine a text then takes seconds
# instead of 50 ms. Read when that library loads, so it is set before anything can load it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR: Path = env.path("DATA_DIR", BASE_DIR / "var").resolve()

# Core
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or load_or_create_secret(DATA_DIR / "secret_key")
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", HOST])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
ROOT_URLCONF = "readingjourney.urls"
WSGI_APPLICATION = "readingjourney.wsgi.application"
ASGI_APPLICATION = "readingjourney.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "knox",  # first, so that the admin of journeys can take its tokens off the site
    "readingjourney",
    "journeys",
    "music",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "csp",
]

MIDDLEWARE = [
    "readingjourney.requestids.RequestIdMiddleware",  # first: every line of the log is to have the id
    "readingjourney.middleware.BodilessHeadMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "readingjourney.middleware.PackedPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "readingjourney.middleware.ReaderPreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "readingjourney.middleware.DeveloperPagesMiddleware",
    "readingjourney.live.addresses.LivePolicyMiddleware",
    "journeys.middleware.BodyLimitMiddleware",
    "journeys.middleware.ReaderSessionMiddleware",
    "journeys.middleware.TooManyTriesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "readingjourney.appearance.appearance",
                "music.context.music_in_progress",
                "readingjourney.live.addresses.live_address",
            ],
        },
    },
]

# Databases: SQLite in the data directory, or whatever DATABASE_URL names (PostgreSQL in production)
DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}", conn_max_age=60)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE: a writer waits its turn at BEGIN; a deferred transaction would fail with "locked" when it upgrades.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A process that is frozen in the middle of a transaction must not keep its locks for as long as it sleeps.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c idle_in_transaction_session_timeout=30s -c lock_timeout=20s"
    )

# Caches: only for what may be lost at any moment
CACHES = {
    "default": env.dj_cache_url("CACHE_URL", "locmem://reading-journey"),
    # What book sources have answered, apart from the rest: a day of searches must not push the counts of log-ins out.
    "books": {**env.dj_cache_url("CACHE_URL", "locmem://books"), "KEY_PREFIX": "books"},
    "process": {  # what a process remembers for itself, whatever has become of the others
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "process",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
if CACHES["books"]["BACKEND"].endswith("LocMemCache"):
    CACHES["books"]["OPTIONS"] = {"MAX_ENTRIES": 3000}  # some 200 searches, 25 MB at most

# Authentication
AUTH_USER_MODEL = "journeys.Reader"
AUTHENTICATION_BACKENDS = ["journeys.accounts.NameOrEmailBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
LOGIN_TRIES = env.int("LOGIN_TRIES", 10)  # for one account from one network in 15 minutes
LOGIN_TRIES_ANYWHERE = env.int("LOGIN_TRIES_ANYWHERE", 100)  # for one account in an hour, wherever they come from

# E-mail: printed on the console unless EMAIL_URL names a server
vars().update(env.dj_email_url("EMAIL_URL", "console://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Reading Journey <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
# Who is told when something needs a person: a provider's key, its credit, an outage.
ALERT_EMAILS: list[str] = env.list("ALERT_EMAILS", [])
ADMINS = [("", each) for each in ALERT_EMAILS]
EMAIL_SUBJECT_PREFIX = "[Reading Journey] "

# Globalisation: Korean first, English complete; UTC inside, the reader's zone on the page
LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
FORMAT_MODULE_PATH = "readingjourney.formats"
TIME_ZONE = "UTC"
READER_TIME_ZONE = "Asia/Seoul"
USE_TZ = True

# Static files and media
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "music.storage.AtomicFileSystemStorage"},
    "staticfiles": {"BACKEND": "readingjourney.staticfiles.HashedStaticFilesStorage"},
}
MEDIA_SOURCES: list[str] = []
if bucket := env.str("AWS_STORAGE_BUCKET_NAME", ""):
    endpoint = env.str("AWS_S3_ENDPOINT_URL", "")
    public_endpoint = env.str("AWS_S3_PUBLIC_ENDPOINT_URL", endpoint)
    STORAGES["default"] = {
        "BACKEND": "music.bucket.SignedBucketStorage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint or None,
            "public_endpoint_url": public_endpoint or None,
            "signature_version": "s3v4",
            "addressing_style": "path" if endpoint else "virtual",
            "region_name": env.str("AWS_S3_REGION_NAME", "") or None,
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": 3600,
            "file_overwrite": True,  # keys are made of the content's digest: the same key is the same bytes
        },
    }
    MEDIA_SOURCES = [public_endpoint or f"https://{bucket}.s3.amazonaws.com"]

# Security
BEHIND_HTTPS_PROXY = env.bool("BEHIND_HTTPS_PROXY", False)
# Proxies of our own that each add an address to X-Forwarded-For. The limits on logging in go by it: with too high a
# number everybody writes their own address, with too low a one all readers share the proxy's.
PROXY_COUNT = env.int("PROXY_COUNT", 1 if BEHIND_HTTPS_PROXY else 0)
if BEHIND_HTTPS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 3600)
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, *MEDIA_SOURCES],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# Celery: messages are knocks on the door; the track's row is the queue and the truth (docs/decisions/0002)
CELERY_BROKER_URL = env.str("BROKER_URL", f"redis+socket://{broker_socket(DATA_DIR)}")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "waiting"  # short work: sweeps, submissions, polls
CELERY_TASK_SOFT_TIME_LIMIT = 330
CELERY_TASK_TIME_LIMIT = 360
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 15,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
MUSIC_SWEEP_SECONDS = env.float("MUSIC_SWEEP_SECONDS", 2.0)
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-tracks": {
        "task": "music.sweep_tracks",
        "schedule": MUSIC_SWEEP_SECONDS,
        # A sweep nobody took in time is worth nothing: without this, an outage would leave a heap of them behind.
        "options": {"expires": 10.0},
    },
    # One query by an index when there is nothing to do; a book that somebody chose has its cover soon after.
    "complete-books": {"task": "journeys.complete_books", "schedule": 10.0, "options": {"expires": 10.0}},
    # One query for each when there is nothing to do.
    "sweep-transfers": {"task": "journeys.sweep_transfers", "schedule": 2.0, "options": {"expires": 10.0}},
    "tidy": {"task": "readingjourney.tidy", "schedule": timedelta(hours=1)},
    # By the clock (UTC; at night in Korea): a day counted from the start would never come round with daily deploys.
    "check-files": {"task": "readingjourney.check_files", "schedule": crontab(hour=18, minute=40)},
    "check-covers": {"task": "journeys.check_covers", "schedule": crontab(hour=18, minute=50)},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# Music
MUSIC_PROVIDERS: dict[str, str] = {
    "studio": "music.providers.studio.StudioProvider",
    "mureka": "music.providers.mureka.MurekaProvider",
    **env.dict("MUSIC_EXTRA_PROVIDERS", {}, subcast_values=str),
}
MUSIC_PROVIDER = env.str("MUSIC_PROVIDER", "studio")
MUSIC_DURATION_SECONDS = env.int("MUSIC_DURATION_SECONDS", 120)
MUSIC_LEASE_SECONDS = env.float("MUSIC_LEASE_SECONDS", 30.0)
STUDIO_CONCURRENCY = env.int("STUDIO_CONCURRENCY", min(os.cpu_count() or 1, 2))  # processes that render, on one machine
MUSIC_POLLS_PER_SECOND = env.float("MUSIC_POLLS_PER_SECOND", 300.0)  # of one sweeping process
MUSIC_MIN_FREE_MB = env.int("MUSIC_MIN_FREE_MB", 200)  # below it nothing new is begun: a result must find room
MUSIC_FALLBACK_MINUTES = env.float("MUSIC_FALLBACK_MINUTES", 0.0)  # outage after which the studio steps in; 0: never
MUSIC_READER_LIMIT = env.int("MUSIC_READER_LIMIT", 100)  # unfinished pieces before a reader may ask for extra ones
MUSIC_READER_PAID_PER_DAY = env.int("MUSIC_READER_PAID_PER_DAY", 0)  # then the studio makes the rest; 0: no limit
MUSIC_OWNER_SHARE = env.int("MUSIC_OWNER_SHARE", 0)  # of a provider's places, for one reader; 0: all but a quarter
MUSIC_DOWNLOAD_MAX_BYTES = env.int("MUSIC_DOWNLOAD_MAX_BYTES", 50_000_000)
MUSIC_DOWNLOAD_SECONDS = env.float("MUSIC_DOWNLOAD_SECONDS", 120.0)
MUSIC_MAX_SECONDS = env.int("MUSIC_MAX_SECONDS", 0)  # a longer piece from a provider is faded out there; 0: never
MUSIC_LATE_HOURS = env.float("MUSIC_LATE_HOURS", 24.0)  # how long a paid piece that missed its deadline is asked after
MUSIC_EVENTS_DAYS = env.int("MUSIC_EVENTS_DAYS", 30)
MUSIC_ATTEMPTS_DAYS = env.int("MUSIC_ATTEMPTS_DAYS", 90)
MUREKA_API_KEY = env.str("MUREKA_API_KEY", "")
MUREKA_API_BASE = env.str("MUREKA_API_BASE", "https://api.mureka.ai").rstrip("/")
MUREKA_MODEL = env.str("MUREKA_MODEL", "mureka-9")
MUREKA_AUDIO_HOSTS: list[str] = env.list("MUREKA_AUDIO_HOSTS", ["cdn.mureka.ai"])
MUREKA_CONCURRENCY = env.int("MUREKA_CONCURRENCY", 10)  # the account's own limit holds too
MUREKA_CONNECT_SECONDS = env.float("MUREKA_CONNECT_SECONDS", 5.0)
MUREKA_SUBMIT_SECONDS = env.float("MUREKA_SUBMIT_SECONDS", 60.0)
MUREKA_POLL_TIMEOUT_SECONDS = env.float("MUREKA_POLL_TIMEOUT_SECONDS", 15.0)
MUREKA_DEADLINE_SECONDS = env.int("MUREKA_DEADLINE_SECONDS", 900)
MUREKA_POLL_SECONDS = env.float("MUREKA_POLL_SECONDS", 5.0)
# A language model that may write briefs; without an address nothing leaves this machine (music/llm.py).
BRIEF_LLM_BASE_URL = env.str("BRIEF_LLM_BASE_URL", "")
BRIEF_LLM_MODEL = env.str("BRIEF_LLM_MODEL", "")
BRIEF_LLM_API_KEY = env.str("BRIEF_LLM_API_KEY", "")
BRIEF_LLM_SECONDS = env.float("BRIEF_LLM_SECONDS", 8.0)

# Books: who is asked, in this order; those without their key are not (docs/books.md)
BOOK_SOURCES: list[str] = env.list(
    "BOOK_SOURCES",
    ["kakao", "aladin", "openlibrary", "google"],
    validate=validate.ContainsOnly(["", "kakao", "aladin", "openlibrary", "google"]),
)
BOOK_SEARCH_SECONDS = env.float("BOOK_SEARCH_SECONDS", 4.0)  # the longest that a search waits for all of them together
BOOK_USER_AGENT = env.str("BOOK_USER_AGENT", "ReadingJourney (self-hosted)")  # Open Library asks for a way to reach you
KAKAO_API_KEY = env.str("KAKAO_API_KEY", "")
KAKAO_API_BASE = env.str("KAKAO_API_BASE", "https://dapi.kakao.com").rstrip("/")
ALADIN_TTB_KEY = env.str("ALADIN_TTB_KEY", "")
ALADIN_API_BASE = env.str("ALADIN_API_BASE", "https://www.aladin.co.kr").rstrip("/")
OPEN_LIBRARY_API_BASE = env.str("OPEN_LIBRARY_API_BASE", "https://openlibrary.org").rstrip("/")
OPEN_LIBRARY_COVERS_BASE = env.str("OPEN_LIBRARY_COVERS_BASE", "https://covers.openlibrary.org").rstrip("/")
GOOGLE_BOOKS_API_KEY = env.str("GOOGLE_BOOKS_API_KEY", "")
GOOGLE_BOOKS_API_BASE = env.str("GOOGLE_BOOKS_API_BASE", "https://www.googleapis.com").rstrip("/")
BOOK_COVER_HOSTS: list[str] = env.list(  # pictures come from nowhere else; empty: none are fetched
    "BOOK_COVER_HOSTS",
    [
        *("search1.kakaocdn.net", "t1.daumcdn.net", "image.aladin.co.kr", "books.google.com"),
        # Open Library keeps its pictures at the Internet Archive and sends on to whichever machine has them.
        *("covers.openlibrary.org", "archive.org", "*.us.archive.org"),
    ],
)

# Live streams: how a browser hears at once that something changed (docs/decisions/0014); without an address it polls
LIVE_STREAMS = env.bool("LIVE_STREAMS", True)  # whether `up` runs them
LIVE_PORT = env.int("LIVE_PORT", 0)  # on the host that a page came from, for http only; `up` takes a free one for 0
LIVE_URL = env.str("LIVE_URL", "")  # where a proxy serves them, as /live/stream or https://live.example.org/live/stream
LIVE_MAX_STREAMS = env.int("LIVE_MAX_STREAMS", 5000)  # of one process
LIVE_READER_STREAMS = env.int("LIVE_READER_STREAMS", 10)  # of one reader: one for each browser
LIVE_STREAM_SECONDS = env.int("LIVE_STREAM_SECONDS", 3600)  # then it ends, and its reader's session is asked for anew

# Imports and exports (docs/import-export.md)
IMPORT_MAX_MB = env.int("IMPORT_MAX_MB", 50)  # of text, packed or not
IMPORT_MAX_ARCHIVE_MB = env.int("IMPORT_MAX_ARCHIVE_MB", 1000)  # of a ZIP file: our own export has its music with it
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", 20_000)  # rows, and words of readers, in one file
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", 14)  # then an import that nobody confirmed is deleted with its file
EXPORT_KEEP_DAYS = env.int("EXPORT_KEEP_DAYS", 7)

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "readingjourney.parsers.ShallowJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "NUM_PROXIES": PROXY_COUNT,
    "DEFAULT_THROTTLE_RATES": {"login": "20/min"},
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "readingjourney.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "readingjourney.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_FORMATTER_CLASS": "readingjourney.problems.ProblemFormatter"}
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "Reading Journey API",
    "DESCRIPTION": "Journeys, reading logs and the music made of them. Errors are problem+json (RFC 9457).",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TrackStatusEnum": "music.models.TrackStatus",
        "JourneyStatusEnum": "journeys.models.JourneyStatus",
        "StateEnum": ["pending", "processing", "done", "error"],  # of a job (requirement A2); named before the others
        "BookSourceStateEnum": "journeys.catalogue.remote.SOURCE_STATES",
        "ImportStateEnum": "journeys.models.ImportState",
        "ExportStateEnum": "journeys.models.ExportState",
    },
}

# Logging
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOG_FORMAT = env.str("LOG_FORMAT", "line", validate=validate.OneOf(["line", "json"]))
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
SECRETS = [
    SECRET_KEY,
    MUREKA_API_KEY,
    BRIEF_LLM_API_KEY,
    KAKAO_API_KEY,
    ALADIN_TTB_KEY,
    GOOGLE_BOOKS_API_KEY,
    METRICS_TOKEN,
    os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
    DATABASES["default"].get("PASSWORD", ""),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "readingjourney.logs.LineFormatter", "secrets": SECRETS},
        "json": {"()": "readingjourney.logs.JsonFormatter", "secrets": SECRETS},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # A line for every request is for machines that count them; the log of a single machine stays short.
        "readingjourney.access": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        # Three lines for every sweep, which comes every two seconds.
        **{
            name: {"level": "DEBUG" if LOG_LEVEL == "DEBUG" else "WARNING"}
            for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace")
        },
    },
}
