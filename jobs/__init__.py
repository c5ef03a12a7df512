"""Spark: pure functions from frames to frames, in the order that fundwatch.flow tells."""
