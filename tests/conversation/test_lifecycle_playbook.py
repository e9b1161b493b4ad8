"""A state that calls bring about: suspended and resumed, never written, and left alone when it means what is wanted."""

import pytest
from change_stage import ok, patch

from gateway.conversation.effects import Reply

READ, SUSPEND, RESUME = "GET /people/7", "POST /people/7/suspend", "POST /people/7/resume"


def person(status, **more):
    return {"id": "7", "login": "bjensen", "status": status, **more}


def holding(*steps):
    return [("hold 7", True), *steps, ("release 7", None)]


@pytest.fixture
def club(make_gateway):
    return make_gateway("club-vendor")


@pytest.mark.parametrize(
    ("before", "active", "call"),
    [("ACTIVE", False, SUSPEND), ("SUSPENDED", True, RESUME), ("LOCKED", True, RESUME)],
)
def test_a_change_of_state_is_a_call(play, club, before, active, call):
    steps = holding((READ, ok(person(before))), (call, Reply(200)))
    played = play("PATCH /Users/7", steps, body=patch(("replace", "active", active)), gateway=club)
    assert played.status == 204


@pytest.mark.parametrize(("before", "active"), [("LOCKED", False), ("SUSPENDED", False), ("ACTIVE", True)])
def test_a_state_that_means_what_is_wanted_is_left_alone(play, club, before, active):
    steps = holding((READ, ok(person(before))))
    played = play("PATCH /Users/7", steps, body=patch(("replace", "active", active)), gateway=club)
    assert (played.status, played.body["active"]) == (200, active)


def test_a_call_says_what_its_mapping_says(play, club):
    steps = holding((READ, ok(person("SUSPENDED"))), (RESUME, Reply(204)))
    played = play("PATCH /Users/7", steps, body=patch(("replace", "active", True)), gateway=club)
    assert played.calls[1].body == {"by": "scim", "person": "7"}


def test_access_is_taken_before_the_rest_is_changed(play, club):
    body = patch(("replace", "title", "Guide"), ("replace", "active", False))
    steps = holding((READ, ok(person("ACTIVE"))), (SUSPEND, Reply(200)), ("PATCH /people/7", Reply(204)))
    played = play("PATCH /Users/7", steps, body=body, gateway=club)
    assert played.calls[2].body == {"job": "Guide"}


def test_access_is_given_after_the_rest_is_changed(play, club):
    body = patch(("replace", "active", True), ("replace", "title", "Guide"))
    steps = holding((READ, ok(person("SUSPENDED"))), ("PATCH /people/7", Reply(204)), (RESUME, Reply(200)))
    assert play("PATCH /Users/7", steps, body=body, gateway=club).status == 204


def test_access_that_was_taken_is_said_to_be_when_the_rest_fails(play, club):
    body = patch(("replace", "title", "Guide"), ("replace", "active", False))
    steps = holding((READ, ok(person("ACTIVE"))), (SUSPEND, Reply(200)), ("PATCH /people/7", Reply(500)))
    played = play("PATCH /Users/7", steps, body=body, gateway=club)
    assert (played.status, played.finished.code) == (503, "SG503")
    assert "Of 2 requests to the backend 1 had been carried out before." in played.detail


def test_a_put_writes_the_record_without_the_state_and_calls(play, club):
    steps = holding(
        (READ, ok(person("ACTIVE", job="Guide"))),
        (SUSPEND, Reply(200)),
        ("PUT /people/7", ok(person("SUSPENDED"))),
        (READ, ok(person("SUSPENDED"))),
    )
    played = play("PUT /Users/7", steps, body={"userName": "bjensen", "active": False}, gateway=club)
    assert played.calls[2].body == {"login": "bjensen"}
    assert (played.status, played.body["active"]) == (200, False)


def test_a_put_that_says_nothing_of_the_state_calls_nothing(play, club):
    steps = holding((READ, ok(person("LOCKED"))))
    played = play("PUT /Users/7", steps, body={"userName": "bjensen"}, gateway=club)
    assert (played.status, played.body["active"]) == (200, False)


def test_somebody_created_inactive_is_created_and_then_suspended(play, club):
    steps = [
        ("POST /people", Reply(201, {}, person("ACTIVE"))),
        (SUSPEND, Reply(200)),
        (READ, ok(person("SUSPENDED"))),
    ]
    played = play("POST /Users", steps, body={"userName": "bjensen", "active": False}, gateway=club)
    assert played.calls[0].body == {"login": "bjensen"}
    assert (played.status, played.body["active"]) == (201, False)


@pytest.mark.parametrize("body", [{"userName": "bjensen", "active": True}, {"userName": "bjensen"}])
def test_somebody_created_as_wanted_is_left_alone(play, club, body):
    played = play("POST /Users", [("POST /people", Reply(201, {}, person("ACTIVE")))], body=body, gateway=club)
    assert (played.status, played.body["active"]) == (201, True)


def test_somebody_created_and_not_suspended_is_said_to_be_there(play, club):
    steps = [("POST /people", Reply(201, {}, person("ACTIVE"))), (SUSPEND, Reply(403))]
    played = play("POST /Users", steps, body={"userName": "bjensen", "active": False}, gateway=club)
    assert (played.status, played.finished.code) == (503, "SG601")


def test_a_state_without_a_call_is_refused_by_its_name(play, make_gateway, club):
    resource = club.tenants["acme"].dialect.resources["User"]
    only_one = {field: {False: calls[False]} for field, calls in resource.switches.items()}
    steps = holding((READ, ok(person("SUSPENDED"))))
    gateway = make_gateway("club-vendor", switches=only_one)
    played = play("PATCH /Users/7", steps, body=patch(("replace", "active", True)), gateway=gateway)
    assert (played.status, played.finished.code) == (400, "SG208")
