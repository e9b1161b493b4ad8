"""GitLab's SCIM of a group as its page has it."""

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
NEW = {  # the page's own example, with other people in it
    "externalId": "0b1d561c-21ff-4092-beab-8154b17f82f2",
    "active": None,
    "userName": "bjensen",
    "emails": [{"primary": True, "type": "work", "value": "bjensen@example.com"}],
    "name": {"formatted": "Barbara Jensen", "familyName": "Jensen", "givenName": "Barbara"},
    "schemas": [USER],
    "meta": {"resourceType": "User"},
}
TARGET = f"/Users/{NEW['externalId']}"


@pytest.fixture
async def line(dial):
    return await dial("gitlab-group")


async def create(line, **more):
    made = await line("POST", "/Users", {**NEW, **more})
    assert made.status == 201, made.text
    return made.body


async def test_the_external_id_becomes_the_id_and_the_name_one_key_with_a_dot(line):
    assert await create(line) == {
        "schemas": [USER],
        "id": NEW["externalId"],
        "active": True,
        "name.formatted": "Barbara Jensen",
        "userName": "bjensen",
        "meta": {"resourceType": "User"},
        "emails": [{"type": "work", "value": "bjensen@example.com", "primary": True}],
    }


@pytest.mark.parametrize("name", ["externalId", "userName", "emails", "name"])
async def test_what_the_page_calls_required_is(line, name):
    refused = await line("POST", "/Users", {key: value for key, value in NEW.items() if key != name})
    assert (refused.status, refused.body["detail"]) == (400, f"{name} is required.")


async def test_an_external_id_is_taken_once(line):
    await create(line)
    assert (await line("POST", "/Users", NEW)).status == 409


@pytest.mark.parametrize("op", ["replace", "Replace", "Add", "Update"])
async def test_active_is_set_by_a_text_and_answered_with_nothing(line, op):
    await create(line)
    for text, shown in (("false", False), ("true", True)):
        answer = await line("PATCH", TARGET, {"Operations": [{"op": op, "path": "active", "value": text}]})
        assert (answer.status, answer.body) == (204, None)
        assert (await line("GET", TARGET)).body["active"] is shown


@pytest.mark.parametrize("value", [False, "no", None])
async def test_active_as_anything_else_is_refused(line, value):
    await create(line)
    refused = await line("PATCH", TARGET, {"Operations": [{"op": "replace", "path": "active", "value": value}]})
    assert refused.status == 400


async def test_what_is_no_longer_heeded_changes_nothing(line):
    made = await create(line)
    body = {"Operations": [{"op": "replace", "path": "userName", "value": "babs"}]}
    assert (await line("PATCH", TARGET, body)).status == 204
    assert (await line("GET", TARGET)).body == made


@pytest.mark.parametrize("quote", ['"', ""])
async def test_a_filter_is_one_eq_with_or_without_quotes(line, quote):
    await create(line)
    await create(line, externalId="other", userName="jsmith")
    for name, value in (("id", NEW["externalId"]), ("userName", "bjensen")):
        found = await line("GET", "/Users", params={"filter": f"{name} eq {quote}{value}{quote}"})
        assert [one["userName"] for one in found.body["Resources"]] == ["bjensen"]
    assert (await line("GET", "/Users", params={"filter": 'active eq "true"'})).status == 400


async def test_a_list_ends_at_twenty(line):
    for number in range(21):
        await create(line, externalId=f"u{number}")
    found = (await line("GET", "/Users", params={"count": "100"})).body
    assert (found["totalResults"], found["itemsPerPage"], len(found["Resources"])) == (21, 20, 20)


async def test_there_is_no_put_and_there_are_no_groups(line):
    await create(line)
    assert (await line("PUT", TARGET, NEW)).status == 405
    assert (await line("GET", "/Groups")).status == 404


async def test_a_delete_forgets_the_identity(line):
    await create(line)
    assert (await line("DELETE", TARGET)).status == 204
    assert (await line("GET", TARGET)).status == 404
