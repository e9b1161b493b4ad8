"""Vendors that use every kind of rule: each file is sound and keeps every law."""

from functools import cache
from pathlib import Path

import pytest

from gateway.lens.laws import LAWS, Law, check
from gateway.mapping.dialect import Resource
from gateway.mapping.load import check_mapping, load_dialect

VENDORS = Path(__file__).parent / "vendors"
NAMES = (
    "anchor-vendor",
    "choice-vendor",
    "json-vendor",
    "name-vendor",
    "part-vendor",
    "send-vendor",
    "tag-vendor",
    "text-vendor",
)
EXAMPLES = 50


@cache
def user(name: str) -> Resource:
    return load_dialect(name, (VENDORS,)).resources["User"]


@pytest.mark.parametrize("name", NAMES)
def test_the_vendor_is_described_without_a_fault(name: str) -> None:
    told = [str(one) for one in check_mapping(name, (VENDORS,)).diagnosis.diagnostics]
    assert [line for line in told if ": note " not in line] == []


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
@pytest.mark.parametrize("name", NAMES)
def test_the_vendor_keeps_the_law(name: str, law: Law) -> None:
    found = check(user(name), law, EXAMPLES)
    assert found is None, f"{law.sentence}\n{found.why}\ngiven {found.given}\nmade  {found.made}"
