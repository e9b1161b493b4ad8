"""What the chart mounts is a configuration that the gateway accepts, with the mappings and secrets the pod will see."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]
MOUNTED = "/etc/scim-gateway"


def lay_out(manifests: list[Json], root: Path) -> tuple[Path, dict[str, str]]:
    """The files and variables of the pod, below `root`; every secret holds a word of its own."""
    (config,) = (one for one in manifests if one["kind"] == "ConfigMap" and "gateway.yaml" in one["data"])
    (pod,) = (one["spec"]["template"]["spec"] for one in manifests if one["kind"] == "Deployment")
    (volume,) = (one["configMap"] for one in pod["volumes"] if "configMap" in one)
    for item in volume["items"]:
        file = root / item["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(relocate(config["data"][item["key"]], root))
    for path in re.findall(r"/run/secrets/[\w./-]+", config["data"]["gateway.yaml"]):
        file = root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a-secret-of-more-than-thirty-two-bytes")
    named = (one["name"] for one in pod["containers"][0].get("env", []) if "secretKeyRef" in one.get("valueFrom", {}))
    return root / "gateway.yaml", dict.fromkeys(named, "a-secret-of-more-than-thirty-two-bytes")


def relocate(text: str, root: Path) -> str:
    return text.replace(f"{MOUNTED}/mappings", str(root / "mappings")).replace("/run/secrets", f"{root}/run/secrets")


def check(file: Path, variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gateway", "check", "--config", str(file)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **variables}, check=False)


def test_the_gateway_accepts_the_rendered_config(render: Any, scenario: Json, tmp_path: Path) -> None:
    file, variables = lay_out(render(scenario), tmp_path)
    checked = check(file, variables)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_gateway_misses_a_secret_that_the_pod_does_not_get(render: Any, scenario: Json, tmp_path: Path) -> None:
    file, variables = lay_out(render(scenario), tmp_path)
    for secret in (tmp_path / "run").rglob("*"):
        if secret.is_file():
            secret.unlink()
    checked = check(file, dict.fromkeys(variables, ""))
    assert checked.returncode == 1
