"""What slots mean, value by value: the yardstick of the generated code."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from gateway.lens.absence import read_at, write_at
from gateway.lens.kinds import Field, LeafRule, SlotsRule, keys_of
from gateway.lens.lens import Document, Lens, LensError
from gateway.lens.meaning_values import leaf_in, say_first, value_out
from gateway.lens.slots import share_out

Act = tuple[Field, Callable[[], None]]  # a field, and what writes it


def say_leaf(lens: Lens, rule: LeafRule, value: Any, resource: Document, wanted: Document, *, anew: bool) -> None:
    """Write one field: the value, or what fills it in, or nothing."""
    old = read_at(wanted, rule.v)
    if is_absent_for_good(rule, old, anew=anew):
        value = None if value is not None and value == rule.assume else value
    elif value is None:
        value = say_first(lens, rule.fill, resource)
    if value is not None:
        made = value_out(rule, value, old)
        if rule.leaf.immutable and old is not None and made != old:
            raise LensError(str(rule.s), "cannot be changed any more", "mutability")
        put(wanted, rule.v, made, str(rule.s))
    elif rule.readable:
        put(wanted, rule.v, None, str(rule.s))


def put(wanted: Document, field: Field, value: Any, name: str) -> None:
    """Write a field; an item of a list has those before it, or there is no place for it."""
    write_at(wanted, field, value)
    if value is not None and read_at(wanted, field) is None:
        raise LensError(name, "stands in a list behind a value that is absent")


def is_absent_for_good(rule: LeafRule, old: Any, *, anew: bool) -> bool:
    """A record that was read without a field that nobody requires is as it should be: nothing fills it in."""
    return not anew and old is None and rule.readable and not rule.leaf.required


def slot_acts(lens: Lens, rule: SlotsRule, resource: Document, wanted: Document, *, anew: bool) -> Iterator[Act]:
    """The fields of every slot, with what writes each."""
    taken, left = share_out(read_at(resource, keys_of(rule.s)) or [], rule)
    if left and rule.over == "reject":
        raise LensError(str(rule.s), "has a value that the backend has no field for")
    for slot, item in zip(rule.slots, taken, strict=True):
        for part in slot.parts:
            if part.writable:
                value = item.get(part.s.sub or "")
                yield part.v, partial(say_leaf, lens, part, value, resource, wanted, anew=anew)
        if slot.presence is not None and slot.presence.writable:
            yield slot.presence.v, partial(_say_presence, slot.presence, bool(item), wanted, anew=anew)


def _say_presence(rule: LeafRule, there: bool, wanted: Document, *, anew: bool) -> None:
    old = read_at(wanted, rule.v)
    if old is not None or there or anew:
        put(wanted, rule.v, value_out(rule, there, old), str(rule.s))


def show_slots(rule: SlotsRule, record: Document) -> list[Document]:
    """The values of all slots whose fields hold something."""
    shown: list[Document] = []
    for slot in rule.slots:
        parts = {str(part.s.sub): leaf_in(part, record) for part in slot.parts}
        found = {name: value for name, value in parts.items() if value is not None}
        if found or (slot.presence is not None and leaf_in(slot.presence, record) is True):
            shown.append({**dict(slot.select), **found})
    return shown
