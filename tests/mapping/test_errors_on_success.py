"""Which rows of an error table are asked of a 2xx: all that could hold of one, and no others."""

from pathlib import Path

import pytest

from gateway.mapping.load import load_dialect

FILE = """
scimap: 1
name: probe
extends: scim2
errors:
  table:
    - {{ when: '{when}', as: {{ status: 503 }} }}
"""


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        ("status eq 400", False),
        ('status eq 409 and body.detail co "exists"', False),
        ("status eq 400 or status eq 422", False),
        ("status ge 500", False),
        ("status gt 399", False),
        ("status eq 200", True),
        ("status ge 200", True),
        ("status lt 500", True),
        ('body.ok eq "no"', True),
        ('status eq 400 or body.ok eq "no"', True),
        ("not (status eq 200)", True),
        ("status pr", True),
    ],
)
def test_a_row_is_asked_of_a_success_unless_its_status_says_otherwise(tmp_path: Path, when: str, asked: bool) -> None:
    (tmp_path / "probe.yaml").write_text(FILE.format(when=when))
    errors = load_dialect("probe", (tmp_path,)).errors
    assert (errors.table[0] in errors.on_success) is asked
