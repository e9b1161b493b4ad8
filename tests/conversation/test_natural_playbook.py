"""Names that are ids, without a field that could hold the first one: a name stays, whatever a client sends."""

import pytest
from change_stage import patch

from gateway.conversation.effects import Reply

BOB = {"handle": "bob", "job": "clerk", "on": True}
READ = ("GET /people/bob", Reply(200, {}, BOB))
LOCK, UNLOCK = ("hold bob", True), ("release bob", None)


@pytest.fixture
def gateway(make_gateway):
    return make_gateway("name-vendor")


def test_the_name_is_the_id(play, gateway):
    played = play("GET /Users/bob", [READ], gateway=gateway)
    assert (played.status, played.body["id"], played.body["userName"]) == (200, "bob", "bob")


def test_a_name_of_any_letters_is_one_segment(play, gateway):
    record = Reply(200, {}, {"handle": "bob the/great"})
    played = play("GET /Users/bob~20the~2Fgreat", [("GET /people/bob%20the%2Fgreat", record)], gateway=gateway)
    assert (played.status, played.body["id"]) == (200, "bob~20the~2Fgreat")


def put(name):
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "title": "chief"}


RENAMES = {
    "PATCH with a path": ("PATCH", patch(("replace", "userName", "robert"))),
    "PATCH without a path": ("PATCH", patch(("replace", None, {"userName": "robert", "title": "chief"}))),
    "PUT": ("PUT", put("robert")),
}


@pytest.mark.parametrize("how", RENAMES)
def test_another_name_is_refused_before_anything_is_written(play, gateway, how):
    method, body = RENAMES[how]
    played = play(f"{method} /Users/bob", [LOCK, READ, UNLOCK], gateway=gateway, body=body)
    assert (played.status, played.body["scimType"]) == (400, "mutability")
    assert played.detail.endswith("Delete the resource, and create it under its new name. (SG360)")


@pytest.mark.parametrize("name", ["bob", "Bob"])
def test_the_same_name_is_no_other_in_capitals_either(play, gateway, name):
    written = ("PATCH /people/bob", Reply(200, {}, {**BOB, "job": "chief"}))
    body = patch(("replace", None, {"userName": name, "title": "chief"}))
    played = play("PATCH /Users/bob", [LOCK, READ, written, UNLOCK], gateway=gateway, body=body)
    assert (played.status, played.calls[-1].body) == (200, {"job": "chief"})


def test_a_put_of_the_same_name_goes_through(play, gateway):
    written = ("PUT /people/bob", Reply(200, {}, {**BOB, "job": "chief"}))
    played = play("PUT /Users/bob", [LOCK, READ, written, UNLOCK], gateway=gateway, body=put("BOB"))
    assert (played.status, played.calls[-1].body) == (200, {"handle": "bob", "job": "chief", "on": True})


def test_a_change_that_says_nothing_of_the_name_needs_no_look(play, gateway):
    written = ("PATCH /people/bob", Reply(200, {}, {**BOB, "job": "chief"}))
    played = play("PATCH /Users/bob", [written], gateway=gateway, body=patch(("replace", "title", "chief")))
    assert (played.status, played.body["id"]) == (200, "bob")


def test_who_is_found_by_the_id_is_read_by_it(play, gateway):
    played = play('GET /Users?filter=id eq "bob"', [READ], gateway=gateway)
    assert [one["id"] for one in played.body["Resources"]] == ["bob"]


def test_who_is_deactivated_under_another_name_is_refused_too(play, gateway):
    body = patch(("replace", "userName", "robert"), ("replace", "active", False))
    played = play("PATCH /Users/bob", [LOCK, READ, UNLOCK], gateway=gateway, body=body)
    assert (played.status, played.body["scimType"]) == (400, "mutability")
