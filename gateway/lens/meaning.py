"""What each kind of rule means, said one rule at a time: the yardstick that the generated code is measured by.

Slow and plain on purpose. `say_out` and `say_in` are the two translations.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import Any

from msgspec import UNSET

from gateway.lens.absence import prune, read_at, write_at
from gateway.lens.conform import complaints
from gateway.lens.guards import holds
from gateway.lens.holes import Template
from gateway.lens.ids import show_id
from gateway.lens.kinds import (
    ChooseRule,
    Field,
    LeafRule,
    ListRule,
    Rule,
    SendRule,
    ShowRule,
    SlotsRule,
    TextRule,
    attributes_of,
    keys_of,
)
from gateway.lens.lens import Document, Lens, LensError
from gateway.lens.meaning_choose import branch_of, say_choice
from gateway.lens.meaning_sent import say_sent
from gateway.lens.meaning_slots import Act, say_leaf, show_slots, slot_acts
from gateway.lens.meaning_texts import shown_text, text_acts
from gateway.lens.meaning_values import leaf_in, say_first, say_source, value_out
from gateway.lens.places import Place, number_of
from gateway.scim.filter import AttrPath
from gateway.scim.values import is_absent

# Outward


def say_out(lens: Lens, resource: Document, record: Document | None) -> Document:
    """The record that the rules ask for. LensError when a value cannot cross or the shape would be broken."""
    wanted: Document = prune(deepcopy(record)) if record else {}
    acts = [act for rule in lens.rules for act in _acts(lens, rule, resource, record, wanted)]
    for _, act in sorted(acts, key=lambda one: _number(one[0])):
        act()
    for choice in lens.rules:
        if isinstance(choice, ChooseRule):
            say_choice(lens, choice, resource, record, wanted)
    found = complaints(lens.shape, wanted, read_back=record is not None)
    if found:
        raise LensError(found[0].split(" ")[0], "does not satisfy the shape")
    return wanted


def _acts(lens: Lens, rule: Rule, resource: Document, record: Document | None, wanted: Document) -> Iterator[Act]:
    """The fields that a rule writes, with what writes each."""
    anew = record is None
    if isinstance(rule, LeafRule) and rule.v and rule.writable:
        value = read_at(resource, keys_of(rule.s))
        yield rule.v, partial(say_leaf, lens, rule, value, resource, wanted, anew=anew)
    elif isinstance(rule, ListRule) and not rule.read_only:
        yield rule.v, partial(_say_list, lens, rule, resource, wanted, anew=anew)
    elif isinstance(rule, SlotsRule):
        yield from slot_acts(lens, rule, resource, wanted, anew=anew)
    elif isinstance(rule, TextRule):
        yield from text_acts(lens, rule, resource, wanted, anew=anew)
    elif isinstance(rule, SendRule):
        yield rule.v, partial(say_sent, lens, rule, resource, record, wanted, say_in)


def _number(field: Field) -> int:
    """The items that have numbers are written one after the other."""
    numbers = (number_of(key) for key in field if isinstance(key, Place))
    return next((number for number in numbers if number is not None), -1)


def _say_list(lens: Lens, rule: ListRule, resource: Document, wanted: Document, *, anew: bool) -> None:
    items = chosen_items(lens, rule, resource, None if anew else wanted)
    olds = partners(rule, items, _items(rule, wanted))
    made = [_onto(rule, item, old) for item, old in zip(items, olds, strict=True)]
    kept = [one for one in made if not is_absent(one)]
    if kept or rule.readable:
        write_at(wanted, rule.v, kept or None)


def chosen_items(lens: Lens, rule: ListRule, resource: Document, record: Document | None) -> list[Document]:
    """The items that are to be written: filled in, of types that the backend takes, once, no more than it takes."""
    items = read_at(resource, keys_of(rule.s)) or []
    items = [{"value": one} for one in items] if rule.plain else items
    if not items and (record is None or rule.required or not rule.readable or read_at(record, rule.v)):
        items = _fill_items(lens, rule, resource)
    items = [one for one in items if not _is_dropped(rule, one)]
    alone = rule.cap == 1 and rule.over == "truncate"  # then a primary one stays, whatever equal one went before it
    if any(not part.v for part in rule.items) and not alone:
        items = _told_apart(rule, items, record or {})
    if rule.cap is not None and len(items) > rule.cap and rule.over == "truncate":
        first = [one for one in items if one.get("primary") is True]
        rest = [one for one in items if one.get("primary") is not True]
        items = (first + rest)[: rule.cap]
    return items


def _told_apart(rule: ListRule, items: list[Document], record: Document) -> list[Document]:
    """The items without those that the backend cannot tell from earlier ones, beyond as many as it holds."""
    held = [_plain_item(rule, item_in(rule, old)) for old in _items(rule, record)]
    chosen: list[Document] = []
    for item in items:
        plain = _plain_item(rule, item)
        twins = sum(_plain_item(rule, one) == plain for one in chosen)
        if plain is None or not twins or twins < held.count(plain):
            chosen.append(item)
    return chosen


def _plain_item(rule: ListRule, item: Document) -> Any:
    """An item as the backend takes it, where false is the same as absent; None when it takes it not at all."""
    try:
        made = item_out(rule, item)
    except LensError:
        return None
    return {key: one for key, one in made.items() if one is not False} if isinstance(made, dict) else made


def _fill_items(lens: Lens, rule: ListRule, resource: Document) -> list[Document]:
    for item in rule.fill:
        made = {key: say_source(lens, source, resource) for key, source in item.items()}
        if None not in made.values():
            return [made]
    return []


def _is_dropped(rule: ListRule, item: Document) -> bool:
    if rule.types is None or item.get(rule.type_field) is None:
        return False
    return type_out(rule, item[rule.type_field]) is None


def type_out(rule: ListRule, value: str) -> str | None:
    """The backend's word for a type; None drops the item."""
    assert rule.types is not None  # noqa: S101  # narrows for the type checker
    types = rule.types
    if value in types.out:
        return types.out[value]
    if value in types.known:
        return value
    if types.other is UNSET:
        raise LensError(f"{rule.s}.{rule.type_field}", "is none of the types the backend takes")
    return types.other


def partners(rule: ListRule, items: Sequence[Document], olds: Sequence[Any]) -> list[Any]:
    """For each item the old one that it was: one that shows the same, else one whose key is the same."""
    left = list(range(len(olds)))
    shown = [_shown_or_nothing(rule, old) for old in olds]
    found: list[Any] = [None] * len(items)

    def pair(number: int, suits: Callable[[int], bool]) -> None:
        at = next((one for one in left if suits(one)), None) if found[number] is None else None
        if at is not None:
            left.remove(at)
            found[number] = olds[at]

    for number, item in enumerate(items):
        pair(number, lambda at, item=item: shown[at] == item)  # type: ignore[misc]  # bound at once
    for number, item in enumerate(items):
        for key in _keys_of(rule, item):
            pair(number, lambda at, key=key: shown[at].get(rule.key[0]) == key)  # type: ignore[misc]  # bound at once
    return found


def _keys_of(rule: ListRule, item: Document) -> list[Any]:
    """The key as it is sent by the client, and as the backend would show it."""
    name = rule.key[0]
    part = next((one for one in rule.items if one.s.attr == name), None)
    if name not in item:
        return []
    spelled = part is not None and part.codec is not None and part.codec.law == "canon"
    return [item[name], _shown_or_nothing(rule, item_out(rule, item)).get(name)] if spelled else [item[name]]


def _shown_or_nothing(rule: ListRule, item: Any) -> Document:
    try:
        return item_in(rule, item)
    except LensError:
        return {}


def _onto(rule: ListRule, item: Document, old: Any) -> Any:
    """One item written onto the old one that it was; a plain value that means the same stays."""
    if rule.scalar:
        name = str(rule.items[0].s.attr)  # all that a plain value carries of an item
        means_the_same = old is not None and _shown_or_nothing(rule, old).get(name) == item.get(name)
        return old if means_the_same else item_out(rule, item)
    return item_out(rule, item, old)


def item_out(rule: ListRule, item: Document, old: Any = None) -> Any:
    """One item as the backend takes it, onto an old one where there is one."""
    made: Document = {}
    for part in rule.items:
        if not part.v or not part.writable:
            continue
        value = item.get(part.s.attr or "")
        if value is None:
            value = next((one for one in part.fill if not isinstance(one, Template)), None)
        if value is not None and rule.types is not None and part.s.attr == rule.type_field:
            value = type_out(rule, str(value))
        if old is not None and read_at(old, part.v) is None and value == part.assume and not part.leaf.required:
            continue  # what is assumed is no news
        if value is not None:
            before = read_at(old, part.v)
            write_at(made, part.v, value_out(part, value, before))
            if part.leaf.immutable and before is not None and read_at(made, part.v) != before:
                raise LensError(f"{rule.s}.{part.s.attr}", "cannot be changed any more", "mutability")
        elif part.leaf.required:
            raise LensError(f"{rule.s}.{part.s.attr}", "is required by the backend")
    return made.get(rule.items[0].v[-1]) if rule.scalar else made


# Inward


def say_in(lens: Lens, record: Document) -> Document:
    """The resource that the rules show. LensError for a record that is not what the mapping says."""
    first = read_at(record, lens.anchor) if lens.anchor is not None else None
    named = read_at(record, lens.id_field) if first is None else first
    shown: Document = {"id": show_id(str(named), lens.id_prefix)}
    for rule in lens.rules:
        for path, value in show_rule(lens, rule, record).items():
            if not is_absent(value):
                write_at(shown, keys_of(path), value)
    return shown


def show_rule(lens: Lens, rule: Rule, record: Document) -> Mapping[AttrPath, Any]:
    """What one rule shows of a record, by attribute."""
    if isinstance(rule, TextRule):
        return shown_text(rule, record)
    return {path: _show_one(lens, rule, record) for path in attributes_of(rule)}


def _show_one(lens: Lens, rule: Rule, record: Document) -> Any:
    if isinstance(rule, LeafRule):
        return leaf_in(rule, record)
    if isinstance(rule, ChooseRule):
        branch = branch_of(rule, record)
        return None if branch is None else leaf_in(branch.rule, record)
    if isinstance(rule, ListRule):
        return None if not rule.readable else seen_items(rule, [item_in(rule, item) for item in _items(rule, record)])
    if isinstance(rule, SlotsRule):
        return show_slots(rule, record)
    if isinstance(rule, ShowRule) and (rule.when is None or holds(rule.when, record)):
        return say_first(lens, rule.values, record)
    return None


def seen_items(rule: ListRule, shown: Sequence[Document]) -> list[Any]:
    """The items as they are seen: those that show something, or their values alone."""
    items = _mark_one(rule, shown)
    return [one["value"] for one in items] if rule.plain else items


def _mark_one(rule: ListRule, shown: Sequence[Document]) -> list[Document]:
    """The items that show something, the primary one (or the first) with what is assumed of one only."""
    items = [one for one in shown if one]
    at = next((number for number, one in enumerate(items) if one.get("primary") is True), 0)
    extra = {str(part.s.attr): part.assume for part in rule.items if part.of == "primary"}
    return [{**one, **extra} if number == at else one for number, one in enumerate(items)]


def _items(rule: ListRule, record: Document) -> list[Any]:
    found = read_at(record, rule.v) or []
    return found if isinstance(found, list) else [found]


def item_in(rule: ListRule, item: Any) -> Document:
    """One item of a record."""
    holder = {rule.items[0].v[-1]: item} if rule.scalar else item
    shown: Document = {}
    for part in rule.items:
        value = leaf_in(part, holder) if part.of == "all" else None
        if value is not None and rule.types is not None and part.s.attr == rule.type_field:
            value = rule.types.back.get(value, value)
        if value is not None:
            shown[part.s.attr or ""] = value
    return shown
