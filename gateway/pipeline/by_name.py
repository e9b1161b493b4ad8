"""References that the backend keeps as names, where ids are first names: inside, records hold the ids.

A record that was read is given ids in place of names at once, and what is sent gets names in place of ids at last.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from gateway.lens.absence import read_raw, write_at
from gateway.lens.addresses import print_field
from gateway.lens.kinds import LeafRule, ListRule
from gateway.lens.lens import Document, FieldChange
from gateway.lens.references import id_of, reference
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target

Named = tuple[str, str]  # a type, and a name or an id of it


def natives_in(target: Target, document: Document) -> Iterator[Named]:
    """The references of a record, or of a part of one."""
    for rule in target.pointing:
        held = read_raw(document, rule.v)
        for value in [held] if isinstance(rule, LeafRule) else held if isinstance(held, list) else []:
            native = value if isinstance(rule, LeafRule) else id_of(rule, value)
            if isinstance(native, str) and native:
                yield kind_of(rule), native


def natives_told(target: Target, changes: Sequence[FieldChange]) -> Iterator[Named]:
    """The references that changes bring; who goes need not be there."""
    for change in changes:
        rule = rule_of(target, change)
        if rule is not None and change.op != "remove":
            value = [change.value] if isinstance(rule, LeafRule) else change.value
            yield from ((kind_of(rule), one) for one in (id_of_item(rule, each) for each in value or ()) if one)


def rewrite(target: Target, document: Document, say: Callable[[Named], str | None]) -> Document:
    """The document with each reference as `say` has it; one that is None is left out."""
    changed = document
    for rule in target.pointing:
        held = read_raw(document, rule.v)
        if held is None:
            continue
        changed = deepcopy(document) if changed is document else changed
        if isinstance(rule, LeafRule):
            write_at(changed, rule.v, say((kind_of(rule), held)) if isinstance(held, str) and held else held)
        elif isinstance(held, list):
            write_at(changed, rule.v, rewrite_items(rule, held, say))
    return changed


def rewrite_items(rule: ListRule, items: Sequence[Any], say: Callable[[Named], str | None]) -> list[Any]:
    said = ((one, say((kind_of(rule), str(id_of(rule, one))))) for one in items if id_of(rule, one))
    return [with_id(rule, one, name) for one, name in said if name is not None]


def with_id(rule: ListRule, item: Any, name: str) -> Any:
    part = reference(rule)
    return {**item, part.v[-1]: name} if isinstance(item, dict) and part is not None else name


def in_names(target: Target, document: Any) -> Any:
    """What is sent, with names in place of ids. Nobody's name is ever guessed: raises SG602."""
    if not target.pointing or not isinstance(document, dict):
        return document
    return rewrite(target, document, lambda one: target.peer(one[0]).address(one[1]))


def changes_in_names(target: Target, changes: Sequence[FieldChange]) -> tuple[FieldChange, ...]:
    """The same of changes. Who goes and is nobody is left out."""
    return tuple(one for change in changes for one in change_in_names(target, change))


def change_in_names(target: Target, change: FieldChange) -> Iterator[FieldChange]:
    rule = rule_of(target, change)
    if rule is None or change.value is None:
        yield change
    elif isinstance(rule, LeafRule):
        yield FieldChange(change.op, change.path, target.peer(kind_of(rule)).address(change.value))
    else:
        names = target.peer(kind_of(rule)).names
        goes = change.op == "remove"
        items = rewrite_items(rule, change.value, lambda one: names.get(one[1]) if goes else named(names, one[1]))
        if items or not goes:
            yield FieldChange(change.op, change.path, items)


def members_in_names(target: Target, rule: ListRule, members: Sequence[Any], *, goes: bool) -> list[Any]:
    """The same of members that calls bring and take."""
    if rule not in target.pointing:
        return list(members)
    names = target.peer(kind_of(rule)).names
    return [names[one] if one in names else named(names, one) for one in members if not goes or one in names]


def named(names: dict[str, str], native: str) -> str:
    if native not in names:
        raise Problem("SG602")
    return names[native]


def rule_of(target: Target, change: FieldChange) -> LeafRule | ListRule | None:
    """The rule of references that a change is of."""
    return next((rule for rule in target.pointing if print_field(rule.v) == change.path), None)


def kind_of(rule: LeafRule | ListRule) -> str:
    """The type that it points at, which is one."""
    part = rule if isinstance(rule, LeafRule) else reference(rule)
    return part.ref[0] if part is not None else ""


def id_of_item(rule: LeafRule | ListRule, item: Any) -> str:
    found = item if isinstance(rule, LeafRule) else id_of(rule, item)
    return found if isinstance(found, str) else ""
