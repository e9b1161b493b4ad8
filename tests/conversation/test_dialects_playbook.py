"""What shipped vendors are known for, call by call: who is never lost, never made twice, never let in again."""

import pytest
from change_stage import patch

from gateway.conversation.effects import Reply

VENDORS = ["slack", "github-emu", "atlassian", "webex", "new-relic", "databricks"]
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
MEMBERS = [{"value": f"m-{number}", "type": "user"} for number in range(500)]


def ok(record):
    return Reply(200, {}, record)


def group(**more):
    return {"schemas": [GROUP], "id": "7", "displayName": "Tour Guides", **more}


def held(native, *steps):
    return [(f"hold {native}", True), *steps, (f"release {native}", None)]


# A group of which not all members are shown


@pytest.mark.parametrize(
    ("operation", "sent"),
    [
        (("add", "members", [{"value": "new"}]), {"op": "add", "path": "members", "value": [{"value": "new"}]}),
        (("remove", 'members[value eq "m-3"]'), {"op": "remove", "path": 'members[value eq "m-3"]'}),
    ],
)
def test_members_of_a_crowd_come_and_go_without_a_look_at_it(play, make_gateway, operation, sent):
    steps = [("PATCH /Groups/7", ok(group(members=MEMBERS)))]
    played = play("PATCH /Groups/7", steps, body=patch(operation), gateway=make_gateway("webex"))
    assert (played.status, played.calls[0].body["Operations"]) == (204, [sent])


def test_a_crowd_is_not_replaced_by_what_is_shown_of_it(play, make_gateway):
    body = {"schemas": [GROUP], "displayName": "Tour Guides", "members": MEMBERS}
    pages = [[*MEMBERS], [{"value": "m-last"}]]
    listed = [
        (f"GET /Groups/7/Members?startIndex={begin}&count=500", ok({"members": some, "memberSize": 501}))
        for begin, some in ((1, pages[0]), (501, pages[1]))
    ]
    steps = held("7", ("GET /Groups/7", ok(group(members=MEMBERS))), *listed, ("PATCH /Groups/7", Reply(204)),
                 ("GET /Groups/7", ok(group(members=MEMBERS))))  # fmt: skip
    steps += [(listed[0][0], ok({"members": MEMBERS, "memberSize": 500}))]
    played = play("PUT /Groups/7", steps, body=body, gateway=make_gateway("webex"))
    assert played.calls[3].body["Operations"] == [{"op": "remove", "path": 'members[value eq "m-last"]'}]
    assert len(played.body["members"]) == 500


def test_a_list_of_groups_asks_for_the_members(play, make_gateway, page):
    steps = [("GET /Groups?includeMembers=true&startIndex=1&count=100", page(group(members=MEMBERS[:1])))]
    played = play("GET /Groups", steps, gateway=make_gateway("webex"))
    assert played.body["Resources"][0]["members"][0]["value"] == "m-0"


# Somebody who answers 404 while deactivated


def test_who_answers_404_is_let_in_again_without_a_read(play, make_gateway, user):
    steps = [("PATCH /Users/k%26Kd", ok(user("k&Kd", active=True)))]
    body = patch(("replace", "active", True))
    played = play("PATCH /Users/k~26Kd", steps, body=body, gateway=make_gateway("atlassian"))
    assert (played.status, played.body["active"], played.body["id"]) == (200, True, "k~26Kd")


@pytest.mark.parametrize(("address", "calls"), [("bjensen@example.com", 1), ("babs@example.com", 2)])
def test_e_mails_that_stay_the_same_are_not_written(play, make_gateway, user, address, calls):
    emails = [{"value": "bjensen@example.com", "type": "work", "primary": True}]
    record = user("8", emails=emails, displayName="Barbara Jensen")
    wanted = [{**emails[0], "value": address}]
    written = ("PUT /Users/8", ok({**record, "emails": wanted}))
    steps = held("8", ("GET /Users/8", ok(record)), *([written] if calls == 2 else []))
    played = play("PATCH /Users/8", steps, body=patch(("replace", "emails", wanted)), gateway=make_gateway("atlassian"))
    assert (played.status, len(played.calls)) == (200, calls)
    assert played.calls[-1].body is None or played.calls[-1].body["displayName"] == "Barbara Jensen"


# Names that would come back as others


@pytest.mark.parametrize(("name", "status"), [("bjensen", 201), ("bjensen@example.com", 400)])
def test_a_name_that_would_be_rewritten_is_refused(play, make_gateway, user, name, status):
    body = {"userName": name, "emails": [{"value": "bjensen@example.com", "primary": True}]}
    steps = [("POST /Users", Reply(201, {}, user("U1", emails=body["emails"])))] if status == 201 else []
    played = play("POST /Users", steps, body=body, gateway=make_gateway("slack"))
    assert played.status == status
    assert status == 201 or "userName" in played.detail


@pytest.mark.parametrize(
    ("word", "status"),
    [("username_taken", 409), ("email_taken", 409), ("missing_primary_email", 400)],
)
def test_an_error_of_one_word_is_understood(play, make_gateway, word, status):
    body = {"userName": "bjensen", "emails": [{"value": "bjensen@example.com"}]}
    reply = Reply(400, {}, {"detail": word, "status": 400})
    played = play("POST /Users", [("POST /Users", reply)], body=body, gateway=make_gateway("slack"))
    assert played.status == status


def test_somebody_who_is_not_there_is_not_found_whatever_the_status(play, make_gateway):
    steps = [("GET /Users/8", Reply(400, {}, {"detail": "no_such_user", "status": 400}))]
    assert play("GET /Users/8", steps, gateway=make_gateway("slack")).status == 404


# What is set once


def test_what_the_vendor_would_overlook_is_refused(play, make_gateway, user):
    record = user("8", emails=[{"value": "bjensen@example.com", "type": "work", "primary": True}])
    body = patch(("replace", "emails", [{"value": "babs@example.com", "type": "work", "primary": True}]))
    steps = held("8", ("GET /Users/8", ok(record)), ("recall kept 8", [None]))
    played = play("PATCH /Users/8", steps, body=body, gateway=make_gateway("databricks"))
    assert (played.status, played.body["scimType"]) == (400, "mutability")


def test_a_group_put_by_the_client_is_a_patch_that_spares_what_is_not_carried(play, make_gateway):
    record = group(members=[{"value": "1"}], entitlements=[{"value": "allow-cluster-create"}])
    steps = held("7", ("GET /Groups/7", ok(record)), ("PATCH /Groups/7", ok(record | {"displayName": "Guides"})))
    body = {"schemas": [GROUP], "displayName": "Guides", "members": [{"value": "1"}]}
    played = play("PUT /Groups/7", steps, body=body, gateway=make_gateway("databricks"))
    operations = [{"op": "replace", "path": "displayName", "value": "Guides"}]
    assert (played.status, played.calls[1].body["Operations"]) == (200, operations)


@pytest.mark.parametrize("name", VENDORS)
def test_a_removal_of_active_lets_nobody_in(play, make_gateway, user, name):
    address = [{"value": "bjensen@example.com", "type": "work", "primary": True}]
    kept = [("recall kept 8", [None])] if name in ("slack", "databricks") else []
    steps = held("8", ("GET /Users/8", ok(user("8", active=False, displayName="Babs", emails=address))), *kept)
    played = play("PATCH /Users/8", steps, body=patch(("remove", "active")), gateway=make_gateway(name))
    assert (played.status, played.body["active"]) == (200, False)


@pytest.mark.parametrize("name", VENDORS)
def test_every_vendor_hears_of_a_deactivation_in_one_call(play, make_gateway, user, name):
    kept = [("recall kept 8", [None])] if name in ("slack", "databricks") else []
    steps = [("PATCH /Users/8", ok(user("8", active=False))), *kept]
    played = play("PATCH /Users/8", steps, body=patch(("replace", "active", False)), gateway=make_gateway(name))
    assert played.calls[0].body["Operations"] == [{"op": "replace", "path": "active", "value": False}]
    assert (played.status, played.body["active"]) == (200, False)


# Groups that are there to be joined, and are neither made nor deleted


@pytest.mark.parametrize("line", ["POST /Groups", "DELETE /Groups/7"])
def test_a_group_is_neither_made_nor_deleted_where_the_vendor_does_not_let_anybody(play, make_gateway, line):
    body = {"schemas": [GROUP], "displayName": "Tour Guides"} if line.startswith("POST") else None
    played = play(line, [], body=body, gateway=make_gateway("salesforce"))
    assert (played.status, played.calls) == (501, [])


def test_members_of_a_group_come_and_go_by_one_patch(play, make_gateway):
    body = patch(("add", "members", [{"value": "005A"}]), ("remove", 'members[value eq "005B"]'))
    sent = [{"op": "add", "path": "members", "value": [{"value": "005A"}]},
            {"op": "remove", "path": 'members[value eq "005B"]'}]  # fmt: skip
    steps = [("PATCH /Groups/00G1", ok(group(id="00G1", members=[{"value": "005A", "display": "Babs"}])))]
    played = play("PATCH /Groups/00G1", steps, body=body, gateway=make_gateway("salesforce"))
    assert (played.status, played.calls[0].body["Operations"]) == (200, sent)
    assert played.body["members"][0]["value"] == "005A"


def test_a_put_of_a_group_is_the_patch_of_what_differs(play, make_gateway):
    record = group(id="00G1", members=[{"value": "005A"}, {"value": "005B"}])
    wanted = {"schemas": [GROUP], "displayName": "Tour Guides", "members": [{"value": "005B"}, {"value": "005C"}]}
    left = [{"value": "005B"}, {"value": "005C"}]
    steps = held("00G1", ("GET /Groups/00G1", ok(record)), ("PATCH /Groups/00G1", ok(record | {"members": left})))
    played = play("PUT /Groups/00G1", steps, body=wanted, gateway=make_gateway("salesforce"))
    assert (played.status, [one["value"] for one in played.body["members"]]) == (200, ["005B", "005C"])
