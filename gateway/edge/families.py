"""The families of metrics: their names, sentences, labels, and what those can say."""

from typing import get_args

from gateway.mapping.dialect import Operation
from gateway.observations import (
    CallOutcome,
    Direction,
    LookUp,
    Narrowing,
    Rejection,
    Resolution,
    RetryReason,
    StateFault,
    StateOperation,
)
from gateway.observations_followers import SweepEnd

PREFIX = "scim_gateway_"
OPERATIONS = get_args(Operation)
DISCOVERY = ("ServiceProviderConfig", "ResourceTypes", "Schemas", "Root", "Bulk")
CLASSES = ("2xx", "4xx", "5xx")
CACHES = ("correlation", "alias", "kept-index", "cursor", "create")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)
COUNTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "http_requests": ("SCIM requests answered.", ("tenant", "resource", "operation", "code_class")),
    "bulk_operations": ("Operations of bulk requests.", ("tenant", "resource", "operation", "code_class")),
    "http_requests_rejected": ("Requests refused before they reached the core.", ("reason",)),
    "auth_failures": ("Requests without a valid token.", ("method", "reason")),
    "backend_requests": ("Tries of calls to backends.", ("backend", "operation", "outcome")),
    "backend_retries": ("Calls made again.", ("backend", "reason")),
    "unknown_outcomes": ("Writes whose answer was lost.", ("backend",)),
    "unknown_outcomes_resolved": ("Lost answers that were looked up.", ("backend", "resolution")),
    "translation_errors": ("Values that could not cross a mapping.", ("tenant", "mapping", "kind")),
    "values_narrowed": ("Values not carried as sent.", ("tenant", "resource", "how")),
    "records_revived": ("Deleted records that a create took up again.", ("tenant", "resource")),
    "writes_suppressed": ("PUT and PATCH requests that changed nothing.", ("tenant", "resource")),
    "records_scanned": ("Records read to answer filters here.", ("tenant", "resource")),
    "creates_unprotected": (
        "Creates, and changes of names, without the state store where nothing else keeps a second one away: the "
        "backend enforces no uniqueness, or another branch might have the name.",
        ("tenant", "backend"),
    ),
    "resources_adopted": ("Creates that took over who was there.", ("tenant", "resource")),
    "kept_values_lost": ("Kept attributes not saved or not read.", ("tenant",)),
    "removals_braked": ("Requests that a tenant's brake on removals refused.", ("tenant",)),
    "fanout_partial": ("Changes that a follower did not have when the client was answered.", ("tenant", "backend")),
    "follower_converged": ("Resources brought in step at a follower.", ("tenant", "backend", "late")),
    "marks_unshared": ("Marks that only this process had, the state store being away.", ("tenant", "backend")),
    "marks_lost": ("Marks of followers that were lost: reconcile finds what they stood for.", ("tenant", "backend")),
    "follower_parked": ("Resources that a follower refuses for good.", ("tenant", "backend")),
    "follower_drift": ("Resources that a comparison found out of step at a follower.", ("tenant", "backend")),
    "follower_sweeps": ("Comparisons of a follower with the primary that were due.", ("tenant", "backend", "end")),
    "follower_passwords_missed": ("Passwords that did not reach a follower.", ("tenant", "backend")),
    "identities_correlated": ("Records found through the state store.", ("backend", "held")),
    "cache_requests": ("Look-ups in the state store.", ("cache", "result")),
    "redis_errors": ("Operations the state store did not answer.", ("op", "reason")),
}
# The closed lists among the labels, by family: what a family can count is known before it happens.
MEMBERS: dict[str, tuple[str, ...]] = {
    "http_requests.code_class": CLASSES,
    "bulk_operations.code_class": CLASSES,
    "http_requests_rejected.reason": get_args(Rejection),
    "backend_requests.outcome": get_args(CallOutcome),
    "backend_retries.reason": get_args(RetryReason),
    "unknown_outcomes_resolved.resolution": get_args(Resolution),
    "translation_errors.kind": get_args(Direction),
    "values_narrowed.how": get_args(Narrowing),
    "follower_converged.late": ("yes", "no"),
    "follower_sweeps.end": get_args(SweepEnd),
    "identities_correlated.held": ("yes", "no"),
    "cache_requests.cache": CACHES,
    "cache_requests.result": get_args(LookUp),
    "redis_errors.op": get_args(StateOperation),
    "redis_errors.reason": get_args(StateFault),
}
FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25)
HISTOGRAMS: dict[str, tuple[str, tuple[str, ...], tuple[float, ...]]] = {
    "http_request_duration_seconds": ("Time from head to answer.", ("resource", "operation"), BUCKETS),
    "backend_request_duration_seconds": ("Time of one try of a call.", ("backend", "operation"), BUCKETS),
    "redis_operation_duration_seconds": ("Time of one operation of the state store.", ("op",), FAST),
}
GAUGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "pending_operations": ("Resources that a follower is still to have.", ("tenant", "backend")),
    "pending_oldest_timestamp_seconds": (
        "Since when the first of them waits; 0 when none does.",
        ("tenant", "backend"),
    ),
    "dead_letter_operations": ("Resources that a follower refuses for good.", ("tenant", "backend")),
    "http_requests_in_flight": ("Requests being answered.", ("operation",)),
    "draining": ("1 while the process shuts down.", ()),
    "config_last_reload_successful": ("0 when the newest configuration was refused and the old one serves.", ()),
    "config_last_reload_success_timestamp_seconds": ("When a configuration was last taken.", ()),
    "event_loop_lag_seconds": ("By how much the event loop was last late.", ()),
    "build_info": ("What is running.", ("version", "revision", "python")),
    "config_hash_info": ("Which configuration serves: the beginning of its SHA-256.", ("hash",)),
}
OF_MARKS = ("pending_operations", "pending_oldest_timestamp_seconds", "dead_letter_operations")
