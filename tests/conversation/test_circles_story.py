"""References to people whose names change: clients see ids, the vendor sees names, and nobody is taken for another."""

import json
from itertools import count

import pytest
from anchor_stage import PATCH_OP, create, delete, find, patch, read, rename
from circle_stage import ENTERPRISE, CircleWorld, group, members_of
from sweep_stage import FAULTS, ask, repeat


class Teller:
    """Asks one request after another, the store forgetting everything in between where it is `forgetful`."""

    def __init__(self, gateway, *, forgetful=False):
        self.world, self.gateway, self.forgetful = CircleWorld(), gateway, forgetful

    def __call__(self, step, status=200):
        if self.forgetful:
            self.world.entries.clear()
        response = ask(self.world, self.gateway, step)
        assert response.status == status, (step, response.body)
        assert not self.world.locks
        return json.loads(response.body) if response.body else None

    def members(self, title="guides"):
        """Whom a client sees in a group."""
        return members_of(self(("GET", f"/Groups/{title}", "", None)))


@pytest.fixture(params=["circle-vendor", "circle-calls-vendor", "circle-patch-vendor"])
def gateway(request, make_gateway):
    return make_gateway(request.param)


@pytest.fixture(params=[False, True], ids=["remembering", "forgetful"])
def tell(request, gateway):
    """Ann and Bob have each other's names; Cid has his own, and Dee was made elsewhere."""
    teller = Teller(gateway, forgetful=request.param)
    for name in ("ann", "bob", "cid"):
        teller(create(name), 201)
    for id_, name in (("ann", "between"), ("bob", "ann"), ("ann", "bob")):
        teller(rename(id_, name))
    teller.world.records["dee"] = {"handle": "dee"}
    return teller


def put(*ids):
    return ("PUT", "/Groups/guides", "", group(*ids))


def change(*operations):
    told = [{"op": op, "path": path, **({} if value is None else {"value": value})} for op, path, value in operations]
    return ("PATCH", "/Groups/guides", "", {"schemas": [PATCH_OP], "Operations": told})


def add(*ids):
    return change(("add", "members", [{"value": one} for one in ids]))


def remove(*ids):
    return change(*(("remove", f'members[value eq "{one}"]', None) for one in ids))


def test_a_group_is_made_of_those_who_are_meant(tell):
    made = tell(("POST", "/Groups", "", group("ann", "dee")), 201)
    assert members_of(made) == ["ann", "dee"]
    assert tell.world.members() == ["bob", "dee"]
    assert tell.members() == ["ann", "dee"]


def test_members_come_and_go_by_their_ids(tell):
    tell(("POST", "/Groups", "", group("ann")), 201)
    for step, inside, there in (
        (add("bob", "cid"), ["ann", "bob", "cid"], ["ann", "bob", "cid"]),
        (remove("ann"), ["bob", "cid"], ["ann", "cid"]),
        (put("ann", "dee"), ["ann", "dee"], ["bob", "dee"]),
        (change(("replace", "members", [{"value": "bob"}])), ["bob"], ["ann"]),
        (change(("remove", "members", None)), [], []),
    ):
        assert ask(tell.world, tell.gateway, step).status in (200, 204), step
        assert tell.members() == inside
        assert tell.world.members() == there


def test_members_keep_their_ids_when_they_get_other_names(tell):
    tell(("POST", "/Groups", "", group("ann", "cid", "dee")), 201)
    for id_, name in (("ann", "anna"), ("cid", "bob"), ("dee", "deirdre")):
        tell(rename(id_, name))
    assert tell.world.members() == ["anna", "bob", "deirdre"]
    assert tell.members() == ["ann", "cid", "dee"]


def test_a_list_of_groups_shows_ids_and_is_searched_by_them(tell):
    tell(("POST", "/Groups", "", group("ann")), 201)
    tell(("POST", "/Groups", "", group("bob", "cid", title="others")), 201)
    listed = tell(("GET", "/Groups", "", None))["Resources"]
    assert {one["id"]: members_of(one) for one in listed} == {"guides": ["ann"], "others": ["bob", "cid"]}
    for id_, titles in (("ann", ["guides"]), ("bob", ["others"]), ("nobody", [])):
        found = tell(("GET", "/Groups", f'filter=members.value%20eq%20"{id_}"', None))
        assert [one["id"] for one in found["Resources"]] == titles
        paged = tell(("GET", "/Groups", f'cursor&filter=members.value%20eq%20"{id_}"', None))
        assert [(one["id"], members_of(one)) for one in paged["Resources"]] == [
            (one["id"], members_of(one)) for one in found["Resources"]
        ]


def test_who_is_nobody_is_not_added_although_somebody_has_that_name(tell):
    tell(rename("cid", "zoe"))
    for step in (("POST", "/Groups", "", group("zoe")),):
        refused = tell(step, 400)
        assert refused["scimType"] == "invalidValue"
        assert refused["detail"].endswith("(SG364)")
    tell(("POST", "/Groups", "", group("cid")), 201)
    for step in (add("zoe"), put("zoe"), change(("replace", "members", [{"value": "zoe"}]))):
        assert tell(step, 400)["detail"].endswith("(SG364)")
    tell.world.calls.clear()
    assert ask(tell.world, tell.gateway, remove("zoe")).status in (200, 204)
    assert tell.world.members() == ["zoe"], "Cid stays, whose name it is"
    assert all(call.startswith("GET") for call in tell.world.calls)


def test_who_was_removed_before_they_were_deleted_is_gone(tell):
    tell(("POST", "/Groups", "", group("ann", "bob")), 201)
    tell(delete("ann"), 204)
    assert tell.members() == ["bob"]
    assert ask(tell.world, tell.gateway, remove("ann")).status in (200, 204)
    assert (tell.members(), tell.world.members()) == (["bob"], ["ann"])


def test_a_name_of_nobody_is_no_member(tell):
    tell(("POST", "/Groups", "", group("ann")), 201)
    tell.world.join("ghost")
    tell(rename("cid", "cidney"))
    tell.world.records["cid"] = {"handle": "cid"}  # somebody else, made elsewhere, whose id is Cid's
    tell.world.join("cid")
    assert tell.members() == ["ann"]


def test_a_manager_is_meant_by_the_id_too(tell):
    manager = f"{ENTERPRISE}:manager.value"
    changed = tell(patch("cid", manager, "ann"))
    assert changed[ENTERPRISE]["manager"]["value"] == "ann"
    assert tell.world.records["cid"]["chief"] == "bob"
    tell(rename("ann", "anna"))
    assert tell(read("cid"))[ENTERPRISE]["manager"]["value"] == "ann"
    assert [one["id"] for one in tell(find(f'filter={manager}%20eq%20"ann"'))["Resources"]] == ["cid"]
    assert tell(patch("cid", manager, "nobody"), 400)["detail"].endswith("(SG364)")
    made = create("eva", **{ENTERPRISE: {"manager": {"value": "bob"}}})
    assert tell(made, 201)[ENTERPRISE]["manager"]["value"] == "bob"
    assert tell.world.records["eva"]["chief"] == "ann"


def test_many_members_cost_one_look_at_everybody(make_gateway):
    tell = Teller(make_gateway("circle-vendor"))
    ids = [f"p{number:02}" for number in range(40)]
    for id_ in ids:
        tell.world.records[f"x{id_}"] = {"handle": f"x{id_}", "origin": id_}
    tell.world.records["p00"] = {"handle": "p00"}  # made elsewhere, under a name that is somebody's id
    tell.world.circles["guides"] = {"title": "guides", "people": ["p00", *(f"x{id_}" for id_ in ids)]}
    assert tell.members() == ids
    assert tell.world.calls == ["GET /circles/guides", "GET /people"]


STORY = [
    create("ann"),
    create("bob"),
    rename("ann", "between"),
    rename("bob", "ann"),
    rename("ann", "bob"),
    ("POST", "/Groups", "", group("ann")),
    add("bob"),
    remove("ann"),
    put("ann", "bob"),
    ("GET", "/Groups/guides", "", None),
]


def play(world, gateway):
    said = []
    for step in STORY:
        response = ask(world, gateway, step)
        if response.status >= 400:
            assert world.struck, (step, response.body)
            assert response.status in (429, 502, 503), (step, response.body)
            response = repeat(world, gateway, step)
            assert response.status in (200, 201, 204) or response.status == 409, (step, response.body)
        assert not world.locks, step
        said.append((response.status, response.body))
    assert (world.members(), members_of(json.loads(response.body))) == (["ann", "bob"], ["ann", "bob"])
    return said


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_effect_puts_nobody_into_anothers_place(gateway, fault):
    for at in count():
        world = CircleWorld(at, fault)
        play(world, gateway)
        if not world.struck:
            break


def test_a_state_store_emptied_before_any_effect_changes_no_answer(gateway):
    world = CircleWorld()
    said = play(world, gateway)
    for at in range(world.seen):
        assert play(CircleWorld(forget_at=at), gateway) == said, at
