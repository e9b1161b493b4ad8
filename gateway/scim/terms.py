"""The words a filter is made of (RFC 7644 3.4.2.2), and how they are written down again."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct
from msgspec.json import encode

CompareOp = Literal["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]
Literally = str | int | float | bool | None


class AttrPath(Struct, frozen=True, tag=True, cache_hash=True):
    """The address of an attribute: `urn:attr.sub`. `attr` is None only for a bare extension URN."""

    urn: str | None
    attr: str | None
    sub: str | None = None

    def __str__(self) -> str:
        name = self.attr if self.sub is None else f"{self.attr}.{self.sub}"
        return ":".join(part for part in (self.urn, name) if part is not None)


class Compare(Struct, frozen=True, tag=True):
    """`path op value`."""

    path: AttrPath
    op: CompareOp
    value: Literally


class Present(Struct, frozen=True, tag=True):
    """`path pr`."""

    path: AttrPath


class And(Struct, frozen=True, tag=True):
    """All of the parts hold; no parts is true."""

    parts: "tuple[Filter, ...]"


class Or(Struct, frozen=True, tag=True):
    """One of the parts holds; no parts is false."""

    parts: "tuple[Filter, ...]"


class Not(Struct, frozen=True, tag=True):
    """The part does not hold."""

    part: "Filter"


class Within(Struct, frozen=True, tag=True):
    """`path[where]`: one and the same value of `path` satisfies `where`, whose paths are relative to that value."""

    path: AttrPath
    where: "Filter"


Filter = Compare | Present | And | Or | Not | Within


def walk(f: Filter) -> Iterator[AttrPath]:
    """Every attribute a filter reads, left to right; inside brackets the path is completed: `emails.type`."""
    match f:
        case Compare(path=path) | Present(path=path):
            yield path
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from walk(part)
        case Not(part=part):
            yield from walk(part)
        case Within(path=path, where=where):
            for inner in walk(where):
                yield AttrPath(path.urn, path.attr, inner.attr)


def format_filter(f: Filter, *, quote: bool = True) -> str:
    """The filter as text; reading it again gives an equal filter. Without `quote` texts stand bare.

    The two constants have no spelling of their own in the grammar: they are written through `id`, which all
    resources carry.
    """
    match f:
        case Compare(path=path, op=op, value=value):
            return f"{path} {op} {encode(value).decode() if quote or not isinstance(value, str) else value}"
        case Present(path=path):
            return f"{path} pr"
        case Within(path=path, where=where):
            return f"{path}[{format_filter(where, quote=quote)}]"
        case Not(part=part):
            return f"not ({format_filter(part, quote=quote)})"
        case And(parts=parts):
            return " and ".join(_wrap(part, (And, Or), quote) for part in parts) or "id pr"
        case Or(parts=parts):
            return " or ".join(_wrap(part, (Or,), quote) for part in parts) or "not (id pr)"


def _wrap(part: Filter, loose: tuple[type, ...], quote: bool) -> str:
    text = format_filter(part, quote=quote)
    return f"({text})" if isinstance(part, loose) else text
