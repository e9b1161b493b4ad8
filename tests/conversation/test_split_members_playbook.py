"""Members of a group that live in another branch: refused before anything is sent, or kept by the gateway."""

import pytest
from split_stage import split_gateway

from gateway.conversation.effects import Reply

GATEWAY = split_gateway()
GROUP = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Guides"}
USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}
PATCH = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
HERE, ABROAD = {"value": "eu~~1"}, {"value": "us~~1"}


def patch(*operations):
    return {**PATCH, "Operations": list(operations)}


def add(*members):
    return {"op": "add", "path": "members", "value": list(members)}


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("POST /Groups", {**GROUP, "members": [HERE, ABROAD]}),
        ("PUT /Groups/eu~~7", {**GROUP, "members": [ABROAD]}),
        ("PATCH /Groups/eu~~7", patch(add(HERE, ABROAD))),
        ("PATCH /Groups/eu~~7", patch({"op": "replace", "path": "members", "value": [ABROAD]})),
        ("PATCH /Groups/eu~~7", patch({"op": "add", "value": {"members": [ABROAD]}})),
        ("POST /Users", {**USER, "userName": "ada@eu.acme.example", ENTERPRISE: {"manager": ABROAD}}),
        ("PUT /Users/eu~~7", {**USER, "userName": "ada@eu.acme.example", ENTERPRISE: {"manager": ABROAD}}),
        ("PATCH /Users/eu~~7", patch({"op": "add", "value": {ENTERPRISE: {"manager": ABROAD}}})),
        ("PATCH /Users/eu~~7", patch({"op": "replace", "path": f"{ENTERPRISE}:manager", "value": ABROAD})),
        ("PATCH /Users/eu~~7", patch({"op": "replace", "path": f"{ENTERPRISE}:manager", "value": "us~~1"})),
        ("PATCH /Users/eu~~7", patch({"op": "replace", "path": f"{ENTERPRISE}:manager.value", "value": "us~~1"})),
    ],
)
def test_a_reference_into_another_branch_is_refused_before_anything_is_sent(play, line, body):
    played = play(line, [], gateway=GATEWAY, body=body)
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "invalidValue", "SG351")
    assert "us" in played.detail
    assert "absent_member: keep" in played.detail


@pytest.mark.parametrize("value", ["1", "cn~~1", "eu~1"])
def test_an_id_of_nobody_is_refused_as_ever(play, value):
    played = play("PATCH /Groups/eu~~7", [], gateway=GATEWAY, body=patch(add({"value": value})))
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")
    assert played.finished.code != "SG351"


def test_who_lives_elsewhere_is_no_member_and_need_not_go(play):
    remove = {"op": "remove", "path": 'members[value eq "us~~1"]'}
    steps = [("GET /Groups/7", Reply(200, {}, {**GROUP, "id": "7"}))]
    played = play("PATCH /Groups/eu~~7", steps, gateway=GATEWAY, body=patch(remove))
    assert (played.status, [call.method for call in played.calls]) == (200, ["GET"])


def test_members_of_the_same_branch_are_sent_by_their_native_ids(play):
    steps = [("PATCH /Groups/7", Reply(204))]
    played = play("PATCH /Groups/eu~~7", steps, gateway=GATEWAY, body=patch(add(HERE)))
    assert played.status == 204
    assert played.calls[0].body["Operations"] == [{"op": "add", "path": "members", "value": [{"value": "1"}]}]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_where_no_members_are_shown_those_of_the_branch_are_not_left_in_beside_who_is_kept(play, method):
    """`members: [somebody elsewhere]` says that nobody here is one; who that would be the vendor does not tell."""
    gateway = split_gateway((("eu", "scim2", None), ("aws", "aws-identity-center", None)), absent_member="keep")
    body = {**GROUP, "members": [HERE]}
    replace = patch({"op": "replace", "path": "members", "value": [HERE]})
    played = play(f"{method} /Groups/aws~~7", [], gateway=gateway, body=body if method == "PUT" else replace)
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "mutability", "SG209")
