"""Resources at the door: a client's document becomes canonical, or is refused (RFC 7643 2 and 3, RFC 7644 3.3)."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from gateway.scim.door import Door
from gateway.scim.errors import ScimError
from gateway.scim.lenience import ANY, Lenience
from gateway.scim.names import fold
from gateway.scim.schema import Attribute, Resource, ResourceType
from gateway.scim.terms import AttrPath
from gateway.scim.values import clean_value, is_absent


class Admission(Struct, frozen=True):
    """The canonical resource, without `schemas`; and the names of attributes that nobody knows and were left out."""

    resource: Resource
    ignored: tuple[str, ...] = ()


def read_resource(doc: object, rt: ResourceType, *, partial: bool = False, lenience: Lenience = ANY) -> Admission:
    """A document a client sent as a canonical resource: names spelled by the schema, types checked, blanks dropped.

    Attributes that only the service provider writes fall away in silence. With `partial`, required attributes may
    be missing.
    """
    document = require_object(doc, "The resource")
    door = Door(lenience)
    check_declared(document, rt, door)
    resource: Resource = {}
    for path, attribute, value in spread(document, rt, door):
        if path.sub and _is_list(path, rt):
            door.ignore(str(path))  # a sub-attribute of a list names no value of it
        elif not is_read_only(path, rt):
            _place(resource, path, clean_value(attribute, value, door, str(path)))
    if not partial:
        _require(resource, rt)
    return Admission(resource, tuple(door.ignored))


def is_read_only(path: AttrPath, rt: ResourceType) -> bool:
    """Whether the attribute, or the one it is part of, is written by the service provider alone."""
    return any(each is not None and each.mutability == "readOnly" for each in (rt.find_top(path), rt.find(path)))


def _is_list(path: AttrPath, rt: ResourceType) -> bool:
    top = rt.find_top(path)
    return top is not None and top.multi_valued


def require_object(doc: object, what: str) -> dict[str, Any]:
    """The document if it is a JSON object; ScimError `invalidSyntax` otherwise."""
    if not isinstance(doc, dict):
        raise ScimError("invalidSyntax", f"{what} must be a JSON object.")
    return doc


def fold_keys(document: dict[str, Any], what: str) -> dict[str, Any]:
    """The document of a message by folded keys; ScimError `invalidSyntax` for two that differ in letter case alone."""
    folded = {fold(name): value for name, value in document.items()}
    if len(folded) < len(document):
        raise ScimError("invalidSyntax", f"{what} gives the same key twice.", "Send each key once.")
    return folded


def check_schemas(document: dict[str, Any]) -> list[str]:
    """The URNs under `schemas`; ScimError `invalidSyntax` when they are no list of texts."""
    for key, value in document.items():
        if fold(key) == "schemas" and value is not None:
            if not isinstance(value, list) or not all(isinstance(urn, str) for urn in value):
                raise ScimError("invalidSyntax", "`schemas` takes a list of URNs.")
            return value
    return []


def check_declared(document: dict[str, Any], rt: ResourceType, door: Door) -> None:
    """Whether `schemas` tells what the resource is and carries (RFC 7643 3), as far as the client is held to it."""
    given = {fold(urn) for urn in check_schemas(document)}
    if not given:
        door.require("no-schemas", "The resource")
        return
    if fold(rt.schema.id) not in given or given - {fold(urn) for urn in rt.urns}:
        door.require("other-schemas", "`schemas`")
    if any(fold(key) in rt.extension_by_urn and fold(key) not in given for key in document):
        door.require("undeclared-extension", "`schemas`")


def spread(document: dict[str, Any], rt: ResourceType, door: Door) -> Iterator[tuple[AttrPath, Attribute, Any]]:
    """Every attribute a document gives, with its canonical path: plain, dotted, URN-qualified or in an extension.

    A singular complex attribute comes as one item per sub-attribute, `value` first, or as one item when it is no
    object. `schemas` is left out; names nobody knows are noted at the door.
    """
    for key, value in document.items():
        if fold(key) == "schemas":
            continue
        if fold(key) == fold(rt.schema.id) and isinstance(value, dict):
            yield from spread(value, rt, door)
            continue
        path = rt.parse_name(key)
        attribute = None if path is None else rt.find(path)
        if path is None or attribute is None:
            door.ignore(key)
        else:
            _require_plain(key, path, rt, door)
            yield from unfold(path, attribute, value, door)


def _require_plain(key: str, path: AttrPath, rt: ResourceType, door: Door) -> None:
    """A key is one name, of an attribute or of an extension."""
    if fold(key) in rt.core_by_name:
        return
    if path.sub is not None:
        door.require("dotted-key", f"`{path}`")
    if path.attr is not None and ":" in key:
        door.require("urn-key", f"`{path}`")


def unfold(path: AttrPath, attribute: Attribute, value: Any, door: Door) -> Iterator[tuple[AttrPath, Attribute, Any]]:
    """One item per sub-attribute of a singular complex value, `value` first; anything else as it is."""
    if attribute.type != "complex" or attribute.multi_valued or not isinstance(value, dict) or not value:
        yield path, attribute, value
        return
    for key in sorted(value, key=lambda name: fold(name) != "value"):
        sub = attribute.find(key)
        if sub is None:
            door.ignore(f"{path}.{key}" if path.attr else f"{path}:{key}")
        elif path.attr is None:
            yield from unfold(AttrPath(path.urn, sub.name, None), sub, value[key], door)
        else:
            yield AttrPath(path.urn, path.attr, sub.name), sub, value[key]


def _place(resource: Resource, path: AttrPath, value: Any) -> None:
    if is_absent(value) or path.attr is None:
        return
    holder = resource
    for step in (path.urn, path.attr if path.sub else None):
        if step is not None:
            holder = holder.setdefault(step, {})
    leaf = path.sub or path.attr
    both_objects = isinstance(value, dict) and isinstance(holder, dict) and isinstance(holder.get(leaf), dict)
    if both_objects and not set(holder[leaf]) & set(value):
        holder[leaf].update(value)
    elif leaf in holder:
        raise ScimError("invalidSyntax", f"`{path}` is given twice.")
    else:
        holder[leaf] = value


def _require(resource: Resource, rt: ResourceType) -> None:
    for attribute in rt.schema.attributes:
        if attribute.required and attribute.mutability != "readOnly" and attribute.name not in resource:
            raise ScimError("invalidValue", f"`{attribute.name}` is required.", "Send it with a value.")
