"""The chart's alerts: promtool reads them, they fire when they should and only then, and each has its page."""

import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from exported import exported_labels, used_metrics

Json = dict[str, Any]
HEADINGS = ["## Meaning", "## Impact", "## Diagnose", "## Mitigate"]
JOB = 'job="scim-scim-gateway-admin"'
OF = f'namespace="default", {JOB}'


class Told(NamedTuple):
    """What Prometheus has scraped every minute, in promtool's notation; when one looks, and which alerts fire then.

    `where` are labels that the alert must have.
    """

    series: dict[str, str]
    at: str
    fires: int = 0
    where: str = ""


def requests(code_class: str, tenant: str = "acme") -> str:
    return f'http_requests_total{{tenant="{tenant}", code_class="{code_class}"}}'


def calls(outcome: str) -> str:
    return f'backend_requests_total{{backend="cube", outcome="{outcome}"}}'


def slow(operation: str, le: str) -> str:
    return f'http_request_duration_seconds_bucket{{operation="{operation}", le="{le}"}}'


def timed(operation: str) -> str:
    return f'http_request_duration_seconds_count{{operation="{operation}"}}'


def oldest(backend: str) -> str:
    return f'pending_oldest_timestamp_seconds{{tenant="acme", backend="{backend}"}}'


CUBE = 'tenant="acme", backend="cube"'
ROWS: dict[str, tuple[Told, ...]] = {
    "ErrorBudgetBurnFast": (
        Told({requests("5xx"): "0+2x120", requests("2xx"): "0+18x120"}, "2h", 1),
        Told({requests("5xx"): "0+5x500", requests("2xx"): "0+95x500"}, "7h", 1),
        Told({requests("5xx"): "0+2x500", requests("2xx"): "0+98x500"}, "7h"),
        Told({requests("5xx"): "0+2x60 120x60", requests("2xx"): "0+18x120"}, "2h"),  # it is over
        Told({requests("5xx"): "0 0 0 1 1 1 2x60", requests("2xx"): "0 0 1x90"}, "1h"),  # two among three
    ),
    "ErrorBudgetBurnSlow": (
        Told({requests("5xx"): "0+2x1600", requests("2xx"): "0+98x1600"}, "26h", 1),
        Told({requests("5xx"): "0+8x4500", requests("2xx"): "0+992x4500"}, "74h", 1),
        Told({requests("5xx"): "0+4x4500", requests("2xx"): "0+996x4500"}, "74h"),
    ),
    "LatencyBudgetBurn": (
        Told({slow("query", "1.0"): "0+9x150", timed("query"): "0+10x150"}, "150m", 1),
        Told({slow("create", "1.0"): "0x150", slow("create", "5.0"): "0+10x150", timed("create"): "0+10x150"}, "150m"),
        Told({slow("bulk", "5.0"): "0x150", timed("bulk"): "0+10x150"}, "150m"),
    ),
    "GatewayAbsent": (
        Told({requests("2xx"): "0x20"}, "10m", 1),
        Told({'build_info{version="0.1.0"}': "1x20"}, "10m"),
    ),
    "EventLoopLag": (
        Told({'event_loop_lag_seconds{instance="a"}': "0.9x20"}, "10m", 1, 'instance="a"'),
        Told({'event_loop_lag_seconds{instance="a"}': "0.9 0.1 0.9 0.1 0.9 0.1 0.9 0.1 0.9 0.1 0.9"}, "10m"),
    ),
    "BackendDown": (
        Told({calls("timeout"): "0+2x40", calls("ok"): "0+1x40"}, "30m", 1, 'backend="cube"'),
        Told({calls("timeout"): "0+2x40", calls("ok"): "0+1x40", calls("late"): "0+9x40"}, "30m", 1),  # it holds all up
        Told({calls("client_error"): "0+9x40", calls("ok"): "0+1x40", calls("connect"): "0x40"}, "30m"),
    ),
    "BackendAuthFailing": (
        Told({calls("denied"): "0+3x40", calls("ok"): "0+7x40"}, "20m", 1, 'backend="cube"'),
        Told({calls("denied"): "0 0 0 9x40", calls("ok"): "0x40"}, "30m"),  # it is over
        Told({calls("denied"): "0+1x40", calls("ok"): "0+9x40"}, "20m"),  # a right that one kind of call lacks
        Told({calls("client_error"): "0+9x40", calls("ok"): "0+1x40", calls("denied"): "0x40"}, "20m"),
    ),
    "BackendThrottling": (
        Told({calls("throttled"): "0+3x90", calls("ok"): "0+7x90"}, "80m", 1, 'backend="cube"'),
        Told({calls("throttled"): "0+1x90", calls("ok"): "0+9x90"}, "80m"),
    ),
    "Overload": (
        Told({calls("late"): "0+2x40", calls("ok"): "0+98x40"}, "30m", 1, 'backend="cube"'),
        Told({calls("late"): "0 0 0 0 20x40", calls("ok"): "0+98x40"}, "30m"),  # it is over
        Told({calls("late"): "0+1x40", calls("ok"): "0+999x40"}, "30m"),
        Told({calls("timeout"): "0+9x40", calls("late"): "0x40"}, "30m"),
    ),
    "UnknownOutcomesUnresolved": (
        Told({'unknown_outcomes_resolved_total{backend="cube", resolution="gave_up"}': "0x5 1x20"}, "10m", 1),
        Told({'unknown_outcomes_resolved_total{backend="cube", resolution="adopted"}': "0+1x20"}, "10m"),
    ),
    "TranslationErrors": (
        Told({'translation_errors_total{tenant="acme", mapping="cube", kind="out"}': "0+1x40"}, "40m", 1),
        Told({'translation_errors_total{tenant="acme", mapping="cube", kind="out"}': "0 0 1x40"}, "40m"),
    ),
    "MassDeprovision": (
        Told({'removals_braked_total{tenant="acme"}': "0 0 3x20"}, "5m", 1, 'tenant="acme"'),
        Told({'removals_braked_total{tenant="acme"}': "0 0 3x20"}, "15m"),
    ),
    "CreatesUnprotected": (
        Told({'creates_unprotected_total{tenant="acme", backend="cube"}': "0 0 1x20"}, "5m", 1, 'backend="cube"'),
        Told({'creates_unprotected_total{tenant="acme", backend="cube"}': "0x20"}, "5m"),
    ),
    "KeptValuesLost": (
        Told({'kept_values_lost_total{tenant="acme"}': "0 0 1x20"}, "5m", 1, 'tenant="acme"'),
        Told({'kept_values_lost_total{tenant="acme"}': "7x20"}, "5m"),
    ),
    "FollowerPasswordsMissed": (
        Told({'follower_passwords_missed_total{tenant="acme", backend="cube"}': "0 0 1x20"}, "5m", 1),
        Told({'follower_passwords_missed_total{tenant="acme", backend="cube"}': "0x20"}, "5m"),
    ),
    "PendingStuck": (
        Told({oldest("cube"): "0 0 60x40", oldest("rsa"): "0x40"}, "30m", 1, 'backend="cube"'),
        Told({oldest("cube"): "1+60x40"}, "30m"),  # somebody waits, and nobody for long
        Told({oldest("cube"): "0x40"}, "30m"),
    ),
    "DeadLetter": (
        Told({f"dead_letter_operations{{{CUBE}}}": "0 0 2x20"}, "10m", 1, CUBE),
        Told({f"dead_letter_operations{{{CUBE}}}": "0 0 2 0x20"}, "10m"),
    ),
    "MarksLost": (
        Told({f"marks_lost_total{{{CUBE}}}": "0 0 1x20"}, "5m", 1, CUBE),
        Told({f"marks_unshared_total{{{CUBE}}}": "0 0 1x20"}, "5m"),
    ),
    "TenantSilent": (
        Told({requests("2xx"): "0+1x1000 1000x3000"}, "44h", 1, 'tenant="acme"'),
        Told({requests("2xx"): "0x4000"}, "44h"),  # never active
        Told({requests("2xx"): "0+1x4000"}, "44h"),
    ),
    "AuthBruteForce": (
        Told({'auth_failures_total{method="bearer", reason="unknown"}': "0+60x20"}, "15m", 1),
        Told({'auth_failures_total{method="none", reason="missing"}': "0+60x20"}, "15m"),
    ),
    "RedisDown": (
        Told({'redis_up{instance="a"}': "1 1 0x20", 'redis_up{instance="b"}': "1x20"}, "10m", 1, 'instance="a"'),
        Told({'redis_up{instance="a"}': "1 0 0 1x20"}, "10m"),
    ),
    "RedisRefusing": (
        Told({'redis_errors_total{op="keep", reason="refused"}': "0+1x30"}, "20m", 1, 'op="keep"'),
        Told({'redis_errors_total{op="keep", reason="timeout"}': "0+1x30"}, "20m"),
    ),
    "ConfigReloadFailed": (
        Told({'config_last_reload_successful{instance="a"}': "1 0x20"}, "10m", 1, 'instance="a"'),
        Told({'config_last_reload_successful{instance="a"}': "1 0 1x20"}, "10m"),
    ),
    "ConfigDrift": (
        Told({f'config_hash_info{{hash="{one}", instance="{one}"}}': "1x30" for one in "ab"}, "20m", 1),
        Told({f'config_hash_info{{hash="a", instance="{one}"}}': "1x30" for one in "ab"}, "20m"),
    ),
}


@pytest.fixture(scope="session")
def spec(render: Any, scenarios: dict[str, Json]) -> Json:
    """What the operator is given of a release with the chart's own ServiceMonitor."""
    asked = {"serviceMonitor": {"enabled": True}, "prometheusRule": {"enabled": True}}
    manifests = render({**scenarios["minimal"], **asked})
    found: Json = next(one for one in manifests if one["kind"] == "PrometheusRule")["spec"]
    return found


@pytest.fixture(scope="session")
def rules(spec: Json) -> dict[str, Json]:
    listed = [rule for group in spec["groups"] for rule in group["rules"]]
    named = {rule["alert"]: rule for rule in listed}
    assert len(named) == len(listed)
    return named


@pytest.fixture(scope="session")
def rules_file(spec: Json, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file: Path = tmp_path_factory.mktemp("alerts") / "rules.yaml"
    file.write_text(yaml.safe_dump(spec))
    return file


def ask_promtool(promtool: Path, *words: str | Path) -> str:
    done = subprocess.run([promtool, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_prometheus_takes_the_alerts_as_they_stand_and_as_they_are_rendered(
    promtool: Path, chart: Path, rules_file: Path
) -> None:
    for file in (chart / "alerts.yaml", rules_file):
        assert f"SUCCESS: {len(ROWS)} rules found" in ask_promtool(promtool, "check", "rules", file)


def test_every_alert_has_a_row_in_which_it_fires_and_one_in_which_it_does_not(rules: dict[str, Json]) -> None:
    assert set(rules) == set(ROWS)
    assert [name for name, rows in ROWS.items() if {bool(row.fires) for row in rows} != {True, False}] == []


@pytest.mark.parametrize(("name", "told"), [(name, told) for name, rows in ROWS.items() for told in rows])
def test_an_alert_fires_when_it_should(promtool: Path, rules_file: Path, name: str, told: Told, tmp_path: Path) -> None:
    where = f'alertname="{name}", alertstate="firing", {JOB}' + (f", {told.where}" if told.where else "")
    test = {
        "rule_files": [str(rules_file)],
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": f"scim_gateway_{one}".replace("{", f"{{{OF}, ").replace(" ", ""), "values": values}
                    for one, values in told.series.items()
                ],
                "promql_expr_test": [
                    {
                        "expr": f"count(ALERTS{{{where}}}) or vector(0)",
                        "eval_time": told.at,
                        "exp_samples": [{"labels": "{}", "value": told.fires}],
                    }
                ],
            }
        ],
    }
    file = tmp_path / "test.yaml"
    file.write_text(yaml.safe_dump(test))
    ask_promtool(promtool, "test", "rules", file)


def test_a_refusal_of_promtool_is_seen(promtool: Path, tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("groups: [{ name: a, rules: [{ alert: A, expr: 'rate(x)' }] }]\n")
    with pytest.raises(AssertionError, match="expected type range vector"):
        ask_promtool(promtool, "check", "rules", file)


def test_alerts_speak_of_metrics_and_labels_that_the_gateway_has(rules: dict[str, Json]) -> None:
    exported = exported_labels()
    for name, rule in rules.items():
        used = used_metrics(rule["expr"])
        assert used, name
        assert [metric for metric, _ in used if metric not in exported] == [], name
        scraped = {"namespace", "job", "instance", "le"}
        assert [(metric, labels) for metric, labels in used if labels - exported[metric] - scraped] == [], name


def test_every_metric_in_an_alert_is_this_release_s_alone(rules: dict[str, Json]) -> None:
    for name, rule in rules.items():
        opened = rule["expr"].count("scim_gateway_")
        assert (rule["expr"].count(f"{{{OF}"), opened) == (opened, opened), name


def test_what_an_alert_tells_of_its_labels_is_among_them(rules: dict[str, Json]) -> None:
    for name, rule in rules.items():
        grouped = {word for group in re.findall(r"by \(([^)]*)\)", rule["expr"]) for word in group.split(", ")}
        told = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))
        assert told <= grouped, name


def test_every_alert_has_a_severity_a_summary_and_a_description(rules: dict[str, Json]) -> None:
    assert {rule["labels"]["severity"] for rule in rules.values()} == {"critical", "warning"}
    for rule in rules.values():
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}


def test_every_alert_has_a_page_that_says_what_to_do_and_no_page_is_left_over(
    chart: Path, rules: dict[str, Json]
) -> None:
    pages = {file.stem: file.read_text() for file in (chart / "runbooks").glob("*.md")}
    assert {name: rule["annotations"]["runbook_url"] for name, rule in rules.items()} == {
        name: f"runbooks/{name}.md" for name in pages
    }
    for name, text in pages.items():
        assert text.startswith(f"# {name}\n")
        parts = re.split(r"^(## .*)$", text, flags=re.MULTILINE)
        assert parts[1::2] == HEADINGS, name
        assert all(len(part.split()) >= 5 for part in parts[2::2]), name
        linked = re.findall(r"\]\((\w+)\.md\)", text)
        assert set(linked) <= set(pages), name


def test_pages_speak_of_metrics_that_the_gateway_has(chart: Path) -> None:
    exported = exported_labels()
    for file in (chart / "runbooks").glob("*.md"):
        metrics = set(re.findall(r"\bscim_gateway_\w+", file.read_text()))
        assert metrics <= set(exported), file.name


def test_a_release_may_name_its_own_labels_and_where_the_pages_are(render: Any, scenarios: dict[str, Json]) -> None:
    rendered = next(one for one in render(scenarios["full"]) if one["kind"] == "PrometheusRule")
    assert rendered["metadata"]["labels"]["release"] == "prometheus"
    for rule in (rule for group in rendered["spec"]["groups"] for rule in group["rules"]):
        assert rule["expr"].count('{cluster="eu", job="scim-prod"') == rule["expr"].count("scim_gateway_")
        assert rule["annotations"]["runbook_url"] == (f"https://wiki.example.com/scim-gateway/{rule['alert']}.md")
