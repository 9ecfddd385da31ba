"""The fake vendor keeps to the documented protocol, tells the truth about money, and fails as it was told to."""
