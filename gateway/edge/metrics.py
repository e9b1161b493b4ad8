"""Metrics: observations counted for Prometheus, in a registry of our own.

Every label value is a name from the configuration or a member of an enumeration; anything else is `_other`. Families of
configured tenants and backends start at 0, so that `rate()` sees the first failure.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from platform import python_version
from typing import Any, TypeVar, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from gateway.edge.ports import Moment
from gateway.mapping.dialect import Operation
from gateway.observations import (
    METHODS,
    NOBODY,
    AnswerLost,
    AuthenticationFailed,
    BackendCalled,
    BulkOperationFinished,
    CallOutcome,
    CallRetried,
    CreateUnprotected,
    Direction,
    FilterScanned,
    FollowerBehind,
    FollowerInStep,
    IdentityCorrelated,
    KeptValueLost,
    LookUp,
    MarkParked,
    MarkUnshared,
    Narrowing,
    Observation,
    OutcomeResolved,
    PasswordMissed,
    RecordRevived,
    Rejection,
    RemovalsBraked,
    RequestFinished,
    RequestRejected,
    Resolution,
    ResourceAdopted,
    RetryReason,
    SettingsLoaded,
    StateAnswered,
    StateFailed,
    StateFault,
    StateOperation,
    StateUsed,
    TranslationFailed,
    ValueNarrowed,
    WriteSuppressed,
)

Family = TypeVar("Family", Counter, Histogram)
PREFIX = "scim_gateway_"
OPERATIONS = get_args(Operation)
DISCOVERY = ("ServiceProviderConfig", "ResourceTypes", "Schemas", "Root", "Bulk")
CLASSES = ("2xx", "4xx", "5xx")
CACHES = ("correlation", "kept-index", "cursor", "create")
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
        "Creates without the state store at a backend that enforces no uniqueness.",
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
    "http_requests_in_flight": ("Requests being answered.", ("operation",)),
    "draining": ("1 while the process shuts down.", ()),
    "config_last_reload_successful": ("0 when the newest configuration was refused and the old one serves.", ()),
    "config_last_reload_success_timestamp_seconds": ("When a configuration was last taken.", ()),
    "event_loop_lag_seconds": ("By how much the event loop was last late.", ()),
    "build_info": ("What is running.", ("version", "revision", "python")),
    "config_hash_info": ("Which configuration serves: the beginning of its SHA-256.", ("hash",)),
}


disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which nobody reads


class Metrics:
    """Counts observations. Children are bound once per label set; a count then is one dictionary look-up."""

    def __init__(self, version: str, now: Callable[[], float], revision: str = "unknown") -> None:
        self.registry = CollectorRegistry()
        self.now = now
        self.counters = {
            name: Counter(PREFIX + name, text, labels, registry=self.registry)
            for name, (text, labels) in COUNTERS.items()
        }
        self.histograms = {
            name: Histogram(PREFIX + name, text, labels, registry=self.registry, buckets=buckets)
            for name, (text, labels, buckets) in HISTOGRAMS.items()
        }
        self.gauges = {
            name: Gauge(PREFIX + name, text, labels, registry=self.registry) for name, (text, labels) in GAUGES.items()
        }
        self.gauges["build_info"].labels(version, revision, python_version()).set(1)
        self.known: dict[str, frozenset[str]] = {"operation": frozenset((*OPERATIONS, "describe", "bulk", NOBODY))}
        for operation in self.known["operation"]:
            self.gauges["http_requests_in_flight"].labels(operation)
        self.bound: dict[tuple[str, ...], Any] = {}

    def learn(self, tenants: Mapping[str, str], backends: Iterable[str], resources: Iterable[str]) -> None:
        """Take the names of a configuration (`tenants`: the mapping of each), and start their families at 0."""
        self.known["tenant"] = frozenset((*tenants, NOBODY))
        self.known["backend"] = frozenset(backends)
        self.known["mapping"] = frozenset(tenants.values())
        self.known["resource"] = frozenset((*resources, *DISCOVERY, NOBODY))
        for name, (_, labels) in COUNTERS.items():
            if "mapping" not in labels and name != "auth_failures":
                for values in product(*(self.expected(name, label) for label in labels)):
                    self.counter(name, *values)
        for (tenant, mapping), kind in product(tenants.items(), MEMBERS["translation_errors.kind"]):
            self.counter("translation_errors", tenant, mapping, kind)
        for reason, method in METHODS.items():
            self.counter("auth_failures", method, reason)

    def expected(self, name: str, label: str) -> Iterable[str]:
        """What a label of a family may say of requests that reach a backend."""
        if label == "operation":
            return OPERATIONS
        return MEMBERS.get(f"{name}.{label}") or sorted(self.known[label] - {NOBODY, *DISCOVERY})

    def observe(self, fact: Observation, moment: Moment) -> None:
        match fact:
            case RequestFinished(tenant=tenant, resource=resource, operation=operation, status=status):
                self.counter("http_requests", tenant, resource, operation, f"{status // 100}xx").inc()
                self.histogram("http_request_duration_seconds", resource, operation).observe(moment.seconds)
            case BulkOperationFinished(tenant=tenant, resource=resource, operation=operation, status=status):
                self.counter("bulk_operations", tenant, resource, operation, f"{status // 100}xx").inc()
            case BackendCalled(backend=backend, operation=operation, outcome=outcome, seconds=seconds):
                self.counter("backend_requests", backend, operation, outcome).inc()
                self.histogram("backend_request_duration_seconds", backend, operation).observe(seconds)
            case AuthenticationFailed(method=method, reason=reason):
                self.counter("auth_failures", method, reason).inc()
            case RequestRejected(reason=reason):
                self.counter("http_requests_rejected", reason).inc()
            case CallRetried(backend=backend, reason=reason):
                self.counter("backend_retries", backend, reason).inc()
            case AnswerLost(backend=backend):
                self.counter("unknown_outcomes", backend).inc()
            case OutcomeResolved(backend=backend, resolution=resolution):
                self.counter("unknown_outcomes_resolved", backend, resolution).inc()
            case IdentityCorrelated(backend=backend, held=held):
                self.counter("identities_correlated", backend, "yes" if held else "no").inc()
            case FilterScanned(tenant=tenant, resource=resource, records=records):
                self.counter("records_scanned", tenant, resource).inc(records)
            case ValueNarrowed(tenant=tenant, resource=resource, how=how):
                self.counter("values_narrowed", tenant, resource, how).inc()
            case RecordRevived(tenant=tenant, resource=resource):
                self.counter("records_revived", tenant, resource).inc()
            case WriteSuppressed(tenant=tenant, resource=resource):
                self.counter("writes_suppressed", tenant, resource).inc()
            case TranslationFailed(tenant=tenant, mapping=mapping, direction=direction):
                self.counter("translation_errors", tenant, mapping, direction).inc()
            case StateFailed(operation=operation, reason=reason):
                self.counter("redis_errors", operation, reason).inc()
            case StateAnswered(operation=operation, seconds=seconds):
                self.histogram("redis_operation_duration_seconds", operation).observe(seconds)
            case StateUsed(cache=cache, result=result):
                self.counter("cache_requests", cache, result).inc()
            case CreateUnprotected(tenant=tenant, backend=backend):
                self.counter("creates_unprotected", tenant, backend).inc()
            case ResourceAdopted(tenant=tenant, resource=resource):
                self.counter("resources_adopted", tenant, resource).inc()
            case KeptValueLost(tenant=tenant):
                self.counter("kept_values_lost", tenant).inc()
            case RemovalsBraked(tenant=tenant):
                self.counter("removals_braked", tenant).inc()
            case FollowerBehind(tenant=tenant, backend=backend):
                self.counter("fanout_partial", tenant, backend).inc()
            case FollowerInStep(tenant=tenant, backend=backend, late=late):
                self.counter("follower_converged", tenant, backend, "yes" if late else "no").inc()
            case MarkUnshared(tenant=tenant, backend=backend, lost=lost):
                self.counter("marks_lost" if lost else "marks_unshared", tenant, backend).inc()
            case MarkParked(tenant=tenant, backend=backend):
                self.counter("follower_parked", tenant, backend).inc()
            case PasswordMissed(tenant=tenant, backend=backend):
                self.counter("follower_passwords_missed", tenant, backend).inc()
            case SettingsLoaded(ok=ok, digest=digest):
                self.note_settings(ok, digest)

    def note_settings(self, ok: bool, digest: str) -> None:
        self.gauges["config_last_reload_successful"].set(1 if ok else 0)
        if ok:
            self.gauges["config_hash_info"].clear()
            self.gauges["config_hash_info"].labels(digest[:12]).set(1)
            self.gauges["config_last_reload_success_timestamp_seconds"].set(self.now())

    def counter(self, name: str, *values: str) -> Counter:
        child: Counter | None = self.bound.get((name, *values))
        return child if child is not None else self.bind(self.counters[name], name, COUNTERS[name][1], values)

    def histogram(self, name: str, *values: str) -> Histogram:
        child: Histogram | None = self.bound.get((name, *values))
        return child if child is not None else self.bind(self.histograms[name], name, HISTOGRAMS[name][1], values)

    def bind(self, family: Family, name: str, labels: tuple[str, ...], values: tuple[str, ...]) -> Family:
        """The child of a label set; values that no configuration knows share `_other`, so series stay bounded."""
        allowed = tuple(self.allow(label, value) for label, value in zip(labels, values, strict=True))
        child = family.labels(*allowed)
        if allowed == values:
            self.bound[(name, *values)] = child
        return child

    def allow(self, label: str, value: str) -> str:
        known = self.known.get(label)
        return value if known is None or value in known else "_other"

    def note_flight(self, operation: str, change: int) -> None:
        """One request more, or one less, is being answered."""
        self.gauges["http_requests_in_flight"].labels(self.allow("operation", operation)).inc(change)

    def watch_state(self, is_up: Callable[[], bool]) -> None:
        """Show whether the state store answers."""
        gauge = Gauge(PREFIX + "redis_up", "1 while the state store answers.", registry=self.registry)
        gauge.set_function(lambda: float(is_up()))
