"""Discovery documents, derived from the mapping and true for the tenant (RFC 7643 5 to 7, RFC 7644 section 4)."""

from msgspec.structs import replace

from gateway.lens.lens import Document
from gateway.pipeline.cursors import SECONDS
from gateway.pipeline.limits import MAX_BODY, MAX_BULK_OPERATIONS
from gateway.pipeline.paging import page_count
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Tenant
from gateway.scim.filter import AttrPath
from gateway.scim.messages import list_response
from gateway.scim.names import SERVICE_PROVIDER_CONFIG, fold
from gateway.scim.schema import Attribute, ResourceType, Schema, render_resource_type, render_schema

PASSWORD = AttrPath(None, "password", None)
FORGOTTEN = "Taken and left out: the backend has no place for it."


def require_document(tenant: Tenant, document: str, part: str) -> None:
    """A 404 Problem when no part of the document has this id."""
    known = schemas_of(tenant) if document == "Schemas" else types_of(tenant)
    if part and fold(part) not in known:
        raise Problem("SG112")


def describe(tenant: Tenant, document: str, part: str, url: str) -> Document:
    """One discovery document, or one part of it. `url` is the base of its locations."""
    if document == "ServiceProviderConfig":
        return describe_provider(tenant, url)
    if document == "Schemas":
        parts = {key: describe_schema(one, url) for key, one in schemas_of(tenant).items()}
    else:
        parts = {key: describe_type(one, url) for key, one in types_of(tenant).items()}
    if part:
        return parts[fold(part)]
    return list_response(list(parts.values()), len(parts), 1, len(parts))


def types_of(tenant: Tenant) -> dict[str, ResourceType]:
    """The resource types by folded name, for clients that need it with every attribute of the standard."""
    types = tenant.types
    if tenant.lenience.allows("whole-schema"):
        types = {name: tell_whole(tenant.accepted[name], one) for name, one in types.items()}
    return {fold(name): one for name, one in types.items()}


def schemas_of(tenant: Tenant) -> dict[str, Schema]:
    """The schemas of all resource types, extensions included, by folded URN."""
    types = types_of(tenant).values()
    return {fold(schema.id): schema for one in types for schema in (one.schema, *one.extensions)}


def tell_whole(accepted: ResourceType, carried: ResourceType) -> ResourceType:
    """Everything that may be sent. What the backend does not carry is writeOnly and never returned, which is true."""
    known = {each.id: each.attributes for each in (carried.schema, *carried.extensions)}
    schema, *extensions = (
        replace(each, attributes=tell_attributes(each.attributes, known.get(each.id, ())))
        for each in (accepted.schema, *accepted.extensions)
    )
    return replace(carried, schema=schema, extensions=tuple(extensions))


def tell_attributes(accepted: tuple[Attribute, ...], carried: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    known = {each.name: each for each in carried}
    return tuple(tell_attribute(each, known.get(each.name)) for each in accepted)


def tell_attribute(accepted: Attribute, carried: Attribute | None) -> Attribute:
    """One attribute as it is carried. What only a service provider writes stays as the standard has it."""
    if carried is not None:
        return replace(carried, sub_attributes=tell_attributes(accepted.sub_attributes, carried.sub_attributes))
    if accepted.mutability == "readOnly":
        return accepted
    return replace(
        accepted,
        description=FORGOTTEN,
        required=False,
        mutability="writeOnly",
        returned="never",
        sub_attributes=tell_attributes(accepted.sub_attributes, ()),
    )


def describe_type(rt: ResourceType, url: str) -> Document:
    return render_resource_type(rt, f"{url}/ResourceTypes/{rt.name}")


def describe_schema(schema: Schema, url: str) -> Document:
    return render_schema(schema, f"{url}/Schemas/{schema.id}")


def describe_paging(tenant: Tenant) -> Document:
    """RFC 9865 section 4. How long a backend's own cursors live is not known, so nothing is promised for those; those
    of a split tenant are the gateway's own.
    """
    styles = {one.can.paging.style for one in tenant.dialect.resources.values()}
    promised = {} if styles & {"cursor", "link"} and not tenant.branches else {"cursorTimeout": SECONDS}
    return {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": page_count(None, tenant.max_results),
        "maxPageSize": tenant.max_results,
        **promised,
    }


def describe_provider(tenant: Tenant, url: str) -> Document:
    """PATCH, bulk, filters and sorting are always there: where the backend has none, the gateway does them itself."""
    served = [[one.type for one in seat.dialect.resources.values()] for seat in tenant.seats]
    passwords = all(any(one.find(PASSWORD) is not None for one in types) for types in served)
    paging = {} if tenant.lenience.allows("older-config") else {"pagination": describe_paging(tenant)}
    return {
        "schemas": [SERVICE_PROVIDER_CONFIG],
        "patch": {"supported": True},
        "bulk": {"supported": True, "maxOperations": MAX_BULK_OPERATIONS, "maxPayloadSize": MAX_BODY},
        "filter": {"supported": True, "maxResults": tenant.max_results},
        "changePassword": {"supported": passwords},
        "sort": {"supported": True},
        **paging,
        "etag": {"supported": not tenant.lenience.allows("own-versions")},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token of the tenant in the Authorization header (RFC 6750)",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{url}/ServiceProviderConfig"},
    }
