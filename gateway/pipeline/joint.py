"""What several backends say of one resource type, as one: every attribute of any, and of each what holds for all."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from msgspec.structs import replace

from gateway.scim.schema import Attribute, Mutability, ResourceType, Returned, Schema, Uniqueness


class Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)
# From the one that forbids least; what one backend takes may be sent.
MUTABILITY: tuple[Mutability, ...] = ("readWrite", "immutable", "writeOnly", "readOnly")
# From the one that says least of where a value is shown.
RETURNED: tuple[Returned, ...] = ("default", "request", "always", "never")
UNIQUENESS: tuple[Uniqueness, ...] = ("none", "server", "global")


def join_types(several: Iterable[Iterable[ResourceType]]) -> dict[str, ResourceType]:
    """By name, the types of several backends, in the order in which they first stand there."""
    return {name: join_type(alike) for name, alike in _by_name(one for types in several for one in types).items()}


def join_type(alike: Sequence[ResourceType]) -> ResourceType:
    """One type out of those of the same name."""
    first = alike[0]
    if all(one == first for one in alike):
        return first
    extensions: dict[str, list[Schema]] = {}
    for one in (each for kind in alike for each in kind.extensions):
        extensions.setdefault(one.id, []).append(one)
    return replace(
        first,
        schema=join_schema([one.schema for one in alike], len(alike)),
        extensions=tuple(join_schema(found, len(alike)) for found in extensions.values()),
    )


def join_schema(alike: Sequence[Schema], backends: int) -> Schema:
    """One schema out of those of the same URN; a backend that lacks it lacks its attributes."""
    return replace(alike[0], attributes=join_attributes([one.attributes for one in alike], backends))


def join_attributes(several: Iterable[Iterable[Attribute]], backends: int) -> tuple[Attribute, ...]:
    named = _by_name(one for attributes in several for one in attributes)
    return tuple(join_attribute(alike, backends) for alike in named.values())


def join_attribute(alike: Sequence[Attribute], backends: int) -> Attribute:
    """One attribute as it is at so many backends, some of which may lack it. Its kind of value is that of the first."""
    first = alike[0]
    open_ = not all(one.canonical_values for one in alike)
    return replace(
        first,
        required=len(alike) == backends and all(one.required for one in alike),
        case_exact=all(one.case_exact for one in alike),
        mutability=min((one.mutability for one in alike), key=MUTABILITY.index),
        returned=min((one.returned for one in alike), key=RETURNED.index),
        uniqueness=min((one.uniqueness for one in alike), key=UNIQUENESS.index),
        canonical_values=() if open_ else _once(value for one in alike for value in one.canonical_values),
        reference_types=_once(value for one in alike for value in one.reference_types),
        sub_attributes=join_attributes([one.sub_attributes for one in alike], len(alike)),
    )


def _by_name(things: Iterable[N]) -> dict[str, list[N]]:
    found: dict[str, list[N]] = {}
    for one in things:
        found.setdefault(one.name, []).append(one)
    return found


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
