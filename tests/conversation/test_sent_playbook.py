"""Fields that a vendor wants made of others: what is sent along with a change, and what is refused, as calls."""

import pytest
from change_stage import patch

from gateway.conversation.effects import Reply

NAME = {"givenName": "Barbara", "familyName": "Jensen"}
LONG = {"givenName": "Bartholomew", "familyName": "Featherstonehaugh"}
BODY = {"userName": "bjensen", "name": NAME, "active": True}
MADE = {"card": {"full": "Barbara Jensen"}, "label": "bjensen", "source": "scim", "reach": "bjensen"}
RECORD = {"id": "7", "login": "bjensen", "on": True, "first": "Barbara", "last": "Jensen", **MADE}
UNFIT = RECORD | {"first": "Bartholomew", "last": "Featherstonehaugh", "card": {"full": "Bart Featherstonehaugh"}}


def held(*steps):
    return [("hold 7", True), *steps, ("release 7", None)]


def read(record):
    return ("GET /people/7", Reply(200, {}, record))


@pytest.fixture
def ask(play, make_gateway):
    return lambda line, steps=(), **more: play(line, steps, gateway=make_gateway("send-vendor"), **more)


def test_a_create_sends_the_first_text_that_is_complete(ask):
    played = ask("POST /Users", [("POST /people", Reply(201, {}, RECORD))], body=BODY)
    assert played.calls[0].body == {key: value for key, value in RECORD.items() if key != "id"}
    alone = BODY | {"name": {"familyName": "Madonna"}}
    played = ask("POST /Users", [("POST /people", Reply(201, {}, RECORD))], body=alone)
    assert played.calls[0].body["card"] == {"full": "Madonna"}


def test_one_value_of_a_list_is_sent_as_a_field(ask):
    numbers = [{"value": "+1 (555) 0100", "type": "mobile"}, {"value": "1", "type": "work"}]
    played = ask("POST /Users", [("POST /people", Reply(201, {}, RECORD))], body=BODY | {"phoneNumbers": numbers})
    assert played.calls[0].body["cell"] == "15550100"


def test_a_text_that_the_field_does_not_take_is_refused_by_all_that_makes_it(ask):
    played = ask("POST /Users", body=BODY | {"name": LONG})
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")
    told = "name.givenName makes, with name.familyName, a text that is longer than the 24 characters the backend takes"
    assert told in played.detail


def test_a_patch_of_a_part_sends_the_text_anew(ask):
    sent = {"first": "Mary", "card": {"full": "Mary Jensen"}}
    steps = held(read(RECORD), ("PATCH /people/7", Reply(200, {}, RECORD | sent)))
    played = ask("PATCH /Users/7", steps, body=patch(("replace", "name.givenName", "Mary")))
    assert (played.status, played.calls[1].body) == (200, sent)


def test_a_patch_that_makes_the_text_too_long_is_refused_before_it_is_written(ask):
    operation = ("replace", "name.familyName", "Featherstonehaugh")
    played = ask("PATCH /Users/7", held(read(RECORD)), body=patch(operation))
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")


def test_who_is_longer_than_the_vendor_takes_is_deactivated(ask):
    sent = {"on": False, "barred": "bjensen was barred"}
    done = ("PATCH /people/7", Reply(200, {}, UNFIT | sent))
    played = ask("PATCH /Users/7", held(read(UNFIT), done), body=patch(("replace", "active", False)))
    assert (played.status, played.body["active"], played.calls[1].body) == (200, False, sent)
    body = BODY | {"name": LONG, "active": False}
    played = ask("PUT /Users/7", held(read(UNFIT), ("PUT /people/7", Reply(200, {}, UNFIT | sent))), body=body)
    assert (played.status, played.calls[1].body["card"]) == (200, UNFIT["card"])
