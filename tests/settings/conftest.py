"""A good configuration to spoil."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.settings import SettingsReport, check_settings


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], SettingsReport]:
    """Checks a text as `gateway.yaml`, named without its folder."""
    monkeypatch.setenv("PROD_TOKEN", "s3cret-token")
    monkeypatch.setenv("GATEWAY_SECRET", "0123456789abcdef0123456789abcdef")
    monkeypatch.chdir(tmp_path)

    def check_text(text: str) -> SettingsReport:
        Path("gateway.yaml").write_text(text)
        return check_settings("gateway.yaml")

    return check_text
