"""`can.modify`: how the backend's PATCH is written, and what it takes of a change."""

from msgspec import UNSET, UnsetType

from gateway.lens.ability import Modify
from gateway.mapping.desk import Desk
from gateway.mapping.document_calls import ModifyRow
from gateway.mapping.source import Path

_PATH: Path = ("can", "modify")


def read_modify(desk: Desk, row: ModifyRow | str) -> Modify | None:
    """None: there is no PATCH. Complaints: E105, E613."""
    if isinstance(row, str):
        return None if row == "none" else Modify("merge" if row == "merge" else "scim-patch")
    for complaint, hint in _contradictions(row):
        desk.complain("E613", complaint, _PATH, hint)
    return Modify(
        style=row.style,
        values=row.values,
        paths=row.paths,
        remove=row.remove,
        whole=_fields(desk, row.whole, "whole"),
        fields=_fields(desk, row.fields, "fields"),
    )


def _contradictions(row: ModifyRow) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    listed = row.values is not None or row.paths == "plain" or row.remove == "values" or row.whole is not UNSET
    if row.style == "merge" and listed:
        message = "a merge document holds whole lists: values, paths, remove and whole say nothing of it"
        found.append((message, "modify: merge # or { style: merge, fields: [...] }"))
    elif row.paths == "plain" and row.remove == "filter" and row.whole is not UNSET:
        message = "paths is plain and items are removed by a filter: what is not listed under whole could lose none"
        found.append((message, "remove: values # or leave whole out"))
    if row.values is not None and row.values < 1:
        found.append(("values is 1 or more", "values: 100"))
    return found


def _fields(desk: Desk, names: list[str] | UnsetType, key: str) -> frozenset[str] | None:
    if isinstance(names, UnsetType):
        return None
    for number, name in enumerate(names):
        desk.known_field(name, (*_PATH, key, number))
    return frozenset(names)
