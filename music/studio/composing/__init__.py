"""Composing: the form, the theme and its variations, harmony, and the melody over it. Knows no instruments."""
