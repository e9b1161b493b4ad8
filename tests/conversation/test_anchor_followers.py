"""Names that change, at the first backend and at a follower: whoever is renamed stays the same person at both."""

import pytest
from acme_stage import load
from anchor_stage import NameWorld
from circle_stage import CircleWorld
from followed import make_followed
from followers_stage import World, change, names

RENAME = change(("replace", "userName", "robert"))
TITLE = change(("replace", "title", "chief"))


class Named(NameWorld):
    """The vendor whose names are ids, as one backend among others."""

    def serve(self, call, now=0.0):
        return super().serve(call)


class Circles(CircleWorld):
    """The same with circles of people."""

    def serve(self, call, now=0.0):
        return super().serve(call)


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize("forgets", [False, True], ids=["remembering", "forgetful"])
def test_a_primary_with_names_leads_a_follower_with_ids(world, forgets):
    world.backends["hr"] = vendor = Named()
    gateway = make_followed(primary=load("anchor-vendor"))
    tell(world, gateway, "POST /Users", {"userName": "bob", "title": "clerk"}, 201)
    assert names(world.desk) == {"bob": "clerk"}
    for line, body in (("PATCH /Users/bob", RENAME), ("PATCH /Users/bob", TITLE)):
        if forgets:
            world.flush()
        assert tell(world, gateway, line, body)["id"] == "bob"
    assert vendor.firsts == {"robert": "bob"}
    assert names(world.desk) == {"robert": "chief"}
    if forgets:
        world.flush()
    tell(world, gateway, "DELETE /Users/bob", None, 204)
    assert (vendor.records, names(world.desk)) == ({}, {})


@pytest.mark.parametrize("forgets", [False, True], ids=["remembering", "forgetful"])
def test_a_follower_with_names_is_led_by_a_primary_with_ids(world, forgets):
    world.backends["desk"] = vendor = Named()
    gateway = make_followed(follower=load("anchor-vendor"))
    tell(world, gateway, "POST /Users", {"userName": "bob", "title": "clerk"}, 201)
    assert vendor.firsts == {"bob": "bob"}
    for line, body in (("PATCH /Users/h1", RENAME), ("PATCH /Users/h1", TITLE)):
        if forgets:
            world.flush()
        assert tell(world, gateway, line, body)["id"] == "h1"
    assert {name: (one["origin"], one["job"]) for name, one in vendor.records.items()} == {"robert": ("bob", "chief")}
    tell(world, gateway, "DELETE /Users/h1", None, 204)
    assert vendor.records == {}


def test_two_people_swap_their_names_at_both(world):
    world.backends["hr"] = vendor = Named()
    gateway = make_followed(primary=load("anchor-vendor"))
    for name in ("ann", "bob"):
        tell(world, gateway, "POST /Users", {"userName": name, "title": name}, 201)
    for id_, name in (("ann", "between"), ("bob", "ann"), ("ann", "bob")):
        tell(world, gateway, f"PATCH /Users/{id_}", change(("replace", "userName", name)))
    assert vendor.firsts == {"ann": "bob", "bob": "ann"}
    assert names(world.desk) == {"ann": "bob", "bob": "ann"}, "titles tell who is who"


def leave(shown):
    """Ann leaves: by a PATCH of her own, and by a PUT of who stays."""
    gone = change(("remove", f'members[value eq "{shown["members"][0]["value"]}"]', None))
    stays = {"displayName": "guides", "members": shown["members"][1:]}
    return ("PATCH", gone), ("PUT", stays)


@pytest.mark.parametrize("how", [0, 1], ids=["PATCH", "PUT"])
@pytest.mark.parametrize("vendor", ["circle-vendor", "circle-calls-vendor", "circle-patch-vendor"])
@pytest.mark.parametrize("forgets", [False, True], ids=["remembering", "forgetful"])
def test_who_leaves_a_group_leaves_it_at_a_follower_with_names(world, forgets, vendor, how):
    """Compared or sent straight on, whatever she is called today."""
    world.backends["desk"] = desk = Circles()
    gateway = make_followed(follower=load(vendor))
    ids = [tell(world, gateway, "POST /Users", {"userName": name}, 201)["id"] for name in ("ann", "bob", "cid")]
    members = {"displayName": "guides", "members": [{"value": one} for one in ids]}
    shown = tell(world, gateway, "POST /Groups", members, 201)
    tell(world, gateway, f"PATCH /Users/{ids[0]}", change(("replace", "userName", "anna")))
    assert desk.members() == ["anna", "bob", "cid"]
    if forgets:
        world.flush()
    method, body = leave(shown)[how]
    tell(world, gateway, f"{method} /Groups/{shown['id']}", body)
    assert desk.members() == ["bob", "cid"]


def tell(world, gateway, line, body=None, status=200):
    said, shown = world.ask(gateway, line, body)
    assert said == status, shown
    assert not world.marks.open
    return shown
