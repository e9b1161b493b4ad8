"""Both Helm majors accept the chart, and Kubernetes accepts what it renders."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

Json = dict[str, Any]
OLDEST = "1.27"  # kubeVersion of Chart.yaml
NEWEST = ".".join(kubernetes_validate.latest_version().split(".")[:2])
# The objects whose schema belongs to an operator, not to Kubernetes.
FOREIGN = {"ServiceMonitor", "PrometheusRule"}


def test_the_chart_is_clean_under_strict_lint(run_helm: Any, chart: Path, major: str, scenario: Json) -> None:
    done = run_helm(major, "lint", "--strict", chart, values=scenario)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 chart(s) failed" in done.stdout


def test_the_chart_with_its_defaults_is_clean_under_strict_lint(run_helm: Any, chart: Path, major: str) -> None:
    assert run_helm(major, "lint", "--strict", chart).returncode == 0


def test_both_majors_render_the_same(render: Any, scenario: Json) -> None:
    assert render(scenario, major="helm3") == render(scenario, major="helm4")


@pytest.mark.parametrize("kube", [OLDEST, "1.30", NEWEST])
def test_kubernetes_knows_every_key_that_is_rendered(render: Any, scenario: Json, kube: str) -> None:
    native = [manifest for manifest in render(scenario, kube=kube) if manifest["kind"] not in FOREIGN]
    assert len(native) >= 5
    for manifest in native:
        kubernetes_validate.validate(manifest, kube, strict=True)


def test_the_strict_schema_does_refuse_a_misspelt_key(render: Any, minimal: Json) -> None:
    deployment = next(m for m in render(minimal, kube=NEWEST) if m["kind"] == "Deployment")
    deployment["spec"]["template"]["spec"]["containers"][0]["imagePullPolicyy"] = "Always"
    with pytest.raises(kubernetes_validate.ValidationError, match="imagePullPolicyy"):
        kubernetes_validate.validate(deployment, NEWEST, strict=True)


def test_an_older_kubernetes_is_refused(run_helm: Any, chart: Path, major: str, minimal: Json) -> None:
    refusal = run_helm(major, "template", "scim", chart, "--kube-version", "1.26", values=minimal)
    assert refusal.returncode != 0
    assert "incompatible with Kubernetes" in refusal.stderr


def test_the_service_monitor_has_only_keys_that_its_operator_knows(render: Any, scenarios: dict[str, Json]) -> None:
    monitor = next(m for m in render(scenarios["full"]) if m["kind"] == "ServiceMonitor")
    assert monitor["apiVersion"] == "monitoring.coreos.com/v1"
    assert set(monitor["spec"]) <= {"selector", "namespaceSelector", "endpoints"}
    (endpoint,) = monitor["spec"]["endpoints"]
    assert set(endpoint) <= {"port", "path", "interval", "scrapeTimeout", "honorLabels"}
    assert (endpoint["path"], endpoint["honorLabels"]) == ("/metrics", False)


def test_the_alerts_have_only_keys_that_their_operator_knows(render: Any, scenarios: dict[str, Json]) -> None:
    found = next(m for m in render(scenarios["full"]) if m["kind"] == "PrometheusRule")
    assert (found["apiVersion"], set(found["spec"])) == ("monitoring.coreos.com/v1", {"groups"})
    for group in found["spec"]["groups"]:
        assert set(group) == {"name", "rules"}
        assert all(set(rule) <= {"alert", "expr", "for", "labels", "annotations"} for rule in group["rules"])


def test_the_chart_packages_without_its_ci_files(run_helm: Any, chart: Path, major: str, tmp_path: Path) -> None:
    done = run_helm(major, "package", chart, "--destination", tmp_path)
    assert done.returncode == 0, done.stderr
    packed = next(tmp_path.glob("*.tgz"))
    shown = run_helm(major, "show", "chart", packed)
    assert yaml.safe_load(shown.stdout)["name"] == "scim-gateway"
    refusal = run_helm(major, "template", "scim", packed)
    assert "config.backends is empty" in refusal.stderr


def test_the_chart_and_the_project_have_one_version(chart: Path) -> None:
    meta = yaml.safe_load((chart / "Chart.yaml").read_text())
    project = re.search(r'^version = "(.+)"$', (chart.parent / "pyproject.toml").read_text(), re.MULTILINE)
    assert project is not None
    assert meta["appVersion"] == project[1]


def test_the_notes_tell_each_client_its_url(run_helm: Any, chart: Path, scenarios: dict[str, Json]) -> None:
    # Only Helm 4 shows notes without a cluster; Helm 3 renders the same file on every `template`.
    shown = run_helm("helm4", "install", "scim", chart, "--dry-run=client", values=scenarios["full"])
    assert shown.returncode == 0, shown.stderr
    notes = shown.stdout.split("NOTES:")[1]
    assert "acme: https://scim.example.com/acme/scim/v2" in notes
    assert "emea: https://scim.example.com/emea/scim/v2" in notes
    assert "memory://" not in notes


def test_the_notes_warn_of_a_state_that_forgets(run_helm: Any, chart: Path, minimal: Json) -> None:
    notes = run_helm("helm4", "install", "scim", chart, "--dry-run=client", values=minimal).stdout.split("NOTES:")[1]
    assert "state is memory://" in notes
    assert "config.public_url is not set" in notes
    assert "acme: http://scim-scim-gateway.default.svc:8080/acme/scim/v2" in notes
