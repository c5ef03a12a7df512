"""How good delivered data are: by source and month, and what they cannot be asked."""

from jobs.quality.report import Report, report

__all__ = ["Report", "report"]
