"""Logging: static text with marked fields, to standard error, off the event loop's way.

What a caller said never stands in a log: it belongs to the journal, which is kept as recordings are kept.
"""

from __future__ import annotations

import logging
import logging.handlers
import queue
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import structlog


class _Handler(logging.handlers.QueueHandler):
    """Hands records to another thread, so that a blocked terminal never blocks a call."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record


def set_up(level: str = "WARNING", stream: TextIO | None = None) -> logging.handlers.QueueListener:
    """Send this process's logs to `stream` (standard error) from `level` on; stop the listener at the end."""
    out = stream or sys.stderr
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if out.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            renderer,
        ],
    )
    writer = logging.StreamHandler(out)
    writer.setFormatter(formatter)
    listener = logging.handlers.QueueListener(records, writer)
    root = logging.getLogger()
    root.handlers = [_Handler(records)]
    root.setLevel(level)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # a logger that is kept would not see a later configuration
    )
    listener.start()
    return listener


@contextmanager
def errors_alone() -> Iterator[None]:
    """Inside, log nothing below an error: where services are mocked, a service that fails is what was asked for."""
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)
