"""Playing: a score becomes timed events, and a synthesiser with our font makes them sound."""
