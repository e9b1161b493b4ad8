"""What of a PATCH needs no look at the record: sent as it is, while the rest is compared."""

from gateway.lens.blind import gives_all, is_blind
from gateway.lens.changes import carry_operations, fields_by_path
from gateway.lens.kinds import ListRule
from gateway.lens.lens import FieldChange
from gateway.lens.limits import untaken
from gateway.pipeline.merge import can_merge
from gateway.pipeline.target import Target
from gateway.pipeline.through import is_stepwise, split_changes, touches_switch
from gateway.pipeline.unseen import refuse_blind, refuse_unseen, unseen_lists
from gateway.scim.patch import Operation

Operations = tuple[Operation, ...]
Changes = tuple[FieldChange, ...]


def set_aside(target: Target, operations: Operations, *, lists_only: bool) -> tuple[Changes, Operations]:
    """The changes that are sent as they are, and the operations that are to be folded over the record.

    All of them, or those of lists that cannot be compared, or need not be; with `lists_only` only these. Where a list
    is not shown at all, an operation that cannot be sent as it is is refused; where it may be shown in part, it is left
    to the comparison, which sees how much there is.
    """
    whole = None if lists_only else carry_directly(target, operations)
    if whole is not None:
        return whole, ()
    aside: list[FieldChange] = []
    rest = operations
    for rule in lone_lists(target):
        mine = tuple(one for one in rest if is_of(rule, one))
        changes = carry_directly(target, mine) if mine else None
        if changes is not None:
            aside += changes
            rest = tuple(one for one in rest if not is_of(rule, one))
        elif mine and is_blind(rule):
            if not gives_all(mine[-1]):
                refuse_blind(rule)
        elif mine and not rule.readable:
            refuse_unseen(target, (rule,))
    return tuple(aside), rest


def is_of(rule: ListRule, operation: Operation) -> bool:
    """Does the operation change this list, or the whole extension that it is in?"""
    target = operation.path.target
    return target.urn == rule.s.urn and target.attr in (rule.s.attr, None)


def lone_lists(target: Target) -> tuple[ListRule, ...]:
    """The lists that are better changed without a look: not shown whole, or changed or read by calls of their own."""
    listed = (rule for rule in target.lens.list_rules.values() if rule.v in target.resource.members)
    blind = (rule for rule in target.lens.list_rules.values() if is_blind(rule))
    return (*unseen_lists(target), *blind, *listed)


def carry_directly(target: Target, operations: Operations) -> Changes | None:
    """The operations in the backend's terms, or None when they have to be applied here."""
    if target.keeps_any(one.path.target for one in operations) or touches_switch(target, operations):
        return None
    changes = carry_operations(target.lens, operations)
    if changes is None:
        return None
    bodied, called = split_changes(target.lens, changes)
    if not all(map(is_stepwise, called)) or (target.modify is None and (bodied or not called)):
        return None
    return changes if takes_all(target, bodied) else None


def takes_all(target: Target, changes: Changes) -> bool:
    """Does the backend's PATCH take all of it?"""
    modify = target.modify
    if modify is None or untaken(target.lens, modify, changes):
        return not changes
    return modify.style != "merge" or can_merge(changes, fields_by_path(target.lens))
