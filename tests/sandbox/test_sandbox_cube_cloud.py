"""Cube Cloud as its SCIM reference has it: the documented examples work, and nothing beyond the schema does."""

from copy import deepcopy

import pytest

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
CREATE = {  # the reference's own example
    "schemas": [USER],
    "userName": "jane@example.com",
    "name": {"givenName": "Jane", "familyName": "Doe"},
    "emails": [{"value": "jane@example.com", "primary": True}],
    "active": True,
}


@pytest.fixture
async def line(dial):
    return await dial("cube-cloud")


async def create(line, **more):
    made = await line("POST", "/Users", {**deepcopy(CREATE), **more})
    assert made.status == 201, made.text
    return made.body


async def test_the_documented_create_answers_201_with_what_was_sent_and_an_id(line):
    made = await line("POST", "/Users", CREATE, media_type="application/json")
    assert made.status == 201
    assert {name: made.body[name] for name in CREATE} == CREATE
    assert set(made.body) == {*CREATE, "id", "meta"}
    assert made.body["meta"]["location"] == f"{line.running.url}/Users/{made.body['id']}" == made.headers["Location"]
    assert set(made.body["meta"]) == {"resourceType", "created", "lastModified", "location"}
    assert made.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"userName": "bjensen@example.com"}, 201),  # the one required attribute; `schemas` is optional
        ({"userName": "bjensen@example.com", "externalId": "701984"}, 201),
        ({"schemas": [USER]}, 400),
        ({"userName": ""}, 400),
        ({"userName": 7}, 400),
        ({"userName": None}, 400),
        ({"username": "bjensen@example.com"}, 400),
        ({**CREATE, "displayName": "Jane Doe"}, 400),
        ({**CREATE, "emails": [{"value": "jane@example.com", "type": "work"}]}, 400),
        ({**CREATE, "emails": [{"value": "jane@example.com", "display": "Jane"}]}, 400),
        ({**CREATE, "emails": {"value": "jane@example.com"}}, 400),
        (
            {**CREATE, "emails": [{"value": "a@example.com", "primary": True}, {"value": "b@e.com", "primary": True}]},
            400,
        ),
        ({**CREATE, "name": {"formatted": "Jane Doe"}}, 400),
        ({**CREATE, "active": "True"}, 400),
        ({**CREATE, "title": "Guide"}, 400),
        ({**CREATE, "password": "t1meMa$heen"}, 400),
        ({**CREATE, ENTERPRISE: {"department": "Tours"}}, 400),
        ({**CREATE, "schemas": [USER, ENTERPRISE]}, 400),
        ({**CREATE, "schemas": []}, 400),
        ({**CREATE, "schemas": USER}, 400),
        ({**CREATE, "id": "1"}, 400),
        ({**CREATE, "meta": {"resourceType": "User"}}, 400),
        ([CREATE], 400),
        (b"{", 400),
        (b"\xff", 400),
    ],
)
async def test_a_create_is_taken_only_within_the_published_schema(line, body, status):
    made = await line("POST", "/Users", body)
    assert made.status == status, made.text
    if status == 400:
        assert list(made.body) == ["error"]
        listed = await line("GET", "/Users")
        assert listed.body["totalResults"] == 0


@pytest.mark.parametrize(
    ("media_type", "status"), [("application/json", 201), ("application/scim+json", 201), ("text/plain", 415)]
)
async def test_both_documented_media_types_are_taken(line, media_type, status):
    assert (await line("POST", "/Users", CREATE, media_type=media_type)).status == status


async def test_a_user_name_in_use_answers_409_in_any_letter_case(line):
    await create(line)
    assert (await line("POST", "/Users", {"userName": "JANE@example.com"})).status == 409


async def test_the_wrong_token_answers_401_with_an_undocumented_body(line):
    for token in (None, "other"):
        refused = await line("GET", "/Users", token=token)
        assert (refused.status, list(refused.body)) == (401, ["error"])


async def test_put_replaces_and_what_it_leaves_out_is_gone(line):
    made = await create(line, externalId="701984")
    body = {"schemas": [USER], "userName": "jane.doe@example.com", "active": False}
    replaced = await line("PUT", f"/Users/{made['id']}", body)
    assert replaced.status == 200
    assert set(replaced.body) == {"schemas", "id", "userName", "active", "meta"}
    assert replaced.body["meta"]["created"] == made["meta"]["created"]


@pytest.mark.parametrize("extra", [{"id": "1"}, {"meta": {}}, {"displayName": "Jane"}, {"userName": None}])
async def test_put_refuses_what_the_page_does_not_list(line, extra):
    made = await create(line)
    assert (await line("PUT", f"/Users/{made['id']}", {**CREATE, **extra})).status == 400
    assert (await line("GET", f"/Users/{made['id']}")).body == made


@pytest.mark.parametrize(
    ("operations", "status", "name", "value"),
    [
        ([{"op": "replace", "path": "active", "value": False}], 200, "active", False),
        ([{"op": "replace", "value": {"active": False}}], 200, "active", False),
        (
            [{"op": "replace", "path": "name.givenName", "value": "J"}],
            200,
            "name",
            {"givenName": "J", "familyName": "Doe"},
        ),
        ([{"op": "remove", "path": "name"}], 200, "name", None),
        ([{"op": "add", "path": "emails", "value": [{"value": "j@example.com"}]}], 200, "userName", CREATE["userName"]),
        ([{"op": "Replace", "path": "active", "value": False}], 400, "active", True),
        ([{"op": "replace", "path": "active", "value": "False"}], 400, "active", True),
        ([{"op": "replace", "path": "displayName", "value": "J"}], 400, "active", True),
        ([{"op": "replace", "path": 'emails[type eq "work"].value', "value": "j@e.com"}], 400, "active", True),
        ([{"op": "remove", "path": "userName"}], 400, "userName", CREATE["userName"]),
        ([{"op": "remove"}], 400, "active", True),
        ([{"op": "replace", "path": "active", "value": False}, {"op": "x"}], 400, "active", True),
        ([], 400, "active", True),
    ],
)
async def test_patch_answers_the_whole_user_or_changes_nothing(line, operations, status, name, value):
    made = await create(line)
    body = {"schemas": [PATCH_OP], "Operations": operations}
    patched = await line("PATCH", f"/Users/{made['id']}", body)
    assert patched.status == status, patched.text
    kept = (await line("GET", f"/Users/{made['id']}")).body
    assert kept.get(name) == value
    if status == 200:
        assert patched.body == kept


@pytest.mark.parametrize("lacking", ["schemas", "Operations"])
async def test_patch_needs_schemas_and_operations(line, lacking):
    made = await create(line)
    body = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "active", "value": False}]}
    del body[lacking]
    assert (await line("PATCH", f"/Users/{made['id']}", body)).status == 400


@pytest.mark.parametrize(
    ("params", "status", "names"),
    [
        ({}, 200, ["a@e.com", "b@e.com", "c@e.com"]),
        ({"startIndex": "2", "count": "1"}, 200, ["b@e.com"]),
        ({"count": "0"}, 200, []),
        ({"startIndex": "0"}, 400, None),
        ({"count": "-1"}, 400, None),
        ({"count": "many"}, 400, None),
        ({"filter": 'userName eq "B@e.com"'}, 200, ["b@e.com"]),
        ({"filter": 'username EQ "b@e.com"'}, 200, ["b@e.com"]),
        ({"filter": 'userName sw "b"'}, 400, None),
        ({"filter": 'externalId eq "1"'}, 400, None),
        ({"filter": 'displayName eq "b"'}, 400, None),
        ({"filter": 'userName eq "a" and userName eq "b"'}, 400, None),
        ({"filter": "userName eq"}, 400, None),
    ],
)
async def test_a_list_takes_an_index_a_count_and_one_eq_on_user_name(line, params, status, names):
    for name in ("a@e.com", "b@e.com", "c@e.com"):
        await create(line, userName=name)
    found = await line("GET", "/Users", params=params)
    assert found.status == status, found.text
    if names is not None:
        assert [each["userName"] for each in found.body["Resources"]] == names
        assert found.body["itemsPerPage"] == len(names)
        assert found.body["totalResults"] == (1 if "filter" in params else 3)


async def test_excluded_attributes_are_left_out_but_never_the_id(line):
    await create(line)
    found = await line("GET", "/Users", params={"excludedAttributes": "emails,name.givenName,id"})
    (user,) = found.body["Resources"]
    assert "emails" not in user
    assert user["name"] == {"familyName": "Doe"}
    assert "id" in user


async def test_groups_know_a_display_name_and_members_with_value_and_display_only(line):
    user = await create(line)
    body = {"schemas": [GROUP], "displayName": "Tour Guides", "members": [{"value": user["id"], "display": "Jane"}]}
    made = await line("POST", "/Groups", body)
    assert made.status == 201
    assert made.body["members"] == body["members"]
    for extra in (
        {"externalId": "g-1"},
        {"members": [{"value": "1", "$ref": "../Users/1"}]},
        {"members": [{"type": "User"}]},
    ):
        assert (await line("POST", "/Groups", {**body, **extra})).status == 400
    found = await line("GET", "/Groups", params={"filter": 'displayName eq "tour guides"'})
    assert [each["id"] for each in found.body["Resources"]] == [made.body["id"]]
    assert (await line("GET", "/Groups", params={"filter": f'members eq "{user["id"]}"'})).status == 400


async def test_group_members_are_added_and_removed_by_patch(line):
    first, second = await create(line), await create(line, userName="bjensen@example.com")
    group = (await line("POST", "/Groups", {"displayName": "Tour Guides"})).body
    path = f"/Groups/{group['id']}"
    both = [{"value": first["id"]}, {"value": second["id"]}]
    add = {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "members", "value": both}]}
    assert (await line("PATCH", path, add)).body["members"] == both
    assert (await line("PATCH", path, add)).body["members"] == both
    path_of_first = f'members[value eq "{first["id"]}"]'
    remove = {"schemas": [PATCH_OP], "Operations": [{"op": "remove", "path": path_of_first}]}
    assert (await line("PATCH", path, remove)).body["members"] == both[1:]
    assert (await line("DELETE", f"/Users/{second['id']}")).status == 204
    assert (await line("GET", path)).body["members"] == []


async def test_a_deleted_user_is_gone(line):
    made = await create(line)
    deleted = await line("DELETE", f"/Users/{made['id']}")
    assert (deleted.status, deleted.text) == (204, "")
    for method in ("GET", "DELETE"):
        assert (await line(method, f"/Users/{made['id']}")).status == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/ServiceProviderConfig", 404),
        ("GET", "/Schemas", 404),
        ("GET", "/Me", 404),
        ("POST", "/Bulk", 404),
        ("POST", "/Users/.search", 405),
        ("PATCH", "/Users", 405),
        ("GET", "/Users/1/name", 404),
    ],
)
async def test_what_the_reference_does_not_list_is_not_there(line, method, path, status):
    assert (await line(method, path, {} if method != "GET" else None)).status == status
