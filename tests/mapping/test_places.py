"""A vendor of plain JSON whose fields are single values of SCIM's lists: the file is sound and keeps every law."""

from functools import cache
from pathlib import Path

import pytest

from gateway.lens.laws import LAWS, Law, check
from gateway.mapping.dialect import Resource
from gateway.mapping.load import check_mapping, load_dialect

VENDORS = Path(__file__).parent / "vendors"
EXAMPLES = 120


@cache
def user() -> Resource:
    return load_dialect("json-vendor", (VENDORS,)).resources["User"]


def test_the_vendor_is_described_without_a_fault() -> None:
    told = [str(one) for one in check_mapping("json-vendor", (VENDORS,)).diagnosis.diagnostics]
    assert [line for line in told if ": note " not in line] == []


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_the_vendor_keeps_the_law(law: Law) -> None:
    found = check(user(), law, EXAMPLES)
    assert found is None, f"{law.sentence}\n{found.why}\ngiven {found.given}\nmade  {found.made}"
