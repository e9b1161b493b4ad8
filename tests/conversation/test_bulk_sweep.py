"""Every effect of a bulk request is failed in turn: what is told as done is done, and nothing refers to nobody.

The backend holds users and groups in memory; a fault strikes one effect and then the world is well again.
"""

import json
from itertools import count

import pytest
from msgspec.structs import replace
from sweep_stage import FAULTS, World, ask

from gateway.mapping.load import load_dialect

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def person(name):
    details = {"displayName": name, "name": {"givenName": name, "familyName": "Jensen"}}
    emails = [{"value": f"{name}@example.com", "type": "work", "primary": True}]
    return {"method": "POST", "path": "/Users", "bulkId": name, "data": {"userName": name, "emails": emails, **details}}


def team(name, *members):
    data = {"displayName": name, "members": [{"value": f"bulkId:{one}"} for one in members]}
    return {"method": "POST", "path": "/Groups", "bulkId": name, "data": data}


def change(path, *operations):
    return {"method": "PATCH", "path": path, "data": {"schemas": [PATCH_OP], "Operations": list(operations)}}


LEAVE = {"op": "remove", "path": 'members[value eq "bulkId:bob"]'}
OPERATIONS = {
    "guides": team("guides", "ann", "bob"),
    "left by bob": change("/Groups/bulkId:guides", LEAVE),
    "ann": person("ann"),
    "bob": person("bob"),
    "bob is barred": change("/Users/bulkId:bob", {"op": "replace", "path": "active", "value": False}),
    "bob is gone": {"method": "DELETE", "path": "/Users/bulkId:bob"},
    "left": team("left", "right"),
    "right": team("right", "left"),
}
SENT = ("POST", "/Bulk", "", {"schemas": [BULK], "Operations": list(OPERATIONS.values())})


class Town(World):
    """Users and groups, each kind with ids of its own."""

    def __init__(self, at=None, fault=None):
        super().__init__(at, fault)
        self.users, self.groups = World(), World()
        self.groups.kind, self.groups.key = "Group", "displayName"

    def serve(self, call):
        return (self.users if call.path.startswith("/Users") else self.groups).serve(call)

    def names(self):
        people, teams = self.users.records.values(), self.groups.records.values()
        return [one["userName"] for one in people] + [one["displayName"] for one in teams]

    def members(self, name):
        """The names of a group's members; an id of nobody is an error."""
        known = {id_: one["userName"] for id_, one in self.users.records.items()}
        known |= {id_: one["displayName"] for id_, one in self.groups.records.items() if name in ("left", "right")}
        (group,) = (one for one in self.groups.records.values() if one["displayName"] == name)
        return sorted(known[one["value"]] for one in group.get("members", ()))


def check(town, results):
    """What is told as done is done."""
    done = {name for name, one in results.items() if one["status"].startswith("2")}
    made = town.names()
    assert len(made) == len(set(made)), "nobody is made twice"
    assert done & {"guides", "ann", "left", "right"} <= set(made)
    assert "bob is gone" not in done or "bob" not in made
    if {"guides", "left by bob"} <= done:
        assert town.members("guides") == ["ann"]
    if {"left", "right"} <= done:
        assert (town.members("left"), town.members("right")) == (["right"], ["left"])
    for name, one in results.items():
        assert (name in done) is ("response" not in one)
        if name not in done:
            assert one["response"]["detail"]
            assert int(one["status"]) in (400, 404, 409, 424, 429, 502, 503), one
            assert "location" not in one or not one.get("bulkId") or one["location"].rpartition("/")[2] in (
                *town.users.records, *town.groups.records
            )  # fmt: skip


@pytest.fixture(params=["scim2", "cube-cloud", "huawei-identity-center"])
def gateway(request, make_gateway):
    """A native PATCH, one of some paths, and none; lists here hold all, so a filter is checked by the gateway."""
    can = load_dialect(request.param).resources["User"].can
    return make_gateway(request.param, can_filter=replace(can.filter, allow={}, language="none"))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_effect_fails_what_it_must_and_is_told(gateway, fault):
    for at in count():
        town = Town(at, fault)
        response = ask(town, gateway, SENT)
        assert response.status == 200
        results = dict(zip(OPERATIONS, json.loads(response.body)["Operations"], strict=True))
        assert not town.locks, at
        check(town, results)
        if not town.struck:
            assert [one["status"][0] for one in results.values()] == ["2"] * len(results), results
            return
