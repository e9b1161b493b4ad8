"""How a vendor's attribute table is written down: one line per attribute, `!` behind a name that is mandatory."""

from gateway.scim.schema import Attribute, AttributeType, ResourceType, Schema


def field(name: str, kind: AttributeType = "string", *, types: tuple[str, ...] = ()) -> Attribute:
    """One simple attribute; `types` are its canonical values."""
    return Attribute(name.rstrip("!"), kind, required=name.endswith("!"), canonical_values=types)


def texts(*names: str) -> tuple[Attribute, ...]:
    """Several attributes of type string."""
    return tuple(field(name) for name in names)


def flag(name: str) -> Attribute:
    """An attribute of type boolean."""
    return field(name, "boolean")


def secret(name: str) -> Attribute:
    """A text that is taken and never answered."""
    return Attribute(name, mutability="writeOnly", returned="never")


def group(name: str, *subs: Attribute) -> Attribute:
    """One object."""
    return Attribute(name.rstrip("!"), "complex", required=name.endswith("!"), sub_attributes=subs)


def many(name: str, *subs: Attribute) -> Attribute:
    """A list of objects."""
    return Attribute(name.rstrip("!"), "complex", multi_valued=True, required=name.endswith("!"), sub_attributes=subs)


def kind_of(name: str, urn: str, *attributes: Attribute, extensions: tuple[Schema, ...] = ()) -> ResourceType:
    """A kind of resource as one vendor knows it; its endpoint is the plural."""
    return ResourceType(name, f"/{name}s", name, Schema(urn, name, name, attributes), extensions)


def extension(urn: str, *attributes: Attribute) -> Schema:
    """What a resource carries under a URN of its own."""
    return Schema(urn, urn, "", attributes)
