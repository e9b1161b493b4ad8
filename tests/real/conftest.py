"""JupyterHub, installed once (the script takes a lock, so parallel workers may all ask) and started once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyterhub_stage import run_hub

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def jupyterhub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a hub."""
    subprocess.run([sys.executable, str(ROOT / ".ci" / "program-install"), "jupyterhub"], check=True)
    python = ROOT / ".ci" / "cache" / "jupyterhub" / "bin" / "python"
    with run_hub(python, tmp_path_factory.mktemp("jupyterhub")) as url:
        yield url
