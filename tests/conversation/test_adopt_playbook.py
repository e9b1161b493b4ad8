"""A create that meets a conflict, at a tenant that may take over who is there."""

import pytest
from msgspec.structs import replace

from gateway.conversation.effects import Lost, Reply
from gateway.observations import ResourceAdopted

NEW = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "bjensen",
    "externalId": "701984",
    "title": "Guide",
}
TAKEN = Reply(409, {}, {"detail": "taken"})
BY_ID = 'GET /Users?filter=externalId eq "701984"&startIndex=1&count=2'
BY_NAME = 'GET /Users?filter=userName eq "bjensen"&startIndex=1&count=2'


@pytest.fixture
def adopting(make_gateway):
    """A tenant that adopts by the attributes named."""

    def make(*names, mapping="scim2"):
        gateway = make_gateway(mapping, unique=())
        return replace(gateway, tenants={"acme": replace(gateway.tenants["acme"], adopt=names)})

    return make


def change(record):
    """How a resource is made what the client wants: under its lock, and what was read again is compared."""
    native = record["id"]
    shown = Reply(200, {}, {**record, **NEW})
    return [
        (f"hold {native}", True),
        (f"GET /Users/{native}", Reply(200, {}, record)),
        (f"PATCH /Users/{native}", shown),
        (f"release {native}", None),
    ]


def test_a_conflict_is_a_conflict_without_the_policy(play, adopting):
    assert play("POST /Users", [("POST /Users", TAKEN)], body=NEW, gateway=adopting()).status == 409


def test_who_is_there_is_taken_over_and_keeps_what_the_client_does_not_name(play, adopting, user, page):
    record = user("7", title="Driver", nickName="Babs")
    steps = [("POST /Users", TAKEN), (BY_NAME, page(record)), *change(record)]
    played = play("POST /Users", steps, body=NEW, gateway=adopting("userName"))
    assert (played.status, played.body["id"]) == (201, "7")
    sent = played.calls[-1].body["Operations"]
    assert {one["path"] for one in sent} == {"title", "externalId"}
    assert [fact.resource for fact in played.noted(ResourceAdopted)] == ["User"]


def test_the_first_attribute_that_finds_somebody_decides(play, adopting, user, page):
    record = user("7", externalId="701984")
    steps = [("POST /Users", TAKEN), (BY_ID, page(record)), *change(record)]
    played = play("POST /Users", steps, body=NEW, gateway=adopting("externalId", "userName"))
    assert played.status == 201


def test_one_that_finds_nobody_leaves_it_to_the_next(play, adopting, user, page):
    record = user("7")
    steps = [("POST /Users", TAKEN), (BY_ID, page()), (BY_NAME, page(record)), *change(record)]
    played = play("POST /Users", steps, body=NEW, gateway=adopting("externalId", "userName"))
    assert played.status == 201


@pytest.mark.parametrize(
    ("find", "found"),
    [
        (BY_NAME, {"externalId": "another's"}),
        (BY_ID, {"externalId": "701984", "userName": "another"}),
    ],
)
def test_nobody_is_taken_over_whom_another_attribute_tells_apart(play, adopting, user, page, find, found):
    record = {**user("7"), **found}
    looked = [(find, page(record))] if find == BY_ID else [(BY_ID, page()), (BY_NAME, page(record))]
    played = play(
        "POST /Users", [("POST /Users", TAKEN), *looked], body=NEW, gateway=adopting("externalId", "userName")
    )
    assert (played.status, played.body["scimType"]) == (409, "uniqueness")
    assert not played.noted(ResourceAdopted)


def test_of_two_that_are_found_none_is_taken(play, adopting, user, page):
    steps = [("POST /Users", TAKEN), (BY_NAME, page(user("7"), user("8")))]
    assert play("POST /Users", steps, body=NEW, gateway=adopting("userName")).status == 409


def test_a_backend_that_answers_with_somebody_else_is_not_believed(play, adopting, user, page):
    steps = [("POST /Users", TAKEN), (BY_NAME, page(user("7", "another")))]
    assert play("POST /Users", steps, body=NEW, gateway=adopting("userName")).status == 409


def test_who_cannot_be_looked_for_stays_a_conflict(play, adopting):
    down = [(BY_NAME, Lost("no", "connect")), ("wait 0.2", True), (BY_NAME, Lost("no", "connect"))]
    steps = [("POST /Users", TAKEN), *down, ("wait 0.4", True), (BY_NAME, Lost("no", "connect"))]
    assert play("POST /Users", steps, body=NEW, gateway=adopting("userName")).status == 409


def test_an_attribute_that_the_client_did_not_send_finds_nobody(play, adopting):
    body = {name: value for name, value in NEW.items() if name != "externalId"}
    assert play("POST /Users", [("POST /Users", TAKEN)], body=body, gateway=adopting("externalId")).status == 409


def test_who_is_there_already_as_wanted_is_not_written(play, adopting, user, page):
    record = {**user("7"), **NEW}
    steps = [
        ("POST /Users", TAKEN), (BY_NAME, page(record)),
        ("hold 7", True), ("GET /Users/7", Reply(200, {}, record)), ("release 7", None),
    ]  # fmt: skip
    assert play("POST /Users", steps, body=NEW, gateway=adopting("userName")).status == 201
