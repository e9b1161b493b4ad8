"""Reconcile where names are ids, at the first backend or at a follower: who was renamed is known again."""

import pytest
from acme_stage import load
from anchor_stage import NameWorld
from circle_stage import CircleWorld
from followed import make_followed
from followers_stage import World, change, names
from reconcile_stage import step

from gateway.conversation.reconcile.reconciling import reconcile
from gateway.observations_followers import MarkParked


class Named(NameWorld):
    """The vendor whose names are ids, as one backend among others."""

    def serve(self, call, now=0.0):
        return super().serve(call)


class Circles(CircleWorld):
    """The same with circles of people."""

    def serve(self, call, now=0.0):
        return super().serve(call)


class Room(World):
    """The same world, and what reconcile tells of it."""

    def reconcile(self, gateway, *, repairs=True):
        tenant = gateway.tenants["acme"]
        (found,) = self.run(reconcile(tenant, tenant.followers[0], step, repairs=repairs)).types
        return [(one.kind, one.native, one.attributes, one.repaired) for one in found.drifts]

    def drifts(self, gateway, *, repairs):
        """The same of all types, without ids, with the problem in the way."""
        tenant = gateway.tenants["acme"]
        types = self.run(reconcile(tenant, tenant.followers[0], step, repairs=repairs)).types
        return [(one.type, one.kind, one.attributes, one.code) for found in types for one in found.drifts]


@pytest.fixture
def world():
    return Room()


def hire(world, gateway, name):
    status, shown = world.ask(gateway, "POST /Users", {"userName": name, "title": f"{name}'s"})
    assert status == 201
    return shown["id"]


@pytest.mark.parametrize("forgets", [False, True], ids=["remembering", "forgetful"])
def test_who_was_renamed_at_a_primary_with_names_keeps_her_record_at_the_follower(world, forgets):
    world.backends["hr"] = vendor = Named()
    gateway = make_followed(primary=load("anchor-vendor"))
    assert [hire(world, gateway, name) for name in ("ann", "bob")] == ["ann", "bob"]
    assert world.reconcile(gateway) == []
    vendor.records["robert"] = {**vendor.records.pop("bob"), "handle": "robert", "origin": "bob"}
    if forgets:
        world.flush()
    expected = [("missing" if forgets else "differs", "bob", () if forgets else ("userName",))]
    assert [one[:3] for one in world.reconcile(gateway, repairs=False) if one[1]] == expected
    assert [one[:3] for one in world.reconcile(gateway) if one[1]] == expected
    assert names(world.desk) == {"ann": "ann's", "robert": "bob's"} | ({"bob": "bob's"} if forgets else {})


@pytest.mark.parametrize("forgets", [False, True], ids=["remembering", "forgetful"])
def test_who_was_renamed_at_a_follower_with_names_is_called_as_at_the_primary_again(world, forgets):
    world.backends["desk"] = vendor = Named()
    gateway = make_followed(follower=load("anchor-vendor"))
    ann, _ = (hire(world, gateway, name) for name in ("ann", "bob"))
    assert world.reconcile(gateway) == []
    vendor.records["anna"] = {**vendor.records.pop("ann"), "handle": "anna", "job": "other"}
    vendor.records["bob"]["job"] = "other"
    if forgets:
        world.flush()
        vendor.records["ann"] = {**vendor.records.pop("anna"), "handle": "ann"}
    world.reconcile(gateway)
    assert {name: (one["origin"], one["job"]) for name, one in vendor.records.items()} == {
        "ann": ("ann", "ann's"),
        "bob": ("bob", "bob's"),
    }
    assert world.reconcile(gateway) == []
    del world.hr.all["User"][ann]
    assert world.reconcile(gateway) == [("extra", ann, (), True)]
    assert set(vendor.records) == {"bob"}


def test_two_who_swapped_their_names_are_not_taken_for_each_other(world):
    """The follower has each name once: neither can have hers before the other gives it away."""
    world.backends["hr"] = vendor = Named()
    gateway = make_followed(primary=load("anchor-vendor"))
    for name in ("ann", "bob"):
        hire(world, gateway, name)
    ann, bob = vendor.records["ann"], vendor.records["bob"]
    vendor.records = {
        "bob": {**ann, "handle": "bob", "origin": "ann"},
        "ann": {**bob, "handle": "ann", "origin": "bob"},
    }
    assert world.reconcile(gateway) == [
        ("differs", "ann", ("userName",), True),
        ("differs", "bob", ("userName",), True),
    ]
    assert names(world.desk) == {"bob": "ann's", "ann": "bob's"}
    assert world.reconcile(gateway) == []


@pytest.mark.parametrize("job", ["", "boss"])
def test_a_follower_whose_names_are_ids_for_good_keeps_the_old_one_and_takes_all_else(world, job):
    world.backends["desk"] = vendor = Named()
    gateway = make_followed(follower=load("name-vendor"))
    ann = hire(world, gateway, "ann")
    operations = [("replace", "userName", "anna"), *([("replace", "title", job)] if job else [])]
    assert world.ask(gateway, f"PATCH /Users/{ann}", change(*operations))[0] == 200
    assert {name: one["job"] for name, one in vendor.records.items()} == {"ann": job or "ann's"}
    assert [one.attributes for one in world.facts if isinstance(one, MarkParked)] == [("userName",)]
    for _ in range(2):
        assert world.reconcile(gateway) == [("lasting", ann, ("userName",), False)]
    assert set(vendor.records) == {"ann"}


@pytest.mark.parametrize("vendor", ["circle-vendor", "circle-calls-vendor", "circle-patch-vendor"])
@pytest.mark.parametrize("forgets", [False, True], ids=["remembering", "forgetful"])
def test_what_differs_in_groups_of_names_is_told_as_it_is_repaired(world, vendor, forgets):
    """Who came and who went: nothing is sent to find that out, so nobody's name of today is needed for it."""
    world.backends["desk"] = desk = Circles()
    gateway = make_followed(follower=load(vendor))
    ids = [hire(world, gateway, name) for name in ("ann", "bob", "cid")]
    body = {"displayName": "guides", "members": [{"value": one} for one in ids[:2]]}
    status, shown = world.ask(gateway, "POST /Groups", body)
    assert (status, desk.members()) == (201, ["ann", "bob"])
    world.hr.all["Group"][shown["id"]]["members"] = [{"value": one} for one in ids[1:]]
    if forgets:
        world.flush()
    expected = [("Group", "differs", ("members",), "")]
    assert world.drifts(gateway, repairs=False) == expected
    assert desk.members() == ["ann", "bob"]
    assert world.drifts(gateway, repairs=True) == expected
    assert desk.members() == ["bob", "cid"]
    assert world.drifts(gateway, repairs=True) == []
