"""A release that could not work is refused, with what to do and without showing a secret."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]
SECRET = "s3cr3t-value-never-shown"
REDIS: Json = {"state": "redis://redis:6379/0"}


def merged(base: Any, change: Any) -> Any:
    if isinstance(base, dict) and isinstance(change, dict):
        return {key: merged(base.get(key), change.get(key, base.get(key))) for key in {**base, **change}}
    return change


def complaints(stderr: str) -> list[str]:
    assert "This release cannot work yet:" in stderr, stderr
    return re.findall(r"^- (.*)$", stderr, re.MULTILINE)


def test_the_defaults_alone_say_what_to_set(run_helm: Any, chart: Path, major: str) -> None:
    refusal = run_helm(major, "template", "scim", chart)
    assert refusal.returncode != 0
    said = complaints(refusal.stderr.split("Error:")[-1])
    assert [sentence.split(":")[0] for sentence in said] == ["config.backends is empty", "config.tenants is empty"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"config": {"listen": "127.0.0.1:8080"}}, "config.listen is 127.0.0.1:8080, but the Service .* 0.0.0.0:8080"),
        ({"config": {"admin": "0.0.0.0:9999"}}, "config.admin is 0.0.0.0:9999, .* expect 0.0.0.0:9090"),
        ({"replicaCount": 2}, "replicaCount is 2, but state memory:// lives in one process: set config.state"),
        ({"workers": 2}, "workers is 2, but state memory:// lives in one process: set config.state"),
        ({"config": {"state": "memory://"}, "replicaCount": 5}, "replicaCount is 5, but state memory://"),
        ({"config": {"state": {"url": "memory://"}}, "replicaCount": 5}, "replicaCount is 5, but state memory://"),
        ({"config": REDIS}, "config.secret is missing, and a shared state needs it"),
        ({"config": {**REDIS, "secret": {"env": "GW"}}}, "environment variable GW, but secretEnv does not bring it"),
        ({"secretMounts": []}, "file /run/secrets/cube/token, but secretMounts does not bring it"),
        (
            {"config": {"state": {"url": "redis://r", "password": {"file": "/run/r/pw"}}, "secret": {"env": "GW"}}},
            "file /run/r/pw, but secretMounts does not bring it: add .* mountPath: /run/r ",
        ),
        (
            {"secretEnv": [{"name": "A", "secretName": "s", "key": "a"}, {"name": "A", "secretName": "s", "key": "b"}]},
            "secretEnv names a variable twice",
        ),
        (
            {"secretMounts": [{"secretName": name, "mountPath": "/run/secrets/cube"} for name in ("cube", "other")]},
            "secretMounts mounts two Secrets at one path",
        ),
        (
            {"secretMounts": [{"secretName": "cube", "mountPath": "/etc/scim-gateway/x"}]},
            "secretMounts cannot use /etc/scim-gateway/x, which the pod needs itself",
        ),
        ({"secretMounts": [{"secretName": "cube", "mountPath": "/"}]}, "secretMounts cannot use /, which the pod"),
        ({"shutdown": {"preStopSeconds": 20}}, "terminationGracePeriodSeconds is 45: .* so 50 or more"),
        ({"ports": {"admin": 8080}}, "ports.scim and ports.admin are both 8080"),
        ({"ingress": {"enabled": True}}, "ingress.host is empty"),
        ({"podLabels": {"app.kubernetes.io/name": "x"}}, "label app.kubernetes.io/name is the chart's own"),
        ({"serviceMonitor": {"labels": {"helm.sh/chart": "x"}}}, "label helm.sh/chart is the chart's own"),
        ({"prometheusRule": {"labels": {"helm.sh/chart": "x"}}}, "label helm.sh/chart is the chart's own"),
        ({"dashboard": {"labels": {"app.kubernetes.io/name": "x"}}}, "label app.kubernetes.io/name is the chart's own"),
        ({"prometheusRule": {"enabled": True}}, "prometheusRule.selector is empty, and without serviceMonitor"),
        ({"podAnnotations": {"checksum/config": "0"}}, "annotation checksum/config is the chart's own"),
    ],
)
def test_what_could_not_work_is_refused_with_a_sentence(
    run_helm: Any, chart: Path, major: str, minimal: Json, change: Json, sentence: str
) -> None:
    refusal = run_helm(major, "template", "scim", chart, values=merged(minimal, change))
    assert refusal.returncode != 0
    assert any(re.search(sentence, said) for said in complaints(refusal.stderr)), refusal.stderr


def test_all_complaints_come_at_once(run_helm: Any, chart: Path, major: str, minimal: Json) -> None:
    change = {"replicaCount": 2, "workers": 2, "secretMounts": [], "ports": {"admin": 8080}}
    change |= {"ingress": {"enabled": True}}
    refusal = run_helm(major, "template", "scim", chart, values=merged(minimal, change))
    assert len(set(complaints(refusal.stderr))) == 5


def with_backend(**parts: Any) -> Json:
    return {"config": {"backends": {"cube-prod": {"mapping": "cube-cloud", **parts}}}}


@pytest.mark.parametrize(
    "change",
    [
        with_backend(auth={"bearer": SECRET}),
        with_backend(auth={"basic": {"user": "gw", "password": SECRET}}),
        with_backend(auth={"header": {"name": "X-Key", "value": SECRET}}),
        with_backend(auth={"oauth2": {"token_url": "https://x", "client_id": "c", "client_secret": SECRET}}),
        with_backend(auth={"bearer": {"value": SECRET}}),
        with_backend(auth={"token": SECRET}),
        with_backend(token=SECRET),
        with_backend(url=f"https://gw:{SECRET}@example.com"),
        with_backend(url=f"https://example.com/scim?key={SECRET}"),
        {"config": {"secret": SECRET}},
        {"config": {"state": f"redis://:{SECRET}@redis:6379/0"}},
        {"config": {"state": {"url": f"redis://gw:{SECRET}@redis:6379/0"}}},
        {"config": {"state": {"url": "redis://redis", "password": SECRET}}},
        {"config": {"tenants": {"acme": {"tokens": [{"sha256": SECRET}]}}}},
        {"config": {"tenants": {"acme": {"tokens": [{"sha256": SECRET.ljust(64, "x")}]}}}},
        {"config": {"tenants": {"acme": {"tokens": [{"token": SECRET}]}}}},
        {"secretEnv": [{"name": "CUBE", "value": SECRET}]},
    ],
    ids=lambda change: json.dumps(change).replace(SECRET, "SECRET")[:70],
)
def test_a_secret_written_out_is_refused_and_not_shown(
    run_helm: Any, chart: Path, major: str, minimal: Json, change: Json
) -> None:
    refusal = run_helm(major, "template", "scim", chart, values=merged(minimal, change))
    assert refusal.returncode != 0
    assert SECRET not in refusal.stderr + refusal.stdout
