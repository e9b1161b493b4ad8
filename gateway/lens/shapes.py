"""The backend's shape: what its records look like, in the notation of the mapping language.

A leaf is written `string(1..64)! key ci`, a list's bounds and an object's `!` stand in the key: `emails[1..1]!`.
Shapes are facts; a translation that cannot satisfy them is refused before anything is sent.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from gateway.lens.places import Place

LeafType = Literal["string", "bool", "int", "number", "datetime", "binary", "any", "enum", "ref"]
FLAGS = ("ro", "wo", "im", "key", "ci", "cs", "echo:sent", "shows:500", "asked")


class Leaf(Struct, frozen=True, kw_only=True):
    """A field with a single value. `low` and `high` bound a text's length in characters, `values` an enum.

    `unechoed` (echo:sent): accepted, not returned. `open_enum`: further values may come back.
    """

    type: LeafType = "string"
    low: int = 0
    high: int | None = None
    values: tuple[str, ...] = ()
    open_enum: bool = False
    refs: tuple[str, ...] = ()
    required: bool = False
    read_only: bool = False
    write_only: bool = False
    immutable: bool = False
    unique: bool = False
    unechoed: bool = False
    case_exact: bool | None = None


class ObjectShape(Struct, frozen=True, kw_only=True):
    """A field with sub-fields."""

    fields: Mapping[str, "Shape"]
    required: bool = False
    read_only: bool = False
    write_only: bool = False
    unechoed: bool = False


class ListShape(Struct, frozen=True, kw_only=True):
    """A field with many values; `low` and `high` bound their number. A record shows at most `shows` of them.

    `asked`: a record shows none, and the backend can be asked which records hold one.
    """

    item: "Leaf | ObjectShape"
    low: int = 0
    high: int | None = None
    required: bool = False
    read_only: bool = False
    write_only: bool = False
    unechoed: bool = False
    shows: int | None = None
    asked: bool = False


Shape = Leaf | ObjectShape | ListShape

_LEAF = re.compile(
    r"(?P<type>string|bool|int|number|datetime|binary|any|enum~?|ref)"
    r"(?:\((?P<inside>[^()]*)\))?(?P<required>!)?(?P<flags>(?: [a-z:]+[0-9]*)*)"
)
_KEY = re.compile(r"(?P<name>.+?)(?:\[(?P<bounds>[0-9.]*)\])?(?P<required>!)?(?P<flags>(?: [a-z:]+[0-9]*)*)")
_SHOWS = re.compile(r"shows:([1-9][0-9]*)")
_BOUNDS = re.compile(r"(\d+)?\.\.(\d+)?")


class ShapeError(ValueError):
    """A text that is not of the notation; the message says what was expected."""


def parse_leaf(text: str) -> Leaf:
    """Read `string(1..1024)! key ci`. Raises ShapeError."""
    found = _LEAF.fullmatch(text.strip())
    if not found:
        raise ShapeError(
            f"'{text}' is no type: write string, bool, int, number, datetime, binary, any, enum(a|b) or ref(User), "
            "then (low..high), ! and flags"
        )
    kind, inside = found["type"], found["inside"] or ""
    flags = _read_flags(found["flags"])
    low, high = _read_bounds(inside) if inside and kind not in ("enum", "enum~", "ref") else (0, None)
    words = tuple(part.strip() for part in inside.split("|")) if kind in ("enum", "enum~", "ref") else ()
    if kind in ("enum", "enum~", "ref") and not all(words):
        raise ShapeError(f"'{text}' names nothing inside the parentheses")
    return Leaf(
        type="enum" if kind.startswith("enum") else kind,  # type: ignore[arg-type]  # the pattern admits no other
        low=low,
        high=high,
        values=words if kind.startswith("enum") else (),
        open_enum=kind == "enum~",
        refs=words if kind == "ref" else (),
        required=bool(found["required"]),
        **_leaf_flags(flags),
    )


class Key(Struct, frozen=True):
    """A key of a shape: the bare name and what was written behind it."""

    name: str
    many: bool
    low: int
    high: int | None
    required: bool
    flags: frozenset[str]


def parse_key(text: str) -> Key:
    """Read `emails[1..1]! ro`. Raises ShapeError."""
    found = _KEY.fullmatch(text.strip())
    if not found:
        raise ShapeError(f"'{text}' is no key of a shape")
    bounds = found["bounds"]
    low, high = _read_bounds(bounds) if bounds else (0, None)
    return Key(found["name"], bounds is not None, low, high, bool(found["required"]), _read_flags(found["flags"]))


def leaves(shape: ObjectShape, prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Leaf | ListShape]]:
    """Every leaf and list of a shape with its address, depth first."""
    for name, field in shape.fields.items():
        if isinstance(field, ObjectShape):
            yield from leaves(field, (*prefix, name))
        else:
            yield (*prefix, name), field


def find_field(shape: ObjectShape, path: tuple[str, ...]) -> Shape | None:
    """The field at a path of keys, or None."""
    here: Shape = shape
    for key in path:
        if isinstance(here, ListShape):
            here = here.item
            if isinstance(key, Place):
                continue
        if not isinstance(here, ObjectShape) or key not in here.fields:
            return None
        here = here.fields[key]
    return here


def shown_at_most(flags: frozenset[str]) -> int | None:
    """The number behind `shows:`, the most items that a record shows; None where it shows all."""
    found = [match for one in flags if (match := _SHOWS.fullmatch(one))]
    return int(found[0][1]) if found else None


def _read_bounds(text: str) -> tuple[int, int | None]:
    found = _BOUNDS.fullmatch(text)
    if not found:
        raise ShapeError(f"'{text}' are no bounds: write low..high, either side may be empty")
    return int(found[1] or 0), int(found[2]) if found[2] else None


def _read_flags(text: str) -> frozenset[str]:
    flags = frozenset(text.split())
    unknown = {one for one in flags.difference(FLAGS) if not _SHOWS.fullmatch(one)}
    if unknown:
        raise ShapeError(f"'{' '.join(sorted(unknown))}' is no flag: known are {', '.join(FLAGS)}")
    return flags


def _leaf_flags(flags: frozenset[str]) -> dict[str, Any]:
    return {
        "read_only": "ro" in flags,
        "write_only": "wo" in flags,
        "immutable": "im" in flags,
        "unique": "key" in flags,
        "unechoed": "echo:sent" in flags,
        "case_exact": True if "cs" in flags else False if "ci" in flags else None,
    }
