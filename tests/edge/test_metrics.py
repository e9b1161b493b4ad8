"""Metrics and logs: every observation is counted and can be logged, with labels and members nobody outside chooses."""

import asyncio
import io
import json
import logging
import time
from platform import python_version
from typing import get_args

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_prometheus

from gateway.edge import logs
from gateway.edge.exposition import Exposition
from gateway.edge.logs import Journal, Seldom, describe_fact, open_logs, say
from gateway.edge.metrics import Metrics
from gateway.edge.ports import Counted, Moment
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

P = "scim_gateway_"
ACME_CUBE = {"tenant": "acme", "backend": "cube"}
COUNTED: list[tuple[Observation, str, dict[str, str], float]] = [
    (
        RequestFinished("acme", "User", "create", 201),
        "http_requests_total",
        {"tenant": "acme", "resource": "User", "operation": "create", "code_class": "2xx"},
        1,
    ),
    (
        BulkOperationFinished("acme", "User", "create", 409, "SG204", "client"),
        "bulk_operations_total",
        {"tenant": "acme", "resource": "User", "operation": "create", "code_class": "4xx"},
        1,
    ),
    (
        RequestFinished("acme", "Bulk", "bulk", 200),
        "http_requests_total",
        {"tenant": "acme", "resource": "Bulk", "operation": "bulk", "code_class": "2xx"},
        1,
    ),
    (
        RequestFinished("acme", "User", "create", 409, "SG204", "client"),
        "http_requests_total",
        {"tenant": "acme", "resource": "User", "operation": "create", "code_class": "4xx"},
        1,
    ),
    (
        RequestFinished("acme", "User", "create", 201),
        "http_request_duration_seconds_count",
        {"resource": "User", "operation": "create"},
        1,
    ),
    (RequestRejected("body_too_large", 413), "http_requests_rejected_total", {"reason": "body_too_large"}, 1),
    (AuthenticationFailed("foreign"), "auth_failures_total", {"method": "bearer", "reason": "foreign"}, 1),
    (AuthenticationFailed("scheme"), "auth_failures_total", {"method": "other", "reason": "scheme"}, 1),
    (
        BackendCalled("cube", "create", "timeout", 8.0),
        "backend_requests_total",
        {"backend": "cube", "operation": "create", "outcome": "timeout"},
        1,
    ),
    (
        BackendCalled("cube", "create", "ok", 0.2, 201),
        "backend_request_duration_seconds_sum",
        {"backend": "cube", "operation": "create"},
        0.2,
    ),
    (CallRetried("cube", "throttled"), "backend_retries_total", {"backend": "cube", "reason": "throttled"}, 1),
    (AnswerLost("cube", "create"), "unknown_outcomes_total", {"backend": "cube"}, 1),
    (
        OutcomeResolved("cube", "adopted"),
        "unknown_outcomes_resolved_total",
        {"backend": "cube", "resolution": "adopted"},
        1,
    ),
    (IdentityCorrelated("cube", False), "identities_correlated_total", {"backend": "cube", "held": "no"}, 1),
    (FilterScanned("acme", "User", 250), "records_scanned_total", {"tenant": "acme", "resource": "User"}, 250),
    (
        ValueNarrowed("acme", "User", "nickName", "dropped"),
        "values_narrowed_total",
        {"tenant": "acme", "resource": "User", "how": "dropped"},
        1,
    ),
    (RecordRevived("acme", "User"), "records_revived_total", {"tenant": "acme", "resource": "User"}, 1),
    (WriteSuppressed("acme", "User"), "writes_suppressed_total", {"tenant": "acme", "resource": "User"}, 1),
    (
        TranslationFailed("acme", "cube-cloud", "in"),
        "translation_errors_total",
        {"tenant": "acme", "mapping": "cube-cloud", "kind": "in"},
        1,
    ),
    (StateFailed("recall", "timeout"), "redis_errors_total", {"op": "recall", "reason": "timeout"}, 1),
    (StateAnswered("recall", 0.002), "redis_operation_duration_seconds_sum", {"op": "recall"}, 0.002),
    (StateUsed("correlation", "hit"), "cache_requests_total", {"cache": "correlation", "result": "hit"}, 1),
    (ResourceAdopted("acme", "cube", "User"), "resources_adopted_total", {"tenant": "acme", "resource": "User"}, 1),
    (
        CreateUnprotected("acme", "cube"),
        "creates_unprotected_total",
        {"tenant": "acme", "backend": "cube"},
        1,
    ),
    (RemovalsBraked("acme", "User"), "removals_braked_total", {"tenant": "acme"}, 1),
    (FollowerBehind("acme", "cube", "User", "SG501", True), "fanout_partial_total", ACME_CUBE, 1),
    (FollowerInStep("acme", "cube", "User", True), "follower_converged_total", {**ACME_CUBE, "late": "yes"}, 1),
    (MarkUnshared("acme", "cube", False), "marks_unshared_total", ACME_CUBE, 1),
    (MarkUnshared("acme", "cube", True), "marks_lost_total", ACME_CUBE, 1),
    (MarkParked("acme", "cube", "User", "SG205"), "follower_parked_total", ACME_CUBE, 1),
    (FollowerSwept("acme", "cube", "drift"), "follower_sweeps_total", {**ACME_CUBE, "end": "drift"}, 1),
    (FollowerCompared("acme", "cube", "User", 9, 3, 1), "follower_drift_total", ACME_CUBE, 3),
    (PasswordMissed("acme", "cube"), "follower_passwords_missed_total", ACME_CUBE, 1),
    (KeptValueLost("acme", "nickName"), "kept_values_lost_total", {"tenant": "acme"}, 1),
    (SettingsLoaded(True, "abc"), "config_last_reload_successful", {}, 1),
    (SettingsLoaded(True, "0123456789abcdef"), "config_hash_info", {"hash": "0123456789ab"}, 1),
    (SettingsLoaded(False, "abc", 3), "config_last_reload_successful", {}, 0),
]
MOMENT = Moment("request-1", 0.125)


@pytest.fixture
def metrics() -> Metrics:
    made = Metrics("0.1.0", time.time, "3f9c2f8e")
    made.learn([("acme", "cube-cloud")], ["cube"], ["User", "Group"])
    return made


def test_every_kind_of_observation_has_a_row_here():
    assert {type(fact) for fact, *_ in COUNTED} == set(get_args(Observation))


@pytest.mark.parametrize(("fact", "name", "labels", "value"), COUNTED, ids=[f"{r[0]}"[:48] for r in COUNTED])
def test_an_observation_is_counted(metrics, fact, name, labels, value):
    metrics.observe(fact, MOMENT)
    assert metrics.registry.get_sample_value(P + name, labels) == value


def test_families_of_configured_names_start_at_zero(metrics):
    for name, labels in (
        ("http_requests_total", {"tenant": "acme", "resource": "Group", "operation": "delete", "code_class": "5xx"}),
        ("backend_requests_total", {"backend": "cube", "operation": "modify", "outcome": "unknown"}),
        ("unknown_outcomes_total", {"backend": "cube"}),
        ("auth_failures_total", {"method": "bearer", "reason": "unknown"}),
        ("auth_failures_total", {"method": "none", "reason": "missing"}),
        ("records_revived_total", {"tenant": "acme", "resource": "Group"}),
        ("http_requests_in_flight", {"operation": "modify"}),
        ("http_requests_rejected_total", {"reason": "auth"}),
        ("backend_retries_total", {"backend": "cube", "reason": "throttled"}),
        ("unknown_outcomes_resolved_total", {"backend": "cube", "resolution": "gave_up"}),
        ("translation_errors_total", {"tenant": "acme", "mapping": "cube-cloud", "kind": "out"}),
        ("values_narrowed_total", {"tenant": "acme", "resource": "User", "how": "dropped"}),
        ("kept_values_lost_total", {"tenant": "acme"}),
        ("redis_errors_total", {"op": "recall", "reason": "timeout"}),
    ):
        assert metrics.registry.get_sample_value(P + name, labels) == 0


OF_MARKS = ("pending_operations", "pending_oldest_timestamp_seconds", "dead_letter_operations")


def marks_of(metrics: Metrics, **labels: str) -> list[float | None]:
    return [metrics.registry.get_sample_value(P + name, labels) for name in OF_MARKS]


def test_the_marks_of_a_follower_start_at_zero_and_are_what_was_counted_last():
    metrics = Metrics("0.1.0", lambda: 1_000.0)
    metrics.learn([("acme", "cube-cloud")], ["cube", "rsa"], ["User"], [("acme", "rsa")])
    assert marks_of(metrics, tenant="acme", backend="rsa") == [0, 0, 0]
    assert marks_of(metrics, tenant="acme", backend="cube") == [None, None, None]
    metrics.note_marks("acme", "rsa", Counted(3, 2, 60.0))
    assert marks_of(metrics, tenant="acme", backend="rsa") == [3, 940, 2]
    metrics.note_marks("acme", "rsa", Counted(0, 2, 0.0))
    assert marks_of(metrics, tenant="acme", backend="rsa") == [0, 0, 2]


def test_who_is_no_follower_any_more_is_not_behind_for_ever():
    metrics = Metrics("0.1.0", time.time)
    for backend in ("rsa", "cube"):
        metrics.learn([("acme", "cube-cloud")], ["cube", "rsa"], ["User"], [("acme", backend)])
        metrics.note_marks("acme", "rsa", Counted(3, 2, 60.0))
    assert marks_of(metrics, tenant="acme", backend="rsa") == [None, None, None]
    assert marks_of(metrics, tenant="acme", backend="cube") == [0, 0, 0]


def test_names_no_configuration_knows_share_one_series(metrics):
    before = sum(len(family.samples) for family in metrics.registry.collect())
    for number in range(10_000):
        metrics.observe(RequestFinished(f"tenant-{number}", f"Type{number}", f"op{number}", 200), MOMENT)
    after = sum(len(family.samples) for family in metrics.registry.collect())
    labels = {"tenant": "_other", "resource": "_other", "operation": "_other", "code_class": "2xx"}
    assert metrics.registry.get_sample_value(P + "http_requests_total", labels) == 10_000
    assert after - before < 20


def test_a_new_configuration_takes_the_place_of_the_old(metrics):
    for digest in ("a" * 64, "b" * 64):
        metrics.observe(SettingsLoaded(True, digest), MOMENT)
    (family,) = [family for family in metrics.registry.collect() if family.name == P + "config_hash_info"]
    assert [sample.labels["hash"] for sample in family.samples] == ["b" * 12]


def test_what_is_running_is_said(metrics):
    (family,) = [family for family in metrics.registry.collect() if family.name == P + "build_info"]
    assert family.samples[0].labels == {"version": "0.1.0", "revision": "3f9c2f8e", "python": python_version()}


def test_requests_in_flight_are_counted_by_operation(metrics):
    for operation, change in (("create", 1), ("create", 1), ("create", -1), ("delete", 1), ("made up", 1)):
        metrics.note_flight(operation, change)
    name = P + "http_requests_in_flight"
    found = {one: metrics.registry.get_sample_value(name, {"operation": one}) for one in ("create", "delete", "_other")}
    assert found == {"create": 1, "delete": 1, "_other": 1}


@pytest.mark.parametrize(
    ("accept", "kind", "read"),
    [
        ("", "text/plain", read_prometheus),
        ("application/openmetrics-text;version=1.0.0", "application/openmetrics-text", read_openmetrics),
    ],
)
async def test_the_exposition_is_what_the_scraper_asked_for(metrics, accept, kind, read):
    content_type, text = await Exposition(metrics.registry, time.monotonic).render(accept)
    assert content_type.startswith(kind)
    assert P + "http_requests" in {family.name for family in read(text.decode())}


async def test_the_exposition_is_rendered_at_most_once_a_second(metrics):
    now = 10.0
    exposition = Exposition(metrics.registry, lambda: now)
    _, first = await exposition.render("")
    metrics.observe(AnswerLost("cube", "create"), MOMENT)
    assert (await exposition.render(""))[1] == first
    now = 11.1
    assert (await exposition.render(""))[1] != first
    assert len(await asyncio.gather(*(exposition.render("") for _ in range(20)))) == 20


@pytest.fixture
def lines() -> io.StringIO:
    stream = io.StringIO()
    open_logs(logging.DEBUG, stream)
    yield stream
    logs.LOGGER.handlers[:] = []


def read_lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("fact", [row[0] for row in COUNTED], ids=lambda fact: f"{fact}"[:48])
def test_an_observation_is_one_json_line(lines, fact):
    Journal().observe(fact, MOMENT)
    (line,) = read_lines(lines)
    assert line["event"] == describe_fact(fact, MOMENT)[0]
    assert line["request_id"] == "request-1"
    assert str(line["ts"]).endswith("Z")


@pytest.mark.parametrize(
    ("fact", "level"),
    [
        (RequestFinished("acme", "User", "create", 201), "info"),
        (RequestFinished("acme", "User", "create", 409, "SG204", "client"), "info"),
        (RequestFinished("acme", "User", "create", 503, "SG501", "backend"), "warning"),
        (RequestFinished("acme", "User", "create", 500, "SG602", "gateway"), "error"),
        (BackendCalled("cube", "create", "ok", 0.1, 201), "debug"),
        (BackendCalled("cube", "create", "ok", 3.0, 201), "warning"),
        (BackendCalled("cube", "create", "server_error", 0.1, 500), "warning"),
    ],
)
def test_blame_and_slowness_are_the_level(lines, fact, level):
    Journal().observe(fact, MOMENT)
    assert read_lines(lines)[0]["level"] == level


def test_a_finished_request_says_how_long_it_took_and_whose_it_was(lines):
    Journal().observe(RequestFinished("acme", "User", "create", 409, "SG204", "client", "okta-2026"), MOMENT)
    line = read_lines(lines)[0]
    del line["ts"]
    assert line == {
        "level": "info",
        "event": "request",
        "request_id": "request-1",
        "tenant": "acme",
        "resource": "User",
        "operation": "create",
        "status": 409,
        "code": "SG204",
        "blame": "client",
        "caller": "okta-2026",
        "duration_ms": 125.0,
    }


def test_what_a_line_says_cannot_break_out_of_it(lines):
    say("startup", listen='x"}\r\n{"event":"forged')
    assert [line["event"] for line in read_lines(lines)] == ["startup"]


def test_a_store_that_is_away_does_not_flood_the_log(lines):
    journal = Seldom(Journal())
    for _ in range(1000):
        journal.observe(StateFailed("recall", "timeout"), MOMENT)
        journal.observe(MarkUnshared("acme", "cube", False), MOMENT)
        journal.observe(AnswerLost("cube", "create"), MOMENT)
    journal.observe(MarkUnshared("acme", "cube", True), MOMENT)
    events = [line["event"] for line in read_lines(lines)]
    assert [events.count(one) for one in ("state_failed", "mark_unshared", "answer_lost")] == [1, 2, 1000]
