"""PUT and DELETE of one resource."""

import pytest
from change_stage import ID, PATCH, PUT, READ, ok, patch
from msgspec.structs import replace

from gateway.conversation.effects import Reply
from gateway.mapping.load import load_dialect
from gateway.observations import WriteSuppressed


@pytest.fixture
def without_put(make_gateway):
    ops = dict(load_dialect("scim2").resources["User"].ops)
    del ops["replace"]
    return make_gateway(ops=ops, can_replace=None)


# PUT


def test_a_put_reads_compares_and_replaces(play, user):
    record = user(title="Guide", nickName="Babs")
    steps = [
        (f"hold {ID}", True),
        (READ, ok(record)),
        (PUT, ok(user(title="Driver"))),
        (f"release {ID}", None),
    ]
    played = play(f"PUT /Users/{ID}", steps, body={"userName": "bjensen", "title": "Driver", "id": "other"})
    assert (played.calls[1].body["title"], played.calls[1].body.get("nickName")) == ("Driver", None)
    assert (played.status, played.body["title"]) == (200, "Driver")


def test_a_put_that_changes_nothing_writes_nothing(play, user):
    steps = [(f"hold {ID}", True), (READ, ok(user(title="Guide"))), (f"release {ID}", None)]
    played = play(f"PUT /Users/{ID}", steps, body={"userName": "bjensen", "title": "Guide"})
    assert (played.status, played.body["title"]) == (200, "Guide")
    assert len(played.noted(WriteSuppressed)) == 1


def test_a_put_never_creates(play):
    steps = [(f"hold {ID}", True), (READ, Reply(404)), (f"release {ID}", None)]
    assert play(f"PUT /Users/{ID}", steps, body={"userName": "bjensen"}).status == 404


def test_a_put_answered_without_a_record_is_read_back(play, user):
    steps = [
        (f"hold {ID}", True),
        (READ, ok(user())),
        (PUT, Reply(204)),
        (READ, ok(user(title="Driver"))),
        (f"release {ID}", None),
    ]
    played = play(f"PUT /Users/{ID}", steps, body={"userName": "bjensen", "title": "Driver"})
    assert (played.status, played.body["title"]) == (200, "Driver")


def test_a_backend_without_put_gets_the_difference_as_a_patch(play, user, without_put):
    steps = [
        (f"hold {ID}", True),
        (READ, ok(user(title="Guide", nickName="Babs"))),
        (PATCH, ok(user(title="Driver"))),
        (f"release {ID}", None),
    ]
    body = {"userName": "bjensen", "title": "Driver"}
    played = play(f"PUT /Users/{ID}", steps, body=body, gateway=without_put)
    operations = {(one["op"], one["path"]) for one in played.calls[1].body["Operations"]}
    assert operations == {("replace", "title"), ("remove", "nickName")}


def test_an_immutable_attribute_keeps_its_value(play, make_gateway, user):
    resource = load_dialect("scim2").resources["User"]
    attributes = tuple(
        replace(one, mutability="immutable") if one.name == "nickName" else one
        for one in resource.type.schema.attributes
    )
    fixed = replace(resource.type, schema=replace(resource.type.schema, attributes=attributes))
    steps = [(f"hold {ID}", True), (READ, ok(user(nickName="Babs"))), (f"release {ID}", None)]
    body = {"userName": "bjensen", "nickName": "Barbara"}
    played = play(f"PUT /Users/{ID}", steps, body=body, gateway=make_gateway(type=fixed))
    assert (played.status, played.finished.code) == (400, "SG203")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_the_backend_has_no_way_to_do_is_said_before_any_call(play, make_gateway, method):
    gateway = make_gateway(ops={"retrieve": load_dialect("scim2").resources["User"].ops["retrieve"]}, can_modify=None)
    body = {"userName": "bjensen"} if method == "PUT" else patch(("replace", "title", "x"))
    played = play(f"{method} /Users/{ID}", [], body=body, gateway=gateway)
    assert (played.status, played.finished.code) == (501, "SG115")


# DELETE


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_delete_is_204(play, make_gateway, status):
    played = play(f"DELETE /Users/{ID}", [(f"DELETE /Users/{ID}", Reply(status))])
    assert (played.status, played.body) == (204, None)


@pytest.mark.parametrize("status", [404, 410])
def test_a_delete_of_nobody_is_404(play, status):
    assert play(f"DELETE /Users/{ID}", [(f"DELETE /Users/{ID}", Reply(status))]).finished.code == "SG110"


def test_a_delete_takes_along_what_the_gateway_kept(play, make_gateway):
    steps = [
        (f"DELETE /Users/{ID}", Reply(204)),
        (f"recall kept {ID}", ('{"externalId":"1"}',)),
        (f"forget kept {ID}, kept-index externalId=1", True),
    ]
    assert play(f"DELETE /Users/{ID}", steps, gateway=make_gateway("rsa-unified-directory")).status == 204
