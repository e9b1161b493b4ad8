"""The brake on removals: what counts, what passes, what is refused, and who lets it through."""

import pytest
from change_stage import ID, PATCH, PUT, READ, ok, patch
from msgspec.structs import replace

from gateway.conversation.effects import Reply, Spent, Unavailable
from gateway.observations import RemovalsBraked
from gateway.pipeline.brake import Brake

YES, NO = Spent(True, 3_000), Spent(False, 1_234)
DELETE = f"DELETE /Users/{ID}"
HOLD, RELEASE = (f"hold {ID}", True), (f"release {ID}", None)
RELEASED, ALONE = "recall brake released", "spend 1 of 1 alone in 300"
OFF = patch(("replace", "active", False))
USER = {"id": ID, "userName": "bjensen", "active": True}
CREW = {"id": ID, "displayName": "Crew", "members": [{"value": one} for one in "abcd"]}


def passes(number):
    return (f"spend {number} of 10 removals in 3600", YES)


def exceeds(number):
    return (f"spend {number} of 10 removals in 3600", NO)


@pytest.fixture
def braked(make_gateway):
    """A gateway whose tenant may lose ten in an hour."""

    def make(mapping="scim2", **said):
        gateway = make_gateway(mapping, tries=1, **said)
        acme = replace(gateway.tenants["acme"], brake=Brake(10, 3_600))
        return replace(gateway, tenants={**gateway.tenants, "acme": acme})

    return make


def in_group(line):
    return line.replace("/Users", "/Groups")


# What counts


def test_a_deletion_counts_before_it_is_sent(play, braked):
    assert play(DELETE, [passes(1), (DELETE, Reply(204))], gateway=braked()).status == 204


def test_a_deactivation_that_is_sent_without_a_look_counts(play, braked):
    assert play(PATCH, [passes(1), (PATCH, Reply(204))], body=OFF, gateway=braked()).status == 204


def test_what_gives_access_or_changes_something_else_asks_nobody(play, braked):
    body = patch(("replace", "active", True), ("replace", "title", "Guide"))
    assert play(PATCH, [(PATCH, Reply(204))], body=body, gateway=braked()).status == 204


@pytest.mark.parametrize(("was", "counted"), [(True, [passes(1)]), (False, [])], ids=["let in", "barred already"])
def test_a_put_that_bars_counts_where_it_changes_something(play, braked, was, counted):
    body = {"userName": "bjensen", "title": "Guide", "active": False}
    steps = [HOLD, (READ, ok({**USER, "active": was})), *counted, (PUT, ok({**USER, **body})), RELEASE]
    assert play(PUT, steps, body=body, gateway=braked()).status == 200


def test_what_changes_nothing_counts_nothing(play, braked):
    steps = [HOLD, (READ, ok({**USER, "active": False})), RELEASE]
    assert play(PUT, steps, body={"userName": "bjensen", "active": False}, gateway=braked()).status == 200


def test_a_deactivation_that_deletes_counts_once(play, braked):
    read, delete = "GET /users/u7", "DELETE /users/u7"
    steps = [("hold u7", True), (read, ok({"id": "u7", "login": "bjensen"})), ("recall kept u7", (None,)), passes(1),
             (delete, Reply(204)), ("recall kept u7", (None,)), ("forget kept u7", True),
             ("release u7", None)]  # fmt: skip
    assert play("PATCH /Users/u7", steps, body=OFF, gateway=braked("barless")).status in (200, 204)


def test_a_deletion_that_marks_the_record_counts_once(play, braked):
    read, change = "GET /users/u7", "PATCH /users/u7"
    record = {"id": "u7", "login": "bjensen", "status": "ACTIVE"}
    gone = {**record, "status": "DELETED", "kind": "leaver"}
    steps = [("hold u7", True), passes(1), (read, ok(record)), (change, ok(gone)), ("release u7", None)]
    assert play("DELETE /Users/u7", steps, gateway=braked("tombstones")).status == 204


def test_members_who_are_named_count_each(play, braked):
    body = patch(("remove", 'members[value eq "a"]'), ("remove", 'members[value eq "b"]'))
    steps = [passes(2), (in_group(PATCH), Reply(204))]
    assert play(in_group(PATCH), steps, body=body, gateway=braked()).status == 204


def test_members_who_come_count_nothing(play, braked):
    body = patch(("add", "members", [{"value": "z"}]))
    assert play(in_group(PATCH), [(in_group(PATCH), Reply(204))], body=body, gateway=braked()).status == 204


@pytest.mark.parametrize(
    ("operation", "number"),
    [(("remove", "members"), 4), (("replace", "members", [{"value": "a"}, {"value": "z"}]), 3)],
    ids=["all of them", "all but one"],
)
def test_where_a_list_is_emptied_or_replaced_who_goes_is_looked_up(play, braked, operation, number):
    steps = [HOLD, (in_group(READ), ok(CREW)), passes(number), (in_group(PATCH), Reply(204)), RELEASE]
    assert play(in_group(PATCH), steps, body=patch(operation), gateway=braked()).status == 204


def test_a_put_of_a_group_counts_who_is_no_longer_in_it(play, braked):
    body = {"displayName": "Crew", "members": [{"value": "a"}]}
    steps = [HOLD, (in_group(READ), ok(CREW)), passes(3), (in_group(PUT), ok({**CREW, **body})), RELEASE]
    assert play(in_group(PUT), steps, body=body, gateway=braked()).status == 200


def test_members_who_go_by_calls_of_their_own_count_each(play, braked):
    calls = [("DELETE /people/a/clubs/g", Reply(204)), ("DELETE /people/b/clubs/g", Reply(204))]
    body = patch(("remove", 'members[value eq "a"]'), ("remove", 'members[value eq "b"]'))
    assert play("PATCH /Groups/g", [passes(2), *calls], body=body, gateway=braked("club-vendor")).status == 204


def test_each_operation_of_a_bulk_request_counts_for_itself(play, braked):
    schema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
    body = {"schemas": [schema], "Operations": [{"method": "DELETE", "path": f"/Users/{one}"} for one in "ab"]}
    steps = [("wait 0", True), passes(1), ("DELETE /Users/a", Reply(204)),
             ("wait 0", True), exceeds(1), (RELEASED, (None,)), (ALONE, NO)]  # fmt: skip
    played = play("POST /Bulk", steps, body=body, gateway=braked())
    assert [one["status"] for one in played.body["Operations"]] == ["204", "429"]
    assert "Retry-After of this operation is 1234 seconds." in played.body["Operations"][1]["response"]["detail"]
    assert played.headers["Retry-After"] == "1234"


# Over the bound


@pytest.mark.parametrize(
    "answer", [(None,), Unavailable(), (b"\xff",)], ids=["not released", "the store is away", "garbage"]
)
def test_over_the_bound_nothing_is_sent_and_the_client_learns_when_to_come_again(play, braked, answer):
    steps = [exceeds(1), (RELEASED, answer), (ALONE, NO)]
    played = play(DELETE, steps, gateway=braked())
    assert (played.status, played.headers["Retry-After"], played.finished.code) == (429, "1234", "SG330")
    assert "scim-gateway brake release" in played.detail
    assert played.noted(RemovalsBraked) == [RemovalsBraked("acme", "User")]


def test_one_alone_passes_over_the_bound(play, braked):
    steps = [exceeds(1), (RELEASED, (None,)), (ALONE, YES), (DELETE, Reply(204))]
    assert play(DELETE, steps, gateway=braked()).status == 204


def test_several_at_once_are_never_one_alone_and_are_refused_whole_under_a_lock_that_is_given_back(play, braked):
    steps = [HOLD, (in_group(READ), ok(CREW)), exceeds(4), (RELEASED, (None,)), RELEASE]
    played = play(in_group(PATCH), steps, body=patch(("remove", "members")), gateway=braked())
    assert (played.status, played.finished.code) == (429, "SG330")


def test_what_was_released_passes(play, braked):
    steps = [exceeds(1), (RELEASED, (b"1",)), (DELETE, Reply(204))]
    assert play(DELETE, steps, gateway=braked()).status == 204


def test_a_version_that_is_another_counts_nothing(play, braked):
    steps = [HOLD, (READ, ok(USER)), RELEASE]
    played = play(DELETE, steps, gateway=braked(), **{"if-match": 'W/"another"'})
    assert played.status == 412
