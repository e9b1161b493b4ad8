"""FieldChanges carried out on a record, as a backend with PATCH does it: the yardstick for changes that are sent."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from gateway.lens.absence import read_at, write_at
from gateway.lens.addresses import print_field
from gateway.lens.kinds import Field, flatten
from gateway.lens.lens import Document, FieldChange, Lens
from gateway.lens.places import whole_field
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, find_field


def apply_changes(lens: Lens, record: Document, changes: Iterable[FieldChange]) -> Document:
    """The record after the changes, a new document. KeyError for a path that is no field of the lens."""
    changed = deepcopy(record)
    written = [whole_field(rule.v) for rule in flatten(lens.rules) if rule.v]
    fields = {print_field(field): field for field in written}
    for change in changes:
        if change.op == "remove" and change.value is not None:
            _remove_items(changed, fields[change.path], change.value)
        else:
            _apply(changed, fields[change.path], change, _names(lens, fields[change.path]))
    return changed


def _names(lens: Lens, field: Field) -> str | None:
    """The part of a list's items that names another record, if there is one."""
    shape = find_field(lens.shape, field)
    parts = shape.item.fields if isinstance(shape, ListShape) and isinstance(shape.item, ObjectShape) else {}
    return next((name for name, part in parts.items() if isinstance(part, Leaf) and part.type == "ref"), None)


def _apply(record: Document, field: Field, change: FieldChange, names: str | None) -> None:
    before = read_at(record, field)
    if change.op == "remove":
        write_at(record, field, None)
    elif change.op == "add" and isinstance(change.value, list) and isinstance(before, list):
        write_at(record, field, _merge(before, change.value, names))
    else:
        write_at(record, field, deepcopy(change.value))


def _merge(before: list[Any], added: list[Any], names: str | None) -> list[Any]:
    """A value that is there already is not added twice (RFC 7644 section 3.5.2.1).

    `names`: items are told apart by this part alone, and what one is never changes: a group holds a member once.
    """
    merged = list(before)
    for one in added:
        at = next((number for number, old in enumerate(merged) if _is_same(old, one, names)), None)
        if at is None:
            merged.append(one)
        elif names is not None:
            merged[at] = {**one, **merged[at]}
        elif isinstance(one, dict):
            merged[at] = {**merged[at], **one}
    return merged


def _is_same(old: Any, new: Any, names: str | None) -> bool:
    """Values with one `value` are the same unless both name a type and the types differ (RFC 7643 section 2.4)."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return bool(old == new)
    if names is not None:
        return bool(old.get(names) == new.get(names))
    typed = old.get("type"), new.get("type")
    return old.get("value", old) == new.get("value", new) and (None in typed or typed[0] == typed[1])


def _remove_items(record: Document, field: Field, gone: list[Any]) -> None:
    items = read_at(record, field)
    if isinstance(items, list):
        kept = [item for item in items if not any(_is_named(item, one) for one in gone)]
        write_at(record, field, kept or None)


def _is_named(item: Any, name: Any) -> bool:
    """Does the item hold all that the name says?"""
    return item == name or (isinstance(name, dict) and isinstance(item, dict) and name.items() <= item.items())


def apply_replacement(old: Document, body: Document, omitted: str) -> Document:
    """The record after a PUT. `omitted`: fields left out are `cleared` or `kept`; an explicit null always clears."""
    if omitted == "cleared":
        return {key: value for key, value in deepcopy(body).items() if value is not None}
    stored = deepcopy(old)
    for key, value in deepcopy(body).items():
        if isinstance(value, dict) and isinstance(stored.get(key), dict):
            stored[key] = apply_replacement(stored[key], value, omitted)
        elif value is None:
            stored.pop(key, None)
        else:
            stored[key] = value
    return stored
