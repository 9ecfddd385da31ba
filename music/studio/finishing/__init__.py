"""Finishing: the room around the sound, its loudness, the file, and the outline of its waveform."""
