"""Canaille's interpreter, made once: the script takes a lock, so parallel workers may all ask."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def canaille_python() -> Path:
    subprocess.run([sys.executable, str(ROOT / ".ci" / "program-install"), "canaille"], check=True)
    return ROOT / ".ci" / "cache" / "canaille" / "bin" / "python"
