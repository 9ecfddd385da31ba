"""One heavy computation at a time, in a process whose threads mostly wait for others."""

import threading

turn = threading.Lock()
"""Held while a thread decodes, measures or paints: several at once would be no quicker on one interpreter, and every
thread that only waits for an answer would wait for theirs."""
