"""Operations of several calls, bodies below a key, records named in the path: what is sent, and how far it got."""

import pytest

from gateway.conversation.effects import Lost, Reply

ID = "u7"
NEW = {"userName": "BJensen@example.com", "title": "Guide", "nickName": "Babs", "active": True}
MADE = "POST /users?activate=false"
SHOWN = {"id": ID, "login": "bjensen@example.com", "job": "Guide", "on": True}
READ = f"GET /users/{ID}"
ACTIVATE = f"POST /users/{ID}/activate"
DEACTIVATE = f"POST /users/{ID}/deactivate"


def wrapped(record=SHOWN):
    return Reply(200, {}, {"data": {"user": record}})


@pytest.fixture
def gateway(make_gateway):
    return make_gateway("stepwise", tries=1)


def test_a_create_makes_its_calls_in_order_and_reads_what_they_made(play, gateway):
    steps = [
        (MADE, wrapped({"id": ID})),
        (ACTIVATE, Reply(200)),
        ("POST /invitations", Reply(202)),
        (READ, wrapped()),
    ]
    played = play("POST /Users", steps, body=NEW, gateway=gateway)
    assert (played.status, played.body["id"], played.body["title"]) == (201, ID, "Guide")
    record, nothing, table = (call.body for call in played.calls[:3])
    assert record == {"data": {"user": {"login": "bjensen@example.com", "on": True, "job": "Guide", "nick": "Babs"}}}
    assert nothing is None
    assert table == {
        "user": ID,
        "mail": "bjensen@example.com",
        "admin": False,
        "tags": ["Guide", "new"],
        "note": "for bjensen@example.com",
        "on": True,
    }


def test_a_table_goes_without_what_is_absent(play, gateway):
    steps = [(MADE, wrapped({"id": ID})), (ACTIVATE, Reply(409)), ("POST /invitations", Reply(202)), (READ, wrapped())]
    played = play("POST /Users", steps, body={"userName": "bjensen"}, gateway=gateway)
    assert played.calls[2].body == {"user": ID, "admin": False, "tags": ["new"], "note": "for bjensen"}


def test_a_create_that_fails_in_the_middle_says_how_far_it_got(play, gateway):
    steps = [(MADE, wrapped({"id": ID})), (ACTIVATE, Reply(404))]
    played = play("POST /Users", steps, body=NEW, gateway=gateway)
    assert (played.status, played.finished.code) == (502, "SG512")
    said = "Carried out before it: POST /users; not carried out: POST /users/{id}/activate, POST /invitations."
    assert said in played.detail


def test_a_lost_answer_in_the_middle_leaves_the_outcome_unknown(play, gateway):
    steps = [(MADE, wrapped({"id": ID})), (ACTIVATE, Lost("unknown", "timeout"))]
    played = play("POST /Users", steps, body=NEW, gateway=gateway)
    assert (played.status, played.finished.code) == (503, "SG508")
    assert "Carried out before it: POST /users;" in played.detail


def test_a_person_found_after_a_lost_answer_goes_through_the_remaining_calls(play, gateway):
    steps = [
        (MADE, Lost("unknown", "timeout")),
        ("GET /users", Reply(200, {}, {"users": [SHOWN]})),
        (ACTIVATE, Reply(200)),
        ("POST /invitations", Reply(202)),
        (READ, wrapped()),
    ]
    assert play("POST /Users", steps, body=NEW, gateway=gateway).status == 201


def test_a_put_is_completed_and_read(play, gateway):
    steps = [
        (f"hold {ID}", True),
        (READ, wrapped()),
        (f"PUT /users/{ID}", Reply(200, {}, {})),
        (f"POST /users/{ID}/publish", Reply(200)),
        (READ, wrapped({**SHOWN, "job": "Driver"})),
        (f"release {ID}", None),
    ]
    played = play(f"PUT /Users/{ID}", steps, body={**NEW, "title": "Driver"}, gateway=gateway)
    assert (played.status, played.body["title"]) == (200, "Driver")
    assert "schemas" not in played.calls[1].body


def test_a_patch_is_wrapped_and_read_back_where_its_answer_says_nothing(play, gateway):
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "title", "value": "Driver"}],
    }
    steps = [(f"PATCH /users/{ID}", Reply(200, {}, None, readable=False)), (READ, wrapped({**SHOWN, "job": "Driver"}))]
    played = play(f"PATCH /Users/{ID}", steps, body=body, gateway=gateway)
    assert (played.status, played.body["title"]) == (200, "Driver")
    assert played.calls[0].body == {"data": {"user": {"job": "Driver"}}}


# DELETE


def test_a_delete_makes_its_calls_in_order(play, gateway):
    steps = [(DEACTIVATE, Reply(200)), ("POST /users/purge", Reply(204))]
    played = play(f"DELETE /Users/{ID}", steps, gateway=gateway)
    assert played.status == 204
    assert played.calls[1].body == {"ids": [ID]}


def test_a_delete_repeated_after_a_failure_goes_on_where_the_call_expects_it(play, gateway):
    failing = [(DEACTIVATE, Reply(200)), ("POST /users/purge", Reply(500))]
    failed = play(f"DELETE /Users/{ID}", failing, gateway=gateway)
    assert (failed.status, failed.finished.code) == (503, "SG503")
    assert "Carried out before it: POST /users/{id}/deactivate; not carried out: POST /users/purge." in failed.detail
    again = [(DEACTIVATE, Reply(403)), ("POST /users/purge", Reply(204))]
    assert play(f"DELETE /Users/{ID}", again, gateway=gateway).status == 204


def test_nobody_at_the_first_call_is_404(play, gateway):
    assert play(f"DELETE /Users/{ID}", [(DEACTIVATE, Reply(404))], gateway=gateway).finished.code == "SG110"


def test_nobody_at_a_later_call_is_done_when_nobody_can_be_read(play, gateway):
    steps = [(DEACTIVATE, Reply(200)), ("POST /users/purge", Reply(404)), (READ, Reply(404))]
    assert play(f"DELETE /Users/{ID}", steps, gateway=gateway).status == 204


def test_a_leaver_who_can_still_be_read_is_never_said_to_be_gone(play, gateway):
    steps = [(DEACTIVATE, Reply(200)), ("POST /users/purge", Reply(404)), (READ, wrapped())]
    played = play(f"DELETE /Users/{ID}", steps, gateway=gateway)
    assert (played.status, played.finished.code) == (502, "SG512")
    assert "not carried out: POST /users/purge" in played.detail


# A record named in the path


def test_a_create_that_sends_no_record_writes_the_rest_onto_the_new_one(play, gateway):
    steps = [
        ("POST /groups/Tour%20Guides%2FEU", Reply(201, {"location": "/groups/g1"}, None, readable=False)),
        ("GET /groups/g1", Reply(200, {}, {"id": "g1", "name": "Tour Guides/EU"})),
        ("PATCH /groups/g1", Reply(200, {}, {"id": "g1", "name": "Tour Guides/EU", "mark": "701984"})),
    ]
    played = play(
        "POST /Groups", steps, body={"displayName": "Tour Guides/EU", "externalId": "701984"}, gateway=gateway
    )
    assert (played.status, played.body["externalId"]) == (201, "701984")
    assert (played.calls[0].body, played.calls[2].body["mark"]) == (None, "701984")


def test_a_part_that_could_not_be_written_is_told(play, gateway):
    steps = [
        ("POST /groups/guides", Reply(201, {"location": "/groups/guides"})),
        ("GET /groups/guides", Reply(200, {}, {"id": "guides", "name": "guides"})),
        ("PATCH /groups/guides", Reply(400, {}, {"error": {"message": "mark is taken"}})),
    ]
    played = play("POST /Groups", steps, body={"displayName": "guides", "externalId": "7"}, gateway=gateway)
    assert (played.status, played.finished.code) == (400, "SG509")
    assert "The resource was created, and only a part of it was written." in played.detail


@pytest.mark.parametrize("name", ["..", "a/../b", ".", "a\tb"])
def test_a_name_that_would_lead_elsewhere_is_refused_before_any_call(play, gateway, name):
    played = play("POST /Groups", [], body={"displayName": name}, gateway=gateway)
    assert (played.status, played.finished.code, played.body["scimType"]) == (400, "SG205", "invalidValue")
    assert "displayName cannot stand in the backend's address" in played.detail
