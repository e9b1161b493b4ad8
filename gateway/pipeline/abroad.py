"""References of a split tenant's resources to those that live in another branch, whose backend knows no such id."""

from collections.abc import Iterable, Iterator
from typing import Any

from gateway.lens.kinds import LeafRule, ListRule
from gateway.lens.lens import Document
from gateway.pipeline.documents import document_with, read_attribute
from gateway.pipeline.problems import Problem
from gateway.pipeline.splitting import key_of
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.operation import Operation


def is_abroad(target: Target, shown: Any) -> bool:
    """Is it the id of a resource in another branch of the same tenant?"""
    key = key_of(shown) if isinstance(shown, str) else ""
    return key != target.tenant.key and any(one.key == key for one in target.tenant.guards)


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
