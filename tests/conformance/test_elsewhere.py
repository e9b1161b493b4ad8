"""The rows can be asked of a gateway that somebody else started: all they need is its URL and a token."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from matrix_bench import send

ROOT = Path(__file__).parents[2]
ROWS = "P021 or P026 or P085 or P107 or P117 or P133 or P148 or S017 or S042"
LOCAL = "P004"


def test_rows_are_asked_by_url_and_token(stands: Callable[[str], Any]) -> None:
    stand = stands("huawei-served")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", f"{ROWS} or {LOCAL}", "-rA"]
    elsewhere = {"SCIM_GATEWAY_URL": stand.url, "SCIM_GATEWAY_TOKEN": stand.token}
    command = [*words, *map(str, sorted(Path(__file__).parent.glob("test_matrix_*.py")))]
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **elsewhere}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    passed = [line for line in ran.stdout.splitlines() if line.startswith("PASSED")]
    assert all("[remote]" in line for line in passed)
    assert len(passed) == len(ROWS.split(" or "))
    token = {"Authorization": f"Bearer {stand.token}"}
    assert send(stand.url, "GET", "/?count=0", None, token).body["totalResults"] == 0
