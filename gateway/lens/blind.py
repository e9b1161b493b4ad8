"""Lists of anything but references that a backend takes and never shows: changed without a look, or not at all.

What is in such a list is not known, so an operation crosses only where the backend comes to the right list by itself:
a whole list, plain values that come, and plain values that go by name.
"""

from typing import Any

from gateway.lens.addresses import print_field
from gateway.lens.kinds import LeafRule, ListRule
from gateway.lens.lens import FieldChange, Lens
from gateway.lens.references import is_reference_list
from gateway.scim.operation import Operation, alternatives


def is_blind(rule: ListRule) -> bool:
    """Does the backend take the list, and nothing shows what is in it?"""
    return not rule.readable and not rule.read_only and not is_reference_list(rule)


def gives_all(operation: Operation) -> bool:
    """Does it say all that the list shall hold, whatever was there before?"""
    return operation.op == "replace" and operation.path.where is None and operation.path.target.sub is None


def carry_blind(lens: Lens, rule: ListRule, operation: Operation) -> list[FieldChange] | None:
    """The operation in the backend's terms, or None where that would take a look at the list."""
    path, where = print_field(rule.v), operation.path.where
    part = _part(rule)
    stands_for_a_value = rule.required or bool(rule.fill) or rule.least > 0
    if operation.op == "remove" and where is None and operation.path.target.sub is None:
        return None if stands_for_a_value else [FieldChange("remove", path)]
    if part is None or rule.v not in lens.convert:
        return None
    if operation.op == "remove":
        gone = [one.value for one in alternatives(where)] if _is_exact(lens, rule, part) else []
        items = _convert(lens, rule, [one if rule.plain else {"value": one} for one in gone])
        return [FieldChange("remove", path, items)] if items and not stands_for_a_value else None
    if where is not None or not isinstance(operation.value, list):
        return None
    items = _convert(lens, rule, operation.value)
    return [FieldChange(operation.op, path, items)] if items else None


def _part(rule: ListRule) -> LeafRule | None:
    """What stands for an item whole: its one value. Bounds, types and what is added ask for a look at the others."""
    free = rule.cap is None and rule.types is None and rule.adds is None and not rule.through
    part = rule.items[0] if len(rule.items) == 1 else None
    return part if free and part is not None and part.s.attr == "value" and len(part.v) == 1 else None


def _is_exact(lens: Lens, rule: ListRule, part: LeafRule) -> bool:
    """Is the name of a value at the backend that value's alone, and spelled in one way?"""
    attribute = lens.type.find_top(rule.s)
    value = attribute.find("value") if attribute is not None else None
    free_case = value is None or not value.case_exact
    table = part.table is None or len(part.table.back) == len(part.table.out)
    return table and (part.codec is None or part.codec.law == "iso") and not (free_case and part.leaf.case_exact)


def _convert(lens: Lens, rule: ListRule, values: list[Any]) -> list[Any]:
    """The values as items of the record, each once."""
    made: list[Any] = []
    for one in values:
        item = lens.convert[rule.v](one)
        if item is not None and item not in made:
            made.append(item)
    return made
