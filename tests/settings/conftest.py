"""A configuration to check, as a whole or as one tenant of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_vendors import BACKENDS, SHA, VENDORS

from gateway.settings import SettingsReport, check_settings

Check = Callable[[str], SettingsReport]


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


@pytest.fixture
def check_tenant(check: Check, tmp_path: Path) -> Check:
    """Checks one tenant, written as `key: value` lines; the backends that it does not use belong to another."""
    for name, text in VENDORS.items():
        (tmp_path / f"{name}.yaml").write_text(text)

    def check_one(lines: str) -> SettingsReport:
        used = [name for name in BACKENDS if f"{name}," in lines.replace("]", ",").replace(" }", ",")]
        backends = "".join(
            f"  {name}: {{ mapping: {BACKENDS[name]}, url: 'https://{name}.example', auth: none }}\n" for name in used
        )
        text = f"tenants:\n  t:\n    tokens: [{{ sha256: {SHA} }}]\n{lines}\nmappings: [.]\nbackends:\n{backends}"
        return check(text)

    return check_one
