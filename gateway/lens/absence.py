"""Absence, and addresses in documents: null, empty text, empty list and empty object all mean that nothing is there."""

from typing import Any

from gateway.lens.kinds import Field
from gateway.lens.lens import Document
from gateway.lens.places import Place, items_of, read_place, set_place, settle_item
from gateway.scim.values import is_absent


def prune(value: Any) -> Any:
    """The same document without nulls, empty texts, empty lists and empty objects: all of them mean absent."""
    if isinstance(value, dict):
        pruned = {key: prune(inner) for key, inner in value.items()}
        return {key: inner for key, inner in pruned.items() if not is_absent(inner)}
    if isinstance(value, list):
        return [inner for inner in map(prune, value) if not is_absent(inner)]
    return value


def is_same(one: Any, other: Any) -> bool:
    """Do two values hold the same, whichever way nothing is written in them?"""
    if one == other:
        return True
    left, right = prune(one), prune(other)
    return bool(left == right or (is_absent(left) and is_absent(right)))


def read_at(document: Any, keys: Field) -> Any:
    """The value at an address, None when absent."""
    found = read_raw(document, keys)
    return None if is_absent(found) else found


def read_raw(document: Any, keys: Field) -> Any:
    """The value at an address as it is written."""
    for key in keys:
        if isinstance(key, Place):
            document = read_place(document, key)
        else:
            document = document.get(key) if isinstance(document, dict) else None
    return document


def write_at(document: Document, keys: Field, value: Any) -> None:
    """Put a value at an address; None takes away what is there."""
    key, rest = keys[0], keys[1:]
    if rest and isinstance(rest[0], Place):
        old = document.get(key)
        made = _write_place(old, rest[0], rest[1:], value)
        if made:
            document[key] = made
        else:
            document.pop(key, None)
    elif rest:
        if not isinstance(document.get(key), dict):
            document[key] = {}
        write_at(document[key], rest, value)
    elif value is None:
        document.pop(key, None)
    else:
        document[key] = value


def _write_place(old: Any, place: Place, rest: Field, value: Any) -> Any:
    before = read_place(old, place)
    if value is None and read_at(before, rest) is None:
        return old
    item = value
    if rest:
        changed = dict(before) if isinstance(before, dict) else {}
        write_at(changed, rest, value)
        item = settle_item(changed, before, place) or None
    return set_place(items_of(old) or [], place, item)
