"""Sorting by the backend: only by a field that it declares and whose order is the attribute's own."""

from gateway.lens.kinds import LeafRule
from gateway.mapping.dialect import Resource
from gateway.scim.filter import AttrPath


def sorted_field(resource: Resource, by: AttrPath) -> str | None:
    """The backend's name of the field it can sort by, or None. Tables and codecs may change the order: they bar it."""
    for rule in resource.lens.rules:
        if isinstance(rule, LeafRule) and rule.s == by and rule.table is None and rule.codec is None:
            name = ":".join(rule.v) if rule.v[0].startswith("urn:") else ".".join(rule.v)
            return name if name in resource.can.sort else None
    return None


def sort_pairs(field: str, *, descending: bool) -> tuple[tuple[str, str], ...]:
    """The query pairs of RFC 7644 3.4.2.3."""
    return (("sortBy", field), ("sortOrder", "descending" if descending else "ascending"))
