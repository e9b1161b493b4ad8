"""What a backend takes once and never changes: left as it is, and named, while everything else is sent.

The mapping says which fields these are (`im`), and a name that is the id without an anchor is one of them. A backend
refuses the whole change, or overlooks that part of it in silence; neither tells who is not as she should be.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.lens.absence import read_at
from gateway.lens.kinds import Field, LeafRule, ListRule, Rule, SlotsRule, attributes_of, flatten
from gateway.lens.lens import Document, LensError
from gateway.lens.slots import share_out
from gateway.pipeline.documents import read_attribute, remove_attribute, with_attribute
from gateway.pipeline.naming import naming_attributes, settle_name
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath


def leave_fixed(
    target: Target, record: Document, current: Document, wanted: Document
) -> tuple[Document, tuple[str, ...]]:
    """The wanted resource without changes of what is never changed, and the names of what is therefore another.

    A value that is not there yet may be given. One that is never shown is taken to have been given with the create.
    """
    left, names = dict(wanted), []
    for rule, path in fixed_attributes(target):
        was, given = read_attribute(current, path), read_attribute(left, path)
        if isinstance(rule, LeafRule | ListRule) and not rule.readable:
            remove_attribute(left, path)
        elif was is not None and was != given:
            kept = keep_fixed(rule, was, given)
            if kept != given and not comes_to_same(target, rule, record, with_attribute(current, path, given)):
                names.append(str(path))
            left = with_attribute(left, path, kept)
    return left, tuple(sorted(names))


def fixed_attributes(target: Target) -> Iterator[tuple[Rule, AttrPath]]:
    """Attributes whose values, or parts of them, are set once, with their rules."""
    names = naming_attributes(target.resource) if target.lens.anchor is None else frozenset()
    for rule in target.lens.rules:
        for path in attributes_of(rule):
            if path in names or any(fixed_fields(rule)):
                yield rule, path


def fixed_fields(rule: Rule) -> Iterator[Field]:
    """The fields of a rule that are set once; of a list the parts of its items."""
    for one in flatten((rule,)):
        leaves = one.items if isinstance(one, ListRule) else (one,)
        yield from (leaf.v for leaf in leaves if isinstance(leaf, LeafRule) and leaf.v and leaf.leaf.immutable)


def keep_fixed(rule: Rule, was: Any, given: Any) -> Any:
    """The value that is wanted, with what cannot be changed of the one that is there."""
    if isinstance(rule, SlotsRule):
        return keep_slots(rule, was, given or [])
    if isinstance(rule, ListRule) and not rule.immutable:
        return keep_parts(rule, was, given or [])
    return was


def keep_parts(rule: ListRule, was: list[Document], given: list[Document]) -> list[Document]:
    """Items keep their fixed parts; others may come, and go."""
    key = rule.key[0]
    parts = [str(one.s.attr) for one in rule.items if one.v and one.leaf.immutable]
    olds = {one.get(key): {name: one[name] for name in parts if name in one} for one in was}
    return [{**one, **olds.get(one.get(key), {})} for one in given]


def keep_slots(rule: SlotsRule, was: list[Document], given: list[Document]) -> list[Document]:
    """The values that have fields of their own, each with its fixed parts."""
    kept = list(given)
    olds, news = share_out(was, rule)[0], share_out(given, rule)[0]
    for slot, old, new in zip(rule.slots, olds, news, strict=True):
        parts = [str(one.s.sub) for one in slot.parts if one.leaf.immutable]
        held = {name: old[name] for name in parts if name in old}
        if any(new.get(name) != value for name, value in held.items()):
            kept = [one for one in kept if one is not new] + [{**(new or dict(slot.select)), **held}]
    return kept


def comes_to_same(target: Target, rule: Rule, record: Document, trial: Document) -> bool:
    """Would the backend's record be the same with what is wanted? It may spell a value in a way of its own."""
    try:
        made = settle_name(target, record, target.lens.out(trial, record))
    except (LensError, Problem):
        return False
    fields = [one.v for one in flatten((rule,)) if one.v]
    return all(is_same(read_at(record, field), read_at(made, field)) for field in fields)


def is_same(one: Any, other: Any) -> bool:
    """The same value; of a list the same items in any order, where false is the same as absent."""
    if not isinstance(one, list) or not isinstance(other, list):
        return bool(one == other)
    here, there = list(map(plain, one)), list(map(plain, other))
    return len(here) == len(there) and all(item in there for item in here)


def plain(item: Any) -> Any:
    return {name: value for name, value in item.items() if value is not False} if isinstance(item, Mapping) else item
