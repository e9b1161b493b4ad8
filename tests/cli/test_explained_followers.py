"""What `explain` tells of followers is what happens: its calls beside those that are made, before two backends."""

import json

import pytest
from followed import load, make_followed
from followers_stage import World, change

from gateway.cli.explain_followers import explain_followers
from gateway.mapping.load import known_mappings, read_mapping, shipped_folder
from gateway.pipeline.parse import parse
from gateway.pipeline.request import Caller, Request
from gateway.pipeline.route import find_route

BASES = {"hr": "", "desk": ""}
BABS = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "babs@acme.example",
    "displayName": "Babs",
    "title": "Guide",
    "password": "correct-horse",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "emails": [{"value": "babs@acme.example", "type": "home", "primary": True}, {"value": "b@home.example"}],
    "phoneNumbers": [{"value": "+1 201 555 0123", "type": "work"}],
}
VENDORS = ["scim2", "rsa-unified-directory", "huawei-identity-center", "cube-cloud"]
WHEN = 'userName ew "@acme.example"'


def explain(gateway, line, body=None, record=None):
    """What is told of the one follower; `record` is the primary's."""
    tenant = gateway.tenants["acme"]
    method, path = line.split(" ", 1)
    request = Request(method=method, path=f"/acme/scim/v2{path}", body=json.dumps(body).encode() if body else b"")
    intent = parse(request, find_route(method, request.path, Caller("acme")), tenant)
    (told,) = explain_followers(intent, tenant, record, sources_of, BASES)
    return told


def sources_of(seat):
    return (read_mapping(seat.dialect.name, known_mappings((shipped_folder(),))),)


def calls_at_desk(world):
    return [
        {"method": call.method, "url": call.path, **({} if call.body is None else {"body": call.body})}
        for call in world.sent
        if call.backend == "desk"
    ]


def without_query(calls):
    return [{**call, "url": call["url"].partition("?")[0]} for call in calls]


@pytest.mark.parametrize("desk", VENDORS)
@pytest.mark.parametrize("hr", VENDORS)
def test_a_create_makes_the_calls_that_were_told(hr, desk):
    gateway = make_followed(load(hr), load(desk), when=WHEN)
    told, world = explain(gateway, "POST /Users", BABS), World()
    status, _ = world.ask(gateway, "POST /Users", BABS)
    assert status == 201
    first, *rest = [one for one in calls_at_desk(world) if one["method"] == "POST"]
    assert without_query(told["creates"])[0] == first
    assert rest == []
    looked = [one["url"] for one in calls_at_desk(world)[: len(told["finds"])]]
    assert looked == [one["url"] for one in without_query(told["finds"])]


def test_nobody_is_created_whom_when_leaves_out():
    gateway, world = make_followed(when=WHEN), World()
    guest = {**BABS, "userName": "babs@guests.example"}
    told = explain(gateway, "POST /Users", guest)
    assert "creates" not in told
    assert told["then"][0] == "when does not hold of what is sent"
    assert world.ask(gateway, "POST /Users", guest)[0] == 201
    assert [one for one in calls_at_desk(world) if one["method"] == "POST"] == []


@pytest.mark.parametrize("desk", VENDORS)
def test_a_replacement_of_somebody_who_is_not_there_makes_the_calls_that_were_told(desk):
    gateway, world = make_followed(load("scim2"), load(desk)), World()
    _, user = world.ask(gateway, "POST /Users", {**BABS, "title": "Driver"})
    world.flush()
    world.desk.all["User"].clear()
    world.sent.clear()
    told = explain(gateway, f"PUT /Users/{user['id']}", BABS)
    assert world.ask(gateway, f"PUT /Users/{user['id']}", BABS)[0] == 200
    (made,) = [one for one in calls_at_desk(world) if one["method"] == "POST"]
    assert without_query(told["creates"])[0] == made


def test_what_a_patch_leaves_of_a_person_is_not_known_before():
    gateway, world = make_followed(when=WHEN), World()
    _, user = world.ask(gateway, "POST /Users", BABS)
    body = change(("replace", "userName", "babs@guests.example"))
    told = explain(gateway, f"PATCH /Users/{user['id']}", body)
    assert "creates" not in told
    assert told["then"][-1] == "who no longer belongs there is barred"
    assert world.ask(gateway, f"PATCH /Users/{user['id']}", body)[0] == 200
    assert [one["active"] for one in world.desk.all["User"].values()] == [False]


GUEST = {**BABS, "userName": "babs@guests.example"}
RENAME = {name: change(("replace", "userName", f"{name}@acme.example")) for name in ("babs", "barb")}
DELETING = "resources: { User: { map: { active: { keep: gateway, assume: true, when_false: delete } } } }"
AWAY = change(("replace", "userName", "barb@guests.example"))
# Who is there, the change, what is told of when, and the calls at the follower once nothing is remembered of it.
MOVES = {
    "comes in": (GUEST, RENAME["babs"], "it comes in", ["POST"]),
    "stays": (BABS, RENAME["barb"], "it stays", ["PATCH"]),
    "leaves": (BABS, AWAY, "it leaves", ["PATCH"]),
    "stays outside": (GUEST, AWAY, "it stays outside", []),
}


@pytest.mark.parametrize(("before", "body", "words", "calls"), MOVES.values(), ids=MOVES)
@pytest.mark.parametrize("how", ["PATCH", "PUT"])
@pytest.mark.parametrize("hr", VENDORS)
def test_with_the_record_a_change_tells_who_comes_in_stays_and_leaves(hr, how, before, body, words, calls):
    gateway, world = make_followed(load(hr), when=WHEN), World()
    _, user = world.ask(gateway, "POST /Users", before)
    (record,) = world.hr.all["User"].values()
    if how == "PUT":
        body = {**before, "userName": body["Operations"][0]["value"]}
    told = explain(gateway, f"{how} /Users/{user['id']}", body, record)
    assert told["then"][0].endswith(words)
    assert ("creates" in told) == (words in ("it comes in", "it stays"))
    world.flush()
    world.sent.clear()
    assert world.ask(gateway, f"{how} /Users/{user['id']}", body)[0] == 200
    made = [one for one in calls_at_desk(world) if one["method"] != "GET"]
    assert [one["method"] for one in made] == calls
    if calls == ["POST"]:
        assert without_query(told["creates"])[0] == made[0]
    barred = [one["active"] for one in world.desk.all["User"].values() if one.get("active") is False]
    assert barred == ([False] if words == "it leaves" else [])


@pytest.mark.parametrize(
    ("before", "words"), [(BABS, "when holds of the record"), (GUEST, "when does not hold of the")]
)
def test_with_the_record_a_deletion_tells_whose_record_goes(before, words):
    gateway, world = make_followed(when=WHEN), World()
    _, user = world.ask(gateway, "POST /Users", before)
    (record,) = world.hr.all["User"].values()
    if before is GUEST:
        world.desk.all["User"]["d-9"] = {**record, "id": "d-9"}  # a person of the follower's own
        world.desk.born["d-9"] = 0.0
    told = explain(gateway, f"DELETE /Users/{user['id']}", record=record)
    assert told["then"][0].startswith(words)
    assert told["then"][1].endswith(
        "and deleted" if before is BABS else "only a record that a link leads to is deleted"
    )
    world.flush()
    assert world.ask(gateway, f"DELETE /Users/{user['id']}", None)[0] == 204
    assert list(world.desk.all["User"]) == ([] if before is BABS else ["d-9"])


def test_who_is_deactivated_where_that_deletes_is_deleted_at_the_follower():
    gateway, world = make_followed(load("scim2", overrides=DELETING), when=WHEN), World()
    _, user = world.ask(gateway, "POST /Users", BABS)
    (record,) = world.hr.all["User"].values()
    body = change(("replace", "active", False))
    told = explain(gateway, f"PATCH /Users/{user['id']}", body, record)
    assert told["then"][0] == "when holds of the record"
    assert told["then"][1].endswith("and deleted")
    assert world.ask(gateway, f"PATCH /Users/{user['id']}", body)[0] == 200
    assert world.desk.all["User"] == {}
