"""From findings to clues: fused into cases, priced, proved, ranked and verified."""
