"""Huawei Cloud IAM Identity Center as its pages have it."""

import re

import pytest

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
VENDOR = "huawei-identity-center"
FULL = {  # the page's own example
    "externalId": "123456",
    "userName": "xxx",
    "name": {
        "formatted": "xxx",
        "familyName": "xxx",
        "givenName": "xxx",
        "middleName": "xxx",
        "honorificPrefix": "xxx",
        "honorificSuffix": "xxx",
    },
    "displayName": "xxx",
    "nickName": "xxx",
    "profileUrl": "xxx",
    "emails": [{"value": "xxx", "type": "work", "primary": True}],
    "addresses": [
        {
            "formatted": "xxx",
            "streetAddress": "xxx",
            "locality": "xxx",
            "region": "xxx",
            "postalCode": "123456",
            "country": "xxx",
            "type": "work",
            "primary": True,
        }
    ],
    "phoneNumbers": [{"value": "xxx", "type": "work", "primary": True}],
    "userType": "xxx",
    "title": "xxx",
    "preferredLanguage": "zh-CN",
    "locale": "zh-CN",
    "timezone": "xxx",
    "active": True,
    "schemas": [USER],
}
MINIMAL = {
    "schemas": [USER],
    "userName": "bjensen",
    "name": {"familyName": "Jensen", "givenName": "Barbara"},
    "displayName": "Barbara Jensen",
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}],
}
EMAIL = MINIMAL["emails"][0]


def without(document, *names):
    return {name: value for name, value in document.items() if name not in names}


@pytest.fixture
async def line(dial):
    return await dial(VENDOR)


async def create(line, body=MINIMAL, **more):
    made = await line("POST", "/Users", {**body, **more})
    assert made.status == 201, made.text
    return made.body


async def test_the_documented_create_answers_all_but_the_profile_url(line):
    made = await create(line, FULL)
    assert without(made, "id", "meta") == without(FULL, "profileUrl")
    assert set(made["meta"]) == {"resourceType", "created", "lastModified"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made["meta"]["created"])


async def test_the_location_header_is_not_sent_and_the_body_is_json(line):
    made = await line("POST", "/Users", MINIMAL)
    assert "Location" not in made.headers
    assert made.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("name", ["schemas", "userName", "name", "displayName", "emails"])
async def test_each_mandatory_attribute_is(line, name):
    refused = await line("POST", "/Users", without(MINIMAL, name))
    assert refused.status == 400
    assert name in refused.body["detail"]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"name": {"familyName": "Jensen"}}, 400),
        ({"name": {"givenName": "Barbara"}}, 400),
        ({"emails": []}, 400),
        ({"emails": [without(EMAIL, "type")]}, 400),
        ({"emails": [without(EMAIL, "primary")]}, 400),
        ({"emails": [without(EMAIL, "value")]}, 400),
        ({"emails": [EMAIL, {**EMAIL, "primary": False}]}, 400),
        ({"phoneNumbers": [{"value": "1"}]}, 201),
        ({"phoneNumbers": [{"value": "1"}, {"value": "2"}]}, 400),
        ({"addresses": [{"country": "NL"}, {"country": "BE"}]}, 400),
        ({"schemas": ["urn:example:User"]}, 400),
        ({"schemas": [USER, ENTERPRISE]}, 201),
        ({"nickName": ""}, 400),
        ({"nickName": "x" * 1024}, 201),
        ({"nickName": "x" * 1025}, 400),
        ({"nickName": None}, 400),
        ({"password": "t1meMa$heen"}, 400),
        ({"groups": []}, 400),
        ({"roles": []}, 400),
        ({"id": "1"}, 400),
        ({ENTERPRISE: {"department": "Tours", "manager": {"value": "26118915"}}}, 201),
        ({ENTERPRISE: {"department": ""}}, 400),
        ({ENTERPRISE: {"badge": "7"}}, 400),
        ({ENTERPRISE: {"manager": {"value": "1", "displayName": "John"}}}, 400),
    ],
)
async def test_a_create_is_checked_against_the_tables(line, more, status):
    assert (await line("POST", "/Users", {**MINIMAL, **more})).status == status


async def test_the_enterprise_block_is_answered_under_the_core_schema_alone(line):
    block = {"department": "Tours", "manager": {"value": "26118915"}}
    made = await create(line, **{ENTERPRISE: block})
    assert made[ENTERPRISE] == block
    assert made["schemas"] == [USER]


async def test_an_error_has_an_integer_status_a_single_schema_a_time_and_no_scim_type(line):
    await create(line)
    refused = await line("POST", "/Users", MINIMAL)
    assert refused.status == 409
    assert set(refused.body) == {"schema", "schemas", "detail", "status", "timeStamp"}
    assert (refused.body["schema"], refused.body["schemas"], refused.body["status"]) == (ERROR, [ERROR], 409)
    for status, answer in (
        (401, await line("GET", "/Users", token=None)),
        (404, await line("GET", "/Users/none")),
        (404, await line("GET", "/Users", url=line.running.url.replace("/scim/v2", "/scim/v1"))),
    ):
        assert (answer.status, answer.body["status"]) == (status, status)


async def test_any_tenant_id_serves(line):
    await create(line)
    other = line.running.url.replace("d-7f31c0a9", "other-tenant")
    assert (await line("GET", "/Users", url=other)).body["totalResults"] == 1


async def test_a_list_goes_on_by_an_opaque_token_fifty_at_a_time(line):
    for number in range(101):
        await create(line, userName=f"user{number}")
    seen, token, sizes = [], None, []
    while token or not seen:
        page = (await line("GET", "/Users", params={"startIndex": token, "count": "7"} if token else None)).body
        assert page["totalResults"] == 101
        assert page["itemsPerPage"] == str(len(page["Resources"]))  # a string for users
        sizes.append(len(page["Resources"]))
        seen += [each["userName"] for each in page["Resources"]]
        token = page.get("startIndex")
        assert token is None or re.fullmatch("[0-9a-f]{24}", token)
    assert sizes == [50, 50, 1]
    assert seen == [f"user{number}" for number in range(101)]


@pytest.mark.parametrize("token", ["51", "0", "f" * 24])
async def test_a_token_it_never_gave_is_refused(line, token):
    await create(line)
    assert (await line("GET", "/Users", params={"startIndex": token})).status == 400


@pytest.mark.parametrize(
    ("option", "text", "status", "total"),
    [
        (None, 'userName eq "bjensen"', 200, 2),
        (None, "nonsense", 200, 2),
        ("filter-refused", 'userName eq "bjensen"', 400, None),
        ("filter-works", 'userName eq "bjensen"', 200, 1),
        ("filter-works", 'externalId eq "123456"', 200, 1),
        ("filter-works", 'userName sw "b"', 400, None),
    ],
)
async def test_a_filter_is_overlooked_refused_or_obeyed(dial, option, text, status, total):
    line = await dial(VENDOR, *([option] if option else []))
    await create(line)
    await create(line, FULL)
    found = await line("GET", "/Users", params={"filter": text})
    assert found.status == status
    assert found.body.get("totalResults") == total


async def test_put_replaces_and_its_body_has_the_id(line):
    made = await create(line, FULL)
    assert (await line("PUT", f"/Users/{made['id']}", MINIMAL)).status == 400
    assert (await line("PUT", f"/Users/{made['id']}", {**MINIMAL, "id": "other"})).status == 400
    assert (await line("PUT", f"/Users/{made['id']}", {**MINIMAL, "id": made["id"], "meta": {}})).status == 400
    replaced = await line("PUT", f"/Users/{made['id']}", {**MINIMAL, "id": made["id"]})
    assert replaced.status == 200
    assert without(replaced.body, "id", "meta") == MINIMAL


@pytest.mark.parametrize(
    ("operation", "status", "strings_only", "name", "value"),
    [
        ({"op": "replace", "path": "nickName", "value": "Babs"}, 200, 200, "nickName", "Babs"),
        ({"op": "replace", "path": "active", "value": False}, 200, 400, "active", False),
        ({"op": "replace", "path": "active", "value": "false"}, 200, 200, "active", False),
        ({"op": "replace", "path": "name", "value": '{"givenName":"B"}'}, 200, 200, "displayName", "Barbara Jensen"),
        ({"op": "replace", "path": "emails", "value": [EMAIL]}, 200, 400, "emails", [EMAIL]),
        ({"op": "add", "path": ENTERPRISE, "value": {"division": "East"}}, 200, 400, ENTERPRISE, {"division": "East"}),
        (
            {"op": "add", "path": "enterprise", "value": '{"division":"East"}'},
            200,
            200,
            ENTERPRISE,
            {"division": "East"},
        ),
        ({"op": "remove", "path": "nickName"}, 200, 200, "nickName", None),
        ({"op": "remove", "path": "displayName"}, 400, 400, "displayName", "Barbara Jensen"),
        ({"op": "replace", "path": "nickName", "value": ""}, 400, 400, "nickName", None),
        ({"op": "replace", "path": "name.givenName", "value": "B"}, 400, 400, "userName", "bjensen"),
        ({"op": "replace", "path": "nickname", "value": "B"}, 400, 400, "nickName", None),
        ({"op": "replace", "path": "profileUrl", "value": "B"}, 400, 400, "userName", "bjensen"),
        ({"op": "replace", "path": 'emails[type eq "work"].value', "value": "b"}, 400, 400, "emails", [EMAIL]),
        ({"op": "replace", "path": f"{ENTERPRISE}:division", "value": "East"}, 400, 400, ENTERPRISE, None),
        ({"op": "replace", "value": {"nickName": "Babs"}}, 400, 400, "nickName", None),
        ({"op": "replace", "path": "active", "value": "no"}, 400, 400, "active", None),
    ],
)
async def test_patch_takes_the_listed_paths_only(dial, operation, status, strings_only, name, value):
    for faults, wanted in (((), status), (("patch-strings",), strings_only)):
        line = await dial(VENDOR, *faults)
        made = await create(line)
        body = {"schemas": [PATCH_OP], "Operations": [operation]}
        patched = await line("PATCH", f"/Users/{made['id']}", body)
        assert patched.status == wanted, patched.text
        if wanted == status:
            assert (await line("GET", f"/Users/{made['id']}")).body.get(name) == value


async def test_group_members_have_relative_references(line):
    user = await create(line)
    member = {"value": user["id"], "$ref": f"../Users/{user['id']}", "type": "User"}
    body = {"schemas": [GROUP], "displayName": "Tour Guides", "members": [{"value": user["id"]}]}
    made = await line("POST", "/Groups", body)
    assert made.status == 201
    assert made.body["members"] == [member]
    assert "location" not in made.body["meta"]
    for extra in (
        {"externalId": "1"},
        {"members": [{"type": "User"}]},
        {"members": [{"value": "1", "type": "Group"}]},
        {"members": [{"value": "1", "$ref": "https://example.com/Users/1"}]},
        {"members": [{"value": "1", "display": "Babs"}]},
    ):
        assert (await line("POST", "/Groups", {**body, **extra})).status == 400
    listed = (await line("GET", "/Groups")).body
    assert (listed["itemsPerPage"], listed["totalResults"]) == (1, 1)  # an integer for groups


async def test_members_come_and_go_by_patch(line):
    group = (await line("POST", "/Groups", {"schemas": [GROUP], "displayName": "Tour Guides"})).body
    path = f"/Groups/{group['id']}"
    add = {"op": "add", "path": "members", "value": [{"value": "a"}, {"value": "b"}]}
    remove = {"op": "remove", "path": 'members[value eq "a"]'}
    patched = await line("PATCH", path, {"schemas": [PATCH_OP], "Operations": [add, remove]})
    assert [each["value"] for each in patched.body["members"]] == ["b"]


async def test_service_provider_config_denies_what_works(line):
    told = (await line("GET", "/ServiceProviderConfig")).body
    assert told["patch"] == {"supported": False}
    assert told["filter"] == {"supported": False, "maxResults": None}
    assert told["authenticationSchemes"][0]["type"] == "Bearer Token"


async def test_delete_removes(line):
    made = await create(line)
    assert (await line("DELETE", f"/Users/{made['id']}")).status == 204
    assert (await line("GET", f"/Users/{made['id']}")).status == 404
