"""What a developer runs: set-up, lock, and the archives that leave the house."""
