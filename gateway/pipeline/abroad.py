"""References of a split tenant's resources to those that live in another branch, whose backend knows no such id."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from gateway.lens.ids import native_id
from gateway.lens.kinds import LeafRule, ListRule
from gateway.lens.lens import Document
from gateway.pipeline.documents import document_with, read_attribute
from gateway.pipeline.problems import Problem
from gateway.pipeline.splitting import BETWEEN, ID, key_of
from gateway.pipeline.target import Target
from gateway.scim.filter import And, AttrPath, Compare, Filter, Not, Or, Present, Within
from gateway.scim.operation import Operation
from gateway.scim.reduce import reduce_filter

NOBODY = Or(())


def is_abroad(target: Target, shown: Any) -> bool:
    """Is it an id as resources in another branch of the same tenant have them?"""
    key = key_of(shown) if isinstance(shown, str) else ""
    known = key != target.tenant.key and any(one.key == key for one in target.tenant.guards)
    return known and native_id(shown, key + BETWEEN) is not None


def refuse_abroad(target: Target, resource: Document) -> None:
    """A 400 Problem for a resource that refers to one in another branch."""
    if not target.tenant.guards:
        return
    for path in pointing_attributes(target):
        for shown in ids_in(read_attribute(resource, path)):
            if is_abroad(target, shown):
                raise Problem(
                    "SG351",
                    f"{path.attr} names a resource in another backend, {key_of(shown)}, and this is one of"
                    f" {target.tenant.key}",
                )


def refuse_operations_abroad(target: Target, operations: Iterable[Operation]) -> None:
    """The same for operations; that what is abroad shall go is no reference to it."""
    for one in operations if target.tenant.guards else ():
        if one.op != "remove":
            refuse_abroad(target, document_with(one.path.target, one.value))


def without_abroad(wanted: Filter, target: Target, kept: frozenset[str]) -> Filter:
    """The filter without what can hold of no resource here: that it has, or names, an id that begins otherwise.

    Lists in `kept` may name any.
    """
    if not target.tenant.guards:
        return wanted
    pointing = frozenset(path for path in pointing_attributes(target) if path.urn is not None or path.attr not in kept)
    return _without(wanted, target, lambda path: path == ID or _points(path, pointing))


def _without(f: Filter, target: Target, is_id: Callable[[AttrPath], bool]) -> Filter:
    match f:
        case And(parts=parts) | Or(parts=parts):
            return replace(f, parts=tuple(_without(part, target, is_id) for part in parts))
        case Not(part=part):
            return Not(_without(part, target, is_id))
        case Within(path=path, where=where):
            inner = _without(where, target, lambda below: is_id(AttrPath(path.urn, path.attr, below.attr)))
            rest = reduce_filter(inner, target.type)
            return Within(path, rest) if not isinstance(rest, bool) else NOBODY if not rest else Present(path)
        case Compare(path=path, op="eq" | "ne" as op, value=str(shown)) if is_id(path):
            if key_of(shown) == target.tenant.key:
                return f
            return NOBODY if op == "eq" else Not(NOBODY)
    return f


def _points(path: AttrPath, pointing: frozenset[AttrPath]) -> bool:
    return path.sub == "value" and AttrPath(path.urn, path.attr) in pointing


def pointing_attributes(target: Target) -> Iterator[AttrPath]:
    """The attributes that hold ids of resources, each without its parts."""
    for rule in target.lens.rules:
        if (isinstance(rule, LeafRule) and rule.ref) or (
            isinstance(rule, ListRule) and any(item.ref for item in rule.items)
        ):
            yield AttrPath(rule.s.urn, rule.s.attr)


def ids_in(value: Any) -> Iterator[Any]:
    """The ids in the value of such an attribute, or in its values."""
    for one in value if isinstance(value, list) else (value,):
        yield one.get("value") if isinstance(one, dict) else one
