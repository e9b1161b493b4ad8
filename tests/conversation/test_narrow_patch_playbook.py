"""Backends whose PATCH takes less than the standard's: cut into several requests, said otherwise, or refused."""

import pytest
from change_stage import ok, patch

from gateway.conversation.effects import Lost, Reply
from gateway.lens.ability import Modify
from gateway.mapping.load import load_dialect

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH, PUT, READ = "PATCH /Groups/g", "PUT /Groups/g", "GET /Groups/g"
OPS = load_dialect("scim2").resources["Group"].ops


def group(*members, **more):
    return {"schemas": [GROUP], "id": "g", "displayName": "Guides", **more} | (
        {"members": [{"value": one} for one in members]} if members else {}
    )


def named(*members):
    return [{"value": one} for one in members]


@pytest.fixture
def groups(make_gateway):
    """`groups(values=3)`: a conformant server but for these limits of its PATCH; `put=False`: without PUT."""

    def make(put=True, **limits):
        ops = OPS if put else {name: op for name, op in OPS.items() if name != "replace"}
        return make_gateway(kind="Group", can_modify=Modify(**limits), ops=ops)

    return make


def sent(played):
    return [(one["op"], one["path"], one.get("value")) for call in played.calls if call.method == "PATCH"
            for one in call.body["Operations"]]  # fmt: skip


def test_more_members_than_one_request_takes_are_sent_in_several(play, groups):
    body = patch(
        ("add", "members", named("a", "b", "c", "d")),
        ("remove", "members", named("e", "f", "g")),
        ("replace", "displayName", "Scouts"),
    )
    steps = [(PATCH, Reply(204)), (PATCH, Reply(204)), (PATCH, Reply(204))]
    played = play("PATCH /Groups/g", steps, body=body, gateway=groups(values=3))
    assert played.status == 204
    assert [len(call.body["Operations"]) for call in played.calls] == [1, 3, 2]
    assert sent(played) == [
        ("add", "members", named("a", "b", "c")),
        ("add", "members", named("d")),
        ("remove", 'members[value eq "e"]', None),
        ("remove", 'members[value eq "f"]', None),
        ("remove", 'members[value eq "g"]', None),
        ("replace", "displayName", "Scouts"),
    ]


def test_a_request_that_fails_in_the_middle_says_how_far_it_came(play, groups):
    body = patch(("add", "members", named("a", "b", "c", "d")))
    steps = [(PATCH, Reply(204)), (PATCH, Reply(500))]
    played = play("PATCH /Groups/g", steps, body=body, gateway=groups(values=3))
    assert (played.status, played.finished.code) == (503, "SG503")
    assert "Of 2 requests to the backend 1 had been carried out before." in played.detail


def test_a_first_request_that_fails_says_nothing_of_others(play, groups):
    body = patch(("add", "members", named("a", "b", "c", "d")))
    played = play("PATCH /Groups/g", [(PATCH, Lost("unknown", "timeout"))], body=body, gateway=groups(values=3))
    assert played.finished.code == "SG508"
    assert "carried out before" not in played.detail


def test_a_group_is_created_with_as_many_members_as_fit_and_the_rest_follows(play, groups):
    body = {"schemas": [GROUP], "displayName": "Guides", "members": named("a", "b", "c", "d", "e")}
    steps = [("POST /Groups", Reply(201, {}, group("a", "b", "c"))), (PATCH, ok(group("a", "b", "c", "d", "e")))]
    played = play("POST /Groups", steps, body=body, gateway=groups(values=3))
    assert played.calls[0].body["members"] == named("a", "b", "c")
    assert sent(played) == [("add", "members", named("d", "e"))]
    assert (played.status, len(played.body["members"])) == (201, 5)


def test_a_group_created_without_all_its_members_is_said_to_be(play, groups):
    body = {"schemas": [GROUP], "displayName": "Guides", "members": named("a", "b", "c", "d")}
    steps = [("POST /Groups", Reply(201, {}, group("a", "b", "c"))), (PATCH, Reply(400, {}, {"detail": "no d"}))]
    played = play("POST /Groups", steps, body=body, gateway=groups(values=3))
    assert (played.status, played.finished.code) == (400, "SG509")
    assert "The resource was created, and only a part of it was written." in played.detail


def test_the_rest_is_read_where_the_backend_answers_without_a_record(play, groups):
    body = {"schemas": [GROUP], "displayName": "Guides", "members": named("a", "b", "c", "d")}
    steps = [
        ("POST /Groups", Reply(201, {}, group("a", "b", "c"))),
        (PATCH, Reply(204)),
        (READ, ok(group("a", "b", "c", "d"))),
    ]
    assert len(play("POST /Groups", steps, body=body, gateway=groups(values=3)).body["members"]) == 4


@pytest.mark.parametrize(
    ("limits", "operation", "before", "expected"),
    [
        ({"whole": frozenset()}, ("replace", "members", named("b", "c")), ("a", "b"),
         [("remove", 'members[value eq "a"]', None), ("add", "members", named("c"))]),
        ({"whole": frozenset()}, ("remove", "members"), ("a", "b"),
         [("remove", 'members[value eq "a"]', None), ("remove", 'members[value eq "b"]', None)]),
        ({"whole": frozenset(), "remove": "values"}, ("remove", "members"), ("a", "b"),
         [("remove", "members", named("a", "b"))]),
        ({"values": 1}, ("replace", "members", named("a", "b")), ("a",), [("add", "members", named("b"))]),
        ({"paths": "plain"}, ("remove", 'members[value eq "a"]'), ("a", "b"), [("replace", "members", named("b"))]),
        ({"paths": "plain"}, ("remove", 'members[value eq "a"]'), ("a",), [("remove", "members", None)]),
    ],
)  # fmt: skip
def test_what_the_backend_does_not_take_as_it_is_is_compared_and_said_otherwise(
    play, groups, limits, operation, before, expected
):
    steps = [("hold g", True), (READ, ok(group(*before))), (PATCH, Reply(204)), ("release g", None)]
    played = play("PATCH /Groups/g", steps, body=patch(operation), gateway=groups(**limits))
    assert sent(played) == expected
    assert played.status == 204


def test_members_go_by_an_array_where_the_backend_wants_them_so(play, groups):
    played = play(
        "PATCH /Groups/g",
        [(PATCH, Reply(204))],
        body=patch(("remove", 'members[value eq "a"]'), ("remove", 'members[value eq "b"]')),
        gateway=groups(paths="plain", remove="values"),
    )
    assert sent(played) == [("remove", "members", named("a", "b"))]


def test_what_a_member_is_called_is_no_change_of_a_list_that_goes_item_by_item(play, groups):
    typed = [{"value": "a", "type": "User"}]
    steps = [("hold g", True), (READ, ok(group("a"))), ("release g", None)]
    played = play(
        "PATCH /Groups/g", steps, body=patch(("replace", "members", typed)), gateway=groups(whole=frozenset())
    )
    assert played.status == 200


def test_a_field_that_patch_does_not_take_is_put(play, groups):
    record = group("a", externalId="1")
    steps = [("hold g", True), (READ, ok(record)), (PUT, ok({**record, "externalId": "2"})), ("release g", None)]
    gateway = groups(fields=frozenset({"members", "displayName"}))
    played = play("PATCH /Groups/g", steps, body=patch(("replace", "externalId", "2")), gateway=gateway)
    assert played.calls[1].body["members"] == named("a")
    assert played.body["externalId"] == "2"


def test_a_field_that_nothing_takes_is_refused_by_its_name(play, groups):
    steps = [("hold g", True), (READ, ok(group("a"))), ("release g", None)]
    gateway = groups(put=False, fields=frozenset({"members", "displayName"}))
    played = play("PATCH /Groups/g", steps, body=patch(("replace", "externalId", "2")), gateway=gateway)
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "mutability", "SG208")
    assert played.detail.startswith("The backend has no way to change externalId like this.")


def test_a_put_at_a_backend_without_put_is_the_difference_in_as_many_requests_as_it_needs(play, groups):
    steps = [
        ("hold g", True),
        (READ, ok(group("a", "b"))),
        (PATCH, Reply(204)),
        (PATCH, Reply(204)),
        (READ, ok(group("c", "d", displayName="Scouts"))),
        ("release g", None),
    ]
    body = {"schemas": [GROUP], "displayName": "Scouts", "members": named("c", "d")}
    played = play("PUT /Groups/g", steps, body=body, gateway=groups(put=False, values=3, whole=frozenset()))
    assert len(played.calls) == 4
    assert sorted(sent(played), key=str) == [
        ("add", "members", named("c")),
        ("add", "members", named("d")),
        ("remove", 'members[value eq "a"]', None),
        ("remove", 'members[value eq "b"]', None),
        ("replace", "displayName", "Scouts"),
    ]
    assert (played.status, played.body["displayName"]) == (200, "Scouts")


def test_a_merging_backend_may_lack_fields_too(play, make_gateway, user):
    ops = {name: op for name, op in load_dialect("scim2").resources["User"].ops.items() if name != "replace"}
    gateway = make_gateway(can_modify=Modify("merge", fields=frozenset({"name", "userName"})), ops=ops)
    steps = [("PATCH /Users/7", ok(user("7")))]
    play("PATCH /Users/7", steps, body=patch(("replace", "name.givenName", "B")), gateway=gateway)
    steps = [("hold 7", True), ("GET /Users/7", ok(user("7"))), ("release 7", None)]
    played = play("PATCH /Users/7", steps, body=patch(("replace", "title", "B")), gateway=gateway)
    assert played.finished.code == "SG208"
