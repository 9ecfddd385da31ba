"""Arranging: who plays, and what each part does with the melody and its chords."""
