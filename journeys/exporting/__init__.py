"""A reader's record on its way out: our own document, tables for others, and the archive with everything in it."""
