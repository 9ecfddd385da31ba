#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.management import execute_from_command_line

from readingjourney import preflight

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readingjourney.settings")
    # Settings write a secret into the data directory on import: where that cannot work, one sentence beats a traceback.
    if sys.argv[1:2] == ["up"] and (problem := preflight.environment_problem()):
        sys.exit(problem)
    execute_from_command_line(sys.argv)
