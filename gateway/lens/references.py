"""Lists of references, such as a group's members: they come and go one by one, whatever else is in the list.

A removal names its items in `FieldChange.value`; how a backend is told is its own affair (`Modify`).
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from gateway.lens.ability import Modify
from gateway.lens.addresses import print_field
from gateway.lens.ids import native_id
from gateway.lens.kinds import LeafRule, ListRule
from gateway.lens.lens import FieldChange, Lens
from gateway.scim.filter import Compare, Filter, Or
from gateway.scim.operation import Operation


def reference(rule: ListRule) -> LeafRule | None:
    """The part of an item that holds the id."""
    return next((item for item in rule.items if item.s.attr == "value" and item.ref and item.v), None)


def is_reference_list(rule: ListRule) -> bool:
    """Do its items come and go by their ids alone?"""
    free = rule.cap is None and rule.types is None and not rule.fill and not rule.read_only
    return free and reference(rule) is not None


def carry_references(lens: Lens, rule: ListRule, operation: Operation) -> list[FieldChange] | None:
    """Adding and removing references is idempotent and needs no look at the list."""
    if not is_reference_list(rule) or operation.path.target.sub is not None:
        return None
    path = print_field(rule.v)
    convert = lens.convert.get(rule.v)
    if operation.op == "remove":
        return _remove(rule, path, operation.path.where)
    if convert is None or operation.path.where is not None or not isinstance(operation.value, list):
        return None
    return [FieldChange(operation.op, path, _once(rule, [convert(one) for one in operation.value]))]


def fuse_references(lens: Lens, changes: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
    """The same changes in fewer: neighbours that bring, or take, items of one list become one.

    Okta and authentik send one operation per member, and backends count requests and operations.
    """
    rules = {print_field(rule.v): rule for rule in lens.list_rules.values() if is_reference_list(rule)}

    def key(change: FieldChange) -> tuple[str, str, bool]:
        return change.op, change.path, change.op != "replace" and isinstance(change.value, list)

    fused: list[FieldChange] = []
    for (_, path, itemwise), run in groupby(changes, key):
        together = list(run)
        if len(together) > 1 and itemwise and path in rules:
            items = [item for change in together for item in change.value]
            together = [FieldChange(together[0].op, path, _once(rules[path], items))]
        fused += together
    return tuple(fused)


def _once(rule: ListRule, items: list[Any]) -> list[Any]:
    """Each item once: it is the record that it names, whatever else is told of it."""
    found: dict[Any, Any] = {}
    for item in items:
        native = id_of(rule, item)
        known = found.get(native)
        found[native] = {**item, **known} if isinstance(item, dict) and isinstance(known, dict) else item
    return [*found.values()]


def _remove(rule: ListRule, path: str, where: Filter | None) -> list[FieldChange] | None:
    if where is None:
        return None if rule.required else [FieldChange("remove", path)]
    item = reference(rule)
    gone: list[str] = []
    for part in where.parts if isinstance(where, Or) else (where,):
        if item is None or not isinstance(part, Compare) or part.op != "eq" or part.path.attr != "value":
            return None
        native = native_id(str(part.value), item.ref_prefix)
        gone += [] if native is None else [native]  # nobody of that other id can be in the list
    return [FieldChange("remove", path, [name_item(rule, one) for one in dict.fromkeys(gone)])] if gone else []


def name_item(rule: ListRule, native: str) -> Any:
    """What stands for an item that goes: its id where the item holds it."""
    item = reference(rule)
    return native if rule.scalar or item is None else {item.v[-1]: native}


def id_of(rule: ListRule, item: Any) -> Any:
    """The id that an item of a record holds."""
    part = reference(rule)
    return item.get(part.v[-1]) if isinstance(item, dict) and part is not None else item


def compare_references(rule: ListRule, path: str, before: Any, after: Any, modify: Modify) -> list[FieldChange] | None:
    """References come and go one by one; None when the list is to be sent or cleared as a whole.

    What an item is beside its id stays as it is where the list may only be changed item by item: those parts are
    immutable by the standard (RFC 7643 4.2).
    """
    if not is_reference_list(rule) or not rule.readable or modify.style == "merge":
        return None
    had, wanted = _by_id(rule, before), _by_id(rule, after)
    if not is_piecemeal(modify, path, len(wanted)):
        plain = len(had) == len(before or ()) and len(wanted) == len(after or ()) and isinstance(before, list)
        same = all(had.get(native, one) == one for native, one in wanted.items())
        goes = any(native not in wanted for native in had)
        if rule.scalar or not (had and wanted and plain and same) or (goes and not modify.removes_items):
            return None
    gone = [name_item(rule, native) for native in had if native not in wanted]
    added = [one for native, one in wanted.items() if native not in had]
    changes = [FieldChange("remove", path, gone), FieldChange("add", path, added)]
    return [one for one in changes if one.value]


def _by_id(rule: ListRule, items: Any) -> dict[Any, Any]:
    part = reference(rule)
    key = part.v[-1] if part is not None else ""
    found = items if isinstance(items, list) else []
    named = ((one.get(key) if isinstance(one, dict) and part is not None else one, one) for one in found)
    return {native: one for native, one in named if native is not None}


def is_piecemeal(modify: Modify, path: str, count: int) -> bool:
    """Must the list be changed item by item: never as a whole, or because the whole is too much for one request?"""
    never = modify.whole is not None and path not in modify.whole
    return never or (modify.values is not None and count > modify.values)
