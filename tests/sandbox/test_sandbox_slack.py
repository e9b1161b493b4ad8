"""Slack's SCIM API 2.0 as its pages have it."""

import pytest

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CREATE = {
    "schemas": [USER],
    "userName": "bjensen",
    "name": {"familyName": "Jensen", "givenName": "Barbara"},
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}],
}


@pytest.fixture
async def line(dial):
    return await dial("slack")


async def create(line, **more):
    made = await line("POST", "/Users", {**CREATE, **more}, media_type="application/json")
    assert made.status == 201, made.text
    return made.body


def patch(*operations):
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


async def test_what_was_never_set_is_answered_as_null(line):
    made = await create(line)
    assert (made["externalId"], made["title"], made["active"], made["groups"]) == ("", None, True, [])
    assert made["roles"] == [{"value": None, "primary": True}]
    assert made["addresses"] == [dict.fromkeys(("streetAddress", "locality", "region", "postalCode", "country"))]
    assert made["phoneNumbers"] == [{"value": None, "type": "mobile"}, {"value": None, "primary": True}]
    assert made[ENTERPRISE]["manager"] == {"managerId": None}
    assert set(made["meta"]) == {"created", "location"}
    assert made["meta"]["created"].endswith("-08:00")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("bjensen", "bjensen"),
        ("guestUser", "guestuser"),
        ("bjensen@example.com", "bjensen"),
        ("Barbara Jensen", "barbara_jensen"),
        ("a-very-long-name-of-a-person", "a-very-long-name-of-a"),
    ],
)
async def test_a_name_becomes_a_handle_and_the_nickname(line, given, kept):
    made = await create(line, userName=given)
    assert (made["userName"], made["nickName"]) == (kept, kept)


async def test_a_new_nickname_renames_the_person(line):
    made = await create(line)
    edit = {"op": "replace", "path": "nickName", "value": "babs"}
    assert (await line("PATCH", f"/Users/{made['id']}", patch(edit))).body["userName"] == "babs"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([{"value": "a@x.y"}, {"value": "b@x.y", "type": "work"}], [("b@x.y", True), ("a@x.y", False)]),
        ([{"value": "a@x.y"}, {"value": "b@x.y", "primary": True}, {"value": "c@x.y"}],
         [("b@x.y", True), ("a@x.y", False)]),
        ([{"value": "a@x.y"}], [("a@x.y", True)]),
    ],
)  # fmt: skip
async def test_two_e_mails_are_kept_and_answered_without_a_type(line, given, kept):
    made = await create(line, emails=given)
    assert made["emails"] == [{"value": value, "primary": primary} for value, primary in kept]


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"schemas": None}, "missing_schema_element"),
        ({"schemas": [GROUP]}, "missing_schema_element"),
        ({"userName": ""}, "username_empty"),
        ({"emails": []}, "email_empty"),
        ({"active": "false"}, "invalid_attribute_format"),
        ({"shoeSize": 44}, "invalid_request_payload"),
    ],
)
async def test_an_error_is_one_word_and_a_number(line, more, word):
    body = {name: value for name, value in {**CREATE, **more}.items() if value is not None}
    refused = await line("POST", "/Users", body)
    assert (refused.status, refused.body["detail"], refused.body["status"]) == (400, word, 400)


async def test_the_primary_e_mail_cannot_go(line):
    made = await create(line)
    refused = await line("PATCH", f"/Users/{made['id']}", patch({"op": "remove", "path": "emails"}))
    assert (refused.status, refused.body["detail"]) == (400, "missing_primary_email")


async def test_delete_deactivates_a_person_and_removes_a_group(line):
    made = await create(line)
    group = (await line("POST", "/Groups", {"schemas": [GROUP], "displayName": "Tour Guides"})).body
    for path in (f"/Users/{made['id']}", f"/Groups/{group['id']}"):
        assert (await line("DELETE", path)).status == 204
    assert (await line("GET", f"/Users/{made['id']}")).body["active"] is False
    assert (await line("GET", f"/Groups/{group['id']}")).status == 404


async def test_a_taken_handle_is_refused_even_of_somebody_inactive(line):
    made = await create(line)
    await line("DELETE", f"/Users/{made['id']}")
    refused = await line("POST", "/Users", {**CREATE, "userName": "BJENSEN"})
    assert (refused.status, refused.body["detail"]) == (409, "username_taken")


async def test_put_blanks_what_is_left_out(line):
    made = await create(line, title="Guide")
    replaced = await line("PUT", f"/Users/{made['id']}", CREATE)
    assert replaced.body["title"] is None


async def test_phone_numbers_come_back_under_other_types(line):
    given = [{"value": "1", "type": "work"}, {"value": "2", "type": "mobile"}]
    made = await create(line, phoneNumbers=given)
    assert made["phoneNumbers"] == [{"value": "1", "type": "mobile"}, {"value": "2", "primary": True}]


@pytest.mark.parametrize(
    ("options", "text", "status", "found"),
    [
        ((), 'userName eq "BJensen"', 200, 1),
        ((), 'userName eq "nobody"', 200, 0),
        ((), 'title eq "Guide"', 400, None),
        (("overlooks-filters",), 'userName eq "nobody"', 200, 1),
    ],
)
async def test_filters_are_heeded_or_overlooked(dial, options, text, status, found):
    line = await dial("slack", *options)
    await create(line)
    answer = await line("GET", "/Users", params={"filter": text})
    assert answer.status == status
    assert found is None or answer.body["totalResults"] == found


async def test_a_user_shows_the_groups_that_have_it_among_their_members(line):
    made = await create(line)
    group = {"schemas": [GROUP], "displayName": "Crew", "members": [{"value": made["id"]}]}
    crew = (await line("POST", "/Groups", group)).body["id"]
    shown = (await line("GET", f"/Users/{made['id']}")).body["groups"]
    assert shown == [{"value": crew, "display": "Crew"}]
    await line("DELETE", f"/Groups/{crew}")
    assert (await line("GET", f"/Users/{made['id']}")).body["groups"] == []
