"""Members in other branches, where the tenant has them kept: shown, changed, removed and forgotten with their group."""

from itertools import count

import pytest
from kept_stage import ADDED, EU, GATEWAY, GROUP, OTHER, PATCH, URL, US, by_id, ids, patch, settle, with_group
from msgspec.structs import replace
from split_stage import SplitWorld, split_gateway, told
from sweep_stage import FAULTS


@pytest.fixture
def world():
    return with_group(SplitWorld())


def test_the_backend_knows_its_own_and_the_client_sees_all(world):
    assert world.shelves["us", "Group"]["1"]["members"] == [{"value": "1", "type": "User"}]
    _, shown = told(world, GATEWAY, f"GET {GROUP}")
    assert ids(shown) == ["us~~1", "eu~~1"]
    assert shown["members"][1]["$ref"] == f"{URL}/Users/eu~~1"
    _, listed = told(world, GATEWAY, "GET /Groups")
    assert [ids(one) for one in listed["Resources"]] == [["us~~1", "eu~~1"]]
    assert listed["Resources"][0]["meta"] == shown["meta"]
    _, sorted_ = told(world, GATEWAY, "GET /?sortBy=displayName&filter=displayName pr")
    assert [ids(one) for one in sorted_["Resources"]] == [["us~~1", "eu~~1"]]
    assert sorted_["Resources"][0]["meta"] == shown["meta"]
    _, without = told(world, GATEWAY, f"GET {GROUP}?excludedAttributes=members")
    assert "members" not in without


CHANGES = [
    ([patch("add", [ADDED])], ["us~~1", "eu~~1", "eu~~2"]),
    ([patch("add", [ADDED, OTHER])], ["us~~1", "us~~2", "eu~~1", "eu~~2"]),
    ([patch("add", [EU])], ["us~~1", "eu~~1"]),
    ([patch("replace", [ADDED])], ["eu~~2"]),
    ([patch("replace", [OTHER])], ["us~~2"]),
    ([patch("replace", [])], []),
    ([patch("remove")], []),
    ([patch("remove", path=by_id("eu~~1"))], ["us~~1"]),
    ([patch("remove", path=by_id("us~~1"))], ["eu~~1"]),
    ([patch("remove", path=by_id("eu~~1", "us~~1"))], []),
    ([patch("remove", path=by_id("eu~~9"))], ["us~~1", "eu~~1"]),
    ([patch("remove", path='members[type eq "User"]')], []),
    ([patch("remove", [EU])], ["us~~1"]),
    ([patch("add", [ADDED]), patch("remove", path=by_id("eu~~1"))], ["us~~1", "eu~~2"]),
    ([{**PATCH, "Operations": [{"op": "add", "value": {"Members": [ADDED], "displayName": "Scouts"}}]}],
     ["us~~1", "eu~~1", "eu~~2"]),
    ([patch("replace", "Scouts", "displayName")], ["us~~1", "eu~~1"]),
]  # fmt: skip


@pytest.mark.parametrize(("bodies", "members"), CHANGES)
def test_a_patch_changes_what_the_backend_knows_and_what_is_kept(world, bodies, members):
    for body in bodies:
        status, shown = told(world, GATEWAY, f"PATCH {GROUP}", body)
        assert status in (200, 204)
    assert shown is None or ids(shown) == members
    assert ids(told(world, GATEWAY, f"GET {GROUP}")[1]) == members
    kept = [one for one in members if one.startswith("eu")]
    assert any(key.kind == "absent" for key in world.entries) == bool(kept)
    assert not world.locks


@pytest.mark.parametrize(
    ("members", "shown"),
    [([US, ADDED], ["us~~1", "eu~~2"]), ([ADDED], ["eu~~2"]), ([US], ["us~~1"]), (None, [])],
)
def test_a_put_says_who_all_the_members_are(world, members, shown):
    body = {"displayName": "Guides", **({} if members is None else {"members": members})}
    status, put = told(world, GATEWAY, f"PUT {GROUP}", body)
    assert (status, ids(put)) == (200, shown)
    assert ids(told(world, GATEWAY, f"GET {GROUP}")[1]) == shown


def test_a_group_that_goes_is_forgotten(world):
    assert told(world, GATEWAY, f"DELETE {GROUP}")[0] == 204
    assert not [key for key in world.entries if key.kind == "absent"]


def test_nobody_reads_who_is_kept_in_the_store(world):
    (entry,) = (value for key, value in world.entries.items() if key.kind == "absent")
    assert b"eu" not in entry
    for garbage in (b"", b"garbage", entry[:-1], b"\xff"):
        world.entries = {key: garbage if key.kind == "absent" else value for key, value in world.entries.items()}
        assert ids(told(world, GATEWAY, f"GET {GROUP}")[1]) == ["us~~1"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ('id eq "us~~1" and members eq "eu~~1"', 1),
        ('id eq "us~~1" and members.value eq "us~~1"', 1),
        ('id eq "us~~1" and members[value eq "eu~~1" or value eq "eu~~9"]', 1),
        ('id eq "us~~1" and members eq "eu~~2"', 0),
        ('id eq "us~~9" and members eq "eu~~1"', 0),
        ('id eq "eu~~1" and members eq "eu~~1"', 0),
        ('displayName eq "Guides"', 1),
    ],
)
def test_a_filter_that_names_one_group_is_answered_with_all_members(world, wanted, found):
    status, listed = told(world, GATEWAY, f"GET /Groups?filter={wanted}&attributes=displayName")
    assert (status, listed["totalResults"], len(listed["Resources"])) == (200, found, found)
    assert all("members" not in one for one in listed["Resources"])
    _, none = told(world, GATEWAY, f"GET /Groups?filter={wanted}&count=0")
    assert (none["totalResults"], none["Resources"]) == (found, [])


SEVERAL = [
    ('members eq "eu~~1"', ["us~~1"]),
    ('members eq "us~~1"', ["us~~1", "us~~2"]),
    ('members eq "us~~2"', ["eu~~1"]),
    ('members[value eq "eu~~1"] and displayName sw "G"', ["us~~1"]),
    ('members eq "eu~~1" and displayName sw "S"', []),
    ('members eq "eu~~1" or members eq "us~~2"', ["eu~~1", "us~~1"]),
    ('members.value sw "eu~~" or displayName eq "Scouts"', ["us~~1", "us~~2"]),
    ("members pr", ["eu~~1", "us~~1", "us~~2"]),
    ('not (members eq "eu~~1")', ["eu~~1", "us~~2", "us~~3"]),
    ('members ne "us~~1"', ["eu~~1", "us~~3"]),
    ('members[value ne "us~~1"]', ["eu~~1", "us~~1"]),
]


@pytest.mark.parametrize(("wanted", "found"), SEVERAL)
@pytest.mark.parametrize("count", [1, 2, 9])
def test_groups_are_found_by_members_wherever_these_are_known(world, wanted, found, count):
    groups = [("Scouts", [US]), ("Pilots", [])]
    for name, members in groups:
        told(world, GATEWAY, "POST /Groups", {"displayName": name, "members": members})
    assert told(world, GATEWAY, "POST /Groups", {"displayName": "Sailors", "members": [EU]})[1]["id"] == "eu~~1"
    told(world, GATEWAY, "PUT /Groups/eu~~1", {"displayName": "Sailors", "members": [{"value": "us~~2"}]})
    seen = []
    for start in range(1, 9, count):
        _, listed = told(world, GATEWAY, f"GET /Groups?filter={wanted}&startIndex={start}&count={count}")
        assert listed["totalResults"] == len(found)
        seen += [one["id"] for one in listed["Resources"]]
    assert seen == found


@pytest.mark.parametrize(("wanted", "found"), SEVERAL)
def test_what_is_found_by_members_has_an_order_too(world, wanted, found):
    for name, members in [("Scouts", [US]), ("Pilots", [])]:
        told(world, GATEWAY, "POST /Groups", {"displayName": name, "members": members})
    told(world, GATEWAY, "POST /Groups", {"displayName": "Sailors", "members": [EU]})
    told(world, GATEWAY, "PUT /Groups/eu~~1", {"displayName": "Sailors", "members": [{"value": "us~~2"}]})
    order = ["us~~1", "us~~3", "eu~~1", "us~~2"]  # Guides, Pilots, Sailors, Scouts
    _, listed = told(world, GATEWAY, f"GET /Groups?filter={wanted}&sortBy=displayName")
    assert [one["id"] for one in listed["Resources"]] == [one for one in order if one in found]
    assert listed["totalResults"] == len(found)


def test_more_groups_than_are_read_are_refused_and_not_guessed(world):
    acme = GATEWAY.tenants["acme"]
    branches = tuple(replace(one, seat=replace(one.seat, max_results=1)) for one in acme.branches)
    gateway = replace(GATEWAY, tenants={"acme": replace(acme, branches=branches)})
    told(world, GATEWAY, "POST /Groups", {"displayName": "Scouts"})
    status, refused = told(world, gateway, 'GET /Groups?filter=members eq "eu~~1"')
    assert (status, refused["scimType"], refused["detail"][-7:]) == (400, "tooMany", "(SG352)")
    assert told(world, gateway, 'GET /Groups?filter=members eq "us~~1"')[0] == 200


def test_no_order_is_made_of_members(world):
    status, refused = told(world, GATEWAY, "GET /Groups?sortBy=members")
    assert (status, refused["scimType"]) == (400, "invalidPath")


def test_versions_tell_of_kept_members_too(world):
    first = told(world, GATEWAY, f"GET {GROUP}")[1]["meta"]["version"]
    assert told(world, GATEWAY, f"GET {GROUP}", **{"if-none-match": first}) == (304, None)
    status, _ = told(world, GATEWAY, f"PATCH {GROUP}", patch("add", [ADDED]), **{"if-match": first})
    assert status in (200, 204)
    second = told(world, GATEWAY, f"GET {GROUP}")[1]["meta"]["version"]
    assert first != second
    stale = told(world, GATEWAY, f"PATCH {GROUP}", patch("remove"), **{"if-match": first})
    assert (stale[0], stale[1]["detail"][-7:]) == (412, "(SG511)")
    assert ids(told(world, GATEWAY, f"GET {GROUP}")[1]) == ["us~~1", "eu~~1", "eu~~2"]
    assert told(world, GATEWAY, f"DELETE {GROUP}", **{"if-match": second})[0] == 204


def test_a_manager_in_another_branch_is_refused_all_the_same(world):
    urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    status, refused = told(world, GATEWAY, "POST /Users", {"userName": "bob", urn: {"manager": EU}})
    assert (status, refused["detail"][-7:]) == (400, "(SG351)")


@pytest.mark.parametrize("line", [f"PATCH {GROUP}", f"PUT {GROUP}"])
@pytest.mark.parametrize("shown", ["cn~~1", "eu~~", "eu~~<1>", "eu~~/1", "eu~~eu~~1", "eu~1", "eu~~1\n", "EU~~1"])
def test_an_id_of_no_branch_is_refused_and_not_kept(world, line, shown):
    body = {"displayName": "Guides", "members": [{"value": shown}]}
    status, refused = told(world, GATEWAY, line, patch("add", body["members"]) if "PATCH" in line else body)
    assert (status, refused["scimType"]) == (400, "invalidValue")
    assert ids(told(world, GATEWAY, f"GET {GROUP}")[1]) == ["us~~1", "eu~~1"]
    assert not world.locks


def test_what_must_match_and_does_not_is_refused_before_anything_is_sent(world):
    strict = split_gateway(absent_member="keep", client="strict")
    world.sent.clear()
    body = patch("replace", "User", by_id("eu~~9") + ".type")
    status, refused = told(world, strict, f"PATCH {GROUP}", body, **{"content-type": "application/scim+json"})
    assert (status, refused["scimType"], world.sent) == (400, "noTarget", [])


STORY = [
    ("POST /Groups", {"displayName": "Guides", "members": [US, EU]}, ["us~~1", "eu~~1"]),
    (f"PATCH {GROUP}", patch("add", [ADDED, OTHER]), ["us~~1", "us~~2", "eu~~1", "eu~~2"]),
    (f"PATCH {GROUP}", patch("remove", path=by_id("eu~~1", "us~~1")), ["us~~2", "eu~~2"]),
    (f"PUT {GROUP}", {"displayName": "Guides", "members": [EU]}, ["eu~~1"]),
    (f"DELETE {GROUP}", None, None),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_effect_is_repaired_by_a_repetition(fault):
    """Where a member could not be kept, the answer lacks it; the client sends all members again, as it would."""
    for at in count():
        world = settle(SplitWorld(at, fault))
        for line, body, members in STORY:
            for _ in range(3):
                before, world.lost = world.struck, []
                status, shown = told(world, GATEWAY, line, body)
                assert not world.locks
                if status < 300 and world.struck == before:
                    break
                assert world.struck
                world.hints.update(world.entries if status == 503 and "SG514" in shown["detail"] else ())
                if world.lost or (status in (404, 409) and line[:4] in ("DELE", "POST")):
                    break
            assert len(world.shelves["us", "Group"]) == (members is not None)
            if world.lost:
                assert shown is None or ids(shown) != members
                whole = {"displayName": "Guides", "members": [{"value": one} for one in members]}
                told(world, GATEWAY, f"PUT {GROUP}", whole)
            if members is not None:
                looks = [told(world, GATEWAY, f"GET {GROUP}")[1] for _ in range(2)]
                assert members in map(ids, looks), (at, line)
        if not world.struck:
            return
