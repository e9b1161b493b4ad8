"""A tenant whose primary and follower are both scim2-server, an independent server: they end up alike."""

import json
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from judge_bench import serve_scim2
from scene import ACME, VENDOR_TOKEN, Stage, backend, open_stage, tenant, write_config, write_secret

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
OWN = frozenset({"id", "meta", "schemas", "groups"})


@pytest.fixture
def servers() -> Iterator[tuple[str, str]]:
    with serve_scim2(VENDOR_TOKEN) as one, serve_scim2(VENDOR_TOKEN) as two:
        yield one, two


@pytest.fixture
async def stage(servers: tuple[str, str], tmp_path: Path) -> AsyncIterator[Stage]:
    secret = write_secret(tmp_path)
    backends = {"one": backend("scim2", servers[0], secret), "two": backend("scim2", servers[1], secret)}
    acme = tenant(ACME, "one")
    config = write_config(tmp_path, backends, {"acme": {**acme, "backends": ["one", "two"]}})
    async with open_stage(config) as opened:
        yield opened


def read_all(url: str, kind: str) -> list[dict[str, Any]]:
    request = urllib.request.Request(f"{url}/{kind}", headers={"Authorization": f"Bearer {VENDOR_TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return list(json.load(answer).get("Resources", []))


def tell(value: Any, names: Mapping[str, str]) -> Any:
    """The value with names for ids, without what each server makes itself and without order in lists."""
    if isinstance(value, dict):
        told = {key: tell(each, names) for key, each in value.items() if key not in ("$ref", "display")}
        return {key: each for key, each in told.items() if key != "value" or each is not None}
    if isinstance(value, list):
        return sorted((tell(each, names) for each in value), key=repr)
    return names.get(value, value) if isinstance(value, str) else value


def picture(url: str) -> dict[str, Any]:
    """All that a server has, by name."""
    people, groups = read_all(url, "Users"), read_all(url, "Groups")
    names = {one["id"]: one["userName"] for one in people} | {one["id"]: one["displayName"] for one in groups}
    named = {names[one["id"]]: {key: each for key, each in one.items() if key not in OWN} for one in (*people, *groups)}
    assert len(named) == len(people) + len(groups)
    return {name: tell(one, names) for name, one in sorted(named.items())}


async def ask(stage: Stage, method: str, path: str, body: Any = None) -> Any:
    answer = await stage.ask(method, f"/acme/scim/v2{path}", body)
    assert answer.status < 300, answer.body
    return answer.body


async def make(stage: Stage, name: str, **more: Any) -> str:
    body = {"schemas": [USER, ENTERPRISE], "userName": name, "externalId": f"e-{name}", "active": True, **more}
    return str((await ask(stage, "POST", "/Users", body))["id"])


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


async def test_a_company_is_the_same_in_both(stage: Stage, servers: tuple[str, str]) -> None:
    ada = await make(stage, "ada", title="Countess", emails=[{"value": "ada@acme.example", "type": "work"}])
    bo = await make(stage, "bo", **{ENTERPRISE: {"manager": {"value": ada}, "department": "Mills"}})
    cy = await make(stage, "cy", phoneNumbers=[{"value": "tel:+1-201-555-0123", "type": "mobile"}])
    inner = {"schemas": [GROUP], "displayName": "Inner", "members": [{"value": ada}, {"value": bo}]}
    inside = (await ask(stage, "POST", "/Groups", inner))["id"]
    outer = {"schemas": [GROUP], "displayName": "Outer", "members": [{"value": inside, "type": "Group"}]}
    outside = (await ask(stage, "POST", "/Groups", outer))["id"]
    assert picture(servers[0]) == picture(servers[1])
    assert picture(servers[1])["bo"][ENTERPRISE]["manager"]["value"] == "ada"
    add = {"op": "add", "path": "members", "value": [{"value": cy}]}
    drop = {"op": "remove", "path": f'members[value eq "{ada}"]'}
    await ask(stage, "PATCH", f"/Groups/{inside}", patch(add, drop))
    await ask(stage, "PATCH", f"/Users/{bo}", patch({"op": "replace", "path": "userName", "value": "bo.b"}))
    await ask(stage, "PATCH", f"/Users/{cy}", patch({"op": "remove", "path": "phoneNumbers"}))
    await ask(
        stage, "PATCH", f"/Users/{bo}", patch({"op": "replace", "path": f"{ENTERPRISE}:manager.value", "value": cy})
    )
    await ask(stage, "PUT", f"/Users/{ada}", {"schemas": [USER], "userName": "ada", "nickName": "Enchantress"})
    await ask(stage, "PATCH", f"/Users/{cy}", patch({"op": "replace", "path": "active", "value": False}))
    assert picture(servers[0]) == picture(servers[1])
    assert picture(servers[1])["bo.b"][ENTERPRISE]["manager"]["value"] == "cy"
    assert picture(servers[1])["Inner"]["members"] == [{"value": "bo.b"}, {"value": "cy"}]
    await ask(stage, "DELETE", f"/Groups/{outside}")
    await ask(stage, "DELETE", f"/Users/{ada}")
    assert picture(servers[0]) == picture(servers[1])
    assert set(picture(servers[1])) == {"Inner", "bo.b", "cy"}


async def test_each_calls_the_other_manager(stage: Stage, servers: tuple[str, str]) -> None:
    one = await make(stage, "one")
    two = await make(stage, "two", **{ENTERPRISE: {"manager": {"value": one}}})
    add = {"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": two}}
    await ask(stage, "PATCH", f"/Users/{one}", patch(add))
    assert picture(servers[0]) == picture(servers[1])
    assert picture(servers[1])["one"][ENTERPRISE]["manager"]["value"] == "two"


async def test_a_group_whose_members_are_forgotten_is_found_again_with_them(
    stage: Stage, servers: tuple[str, str]
) -> None:
    members = [{"value": await make(stage, f"member{number}")} for number in range(30)]
    tour = await ask(stage, "POST", "/Groups", {"schemas": [GROUP], "displayName": "Tour", "members": members})
    await stage.running.state.forget(tuple(stage.running.state.hints))  # type: ignore[attr-defined]  # in memory
    await ask(
        stage, "PUT", f"/Groups/{tour['id']}", {"schemas": [GROUP], "displayName": "Tor", "members": members[:20]}
    )
    assert picture(servers[0]) == picture(servers[1])
    assert len(picture(servers[1])["Tor"]["members"]) == 20
