"""PingDirectory as its guide has it."""

import re

import pytest

from gateway.sandbox import RECORDS
from gateway.sandbox.ping_directory import _with_port

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CORE = "urn:pingidentity:schemas:User:1.0"
IETF = "urn:ietf:params:scim:schemas:core:2.0:User"
PROFILE = "urn:pingidentity:schemas:sample:profile:1.0"
PASSWORD_ERROR = "urn:unboundid:scim:api:messages:2.0:PasswordUpdateError"
VENDOR = "ping-directory"
CREATE = {  # the guide's own example
    "emails": [{"primary": True, "type": "work", "value": "pat.conley@runciter.com"}],
    "name": {"familyName": "Conley", "formatted": "Pat Conley", "givenName": "Pat"},
    "password": "valis",
    "schemas": [CORE, PROFILE],
    PROFILE: {"birthDate": "1948-07-13"},
    "userName": "pconley",
}


@pytest.fixture
async def line(dial):
    return await dial(VENDOR)


async def create(line, **more):
    made = await line("POST", "/Users", {**CREATE, **more})
    assert made.status == 201, made.text
    return made.body


def patch(*operations):
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


async def test_the_documented_create_answers_with_sorted_keys_and_the_extension_first(line):
    made = await line("POST", "/Users", CREATE)
    assert made.status == 201
    assert made.body == {
        **{name: value for name, value in CREATE.items() if name != "password"},
        "schemas": [PROFILE, CORE],
        "id": made.body["id"],
        "meta": made.body["meta"],
    }
    assert list(made.body) == ["emails", "id", "meta", "name", "schemas", PROFILE, "userName"]
    assert list(made.body["emails"][0]) == ["primary", "type", "value"]
    assert made.body["meta"]["resourceType"] == "Users"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made.body["meta"]["created"])
    assert made.headers["Location"] == made.body["meta"]["location"] == f"{line.running.url}/Users/{made.body['id']}"


def test_the_location_spells_out_the_default_port():
    assert _with_port("https://example.com/scim/v2") == "https://example.com:443/scim/v2"
    assert _with_port("http://example.com:8080/scim/v2") == "http://example.com:8080/scim/v2"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"schemas": [PROFILE, CORE]}, 201),
        ({"schemas": [CORE]}, 400),  # the extension is used and not listed
        ({"schemas": [IETF, PROFILE]}, 400),
        ({"schemas": [CORE, PROFILE, IETF]}, 400),
        ({"schemas": None}, 400),
        ({"userName": None}, 400),
        ({PROFILE: {"birthDate": "13/07/1948"}}, 400),
        ({PROFILE: {"birthPlace": "Runciter"}}, 400),
        ({"active": True, "displayName": "Pat", "phoneNumbers": [{"value": "1", "type": "anything"}]}, 201),
        ({"externalId": "1"}, 400),
        ({"shoeSize": "44"}, 400),
        ({"meta": {"resourceType": "Users"}}, 201),
        ({"emails": None}, 201),
    ],
)
async def test_a_create_is_checked_against_the_guides_schema(line, more, status):
    answer = await line("POST", "/Users", {**CREATE, **more})
    assert answer.status == status, answer.text
    if status == 400:
        assert answer.body["status"] == "400"
        assert re.search(r"correlationID='[^']+'", answer.body["detail"])


async def test_without_the_extension_only_the_core_schema_is_answered(line):
    made = await line("POST", "/Users", {"schemas": [CORE], "userName": "bjensen"})
    assert made.body["schemas"] == [CORE]


async def test_the_sample_schema_has_no_active(dial):
    line = await dial(VENDOR, "sample-schema")
    await create(line)
    refused = await line("POST", "/Users", {**CREATE, "userName": "bjensen", "active": True})
    assert refused.status == 400
    assert "active is undefined" in refused.body["detail"]


async def test_a_weak_password_answers_the_requirements_it_failed(line):
    refused = await line("POST", "/Users", {**CREATE, "password": "abc"})
    assert (refused.status, refused.body["status"]) == (400, "400")
    assert PASSWORD_ERROR in refused.body["schemas"]
    assert refused.body[PASSWORD_ERROR]["passwordRequirements"][0]["requirementSatisfied"] is False
    assert "correlationID=" in refused.body["detail"]


async def test_a_user_name_in_use_is_a_uniqueness_error(line):
    await create(line)
    refused = await line("POST", "/Users", CREATE)
    assert (refused.status, refused.body["scimType"]) == (409, "uniqueness")


async def test_put_overlooks_what_is_missing_and_clears_what_is_null(line):
    made = await create(line, title="Guide", nickName="P")
    body = {"schemas": [CORE], "userName": "pconley", "title": None, "emails": None}
    replaced = await line("PUT", f"/Users/{made['id']}", body)
    assert replaced.status == 200
    assert {"title", "emails"} & set(replaced.body) == set()
    assert replaced.body["nickName"] == "P"
    assert replaced.body["name"] == CREATE["name"]
    assert (await line("PUT", f"/Users/{made['id']}", {"schemas": [CORE], "userName": None})).status == 400


@pytest.mark.parametrize(
    ("operation", "status", "name", "value"),
    [
        ({"op": "replace", "path": "title", "value": "Guide"}, 200, "title", "Guide"),
        ({"op": "replace", "path": f"{CORE}:title", "value": "Guide"}, 200, "title", "Guide"),
        ({"op": "replace", "path": f"{IETF}:title", "value": "Guide"}, 400, "title", None),
        (
            {"op": "replace", "path": f"{PROFILE}:birthDate", "value": "1950-01-01"},
            200,
            PROFILE,
            {"birthDate": "1950-01-01"},
        ),
        ({"op": "remove", "path": PROFILE}, 200, PROFILE, None),
        ({"op": "add", "value": {"title": "Guide", PROFILE: {"birthDate": "1950-01-01"}}}, 200, "title", "Guide"),
        ({"op": "remove", "path": 'emails[type eq "work"]'}, 200, "emails", None),
        ({"op": "replace", "path": 'emails[type eq "home"].value', "value": "x"}, 400, "emails", CREATE["emails"]),
        ({"op": "replace", "path": 'emails[shape eq "home"].value', "value": "x"}, 400, "emails", CREATE["emails"]),
        ({"op": "remove", "path": 'name[givenName eq "Pat"].givenName'}, 400, "name", CREATE["name"]),
        ({"op": "replace", "path": "userName", "value": 1}, 400, "userName", "pconley"),
        ({"op": "replace", "path": "groups", "value": []}, 400, "groups", None),
    ],
)
async def test_patch_knows_its_own_urns_only(line, operation, status, name, value):
    made = await create(line)
    patched = await line("PATCH", f"/Users/{made['id']}", patch(operation))
    assert patched.status == status, patched.text
    kept = (await line("GET", f"/Users/{made['id']}")).body
    assert kept.get(name) == value
    assert status != 200 or patched.body == kept


async def test_a_new_primary_value_takes_the_mark_from_the_old_one(line):
    made = await create(line)
    add = {"op": "add", "path": "emails", "value": [{"value": "p@example.com", "type": "home", "primary": True}]}
    patched = await line("PATCH", f"/Users/{made['id']}", patch(add))
    assert [each["primary"] for each in patched.body["emails"]] == [False, True]


@pytest.mark.parametrize(
    ("text", "status", "names"),
    [
        ('userName sw "p"', 200, ["pconley"]),
        ('emails[type eq "work" and value ew "runciter.com"]', 200, ["pconley", "bjensen"]),
        ('not (userName eq "pconley") and name.familyName pr', 200, ["bjensen"]),
        (f'{CORE}:userName eq "pconley"', 200, ["pconley"]),
        (f'{PROFILE}:birthDate eq "1948-07-13"', 200, ["pconley", "bjensen"]),
        (f'{IETF}:userName eq "pconley"', 400, None),
        ('shoeSize eq "44"', 400, None),
        ('meta.created gt "2000-01-01T00:00:00Z"', 200, ["pconley", "bjensen"]),
    ],
)
async def test_filters_are_rich_and_speak_the_vendors_urns(line, text, status, names):
    await create(line)
    await create(line, userName="bjensen")
    found = await line("GET", "/Users", params={"filter": text})
    assert found.status == status, found.text
    if names is not None:
        assert [each["userName"] for each in found.body["Resources"]] == names
        posted = await line("POST", "/Users/.search", {"filter": text})
        assert [each["userName"] for each in posted.body["Resources"]] == names


async def test_pages_go_by_index_and_count(line):
    for number in range(5):
        await create(line, userName=f"user{number}")
    page = (await line("GET", "/Users", params={"startIndex": "2", "count": "2"})).body
    assert [each["userName"] for each in page["Resources"]] == ["user1", "user2"]
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (5, 2, 2)
    assert list(page) == sorted(page, key=str.lower)


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"attributes": "userName,name.givenName"}, {"schemas", "id", "userName", "name"}),
        ({"attributes": f"{PROFILE}:birthDate"}, {"schemas", "id", PROFILE}),
        ({"excludedAttributes": "emails,meta"}, {"schemas", "id", "userName", "name", PROFILE}),
    ],
)
async def test_a_projection_is_obeyed(line, params, names):
    made = await create(line)
    found = (await line("GET", f"/Users/{made['id']}", params=params)).body
    assert set(found) == names
    assert found.get("name", CREATE["name"]) in (CREATE["name"], {"givenName": "Pat"})


async def test_discovery_tells_the_vendors_urns(line):
    types = (await line("GET", "/ResourceTypes")).body["Resources"]
    assert (types[0]["endpoint"], types[0]["schema"]) == ("/Users", CORE)
    assert [each["id"] for each in (await line("GET", "/Schemas")).body["Resources"]] == [CORE, PROFILE]
    assert (await line("GET", "/ServiceProviderConfig")).body["patch"] == {"supported": True}


async def test_the_password_survives_a_put_and_is_never_answered(line):
    made = await create(line)
    await line("PUT", f"/Users/{made['id']}", {"schemas": [CORE], "userName": "pconley"})
    (record,) = line.running.app[RECORDS].all("Users")
    assert record.document["password"] == "valis"
    assert "valis" not in (await line("GET", "/Users")).text


async def test_there_are_no_groups(line):
    assert (await line("GET", "/Groups")).status == 404
