"""What the chart's tests share: two real Helm majors, a render, and the chart's own files."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm"
CACHE = ROOT / ".ci" / "cache"
MAJORS = ("helm3", "helm4")
RunHelm = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def helms() -> dict[str, Path]:
    """Both binaries, fetched once; the script takes a lock, so parallel workers may all ask."""
    found = {major: CACHE / major for major in MAJORS}
    if not all(path.exists() for path in found.values()):
        subprocess.run([sys.executable, str(ROOT / ".ci" / "helm-fetch")], check=True)
    return found


@pytest.fixture(scope="session")
def promtool() -> Path:
    """Prometheus' own judge of rules: the machine's, else Debian's, fetched once."""
    installed = shutil.which("promtool")
    if installed is None and not (CACHE / "promtool").exists():
        subprocess.run([sys.executable, str(ROOT / ".ci" / "promtool-fetch")], check=True)
    return Path(installed or CACHE / "promtool")


@pytest.fixture(scope="session")
def run_helm(helms: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> RunHelm:
    """Run one major: `run_helm("helm4", "template", "r", chart, values={...})`. No cluster, no user configuration."""
    home = tmp_path_factory.mktemp("helm-home")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "KUBECONFIG": os.devnull}

    def run(major: str, *words: str | Path, values: Any = None) -> "subprocess.CompletedProcess[str]":
        command = [str(helms[major]), *map(str, words)]
        if values is not None:
            command += ["--values", "-"]
        # Not ASCII only: Go's YAML knows no surrogate pairs.
        text = json.dumps(values or {}, ensure_ascii=False)
        return subprocess.run(command, input=text, capture_output=True, encoding="utf-8", env=environment, check=False)

    return run


@pytest.fixture(scope="session")
def render(run_helm: RunHelm) -> Callable[..., list[dict[str, Any]]]:
    """The manifests a release would create, parsed; the same question is rendered once."""

    @cache
    def ask(major: str, release: str, kube: str, text: str) -> str:
        done = run_helm(major, "template", release, CHART, "--kube-version", kube, values=json.loads(text))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def manifests(
        values: dict[str, Any], major: str = "helm4", release: str = "scim", kube: str = "1.34"
    ) -> list[dict[str, Any]]:
        text = ask(major, release, kube, json.dumps(values))
        return [manifest for manifest in yaml.safe_load_all(text) if manifest]

    return manifests


@pytest.fixture(scope="session")
def chart() -> Path:
    return CHART


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
    return loaded


@pytest.fixture(scope="session")
def defaults() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
    return loaded


@pytest.fixture(scope="session")
def scenarios() -> dict[str, dict[str, Any]]:
    """The values files under ci/, by name: minimal, redis, full."""
    return {
        path.name.removesuffix("-values.yaml"): yaml.safe_load(path.read_text())
        for path in sorted((CHART / "ci").glob("*-values.yaml"))
    }


@pytest.fixture
def minimal(scenarios: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A fresh copy of the least values that work, to change at will."""
    copied: dict[str, Any] = json.loads(json.dumps(scenarios["minimal"]))
    return copied


@pytest.fixture(params=MAJORS)
def major(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["minimal", "redis", "full"])
def scenario(request: pytest.FixtureRequest, scenarios: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return scenarios[request.param]
