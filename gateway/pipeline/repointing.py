"""Operations of a PATCH that add and remove references, in the ids of a follower."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from gateway.lens.ids import show_id
from gateway.pipeline.following import Reference, kind_of, place_reference, pointers
from gateway.pipeline.present import Pointer
from gateway.pipeline.request import Tenant
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath, Compare, Filter, Or
from gateway.scim.operation import Operation

Operations = tuple[Operation, ...]
VALUE = AttrPath(None, "value")


def named_in(operations: Operations, there: Target, leader: Tenant) -> tuple[Reference, ...] | None:
    """The resources that operations add and remove; None where one of them does anything else."""
    found: list[Reference] = []
    for one in operations:
        pointer = find_pointer(one, there)
        values = None if pointer is None else values_of(one)
        if pointer is None or values is None:
            return None
        for value in values:
            reference = place_reference(kind_of(value, pointer, there), value["value"], leader)
            if reference is None:
                return None
            found.append(reference)
    return tuple(dict.fromkeys(found))


def rename_operations(
    operations: Operations, there: Target, leader: Tenant, natives: Mapping[Reference, str]
) -> Operations:
    """The operations in the follower's ids, without those whom it does not have."""
    return tuple(renamed for one in operations for renamed in rename(one, there, leader, natives))


def rename(one: Operation, there: Target, leader: Tenant, natives: Mapping[Reference, str]) -> Iterator[Operation]:
    pointer, values = find_pointer(one, there), values_of(one)
    if pointer is None or values is None:
        return
    shown: list[dict[str, Any]] = []
    for value in values:
        kind = kind_of(value, pointer, there)
        reference = place_reference(kind, value["value"], leader)
        native = natives.get(reference) if reference is not None else None
        if native is not None:
            said = {"type": value["type"]} if "type" in value else {}
            shown.append({"value": show_id(native, there.tenant.dialect.resources[kind].lens.id_prefix), **said})
    if shown and one.op == "add":
        yield replace(one, value=shown)
    elif shown:
        where = tuple(Compare(VALUE, "eq", value["value"]) for value in shown)
        yield replace(one, path=replace(one.path, where=where[0] if len(where) == 1 else Or(where)))


def find_pointer(one: Operation, there: Target) -> Pointer | None:
    """The list of references that an operation adds to or takes from."""
    target = one.path.target
    if one.op == "replace" or target.sub is not None:
        return None
    found = (each for each in pointers(there) if (each.urn, each.name) == (target.urn, target.attr))
    return next((each for each in found if is_list(each, there)), None)


def is_list(pointer: Pointer, there: Target) -> bool:
    attribute = there.type.find(AttrPath(pointer.urn, pointer.name))
    return attribute is not None and attribute.multi_valued


def values_of(one: Operation) -> list[dict[str, Any]] | None:
    """The references of an operation, as objects with a `value`; None where they are told otherwise."""
    if one.op == "add":
        said = one.value if one.path.where is None and isinstance(one.value, list) else [None]
    else:
        said = [named_by(part) for part in parts_of(one.path.where)]
    values = [each for each in said if isinstance(each, dict) and isinstance(each.get("value"), str)]
    return values if len(values) == len(said) else None


def parts_of(where: Filter | None) -> tuple[Filter | None, ...]:
    return tuple(where.parts) if isinstance(where, Or) else (where,)


def named_by(part: Filter | None) -> dict[str, Any] | None:
    if isinstance(part, Compare) and part.op == "eq" and part.path.attr == "value" and part.path.sub is None:
        return {"value": part.value}
    return None
