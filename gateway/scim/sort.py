"""The order of a list (RFC 7644 3.4.2.3)."""

from collections.abc import Sequence
from typing import Any

from gateway.scim.dates import parse_instant
from gateway.scim.errors import ScimError
from gateway.scim.match import fold_value
from gateway.scim.schema import Attribute, Resource, ResourceType
from gateway.scim.terms import AttrPath


def sort_resources(
    resources: Sequence[Resource], sort_by: AttrPath, descending: bool, rt: ResourceType
) -> list[Resource]:
    """A new list in order, equals as they stood. Those without a value come last, or first when descending.

    A multi-valued attribute counts by its primary value, else by its first; a complex one by its `value`.
    ScimError `invalidPath` for an attribute the type does not have.
    """
    path = rt.canonical(sort_by)
    attribute = rt.find(path)
    if attribute is not None and attribute.type == "complex":
        path = AttrPath(path.urn, path.attr, "value")
        attribute = rt.find(path)
    if attribute is None or path.attr is None:
        raise ScimError("invalidPath", f"`{sort_by}` cannot be sorted by.", "Name one of its sub-attributes.")
    keyed = [(_key(_value(resource, path), attribute), resource) for resource in resources]
    present = [(key, resource) for key, resource in keyed if key is not None]
    missing = [resource for key, resource in keyed if key is None]
    ordered = [resource for _, resource in sorted(present, key=lambda pair: pair[0], reverse=descending)]
    return missing + ordered if descending else ordered + missing


def _value(resource: Resource, path: AttrPath) -> Any:
    node: Any = resource
    for step in (path.urn, path.attr, path.sub):
        if step is not None:
            node = node.get(step) if isinstance(node, dict) else None
            node = _chosen(node) if isinstance(node, list) else node
    return node


def _chosen(elements: list[Any]) -> Any:
    primary = (each for each in elements if isinstance(each, dict) and each.get("primary") is True)
    return next(primary, elements[0] if elements else None)


def _key(value: Any, attribute: Attribute) -> tuple[int, Any] | None:
    """Something that compares: what does not fit the type stands after what does."""
    if value is None or value == "":
        return None
    if attribute.type == "dateTime" and isinstance(value, str):
        instant = parse_instant(value)
        return (1, value) if instant is None else (0, instant.timestamp())
    if isinstance(value, bool | int | float):
        return (0, float(value)) if attribute.type in ("boolean", "integer", "decimal") else (1, str(value))
    return (1, fold_value(value, attribute)) if isinstance(value, str) else (2, repr(value))
