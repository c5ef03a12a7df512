"""The way in: delivered files → bronze as they came → silver typed, settled and without persons."""

from jobs.ingest.intake import Counts, IngestResult, ingest

__all__ = ["Counts", "IngestResult", "ingest"]
