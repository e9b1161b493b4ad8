"""Ways to mix up tenants, one for each thing that keeps them apart: the controls."""

from gateway.conversation.effects import Key
from gateway.pipeline.route import decode_segment, route_below, split_base


def without_tenant(kind, tenant, backend, resource, name):
    """An entry that lies where another tenant's lies that has the same backend."""
    return Key(kind, "", backend, resource, name)


def by_name_alone(kind, tenant, backend, resource, name):
    """An entry that lies where everybody's lies."""
    return Key(kind, "", "", resource, name)


def find_any_route(method, path, caller):
    """Whoever has a token may go where the path leads."""
    tenant, below = split_base([segment for segment in path.split("/") if segment])
    segments = [decode_segment(segment) for segment in below]
    return route_below(method, segments, tenant or caller.tenant, f"/{tenant}/scim/v2")


LINKING = "gateway.conversation.followers.linking.Key"
NAIVE = {
    "links without the tenant": ((LINKING, without_tenant),),
    "links by name alone": ((LINKING, by_name_alone),),
    "any token for any tenant": (("gateway.conversation.fulfil.find_route", find_any_route),),
}
