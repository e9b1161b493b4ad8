"""Members that a backend takes and does not show, or not all of them: never guessed."""

import pytest
from change_stage import ok, patch
from msgspec.structs import replace

from gateway.conversation.effects import Reply
from gateway.lens.ability import Modify
from gateway.lens.kinds import ListRule
from gateway.mapping.load import load_dialect

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH, PUT, READ = "PATCH /Groups/g", "PUT /Groups/g", "GET /Groups/g"


def group(*members, **more):
    return {"schemas": [GROUP], "id": "g", "displayName": "Guides", "members": named(*members), **more}


def named(*members):
    return [{"value": one} for one in members]


def sent(played):
    return [(one["op"], one["path"], one.get("value")) for call in played.calls if call.method == "PATCH"
            for one in call.body["Operations"]]  # fmt: skip


@pytest.fixture
def blind(make_gateway):
    """Members are taken and never shown; a record always holds an empty list."""
    return make_gateway("blind-groups")


@pytest.fixture
def partial(make_gateway):
    """`partial()`: a record shows no more than three members; `without` names a call that the backend lacks."""

    def make(without="", **limits):
        group_ = load_dialect("scim2").resources["Group"]
        rules = tuple(replace(one, shows=3) if isinstance(one, ListRule) else one for one in group_.lens.rules)
        ops = {name: op for name, op in group_.ops.items() if name != without}
        modify = None if without == "modify" else Modify(**limits)
        return make_gateway(kind="Group", ops=ops, lens=replace(group_.lens, rules=rules), can_modify=modify)

    return make


def test_members_come_and_go_without_a_look(play, blind):
    body = patch(("add", "members", named("a")), ("remove", 'members[value eq "b"]'))
    played = play("PATCH /Groups/g", [(PATCH, ok(group()))], body=body, gateway=blind)
    assert sent(played) == [("add", "members", named("a")), ("remove", 'members[value eq "b"]', None)]
    assert (played.status, "members" in played.body) == (200, False)


@pytest.mark.parametrize(
    "operation",
    [("replace", "members", named("a")), ("remove", "members"), ("remove", 'members[display eq "Babs"]'),
     ("replace", "members", [])],
)  # fmt: skip
def test_what_would_have_to_go_is_not_guessed(play, blind, operation):
    played = play("PATCH /Groups/g", [], body=patch(operation), gateway=blind)
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "mutability", "SG209")
    assert "does not show all values of members" in played.detail
    assert "Send PATCH operations that add values, or remove them by name." in played.detail


def test_a_put_with_members_is_refused_before_any_call(play, blind):
    body = {"schemas": [GROUP], "displayName": "Guides", "members": named("a")}
    assert play("PUT /Groups/g", [], body=body, gateway=blind).finished.code == "SG209"


def test_a_put_that_renames_renames_and_no_more(play, blind):
    steps = [
        ("hold g", True),
        (READ, ok(group())),
        (PATCH, ok(group(displayName="Scouts"))),
        ("release g", None),
    ]
    played = play("PUT /Groups/g", steps, body={"schemas": [GROUP], "displayName": "Scouts"}, gateway=blind)
    assert sent(played) == [("replace", "displayName", "Scouts")]
    assert (played.body["displayName"], "members" in played.body) == ("Scouts", False)


def test_an_empty_list_of_members_is_never_shown_as_the_truth(play, blind):
    played = play("GET /Groups/g", [(READ, ok(group()))], gateway=blind)
    assert "members" not in played.body


def test_a_create_does_not_echo_what_is_never_shown(play, blind):
    body = {"schemas": [GROUP], "displayName": "Guides", "members": named("a", "b")}
    played = play("POST /Groups", [("POST /Groups", Reply(201, {}, group()))], body=body, gateway=blind)
    assert played.calls[0].body["members"] == named("a", "b")
    assert (played.status, "members" in played.body) == (201, False)


def test_members_are_advertised_as_never_returned(play, blind):
    (schema,) = [one for one in play("GET /Schemas", gateway=blind).body["Resources"] if one["id"] == GROUP]
    (members,) = [one for one in schema["attributes"] if one["name"] == "members"]
    assert (members["mutability"], members["returned"]) == ("writeOnly", "never")


def test_what_is_read_and_what_is_not_are_changed_by_one_request_each(play, blind):
    body = patch(("add", "members", named("a")), ("add", "displayName", "Scouts"), ("replace", "externalId", "7"))
    steps = [("hold g", True), (READ, ok(group())), ("release g", None)]
    played = play("PATCH /Groups/g", steps, body=body, gateway=blind)
    assert played.finished.code == "SG208"  # externalId is not among the fields that PATCH takes


def test_a_membership_is_asked_of_the_backend_alone(play, page, blind):
    asked = 'GET /Groups?filter=id eq "g" and members.value eq "a"&startIndex=1&count=100'
    played = play('GET /Groups?filter=id eq "g" and members.value eq "a"', [(asked, page(group()))], gateway=blind)
    assert (played.status, played.body["totalResults"]) == (200, 1)


def test_a_membership_that_the_backend_does_not_answer_is_no_empty_list(play, blind):
    query = 'GET /Groups?filter=members.value eq "a" and externalId pr'
    assert play(query, [], gateway=blind).finished.code == "SG301"


def test_a_filter_by_id_is_checked_whole(play, make_gateway):
    steps = [(READ, ok(group("b")))]
    played = play('GET /Groups?filter=id eq "g" and members.value eq "a"', steps, gateway=make_gateway())
    assert played.body["totalResults"] == 0


# No more than three are shown


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("PATCH /Groups/g", patch(("remove", 'members[display eq "Babs"]'), ("replace", "externalId", "1"))),
        ("PATCH /Groups/g", patch(("replace", "members", named("a")), ("remove", 'members[display eq "x"]'))),
    ],
)
def test_a_list_that_may_go_on_is_not_compared(play, partial, line, body):
    shown = group("a", "b", "c")
    shown["members"][0]["display"] = "Babs"
    steps = [("hold g", True), (READ, ok(shown)), ("release g", None)]
    played = play(line, steps, body=body, gateway=partial())
    assert played.finished.code == "SG209"


def test_a_list_shown_in_part_takes_native_changes_along_with_a_comparison(play, partial):
    body = patch(("add", "members", named("z")), ("remove", "externalId"), ("replace", "displayName", "x"))
    steps = [(PATCH, Reply(204))]
    assert play("PATCH /Groups/g", steps, body=body, gateway=partial()).status == 204


def test_the_rest_of_a_group_can_be_changed_whoever_is_in_it(play, partial):
    body = patch(("add", "members", named("z")), ("replace", "displayName", "x"))
    played = play("PATCH /Groups/g", [(PATCH, Reply(204))], body=body, gateway=partial(without="replace"))
    assert sent(played) == [("add", "members", named("z")), ("replace", "displayName", "x")]


def test_a_put_at_a_backend_without_put_is_refused_where_the_list_may_go_on(play, partial):
    steps = [("hold g", True), (READ, ok(group("a", "b", "c"))), ("release g", None)]
    body = {"schemas": [GROUP], "displayName": "x"}
    assert play("PUT /Groups/g", steps, body=body, gateway=partial(without="replace")).finished.code == "SG209"


def test_a_put_says_the_whole_list_and_goes_as_it_is(play, partial):
    wanted = group("a", "z")
    steps = [("hold g", True), (READ, ok(group("a", "b", "c"))), (PUT, ok(wanted)), ("release g", None)]
    played = play("PUT /Groups/g", steps, body=wanted, gateway=partial())
    assert played.calls[1].body["members"] == named("a", "z")


def test_a_patch_is_not_sent_as_the_put_of_a_list_that_may_go_on(play, partial):
    steps = [("hold g", True), (READ, ok(group("a", "b", "c"))), ("release g", None)]
    body = patch(("replace", "displayName", "x"))
    assert play("PATCH /Groups/g", steps, body=body, gateway=partial(without="modify")).finished.code == "SG209"
    steps[1:2] = [(READ, ok(group("a", "b"))), (PUT, ok(group("a", "b", displayName="x")))]
    assert play("PATCH /Groups/g", steps, body=body, gateway=partial(without="modify")).status == 200
