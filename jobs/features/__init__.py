"""What detectors look at: facts narrowed to the few rows that a model can hold."""
