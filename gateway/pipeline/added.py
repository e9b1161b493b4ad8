"""Values that a backend puts into a list by itself (`adds`): shown as they are, never sent, and no difference."""

from typing import Any

from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document
from gateway.pipeline.documents import read_attribute, with_attribute
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.match import fold_value


def without_added(target: Target, resource: Document, seen: Document | None = None) -> Document:
    """The resource without such values; the very one where it has none.

    `seen` is the resource whose values they are, where an edit of that still shows them: a name may be another by now.
    """
    bare = resource
    for rule in target.lens.list_rules.values():
        if rule.adds is not None:
            value = read_attribute(resource if seen is None else seen, rule.adds)
            items = read_attribute(resource, rule.s) or []
            others = [one for one in items if value is None or not is_value(target, rule, one, value)]
            if len(others) < len(items):
                bare = with_attribute(bare, rule.s, others)
    return bare


def is_value(target: Target, rule: ListRule, item: Any, value: Any) -> bool:
    """Is it the key of the item? Letters of either case are as good where the attribute says so."""
    found = item if rule.plain else item.get(rule.key[0])
    attribute = target.type.find(AttrPath(rule.s.urn, rule.s.attr, None if rule.plain else rule.key[0]))
    if attribute is None or not isinstance(found, str) or not isinstance(value, str):
        return bool(found == value)
    return fold_value(found, attribute) == fold_value(value, attribute)
