"""Structured logs: kinds, places and numbers; never the words of an error, for these may cite what a patient told."""

import logging
import sys
import traceback

import structlog

log = structlog.get_logger("euthymia")


def places_of(error: BaseException) -> list[str]:
    """Where it happened."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def tell_defect(error: BaseException, incident: str) -> None:
    """The kind of a defect and where it happened, under the number that whoever met it was shown."""
    log.error("defect", incident=incident, error=type(error).__name__, places=places_of(error))


def set_up_logs() -> None:
    """One JSON object a line on standard error. Warnings of libraries are told by their source alone: their words may cite anything."""
    logging.basicConfig(level=logging.WARNING, handlers=[_Quiet()])
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


class _Quiet(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        log.warning("library", logger=record.name, level_of=record.levelname, line=record.lineno)
