"""Cisco Webex as its pages have it."""

import pytest

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
OWN = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User"
CREATE = {"schemas": [USER], "userName": "bjensen@example.com", "active": True}


@pytest.fixture
async def line(dial):
    return await dial("webex")


async def create(line, path="/Users", **more):
    made = await line("POST", path, {**CREATE, **more}, media_type="application/json")
    assert made.status == 201, made.text
    return made.body


def patch(*operations):
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


async def crowd(line, size):
    """A group of that many members; its id."""
    members = [{"value": f"m-{number}"} for number in range(size)]
    group = {"schemas": [GROUP], "displayName": "Tour Guides", "members": members}
    return (await line("POST", "/Groups", group)).body["id"]


@pytest.mark.parametrize(("size", "shown"), [(0, 0), (499, 499), (500, 500), (501, 500)])
async def test_a_group_shows_at_most_500_members(line, size, shown):
    group = await crowd(line, size)
    found = (await line("GET", f"/Groups/{group}")).body
    assert len(found["members"]) == shown


async def test_all_members_are_below_the_group_page_by_page(line):
    group = await crowd(line, 1_101)
    pages = [
        (await line("GET", f"/Groups/{group}/Members", params={"startIndex": str(start), "count": "900"})).body
        for start in (1, 501, 1_001)
    ]
    assert [page["memberSize"] for page in pages] == [1_101] * 3
    assert [page["itemsPerPage"] for page in pages] == [500, 500, 101]
    assert len({each["value"] for page in pages for each in page["members"]}) == 1_101
    assert pages[0]["members"][0] == {"value": "m-0", "type": "user", "display": "A member"}
    assert (await line("GET", "/Groups/none/Members")).status == 404


async def test_a_group_among_the_members_is_told_to_be_one(line):
    person, inner = (await create(line))["id"], await crowd(line, 0)
    members = [{"value": person}, {"value": inner, "type": "user"}]
    outer = await line("POST", "/Groups", {"schemas": [GROUP], "displayName": "All", "members": members})
    below = await line("GET", f"/Groups/{outer.body['id']}/Members")
    for shown in (outer.body["members"], below.body["members"]):
        assert [(each["value"], each["type"]) for each in shown] == [(person, "user"), (inner, "group")]


@pytest.mark.parametrize(("params", "shown"), [({}, None), ({"includeMembers": "true"}, 3)])
async def test_a_list_shows_members_only_when_asked(line, params, shown):
    await crowd(line, 3)
    (group,) = (await line("GET", "/Groups", params=params)).body["Resources"]
    assert (len(group["members"]) if "members" in group else None) == shown


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({}, "b A c"),
        ({"sortBy": "userName"}, "A b c"),
        ({"sortBy": "username", "sortOrder": "descending"}, "c b A"),
        ({"sortBy": "userName", "startIndex": "2", "count": "1"}, "b"),
        ({"sortBy": "meta.lastModified"}, "b c A"),
    ],
)
async def test_a_list_is_in_the_order_asked_for(line, params, names):
    made = [await create(line, userName=name) for name in ("b", "A", "c")]
    await line("PATCH", f"/Users/{made[1]['id']}", patch({"op": "add", "path": "title", "value": "Driver"}))
    found = (await line("GET", "/Users", params=params)).body["Resources"]
    assert [each["userName"] for each in found] == names.split()


async def test_an_order_by_anything_else_is_refused(line):
    assert (await line("GET", "/Users", params={"sortBy": "title"})).status == 400


async def test_put_takes_away_what_it_does_not_name(line):
    made = await create(
        line, schemas=[USER, OWN], title="Guide", **{OWN: {"managedOrgs": [{"orgId": "o", "role": "r"}]}}
    )
    replaced = (await line("PUT", f"/Users/{made['id']}", CREATE)).body
    assert {"title", OWN} & set(replaced) == set()
    patched = await line("PATCH", f"/Users/{made['id']}", patch({"op": "add", "path": "title", "value": "Driver"}))
    assert (patched.status, patched.body["title"]) == (200, "Driver")


async def test_unknown_schemas_and_fields_are_overlooked(line):
    made = await create(line, schemas=[USER, "urn:example:unknown"], shoeSize=44, groups=[])
    assert {"shoeSize", "groups"} & set(made) == set()


@pytest.mark.parametrize(
    ("emails", "kept"),
    [
        ([], [("bjensen@example.com", "work", True)]),
        ([{"value": "babs@example.org", "type": "home"}],
         [("babs@example.org", "home", False), ("bjensen@example.com", "work", True)]),
        ([{"value": "b@example.com", "type": "work"}], [("b@example.com", "work", None)]),
    ],
)  # fmt: skip
async def test_a_user_name_is_the_work_address_where_there_is_none(line, emails, kept):
    made = await create(line, emails=emails)
    assert [(each["value"], each["type"], each.get("primary")) for each in made["emails"]] == kept


@pytest.mark.parametrize(
    ("text", "status", "found"),
    [
        ('userName eq "bjensen@example.com"', 200, 1),
        ('userName sw "bj" or userName sw "x"', 200, 1),
        ('userName ew "example.com"', 200, 1),
        ('name.givenName ew "a"', 400, None),
        ('externalId eq "1"', 400, None),
        ('userName sw "b" and active eq true', 400, None),
    ],
)
async def test_filters_are_those_of_the_pages_table(line, text, status, found):
    await create(line)
    answer = await line("GET", "/Users", params={"filter": text})
    assert answer.status == status
    assert found is None or answer.body["totalResults"] == found


async def test_no_page_is_longer_than_100(line):
    assert (await line("GET", "/Users", params={"count": "101"})).status == 400
