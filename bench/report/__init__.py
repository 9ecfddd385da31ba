"""The parts of `bench.music_report`: a grid of pieces, what is measured of each, and how the figures are shown."""
