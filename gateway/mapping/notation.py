"""Short notations of the file: calls, durations, dotted paths."""

import re
from typing import Final

from gateway.lens.places import Place, labels_of
from gateway.scim.errors import ScimError
from gateway.scim.filter import format_filter, parse_filter

_CALL = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/[^\s?#]*)(?:\?(\S+))?")
_DURATION = re.compile(r"(\d+)(ms|s|m|h)")
_PACE = re.compile(r"(\d+)/(s|m|h)")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_HOLE = re.compile(r"\{([^{}]*)\}")
_PLACE = re.compile(r"(?P<list>[^\[\]]+)\[(?P<inside>[^\[\]]*)\](?:\.(?P<rest>.+))?")
_INDEX = re.compile(r"\[(\d+)\]")
_SEGMENT = re.compile(r'"([^"]+)"|([^."\[\]]+)')


def read_call(text: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """`POST /users?activate=true` as verb, path and query. Raises ValueError."""
    found = _CALL.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is no call: write a verb and a path, such as POST /Users")
    pairs = [pair.partition("=") for pair in (found[3] or "").split("&") if pair]
    return found[1], found[2], tuple((key, value) for key, _, value in pairs)


def read_seconds(text: str) -> float:
    """`250ms`, `8s`, `5m`, `6h` in seconds. Raises ValueError."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is no duration: write 250ms, 8s, 5m or 6h")
    return int(found[1]) * _SECONDS[found[2]]


def read_pace(text: str) -> float:
    """`25/s` in calls per second. Raises ValueError."""
    found = _PACE.fullmatch(text)
    if not found or found[1] == "0":
        raise ValueError(f"'{text}' is no pace: write 25/s or 600/m")
    return int(found[1]) / _SECONDS[found[2]]


def read_keys(text: str) -> tuple[str, ...]:
    """`data.users` or `"odd.name".x` as keys; `$` is the root. Raises ValueError."""
    if text == "$":
        return ()
    keys: list[str] = []
    at = 0
    while found := _SEGMENT.match(text, at):
        keys.append(found[1] or found[2])
        if found.end() == len(text):
            return tuple(keys)
        if text[found.end()] != ".":
            break
        at = found.end() + 1
    if "[" in text:
        raise ValueError(f"'{text}': a place inside a list cannot stand here")
    raise ValueError(f"'{text}' is no path: write names with dots between, such as profile.firstName")


def read_reply_keys(text: str) -> tuple[str, ...]:
    """`errors[0].detail` as keys; an index is a key of digits, as in `errors.0.detail`. Raises ValueError."""
    return read_keys(_INDEX.sub(r".\1", text))


def read_field(text: str) -> tuple[str, ...]:
    """`titles[0]` or `credentials[type eq "password"].value` as keys and places. Raises ValueError."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return read_keys(text)
    inside = found["inside"].strip()
    try:
        place = Place(f"[{int(inside)}]" if inside.isdecimal() else f"[{format_filter(parse_filter(inside))}]")
        labels_of(place)
    except (ScimError, ValueError):
        raise ValueError(f"'{text}': brackets take a number, or equalities such as type eq \"password\"") from None
    return (*read_keys(found["list"]), place, *(read_keys(found["rest"]) if found["rest"] else ()))


def find_holes(text: str) -> set[str]:
    """The names in braces."""
    return set(_HOLE.findall(text))
