"""GitHub Enterprise Managed Users as the pages have them."""

import pytest

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
CREATE = {
    "schemas": [USER],
    "externalId": "E012345",
    "userName": "E012345",
    "displayName": "Barbara Jensen",
    "active": True,
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}],
}


@pytest.fixture
async def line(dial):
    return await dial("github-emu")


async def create(line, **more):
    made = await line("POST", "/Users", {**CREATE, **more})
    assert made.status == 201, made.text
    return made.body


def patch(*operations):
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


async def test_a_request_without_a_user_agent_is_refused(line):
    headers = {"Authorization": "Bearer sandbox-token"}
    async with line.session.get(
        line.running.url + "/Users", headers=headers, skip_auto_headers=["User-Agent"]
    ) as answer:
        assert answer.status == 403
        assert "User-Agent" in (await answer.json(content_type=None))["message"]
    assert (await line("GET", "/Users")).status == 200


async def test_paths_are_case_sensitive(line):
    assert (await line("GET", "/users")).status == 404


@pytest.mark.parametrize("name", ["externalId", "userName", "displayName", "active", "emails", "schemas"])
async def test_what_a_person_needs_is_asked_for(line, name):
    refused = await line("POST", "/Users", {key: value for key, value in CREATE.items() if key != name})
    assert (refused.status, refused.body["status"]) == (400, 400)
    assert name in refused.body["detail"]
    assert set(refused.body) == {"schemas", "message", "documentation_url", "detail", "status", "scimType"}


@pytest.mark.parametrize(
    ("operation", "name", "value"),
    [
        ({"op": "replace", "path": 'emails[type eq "work"].value', "value": "x@y.z"}, "emails", CREATE["emails"]),
        ({"op": "remove", "path": 'emails[type eq "work"]'}, "emails", CREATE["emails"]),
        ({"op": "replace", "path": "displayName", "value": "Babs"}, "displayName", "Babs"),
        ({"op": "replace", "value": {"active": False}}, "active", False),
    ],
)
async def test_a_path_with_a_filter_is_answered_with_success_and_does_nothing(line, operation, name, value):
    made = await create(line)
    patched = await line("PATCH", f"/Users/{made['id']}", patch(operation))
    assert (patched.status, patched.body[name]) == (200, value)


async def test_members_go_by_a_list_of_values(line):
    made = await create(line)
    group = {"schemas": [GROUP], "displayName": "Engineering", "members": [{"value": made["id"]}]}
    path = f"/Groups/{(await line('POST', '/Groups', group)).body['id']}"
    by_filter = patch({"op": "remove", "path": f'members[value eq "{made["id"]}"]'})
    assert (await line("PATCH", path, by_filter)).body["members"] == [{"value": made["id"]}]
    by_value = patch({"op": "remove", "path": "members", "value": [{"value": made["id"]}]})
    assert (await line("PATCH", path, by_value)).body["members"] == []


async def test_the_suspended_are_listed_and_the_deleted_are_gone(line):
    made = await create(line)
    await line("PATCH", f"/Users/{made['id']}", patch({"op": "replace", "path": "active", "value": False}))
    assert (await line("GET", "/Users")).body["Resources"][0]["active"] is False
    await line("DELETE", f"/Users/{made['id']}")
    assert (await line("GET", "/Users")).body["totalResults"] == 0


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('userName eq "e012345"', 200),
        ('externalId eq "E012345"', 200),
        ('displayName eq "Barbara Jensen"', 200),
        ('userName sw "E"', 400),
        ('userName eq "E012345" and active eq true', 400),
    ],
)
async def test_a_filter_is_one_eq(line, text, status):
    await create(line)
    answer = await line("GET", "/Users", params={"filter": text})
    assert answer.status == status
    assert status != 200 or answer.body["totalResults"] == 1


async def test_a_user_shows_the_groups_that_have_it_among_their_members(line):
    made = await create(line)
    group = {"schemas": [GROUP], "externalId": "g-1", "displayName": "Crew", "members": [{"value": made["id"]}]}
    crew = (await line("POST", "/Groups", group)).body["id"]
    shown = (await line("GET", f"/Users/{made['id']}")).body["groups"]
    assert shown == [{"value": crew, "display": "Crew"}]
    await line("DELETE", f"/Groups/{crew}")
    assert (await line("GET", f"/Users/{made['id']}")).body["groups"] == []
