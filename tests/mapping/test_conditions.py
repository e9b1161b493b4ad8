"""Conditions over the resource name attributes as rules do: by alias or URN, in letters of either case."""

from pathlib import Path

import pytest

from gateway.lens.lens import Lens
from gateway.mapping.load import load_dialect
from gateway.scim.names import ENTERPRISE

PARENTS = Path(__file__).parent / "parents"
FILE = """
scimap: 1
name: told
extends: plain-vendor
resources:
  User:
    send: {{ kind: {{ value: x, when: '{when}' }} }}
    map: {{ title: {{ choose: [ {{ when: 'NICKNAME eq "Babs"', to: job }}, {{ to: alias }} ] }} }}
    shape: {{ alias: string }}
"""
BABS = {"userName": "bjensen", "title": "Lead", "nickName": "Babs", ENTERPRISE: {"department": "Tours"}}


def lens_of(folder: Path, when: str) -> Lens:
    (folder / "told.yaml").write_text(FILE.format(when=when), "utf-8")
    return load_dialect("told", (folder, PARENTS)).resources["User"].lens


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ('enterprise:department eq "Tours"', True),
        ('enterprise:department eq "Legal"', False),
        (f'{ENTERPRISE}:department eq "Tours"', True),
        ('not (enterprise:Department eq "Legal") and nickname pr', True),
        ("enterprise:manager.value pr", False),
        ('nickName eq "enterprise:department"', False),
    ],
)
def test_a_condition_takes_aliases(tmp_path: Path, when: str, holds: bool) -> None:
    sent = lens_of(tmp_path, when).out(BABS, None)
    assert ("kind" in sent, sent["job"]) == (holds, "Lead")
