"""Merge documents (RFC 7396): changes as a partial record in which null removes."""

from collections.abc import Mapping
from typing import Any

from gateway.lens.kinds import Field
from gateway.lens.lens import Document, FieldChange

Fields = Mapping[str, Field]


def can_merge(changes: tuple[FieldChange, ...], fields: Fields) -> bool:
    """Can a merge document say this? It names whole fields, and neither adds to a list nor takes from it."""
    return all(
        one.path in fields and not (one.op in ("add", "remove") and isinstance(one.value, list)) for one in changes
    )


def merge_changes(changes: tuple[FieldChange, ...], fields: Fields) -> Document:
    """The document that carries changes out. `fields` are the keys behind a printed path: names may hold dots."""
    document: Document = {}
    for one in changes:
        *parents, name = fields[one.path]
        holder = document
        for parent in parents:
            holder = holder.setdefault(parent, {})
        holder[name] = None if one.op == "remove" else one.value
    return document


def merge_difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Document:
    """The merge document that turns one record into the other."""
    document: Document = {key: None for key in old if key not in new}
    for key, value in new.items():
        before = old.get(key)
        if value == before:
            continue
        nested = isinstance(value, dict) and isinstance(before, dict)
        document[key] = merge_difference(before, value) if nested else value  # type: ignore[arg-type]
    return document
