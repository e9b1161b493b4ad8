"""The front page is checked: its tables are generated, its configurations pass, and its tour is run as it stands.

Run as a program, this file writes the generated tables anew.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import COMMANDS
from gateway.edge.families import COUNTERS, GAUGES, HISTOGRAMS, PREFIX
from gateway.pipeline.problems import PROBLEMS
from gateway.scim.lenience import CLIENTS, KINDNESSES
from gateway.settings import check_settings, grammar

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PORTS = ("8080", "9090", "9001")
TOUR = re.compile(r"<!-- tour(: stays up)? -->\n```sh\n(.*?)```", re.DOTALL)


def problems_table() -> str:
    rows = [
        f"| {code} | {row.status} | {row.scim_type or ''} | {row.blame} | {row.sentence} {row.hint} |".replace(
            "|  |", "| |"
        )
        for code, row in PROBLEMS.items()
    ]
    return "\n".join(["| code | status | scimType | whose | what the client reads |", "|---|---|---|---|---|", *rows])


def metrics_table() -> str:
    kinds = [
        *((f"{PREFIX}{name}_total", labels, text) for name, (text, labels) in COUNTERS.items()),
        *((f"{PREFIX}{name}", labels, text) for name, (text, labels, _) in HISTOGRAMS.items()),
        *((f"{PREFIX}{name}", labels, text) for name, (text, labels) in GAUGES.items()),
        (f"{PREFIX}redis_up", (), "1 while the state store answers; only with a shared one."),
    ]
    rows = [f"| `{name}` | {', '.join(labels)} | {text} |".replace("|  |", "| |") for name, labels, text in kinds]
    return "\n".join(["| name | labels | counts |", "|---|---|---|", *rows])


def habits_table() -> str:
    reach = {"all": "everybody", "any": "them and `any`", "named": "them alone"}
    rows = [
        f"| `{habit}` | {row.says} ({row.section}) | {row.accepted} | {', '.join(row.sent_by)} | {reach[row.reach]} |"
        for habit, row in KINDNESSES.items()
    ]
    rows = [row.replace("|  | them and `any` |", "| | `any` |").replace("|  |", "| |") for row in rows]
    clients = ", ".join(f"`{client}`" for client in CLIENTS)
    head = ["| habit | the standard | is read | sent by | for |", "|---|---|---|---|---|"]
    return "\n".join([f"Clients: {clients}.", "", *head, *rows])


TABLES = {"problems": problems_table, "metrics": metrics_table, "habits": habits_table}


def with_tables(text: str) -> str:
    """The page with its generated parts as they should be."""
    for name, make in TABLES.items():
        before, rest = text.split(f"<!-- {name} -->\n")
        _, after = rest.split(f"<!-- /{name} -->")
        text = f"{before}<!-- {name} -->\n{make()}\n<!-- /{name} -->{after}"
    return text


@pytest.mark.parametrize("name", TABLES)
def test_a_generated_table_is_current(name: str) -> None:
    text = README.read_text()
    part = text.split(f"<!-- {name} -->\n")[1].split(f"\n<!-- /{name} -->")[0]
    assert part == TABLES[name](), "run: python tests/test_readme.py"


def configuration_keys() -> Iterator[str]:
    yield from grammar.FileRow.__struct_fields__
    yield from grammar.BackendRow.__struct_fields__
    yield from grammar.TenantRow.__struct_fields__
    yield from grammar.TokenRow.__struct_fields__


@pytest.mark.parametrize("key", sorted(set(configuration_keys())))
def test_every_key_of_the_configuration_is_in_the_reference(key: str) -> None:
    reference = README.read_text().split("## Configuration")[1].split("```yaml")[0]
    assert re.search(rf"\b{key}\b", reference)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_table(command: str) -> None:
    assert f"\n| `{command} " in README.read_text().split("## Commands")[1]


def yaml_blocks() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.mark.parametrize("number", range(len(yaml_blocks())))
def test_a_configuration_on_the_page_passes_check(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    block = yaml_blocks()[number]
    for name in re.findall(r"env: (\w+)", block):
        monkeypatch.setenv(name, "x" * 32)
    file = tmp_path / "gateway.yaml"
    file.write_text(block)
    report = check_settings(str(file))
    assert [str(one) for one in report.diagnostics if one.level == "error"] == []
    assert report.settings is not None


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README.read_text()))))
def test_a_link_leads_to_a_file(target: str) -> None:
    assert (ROOT / target).exists()


def test_the_two_commands_stand_as_promised() -> None:
    text = README.read_text()
    assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/scim-gateway demo\n" in text
    (tests,) = re.findall(r"<!-- tests -->\n```sh\n(.*)\n```\n<!-- /tests -->", text)
    assert tests.endswith(".ci/check")
    assert (ROOT / ".ci" / "check").stat().st_mode & 0o111


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def wait_for(port: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, "it ended early"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")


def make_commands(folder: Path) -> Path:
    """`scim-gateway` of this checkout on a path of its own, and a twin of curl where there is none."""
    folder.mkdir()
    commands = {"scim-gateway": "-m gateway"}
    if shutil.which("curl") is None:
        commands["curl"] = str(ROOT / "tests" / "curl_twin.py")
    for name, words in commands.items():
        (folder / name).write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
        (folder / name).chmod(0o755)
    return folder


def make_environment(folder: Path) -> dict[str, str]:
    path = f"{folder}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "CUBE_TOKEN": "cube-credential"}


def run_block(script: str, options: dict[str, Any]) -> str:
    """What a block prints; it must succeed."""
    command = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_tour_works_when_it_is_copied_block_by_block(tmp_path: Path) -> None:
    ports = {port: free_port() for port in PORTS}
    folder = make_commands(tmp_path / "bin")
    (tmp_path / "tour").mkdir()
    options: dict[str, Any] = {"cwd": tmp_path / "tour", "env": make_environment(folder)}
    running: list[subprocess.Popen[bytes]] = []
    shown = ""
    try:
        for stays_up, block in TOUR.findall(README.read_text()):
            script = re.sub(r"\b(" + "|".join(PORTS) + r")\b", lambda found: ports[found[0]], block)
            if stays_up:
                running.append(subprocess.Popen(["bash", "-c", f"exec {script}"], stdout=subprocess.DEVNULL, **options))
                wait_for(ports["9001" if "sandbox" in block else "8080"], running[-1])
            else:
                shown += run_block(script, options)
    finally:
        for process in running:
            process.terminate()
        codes = [process.wait(60) for process in running]
    assert codes == [0, 0]
    assert '"displayName":"Barbara Jensen"' in shown
    assert '"totalResults":1' in shown
    assert '"formatted":"Barbara Jensen-Smith"' in shown
    assert "not carried as sent" in shown
    assert "residual: " in shown


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text()))
