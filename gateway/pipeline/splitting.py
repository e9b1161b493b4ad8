"""A split tenant: in which of its branches a resource lives, told by its id or by the guards, and where one cannot be.

A guard that names an attribute which a resource type lacks may be unable to tell its resources apart: then they live
where the resources live that they refer to.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from gateway.lens.lens import Document
from gateway.pipeline.documents import document_with
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Guard, Tenant
from gateway.scim.bind import bind_filter
from gateway.scim.filter import And, AttrPath, Compare, Filter, Not, Or, Present, walk
from gateway.scim.match import compile_match
from gateway.scim.reduce import reduce_filter
from gateway.scim.schema import ResourceType

BETWEEN = "~~"  # between a branch's key and the rest of an id, in which it never stands
ID = AttrPath(None, "id")


class Told(Struct, frozen=True):
    """A guard as it reads over one resource type: what is left of it, or what it comes to.

    `blind`: it comes to that only because the type lacks what it looks at.
    """

    key: str
    when: Filter | bool
    blind: bool


Guards = Sequence[Guard]
Facts = Mapping[AttrPath, Any]


def key_of(shown: str) -> str:
    """The key that an id begins with; empty where there is none."""
    key, between, _ = shown.partition(BETWEEN)
    return key if between else ""


def find_seat(tenant: Tenant, shown: str) -> Tenant:
    """The seat whose resources have ids like this one; a 404 Problem where no branch has."""
    found = next((one.seat for one in tenant.branches if one.key == key_of(shown)), None)
    if found is None:
        raise Problem("SG110")
    return found


def place(tenant: Tenant, kind: ResourceType, resource: Document) -> Tenant:
    """The seat that a new resource belongs to. A 501 Problem where its branch has no such resources."""
    key = find_branch(tenant.guards, kind, resource)
    serving = [seat for seat in tenant.seats if kind.name in seat.dialect.resources]
    if key is None:
        keys = {key_of(shown) for shown in referred_ids(tenant, kind, resource)}
        together = [seat for seat in serving if keys == {seat.key}]
        return [*serving, *together][-1]
    found = next((seat for seat in serving if seat.key == key), None)
    if found is None:
        raise Problem("SG115", f"The backend in which this {kind.name} belongs has none")
    return found


def referred_ids(tenant: Tenant, kind: ResourceType, resource: Document) -> Iterator[str]:
    """The ids in the lists of a resource that hold ids of others."""
    served = (seat.dialect.resources.get(kind.name) for seat in tenant.seats)
    names = {name for one in served if one is not None for name in one.lens.referred}
    for item in (item for name in names for item in resource.get(name) or ()):
        if isinstance(item, dict) and isinstance(item.get("value"), str):
            yield item["value"]


def tell(guards: Guards, rt: ResourceType) -> tuple[Told, ...]:
    """The guards as they read over a resource type."""
    return tuple(
        Told(one.key, True, blind=False) if one.when is None else _tell(one.key, one.when, rt) for one in guards
    )


def _tell(key: str, when: Filter, rt: ResourceType) -> Told:
    left = reduce_filter(bind_filter(when, rt, unknown_is_absent=True), rt)
    lacks = any(rt.find(path) is None for path in walk(when))
    return Told(key, left, blind=isinstance(left, bool) and lacks)


def find_branch(guards: Guards, rt: ResourceType, resource: Document) -> str | None:
    """The key of the branch in which a resource belongs; None where no guard tells resources of this type apart."""
    told = tell(guards, rt)
    if all(one.blind for one in told[:-1]):
        return None
    return next((one.key for one in told if holds(one.when, rt, resource)), told[-1].key)


def holds(when: Filter | bool, rt: ResourceType, resource: Document) -> bool:
    return when if isinstance(when, bool) else compile_match(when, rt)(resource)


def guarded_paths(guards: Guards, rt: ResourceType) -> frozenset[AttrPath]:
    """The attributes on which it depends in which branch a resource of a type belongs."""
    return frozenset(path for one in tell(guards, rt) if not isinstance(one.when, bool) for path in walk(one.when))


def may_live(guards: Guards, key: str, wanted: Filter, rt: ResourceType) -> bool:
    """Might the branch hold a resource that matches? False only where its guards contradict the filter for certain.

    `wanted` is bound to the type. What lies in the wrong branch is not what it is asked for.
    """
    if isinstance(wanted, Or):
        return any(may_live(guards, key, part, rt) for part in wanted.parts)
    facts = dict(facts_of(wanted, rt))
    if isinstance(facts.get(ID), str) and key_of(facts[ID]) != key:
        return False
    for one in tell(guards, rt):
        decided = None if one.blind else decide(one.when, facts, rt)
        if one.key == key:
            return decided is not False
        if decided:
            return False
    return False


def facts_of(wanted: Filter, rt: ResourceType) -> Iterator[tuple[AttrPath, Any]]:
    """The values that every match has, of attributes that have one value."""
    if isinstance(wanted, And):
        for part in wanted.parts:
            yield from facts_of(part, rt)
    if (
        isinstance(wanted, Compare)
        and wanted.op == "eq"
        and wanted.value not in (None, "")
        and is_single(wanted.path, rt)
    ):
        yield wanted.path, wanted.value


def is_single(path: AttrPath, rt: ResourceType) -> bool:
    top, found = rt.find_top(path), rt.find(path)
    return found is not None and top is not None and not found.multi_valued and not top.multi_valued


def decide(when: Filter | bool, facts: Facts, rt: ResourceType) -> bool | None:
    """What a filter comes to where only these values are known; None where that is open."""
    match when:
        case bool():
            return when
        case And(parts=parts):
            return _both([decide(part, facts, rt) for part in parts])
        case Or(parts=parts):
            other = _both([decide(Not(part), facts, rt) for part in parts])
            return None if other is None else not other
        case Not(part=part):
            found = decide(part, facts, rt)
            return None if found is None else not found
        case Compare(path=path) | Present(path=path) if path in facts:
            return compile_match(when, rt)(document_with(path, facts[path]))
    return None


def _both(decided: Sequence[bool | None]) -> bool | None:
    """Kleene's `and`."""
    if False in decided:
        return False
    return None if None in decided else True
