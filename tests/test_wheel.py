"""The wheel stands alone: installed into an empty environment, it brings its mappings and its command."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd="/", timeout=240)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT)
    assert built.returncode == 0, built.stderr
    made = run(sys.executable, "-m", "venv", folder / "env")
    assert made.returncode == 0, made.stderr
    wheel = next(folder.glob("*.whl"))
    lock = ROOT / ".ci" / "requirements.lock"
    python = folder / "env" / "bin" / "python"
    for arguments in (("-r", lock), ("--no-deps", wheel)):
        put = run(python, "-m", "pip", "install", "-q", *arguments)
        assert put.returncode == 0, put.stderr
    return folder / "env" / "bin"


def test_the_installed_command_checks_the_mappings_that_came_with_it(installed: Path) -> None:
    names = sorted(path.stem for path in (ROOT / "mappings").glob("*.yaml"))
    assert "cube-cloud" in names
    checked = run(installed / "scim-gateway", "check", *names)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_installed_command_says_how_to_use_it(installed: Path) -> None:
    helped = run(installed / "scim-gateway", "--help")
    assert helped.returncode == 0
    assert all(command in helped.stdout for command in ("serve", "check", "explain", "translate", "demo", "sandbox"))


def test_no_test_and_no_chart_travels_in_the_wheel(installed: Path) -> None:
    listed = run(installed / "python", "-m", "pip", "show", "-f", "scim-gateway").stdout
    assert "gateway/_mappings/cube-cloud.yaml" in listed
    assert "tests/" not in listed
    assert "helm/" not in listed
