"""Schemas and resource types (RFC 7643 sections 3, 6 and 7) as frozen data with case-insensitive look-ups."""

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

from msgspec import Struct, structs
from msgspec.json import decode

from gateway.scim.errors import ScimError
from gateway.scim.grammar import split_path
from gateway.scim.names import RESOURCE_TYPE, SCHEMA, fold, nearest
from gateway.scim.terms import AttrPath

Resource = dict[str, Any]
AttributeType = Literal["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"]
Mutability = Literal["readOnly", "readWrite", "immutable", "writeOnly"]
Returned = Literal["always", "never", "default", "request"]
Uniqueness = Literal["none", "server", "global"]


class Attribute(Struct, frozen=True, dict=True, rename="camel"):
    """One attribute and its characteristics (RFC 7643 2.2, 7)."""

    name: str
    type: AttributeType = "string"
    multi_valued: bool = False
    description: str = ""
    required: bool = False
    case_exact: bool = False
    mutability: Mutability = "readWrite"
    returned: Returned = "default"
    uniqueness: Uniqueness = "none"
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    sub_attributes: "tuple[Attribute, ...]" = ()

    @cached_property
    def by_name(self) -> "dict[str, Attribute]":
        """The sub-attributes by folded name; a value of a simple list answers to `value` (erratum 7122)."""
        if self.multi_valued and self.type != "complex":
            return {"value": structs.replace(self, name="value", multi_valued=False)}
        return {fold(sub.name): sub for sub in self.sub_attributes}

    @cached_property
    def read_only_names(self) -> frozenset[str]:
        return frozenset(sub.name for sub in self.sub_attributes if sub.mutability == "readOnly")

    def find(self, name: str) -> "Attribute | None":
        """The sub-attribute of that name in any letter case."""
        return self.by_name.get(fold(name))


class Schema(Struct, frozen=True, dict=True, rename="camel"):
    """A set of attributes under one URN."""

    id: str
    name: str = ""
    description: str = ""
    attributes: tuple[Attribute, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Attribute]:
        return {fold(attribute.name): attribute for attribute in self.attributes}

    @cached_property
    def as_attribute(self) -> Attribute:
        """An extension seen from the resource: one complex attribute named by its URN."""
        return Attribute(self.id, "complex", description=self.description, sub_attributes=self.attributes)

    def find(self, name: str) -> Attribute | None:
        """The attribute of that name in any letter case."""
        return self.by_name.get(fold(name))


class ResourceType(Struct, frozen=True, dict=True):
    """A kind of resource: one core schema, and extensions that live under their URN in the resource."""

    name: str
    endpoint: str
    description: str
    schema: Schema
    extensions: tuple[Schema, ...] = ()

    @cached_property
    def urns(self) -> tuple[str, ...]:
        """The URNs of the core schema and of the extensions, the core first."""
        return (self.schema.id, *(extension.id for extension in self.extensions))

    @cached_property
    def extension_by_urn(self) -> dict[str, Schema]:
        return {fold(extension.id): extension for extension in self.extensions}

    @cached_property
    def core_by_name(self) -> dict[str, Attribute]:
        """The core schema's attributes and, beneath them, those every resource has (RFC 7643 3.1)."""
        return {**COMMON.by_name, **self.schema.by_name}

    @cached_property
    def forms(self) -> dict[Any, Any]:
        """What the room `forms` remembers of filters over this type."""
        return {}

    def attributes(self) -> Iterator[tuple[AttrPath, Attribute]]:
        """Every attribute with its canonical path, the common ones first; sub-attributes are not descended into."""
        for attribute in self.core_by_name.values():
            yield AttrPath(None, attribute.name, None), attribute
        for extension in self.extensions:
            for attribute in extension.attributes:
                yield AttrPath(extension.id, attribute.name, None), attribute

    def find(self, path: AttrPath) -> Attribute | None:
        """The attribute or sub-attribute at a path in any letter case; None when there is none."""
        top = self.find_top(path)
        return top if top is None or path.sub is None else top.find(path.sub)

    def find_top(self, path: AttrPath) -> Attribute | None:
        """The attribute of a path without its sub-attribute; a bare extension URN is one complex attribute."""
        if path.urn is None or fold(path.urn) == fold(self.schema.id):
            return None if path.attr is None else self.core_by_name.get(fold(path.attr))
        extension = self.extension_by_urn.get(fold(path.urn))
        if extension is None:
            return None
        return extension.as_attribute if path.attr is None else extension.find(path.attr)

    def canonical(self, path: AttrPath) -> AttrPath:
        """The path in the schema's letter case, the core URN left out; ScimError `invalidPath` when unknown."""
        top, found = self.find_top(path), self.find(path)
        if top is None or found is None:
            raise self.unknown(path)
        extension = self.extension_by_urn.get(fold(path.urn or ""))
        urn = extension.id if extension else None
        return AttrPath(urn, None if path.attr is None else top.name, None if path.sub is None else found.name)

    def unknown(self, path: AttrPath, scim_type: str = "invalidPath") -> ScimError:
        """The refusal of a path nothing answers to, with the nearest name as its hint."""
        near = self._nearest(path)
        hint = f"Did you mean `{near}`?" if near else f"/Schemas lists what a {self.name} has."
        return ScimError(scim_type, f"{self.name} has no attribute `{str(path)[:100]}`.", hint)

    def _nearest(self, path: AttrPath) -> str | None:
        """A path like the one asked for: by sub-attribute, in an extension, by attribute, or by URN."""
        top, attr = self.find_top(path), path.attr or ""
        extension = self.extension_by_urn.get(fold(path.urn or ""))
        if top is not None and path.sub is not None:
            near = nearest(path.sub, (sub.name for sub in top.sub_attributes))
            return near and str(AttrPath(extension.id if extension else None, top.name, near))
        if extension is not None:
            near = nearest(attr, (each.name for each in extension.attributes))
            return near and str(AttrPath(extension.id, near, None))
        if path.urn is not None and fold(path.urn) != fold(self.schema.id):
            return nearest(path.urn, self.urns)
        owner = next((each.id for each in self.extensions if each.find(attr)), None)
        if owner is not None:
            return str(AttrPath(owner, path.attr, path.sub))
        return nearest(attr, (each.name for each in self.core_by_name.values()))

    def parse_name(self, text: str) -> AttrPath | None:
        """A name such as `name.givenName` or `urn:...:User:department` as a canonical path; None when unknown."""
        path = split_path(text, self.urns)
        return None if path is None or self.find(path) is None else self.canonical(path)

    def schema_of(self, resource: Mapping[str, Any]) -> list[str]:
        """What belongs into `schemas`: the core URN and those of the extensions the resource carries."""
        return [self.schema.id, *[each.id for each in self.extensions if resource.get(each.id)]]


@cache
def read_schema(file_name: str) -> Schema:
    """A schema that comes with this package (RFC 7643 8.7), by file name without `.json`."""
    raw = files("gateway.scim").joinpath("schemas", f"{file_name}.json").read_bytes()
    return decode(raw, type=Schema)


COMMON = read_schema("common")


@cache
def standard(name: str) -> ResourceType:
    """The RFC's own `User` (with the enterprise extension) or `Group`; KeyError for any other name."""
    endpoint, description, schema, extensions = _STANDARD[name]
    return ResourceType(name, endpoint, description, read_schema(schema), tuple(map(read_schema, extensions)))


_STANDARD: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "User": ("/Users", "User account", "user", ("enterprise",)),
    "Group": ("/Groups", "Group", "group", ()),
}


def render_schema(schema: Schema, location: str = "") -> dict[str, Any]:
    """The `/Schemas/{urn}` document. `location` is its absolute URL; `meta` leaves it out when empty."""
    return {
        "schemas": [SCHEMA],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": [render_attribute(attribute) for attribute in schema.attributes],
        "meta": _meta("Schema", location),
    }


def render_attribute(attribute: Attribute) -> dict[str, Any]:
    """All characteristics are written out; those that have no meaning for the type are left out."""
    document: dict[str, Any] = {
        "name": attribute.name,
        "type": attribute.type,
        "multiValued": attribute.multi_valued,
        "description": attribute.description,
        "required": attribute.required,
        "caseExact": attribute.case_exact,
        "mutability": attribute.mutability,
        "returned": attribute.returned,
        "uniqueness": attribute.uniqueness,
    }
    if attribute.type == "complex":  # erratum 6004: a complex attribute has no uniqueness of its own
        del document["uniqueness"], document["caseExact"]
        document["subAttributes"] = [render_attribute(sub) for sub in attribute.sub_attributes]
    if attribute.canonical_values:
        document["canonicalValues"] = list(attribute.canonical_values)
    if attribute.reference_types:
        document["referenceTypes"] = list(attribute.reference_types)
    return document


def render_resource_type(resource_type: ResourceType, location: str = "") -> dict[str, Any]:
    """The `/ResourceTypes/{name}` document. `location` is its absolute URL; `meta` leaves it out when empty."""
    return {
        "schemas": [RESOURCE_TYPE],
        "id": resource_type.name,
        "name": resource_type.name,
        "endpoint": resource_type.endpoint,
        "description": resource_type.description,
        "schema": resource_type.schema.id,
        "schemaExtensions": [{"schema": each.id, "required": False} for each in resource_type.extensions],
        "meta": _meta("ResourceType", location),
    }


def _meta(kind: str, location: str) -> dict[str, str]:
    return {"resourceType": kind} | ({"location": location} if location else {})
