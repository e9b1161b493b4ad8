"""Codecs: named, total in one direction, with a declared law. A closed table; a mapping names them under `via`.

iso: encode and decode undo each other. canon: many spellings become one, decode shows it. lossy: only in `send`.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct

from gateway.scim.dates import parse_instant

# The usual spelling, of days that every month has: nothing to convert.
_UTC = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", re.ASCII)
is_utc = _UTC.fullmatch
Law = Literal["iso", "canon", "lossy"]


class Codec(Struct, frozen=True):
    """One codec. `order`: comparisons survive it; `affix`: co, sw and ew do. Errors are ValueErrors.

    `prefix`: what a text must begin with to be decoded.
    """

    name: str
    law: Law
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    s_type: str = "string"
    v_type: str = "string"
    order: bool = False
    affix: bool = False
    prefix: str = ""


def same(value: Any) -> str:
    """A text as it is. Raises ValueError for anything else."""
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def to_utc(value: Any) -> str:
    """Any RFC 3339 date-time (offset, 0 to 9 digits of fraction) as UTC with `Z`. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("not a date-time")
    if is_utc(value):
        return value
    instant = parse_instant(value)
    if instant is None:
        raise ValueError("not a date-time")
    return show_instant(instant)


def show_instant(instant: datetime) -> str:
    """RFC 3339 in UTC; a fraction is shown only when there is one."""
    text = instant.isoformat().replace("+00:00", "Z")
    return text[:-4] + "Z" if len(text) == 27 and text.endswith("000Z") else text


def _from_epoch_ms(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("not milliseconds since 1970")
    try:
        return show_instant(datetime.fromtimestamp(value / 1000, UTC))
    except (OverflowError, OSError, ValueError):
        raise ValueError("not milliseconds since 1970") from None


def _to_epoch_ms(value: Any) -> int:
    instant = parse_instant(value) if isinstance(value, str) else None
    if instant is None:
        raise ValueError("not a date-time")
    return round(instant.timestamp() * 1000)


def _to_int(value: Any) -> int:
    if not isinstance(value, str) or not value.lstrip("-").isascii() or not value.lstrip("-").isdigit():
        raise ValueError("not a number")
    if str(int(value)) != value:
        raise ValueError("not a number in its plain form")
    return int(value)


def _from_int(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("not a number")
    return str(value)


def _to_bool_text(value: Any) -> str:
    if not isinstance(value, bool):
        raise ValueError("not a boolean")
    return "true" if value else "false"


def _from_bool_text(value: Any) -> bool:
    if value == "true":  # as nearly all spell it
        return True
    text = str(value).lower() if isinstance(value, str | bool) else ""
    if text not in ("true", "false"):
        raise ValueError("neither true nor false")
    return text == "true"


CODECS: dict[str, Codec] = {
    one.name: one
    for one in (
        Codec("lower", "canon", str.lower, same),
        Codec("upper", "canon", str.upper, same),
        Codec("trim", "canon", str.strip, same),
        Codec("utc", "canon", to_utc, to_utc, s_type="dateTime", order=True),
        Codec("epoch_ms", "iso", _to_epoch_ms, _from_epoch_ms, s_type="dateTime", v_type="int", order=True),
        Codec("bool_text", "canon", _to_bool_text, _from_bool_text, s_type="boolean"),
        Codec("int_text", "iso", _to_int, _from_int, v_type="int"),
        Codec("digits", "lossy", lambda value: "".join(str(int(c)) for c in value if c.isdecimal()), same),
    )
}


def prefix_codec(prefix: str) -> Codec:
    """`prefix("emp#")`: put before the value on the way out, taken off on the way in."""

    def strip(value: Any) -> Any:
        if not isinstance(value, str) or not value.startswith(prefix):
            raise ValueError("without the declared prefix")
        return value[len(prefix) :]

    return Codec(f'prefix("{prefix}")', "iso", lambda value: prefix + value, strip, prefix=prefix)


def chain(codecs: tuple[Codec, ...]) -> Codec:
    """Several codecs in a row, outward from left to right; the weakest law is the chain's law."""
    laws = [codec.law for codec in codecs]
    law: Law = "lossy" if "lossy" in laws else "canon" if "canon" in laws else "iso"

    def encode(value: Any) -> Any:
        for codec in codecs:
            value = codec.encode(value)
        return value

    def decode(value: Any) -> Any:
        for codec in reversed(codecs):
            value = codec.decode(value)
        return value

    return Codec(
        " ".join(codec.name for codec in codecs), law, encode, decode, codecs[0].s_type, codecs[-1].v_type,
        all(codec.order for codec in codecs), all(codec.affix for codec in codecs),
        next((codec.prefix for codec in codecs if codec.prefix), ""),
    )  # fmt: skip
