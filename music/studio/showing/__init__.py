"""Showing: the score as a MIDI file, in words, and as a picture. Nothing here is heard."""
