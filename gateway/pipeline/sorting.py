"""Sorting by the backend: only by a field that it declares and whose order is the attribute's own."""

from msgspec import UNSET

from gateway.lens.addresses import find_rule, print_field
from gateway.lens.kinds import LeafRule
from gateway.mapping.dialect import Resource
from gateway.scim.filter import AttrPath


def sorted_field(resource: Resource, by: AttrPath) -> str | None:
    """The backend's name of the field it can sort by, or None.

    A table bars it, and a codec unless it keeps the order; what is assumed stands elsewhere than what is absent.
    """
    rule = find_rule(resource.lens, by)
    if not isinstance(rule, LeafRule) or not rule.v or rule.table is not None or rule.assume is not UNSET:
        return None
    if rule.codec is not None and not rule.codec.order:
        return None
    name = print_field(rule.v)
    return name if name in resource.can.sort else None


def sort_pairs(field: str, *, descending: bool) -> tuple[tuple[str, str], ...]:
    """The query pairs of RFC 7644 3.4.2.3."""
    return (("sortBy", field), ("sortOrder", "descending" if descending else "ascending"))
