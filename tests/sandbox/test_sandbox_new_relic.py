"""New Relic as its pages have it."""

import pytest

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LICENCE = "urn:ietf:params:scim:schemas:extension:newrelic:2.0:User"
CREATE = {
    "schemas": [USER],
    "externalId": "external-id-1",
    "userName": "bjensen@example.com",
    "name": {"familyName": "Jensen", "givenName": "Barbara"},
    "emails": [{"value": "bjensen@example.com", "primary": True}],
    "timezone": "America/Los_Angeles",
    "active": True,
}


@pytest.fixture
async def line(dial):
    return await dial("new-relic")


async def create(line, **more):
    made = await line("POST", "/Users", {**CREATE, **more}, media_type="application/json")
    assert made.status == 201, made.text
    return made.body


def patch(*operations):
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


async def test_the_documented_create_answers_without_a_location(line):
    made = await line("POST", "/Users", {**CREATE, "groups": []})
    assert made.body == {**CREATE, "id": made.body["id"], "meta": made.body["meta"], "groups": []}
    assert set(made.body["meta"]) == {"resourceType", "created", "lastModified"}
    assert "Location" not in made.headers


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"userName": ""}, "Validation failed: userName can't be blank"),
        ({"emails": []}, "Validation failed: emails can't be blank"),
        ({"active": None}, "active must be of type boolean."),
        ({"emails": [{"value": "a@example.com"}, {"value": "b@example.com"}]}, "emails takes at most 1 item(s)."),
    ],
)
async def test_what_is_required_is_asked_for(line, more, said):
    refused = await line("POST", "/Users", {**CREATE, **more})
    assert (refused.status, refused.body["detail"], refused.body["scimType"]) == (400, said, "invalidValue")


async def test_unknown_fields_are_overlooked(line):
    made = await create(line, title="Guide", shoeSize=44, emails=[{"value": "b@example.com", "type": "work"}])
    assert {"title", "shoeSize"} & set(made) == set()
    assert made["emails"] == [{"value": "b@example.com"}]


async def test_a_name_in_use_already_exists(line):
    await create(line)
    refused = await line("POST", "/Users", CREATE)
    assert (refused.status, refused.body["detail"]) == (409, "Resource already exists")


async def test_put_keeps_what_is_left_out_and_takes_no_null(line):
    made = await create(line)
    replaced = await line("PUT", f"/Users/{made['id']}", {"schemas": [USER], "timezone": "America/Chicago"})
    assert replaced.body == {**made, "timezone": "America/Chicago", "meta": replaced.body["meta"]}
    assert (await line("PUT", f"/Users/{made['id']}", {"schemas": [USER], "timezone": None})).status == 400


async def test_a_patch_is_answered_without_a_body_and_heeds_capitalised_operations(line):
    made = await create(line)
    body = patch({"op": "Replace", "path": "active", "value": "false"}, {"op": "remove", "path": "timezone"})
    patched = await line("PATCH", f"/Users/{made['id']}", body)
    assert (patched.status, patched.text) == (204, "")
    kept = (await line("GET", f"/Users/{made['id']}")).body
    assert kept["active"] is False
    assert "timezone" not in kept


async def test_the_kind_of_user_is_an_extension(line):
    made = await create(line, schemas=[USER, LICENCE], **{LICENCE: {"nrUserType": "Basic User"}})
    assert (made["schemas"], made[LICENCE]) == ([USER, LICENCE], {"nrUserType": "Basic User"})


async def test_members_come_and_go_by_lists_of_values(line):
    users = [(await create(line, userName=f"user{number}@example.com"))["id"] for number in range(3)]
    group = (await line("POST", "/Groups", {"schemas": [GROUP], "displayName": "Tour Guides"})).body
    assert group["members"] == []
    add = {"op": "Add", "path": "members", "value": [{"value": each} for each in users]}
    assert (await line("PATCH", f"/Groups/{group['id']}", patch(add))).status == 204
    remove = {"op": "Remove", "path": "members", "value": [{"value": each} for each in users[:2]]}
    assert (await line("PATCH", f"/Groups/{group['id']}", patch(remove))).status == 204
    assert (await line("GET", f"/Groups/{group['id']}")).body["members"] == [{"value": users[2]}]


@pytest.mark.parametrize(
    ("text", "status", "found"),
    [
        ('userName eq "bjensen@example.com"', 200, 1),
        ('userName eq "BJensen@example.com"', 200, 0),
        ('externalId eq "external-id-1"', 200, 1),
        ('username eq "bjensen@example.com"', 400, None),
        (f'{USER}:userName eq "bjensen@example.com"', 400, None),
        ('userName sw "b"', 400, None),
        ('userName eq "bjensen@example.com" and active eq true', 400, None),
    ],
)
async def test_a_filter_is_one_eq_that_tells_capitals_apart(line, text, status, found):
    await create(line)
    answer = await line("GET", "/Users", params={"filter": text})
    assert answer.status == status
    assert found is None or len(answer.body["Resources"]) == found


async def test_a_list_is_one_page_without_its_bounds(line):
    for number in range(3):
        await create(line, userName=f"user{number}@example.com")
    page = (await line("GET", "/Users", params={"startIndex": "2", "count": "1"})).body
    assert (page["totalResults"], len(page["Resources"])) == (3, 3)
    assert {"startIndex", "itemsPerPage"} & set(page) == set()


async def test_a_user_shows_the_groups_that_have_it_among_their_members(line):
    made = await create(line)
    group = {"schemas": [GROUP], "displayName": "Crew", "members": [{"value": made["id"]}]}
    crew = (await line("POST", "/Groups", group)).body["id"]
    shown = (await line("GET", f"/Users/{made['id']}")).body["groups"]
    assert shown == [{"value": crew, "display": "Crew"}]
    await line("DELETE", f"/Groups/{crew}")
    assert (await line("GET", f"/Users/{made['id']}")).body["groups"] == []
