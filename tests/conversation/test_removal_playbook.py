"""Deletions that mark a record, and deactivations that delete one: what is sent, what is shown, who comes back."""

import pytest
from change_stage import patch

from gateway.conversation.effects import Lost, Reply
from gateway.observations import RecordRevived

ID = "u7"
READ = f"GET /users/{ID}"
PATCH = f"PATCH /users/{ID}"
PUT = f"PUT /users/{ID}"
HOLD, RELEASE = (f"hold {ID}", True), (f"release {ID}", None)
BABS = {"id": ID, "login": "bjensen", "status": "ACTIVE", "job": "Guide"}
GONE = {**BABS, "status": "DELETED", "kind": "leaver"}
NEW = {"userName": "BJENSEN", "title": "Driver"}
OFF = patch(("replace", "active", False))


def ok(record=None):
    return Reply(200, {}, record)


def people(*records):
    return ok({"users": list(records)})


@pytest.fixture
def tombstones(make_gateway):
    return make_gateway("tombstones", tries=1)


@pytest.fixture
def barless(make_gateway):
    return make_gateway("barless", tries=1)


# A delete that marks the record


@pytest.mark.parametrize("answer", [ok(GONE), Reply(204)], ids=["shown", "without a body"])
def test_a_soft_delete_is_a_change_of_the_record(play, tombstones, answer):
    steps = [HOLD, (READ, ok(BABS)), (PATCH, answer), RELEASE]
    played = play(f"DELETE /Users/{ID}", steps, gateway=tombstones)
    assert (played.status, played.calls[1].body) == (204, {"status": "DELETED", "kind": "leaver"})


def test_a_deletion_that_the_record_does_not_show_is_not_claimed(play, tombstones):
    steps = [HOLD, (READ, ok(BABS)), (PATCH, ok(BABS)), RELEASE]
    played = play(f"DELETE /Users/{ID}", steps, gateway=tombstones)
    assert (played.status, played.finished.code) == (502, "SG520")


def test_a_lost_answer_to_a_soft_delete_is_unknown_and_a_repetition_settles_it(play, tombstones):
    lost = [HOLD, (READ, ok(BABS)), (PATCH, Lost("unknown", "timeout")), RELEASE]
    assert play(f"DELETE /Users/{ID}", lost, gateway=tombstones).finished.code == "SG508"
    again = [HOLD, (READ, ok(GONE)), RELEASE]
    assert play(f"DELETE /Users/{ID}", again, gateway=tombstones).status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_deleted_record_is_nobodys_and_is_not_changed(play, tombstones, method):
    body = {"PUT": NEW, "PATCH": patch(("replace", "title", "Driver"))}.get(method)
    read = (READ, ok(GONE))
    steps = [read] if method == "GET" else [HOLD, read, RELEASE]
    assert play(f"{method} /Users/{ID}", steps, body=body, gateway=tombstones).finished.code == "SG110"


def test_a_list_leaves_deleted_records_out_and_counts_without_them(play, tombstones):
    played = play("GET /Users", [("GET /users", people(GONE, {**BABS, "id": "u8"}))], gateway=tombstones)
    assert (played.body["totalResults"], played.body["Resources"][0]["id"]) == (1, "u8")


@pytest.mark.parametrize("operation", [("replace", "active", False), ("replace", "active", "False")])
def test_a_deactivation_that_makes_the_record_gone_is_answered_as_asked(play, tombstones, operation):
    steps = [HOLD, (READ, ok(BABS)), (PATCH, ok(GONE)), RELEASE]
    played = play(f"PATCH /Users/{ID}?attributes=active", steps, body=patch(operation), gateway=tombstones)
    assert (played.status, played.body["active"]) == (200, False)


def test_a_record_that_another_deleted_meanwhile_is_not_said_to_be_changed(play, tombstones):
    steps = [HOLD, (READ, ok(BABS)), (PATCH, ok(GONE)), RELEASE]
    body = patch(("replace", "title", "Driver"))
    assert play(f"PATCH /Users/{ID}", steps, body=body, gateway=tombstones).finished.code == "SG110"


# Who comes back


def test_a_create_that_meets_its_deleted_namesake_takes_it_up_again(play, tombstones):
    steps = [
        ("POST /users", Reply(409)),
        ("GET /users", people(GONE, {**BABS, "id": "u8", "login": "other"})),
        HOLD,
        (READ, ok(GONE)),
        (PUT, ok({**BABS, "job": "Driver"})),
        RELEASE,
    ]
    played = play("POST /Users", steps, body=NEW, gateway=tombstones)
    assert (played.status, played.body["id"], played.body["active"]) == (201, ID, True)
    assert played.calls[3].body == {"login": "BJENSEN", "status": "ACTIVE", "job": "Driver"}
    assert played.noted(RecordRevived) == [RecordRevived("acme", "User")]


@pytest.mark.parametrize(
    "records", [(), (BABS,), (GONE, {**GONE, "id": "u9"}), ({**GONE, "login": "other"},)],
    ids=["nobody", "somebody who is there", "two of them", "another"],
)  # fmt: skip
def test_a_conflict_with_anyone_else_stays_a_conflict(play, tombstones, records):
    steps = [("POST /users", Reply(409)), ("GET /users", people(*records))]
    played = play("POST /Users", steps, body=NEW, gateway=tombstones)
    assert (played.status, played.body["scimType"]) == (409, "uniqueness")


def test_a_search_that_fails_leaves_the_conflict(play, tombstones):
    steps = [("POST /users", Reply(409)), ("GET /users", Reply(500))]
    assert play("POST /Users", steps, body=NEW, gateway=tombstones).status == 409


def test_a_record_that_stays_deleted_is_not_said_to_be_there(play, tombstones):
    steps = [
        ("POST /users", Reply(409)),
        ("GET /users", people(GONE)),
        HOLD,
        (READ, ok(GONE)),
        (PUT, ok(GONE)),
        RELEASE,
    ]
    played = play("POST /Users", steps, body=NEW, gateway=tombstones)
    assert (played.status, played.noted(RecordRevived)) == (409, [])


# A deactivation that deletes

SHOWN = {"id": ID, "login": "bjensen", "job": "Guide"}
DELETE = f"DELETE /users/{ID}"
FORGET = [(f"recall kept {ID}", ('{"externalId":"1"}',)), (f"forget kept {ID}, kept-index externalId=1", True)]
RECALL = (f"recall kept {ID}", ('{"externalId":"1"}',))


def test_whoever_is_there_is_active(play, barless):
    played = play(f"GET /Users/{ID}", [(READ, ok(SHOWN)), RECALL], gateway=barless)
    assert played.body["active"] is True


@pytest.mark.parametrize(
    "operation", [("replace", "active", False), ("Replace", "active", "False"), ("replace", None, {"active": False})],
    ids=["by path", "as Entra spells it", "without a path"],
)  # fmt: skip
def test_a_patch_that_deactivates_deletes_and_is_answered_as_asked(play, barless, operation):
    op, path, value = operation
    body = patch((op, path, value)) if path else {**OFF, "Operations": [{"op": op, "value": value}]}
    steps = [HOLD, (READ, ok(SHOWN)), RECALL, (DELETE, Reply(204)), *FORGET, RELEASE]
    played = play(f"PATCH /Users/{ID}", steps, body=body, gateway=barless)
    assert (played.status, played.body["active"], played.body["id"]) == (200, False, ID)


def test_a_put_that_deactivates_deletes_and_is_answered_as_asked(play, barless):
    steps = [HOLD, (READ, ok(SHOWN)), RECALL, (DELETE, Reply(204)), *FORGET, RELEASE]
    played = play(f"PUT /Users/{ID}", steps, body={**NEW, "active": False}, gateway=barless)
    assert (played.status, played.body["active"], played.body["title"]) == (200, False, "Driver")


def test_a_create_of_somebody_inactive_is_taken_away_at_once(play, barless):
    steps = [("POST /users", Reply(201, {}, SHOWN)), (DELETE, Reply(204)), (f"recall kept {ID}", (None,)),
             (f"forget kept {ID}", True)]  # fmt: skip
    played = play("POST /Users", steps, body={**NEW, "active": False}, gateway=barless)
    assert (played.status, played.body["active"], played.body["id"]) == (201, False, ID)


def test_somebody_inactive_who_could_not_be_taken_away_is_told(play, barless):
    steps = [("POST /users", Reply(201, {}, SHOWN)), (DELETE, Reply(500))]
    played = play("POST /Users", steps, body={**NEW, "active": False}, gateway=barless)
    assert (played.status, played.finished.code) == (503, "SG503")
    assert "The user was created, and could not be barred." in played.detail


def test_a_deletion_that_fails_is_never_answered_as_a_deactivation(play, barless):
    steps = [HOLD, (READ, ok(SHOWN)), RECALL, (DELETE, Reply(500)), RELEASE]
    assert play(f"PATCH /Users/{ID}", steps, body=OFF, gateway=barless).status == 503


@pytest.mark.parametrize(
    "operations", [[("replace", "active", True)], [("remove", "active")]], ids=["to what they are", "to nothing said"]
)
def test_to_activate_whoever_is_there_changes_nothing(play, barless, operations):
    played = play(f"PATCH /Users/{ID}", [(READ, ok(SHOWN)), RECALL], body=patch(*operations), gateway=barless)
    assert (played.status, played.body["active"]) == (200, True)


def test_a_deactivation_taken_back_in_the_same_request_deletes_nobody(play, barless):
    steps = [HOLD, (READ, ok(SHOWN)), RECALL, RELEASE]
    body = patch(("replace", "active", False), ("replace", "active", True))
    assert play(f"PATCH /Users/{ID}", steps, body=body, gateway=barless).status == 200


# A deactivation that is refused


@pytest.mark.parametrize(
    ("request_", "body"),
    [("POST /Users", {**NEW, "active": False}), (f"PUT /Users/{ID}", {**NEW, "active": False}),
     (f"PATCH /Users/{ID}", OFF)],
)  # fmt: skip
def test_what_the_backend_cannot_do_is_refused_before_any_call(play, make_gateway, request_, body):
    played = play(request_, [], body=body, gateway=make_gateway("barless", deactivation="refuse"))
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "mutability", "SG220")


# A removal that the backend would read as true

LEAVER = {"id": ID, "userName": "bjensen", "active": False, "emails": [{"value": "b@example.com", "type": "work"}]}


@pytest.mark.parametrize("operation", [("remove", "active"), ("replace", "active", None)])
def test_a_removal_of_active_lets_nobody_in(play, make_gateway, operation):
    steps = [HOLD, (f"GET /Users/{ID}", ok(LEAVER)), (f"recall kept {ID}", (None,)), RELEASE]
    gateway = make_gateway("rsa-unified-directory")
    played = play(f"PATCH /Users/{ID}", steps, body=patch(operation), gateway=gateway)
    assert (played.status, played.body["active"]) == (200, False)


def test_what_else_changes_is_sent_without_it(play, make_gateway):
    changed = ok({**LEAVER, "title": "Guide"})
    steps = [HOLD, (f"GET /Users/{ID}", ok(LEAVER)), (f"recall kept {ID}", (None,)), (f"PATCH /Users/{ID}", changed),
             RELEASE]  # fmt: skip
    body = patch(("remove", "active"), ("replace", "title", "Guide"))
    played = play(f"PATCH /Users/{ID}", steps, body=body, gateway=make_gateway("rsa-unified-directory"))
    assert played.calls[1].body["Operations"] == [{"op": "add", "path": "title", "value": "Guide"}]


def test_a_conformant_server_is_told_of_the_removal(play):
    removed = {name: value for name, value in LEAVER.items() if name != "active"}
    played = play(f"PATCH /Users/{ID}", [(f"PATCH /Users/{ID}", ok(removed))], body=patch(("remove", "active")))
    assert played.calls[0].body["Operations"] == [{"op": "remove", "path": "active"}]
