"""A split tenant: each request goes before the one backend in which its resource lives, and the id says which."""

import pytest
from split_stage import EUROPE, URL, backends, split_gateway

from gateway.conversation.effects import Reply

GATEWAY = split_gateway()
USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}
GROUP = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"]}


@pytest.mark.parametrize(
    ("login", "key"),
    [
        ("ada@eu.acme.example", "eu"),
        ("ADA@EU.ACME.EXAMPLE", "eu"),
        ("bob@us.acme.example", "us"),
        ("eu.acme.example", "us"),
    ],
)
def test_a_create_goes_where_the_first_guard_holds_and_its_id_says_so(play, user, login, key):
    reply = Reply(201, {}, user("17", login))
    played = play("POST /Users", [("POST /Users", reply)], gateway=GATEWAY, body={**USER, "userName": login})
    assert (played.status, backends(played)) == (201, [key])
    assert played.body["id"] == f"{key}~~17"
    assert played.headers["Location"] == played.body["meta"]["location"] == f"{URL}/Users/{key}~~17"
    assert played.calls[0].body["userName"] == login


def test_who_is_created_without_what_is_required_is_refused_by_the_branch(play):
    played = play("POST /Users", [], gateway=GATEWAY, body={**USER, "displayName": "Ada"})
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")


@pytest.mark.parametrize(
    ("method", "lines", "status"),
    [
        ("GET", ["GET /Users/17"], 200),
        ("PATCH", ["PATCH /Users/17"], 200),
        ("DELETE", ["DELETE /Users/17"], 204),
    ],
)
@pytest.mark.parametrize("key", ["eu", "us"])
def test_a_resource_is_asked_for_where_its_id_says(play, user, method, lines, status, key):
    body = None
    if method == "PATCH":
        operation = {"op": "replace", "path": "title", "value": "Guide"}
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
    reply = Reply(204) if status == 204 else Reply(200, {}, user("17", f"ada@{key}.acme.example"))
    played = play(f"{method} /Users/{key}~~17", [(line, reply) for line in lines], gateway=GATEWAY, body=body)
    assert (played.status, backends(played)) == (status, [key])
    if played.body:
        assert played.body["meta"]["location"] == f"{URL}/Users/{key}~~17"


@pytest.mark.parametrize(
    "shown",
    ["17", "de~~17", "~~17", "eu~~", "eu~17", "EU~~17", "eu~~us~~17", "eu~~~41", "us~~~~17", "eu-1~~17", "e~75~~17"],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_id_of_no_branch_is_nobodys(play, method, shown):
    played = play(f"{method} /Users/{shown}", [], gateway=GATEWAY)
    assert (played.status, played.finished.code) == (404, "SG110")


def test_what_stands_in_a_native_id_is_told_from_the_key(play, user):
    steps = [("GET /Users/~~%2F~", Reply(200, {}, user("~~/~", "ada@eu.acme.example")))]
    played = play("GET /Users/eu~~~7E~7E~2F~7E", steps, gateway=GATEWAY)
    assert (played.status, played.body["id"]) == (200, "eu~~~7E~7E~2F~7E")


def test_references_have_the_key_too(play):
    members = [{"value": "17", "type": "User", "$ref": "https://eu.vendor.example/Users/17"}]
    steps = [("GET /Groups/7", Reply(200, {}, {**GROUP, "id": "7", "displayName": "Guides", "members": members}))]
    played = play("GET /Groups/eu~~7", steps, gateway=GATEWAY)
    assert played.body["members"] == [{"value": "eu~~17", "type": "User", "$ref": f"{URL}/Users/eu~~17"}]


@pytest.mark.parametrize(
    ("members", "key"),
    [(["eu~~1"], "eu"), (["eu~~1", "eu~~2"], "eu"), (["us~~1"], "us"), ([], "us")],
)
def test_a_group_that_no_guard_tells_apart_goes_where_its_members_live(play, members, key):
    body = {**GROUP, "displayName": "Guides", "members": [{"value": one} for one in members]}
    native = [{"value": one.partition("~~")[2]} for one in members]
    made = {**GROUP, "id": "7", "displayName": "Guides", "members": native}
    played = play("POST /Groups", [("POST /Groups", Reply(201, {}, made))], gateway=GATEWAY, body=body)
    assert (played.status, backends(played), played.body["id"]) == (201, [key], f"{key}~~7")


@pytest.mark.parametrize(("name", "key"), [("EU guides", "eu"), ("US guides", "us")])
def test_a_guard_may_speak_of_groups(play, name, key):
    guard = f'{EUROPE} or (meta.resourceType eq "Group" and displayName sw "EU ")'
    gateway = split_gateway((("eu", "scim2", guard), ("us", "scim2", None)))
    made = {**GROUP, "id": "7", "displayName": name}
    steps = [("POST /Groups", Reply(201, {}, made))]
    played = play("POST /Groups", steps, gateway=gateway, body={**GROUP, "displayName": name})
    assert (played.status, backends(played)) == (201, [key])


def test_backends_may_speak_different_dialects(play, user):
    gateway = split_gateway((("eu", "cube-cloud", EUROPE), ("us", "scim2", None)))
    for login, key in (("ada@eu.acme.example", "eu"), ("bob@acme.example", "us")):
        name = {"givenName": "A", "familyName": "B"}
        body = {**USER, "userName": login, "name": name, "emails": [{"value": login, "primary": True}]}
        steps = [("POST /Users", Reply(201, {}, user("17", login, name=name, emails=body["emails"])))]
        played = play("POST /Users", steps, gateway=gateway, body=body)
        assert (played.status, backends(played), played.body["id"]) == (201, [key], f"{key}~~17")


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [("PUT /Users", 405, "SG105"), ("GET /Robots", 404, "SG106"), ("POST /Robots", 404, "SG106")],
)
def test_what_is_not_served_is_refused_as_ever(play, line, status, code):
    played = play(line, [], gateway=GATEWAY, body={})
    assert (played.status, played.finished.code) == (status, code)
