"""Structured logs on standard error: for people, or one JSON object a line."""

from __future__ import annotations

import sys
from typing import Any

import structlog


def start_logging(*, as_json: bool) -> None:
    """Set how every log line of this process looks."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if not as_json else "iso"),
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def tell(event: str, **fields: Any) -> None:
    """One line of progress."""
    structlog.get_logger().info(event, **fields)
