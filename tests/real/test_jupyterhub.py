"""JupyterHub 6.1.1, the whole program, as a backend: names are ids, nobody can be barred, members come and go by calls.

The hub is told to answer three records at a time at most, fewer than the mapping asks for.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from jupyterhub_stage import Scene, open_scene

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
MESSAGE = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
async def scene(jupyterhub: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(jupyterhub, tmp_path) as opened:
        yield opened


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": name, **more}


def group(name: str, *members: str, **more: Any) -> dict[str, Any]:
    return {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in members], **more}


def patch(*operations: tuple[Any, ...]) -> dict[str, Any]:
    told = [dict(zip(("op", "path", "value"), one, strict=False)) for one in operations]
    return {"schemas": [MESSAGE], "Operations": told}


def members_of(body: dict[str, Any]) -> set[str]:
    return {one["value"] for one in body.get("members", ())}


async def test_a_person_comes_is_found_changes_and_goes(scene: Scene) -> None:
    body = person("BJensen", externalId="701984", active=True)
    made = await scene.ask("POST", "/Users", body)
    assert (made.status, made.body["id"], made.body["userName"]) == (201, "u-bjensen", "bjensen")
    assert made.headers["location"].endswith("/acme/scim/v2/Users/u-bjensen")
    assert (await scene.hub.read("/users/bjensen"))["admin"] is False

    assert await scene.found('/Users?filter=userName eq "BJensen"') == ["u-bjensen"]
    assert await scene.found('/Users?filter=userName eq "jensen"') == []
    assert await scene.found('/Users?filter=externalId eq "701984"') == ["u-bjensen"]
    assert await scene.found('/Users?filter=id eq "u-bjensen"') == ["u-bjensen"]
    assert (await scene.ask("GET", "/Users/u-bjensen")).body["externalId"] == "701984"

    changed = await scene.ask("PATCH", "/Users/u-bjensen", patch(("add", "roles", [{"value": "admin"}])))
    assert (changed.status, changed.body["roles"]) == (200, [{"value": "admin"}])
    assert (await scene.hub.read("/users/bjensen"))["admin"] is True
    changed = await scene.ask("PATCH", "/Users/u-bjensen", patch(("remove", 'roles[value eq "admin"]')))
    assert changed.status == 200
    assert (await scene.hub.read("/users/bjensen"))["admin"] is False

    assert (await scene.ask("DELETE", "/Users/u-bjensen")).status == 204
    assert (await scene.ask("GET", "/Users/u-bjensen")).status == 404
    assert (await scene.hub.ask("GET", "/users/bjensen"))[0] == 404
    assert await scene.found('/Users?filter=externalId eq "701984"') == []


async def test_a_name_stays(scene: Scene) -> None:
    await scene.ask("POST", "/Users", person("bjensen"))
    for method, body in (("PATCH", patch(("replace", "userName", "babs"))), ("PUT", person("babs"))):
        refused = await scene.ask(method, "/Users/u-bjensen", body)
        assert (refused.status, refused.body["scimType"]) == (400, "mutability")
        assert refused.body["detail"].endswith("(SG360)")
    assert (await scene.hub.ask("GET", "/users/babs"))[0] == 404
    kept = await scene.ask("PUT", "/Users/u-bjensen", person("BJENSEN", roles=[{"value": "admin"}]))
    assert (kept.status, kept.body["userName"], kept.body["roles"]) == (200, "bjensen", [{"value": "admin"}])


async def test_a_second_one_of_the_same_name_is_refused(scene: Scene) -> None:
    assert (await scene.ask("POST", "/Users", person("bjensen"))).status == 201
    refused = await scene.ask("POST", "/Users", person("bjensen", roles=[{"value": "admin"}]))
    assert (refused.status, refused.body["scimType"]) == (409, "uniqueness")
    assert (await scene.hub.read("/users/bjensen"))["admin"] is False


@pytest.mark.parametrize("how", ["PATCH", "PUT"])
async def test_who_is_deactivated_is_deleted(scene: Scene, how: str) -> None:
    await scene.ask("POST", "/Users", person("bjensen", active=True))
    body = patch(("replace", "active", False)) if how == "PATCH" else person("bjensen", active=False)
    barred = await scene.ask(how, "/Users/u-bjensen", body)
    assert (barred.status, barred.body["active"]) == (200, False)
    assert (await scene.hub.ask("GET", "/users/bjensen"))[0] == 404
    assert (await scene.ask("GET", "/Users/u-bjensen")).status == 404
    assert await scene.found('/Users?filter=userName eq "bjensen"') == []


async def test_a_group_and_its_members(scene: Scene) -> None:
    for name in ("ann", "bob", "cid", "dee"):
        await scene.ask("POST", "/Users", person(name))
    made = await scene.ask("POST", "/Groups", group("tour guides", "u-ann", "u-bob", externalId="g7"))
    assert (made.status, made.body["id"], members_of(made.body)) == (201, "g-tour~20guides", {"u-ann", "u-bob"})
    at = "/Groups/g-tour~20guides"
    assert set((await scene.hub.read("/groups/tour%20guides"))["users"]) == {"ann", "bob"}
    assert await scene.found('/Groups?filter=displayName eq "Tour Guides"') == ["g-tour~20guides"]
    assert await scene.found('/Groups?filter=externalId eq "g7"') == ["g-tour~20guides"]

    come = patch(("add", "members", [{"value": "u-cid"}, {"value": "u-dee"}]), ("remove", 'members[value eq "u-ann"]'))
    assert (await scene.ask("PATCH", at, come)).status in (200, 204)
    assert set((await scene.hub.read("/groups/tour%20guides"))["users"]) == {"bob", "cid", "dee"}
    user = (await scene.ask("GET", "/Users/u-bob")).body
    assert [(one["value"], one["$ref"].rpartition("/scim/v2/")[2]) for one in user["groups"]] == [
        ("g-tour~20guides", "Groups/g-tour~20guides")
    ]

    put = await scene.ask("PUT", at, group("tour guides", "u-ann", "u-cid"))
    assert (put.status, members_of(put.body)) == (200, {"u-ann", "u-cid"})
    nobody = await scene.ask("PATCH", at, patch(("remove", 'members[value eq "u-ghost"]')))
    assert nobody.status in (200, 204)
    refused = await scene.ask("PATCH", at, patch(("add", "members", [{"value": "u-ghost"}])))
    assert refused.status == 400
    assert refused.body["detail"].endswith("(SG509)")
    renamed = await scene.ask("PATCH", at, patch(("replace", "displayName", "guides")))
    assert (renamed.status, renamed.body["scimType"]) == (400, "mutability")
    assert set((await scene.hub.read("/groups/tour%20guides"))["users"]) == {"ann", "cid"}

    assert (await scene.ask("DELETE", at)).status == 204
    assert (await scene.hub.ask("GET", "/groups/tour%20guides"))[0] == 404


async def test_a_list_is_read_to_its_end_although_the_hub_cuts_its_pages(scene: Scene) -> None:
    names = [f"user-{number}" for number in range(8)]
    for name in names:
        await scene.hub.ask("POST", f"/users/{name}")
    page = await scene.ask("GET", "/Users?count=5&startIndex=3")
    assert (page.body["totalResults"], [one["userName"] for one in page.body["Resources"]]) == (8, names[2:7])
    assert await scene.found('/Users?filter=userName sw "user-"') == [f"u-{name}" for name in names]


async def test_the_gateway_puts_a_list_in_order_as_the_hub_cannot_be_asked(scene: Scene) -> None:
    for name in ("cid", "ann", "dee", "bob"):
        await scene.hub.ask("POST", f"/users/{name}")
    assert await scene.found("/Users?sortBy=userName") == ["u-ann", "u-bob", "u-cid", "u-dee"]
    assert await scene.found("/Users?sortBy=userName&sortOrder=descending") == ["u-dee", "u-cid", "u-bob", "u-ann"]


async def test_names_that_are_no_plain_segment_lead_nowhere_else(scene: Scene) -> None:
    for name in ("ann smith", "zoë", "100%"):
        made = await scene.ask("POST", "/Users", person(name))
        assert made.status == 201, made.body
        assert (await scene.ask("GET", f"/Users/{made.body['id']}")).body["userName"] == name
        assert await scene.found(f'/Users?filter=userName eq "{name.replace("%", "%25")}"') == [made.body["id"]]
    refused = await scene.ask("POST", "/Users", person("../groups"))
    assert (refused.status, refused.body["scimType"]) == (400, "invalidValue")


async def test_a_token_that_the_hub_does_not_take_is_the_gateways_affair(jupyterhub: str, tmp_path: Path) -> None:
    async with open_scene(jupyterhub, tmp_path, secret="a-token-of-nobody") as scene:
        answer = await scene.ask("GET", "/Users")
    assert answer.status == 503
    assert answer.body["detail"].endswith("(SG601)")
