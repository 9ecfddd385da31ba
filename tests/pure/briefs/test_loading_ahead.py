"""The web process loads what reads moods beside its first requests; nothing else does before a mood is read."""

import os
import subprocess
import sys

WAITED = """
import threading
from readingjourney.wsgi import application
for thread in threading.enumerate():
    if thread.name == "load-reader-of-moods":
        thread.join()
"""


def run(code):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=120
    )


def test_it_is_loaded_by_the_web_process():
    loaded = "from music.briefs import encoder, head\nprint(len(encoder._loaded), head.head.cache_info().currsize)"
    done = run(WAITED + loaded)
    assert done.stdout.split() == ["1", "1"]


def test_a_reader_that_cannot_be_loaded_does_no_harm():
    failing = "import music.briefs\ndef load():\n    raise OSError('no such model')\nmusic.briefs.load = load\n"
    done = run(failing + WAITED + "print(callable(application))")
    assert done.stdout.strip() == "True"
    assert "no such model" in done.stderr


def test_it_is_not_loaded_without_need():
    code = "import django\ndjango.setup()\nimport journeys.services, music.briefs.encoder as e\nprint(len(e._loaded))"
    done = run(code)
    assert done.stdout.strip() == "0"
