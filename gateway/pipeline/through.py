"""Fields that calls of their own bring about: taken out of bodies, and told apart from the rest of a change."""

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.lens.ability import Modify
from gateway.lens.absence import write_at
from gateway.lens.addresses import print_field
from gateway.lens.changes import difference
from gateway.lens.kinds import Field, ListRule
from gateway.lens.lens import Document, FieldChange, Lens
from gateway.pipeline.documents import read_attribute, write_attribute
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.patch import Operation
from gateway.scim.project import Projection

Changes = tuple[FieldChange, ...]
PIECEMEAL = Modify(whole=frozenset())


def without_through(lens: Lens, record: Document) -> Document:
    """The record as a body holds it."""
    for field in lens.through:
        record = remove_field(record, field)
    return record


def remove_field(record: Document, field: Field) -> Document:
    """A copy without the field; an object that it leaves empty stays, as the backend may ask for it."""
    first, *rest = field
    if first not in record:
        return record
    if not rest:
        return {key: value for key, value in record.items() if key != first}
    inner = record[first]
    return {**record, first: remove_field(inner, tuple(rest))} if isinstance(inner, dict) else record


def field_of(lens: Lens, change: FieldChange) -> Field | None:
    """The field that a change is of, when calls of its own bring it about."""
    return next((field for field in lens.through if print_field(field) == change.path), None)


def split_changes(lens: Lens, changes: Iterable[FieldChange]) -> tuple[Changes, Changes]:
    """What a body says, and what calls of their own bring about."""
    bodied: list[FieldChange] = []
    called: list[FieldChange] = []
    for one in changes:
        (bodied if field_of(lens, one) is None else called).append(one)
    return tuple(bodied), tuple(called)


def called_difference(lens: Lens, old: Document, new: Document) -> Changes:
    """What differs of the fields that calls of their own bring about; lists go item by item."""
    return split_changes(lens, difference(lens, old, new, PIECEMEAL))[1] if lens.through else ()


def is_stepwise(change: FieldChange) -> bool:
    """Does a change of a list name the items that come or go?"""
    return change.op in ("add", "remove") and isinstance(change.value, list)


def read_lists(target: Target) -> tuple[ListRule, ...]:
    """The lists that no record holds, or not beyond a number: a call lists them."""
    calls = target.resource.members
    if not calls:
        return ()
    return tuple(rule for rule in target.lens.list_rules.values() if rule.v in calls and calls[rule.v].read is not None)


def is_whole(rule: ListRule, shown: Sequence[Any] | None) -> bool:
    """Is what a record shows of such a list all of it? A record that shows as much as it ever does may hold more."""
    return rule.shows is not None and len(shown or ()) < rule.shows


def shown_lists(target: Target, projection: Projection | None) -> tuple[ListRule, ...]:
    """Those lists that the client is to see."""
    return tuple(rule for rule in read_lists(target) if is_wanted(rule.s, projection))


def is_wanted(path: AttrPath, projection: Projection | None) -> bool:
    """Did the client ask for any of it, or not ask to leave it out?"""
    if projection is None:
        return True
    subs = projection.subs.get((path.urn, path.attr), set())
    return bool(subs) if projection.included else None not in subs


def looked_lists(target: Target, looked: Iterable[AttrPath]) -> tuple[ListRule, ...]:
    """Those lists that a filter or an order looks at."""
    paths = {(path.urn, path.attr) for path in looked}
    return tuple(rule for rule in read_lists(target) if (rule.s.urn, rule.s.attr) in paths)


def touched_lists(target: Target, operations: Sequence[Operation]) -> tuple[ListRule, ...]:
    """Those lists that have to be compared: operations change them, or a PUT would send what is shown of them."""
    paths = {(one.path.target.urn, one.path.target.attr) for one in operations}
    sent = target.replace is not None
    lists = read_lists(target)
    return tuple(rule for rule in lists if (rule.s.urn, rule.s.attr) in paths or (sent and not rule.through))


def touches_switch(target: Target, operations: Sequence[Operation]) -> bool:
    """Does an operation change a value that calls bring about? Whether one is needed, the record says."""
    return any(one.path.target in target.lens.switches for one in operations)


def place_list(target: Target, rule: ListRule, items: Sequence[Document], resource: Document) -> None:
    """Show a list that was read apart, as the lens shows it."""
    record: Document = {}
    write_at(record, target.lens.id_field, "0")
    write_at(record, rule.v, list(items))
    value = read_attribute(target.lens.into(record), rule.s)
    if value is not None:
        write_attribute(resource, rule.s, value)
