"""Names that are ids and change, over real sockets: people keep their ids, also when the gateway is started anew."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from names_stage import Names, Register, open_names, run_register

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
MESSAGE = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ROUNDS = 12


@pytest.fixture
async def register() -> AsyncIterator[tuple[Register, str]]:
    async with run_register() as running:
        yield running


@pytest.fixture
async def names(register: tuple[Register, str], tmp_path: Path) -> AsyncIterator[Names]:
    async with open_names(*register, tmp_path) as opened:
        yield opened


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": name, **more}


def rename(name: str) -> dict[str, Any]:
    return {"schemas": [MESSAGE], "Operations": [{"op": "replace", "path": "userName", "value": name}]}


async def test_two_people_swap_their_names_and_a_new_gateway_knows_both(
    register: tuple[Register, str], tmp_path: Path
) -> None:
    async with open_names(*register, tmp_path) as names:
        for name in ("ann", "bob"):
            assert (await names.ask("POST", "/Users", person(name, title=name))).status == 201
        for id_, name in (("ann", "between"), ("bob", "ann"), ("ann", "bob")):
            changed = await names.ask("PATCH", f"/Users/{id_}", rename(name))
            assert (changed.status, changed.body["id"], changed.body["userName"]) == (200, id_, name)
            assert changed.headers["location"].endswith(f"/Users/{id_}")
        assert await names.who() == {"ann": "bob", "bob": "ann"}
    async with open_names(*register, tmp_path) as names:
        assert await names.who() == {"ann": "bob", "bob": "ann"}
        assert (await names.ask("PUT", "/Users/ann", person("bob", title="first"))).body["id"] == "ann"
    assert register[0].people["bob"] == {"handle": "bob", "origin": "ann", "job": "first"}


async def test_a_name_that_is_somebodys_id_is_refused_to_who_is_new(names: Names) -> None:
    await names.ask("POST", "/Users", person("bob"))
    await names.ask("PATCH", "/Users/bob", rename("robert"))
    refused = await names.ask("POST", "/Users", person("bob"))
    assert (refused.status, refused.body["scimType"]) == (409, "uniqueness")
    assert refused.body["detail"].endswith("(SG361)")


async def test_creates_and_renames_at_once_give_nobody_anothers_id(names: Names) -> None:
    for number in range(ROUNDS):
        name = f"bob-{number}"
        await names.ask("POST", "/Users", person(name))
        moved, made, changed = await asyncio.gather(
            names.ask("PATCH", f"/Users/{name}", rename(f"robert-{number}")),
            names.ask("POST", "/Users", person(name, title="another")),
            names.ask("PATCH", f"/Users/{name}", {**rename(""), "Operations": [
                {"op": "replace", "path": "title", "value": "his own"}]}),
        )  # fmt: skip
        assert (moved.status, made.status, changed.status) == (200, 409, 200)
        assert names.register.people[f"robert-{number}"]["job"] == "his own"
    origins = [one["origin"] for one in names.register.people.values()]
    assert sorted(origins) == sorted(set(origins))


async def test_a_chain_of_renames_at_once_leaves_each_id_with_its_owner(names: Names) -> None:
    ids = [f"p{number}" for number in range(6)]
    for id_ in ids:
        await names.ask("POST", "/Users", person(id_, title=id_))
    for turn in range(1, 4):
        await asyncio.gather(*(names.ask("PATCH", f"/Users/{id_}", rename(f"{id_}-{turn}")) for id_ in ids))
        await asyncio.gather(*(names.ask("PATCH", f"/Users/{ids[0]}", rename(one)) for one in ids[1:]))
    people = names.register.people
    assert {one["origin"]: one["job"] for one in people.values()} == {id_: id_ for id_ in ids}
    assert set(await names.who()) == set(ids)
