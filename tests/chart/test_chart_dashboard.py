"""The Grafana dashboard: what its script writes, expressions that Prometheus takes, metrics that the gateway has."""

import json
import re
import subprocess
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest
import yaml
from exported import exported_labels, used_metrics

Json = dict[str, Any]


@pytest.fixture(scope="module")
def dashboard(chart: Path) -> Json:
    loaded: Json = json.loads((chart / "dashboards" / "scim-gateway.json").read_text())
    return loaded


@pytest.fixture(scope="module")
def panels(dashboard: Json) -> list[Json]:
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


@pytest.fixture(scope="module")
def expressions(panels: list[Json]) -> list[str]:
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_the_file_is_what_its_script_writes(chart: Path, dashboard: Json, accept: bool) -> None:
    script = str(chart.parent / ".ci" / "dashboard")
    spec = spec_from_loader("dashboard", SourceFileLoader("dashboard", script))
    assert spec is not None
    module: Any = module_from_spec(spec)
    assert spec.loader is not None
    spec.loader.exec_module(module)
    if accept:
        module.main()
        dashboard = module.write_dashboard()
    assert module.write_dashboard() == dashboard, "run .ci/dashboard"


def test_prometheus_takes_every_expression(promtool: Path, expressions: list[str], tmp_path: Path) -> None:
    plain = [one.replace("$__rate_interval", "5m").replace("$", "") for one in expressions]
    records = [{"record": f"panel:{number}", "expr": one} for number, one in enumerate(plain)]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": records}]}))
    done = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(records) > 30


def test_panels_speak_of_metrics_and_labels_that_the_gateway_has(expressions: list[str]) -> None:
    exported = exported_labels()
    for one in expressions:
        used = used_metrics(one)
        assert used, one
        assert {metric for metric, _ in used} <= set(exported), one
        for metric, labels in used:
            assert labels <= {*exported[metric], "namespace", "job"}, one
        grouped = {word for group in re.findall(r"by \(([^)]*)\)", one) for word in group.split(", ")}
        assert grouped <= {label for metric, _ in used for label in exported[metric]} | {"le", "job", "instance"}, one


def test_legends_name_labels_that_the_expression_leaves(panels: list[Json]) -> None:
    for target in (target for panel in panels for target in panel["targets"]):
        named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        grouped = {word for group in re.findall(r"by \(([^)]*)\)", target["expr"]) for word in group.split(", ")}
        assert named <= grouped, target["expr"]


def test_panels_ask_the_chosen_source_for_the_chosen_release(dashboard: Json, panels: list[Json]) -> None:
    variables = [one["name"] for one in dashboard["templating"]["list"]]
    assert variables == ["datasource", "namespace", "job", "tenant", "backend"]
    for panel in panels:
        for target in panel["targets"]:
            assert target["datasource"] == panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
            opened = target["expr"].count("scim_gateway_")
            assert target["expr"].count('{namespace=~"$namespace", job=~"$job"') == opened


def test_panels_lie_side_by_side_and_have_numbers_of_their_own(dashboard: Json) -> None:
    placed = [(panel["id"], panel["gridPos"]) for panel in dashboard["panels"]]
    assert len({number for number, _ in placed}) == len(placed)
    cells = [(x, y) for _, at in placed for x in range(at["x"], at["x"] + at["w"])
             for y in range(at["y"], at["y"] + at["h"])]  # fmt: skip
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
