"""The way in: delivered files → bronze as they came → silver typed, settled and without persons."""

from jobs.ingest.intake import ingest
from jobs.ingest.result import Counts, IngestResult

__all__ = ["Counts", "IngestResult", "ingest"]
