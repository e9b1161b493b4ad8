"""Merge documents (RFC 7396): changes as a partial record in which null removes."""

from collections.abc import Mapping
from typing import Any

from gateway.lens.lens import Document, FieldChange


def can_merge(changes: tuple[FieldChange, ...]) -> bool:
    """Can a merge document say this? It knows no selection inside lists and cannot add to one."""
    return all("[" not in one.path and not (one.op == "add" and isinstance(one.value, list)) for one in changes)


def merge_changes(changes: tuple[FieldChange, ...]) -> Document:
    """The document that carries changes out."""
    document: Document = {}
    for one in changes:
        *parents, name = split_field(one.path)
        holder = document
        for parent in parents:
            holder = holder.setdefault(parent, {})
        holder[name] = None if one.op == "remove" else one.value
    return document


def split_field(path: str) -> list[str]:
    """The keys of a printed path; a URN is one key although it holds dots."""
    urn, colon, rest = path.rpartition(":")
    return [*([urn] if colon else []), *rest.split(".")]


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
