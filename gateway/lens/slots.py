"""Values of a list that have fields of their own: which value goes to which slot, and which slot a filter names."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.lens.guards import holds
from gateway.lens.kinds import LeafRule, Pick, Slot, SlotsRule
from gateway.lens.lens import Document, LensError
from gateway.scim.filter import And, Compare, Filter
from gateway.scim.path import Path

_NOTHING: Mapping[str, Any] = {}


def take_slots(items: Sequence[Document], rule: SlotsRule) -> list[Mapping[str, Any]]:
    """For each slot the value that it takes, or an empty one. LensError when one is left and the rule rejects it."""
    taken, left = share_out(items, rule)
    if left and rule.over == "reject":
        raise LensError(str(rule.s), "has a value that the backend has no field for")
    return taken


def share_out(items: Sequence[Document], rule: SlotsRule) -> tuple[list[Mapping[str, Any]], list[Document]]:
    """The values taken, slot by slot, and those left. A slot's own values come first, then what it may pick."""
    left = list(items)
    taken = [_take(left, lambda one, slot=slot: is_named(slot, one)) for slot in rule.slots]
    for number, slot in enumerate(rule.slots):
        for word in slot.pick:
            if not taken[number]:
                taken[number] = _take(left, lambda one, word=word: _is_picked(word, one))
    return taken, left


def _take(left: list[Document], suits: Any) -> Mapping[str, Any]:
    at = next((number for number, one in enumerate(left) if suits(one)), None)
    return _NOTHING if at is None else left.pop(at)


def _is_picked(word: Pick, item: Document) -> bool:
    return word == "first" or (word == "primary" and item.get("primary") is True)


def is_named(slot: Slot, item: Mapping[str, Any]) -> bool:
    """Is a value the one that the slot is for?"""
    return all(fold(item.get(name)) == fold(value) for name, value in slot.select)


def value_where(path: Path, items: Sequence[Mapping[str, Any]] | None) -> Any:
    """The part of the first value that the brackets hold of and that has it; None where there is none."""
    assert path.where is not None  # noqa: S101  # narrows for the type checker
    for one in items or ():
        found = one.get(path.target.sub or "")
        if found is not None and holds(path.where, one):
            return found
    return None


def fold(value: Any) -> Any:
    """Names of values are compared without regard to case (`type` is not caseExact)."""
    return value.casefold() if isinstance(value, str) else value


def named_slot(rule: SlotsRule, where: Filter) -> Slot | None:
    """The slot that a filter in brackets names, with all of its selectors and nothing else."""
    slot, rest = split_where(rule, where)
    return slot if not rest else None


def split_where(rule: SlotsRule, where: Filter) -> tuple[Slot | None, list[Filter]]:
    """The slot whose selectors are all among the conditions, and the other conditions."""
    parts: list[Filter] = list(where.parts) if isinstance(where, And) else [where]
    for slot in rule.slots:
        left = [part for part in parts if not any(_says(part, name, value) for name, value in slot.select)]
        if all(any(_says(part, name, value) for part in parts) for name, value in slot.select):
            return slot, left
    return None, parts


def _says(part: Filter, name: str, value: Any) -> bool:
    equal = isinstance(part, Compare) and part.op == "eq" and part.path.attr == name
    return equal and fold(part.value) == fold(value)  # type: ignore[union-attr]  # only a comparison is equal


def mark(holder: Document, key: str, rule: LeafRule, there: bool, record: Mapping[str, Any] | None) -> None:
    """Write whether there is a value. A field that says so already stays; one that is absent says no."""
    old = holder.get(key)
    if old is None or old == "":
        if there or record is None:
            holder[key] = rule.table.out[there] if rule.table else there
        return
    shown = rule.table.back.get(old) if rule.table else old
    if shown is not there:
        holder[key] = rule.table.out[there] if rule.table else there
