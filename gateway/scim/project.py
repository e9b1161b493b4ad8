"""Which attributes an answer shows (RFC 7644 3.4.2.5 and 3.9, RFC 7643 `returned`)."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from msgspec import Struct

from gateway.scim.errors import ScimError
from gateway.scim.lenience import ANY, Lenience
from gateway.scim.names import fold
from gateway.scim.schema import Attribute, Resource, ResourceType
from gateway.scim.terms import AttrPath

_BRACKETS = re.compile(r"\[[^\]]*\]")


class Projection(Struct, frozen=True, dict=True):
    """The names a client asked for (`included`) or asked to leave out, canonical; those nobody may lose are not in."""

    names: tuple[AttrPath, ...]
    included: bool

    @cached_property
    def subs(self) -> dict[tuple[str | None, str | None], set[str | None]]:
        """By attribute the sub-attributes that are named; None among them stands for the whole attribute."""
        found: dict[tuple[str | None, str | None], set[str | None]] = {}
        for name in self.names:
            found.setdefault((name.urn, name.attr), set()).add(name.sub)
        return found


def parse_projection(
    attributes: str | None, excluded: str | None, rt: ResourceType, lenience: Lenience = ANY
) -> Projection | None:
    """The comma-separated names of `attributes` or `excludedAttributes`; None when neither asks for anything.

    Both at once is ScimError `invalidValue` (RFC 7644 3.9). Names nobody knows fall away.
    """
    if attributes and excluded:
        raise ScimError("invalidValue", "`attributes` and `excludedAttributes` exclude each other.", "Send one.")
    if not attributes and not excluded:
        return None
    asked = attributes or excluded or ""
    if "[" in asked:
        lenience.require("filter-in-projection", "The projection")
        asked = _BRACKETS.sub("", asked)
    known = (rt.parse_name(name.strip()) for name in asked.split(","))
    names = tuple(dict.fromkeys(path for path in known if path is not None))
    if attributes:
        always = (path for path, attribute in rt.attributes() if attribute.returned == "always")
        return Projection(tuple(dict.fromkeys((*always, *names))), included=True)
    return Projection(tuple(path for path in names if not _is_kept(path, rt)), included=False)


def _is_kept(path: AttrPath, rt: ResourceType) -> bool:
    found = rt.find(path)
    return found is not None and found.returned == "always"


def project(resource: Resource, projection: Projection | None, rt: ResourceType) -> Resource:
    """What of the resource is shown: what is `never` returned is not, what is `always` returned is."""
    shown: Resource = {}
    for key, value in resource.items():
        extension = rt.extension_by_urn.get(fold(key))
        if extension is None:
            kept = _show(value, rt.core_by_name.get(fold(key)), None, projection)
        else:
            whole = AttrPath(extension.id, None, None)
            kept = _show_extension(value, extension.as_attribute, projection, whole)
        if kept is not None:
            shown[key] = kept
    return shown


def _show_extension(
    value: Any, extension: Attribute, projection: Projection | None, whole: AttrPath
) -> dict[str, Any] | None:
    named = projection is not None and whole in projection.names
    if named and projection is not None and not projection.included:
        return None
    rule = None if named else projection
    parts = {key: _show(each, extension.find(key), whole.urn, rule) for key, each in value.items()}
    return {key: each for key, each in parts.items() if each is not None} or None


def _show(value: Any, attribute: Attribute | None, urn: str | None, projection: Projection | None) -> Any:
    """The value as it is shown, or None. `attribute` is None for what no schema knows: shown unless names are given."""
    if attribute is None:
        return value if projection is None or not projection.included else None
    asked = projection.subs.get((urn, attribute.name)) if projection is not None else None
    if attribute.returned == "never" or not _is_shown(attribute, projection, asked):
        return None
    if attribute.type != "complex":
        return value
    hide = _hidden(attribute, projection, asked)
    return value if not hide else _without(value, hide)


def _is_shown(attribute: Attribute, projection: Projection | None, asked: set[str | None] | None) -> bool:
    if attribute.returned == "always":
        return True
    if projection is not None and projection.included:
        return asked is not None or any(sub.returned == "always" for sub in attribute.sub_attributes)
    return attribute.returned != "request" and not (asked is not None and None in asked)


def _hidden(attribute: Attribute, projection: Projection | None, asked: set[str | None] | None) -> frozenset[str]:
    """The sub-attributes that are not shown."""
    included = projection is not None and projection.included
    partly = included and (asked is None or None not in asked)
    hidden = set()
    for sub in attribute.sub_attributes:
        named = asked is not None and sub.name in asked
        shown = named == included if (partly or named) else sub.returned != "request"
        if sub.returned == "never" or (not shown and sub.returned != "always"):
            hidden.add(sub.name)
    return frozenset(hidden)


def _without(value: Any, hidden: Iterable[str]) -> Any:
    if isinstance(value, list):
        parts = [_without(each, hidden) for each in value]
        return [each for each in parts if each] or None
    if not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if key not in hidden} or None
