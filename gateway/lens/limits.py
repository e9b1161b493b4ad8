"""What a backend's PATCH takes of a change, and how much of it at once."""

from collections.abc import Iterator, Sequence

from gateway.lens.ability import Modify
from gateway.lens.addresses import print_field
from gateway.lens.kinds import ListRule, SendRule, flatten
from gateway.lens.lens import Document, FieldChange, Lens
from gateway.lens.places import whole_field
from gateway.lens.references import is_piecemeal, is_reference_list

Changes = tuple[FieldChange, ...]


def untaken(lens: Lens, modify: Modify, changes: Sequence[FieldChange]) -> tuple[str, ...]:
    """The attributes of which a change is not one that the backend's PATCH takes."""
    found = [one.path for one in changes if not takes(lens, modify, one)]
    if not found:
        return ()
    rules = [rule for rule in flatten(lens.rules) if not isinstance(rule, SendRule)]
    names = {print_field(whole_field(rule.v)): str(rule.s) for rule in rules if rule.v}
    return tuple(dict.fromkeys(names.get(path, path) for path in found))


def takes(lens: Lens, modify: Modify, change: FieldChange) -> bool:
    """Does the backend's PATCH take this change?"""
    if modify.fields is not None and not any(_is_within(change.path, field) for field in modify.fields):
        return False
    if change.op == "remove" and change.value is not None:
        return modify.removes_items
    rule = list_at(lens, change.path)
    if rule is None:
        return True
    if change.op == "add" and isinstance(change.value, list):
        return modify.style == "scim-patch"
    return not is_piecemeal(modify, change.path, len(change.value or ()))


def _is_within(path: str, field: str) -> bool:
    return path == field or path.startswith((f"{field}.", f"{field}:"))


def list_at(lens: Lens, path: str) -> ListRule | None:
    """The list whose field is printed so."""
    return next((one for one in lens.list_rules.values() if print_field(one.v) == path), None)


def cut(lens: Lens, modify: Modify, changes: Changes) -> tuple[Changes, ...]:
    """The changes in so many requests that none of them brings or takes more references than the backend allows."""
    if modify.values is None:
        return (changes,) if changes else ()
    requests: list[list[FieldChange]] = [[]]
    room = modify.values
    for change in changes:
        for piece in _pieces(lens, change, room, modify.values):
            weight = _weigh(lens, piece)
            if weight > room:
                requests.append([])
                room = modify.values
            requests[-1].append(piece)
            room -= weight
    return tuple(tuple(one) for one in requests if one)


def _weigh(lens: Lens, change: FieldChange) -> int:
    rule = list_at(lens, change.path)
    counted = rule is not None and is_reference_list(rule) and isinstance(change.value, list)
    return len(change.value) if counted else 0


def _pieces(lens: Lens, change: FieldChange, room: int, most: int) -> Iterator[FieldChange]:
    """The change as it fits into what room there is, and then into whole requests."""
    if _weigh(lens, change) <= room or change.op == "replace":
        yield change
        return
    items = list(change.value)
    first = room or most
    yield FieldChange(change.op, change.path, items[:first])
    for begin in range(first, len(items), most):
        yield FieldChange(change.op, change.path, items[begin : begin + most])


def cut_record(lens: Lens, modify: Modify | None, record: Document, *, sent: bool = True) -> tuple[Document, Changes]:
    """A record to be created with no more references than one request brings, and the changes that bring the rest.

    A record that is not `sent` brings none: what is never shown cannot be found missing in it afterwards.
    """
    if modify is None or modify.style != "scim-patch" or (sent and modify.values is None):
        return record, ()
    first, rest = dict(record), []
    for rule in lens.list_rules.values():
        items = record.get(rule.v[0]) if len(rule.v) == 1 else None
        if not isinstance(items, list) or not is_reference_list(rule):
            continue
        room = modify.values if sent else len(items) if rule.readable else 0
        if room is not None and len(items) > room:
            first[rule.v[0]] = items[:room]
            rest.append(FieldChange("add", print_field(rule.v), items[room:]))
    return first, tuple(rest)
