"""A group of a split tenant with a member of each branch, where the tenant has those of others kept."""

from split_stage import split_gateway, told

GATEWAY = split_gateway(absent_member="keep")
URL = "https://scim.example.com/acme/scim/v2"
PATCH = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
EU, US, OTHER = {"value": "eu~~1", "type": "User"}, {"value": "us~~1", "type": "User"}, {"value": "us~~2"}
ADDED = {"value": "eu~~2"}
GROUP = "/Groups/us~~1"


def patch(op, value=None, path="members"):
    one = {"op": op, "path": path, **({} if value is None else {"value": value})}
    return {**PATCH, "Operations": [one]}


def by_id(*ids):
    return "members[" + " or ".join(f'value eq "{one}"' for one in ids) + "]"


def ids(document):
    return [one["value"] for one in document.get("members", ())]


def settle(world):
    """Two people in each branch; `members` of groups are ids of theirs."""
    for key in ("eu", "us"):
        world.shelves[key, "User"] = {one: {"id": one, "userName": f"{one}@{key}"} for one in ("1", "2")}
    return world


def with_group(world):
    """The same with a group in `us` (its members live in both) that has one member of each branch."""
    status, made = told(settle(world), GATEWAY, "POST /Groups", {"displayName": "Guides", "members": [US, EU]})
    assert (status, made["id"], ids(made)) == (201, "us~~1", ["us~~1", "eu~~1"])
    return world
