"""Is a resource that was found the one that a create made?"""

from typing import Any

from gateway.lens.lens import Document, LensError
from gateway.pipeline.documents import read_attribute, remove_attribute
from gateway.pipeline.plans import CreatePlan
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath


def is_what_was_sent(plan: CreatePlan, target: Target, found: Document) -> bool:
    """Does the resource found show everything that the record sent would show, and keep nothing of another's?"""
    kept = ((read_attribute(found, path), read_attribute(plan.resource, path)) for path in target.lens.kept)
    if any(there is not None and there != wanted for there, wanted in kept):
        return False
    try:
        record = plan.record
        if target.lens.anchor is None:
            record = give_id(record, target.lens.id_field, target.native(found["id"]))
        sent = target.lens.into(record)
    except LensError:
        return False
    if target.lens.anchor is not None and sent["id"] != found["id"]:
        return False  # somebody who had another name before
    for path in target.lens.unechoed:
        remove_attribute(sent, path)
    return all(
        value == found.get(name) if is_exact(name, value, target) else shows(value, found.get(name))
        for name, value in sent.items()
        if name not in ("id", "meta")
    )


def is_exact(name: str, value: Any, target: Target) -> bool:
    """Is it a text whose letters count, such as an externalId?"""
    attribute = target.type.find(AttrPath(None, name)) if isinstance(value, str) else None
    return attribute is not None and attribute.case_exact


def give_id(record: Document, field: tuple[str, ...], native: str) -> Document:
    """A copy of the record with the id where the backend has it."""
    first, *rest = field
    return {**record, first: give_id(record.get(first) or {}, tuple(rest), native) if rest else native}


def shows(sent: Any, found: Any) -> bool:
    """Is all of a value there? Backends add to objects, and change the order of lists and the case of letters."""
    if isinstance(sent, dict):
        return isinstance(found, dict) and all(shows(value, found.get(key)) for key, value in sent.items())
    if isinstance(sent, list):
        return isinstance(found, list) and shows_each(sent, found)
    if isinstance(sent, str) and isinstance(found, str):
        return sent.lower() == found.lower()
    return bool(sent == found)


def shows_each(sent: list[Any], found: list[Any]) -> bool:
    """Is each item there? Items that say their `value` are looked for by it alone: groups are large."""
    by_value: dict[Any, list[Any]] = {}
    for one in found:
        by_value.setdefault(said_value(one), []).append(one)
    pairs = ((one, said_value(one)) for one in sent)
    return all(
        any(shows(one, other) for other in (found if key is None else by_value.get(key, ()))) for one, key in pairs
    )


def said_value(item: Any) -> str | None:
    """The text that an item is known by, in small letters; None when it says none."""
    value = item.get("value") if isinstance(item, dict) else item
    return value.lower() if isinstance(value, str) else None
