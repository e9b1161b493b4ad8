# ruff: noqa: E501 (tables: one row, one line)
"""dateTime values as instants."""

import pytest

from gateway.scim.dates import parse_instant

SAME = [
    ("2011-05-13T04:42:34Z", "2011-05-13T06:42:34+02:00"),
    ("2011-05-13T04:42:34Z", "2011-05-13T02:12:34-02:30"),
    ("2011-05-13T04:42:34Z", "2011-05-13T04:42:34"),
    ("2011-05-13T04:42:34Z", "2011-05-13t04:42:34.000000000z"),
    ("2011-05-13T04:42:34.1234567Z", "2011-05-13T04:42:34.123456Z"),
    ("2011-05-13T04:42:34.1Z", "2011-05-13T04:42:34.100Z"),
    ("2011-05-13T23:30:00-01:00", "2011-05-14T00:30:00Z"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_an_instant_are_equal(one: str, other: str) -> None:
    assert parse_instant(one) is not None
    assert parse_instant(one) == parse_instant(other)


@pytest.mark.parametrize(
    "text",
    ["", "2011-05-13", "2011-13-01T00:00:00Z", "2011-02-29T00:00:00Z", "2011-05-13T24:00:01Z", "2011-05-13 04:42:34Z",
     "2011-05-13T04:42:34.Z", "2011-05-13T04:42:34.1234567890Z", "2011-05-13T04:42:34+2:00", "1305261754", "٢٠١١-05-13T04:42:34Z",
     "2011-05-13T04:42:34+25:00", "2011-05-13T04:42:34Z\n", "9999-12-31T23:59:59-00:01", "0001-01-01T00:00:00+00:01"],
)  # fmt: skip
def test_what_is_no_date_time_is_none(text: str) -> None:
    assert parse_instant(text) is None
