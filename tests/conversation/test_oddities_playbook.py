"""Oddities of shipped vendors that a call shows: what a PATCH becomes, how ids travel, what a list may say."""

import pytest
from change_stage import ENTERPRISE, ok, patch

from gateway.conversation.effects import Reply

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ZOOM = "/Users/k%26KdKr6"
ZOOM_ID = "k&KdKr6"
KEPT = (f"recall kept {ZOOM_ID}", [None])
HELD, FREED = (f"hold {ZOOM_ID}", True), (f"release {ZOOM_ID}", None)


@pytest.fixture
def zoom(make_gateway):
    return make_gateway("zoom")


def test_an_id_with_an_ampersand_is_one_segment_for_the_vendor_and_a_safe_one_for_clients(play, user, zoom):
    played = play("GET /Users/k~26KdKr6", [(f"GET {ZOOM}", ok(user(ZOOM_ID))), KEPT], gateway=zoom)
    assert (played.status, played.body["id"]) == (200, "k~26KdKr6")
    assert played.body["meta"]["location"].endswith("/Users/k~26KdKr6")


def test_a_patch_becomes_a_put_of_what_changes_that_lists_its_schemas(play, user, zoom):
    steps = [(f"PUT {ZOOM}", ok(user(ZOOM_ID, active=False))), KEPT]
    body = patch(("replace", "active", False), ("replace", f"{ENTERPRISE}:department", "Tours"))
    played = play("PATCH /Users/k~26KdKr6", steps, body=body, gateway=zoom)
    assert played.calls[0].body == {
        "schemas": [CORE, ENTERPRISE],
        "active": False,
        ENTERPRISE: {"department": "Tours"},
    }
    assert (played.status, played.body["active"]) == (200, False)


def test_a_put_becomes_a_put_of_what_changes(play, user, zoom):
    steps = [
        HELD,
        (f"GET {ZOOM}", ok(user(ZOOM_ID, title="Guide", locale="en-US"))),
        KEPT,
        (f"PUT {ZOOM}", ok(user(ZOOM_ID, title="Driver"))),
        FREED,
    ]
    body = {"userName": "bjensen", "title": "Driver"}
    played = play("PUT /Users/k~26KdKr6", steps, body=body, gateway=zoom)
    assert played.calls[1].body == {"schemas": [CORE], "title": "Driver", "locale": None}
    assert played.status == 200


def test_a_licence_is_never_guessed(play, zoom):
    played = play("POST /Users", [], body={"userName": "bjensen", "userType": "Employee"}, gateway=zoom)
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")


def test_values_stand_bare_in_a_filter_and_what_comes_back_is_checked(play, user, page, zoom):
    asked = "GET /Users?filter=userName eq bjensen@example.com&startIndex=1&count=100"
    kept = ("recall kept k1", [None])
    learnt = ("keep correlation userName=bjensen@example.com = k1 for 86400", True)
    found = page(user("k1", "bjensen@example.com"), user("k2", "another@example.com"))
    steps = [("recall correlation userName=bjensen@example.com", (None,)), (asked, found), kept, learnt]
    played = play('GET /Users?filter=userName eq "bjensen@example.com"', steps, gateway=zoom)
    assert [one["id"] for one in played.body["Resources"]] == ["k1"]


def test_the_one_value_of_a_vendor_without_lists_is_the_primary(play, user, make_gateway):
    emails = [{"value": "babs@home.example", "type": "home"}, {"value": "b@work.example", "primary": True}]
    made = user(emails=[{"value": "b@work.example"}])
    gateway = make_gateway("snowflake")
    played = play(
        "POST /Users",
        [("POST /Users", Reply(201, {}, made))],
        body={"userName": "bjensen", "emails": emails},
        gateway=gateway,
    )
    assert played.calls[0].body["emails"] == [{"value": "b@work.example"}]
    assert played.body["emails"] == [{"value": "b@work.example", "type": "work", "primary": True}]


def test_a_list_that_says_nothing_is_refused_and_never_shown_as_empty(play, make_gateway):
    played = play("GET /Users", [], gateway=make_gateway("snowflake"))
    assert (played.status, played.body["scimType"]) == (400, "tooMany")
    assert "userName eq" in played.detail


def test_a_filter_that_would_be_answered_with_an_empty_list_is_not_asked(play, make_gateway):
    played = play('GET /Users?filter=externalId eq "701984"', [], gateway=make_gateway("snowflake"))
    assert (played.status, played.calls) == (400, [])


GITLAB = {
    "schemas": [CORE],
    "id": "0b1d561c",
    "userName": "bjensen",
    "name.formatted": "Barbara Jensen",
    "emails": [{"type": "work", "value": "bjensen@example.com", "primary": True}],
    "active": True,
    "meta": {"resourceType": "User"},
}
NEW_MEMBER = {
    "externalId": "0b1d561c",
    "userName": "bjensen",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "emails": [{"type": "work", "value": "bjensen@example.com", "primary": True}],
    "active": True,
}


@pytest.fixture
def gitlab(make_gateway):
    return make_gateway("gitlab-group")


def test_an_external_id_that_becomes_the_id_is_shown_as_both(play, gitlab):
    played = play("POST /Users", [("POST /Users", Reply(201, {}, GITLAB))], body=NEW_MEMBER, gateway=gitlab)
    sent = played.calls[0].body
    assert (sent["externalId"], sent["name"]["formatted"], sent["active"]) == ("0b1d561c", "Barbara Jensen", "true")
    assert (played.body["id"], played.body["externalId"]) == ("0b1d561c", "0b1d561c")
    assert (played.body["name"], played.body["active"]) == ({"formatted": "Barbara Jensen"}, True)


def test_a_look_up_by_external_id_asks_for_the_id(play, page, gitlab):
    asked = 'GET /Users?filter=id eq "0b1d561c"&startIndex=1&count=20'
    steps = [
        ("recall correlation externalId=0b1d561c", (None,)),
        (asked, page(GITLAB)),
        ("keep correlation externalId=0b1d561c = 0b1d561c for 86400", True),
    ]
    played = play('GET /Users?filter=externalId eq "0b1d561c"', steps, gateway=gitlab)
    assert [one["externalId"] for one in played.body["Resources"]] == ["0b1d561c"]


@pytest.mark.parametrize("value", [False, "False"])
def test_active_is_written_as_a_text_and_answered_without_a_record(play, gitlab, value):
    steps = [("PATCH /Users/0b1d561c", Reply(204))]
    played = play("PATCH /Users/0b1d561c", steps, body=patch(("replace", "active", value)), gateway=gitlab)
    assert played.calls[0].body["Operations"] == [{"op": "replace", "path": "active", "value": "false"}]
    assert played.status == 204


def test_a_put_that_deactivates_changes_that_alone(play, gitlab):
    steps = [
        ("hold 0b1d561c", True),
        ("GET /Users/0b1d561c", ok(GITLAB)),
        ("PATCH /Users/0b1d561c", Reply(204)),
        ("GET /Users/0b1d561c", ok({**GITLAB, "active": False})),
        ("release 0b1d561c", None),
    ]
    body = {**NEW_MEMBER, "name": {"givenName": "Babs", "familyName": "Jensen"}, "active": False}
    played = play("PUT /Users/0b1d561c", steps, body=body, gateway=gitlab)
    assert played.calls[1].body["Operations"] == [{"op": "replace", "path": "active", "value": "false"}]
    assert (played.status, played.body["active"]) == (200, False)


def test_a_change_that_is_not_heeded_does_not_hold_up_a_deactivation(play, gitlab):
    steps = [
        ("hold 0b1d561c", True),
        ("GET /Users/0b1d561c", ok(GITLAB)),
        ("PATCH /Users/0b1d561c", Reply(204)),
        ("GET /Users/0b1d561c", ok({**GITLAB, "active": False})),
        ("release 0b1d561c", None),
    ]
    body = {**NEW_MEMBER, "userName": "babs", "active": False}
    played = play("PUT /Users/0b1d561c", steps, body=body, gateway=gitlab)
    assert {one["path"]: one["value"] for one in played.calls[1].body["Operations"]} == {
        "userName": "babs",
        "active": "false",
    }
    assert (played.status, played.body["userName"], played.body["active"]) == (200, "bjensen", False)


AWS_GROUP = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g1", "displayName": "Guides"}


@pytest.fixture
def aws(make_gateway):
    return make_gateway("aws-identity-center")


def test_more_members_than_a_request_takes_follow_by_patches(play, aws):
    members = [{"value": f"u{one}"} for one in range(250)]
    steps = [
        ("POST /Groups", Reply(201, {}, {**AWS_GROUP, "members": []})),
        ("PATCH /Groups/g1", Reply(204)),
        ("PATCH /Groups/g1", Reply(204)),
        ("GET /Groups/g1", ok({**AWS_GROUP, "members": []})),
    ]
    played = play("POST /Groups", steps, body={"displayName": "Guides", "members": members}, gateway=aws)
    sent = [played.calls[0].body["members"], *(call.body["Operations"][0]["value"] for call in played.calls[1:3])]
    assert ([len(one) for one in sent], [each for one in sent for each in one]) == ([100, 100, 50], members)
    assert (played.status, "members" in played.body) == (201, False)


def test_a_put_of_a_group_that_says_nothing_of_members_renames_it(play, aws):
    steps = [
        ("hold g1", True),
        ("GET /Groups/g1", ok({**AWS_GROUP, "members": []})),
        ("PATCH /Groups/g1", Reply(204)),
        ("GET /Groups/g1", ok({**AWS_GROUP, "displayName": "All Guides"})),
        ("release g1", None),
    ]
    played = play("PUT /Groups/g1", steps, body={"displayName": "All Guides"}, gateway=aws)
    assert played.calls[1].body["Operations"] == [{"op": "replace", "path": "displayName", "value": "All Guides"}]
    assert (played.status, played.body["displayName"]) == (200, "All Guides")


def test_a_list_is_asked_for_with_an_empty_cursor_and_read_to_its_end(play, user, aws):
    first = Reply(200, {}, {"Resources": [user("u1")], "itemsPerPage": 1, "nextCursor": "c:2"})
    last = Reply(200, {}, {"Resources": [user("u2", "another")], "itemsPerPage": 1})
    steps = [("GET /Users?cursor=&count=100", first), ("GET /Users?cursor=c:2&count=100", last)]
    assert play("GET /Users", steps, gateway=aws).body["totalResults"] == 2


GOOGLE = "urn:ietf:params:scim:schemas:extension:google:2.0:CloudIdentityGroup"
GOOGLE_GROUP = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group", GOOGLE],
    "id": "g1",
    "displayName": "Guides",
    GOOGLE: {"email": "guides@example.com"},
}


@pytest.fixture
def google(make_gateway):
    return make_gateway("google-cloud-identity")


def test_members_of_a_new_group_follow_one_by_one(play, google):
    steps = [
        ("POST /Groups", Reply(201, {}, GOOGLE_GROUP)),
        ("GET /Groups/g1", ok(GOOGLE_GROUP)),
        *[("PATCH /Groups/g1", Reply(200, {}, {}))] * 3,
        ("GET /Groups/g1", ok(GOOGLE_GROUP)),
    ]
    members = [{"value": "u1"}, {"value": "u2"}, {"value": "u3"}]
    body = {"displayName": "Guides", "members": members, GOOGLE: {"email": "guides@example.com"}}
    played = play("POST /Groups", steps, body=body, gateway=google)
    assert "members" not in played.calls[0].body
    sent = [call.body["Operations"] for call in played.calls[2:5]]
    assert sent == [[{"op": "add", "path": "members", "value": [one]}] for one in members]
    assert (played.status, "members" in played.body) == (201, False)


def test_a_group_without_an_address_is_refused_with_its_name(play, google):
    played = play("POST /Groups", [], body={"displayName": "Guides"}, gateway=google)
    assert (played.status, f"{GOOGLE}:email is required" in played.detail) == (400, True)


def test_nobody_is_found_by_a_filter_that_the_vendor_does_not_have(play, google):
    for asked in ("GET /Users", 'GET /Users?filter=externalId eq "701984"', "GET /Users?filter=active eq true"):
        played = play(asked, [], gateway=google)
        assert (played.status, played.body["scimType"]) == (400, "tooMany")


def test_a_person_who_was_only_invited_is_not_said_to_be_created(play, google):
    steps = [("POST /Users", Reply(202, {}, {}))]
    played = play("POST /Users", steps, body={"userName": "bjensen@example.com"}, gateway=google)
    assert (played.status, "invited" in played.detail) == (409, True)


BARBARA = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "u1",
    "userName": "bj@example.com",
    "active": True,
    "emails": [{"value": "bj@example.com", "primary": True}, {"value": "b@home.example", "type": "home"}],
}
HOLD, RELEASE = ("hold u1", True), ("release u1", None)


def compared(shown):
    return [("GET /Users/u1", ok(BARBARA)), ("PATCH /Users/u1", Reply(200, {}, {})), ("GET /Users/u1", ok(shown))]


@pytest.mark.parametrize("spelling", [[], ["bj@example.com"], ["BJ@Example.com"]])
def test_an_email_that_the_vendor_adds_is_shown_and_never_sent(play, google, spelling):
    wanted = [{"value": one, "type": "work"} for one in spelling] + [{"value": "b@home.example", "type": "home"}]
    body = {"userName": "bj@example.com", "active": True, "emails": wanted}
    played = play("PUT /Users/u1", [HOLD, ("GET /Users/u1", ok(BARBARA)), RELEASE], body=body, gateway=google)
    assert (played.status, played.body["emails"]) == (200, BARBARA["emails"])


def test_of_a_changed_list_the_rest_is_sent(play, google):
    changed = {**BARBARA, "emails": [BARBARA["emails"][0], {"value": "b@work.example", "type": "work"}]}
    steps = [HOLD, *compared(changed), RELEASE]
    body = {"userName": "bj@example.com", "active": True, "emails": [{"value": "b@work.example", "type": "work"}]}
    played = play("PUT /Users/u1", steps, body=body, gateway=google)
    assert "bj@example.com" not in str(played.calls[1].body)
    assert played.body["emails"] == changed["emails"]


def test_who_is_renamed_by_comparison_is_not_left_the_vendors_old_email(play, google):
    steps = [HOLD, *compared(None)[:2], RELEASE]
    operations = [
        ("replace", "userName", "b@example.com"),
        ("replace", 'emails[type eq "home"].value', "b2@home.example"),
    ]
    played = play("PATCH /Users/u1", steps, body=patch(*operations), gateway=google)
    assert played.status == 204
    assert "bj@example.com" not in str(played.calls[1].body)
    assert "b2@home.example" in str(played.calls[1].body)
