"""AWS IAM Identity Center as its developer guide has it."""

import pytest

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
MINIMAL = {
    "schemas": [USER],
    "userName": "bjensen",
    "name": {"familyName": "Jensen", "givenName": "Barbara"},
    "displayName": "Barbara Jensen",
}
EMAIL = {"value": "bjensen@example.com", "type": "work", "primary": True}


@pytest.fixture
async def line(dial):
    return await dial("aws-identity-center")


async def create(line, body=MINIMAL, endpoint="/Users"):
    made = await line("POST", endpoint, body)
    assert made.status == 201, made.text
    return made.body


async def people(line, number):
    return [(await create(line, {**MINIMAL, "userName": f"user{one}"}))["id"] for one in range(number)]


async def make_group(line, *members):
    listed = [{"value": one} for one in members]
    return await create(line, {"schemas": [GROUP], "displayName": "Guides", "members": listed}, "/Groups")


def patch(*operations):
    listed = [dict(zip(("op", "path", "value"), one, strict=False)) for one in operations]
    return {"schemas": [PATCH_OP], "Operations": listed}


REFUSED = [
    ({"displayName": ""}, "displayName is required."),
    ({"emails": [{**EMAIL, "primary": False}]}, "emails must be marked as primary."),
    ({"emails": [EMAIL, {"value": "b@example.com"}]}, "emails takes at most 1 item(s)."),
    ({"phoneNumbers": [{"value": "1"}, {"value": "2"}]}, "phoneNumbers takes at most 1 item(s)."),
    ({"emails": [{**EMAIL, "display": "B"}]}, "emails[0].display is not an attribute of this resource."),
    ({"password": "t1meMa$heen"}, "password is not an attribute of this resource."),
    ({"entitlements": [{"value": "x"}]}, "entitlements is not an attribute of this resource."),
    ({"schemas": None}, "schemas is required."),
]


@pytest.mark.parametrize(("more", "says"), REFUSED)
async def test_what_the_guide_excludes_is_refused(line, more, says):
    refused = await line("POST", "/Users", {**MINIMAL, **more})
    assert (refused.status, refused.body["detail"]) == (400, says)


CHANGES = [
    (patch(("remove", "active")), 400),
    (patch(("replace", "active", False), ("replace", "active", True)), 400),
    (patch(("replace", "userName", "babs"), ("replace", "userName", "bj")), 400),
    (patch(("replace", "roles", [{"value": "x"}])), 400),
    (patch(("replace", "active", False)), 200),
    (patch(("add", "emails", [EMAIL])), 200),
    (patch(("replace", None, {"title": "Guide"})), 200),
]


@pytest.mark.parametrize(("body", "status"), CHANGES)
async def test_a_patch_of_a_user_keeps_to_the_constraints(line, body, status):
    made = await create(line)
    operations = [{key: value for key, value in one.items() if value is not None} for one in body["Operations"]]
    answer = await line("PATCH", f"/Users/{made['id']}", {**body, "Operations": operations})
    assert answer.status == status, answer.text


async def test_members_are_never_shown_and_found_by_the_filter(line):
    first, second = await people(line, 2)
    group = await make_group(line, first)
    assert group["members"] == []
    for native, number in ((first, 1), (second, 0)):
        asked = f'id eq "{group["id"]}" and members.value eq "{native}"'
        found = await line("GET", "/Groups", params={"filter": asked})
        assert found.body["totalResults"] == number
    assert (await line("GET", f"/Groups/{group['id']}")).body["members"] == []


async def test_members_come_and_go_by_name_and_never_all_at_once(line):
    first, second = await people(line, 2)
    target = f"/Groups/{(await make_group(line, first, second))['id']}"
    for refused in (patch(("replace", "members", [])), patch(("remove", "members"))):
        assert (await line("PATCH", target, refused)).status == 400
    gone = await line("PATCH", target, patch(("remove", "members", [{"value": first}])))
    assert (gone.status, gone.body) == (204, None)
    left = await line("GET", "/Groups", params={"filter": f'members.value eq "{second}"'})
    assert left.body["totalResults"] == 1
    assert (await line("GET", "/Groups", params={"filter": f'members.value eq "{first}"'})).body["Resources"] == []


@pytest.mark.parametrize(("number", "status"), [(100, 204), (101, 400)])
async def test_a_request_changes_at_most_a_hundred_members(line, number, status):
    target = f"/Groups/{(await make_group(line))['id']}"
    members = [{"value": f"u{one}"} for one in range(number)]
    assert (await line("PATCH", target, patch(("add", "members", members)))).status == status


async def test_groups_have_no_put(line):
    group = await make_group(line)
    assert (await line("PUT", f"/Groups/{group['id']}", {"schemas": [GROUP], "displayName": "X"})).status == 405


async def test_an_empty_cursor_asks_for_pages_and_without_it_the_first_hundred_are_all(line):
    await people(line, 101)
    plain = (await line("GET", "/Users")).body
    assert (plain["totalResults"], len(plain["Resources"]), "nextCursor" in plain) == (101, 100, False)
    first = (await line("GET", "/Users", params={"cursor": ""})).body
    assert (first["itemsPerPage"], "totalResults" in first) == (100, False)
    last = (await line("GET", "/Users", params={"cursor": first["nextCursor"]})).body
    assert (len(last["Resources"]), "nextCursor" in last) == (1, False)


@pytest.mark.parametrize(
    "params",
    [
        {"filter": 'userName sw "b"'},
        {"filter": 'title eq "x"'},
        {"filter": 'userName eq "a" or userName eq "b"'},
        {"filter": 'userName eq "a" and externalId eq "b"'},
        {"count": "101"},
        {"count": "0"},
        {"cursor": "made-up"},
    ],
)
async def test_a_query_the_guide_does_not_know_is_refused(line, params):
    assert (await line("GET", "/Users", params=params)).status == 400
