"""Short notations of the file: calls, durations, dotted paths, shapes, addresses with aliases."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from gateway.lens.kinds import Field
from gateway.lens.shapes import FLAGS, Key, Leaf, ListShape, ObjectShape, Shape, ShapeError, parse_key, parse_leaf
from gateway.mapping.diagnose import Diagnosis
from gateway.mapping.source import Path, Source
from gateway.scim.errors import ScimError
from gateway.scim.filter import AttrPath
from gateway.scim.path import parse_path
from gateway.scim.schema import ResourceType

_CALL = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/[^\s?#]*)(?:\?(\S+))?")
_DURATION = re.compile(r"(\d+)(ms|s|m|h)")
_PACE = re.compile(r"(\d+)/(s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
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
    if text == "$" or not text:
        return ()
    keys = tuple(found[1] or found[2] for found in _SEGMENT.finditer(text))
    if not keys:
        raise ValueError(f"'{text}' is no path")
    return keys


class Names:
    """The addresses of one resource type: aliases, SCIM's attributes, the backend's fields."""

    def __init__(self, type_: ResourceType, aliases: Mapping[str, tuple[str, str]], shape: ObjectShape) -> None:
        self.type = type_
        self.aliases = aliases
        self.shape = shape

    def attribute(self, text: str) -> AttrPath:
        """A SCIM attribute, `enterprise:department` or `name.givenName`. Raises ScimError."""
        alias, colon, rest = text.partition(":")
        if colon and alias in self.aliases:
            text = f"{self.aliases[alias][0]}:{rest}"
        elif colon and alias != "urn":
            raise UnknownAlias(alias)
        path = parse_path(text, self.type.urns)
        if path.where is not None:
            raise ScimError("invalidPath", f"'{text}': a selector is not carried by this rule")
        return self.type.canonical(path.target)

    def field(self, text: str) -> Field:
        """A field of the backend; an alias stands for the backend's URN. Raises ValueError for a bad path."""
        for urn in sorted((key for key in self.shape.fields if ":" in key), key=len, reverse=True):
            if text.startswith(urn + ":"):
                return (urn, *read_keys(text[len(urn) + 1 :]))
            if text == urn:
                return (urn,)
        alias, colon, rest = text.partition(":")
        if colon and alias in self.aliases:
            return (self.aliases[alias][1], *read_keys(rest))
        if colon:
            raise UnknownAlias(alias)
        return read_keys(text)


class UnknownAlias(ValueError):
    """A prefix before a colon that `urns` does not declare."""


def read_shape(source: Source, path: Path, data: Mapping[str, Any], diagnosis: Diagnosis) -> ObjectShape:
    """The `shape` table. Complaints: E111 for a text that is not of the notation."""
    return _object(source, path, data, diagnosis, _NO_FLAGS)


_NO_FLAGS: frozenset[str] = frozenset()


def _object(
    source: Source,
    path: Path,
    data: Mapping[str, Any],
    diagnosis: Diagnosis,
    flags: frozenset[str],
    required: bool = False,
) -> ObjectShape:
    fields: dict[str, Shape] = {}
    for text, value in data.items():
        here = (*path, text)
        try:
            key = parse_key(text)
            fields[key.name] = _field(source, here, key, value, diagnosis, flags | key.flags)
        except ShapeError as error:
            diagnosis.add("E111", str(error), source.place(here), f"flags are {', '.join(FLAGS)}")
    return ObjectShape(fields=fields, required=required, **_list_flags(flags))


def _field(source: Source, path: Path, key: Key, value: Any, diagnosis: Diagnosis, flags: frozenset[str]) -> Shape:
    required = key.required and not key.many
    if isinstance(value, dict):
        one: Leaf | ObjectShape = _object(source, path, value, diagnosis, flags, required)
    elif isinstance(value, str):
        one = _with_flags(parse_leaf(value), flags)
    else:
        raise ShapeError("a field is a type, such as string, or a table of fields")
    if not key.many:
        return one
    return ListShape(item=one, low=key.low, high=key.high, required=key.required, **_list_flags(flags))


def _list_flags(flags: frozenset[str]) -> dict[str, bool]:
    return {"read_only": "ro" in flags, "write_only": "wo" in flags, "unechoed": "echo:sent" in flags}


def _with_flags(leaf: Leaf, flags: frozenset[str]) -> Leaf:

    return replace(
        leaf,
        read_only=leaf.read_only or "ro" in flags,
        write_only=leaf.write_only or "wo" in flags,
        unechoed=leaf.unechoed or "echo:sent" in flags,
    )
