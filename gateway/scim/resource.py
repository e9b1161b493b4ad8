"""Resources at the door: a client's document becomes canonical, or is refused (RFC 7643 2 and 3, RFC 7644 3.3)."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from gateway.scim.errors import ScimError
from gateway.scim.names import fold
from gateway.scim.schema import Attribute, Resource, ResourceType
from gateway.scim.terms import AttrPath
from gateway.scim.values import clean_value, is_absent


class Admission(Struct, frozen=True):
    """The canonical resource, without `schemas`; and the names of attributes that nobody knows and were left out."""

    resource: Resource
    ignored: tuple[str, ...] = ()


def read_resource(doc: object, rt: ResourceType, *, partial: bool = False) -> Admission:
    """A document a client sent as a canonical resource: names spelled by the schema, types checked, blanks dropped.

    Attributes that only the service provider writes fall away in silence. With `partial`, required attributes may
    be missing.
    """
    document = require_object(doc, "The resource")
    check_schemas(document)
    resource: Resource = {}
    ignored: list[str] = []
    for path, attribute, value in spread(document, rt, ignored):
        if path.sub and _is_list(path, rt):
            ignored.append(str(path))  # a sub-attribute of a list names no value of it
        elif not is_read_only(path, rt):
            _place(resource, path, clean_value(attribute, value, ignored, str(path)))
    if not partial:
        _require(resource, rt)
    return Admission(resource, tuple(ignored))


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


def check_schemas(document: dict[str, Any]) -> list[str]:
    """The URNs under `schemas`; ScimError `invalidSyntax` when they are no list of texts."""
    for key, value in document.items():
        if fold(key) == "schemas" and value is not None:
            if not isinstance(value, list) or not all(isinstance(urn, str) for urn in value):
                raise ScimError("invalidSyntax", "`schemas` takes a list of URNs.")
            return value
    return []


def spread(document: dict[str, Any], rt: ResourceType, ignored: list[str]) -> Iterator[tuple[AttrPath, Attribute, Any]]:
    """Every attribute a document gives, with its canonical path: plain, dotted, URN-qualified or in an extension.

    A singular complex attribute comes as one item per sub-attribute, `value` first, or as one item when it is no
    object. `schemas` is left out; names nobody knows go to `ignored`.
    """
    for key, value in document.items():
        if fold(key) == "schemas":
            continue
        if fold(key) == fold(rt.schema.id) and isinstance(value, dict):
            yield from spread(value, rt, ignored)
            continue
        path = rt.parse_name(key)
        attribute = None if path is None else rt.find(path)
        if path is None or attribute is None:
            ignored.append(key[:100])
        else:
            yield from _unfold(path, attribute, value, ignored)


def _unfold(
    path: AttrPath, attribute: Attribute, value: Any, ignored: list[str]
) -> Iterator[tuple[AttrPath, Attribute, Any]]:
    if attribute.type != "complex" or attribute.multi_valued or not isinstance(value, dict) or not value:
        yield path, attribute, value
        return
    for key in sorted(value, key=lambda name: fold(name) != "value"):
        sub = attribute.find(key)
        if sub is None:
            ignored.append(f"{path}.{key}"[:100] if path.attr else f"{path}:{key}"[:200])
        elif path.attr is None:
            yield from _unfold(AttrPath(path.urn, sub.name, None), sub, value[key], ignored)
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
