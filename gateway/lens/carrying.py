"""What is seen of a resource once it was written and read again: the right side of the round-trip laws."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET

from gateway.lens.absence import read_at, write_at
from gateway.lens.codecs import to_utc
from gateway.lens.holes import Template
from gateway.lens.kinds import ChooseRule, LeafRule, ListRule, Rule, SlotsRule, TextRule, keys_of, parts_of
from gateway.lens.lens import Document, Lens
from gateway.lens.meaning import chosen_items, seen_items, show_rule, type_out
from gateway.lens.meaning_choose import branch_of
from gateway.lens.meaning_slots import is_absent_for_good
from gateway.lens.meaning_texts import carried_text
from gateway.lens.meaning_values import leaf_in, say_first, value_in, value_out
from gateway.lens.slots import share_out
from gateway.scim.filter import AttrPath
from gateway.scim.values import is_absent


def carry(lens: Lens, resource: Document, record: Document | None, written: Document) -> Document:
    """What is seen of a resource once it was written as `written`: what is carried, filled in, assumed or shown."""
    seen: Document = {}
    for rule in lens.rules:
        for path, value in _carry_rule(lens, rule, resource, record, written).items():
            if not is_absent(value):
                write_at(seen, keys_of(path), value)
    return seen


def _carry_rule(
    lens: Lens, rule: Rule, resource: Document, record: Document | None, written: Document
) -> Mapping[AttrPath, Any]:
    if isinstance(rule, LeafRule):
        return {rule.s: _carry_leaf(lens, rule, read_at(resource, keys_of(rule.s)), resource, record)}
    if isinstance(rule, SlotsRule) and any(part.writable for part in parts_of(rule)):
        return {rule.s: [*_carry_slots(lens, rule, resource, record)]}
    if isinstance(rule, ListRule) and not rule.read_only:
        seen = None if not rule.readable else seen_items(rule, [*_carry_items(lens, rule, resource, record)])
        return {rule.s: seen}
    if isinstance(rule, ChooseRule):
        branch = branch_of(rule, written)
        value = read_at(resource, keys_of(rule.s))
        return {} if branch is None else {rule.s: _carry_leaf(lens, branch.rule, value, resource, record)}
    if isinstance(rule, TextRule) and rule.writable:
        return carried_text(lens, rule, resource)
    return show_rule(lens, rule, written)


def _carry_leaf(lens: Lens, rule: LeafRule, value: Any, resource: Document, record: Document | None) -> Any:
    if not rule.v or not rule.writable:
        return leaf_in(rule, record or {})
    if not rule.readable:
        return None
    if value is None and not is_absent_for_good(rule, read_at(record or {}, rule.v), anew=record is None):
        value = say_first(lens, rule.fill, resource)
    if value is None:
        return None if rule.assume is UNSET else rule.assume
    return _seen_again(rule, value)


def _carry_slots(lens: Lens, rule: SlotsRule, resource: Document, record: Document | None) -> Iterator[Document]:
    taken, _ = share_out(read_at(resource, keys_of(rule.s)) or [], rule)
    for slot, item in zip(rule.slots, taken, strict=True):
        parts = {
            part.s.sub: _carry_leaf(lens, part, item.get(part.s.sub or ""), resource, record) for part in slot.parts
        }
        found = {str(name): value for name, value in parts.items() if value is not None}
        marked = slot.presence is not None and (
            bool(item) if slot.presence.writable else leaf_in(slot.presence, record or {}) is True
        )
        if found or marked:
            yield {**dict(slot.select), **found}


def _carry_items(lens: Lens, rule: ListRule, resource: Document, record: Document | None) -> Iterator[Document]:
    assumed = {str(one.s.attr): one.assume for one in rule.items if one.assume is not UNSET and one.of == "all"}
    for item in chosen_items(lens, rule, resource, record):
        seen: Document = {}
        for part in rule.items:
            value = item.get(part.s.attr or "") if part.v and part.writable else None
            if value is None and part.v:
                value = next((one for one in part.fill if not isinstance(one, Template)), None)
            if value is not None and rule.types is not None and part.s.attr == rule.type_field:
                sent = type_out(rule, value)
                value = rule.types.back.get(sent, sent) if sent is not None else None
            if value is not None:
                value = _seen_again(part, value)
            if value is not None and part.readable:
                seen[part.s.attr or ""] = value
        if seen:
            yield {**assumed, **seen}


def _seen_again(rule: LeafRule, value: Any) -> Any:
    """The value itself, up to what the rule declares: one spelling out of many, a text cut short."""
    if rule.codec is not None and rule.codec.law != "iso":
        return value_in(rule, value_out(rule, value))
    if rule.leaf.type == "datetime" or rule.s_type == "dateTime":
        return to_utc(value) if rule.codec is not None or rule.leaf.type == "datetime" else value
    return value[: rule.leaf.high] if rule.over == "truncate" else value
