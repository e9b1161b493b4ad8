"""Values of a split tenant's resource that are unique in another branch, where somebody may have them already.

Each backend knows its own alone, so one name could be in two of them. A branch whose guards say that it cannot have
the value is not asked, and none by what the resource does not say.
"""

from collections.abc import Iterable, Iterator

from gateway.lens.lens import Document
from gateway.pipeline.documents import document_with, read_attribute, write_attribute
from gateway.pipeline.intent import Intent, Modify, Replace
from gateway.pipeline.moving import show_changed
from gateway.pipeline.splitting import may_live
from gateway.pipeline.target import Target, find_target
from gateway.scim.filter import AttrPath, Compare
from gateway.scim.match import fold_value
from gateway.scim.operation import Operation

Twin = tuple[Target, Compare]


def possible_twins(target: Target, resource: Document) -> Iterator[Twin]:
    """Where another branch may have the same resource, and by what it is asked."""
    for other in other_targets(target):
        for path in unique_paths(other):
            value = read_attribute(resource, path)
            wanted = Compare(path, "eq", value)
            if isinstance(value, str) and may_live(
                other.tenant.guards, other.tenant.key, wanted, other.tenant.common[other.resource.name]
            ):
                yield other, wanted


def other_targets(target: Target) -> Iterator[Target]:
    """The same resource type in the other branches that have it."""
    for seat in target.tenant.others:
        if target.resource.name in seat.dialect.resources:
            yield find_target(seat, target.resource.name)


def unique_paths(target: Target) -> list[AttrPath]:
    """The attributes whose values are unique at the backend, or that name the resource and are unique in the standard;
    what the gateway keeps is not.
    """
    named = ((path, target.type.find(path)) for path in target.resource.correlate)
    standard = (path for path, one in named if one is not None and one.uniqueness != "none")
    return [path for path in dict.fromkeys((*target.resource.unique, *standard)) if path not in target.lens.kept]


def twins_of_change(target: Target, intent: Intent) -> Iterator[Twin]:
    """The same for every value that a change may come to; which of them are new, the record says."""
    match intent:
        case Replace(resource=resource):
            yield from possible_twins(target, resource)
        case Modify(operations=operations):
            for one in operations:
                if one.op != "remove":
                    yield from possible_twins(target, document_with(one.path.target, one.value))


def names_of(twins: Iterable[Twin]) -> list[str]:
    """The values by which others are asked, as locks name them, in one order for all."""
    return sorted({f"{wanted.path}={str(wanted.value).lower()}" for _, wanted in twins})


def touches_unique(target: Target, operations: Iterable[Operation]) -> bool:
    """Might one of the operations change what is unique in another branch? Whether it does, the record says."""
    named = {(path.urn, path.attr) for other in other_targets(target) for path in unique_paths(other)}
    return any((one.path.target.urn, one.path.target.attr) in named for one in operations)


def has_any_name(target: Target, record: Document, named: Document) -> bool:
    """Does the record have one of these values that are unique in another branch?"""
    known = {path: target.type.find(path) for other in other_targets(target) for path in unique_paths(other)}
    given = {path: one for path, one in known.items() if one is not None and read_attribute(named, path) is not None}
    seen = show_changed(target, record, given) if given else {}
    pairs = ((one, read_attribute(seen, path), read_attribute(named, path)) for path, one in given.items())
    return any(now is not None and fold_value(now, one) == fold_value(wanted, one) for one, now, wanted in pairs)


def renamed(target: Target, current: Document, changed: Document) -> Document:
    """What the record as it shall be has of values that are unique in another branch, and did not have before."""
    known = {path: target.type.find(path) for other in other_targets(target) for path in unique_paths(other)}
    paths = {path: attribute for path, attribute in known.items() if attribute is not None}
    seen = show_changed(target, changed, paths) if paths else {}
    found: Document = {}
    for path, attribute in paths.items():
        now, before = read_attribute(seen, path), read_attribute(current, path)
        if isinstance(now, str) and fold_value(now, attribute) != fold_value(str(before), attribute):
            write_attribute(found, path, now)
    return found
