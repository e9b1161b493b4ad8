"""Absence, and addresses in documents: null, empty text, empty list and empty object all mean that nothing is there."""

from typing import Any

from gateway.lens.kinds import Field
from gateway.lens.lens import Document
from gateway.scim.values import is_absent


def prune(value: Any) -> Any:
    """The same document without nulls, empty texts, empty lists and empty objects: all of them mean absent."""
    if isinstance(value, dict):
        pruned = {key: prune(inner) for key, inner in value.items()}
        return {key: inner for key, inner in pruned.items() if not is_absent(inner)}
    if isinstance(value, list):
        return [inner for inner in map(prune, value) if not is_absent(inner)]
    return value


def read_at(document: Any, keys: Field) -> Any:
    """The value at an address, None when absent."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return None if is_absent(document) else document


def write_at(document: Document, keys: Field, value: Any) -> None:
    """Put a value at an address; None takes away what is there."""
    *parents, last = keys
    for key in parents:
        if not isinstance(document.get(key), dict):
            document[key] = {}
        document = document[key]
    if value is None:
        document.pop(last, None)
    else:
        document[last] = value
