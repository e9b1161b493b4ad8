"""What a follower shall hold of a resource: who belongs there, and the primary's resource in the follower's terms."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from gateway.lens.ids import native_id, show_id
from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document
from gateway.lens.references import reference
from gateway.pipeline.deactivation import refuse_deactivation
from gateway.pipeline.documents import hold_absent
from gateway.pipeline.present import Pointer
from gateway.pipeline.request import Follower, Tenant
from gateway.pipeline.target import Target
from gateway.pipeline.unseen import asked_lists, unseen_lists
from gateway.scim.filter import AttrPath, walk
from gateway.scim.match import compile_match
from gateway.scim.resource import read_resource
from gateway.scim.schema import Attribute, ResourceType

UNSEEN = ("never", "request")


class Reference(Struct, frozen=True):
    """A resource that another one names: its type, and the primary's native id."""

    type: str
    native: str


def serves(follower: Follower, name: str) -> bool:
    """Does the follower have resources of this type?"""
    return name in follower.seat.dialect.resources


def belongs(follower: Follower, resource: Document, kind: ResourceType) -> bool:
    """Shall the follower have this resource? A type without one of the filter's attributes follows whole."""
    when = follower.when
    if when is None or any(kind.find(path) is None for path in walk(when)):
        return True
    return compile_match(when, kind)(resource)


def fit(resource: Document, there: Target) -> Document:
    """The resource as a client would send it to the follower: without what is not to be written there.

    Raises ScimError where its schema refuses a value.
    """
    document = {name: value for name, value in resource.items() if name not in ("id", "meta", "schemas")}
    return read_resource(document, there.accepted, partial=True).resource


def lay_over(current: Document, wanted: Document, leader: Target, there: Target) -> Document:
    """The follower's resource as it shall be: what the primary carries is the primary's, all else stays as it is."""
    unseen = {rule.s.attr for rule in unseen_lists(leader)}
    laid = dict(current)
    for attribute in leader.type.schema.attributes:
        if attribute.name not in unseen:
            _lay(laid, wanted, attribute)
    for extension in leader.type.extensions:
        _lay(laid, wanted, extension.as_attribute)
    if ("externalId",) in leader.lens.carried_keys:
        _lay(laid, wanted, leader.type.core_by_name["externalid"])
    if "active" in current and "active" not in wanted:  # who says nothing lets nobody in, and nobody out
        laid["active"] = current["active"]
    if "password" in wanted:
        laid["password"] = wanted["password"]
    return hold_absent(there.lens, laid, current)


def followed_lists(leader: Target, there: Target) -> tuple[ListRule, ...]:
    """Of the lists that have to be asked for, those that the primary shows: the others stay as they are."""
    unseen = {rule.s for rule in unseen_lists(leader)}
    return tuple(rule for rule in asked_lists(there) if rule.s not in unseen and leader.type.find(rule.s) is not None)


def _lay(laid: Document, wanted: Document, attribute: Attribute) -> None:
    name = attribute.name
    if attribute.returned in UNSEEN or attribute.mutability == "writeOnly":
        return
    here, there = laid.get(name), wanted.get(name)
    if isinstance(here, dict) and attribute.type == "complex" and not attribute.multi_valued:
        inner = dict(here)
        for part in attribute.sub_attributes:
            _lay(inner, there or {}, part)
        there = inner
    if there in (None, {}):
        laid.pop(name, None)
    else:
        laid[name] = there


def references(resource: Document, there: Target, leader: Tenant) -> tuple[Reference, ...]:
    """The resources that this one names, as far as the follower takes them."""
    found = (place_reference(kind, shown, leader) for kind, shown in _shown_references(resource, there))
    return tuple(dict.fromkeys(one for one in found if one is not None))


def place_reference(kind: str, shown: str, leader: Tenant) -> Reference | None:
    """The native id behind an id that a client knows; None where it can be nobody's."""
    resource = leader.dialect.resources.get(kind)
    native = native_id(shown, resource.lens.id_prefix) if resource is not None else None
    return None if native is None else Reference(kind, native)


def repoint(resource: Document, there: Target, leader: Tenant, natives: Mapping[Reference, str]) -> Document:
    """The resource with the follower's ids in place of the primary's, without values whose resource is not there."""
    pointed = dict(resource)
    for pointer in pointers(there):
        holder = pointed if pointer.urn is None else dict(pointed.get(pointer.urn) or {})
        if pointer.name not in holder:
            continue
        value = _repoint(holder[pointer.name], pointer, there, leader, natives)
        if value in (None, []):
            del holder[pointer.name]
        else:
            holder[pointer.name] = value
        if pointer.urn is not None:
            pointed[pointer.urn] = holder
            if not holder:
                del pointed[pointer.urn]
    return pointed


def _repoint(
    value: object, pointer: Pointer, there: Target, leader: Tenant, natives: Mapping[Reference, str]
) -> object:
    if isinstance(value, list):
        found = (_repoint(one, pointer, there, leader, natives) for one in value)
        return [one for one in found if one is not None]
    if not isinstance(value, dict) or not isinstance(value.get("value"), str):
        return value
    kind = kind_of(value, pointer, there)
    reference = place_reference(kind, value["value"], leader)
    native = natives.get(reference) if reference is not None else None
    if native is None:
        return None
    said = {"type": value["type"]} if isinstance(value.get("type"), str) else {}
    return {"value": show_id(native, there.tenant.dialect.resources[kind].lens.id_prefix), **said}


def kind_of(value: Document, pointer: Pointer, there: Target) -> str:
    """The resource type of what a value names: the only one that may stand there, or the one that it says."""
    said = value.get("type")
    served = there.tenant.views[there.resource.name].places
    place = served.get(said) if isinstance(said, str) else None
    return pointer.kind or (place.type if place is not None else "User")


def pointers(there: Target) -> Iterator[Pointer]:
    """The attributes whose values are ids and that a client writes, those included that no answer shows."""
    shown = there.tenant.views[there.resource.name].pointers
    for pointer in (*shown, *_unshown_pointers(there, shown)):
        attribute = there.type.find(AttrPath(pointer.urn, pointer.name))
        if attribute is not None and attribute.mutability != "readOnly":
            yield pointer


def _unshown_pointers(there: Target, shown: tuple[Pointer, ...]) -> Iterator[Pointer]:
    """The lists of references that have no `$ref`, as nothing of them is shown."""
    for rule in there.lens.list_rules.values():
        item = reference(rule)
        if item is not None and all((one.urn, one.name) != (rule.s.urn, rule.s.attr) for one in shown):
            yield Pointer(rule.s.urn, rule.s.attr or "", item.ref[0] if len(item.ref) == 1 else None)


def _shown_references(resource: Document, there: Target) -> Iterator[tuple[str, str]]:
    for pointer in pointers(there):
        holder = resource if pointer.urn is None else resource.get(pointer.urn) or {}
        value = holder.get(pointer.name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and isinstance(one.get("value"), str):
                yield kind_of(one, pointer, there), one["value"]


def barred(resource: Document, there: Target) -> Document | None:
    """The resource without access: inactive, or without members; None where the backend can only delete it.

    Raises SG220 where the mapping refuses to say that somebody is barred.
    """
    if there.type.schema.find("members") is not None:
        return {**resource, "members": []}
    refuse_deactivation(there, deactivates=True)
    return {**resource, "active": False} if there.resource.deactivation == "carried" else None
