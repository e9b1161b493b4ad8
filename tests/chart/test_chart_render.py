"""What the chart renders hangs together: names, selectors, ports, mounts, config."""

import json
from typing import Any

import pytest
import yaml

Json = dict[str, Any]

# Texts that one reader of YAML or another takes for something else.
AWKWARD = ["yes", "y", "off", "1e5", "1e+5", "0x1F", "0o17", "0b11", "012", "1_000", "+1", ".5", "-.inf", ".nan"]
AWKWARD += ["12:30:45", "~", "null", "", " ", "2026-01-01", "*a", "&a", "!a", "%a", "@a", "`", "- a", "? a", "#"]
AWKWARD += ["a:", "a: b # c", "é☃", "\U0001f600", "{{ .x }}", "l1\nl2\n", "\n  l", "l\n\n", "tab\there", "'", '"', "\\"]
AWKWARD += ["\u00a0", "<&>"]


def only(manifests: list[Json], kind: str) -> Json:
    """The one of its kind; of ConfigMaps the one that the pod mounts."""
    of_kind = [manifest for manifest in manifests if manifest["kind"] == kind]
    (found,) = [one for one in of_kind if kind != "ConfigMap" or "gateway.yaml" in one["data"]]
    return found


def pod_of(manifests: list[Json]) -> Json:
    spec: Json = only(manifests, "Deployment")["spec"]["template"]["spec"]
    return spec


def config_of(manifests: list[Json]) -> Json:
    loaded: Json = yaml.safe_load(only(manifests, "ConfigMap")["data"]["gateway.yaml"])
    return loaded


def test_the_config_comes_back_as_it_was_given(render: Any, scenario: Json) -> None:
    ports = scenario.get("ports", {"scim": 8080, "admin": 9090})
    expected = dict(scenario["config"])
    expected |= {"listen": f"0.0.0.0:{ports['scim']}", "admin": f"0.0.0.0:{ports['admin']}"}
    if "mappings" in scenario:
        expected["mappings"] = ["/etc/scim-gateway/mappings", *expected.get("mappings", [])]
    assert config_of(render(scenario)) == expected


@pytest.mark.parametrize("extra", ["plain", "=", "<<"])
def test_awkward_values_survive_the_way_through_yaml(render: Any, minimal: Json, major: str, extra: str) -> None:
    params = {f"p{index}": value for index, value in enumerate([*AWKWARD, extra, 12345678, 0.5, True])}
    minimal["config"]["backends"]["cube-prod"]["params"] = params
    found = config_of(render(minimal, major=major))["backends"]["cube-prod"]["params"]
    # With their types: True equals 1.
    assert {name: repr(value) for name, value in found.items()} == {name: repr(value) for name, value in params.items()}


@pytest.mark.parametrize("text", ["extends: scim2-base\n", "# é\nmap: { a: '{{ b }}' }\n", "no newline"])
def test_a_mapping_arrives_byte_for_byte_where_the_config_looks(render: Any, minimal: Json, text: str) -> None:
    manifests = render({**minimal, "mappings": {"own.yaml": text}})
    assert only(manifests, "ConfigMap")["data"]["mapping_own.yaml"] == text
    volume = next(v for v in pod_of(manifests)["volumes"] if v["name"] == "config")
    assert {"key": "mapping_own.yaml", "path": "mappings/own.yaml"} in volume["configMap"]["items"]
    assert config_of(manifests)["mappings"] == ["/etc/scim-gateway/mappings"]


def test_every_configmap_item_exists_and_every_key_is_mounted(render: Any, scenario: Json) -> None:
    manifests = render(scenario)
    volume = next(v for v in pod_of(manifests)["volumes"] if v["name"] == "config")
    assert volume["configMap"]["name"] == only(manifests, "ConfigMap")["metadata"]["name"]
    assert {item["key"] for item in volume["configMap"]["items"]} == set(only(manifests, "ConfigMap")["data"])


def test_every_mount_has_a_volume_and_none_shows_one_file_only(render: Any, scenario: Json) -> None:
    pod = pod_of(render(scenario))
    mounts = pod["containers"][0]["volumeMounts"]
    assert {mount["name"] for mount in mounts} == {volume["name"] for volume in pod["volumes"]}
    assert len({mount["mountPath"] for mount in mounts}) == len(mounts)
    assert all("subPath" not in mount for mount in mounts)


def test_the_selector_is_the_one_of_the_first_release(render: Any, minimal: Json) -> None:
    selector = only(render(minimal), "Deployment")["spec"]["selector"]["matchLabels"]
    assert selector == {"app.kubernetes.io/name": "scim-gateway", "app.kubernetes.io/instance": "scim"}


def test_every_selector_finds_the_pods(render: Any, scenario: Json) -> None:
    manifests = render(scenario)
    labels = only(manifests, "Deployment")["spec"]["template"]["metadata"]["labels"].items()
    services = [m["spec"]["selector"] for m in manifests if m["kind"] == "Service"]
    budgets = [m["spec"]["selector"]["matchLabels"] for m in manifests if m["kind"] == "PodDisruptionBudget"]
    policies = [m["spec"]["podSelector"]["matchLabels"] for m in manifests if m["kind"] == "NetworkPolicy"]
    assert len(services) == 2
    assert all(selector.items() <= labels for selector in [*services, *budgets, *policies])


def test_ports_agree_from_the_config_to_the_service(render: Any, scenario: Json) -> None:
    manifests = render(scenario)
    ports = {port["name"]: port["containerPort"] for port in pod_of(manifests)["containers"][0]["ports"]}
    config = config_of(manifests)
    assert (config["listen"], config["admin"]) == (f"0.0.0.0:{ports['scim']}", f"0.0.0.0:{ports['admin']}")
    targets = [port["targetPort"] for m in manifests if m["kind"] == "Service" for port in m["spec"]["ports"]]
    assert sorted(targets) == ["admin", "scim"]


def test_nothing_routes_clients_to_the_admin_port(render: Any, scenarios: dict[str, Json]) -> None:
    manifests = render(scenarios["full"])
    scim, admin = sorted((m for m in manifests if m["kind"] == "Service"), key=lambda m: len(m["metadata"]["name"]))
    assert [port["targetPort"] for port in scim["spec"]["ports"]] == ["scim"]
    assert admin["spec"]["type"] == "ClusterIP"
    (rule,) = only(manifests, "Ingress")["spec"]["rules"]
    assert [path["backend"]["service"]["name"] for path in rule["http"]["paths"]] == [scim["metadata"]["name"]]


def test_the_service_monitor_finds_the_admin_service_and_no_other(render: Any, scenarios: dict[str, Json]) -> None:
    manifests = render(scenarios["full"])
    monitor = only(manifests, "ServiceMonitor")
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    found = [m for m in manifests if m["kind"] == "Service" and wanted <= m["metadata"]["labels"].items()]
    assert [service["spec"]["ports"][0]["name"] for service in found] == [monitor["spec"]["endpoints"][0]["port"]]


def test_the_dashboard_is_in_a_configmap_that_the_sidecar_finds(render: Any, minimal: Json, chart: Any) -> None:
    manifests = render({**minimal, "dashboard": {"enabled": True, "annotations": {"grafana_folder": "Identity"}}})
    (found,) = [one for one in manifests if one["kind"] == "ConfigMap" and "gateway.yaml" not in one["data"]]
    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert found["metadata"]["annotations"] == {"grafana_folder": "Identity"}
    (text,) = found["data"].values()
    assert json.loads(text) == json.loads((chart / "dashboards" / "scim-gateway.json").read_text())


@pytest.mark.parametrize("release", ["s", "r" * 53, "scim-gateway"])
@pytest.mark.parametrize("override", [{}, {"fullnameOverride": "n" * 80}, {"nameOverride": "n" * 80}])
def test_every_name_and_label_fits_in_63_characters(render: Any, minimal: Json, release: str, override: Json) -> None:
    for manifest in render({**minimal, **override}, release=release):
        words = [manifest["metadata"]["name"], *manifest["metadata"]["labels"].values()]
        assert all(0 < len(word) <= 63 and not word.endswith("-") for word in words), words


def test_a_digest_wins_over_a_tag_and_the_version_over_nothing(render: Any, minimal: Json) -> None:
    digest = "sha256:" + "0" * 64
    images = [
        pod_of(render({**minimal, "image": image}))["containers"][0]["image"]
        for image in ({}, {"tag": "1.2.3"}, {"tag": "1.2.3", "digest": digest})
    ]
    assert images == ["scim-gateway:0.1.0", "scim-gateway:1.2.3", f"scim-gateway@{digest}"]


def checksum_of(manifests: list[Json]) -> str | None:
    annotations = only(manifests, "Deployment")["spec"]["template"]["metadata"]["annotations"]
    found: str | None = annotations.get("checksum/config")
    return found


def test_a_changed_config_or_mapping_replaces_the_pods_unless_told_otherwise(render: Any, minimal: Json) -> None:
    changed = {**minimal, "config": {**minimal["config"], "public_url": "https://scim.example.com"}}
    mapped = {**minimal, "mappings": {"own.yaml": "x"}}
    assert len({checksum_of(render(values)) for values in (minimal, changed, mapped)}) == 3
    assert checksum_of(render({**minimal, "replicaCount": 0})) == checksum_of(render(minimal))
    assert checksum_of(render({**minimal, "restartOnConfigChange": False})) is None


@pytest.mark.parametrize(("replicas", "budgets"), [(0, 0), (1, 0), (2, 1), (3, 1)])
def test_a_disruption_budget_never_blocks_the_only_pod(
    render: Any, scenarios: dict[str, Json], replicas: int, budgets: int
) -> None:
    manifests = render({**scenarios["redis"], "replicaCount": replicas})
    assert sum(manifest["kind"] == "PodDisruptionBudget" for manifest in manifests) == budgets


@pytest.mark.parametrize(("kube", "pause"), [("1.27", None), ("1.29", None), ("1.30", 5), ("1.37", 5)])
def test_the_pod_leaves_the_service_before_it_drains_where_kubernetes_can(
    render: Any, minimal: Json, kube: str, pause: int | None
) -> None:
    container = pod_of(render(minimal, kube=kube))["containers"][0]
    assert container.get("lifecycle") == (None if pause is None else {"preStop": {"sleep": {"seconds": pause}}})


def test_the_network_policy_shuts_the_admin_port_when_nobody_is_named(render: Any, minimal: Json) -> None:
    (rule,) = only(render({**minimal, "networkPolicy": {"enabled": True}}), "NetworkPolicy")["spec"]["ingress"]
    assert rule == {"ports": [{"port": "scim", "protocol": "TCP"}]}


def test_the_optional_objects_stay_away_until_asked_for(render: Any, minimal: Json) -> None:
    kinds = sorted(manifest["kind"] for manifest in render(minimal))
    assert kinds == ["ConfigMap", "Deployment", "Service", "Service", "ServiceAccount"]
    kinds = sorted(manifest["kind"] for manifest in render({**minimal, "serviceAccount": {"create": False}}))
    assert "ServiceAccount" not in kinds


def test_the_container_is_told_what_the_image_would_do_by_itself(render: Any, minimal: Json, chart: Any) -> None:
    arguments = pod_of(render(minimal))["containers"][0]["args"]
    assert arguments == ["serve", "--config", "/etc/scim-gateway/gateway.yaml"]
    command = next(line for line in (chart.parent / "Dockerfile").read_text().splitlines() if line.startswith("CMD"))
    assert yaml.safe_load(command.removeprefix("CMD ")) == arguments
