"""A foreign extract looked at before it is taken in: what it is, how to map it, what would fail."""
