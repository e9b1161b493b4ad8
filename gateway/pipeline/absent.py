"""Members that live in another branch, where the tenant has them kept (`absent_member: keep`): told apart from those
that the backend is to know, and shown with them.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from msgspec.json import encode
from msgspec.structs import replace

from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document
from gateway.pipeline.abroad import is_abroad
from gateway.pipeline.intent import Create, Intent, Modify, Replace
from gateway.pipeline.request import Tenant
from gateway.pipeline.splitting import key_of
from gateway.pipeline.target import Target, find_target
from gateway.pipeline.unseen import find_unseen, refuse_unseen
from gateway.pipeline.version import BYTES
from gateway.scim.filter import And, AttrPath, Compare, Filter, Not, Or, Within, walk
from gateway.scim.operation import Operation, alternatives, creating
from gateway.scim.patch import apply_patch

Absent = dict[str, list[Document]]  # by attribute, what a list of the resource holds beside what the backend knows
STORED = ("value", "type")


def kept_lists(target: Target) -> frozenset[str]:
    """The lists of ids whose values in other branches are kept."""
    if not target.tenant.guards or target.tenant.absent_member == "refuse":
        return frozenset()
    rules = (rule for rule in target.lens.rules if isinstance(rule, ListRule) and not rule.read_only)
    return frozenset(str(rule.s.attr) for rule in rules if rule.s.urn is None and any(one.ref for one in rule.items))


def own_intent(intent: Intent, tenant: Tenant) -> Intent:
    """What of an intent is for the backend."""
    match intent:
        case Create(resource=resource):
            return replace(intent, resource=part_resource(find_target(tenant, intent.type), resource)[0])
        case Replace(resource=resource):
            return replace(intent, resource=own_resource(find_target(tenant, intent.type), resource))
        case Modify(operations=operations):
            own = tuple(own_operations(find_target(tenant, intent.type), operations))
            return intent if own == operations else replace(intent, operations=own)
    return intent


def own_resource(target: Target, resource: Document) -> Document:
    """The resource of a PUT as the backend is to know it. A 400 Problem where it names nobody here for a list of which
    nothing is shown: who would have to go is not known, and a PUT without the list leaves them in.
    """
    own = part_resource(target, resource)[0]
    if target.replace is None or target.replace.omitted != "cleared":
        refuse_unseen(target, find_unseen(target, {name: resource[name] for name in resource.keys() - own.keys()}))
    return own


def looks_for_kept(wanted: Filter, target: Target) -> bool:
    """Does a filter look at values of which some may be kept? One that names a value that lives here does not."""
    names, key = kept_lists(target), target.tenant.key
    match wanted:
        case And(parts=parts) | Or(parts=parts):
            return any(looks_for_kept(part, target) for part in parts)
        case Not(part=part):
            return looks_for_kept(part, target)
        case Within(path=path, where=Compare(path=AttrPath(attr="value"), op="eq", value=str(shown))):
            return path.attr in names and key_of(shown) != key
        case Compare(path=AttrPath(attr=name, sub="value"), op="eq" | "ne", value=str(shown)):
            return name in names and key_of(shown) != key
    return any(path.attr in names for path in walk(wanted))


def part_resource(target: Target, resource: Document) -> tuple[Document, Absent]:
    """The resource as the backend is to know it, and what is kept of it."""
    own, absent = dict(resource), {}
    for name in kept_lists(target) & resource.keys():
        here, away = part(target, resource[name])
        own[name] = here
        if not here:
            del own[name]
        if away:
            absent[name] = away
    return own, absent


def part(target: Target, values: Iterable[Document]) -> tuple[list[Document], list[Document]]:
    """The values that live here, and those that live in other branches."""
    here: list[Document] = []
    away: dict[str, Document] = {}
    for one in values:
        if is_abroad(target, one.get("value")):
            away[one["value"]] = {key: one[key] for key in STORED if key in one}
        else:
            here.append(one)
    return here, [*away.values()]


def own_operations(target: Target, operations: Iterable[Operation]) -> Iterator[Operation]:
    """What of a PATCH the backend is to know."""
    names = kept_lists(target)
    for one in operations:
        if one.path.target.attr not in names or one.path.target.urn is not None:
            yield one
        elif one.path.where is not None:
            if not all(is_abroad(target, shown) for shown in named_ids(one)) or not named_ids(one):
                yield one
        elif not isinstance(one.value, list):
            yield one
        elif here := part(target, one.value)[0]:
            yield replace(one, value=here)
        elif one.op == "replace":
            yield Operation("remove", one.path)


def absent_operations(target: Target, operations: Iterable[Operation]) -> Iterator[Operation]:
    """What of a PATCH is about values in other branches."""
    names = kept_lists(target)
    for one in operations:
        if one.path.target.attr not in names or one.path.target.urn is not None:
            continue
        if one.path.where is not None:
            named = named_ids(one)
            if any(is_abroad(target, shown) for shown in named) or (one.op == "remove" and not named):
                yield one
        elif not isinstance(one.value, list):
            yield from (one,) if one.op == "remove" else ()
        elif away := part(target, one.value)[1]:
            yield replace(one, value=away)
        elif one.op == "replace":
            yield Operation("remove", one.path)


def named_ids(one: Operation) -> tuple[Any, ...]:
    """The ids that the brackets of a path name, where that is all they do."""
    return tuple(part.value for part in alternatives(one.path.where))


def added_absent(intent: Intent, tenant: Tenant) -> list[str]:
    """The ids in other branches that a create or a change adds, as far as they are not kept already."""
    target = find_target(tenant, intent.type)
    match intent:
        case Create(resource=resource) | Replace(resource=resource):
            lists = part_resource(target, resource)[1].values()
            return [one["value"] for values in lists for one in values]
        case Modify(operations=operations):
            added = (one.value for one in absent_operations(target, operations) if one.op != "remove")
            return [one["value"] for values in added if isinstance(values, list) for one in values]
    return []


def change_absent(target: Target, absent: Absent, operations: tuple[Operation, ...]) -> Absent:
    """What is kept of the resource once the operations were applied."""
    changed = apply_patch(dict(absent), operations, target.accepted, creates=creating(target.tenant.lenience))
    parted = {name: part(target, changed.get(name) or ())[1] for name in kept_lists(target)}
    return {name: values for name, values in parted.items() if values}


def with_absent(resource: Document, absent: Absent) -> Document:
    """The resource with what is kept of it. Its version is another one then."""
    if not absent:
        return resource
    shown = {**resource, **{name: [*resource.get(name, ()), *values] for name, values in absent.items()}}
    version = resource["meta"].get("version")
    if version is not None:
        shown["meta"] = {**resource["meta"], "version": mix_version(version, absent)}
    return shown


def mix_version(version: str, absent: Absent) -> str:
    """The version of a resource of which something is kept."""
    settled = sorted((name, sorted(map(encode, values))) for name, values in absent.items())
    digest = blake2b(encode((version, [(name, b"".join(values)) for name, values in settled])), digest_size=BYTES)
    return f'W/"{urlsafe_b64encode(digest.digest()).decode()}"'
