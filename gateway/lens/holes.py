"""Texts with holes, `{name.givenName|word}`: what is made of the values of a resource, or of a record."""

from msgspec import Struct

from gateway.scim.filter import AttrPath
from gateway.scim.path import Path


class Hole(Struct, frozen=True):
    """`{name.givenName|word}`: a value put into a text. `path` is AttrPath over resources, Field over records.

    A path with a condition names a part of a list's value, the first that it holds of. `spelled`: the value may be
    something else than a text, and is written as JSON writes it.
    """

    path: AttrPath | Path | tuple[str, ...]
    kind: str = "any"
    optional: bool = False
    spelled: bool = False


class Template(Struct, frozen=True, cache_hash=True):
    """A text with holes; absent as a whole while a hole that is not optional is absent."""

    parts: tuple[str | Hole, ...]
    text: str


def holes(template: Template) -> tuple[Hole, ...]:
    """The holes of a template, in order."""
    return tuple(part for part in template.parts if isinstance(part, Hole))


def attribute_read(path: AttrPath | Path) -> AttrPath:
    """The attribute that a hole over resources looks at: of a value of a list, the list."""
    return path if isinstance(path, AttrPath) else AttrPath(path.target.urn, path.target.attr)


def may_be_empty(template: Template) -> bool:
    """Is there nothing in it but holes that may be absent? Where all of them are, it is."""
    return all(isinstance(part, Hole) and part.optional for part in template.parts)


Source = Template | str | bool | int | float
