"""Metrics: observations counted for Prometheus, in a registry of our own.

Every label value is a name from the configuration or a member of an enumeration; anything else is `_other`. Families of
configured tenants and backends start at 0, so that `rate()` sees the first failure.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from platform import python_version
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from gateway.edge.families import COUNTERS, DISCOVERY, GAUGES, HISTOGRAMS, MEMBERS, OF_MARKS, OPERATIONS, PREFIX
from gateway.edge.ports import Counted, Moment
from gateway.observations import (
    METHODS,
    NOBODY,
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

Family = TypeVar("Family", Counter, Histogram)


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
        self.followers: frozenset[tuple[str, str]] = frozenset()
        self.bound: dict[tuple[str, ...], Any] = {}

    def learn(
        self,
        tenants: Sequence[tuple[str, str]],
        backends: Iterable[str],
        resources: Iterable[str],
        followers: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Take the names of a configuration (`tenants`: each with a mapping it speaks; `followers`: tenant and backend
        of each), and start their families at 0.
        """
        self.learn_followers(frozenset(followers))
        self.known["tenant"] = frozenset((*(tenant for tenant, _ in tenants), NOBODY))
        self.known["backend"] = frozenset(backends)
        self.known["mapping"] = frozenset(mapping for _, mapping in tenants)
        self.known["resource"] = frozenset((*resources, *DISCOVERY, NOBODY))
        for name, (_, labels) in COUNTERS.items():
            if "mapping" not in labels and name != "auth_failures":
                for values in product(*(self.expected(name, label) for label in labels)):
                    self.counter(name, *values)
        for (tenant, mapping), kind in product(tenants, MEMBERS["translation_errors.kind"]):
            self.counter("translation_errors", tenant, mapping, kind)
        for reason, method in METHODS.items():
            self.counter("auth_failures", method, reason)

    def learn_followers(self, followers: frozenset[tuple[str, str]]) -> None:
        """A follower that is none any more must not be seen to be behind for ever."""
        for gauge in map(self.gauges.__getitem__, OF_MARKS):
            for gone in self.followers - followers:
                gauge.remove(*gone)
            for one in followers:
                gauge.labels(*one)
        self.followers = followers

    def note_marks(self, tenant: str, backend: str, counted: Counted) -> None:
        """What a follower of the configuration is still to have."""
        if (tenant, backend) in self.followers:
            since = self.now() - counted.oldest if counted.waiting else 0.0
            for name, value in zip(OF_MARKS, (counted.waiting, since, counted.parked), strict=True):
                self.gauges[name].labels(tenant, backend).set(value)

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
            case FollowerCompared(tenant=tenant, backend=backend, drifted=drifted):
                self.counter("follower_drift", tenant, backend).inc(drifted)
            case FollowerSwept(tenant=tenant, backend=backend, end=end):
                self.counter("follower_sweeps", tenant, backend, end).inc()
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
