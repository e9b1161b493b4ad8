"""How a resource is shown: our `meta`, our references, what the client asked for of it, and `schemas` to match.

What a resource type needs for that is looked up once and kept as a View, so that a long list costs no more look-ups.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document
from gateway.mapping.dialect import Resource
from gateway.scim.names import fold
from gateway.scim.project import Projection, project
from gateway.scim.schema import Attribute, ResourceType

RESTRAINED = ("never", "request")
Lists = Mapping[str, "Lists | None"]  # the lists in an object (None), and in the objects in it


class Pointer(Struct, frozen=True):
    """An attribute whose values are ids of resources, in the core (`urn` None) or in an extension.

    `kind` is their type, None when several are possible and each value says its own.
    """

    urn: str | None
    name: str
    kind: str | None


class Place(Struct, frozen=True):
    """A type that is served, and where: its endpoint without slashes."""

    type: str
    endpoint: str


class View(Struct, frozen=True):
    """What showing resources of one type takes. `places` are those of all types served, by name and by folded name.

    `restrained` names the members of a resource of which something is not shown unless it is asked for; `whole` asks
    for all that may be shown. `lists` are the multi-valued attributes.
    """

    type: ResourceType
    endpoint: str
    places: Mapping[str, Place]
    pointers: tuple[Pointer, ...]
    restrained: frozenset[str]
    whole: Projection
    lists: Lists


def make_view(resource: Resource, served: Mapping[str, Resource]) -> View:
    """The view of one of the types served."""
    places = {
        spelled: Place(name, one.type.endpoint.strip("/"))
        for name, one in served.items()
        for spelled in (name, fold(name))
    }
    return View(
        type=resource.type,
        endpoint=resource.type.endpoint.strip("/"),
        places=places,
        pointers=tuple(find_pointers(resource)),
        restrained=frozenset(find_restrained(resource.type)),
        whole=Projection(tuple(path for path, _ in resource.type.attributes()), included=True),
        lists=find_lists(
            [*resource.type.core_by_name.values(), *(one.as_attribute for one in resource.type.extensions)]
        ),
    )


def present(resource: Document, view: View, url: str, projection: Projection | None) -> Document:
    """The representation below the base `url`.

    RFC 7643 3: `schemas` names those that define the attributes present in the current JSON structure.
    """
    shown = {"schemas": [], **resource, "meta": make_meta(resource, view, url)}
    for pointer in view.pointers:
        point(shown, pointer, view, url)
    if projection is not None or not view.restrained.isdisjoint(shown):
        shown = project(shown, projection, view.type)
    shown["schemas"] = view.type.schema_of(shown)
    return shown


def make_meta(resource: Document, view: View, url: str) -> Document:
    """RFC 7643 3.1: dates of the backend, a version of ours. Its location would be its own."""
    known = resource.get("meta", {})
    meta = {"resourceType": view.type.name}
    for name in ("created", "lastModified"):
        if name in known:
            meta[name] = known[name]
    meta["location"] = locate(resource, view, url)
    if "version" in known:
        meta["version"] = known["version"]
    return meta


def locate(resource: Document, view: View, url: str) -> str:
    """The absolute URL of a resource below the base the client used."""
    return f"{url}/{view.endpoint}/{resource['id']}"


def point(shown: Document, pointer: Pointer, view: View, url: str) -> None:
    """Give the attribute's values `$ref`s of ours, where it is present. Holders are copied, never changed."""
    holder = shown if pointer.urn is None else shown.get(pointer.urn)
    if not isinstance(holder, dict) or pointer.name not in holder:
        return
    referred = refer(holder[pointer.name], pointer.kind, view, url)
    if pointer.urn is None:
        shown[pointer.name] = referred
    else:
        shown[pointer.urn] = {**holder, pointer.name: referred}


def refer(value: Any, kind: str | None, view: View, url: str) -> Any:
    """The value with `$ref`s of ours, or with none where the type pointed at is not known or not served.

    A type that the backend spells in other letters (`user`) is shown by its name (RFC 7643 4.2: a canonical value).
    """
    if isinstance(value, list):
        return [refer(one, kind, view, url) for one in value]
    if not isinstance(value, dict) or not isinstance(value.get("value"), str):
        return value
    said = value.get("type")  # not always a type of resource: a user's groups say `direct` or `indirect` here
    named = kind or (said if isinstance(said, str) else "")
    place = view.places.get(named) or view.places.get(fold(named))
    referred = {**value}
    referred.pop("$ref", None)
    if place is not None:
        referred["$ref"] = f"{url}/{place.endpoint}/{value['value']}"
        if said != place.type and isinstance(said, str) and fold(said) == fold(place.type):
            referred["type"] = place.type
    return referred


def find_pointers(resource: Resource) -> Iterator[Pointer]:
    """The attributes that have a `$ref` to resources."""
    for attribute in resource.type.schema.attributes:
        if is_reference(attribute):
            yield Pointer(None, attribute.name, kind_of(attribute, resource))
    for extension in resource.type.extensions:
        for attribute in extension.attributes:
            if is_reference(attribute):
                yield Pointer(extension.id, attribute.name, kind_of(attribute, resource))


def is_reference(attribute: Attribute) -> bool:
    return attribute.find("$ref") is not None and attribute.find("value") is not None


def kind_of(attribute: Attribute, resource: Resource) -> str | None:
    """The only type that the mapping, or else the schema, allows."""
    reference = attribute.find("$ref")
    allowed = mapped_types(resource, attribute.name) or (reference.reference_types if reference else ())
    return allowed[0] if len(allowed) == 1 else None


def mapped_types(resource: Resource, name: str) -> tuple[str, ...]:
    """The types that the mapping says a list's values are ids of."""
    for rule in resource.lens.rules:
        if isinstance(rule, ListRule) and rule.s.attr == name:
            return next((item.ref for item in rule.items if item.ref), ())
    return ()


def find_lists(attributes: Iterable[Attribute]) -> Lists:
    """The lists among attributes and in their parts. Items are compared as they are."""
    inside = {one.name: None if one.multi_valued else find_lists(one.sub_attributes) for one in attributes}
    return {name: lists for name, lists in inside.items() if lists is None or lists}


def find_restrained(kind: ResourceType) -> Iterator[str]:
    """The members that cannot be shown as they are, by the characteristic `returned` (RFC 7643 2.2)."""
    yield from (one.name for one in kind.core_by_name.values() if is_restrained(one))
    yield from (one.id for one in kind.extensions if any(map(is_restrained, one.attributes)))


def is_restrained(attribute: Attribute) -> bool:
    """Is it, or a part of it, not always shown when nothing is asked for?"""
    return attribute.returned in RESTRAINED or any(one.returned in RESTRAINED for one in attribute.sub_attributes)
