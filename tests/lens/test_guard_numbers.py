"""A guard that compares a number with a text of a vendor's: what is no plain number is no match, and no failure."""

import pytest

from gateway.lens.guards import holds
from gateway.scim.condition import parse_condition


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7", True), (" 7 ", True), ("007", True), ("6", False), ("\u00b2", False), ("\u0667", False), ("7.0", False),
        ("-7", False), ("", False), ("9" * 5_000, False),
    ],
)  # fmt: skip
def test_a_text_is_compared_as_the_number_it_is(text: str, found: bool) -> None:
    assert holds(parse_condition("code eq 7"), {"code": text}) is found
