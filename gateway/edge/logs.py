"""Logs: one JSON object a line on standard output, one event type for each kind of thing that happened.

A line carries names from the configuration, enumerations, numbers and the request's id; never a query string, a body,
a header, an id or a token.
"""

import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

import msgspec

from gateway.edge.ports import Moment
from gateway.observations import (
    AnswerLost,
    AuthenticationFailed,
    BackendCalled,
    BulkOperationFinished,
    CallRetried,
    CreateUnprotected,
    FilterScanned,
    IdentityCorrelated,
    KeptValueLost,
    Observation,
    OutcomeResolved,
    RecordRevived,
    RemovalsBraked,
    RequestFinished,
    RequestRejected,
    ResourceAdopted,
    SettingsLoaded,
    StateAnswered,
    StateFailed,
    StateUsed,
    TranslationFailed,
    ValueNarrowed,
    WriteSuppressed,
)
from gateway.observations_followers import (
    FollowerBehind,
    FollowerCompared,
    FollowerInStep,
    FollowerSwept,
    MarkParked,
    MarkUnshared,
    PasswordMissed,
)

LOGGER = logging.getLogger("scim_gateway")
SLOW_SECONDS = 2.0
BLAME_LEVEL = {"client": logging.INFO, "backend": logging.WARNING, "gateway": logging.ERROR, None: logging.INFO}
_encode = msgspec.json.Encoder().encode
Fields = dict[str, Any]


class JsonLine(logging.Formatter):
    """A record as one JSON object; `extra={"fields": ...}` becomes its members."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields: Fields = getattr(record, "fields", {})
        line = {"ts": stamp, "level": record.levelname.lower(), "event": record.getMessage(), **fields}
        return _encode(line).decode()


def open_logs(level: int = logging.INFO, stream: Any = None) -> None:
    """Send the gateway's events to the stream (standard output). Other loggers are heard from warning on."""
    out = logging.StreamHandler(stream or sys.stdout)
    out.setFormatter(JsonLine())
    LOGGER.handlers[:] = [out]
    LOGGER.setLevel(level)
    LOGGER.propagate = False
    leave_out_unused_fields()


def leave_out_unused_fields() -> None:
    """Nothing here reads who called a logger, so nothing looks it up (Python's logging HOWTO, "Optimization")."""
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def say(event: str, level: int = logging.INFO, **fields: Any) -> None:
    """Log one event that is no observation: startup, shutdown, faults."""
    LOGGER.log(level, event, extra={"fields": fields})


def say_fault(error: BaseException | None, request_id: str) -> None:
    """Log what broke and should not have."""
    say("fault", logging.ERROR, request_id=request_id, error=type(error).__name__, where=place_of(error))


def place_of(error: BaseException | None) -> str:
    """File and line where it happened: enough to find it, without a value a client sent."""
    trace = error.__traceback__ if error is not None else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace is not None else ""


class Journal:
    """Writes observations to the log."""

    def observe(self, fact: Observation, moment: Moment) -> None:
        usual = isinstance(fact, StateAnswered) or (isinstance(fact, BackendCalled) and is_usual(fact))
        if usual and not LOGGER.isEnabledFor(logging.DEBUG):
            return
        event, level, fields = describe_fact(fact, moment)
        if LOGGER.isEnabledFor(level):
            identity = {"request_id": moment.request_id} if moment.request_id else {}
            LOGGER.log(level, event, extra={"fields": {**identity, **fields}})


def describe_fact(fact: Observation, moment: Moment) -> tuple[str, int, Fields]:
    """Event name, level and members of a fact."""
    fields = {name: value for name, value in msgspec.structs.asdict(fact).items() if value not in ("", None, ())}
    match fact:
        case RequestFinished(blame=blame):
            return "request", BLAME_LEVEL[blame], {**fields, "duration_ms": round(moment.seconds * 1000, 1)}
        case BulkOperationFinished(blame=blame):
            return "bulk_operation", BLAME_LEVEL[blame], fields
        case BackendCalled(seconds=seconds):
            del fields["seconds"]
            timed = {**fields, "duration_ms": round(seconds * 1000, 1)}
            return "backend_call", logging.DEBUG if is_usual(fact) else logging.WARNING, timed
        case AuthenticationFailed():
            return "security", logging.WARNING, {"what": "authentication_failed", **fields}
        case RequestRejected():
            return "rejected", logging.INFO, fields
        case SettingsLoaded(ok=ok):
            return "config_reload", logging.INFO if ok else logging.ERROR, fields
        case AnswerLost():
            return "answer_lost", logging.WARNING, fields
        case OutcomeResolved():
            return "outcome_resolved", logging.WARNING, fields
        case TranslationFailed():
            return "translation_failed", logging.WARNING, fields
        case StateFailed():
            return "state_failed", logging.WARNING, fields
        case CreateUnprotected():
            return "create_unprotected", logging.WARNING, fields
        case ResourceAdopted():
            return "resource_adopted", logging.INFO, fields
        case RecordRevived():
            return "record_revived", logging.INFO, fields
        case KeptValueLost():
            return "kept_value_lost", logging.WARNING, fields
        case RemovalsBraked():
            return "removals_braked", logging.WARNING, fields
        case FollowerBehind():
            return "follower_behind", logging.WARNING, fields
        case FollowerInStep(late=late):
            return "follower_in_step", logging.INFO if late else logging.DEBUG, fields
        case MarkUnshared(lost=lost):
            return "mark_unshared", logging.ERROR if lost else logging.WARNING, fields
        case MarkParked():
            return "mark_parked", logging.ERROR, fields
        case FollowerCompared(left=left):
            return "follower_compared", logging.WARNING if left else logging.INFO, fields
        case FollowerSwept(end=end):
            return "follower_swept", logging.INFO if end == "in_step" else logging.WARNING, fields
        case PasswordMissed():
            return "password_missed", logging.WARNING, fields
        case CallRetried():
            return "call_retried", logging.INFO, fields
        case FilterScanned():
            return "filter_scanned", logging.INFO, fields
        case ValueNarrowed():
            return "value_narrowed", logging.DEBUG, fields
        case WriteSuppressed():
            return "write_suppressed", logging.DEBUG, fields
        case IdentityCorrelated():
            return "identity_correlated", logging.DEBUG, fields
        case StateAnswered(seconds=seconds):
            del fields["seconds"]
            return "state_answered", logging.DEBUG, {**fields, "duration_ms": round(seconds * 1000, 1)}
        case StateUsed():
            return "state_used", logging.DEBUG, fields


def is_usual(fact: BackendCalled) -> bool:
    """Did a call end as most do?"""
    return fact.outcome in ("ok", "client_error") and fact.seconds < SLOW_SECONDS


class Seldom:
    """Lets the same event through at most once in `pause` seconds, so that a dead store cannot flood the log."""

    def __init__(self, inner: Journal, pause: float = 5.0) -> None:
        self.inner = inner
        self.pause = pause
        self.last: dict[str, float] = {}

    def observe(self, fact: Observation, moment: Moment) -> None:
        match fact:
            case StateFailed():
                self.pass_seldom("state_failed", fact, moment)
            case MarkUnshared(lost=lost):
                self.pass_seldom(f"mark_unshared {lost}", fact, moment)
            case _:
                self.inner.observe(fact, moment)

    def pass_seldom(self, kind: str, fact: Observation, moment: Moment) -> None:
        now = time.monotonic()
        if now - self.last.get(kind, -self.pause) >= self.pause:
            self.last[kind] = now
            self.inner.observe(fact, moment)
