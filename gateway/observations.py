"""Facts worth noticing, in the past tense.

Core code notes a fact; logs and metrics each decide, in one exhaustive match, what it means to them. A fact carries
names from the configuration and members of enumerations, never a value that a client or a backend sent.
"""

from typing import Literal

from msgspec import Struct

from gateway.observations_followers import (
    FollowerBehind,
    FollowerCompared,
    FollowerInStep,
    FollowerSwept,
    MarkParked,
    MarkUnshared,
    PasswordMissed,
)

NOBODY = "_none"  # the name of a tenant, resource or operation that a request did not reach
Blame = Literal["client", "backend", "gateway"]
TokenFault = Literal["missing", "scheme", "malformed", "unknown", "foreign"]
TokenMethod = Literal["none", "other", "bearer"]
Rejection = Literal["body_too_large", "bad_http", "draining", "body_timeout", "auth"]
StateFault = Literal["timeout", "connection", "refused", "breaker", "garbage"]
Narrowing = Literal["dropped", "shown", "cut", "unknown"]
Direction = Literal["out", "in"]
LookUp = Literal["hit", "miss", "stale", "error"]
Resolution = Literal["adopted", "absent", "gave_up"]
RetryReason = Literal["throttled", "unavailable", "connect", "tls", "timeout", "reset", "credentials"]
StateOperation = Literal[
    "recall",
    "keep",
    "claim",
    "reseal",
    "forget",
    "spend",
    "hold",
    "held",
    "release",
    "probe",
    "mark",
    "unmark",
    "postpone",
    "take",
    "list",
    "count",
]
CallOutcome = Literal[
    "ok",
    "client_error",
    "server_error",
    "throttled",
    "denied",  # our credential was refused, or could not be had
    "late",  # the request's time was gone before the call was sent: its turn did not come
    "timeout",
    "connect",
    "tls",
    "unknown",
]


class RequestFinished(Struct, frozen=True, tag=True):
    """One request was answered. `code` is the stable problem code, empty when all went well.

    `caller` is the operator's label for the token that was used, empty when it has none or nobody was let in.
    """

    tenant: str
    resource: str
    operation: str
    status: int
    code: str = ""
    blame: Blame | None = None
    caller: str = ""


class BulkOperationFinished(Struct, frozen=True, tag=True):
    """One operation of a bulk request was carried out, or was not; `code` is empty when all went well."""

    tenant: str
    resource: str
    operation: str
    status: int
    code: str = ""
    blame: Blame | None = None


METHODS: dict[TokenFault, TokenMethod] = {
    "missing": "none",
    "scheme": "other",
    "malformed": "bearer",
    "unknown": "bearer",
    "foreign": "bearer",
}


class AuthenticationFailed(Struct, frozen=True, tag=True):
    """A request carried no token (`missing`), something else (`scheme`), what is no token (`malformed`), one nobody
    owns (`unknown`), or one of another tenant (`foreign`)."""

    reason: TokenFault

    @property
    def method(self) -> TokenMethod:
        """By what the client meant to be known."""
        return METHODS[self.reason]


class RequestRejected(Struct, frozen=True, tag=True):
    """The edge refused a request before it reached the core."""

    reason: Rejection
    status: int


class BackendCalled(Struct, frozen=True, tag=True):
    """One try of one call ended."""

    backend: str
    operation: str
    outcome: CallOutcome
    seconds: float
    status: int = 0


class CallRetried(Struct, frozen=True, tag=True):
    """A call is about to be made again."""

    backend: str
    reason: str


class AnswerLost(Struct, frozen=True, tag=True):
    """A write was sent and its outcome is unknown."""

    backend: str
    operation: str


class OutcomeResolved(Struct, frozen=True, tag=True):
    """An unknown outcome was looked up."""

    backend: str
    resolution: Resolution


class IdentityCorrelated(Struct, frozen=True, tag=True):
    """A record was found through the state store's memory of an attribute; `held`: it still is that one."""

    backend: str
    held: bool


class FilterScanned(Struct, frozen=True, tag=True):
    """A filter was answered by reading `records` records and matching here."""

    tenant: str
    resource: str
    records: int


class ValueNarrowed(Struct, frozen=True, tag=True):
    """A value the client sent is not carried as sent: the attribute is dropped, shown only, unknown, or
    a list that is cut to as many values as the backend takes."""

    tenant: str
    resource: str
    attribute: str
    how: Narrowing


class RecordRevived(Struct, frozen=True, tag=True):
    """A record that had been deleted softly was taken up again by a create of the same resource."""

    tenant: str
    resource: str


class WriteSuppressed(Struct, frozen=True, tag=True):
    """A PUT or PATCH changed nothing, so nothing was sent."""

    tenant: str
    resource: str


class TranslationFailed(Struct, frozen=True, tag=True):
    """A value could not cross the mapping."""

    tenant: str
    mapping: str
    direction: Direction


class StateFailed(Struct, frozen=True, tag=True):
    """The state store did not answer; the request went on without it."""

    operation: str
    reason: StateFault


class StateAnswered(Struct, frozen=True, tag=True):
    """The state store answered one operation."""

    operation: str
    seconds: float


class StateUsed(Struct, frozen=True, tag=True):
    """A look-up in the state store."""

    cache: str
    result: LookUp


class CreateUnprotected(Struct, frozen=True, tag=True):
    """A create, or a change of names, went on although the state store was away and the backend enforces no unique
    attribute, or another branch of the tenant might have the name too.
    """

    tenant: str
    backend: str


class ResourceAdopted(Struct, frozen=True, tag=True):
    """A create met a conflict, and the resource in its way was taken over as the tenant says."""

    tenant: str
    backend: str
    resource: str


class KeptValueLost(Struct, frozen=True, tag=True):
    """A kept attribute could not be saved or read, so the answer goes without it."""

    tenant: str
    attribute: str


class RemovalsBraked(Struct, frozen=True, tag=True):
    """A deletion, a deactivation or a removal of members was held back by the tenant's brake."""

    tenant: str
    resource: str


class SettingsLoaded(Struct, frozen=True, tag=True):
    """The configuration was read; `ok` is false when the old one goes on serving."""

    ok: bool
    digest: str
    complaints: int = 0


Observation = (
    RequestFinished
    | BulkOperationFinished
    | AuthenticationFailed
    | RequestRejected
    | BackendCalled
    | CallRetried
    | AnswerLost
    | OutcomeResolved
    | IdentityCorrelated
    | FilterScanned
    | ValueNarrowed
    | RecordRevived
    | WriteSuppressed
    | TranslationFailed
    | StateFailed
    | StateAnswered
    | StateUsed
    | CreateUnprotected
    | ResourceAdopted
    | KeptValueLost
    | RemovalsBraked
    | FollowerBehind
    | FollowerInStep
    | MarkUnshared
    | MarkParked
    | FollowerCompared
    | FollowerSwept
    | PasswordMissed
    | SettingsLoaded
)
