"""Codecs: each keeps the law it declares."""

from typing import Any

import pytest

from gateway.lens.codec_dates import date_codec
from gateway.lens.codecs import CODECS, Codec, chain, prefix_codec

ROWS: list[tuple[str, Any, Any, Any]] = [  # codec, SCIM's value, the backend's, what is shown of it
    ("lower", "BJensen", "bjensen", "bjensen"),
    ("upper", "straße", "STRASSE", "STRASSE"),
    ("trim", " Barbara ", "Barbara", "Barbara"),
    ("utc", "2022-12-17T09:03:39-05:00", "2022-12-17T14:03:39Z", "2022-12-17T14:03:39Z"),
    ("utc", "2011-05-13T04:42:34.123456Z", "2011-05-13T04:42:34.123456Z", "2011-05-13T04:42:34.123456Z"),
    ("epoch_ms", "2010-01-23T04:56:22Z", 1264222582000, "2010-01-23T04:56:22Z"),
    ("epoch_ms", "1969-12-31T23:59:59.500Z", -500, "1969-12-31T23:59:59.500Z"),
    ("bool_text", True, "true", True),
    ("bool_text", False, "false", False),
    ("int_text", "42", 42, "42"),
    ("int_text", "-7", -7, "-7"),
]


@pytest.mark.parametrize(("name", "value", "stored", "shown"), ROWS)
def test_a_codec_goes_out_and_comes_back(name: str, value: Any, stored: Any, shown: Any) -> None:
    codec = CODECS[name]
    assert codec.encode(value) == stored
    assert codec.decode(stored) == shown
    assert codec.encode(shown) == stored, "what is shown must mean the same when it is sent again"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("int_text", "007"),
        ("int_text", "+1"),
        ("int_text", "1.0"),
        ("int_text", "²"),
        ("epoch_ms", "yesterday"),
        ("utc", "2020-13-01T00:00:00Z"),
        ("utc", 7),
    ],
)
def test_a_codec_refuses_what_it_could_not_give_back(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match="not a"):
        CODECS[name].encode(value)


@pytest.mark.parametrize(("stored", "shown"), [("True", True), ("FALSE", False), (True, True), (False, False)])
def test_a_truth_is_read_however_it_is_spelled(stored: Any, shown: bool) -> None:
    assert CODECS["bool_text"].decode(stored) is shown


@pytest.mark.parametrize("value", ["yes", "", 1, None])
def test_what_is_no_truth_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="neither true nor false"):
        CODECS["bool_text"].decode(value)
    with pytest.raises(ValueError, match="not a boolean"):
        CODECS["bool_text"].encode(value)


@pytest.mark.parametrize("value", [True, "7", None, 10**18])
def test_milliseconds_are_whole_numbers_within_the_calendar(value: Any) -> None:
    with pytest.raises(ValueError, match="milliseconds"):
        CODECS["epoch_ms"].decode(value)


def test_a_prefix_is_put_on_and_taken_off_and_must_be_there() -> None:
    codec = prefix_codec("emp#")
    assert codec.encode("emp#1") == "emp#emp#1"
    assert codec.decode("emp#emp#1") == "emp#1"
    with pytest.raises(ValueError, match="prefix"):
        codec.decode("1")


@pytest.mark.parametrize(
    ("names", "law", "order"),
    [
        (("trim", "lower"), "canon", False),
        (("trim", "digits"), "lossy", False),
        (("int_text",), "iso", False),
        (("utc", "epoch_ms"), "canon", True),
    ],
)
def test_a_chain_is_as_weak_as_its_weakest_part(names: tuple[str, ...], law: str, order: bool) -> None:
    made: Codec = chain(tuple(CODECS[name] for name in names))
    assert (made.law, made.order) == (law, order)


def test_a_chain_goes_out_from_left_to_right_and_back_from_right_to_left() -> None:
    made = chain((CODECS["trim"], prefix_codec("u:"), CODECS["upper"]))
    assert made.encode(" bj ") == "U:BJ"
    with pytest.raises(ValueError, match="prefix"):
        made.decode("U:BJ")


DATES: list[tuple[str, str, str, str]] = [  # the format, SCIM's value, the backend's, what is shown of it
    ("%d/%m/%Y", "2010-01-23", "23/01/2010", "2010-01-23"),
    ("%Y%m%d", "0987-12-31", "09871231", "0987-12-31"),
    ("%d.%m.%Y %H:%M:%S", "2010-01-23T04:56:22.5-01:00", "23.01.2010 05:56:22", "2010-01-23T05:56:22Z"),
    ("%m/%d/%Y %H%%%M", "2010-01-23T04:56:22Z", "01/23/2010 04%56", "2010-01-23T04:56:00Z"),
]


@pytest.mark.parametrize(("pattern", "value", "stored", "shown"), DATES, ids=[row[0] for row in DATES])
def test_a_date_goes_out_and_comes_back(pattern: str, value: str, stored: str, shown: str) -> None:
    codec = date_codec(pattern)
    assert codec.encode(value) == stored
    assert codec.decode(stored) == shown
    assert codec.encode(shown) == stored


@pytest.mark.parametrize("value", ["2010-02-30", "2010-1-2", "2010-01-23T00:00:00Z", "", "０00１-01-01", 7, None])
def test_what_is_no_day_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"full-date|day|month|year"):
        date_codec("%d/%m/%Y").encode(value)


@pytest.mark.parametrize("value", ["31/02/2010", "1/2/2010", "2010-01-23", "01/01/0000", 7, None])
def test_a_record_with_another_spelling_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"format|day|month|year"):
        date_codec("%d/%m/%Y").decode(value)


@pytest.mark.parametrize("pattern", ["", "%Y", "%Y-%m-%d %S", "%Y-%m-%d-%d", "%d %b %Y", "%Y-%m-%", "%y%m%d"])
def test_a_format_that_cannot_be_undone_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"once each|none of"):
        date_codec(pattern)
