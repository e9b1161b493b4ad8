"""Google Cloud Identity as its reference has it."""

import pytest

from gateway.sandbox import RECORDS

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
OWN = "urn:ietf:params:scim:schemas:extension:google:2.0:CloudIdentityGroup"
NEW = {"schemas": [USER], "userName": "bjensen@example.com", "name": {"familyName": "Jensen", "givenName": "Barbara"}}
GUIDES = {"schemas": [GROUP, OWN], "displayName": "Guides", OWN: {"email": "guides@example.com"}}


@pytest.fixture
async def line(dial):
    return await dial("google-cloud-identity")


async def create(line, body=NEW, endpoint="/Users"):
    made = await line("POST", endpoint, body)
    assert made.status == 201, made.text
    return made.body


def patch(*operations):
    listed = [dict(zip(("op", "path", "value"), one, strict=False)) for one in operations]
    return {"schemas": [PATCH_OP], "Operations": listed}


async def test_nothing_is_listed_without_a_filter(line):
    await create(line)
    for endpoint in ("/Users", "/Groups"):
        refused = await line("GET", endpoint)
        assert (refused.status, refused.body["scimType"]) == (400, "tooMany")


async def test_a_list_stands_under_resources_in_small_letters(line):
    made = await create(line)
    found = (await line("GET", "/Users", params={"filter": 'userName eq "bjensen@example.com"'})).body
    assert found == {"schemas": [PATCH_OP], "resources": [made], "totalResults": 1}


@pytest.mark.parametrize("text", ['userName sw "b"', 'externalId eq "1"', 'userName eq "a" or userName eq "b"'])
async def test_no_other_filter_is_understood(line, text):
    assert (await line("GET", "/Users", params={"filter": text})).body["scimType"] == "invalidFilter"


async def test_of_groups_the_first_fifty_are_all(line):
    for _ in range(51):
        await create(line, GUIDES, "/Groups")
    found = (await line("GET", "/Groups", params={"filter": 'displayName eq "Guides"'})).body
    assert (len(found["resources"]), found["totalResults"]) == (50, 51)


async def test_the_address_of_the_name_is_the_primary_one_and_cannot_be_changed(line):
    made = await create(line, {**NEW, "emails": [{"value": "babs@jensen.example", "type": "home"}]})
    own = {"value": "bjensen@example.com", "primary": True}
    assert made["emails"] == [own, {"value": "babs@jensen.example", "type": "home"}]
    await line("PATCH", f"/Users/{made['id']}", patch(("replace", "emails", [])))
    assert (await line("GET", f"/Users/{made['id']}")).body["emails"] == [own]


async def test_a_patch_is_answered_with_an_empty_object(line):
    made = await create(line)
    answer = await line("PATCH", f"/Users/{made['id']}", patch(("replace", "active", False)))
    assert (answer.status, answer.body) == (200, {})
    assert (await line("GET", f"/Users/{made['id']}")).body["active"] is False


async def test_a_user_takes_twenty_operations(line):
    made = await create(line)
    for number, status in ((20, 200), (21, 400)):
        body = patch(*[("replace", "displayName", f"B{one}") for one in range(number)])
        assert (await line("PATCH", f"/Users/{made['id']}", body)).status == status


async def test_a_group_needs_an_address(line):
    refused = await line("POST", "/Groups", {"schemas": [GROUP], "displayName": "Guides"})
    assert (refused.status, refused.body["detail"]) == (400, f"{OWN}:email is required.")


CHANGES = [
    (patch(("add", "members", [{"value": "u1"}])), 200),
    (patch(("add", "members", [{"value": "u1"}, {"value": "u2"}])), 400),
    (patch(("add", "members", [{"value": "u1"}]), ("remove", 'members[value eq "u2"]')), 400),
    (patch(("remove", 'members[value eq "u1"]')), 200),
    (patch(("remove", "members")), 400),
    (patch(("replace", "members", [])), 400),
    (patch(("replace", "displayName", "X"), ("add", "members", [{"value": "u1"}])), 200),
    (patch(*[("replace", "displayName", "X")] * 3), 400),
    (patch(("replace", "externalId", "1")), 400),
    (patch(("replace", f"{OWN}:description", "All")), 200),
]


@pytest.mark.parametrize(("body", "status"), CHANGES)
async def test_a_patch_of_a_group_brings_or_takes_one_member(line, body, status):
    made = await create(line, GUIDES, "/Groups")
    answer = await line("PATCH", f"/Groups/{made['id']}", body)
    assert answer.status == status, answer.text


async def test_members_are_never_answered_and_not_taken_by_a_create(line):
    made = await create(line, {**GUIDES, "members": [{"value": "u1"}]}, "/Groups")
    assert "members" not in made
    await line("PATCH", f"/Groups/{made['id']}", patch(("add", "members", [{"value": "u2"}])))
    assert "members" not in (await line("GET", f"/Groups/{made['id']}")).body
    record = next(iter(line.running.app[RECORDS].all("Groups")))
    assert record.document["members"] == [{"value": "u2"}]


async def test_there_is_no_put(line):
    made = await create(line)
    assert (await line("PUT", f"/Users/{made['id']}", NEW)).status == 405
