"""What a reader's record amounts to: how far, what is where, how it went. It reads and never writes."""
