"""What a filter comes to over resources of one type, where their type is all that is known of them."""

from collections.abc import Iterable

from gateway.scim.match import compile_match
from gateway.scim.schema import ResourceType
from gateway.scim.terms import And, AttrPath, Filter, Not, Or, walk

RESOURCE_TYPE = AttrPath(None, "meta", "resourceType")


def reduce_filter(f: Filter, rt: ResourceType) -> Filter | bool:
    """A bound filter without what the type decides; True or False where that is all of it."""
    match f:
        case And(parts=parts):
            return _join(parts, rt, whole=True)
        case Or(parts=parts):
            return _join(parts, rt, whole=False)
        case Not(part=part):
            rest = reduce_filter(part, rt)
            return not rest if isinstance(rest, bool) else Not(rest)
    if any(path != RESOURCE_TYPE for path in walk(f)):
        return f
    return compile_match(f, rt)({"meta": {"resourceType": rt.name}})


def _join(parts: Iterable[Filter], rt: ResourceType, *, whole: bool) -> Filter | bool:
    """The parts that are still open; `whole` says what no part changes: True between `and`, False between `or`."""
    reduced = [reduce_filter(part, rt) for part in parts]
    if (not whole) in reduced:
        return not whole
    rest = tuple(part for part in reduced if not isinstance(part, bool))
    if not rest:
        return whole
    return rest[0] if len(rest) == 1 else And(rest) if whole else Or(rest)
