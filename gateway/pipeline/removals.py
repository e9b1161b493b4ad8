"""How many a change takes access from: people who may no longer get in, and members who leave a group."""

from collections.abc import Iterable
from typing import Any

from gateway.lens.addresses import print_field
from gateway.lens.lens import Document, FieldChange
from gateway.pipeline.deactivation import is_deactivated
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.operation import Operation

MEMBERS = AttrPath(None, "members")


def count_removals(current: Document, wanted: Document) -> int:
    """Of a change that was compared: whoever is barred who was not, and every member who is no longer one."""
    barred = is_deactivated(wanted) and not is_deactivated(current)
    return barred + len(member_ids(current) - member_ids(wanted))


def member_ids(resource: Document) -> set[Any]:
    return {one.get("value") for one in resource.get("members") or ()}


def count_sent_removals(target: Target, changes: Iterable[FieldChange]) -> int:
    """Of changes that are sent without a look. What clears a list that nothing shows counts as one: how many go is not
    known.
    """
    rule = next((one for one in target.lens.list_rules.values() if one.s == MEMBERS), None)
    if rule is None:
        return 0
    path = print_field(rule.v)
    takes = [one for one in changes if one.path.partition("[")[0] == path and one.op != "add"]
    return sum(len(one.value) if one.op == "remove" and isinstance(one.value, list) else 1 for one in takes)


def clears_members(operations: Iterable[Operation]) -> bool:
    """Does a PATCH say who the members are, or that there are none? Who goes is known by a look only."""
    mine = (one for one in operations if one.path.target == MEMBERS)
    return any(one.op == "replace" or (one.op == "remove" and one.path.where is None) for one in mine)
