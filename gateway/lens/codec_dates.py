"""The codec `date("%d/%m/%Y")`: a day, or a point in time in UTC, in the backend's own spelling.

Of the words of strftime those with a fixed width: `%Y %m %d %H %M %S`, and `%%`. A format without a time of day
stands for a day, which SCIM's side writes as RFC 3339's full-date.
"""

import re
from datetime import UTC, date, datetime
from typing import Any

from gateway.lens.codecs import Codec, show_instant
from gateway.scim.dates import parse_instant

_WIDTHS = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
_PIECE = re.compile(r"%(.)|([^%]+)|%", re.DOTALL)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


def date_codec(pattern: str) -> Codec:
    """The codec of a format. ValueError says what is wrong with it."""
    words = _read(pattern)
    letters = [word for word, literal in words if not literal]
    if sorted(letters) not in (sorted("Ymd"), sorted("YmdHM"), sorted("YmdHMS")):
        raise ValueError("a date needs %Y, %m and %d once each, a time of day %H, %M and perhaps %S too")
    timed = "H" in letters
    expression = "".join(
        re.escape(text) if literal else rf"(?P<{text}>\d{{{_WIDTHS[text]}}})" for text, literal in words
    )
    shape = re.compile(expression, re.ASCII)

    def encode(value: Any) -> str:
        numbers = _numbers(_instant(value) if timed else _day(value))
        return "".join(text if literal else f"{numbers[text]:0{_WIDTHS[text]}d}" for text, literal in words)

    def decode(value: Any) -> str:
        found = shape.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError("not a date of the declared format")
        part = {letter: int(text) for letter, text in found.groupdict().items()}
        if not timed:
            return date(part["Y"], part["m"], part["d"]).isoformat()
        clock = (part["H"], part["M"], part.get("S", 0))
        return show_instant(datetime(part["Y"], part["m"], part["d"], *clock, tzinfo=UTC))

    kind = "dateTime" if timed else "date"
    return Codec(f'date("{pattern}")', "canon" if timed else "iso", encode, decode, s_type=kind)


def _read(pattern: str) -> list[tuple[str, bool]]:
    """The words of a format: a letter of a directive, or a literal text."""
    words: list[tuple[str, bool]] = []
    for found in _PIECE.finditer(pattern):
        letter, literal = found[1], found[2]
        if literal is not None or letter == "%":
            words.append((literal or "%", True))
        elif letter in _WIDTHS:
            words.append((letter, False))
        else:
            raise ValueError(f"'{found[0]}' is none of %Y %m %d %H %M %S %%")
    return words


def _day(value: Any) -> datetime:
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("not a full-date")
    return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)


def _instant(value: Any) -> datetime:
    instant = parse_instant(value) if isinstance(value, str) else None
    if instant is None:
        raise ValueError("not a date-time")
    return instant.astimezone(UTC)


def _numbers(instant: datetime) -> dict[str, int]:
    return {
        "Y": instant.year, "m": instant.month, "d": instant.day,
        "H": instant.hour, "M": instant.minute, "S": instant.second,
    }  # fmt: skip
