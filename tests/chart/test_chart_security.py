"""The pod meets the restricted Pod Security Standard, and secrets stay in Secrets."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]

# https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
SECCOMP = {"RuntimeDefault", "Localhost"}
PodRule = Callable[[Json], bool]
ContainerRule = Callable[[Json], bool]

POD_RULES: dict[str, PodRule] = {
    "no host namespaces": lambda pod: not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")),
    "only safe volumes": lambda pod: all(set(v) - {"name"} <= VOLUMES for v in pod.get("volumes", [])),
    "runs as a user": lambda pod: pod["securityContext"].get("runAsNonRoot") is True,
    "not uid 0": lambda pod: pod["securityContext"].get("runAsUser", 0) != 0,
    "seccomp": lambda pod: pod["securityContext"].get("seccompProfile", {}).get("type") in SECCOMP,
    "no sysctls": lambda pod: not pod["securityContext"].get("sysctls"),
}
CONTAINER_RULES: dict[str, ContainerRule] = {
    "no escalation": lambda box: box["securityContext"].get("allowPrivilegeEscalation") is False,
    "not privileged": lambda box: not box["securityContext"].get("privileged"),
    "drops all": lambda box: box["securityContext"].get("capabilities", {}).get("drop") == ["ALL"],
    "adds none": lambda box: not box["securityContext"].get("capabilities", {}).get("add"),
    "keeps its uid": lambda box: box["securityContext"].get("runAsUser") != 0,
    "no host ports": lambda box: all("hostPort" not in port for port in box.get("ports", [])),
    "read-only root": lambda box: box["securityContext"].get("readOnlyRootFilesystem") is True,
}


def broken_rules(pod: Json) -> set[str]:
    """The names of the rules that a pod breaks."""
    boxes = [*pod["containers"], *pod.get("initContainers", [])]
    broken = {name for name, holds in POD_RULES.items() if not holds(pod)}
    return broken | {name for name, holds in CONTAINER_RULES.items() for box in boxes if not holds(box)}


def pod_of(manifests: list[Json]) -> Json:
    pod: Json = next(m for m in manifests if m["kind"] == "Deployment")["spec"]["template"]["spec"]
    return pod


def test_the_pod_meets_the_restricted_standard(render: Any, scenario: Json) -> None:
    assert broken_rules(pod_of(render(scenario))) == set()


@pytest.mark.parametrize(
    ("where", "change", "rule"),
    [
        ("pod", {"hostNetwork": True}, "no host namespaces"),
        ("pod", {"volumes": [{"name": "host", "hostPath": {"path": "/"}}]}, "only safe volumes"),
        ("pod context", {"runAsNonRoot": False}, "runs as a user"),
        ("pod context", {"runAsUser": 0}, "not uid 0"),
        ("pod context", {"seccompProfile": {"type": "Unconfined"}}, "seccomp"),
        ("pod context", {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}, "no sysctls"),
        ("container", {"ports": [{"containerPort": 1, "hostPort": 1}]}, "no host ports"),
        ("container context", {"allowPrivilegeEscalation": True}, "no escalation"),
        ("container context", {"privileged": True}, "not privileged"),
        ("container context", {"capabilities": {}}, "drops all"),
        ("container context", {"capabilities": {"drop": ["ALL"], "add": ["NET_RAW"]}}, "adds none"),
        ("container context", {"runAsUser": 0}, "keeps its uid"),
        ("container context", {"readOnlyRootFilesystem": False}, "read-only root"),
    ],
)
def test_the_rules_do_see_a_bad_pod(render: Any, minimal: Json, where: str, change: Json, rule: str) -> None:
    pod = pod_of(render(minimal))
    place = pod if where.startswith("pod") else pod["containers"][0]
    place = place["securityContext"] if where.endswith("context") else place
    place.update(change)
    assert broken_rules(pod) == {rule}


def test_the_pod_runs_as_the_user_of_the_image(render: Any, minimal: Json, chart: Path) -> None:
    context = pod_of(render(minimal))["securityContext"]
    assert "USER 65532:65532" in (chart.parent / "Dockerfile").read_text().splitlines()
    assert (context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (65532, 65532, 65532)


def test_the_pod_holds_no_key_to_the_kubernetes_api(render: Any, scenario: Json) -> None:
    manifests = render(scenario)
    assert pod_of(manifests)["automountServiceAccountToken"] is False
    account = next(m for m in manifests if m["kind"] == "ServiceAccount")
    assert account["automountServiceAccountToken"] is False
    assert not any(m["kind"] in {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"} for m in manifests)


def test_every_container_asks_for_resources_and_limits_memory(render: Any, scenario: Json) -> None:
    for box in pod_of(render(scenario))["containers"]:
        assert set(box["resources"]["requests"]) == {"cpu", "memory"}
        assert "memory" in box["resources"]["limits"]


def test_health_is_asked_on_the_admin_port(render: Any, scenario: Json) -> None:
    (box,) = pod_of(render(scenario))["containers"]
    asked = {kind: box[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
    live, ready = {"path": "/livez", "port": "admin"}, {"path": "/readyz", "port": "admin"}
    assert asked == {"startup": live, "liveness": live, "readiness": ready}


def test_the_chart_makes_no_secret_and_mounts_them_for_the_group_only(render: Any, scenario: Json) -> None:
    manifests = render(scenario)
    assert not any(manifest["kind"] == "Secret" for manifest in manifests)
    modes = [volume["secret"]["defaultMode"] for volume in pod_of(manifests)["volumes"] if "secret" in volume]
    assert modes == [0o440] * len(scenario.get("secretMounts", []))


def test_every_variable_comes_from_a_secret_that_exists_already(render: Any, scenario: Json) -> None:
    variables = pod_of(render(scenario))["containers"][0].get("env", [])
    sources = [(variable["name"], variable["valueFrom"]["secretKeyRef"]) for variable in variables]
    found = [{"name": name, "secretName": source["name"], "key": source["key"]} for name, source in sources]
    assert found == scenario.get("secretEnv", [])
    assert all(set(variable) == {"name", "valueFrom"} for variable in variables)


def test_the_configmap_holds_references_and_digests_only(render: Any, scenarios: dict[str, Json]) -> None:
    config = next(m["data"] for m in render(scenarios["full"]) if "gateway.yaml" in m.get("data", {}))["gateway.yaml"]
    holders = ("bearer:", "password:", "value:", "client_secret:", "secret:")
    lines = config.splitlines()
    after = [lines[index + 1].strip() for index, line in enumerate(lines) if line.strip() in holders]
    assert len(after) == 6
    assert all(line.lstrip("- ").startswith(("env: ", "file: ")) for line in after), json.dumps(after)
