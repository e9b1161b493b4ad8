"""Changes in the backend's terms: operations carried across whole, and the difference of two records.

An operation crosses when its result does not depend on the old value (decision 10); everything else is folded over
the record read and the difference is sent. Both ways lead to the same record (the law PatchAgree).
"""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from msgspec import UNSET

from gateway.lens.ability import UNLIMITED, Modify, Replace
from gateway.lens.absence import is_same, read_raw
from gateway.lens.addresses import find_rule, print_field
from gateway.lens.blind import carry_blind, is_blind
from gateway.lens.kinds import (
    ChooseRule,
    Field,
    KeepRule,
    LeafRule,
    ListRule,
    SendRule,
    ShowRule,
    SlotsRule,
    TextRule,
    attributes_of,
    flatten,
    keys_of,
)
from gateway.lens.lens import Document, FieldChange, Lens, LensError
from gateway.lens.places import whole_field
from gateway.lens.references import carry_references, compare_references, fuse_references
from gateway.lens.runtime import list_schemas
from gateway.lens.shapes import Leaf, ListShape, ObjectShape
from gateway.lens.slots import named_slot
from gateway.scim.filter import AttrPath
from gateway.scim.operation import Operation

_RFC_READ_ONLY = ("id", "meta", "groups")


def carry_operations(lens: Lens, operations: tuple[Operation, ...]) -> tuple[FieldChange, ...] | None:
    """The operations as one PATCH of the backend's, or None when they must be folded over the record.

    Operations on attributes that are dropped or only shown are no operations; `()` says that nothing is left.
    Raises LensError for a value that the backend cannot take.
    """
    changes: list[FieldChange] = []
    for operation in operations:
        try:
            carried = _carry(lens, operation)
        except LensError:
            if len(operations) == 1:
                raise
            return None  # a later operation may take the value back
        if carried is None:
            return None
        changes += carried
    return fuse_references(lens, _without_overwritten(changes))


def _without_overwritten(changes: list[FieldChange]) -> tuple[FieldChange, ...]:
    """What a later operation replaces need not be sent: some backends take one operation on a field."""
    last = {change.path: number for number, change in enumerate(changes) if change.op == "replace"}
    return tuple(change for number, change in enumerate(changes) if number >= last.get(change.path, 0))


def _carry(lens: Lens, operation: Operation) -> list[FieldChange] | None:
    target = operation.path.target
    if _remakes(lens, target):
        return None
    rule = find_rule(lens, target)
    if isinstance(rule, LeafRule):
        return _carry_leaf(lens, rule, operation)
    if isinstance(rule, ListRule):
        return (carry_blind if is_blind(rule) else carry_references)(lens, rule, operation)
    if isinstance(rule, SlotsRule):
        return _carry_slots(lens, rule, operation)
    if isinstance(rule, KeepRule | TextRule | ChooseRule):
        return None
    return _carry_parts(lens, operation)


def _remakes(lens: Lens, target: AttrPath) -> bool:
    """Does a change make another text that is sent? Then it needs all that the text is made of."""
    keys = keys_of(target)
    return any(one[: len(keys)] == keys or keys[: len(one)] == one for one in lens.remaking)


def _carry_parts(lens: Lens, operation: Operation) -> list[FieldChange] | None:
    """An operation on a whole complex attribute: none of it is carried (no operation), or part by part."""
    target = operation.path.target
    if target.sub is not None or not _carries_below(lens, target):
        return []
    if operation.op == "remove" or not isinstance(operation.value, dict):
        return None
    changes: list[FieldChange] = []
    for name, value in operation.value.items():
        inner = AttrPath(target.urn, target.attr, name) if target.attr else AttrPath(target.urn, name)
        part = _carry(lens, _on(operation, inner, value))
        if part is None:
            return None
        changes += part
    return changes


def _on(operation: Operation, target: AttrPath, value: Any) -> Operation:
    return type(operation)(operation.op, type(operation.path)(target), value)


def _carries_below(lens: Lens, target: AttrPath) -> bool:
    def is_below(path: AttrPath) -> bool:
        return path.urn == target.urn and (target.attr is None or path.attr == target.attr)

    carried = (rule for rule in lens.rules if not isinstance(rule, ShowRule))
    return any(is_below(path) for rule in carried for path in attributes_of(rule))


def _carry_leaf(lens: Lens, rule: LeafRule, operation: Operation) -> list[FieldChange] | None:
    leaf = rule.leaf
    if not rule.v or not rule.writable:
        return []
    decides = rule.s in lens.guarding  # which field another attribute goes to
    if operation.path.where is not None or leaf.immutable or _needs_old_value(rule) or _is_place(rule) or decides:
        return None
    return _carry_value(lens, rule, operation)


def _carry_slots(lens: Lens, rule: SlotsRule, operation: Operation) -> list[FieldChange] | None:
    """One part of the slot that the path names exactly; everything else needs a look at the values there are."""
    sub, where = operation.path.target.sub, operation.path.where
    slot = named_slot(rule, where) if where is not None else None
    part = next((one for one in slot.parts if one.s.sub == sub), None) if slot is not None else None
    if part is None or not part.readable or part.leaf.immutable or _needs_old_value(part) or _is_place(part):
        return None
    return _carry_value(lens, part, operation) if part.writable else []


def _carry_value(lens: Lens, rule: LeafRule, operation: Operation) -> list[FieldChange] | None:
    leaf = rule.leaf
    path = print_field(rule.v)
    if operation.op == "remove" or operation.value is None:
        stands_for_a_value = rule.fill or rule.assume is not UNSET or rule.absent is not UNSET
        needed = leaf.required or rule.s_required
        return None if needed or stands_for_a_value else [FieldChange("remove", path)]
    convert = lens.convert.get(rule.v)
    return None if convert is None else [FieldChange("replace", path, convert(operation.value))]


def _is_place(rule: LeafRule) -> bool:
    return whole_field(rule.v) != rule.v


def _needs_old_value(rule: LeafRule) -> bool:
    return rule.table is not None and len(rule.table.back) > len(rule.table.out)


# Two records


def difference(lens: Lens, old: Document, new: Document, modify: Modify = UNLIMITED) -> tuple[FieldChange, ...]:
    """The operations that turn the record read into the record wanted, field by field, as a PATCH may say them."""
    found: dict[str, FieldChange] = {}  # several rules can have places in one list
    changes = [change for rule in flatten(lens.rules) for change in _difference(rule, old, new, modify)]
    shared = {print_field(whole_field(rule.v)) for rule in flatten(lens.rules) if whole_field(rule.v) != rule.v}
    for number, change in enumerate(changes):
        found[change.path if change.path in shared else str(number)] = change
    return tuple(found.values())


def _difference(rule: Any, old: Document, new: Document, modify: Modify) -> Iterator[FieldChange]:
    if not rule.v:
        return
    field = whole_field(rule.v)
    before, after = read_raw(old, field), read_raw(new, field)
    path = print_field(field)
    if is_same(before, after):
        return
    membership = compare_references(rule, path, before, after, modify) if isinstance(rule, ListRule) else None
    unseen = isinstance(rule, ListRule) and not rule.readable
    if membership is not None:
        yield from membership
    elif after is None:
        yield FieldChange("remove", path)
    else:
        adds = before is None and not unseen and modify.style == "scim-patch"
        yield FieldChange("add" if adds else "replace", path, after)


def fields_by_path(lens: Lens) -> dict[str, Field]:
    """The fields that whole rules write, by their printed paths; without those that are printed alike."""
    fields = {rule.v for rule in flatten(lens.rules) if rule.v and whole_field(rule.v) == rule.v}
    printed = Counter(print_field(field) for field in fields)
    return {print_field(field): field for field in fields if printed[print_field(field)] == 1}


def replacement(lens: Lens, old: Document, new: Document, replace: Replace) -> Document:
    """The body of a PUT: without what the backend sets itself, with nulls where leaving out means keeping."""
    sent = {rule.v for rule in lens.rules if isinstance(rule, SendRule)}
    body = deepcopy(new)
    for key in _RFC_READ_ONLY if lens.urns.core else ():
        if (key,) not in sent and _is_read_only(lens.shape.fields.get(key)):
            body.pop(key, None)
    _strip(body, lens.shape, (), sent)
    if lens.urns.core:
        body["schemas"] = list_schemas(body, lens.urns, body.get("schemas"))
    if replace.omitted == "kept":
        for rule in flatten(lens.rules):
            if not isinstance(rule, SendRule) and rule.v and not _is_hidden(rule):
                _clear(body, old, whole_field(rule.v))
    return body


def _is_hidden(rule: LeafRule | ListRule) -> bool:
    return rule.read_only if isinstance(rule, ListRule) else not rule.writable


def _is_read_only(field: Any) -> bool:
    """Whether the shape leaves the RFC's word standing that this is the server's own."""
    if field is None or isinstance(field, ObjectShape):
        return True
    return bool(field.read_only)


def _strip(body: Document, shape: ObjectShape, prefix: Field, sent: set[Field]) -> None:
    for name, field in shape.fields.items():
        here = (*prefix, name)
        if isinstance(field, ObjectShape) and isinstance(body.get(name), dict):
            _strip(body[name], field, here, sent)
            if not body[name]:
                del body[name]
        elif isinstance(field, Leaf | ListShape) and field.read_only and here not in sent:
            body.pop(name, None)


def _clear(body: Document, old: Document, field: Field) -> None:
    """An explicit null for a field that was there and is wanted no more."""
    if read_raw(old, field) is None or read_raw(body, field) is not None:
        return
    here = body
    for depth, key in enumerate(field[:-1]):
        inner = here.get(key)
        if not isinstance(inner, dict):
            here[key] = None
            if depth == 0 or inner is None:
                return
        else:
            here = inner
    here[field[-1]] = None
