"""Versions over real sockets: ETag and meta.version, 304, 412, and clients that race (RFC 7644 3.14, RFC 9110 13)."""

from asyncio import gather
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from scene import ACME, VENDOR_TOKEN, Answer, Stage, backend, open_stage, tenant, write_config, write_secret

from gateway.sandbox import LEDGER, Exchange, start_sandbox
from gateway.sandbox.vendors import VENDORS as SANDBOXES

USERS = "/acme/scim/v2/Users"
RACERS = 6
BABS = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "bjensen@example.com",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}],
    "active": True,
}
# One that takes PATCH as it is, one that is compared and written whole.
VENDORS = ["ping-directory", "cube-cloud"]


@asynccontextmanager
async def before(vendor: str, folder: Path) -> AsyncIterator[tuple[Stage, list[Exchange]]]:
    running = await start_sandbox(vendor, token=VENDOR_TOKEN)
    try:
        config = write_config(
            folder, {"vendor": backend(vendor, running.url, write_secret(folder))}, {"acme": tenant(ACME, "vendor")}
        )
        async with open_stage(config) as stage:
            yield stage, running.app[LEDGER]
    finally:
        await running.close()


def rename(name: str) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "name.givenName", "value": name}],
    }


async def create(stage: Stage) -> tuple[str, str]:
    """The target of somebody new, and the version shown."""
    made = await stage.ask("POST", USERS, BABS)
    assert made.status == 201, made.body
    assert made.headers["etag"] == made.body["meta"]["version"]
    return f"{USERS}/{made.body['id']}", made.headers["etag"]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_the_version_of_one_state_is_one_in_every_answer_and_another_after_a_change(
    vendor: str, tmp_path: Path
) -> None:
    async with before(vendor, tmp_path) as (stage, _):
        target, version = await create(stage)
        read, head = await stage.ask("GET", target), await stage.ask("HEAD", target)
        listed = await stage.ask("GET", USERS)
        assert read.headers["etag"] == head.headers["etag"] == read.body["meta"]["version"] == version
        assert listed.body["Resources"][0]["meta"]["version"] == version
        put = await stage.ask("PUT", target, {**BABS, "name": {"givenName": "Babs", "familyName": "Jensen"}})
        again = await stage.ask("GET", target)
        assert version != put.headers["etag"] == again.headers["etag"] == put.body["meta"]["version"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_who_knows_the_version_is_answered_without_a_body(method: str, tmp_path: Path) -> None:
    async with before("cube-cloud", tmp_path) as (stage, _):
        target, version = await create(stage)
        known = await stage.ask(method, target, headers={"If-None-Match": version})
        assert (known.status, known.body, known.headers["etag"]) == (304, None, version)
        assert not {"content-type", "location"} & set(known.headers)
        assert known.headers.get("content-length", "0") == "0"
        assert (await stage.ask("GET", target)).status == 200, "the connection is still good"


@pytest.mark.parametrize("vendor", VENDORS)
async def test_of_clients_that_race_with_one_version_exactly_one_wins(vendor: str, tmp_path: Path) -> None:
    async with before(vendor, tmp_path) as (stage, ledger):
        target, version = await create(stage)
        ledger.clear()
        names = [f"Racer {number}" for number in range(RACERS)]
        answers = await gather(*(race(stage, target, name, version) for name in names))
        winners = [name for name, answer in zip(names, answers, strict=True) if answer.status in (200, 204)]
        losers = [answer for answer in answers if answer.status == 412]
        assert (len(winners), len(losers)) == (1, RACERS - 1)
        assert all(answer.body["detail"].endswith("(SG511)") for answer in losers)
        assert len([call for call in ledger if call.method not in ("GET", "HEAD")]) == 1
        assert (await stage.ask("GET", target)).body["name"]["givenName"] == winners[0]


async def race(stage: Stage, target: str, name: str, version: str) -> Answer:
    return await stage.ask("PATCH", target, rename(name), headers={"If-Match": version})


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_delete_and_a_change_of_one_version_do_not_both_happen(vendor: str, tmp_path: Path) -> None:
    async with before(vendor, tmp_path) as (stage, _):
        target, version = await create(stage)
        deleted, changed = await gather(
            stage.ask("DELETE", target, headers={"If-Match": version}), race(stage, target, "Babs", version)
        )
        if deleted.status == 204:
            assert changed.status == 404
        else:
            assert deleted.status == 412
            assert changed.status in (200, 204)
        assert (await stage.ask("GET", target)).status == (404 if deleted.status == 204 else 200)


async def test_a_version_outlives_a_restart_and_another_address(tmp_path: Path) -> None:
    running = await start_sandbox("cube-cloud", token=VENDOR_TOKEN)
    try:
        named = {"vendor": backend("cube-cloud", running.url, write_secret(tmp_path))}
        async with open_stage(write_config(tmp_path, named, {"acme": tenant(ACME, "vendor")})) as stage:
            target, version = await create(stage)
        async with open_stage(write_config(tmp_path, named, {"acme": tenant(ACME, "vendor")})) as stage:
            short = target.removeprefix("/acme")
            assert (await stage.ask("GET", short)).headers["etag"] == version
            assert (await stage.ask("PATCH", short, rename("B"), headers={"If-Match": version})).status in (200, 204)
    finally:
        await running.close()


PATCHES = [
    ("PATCH", rename("Babs")),
    ("PATCH", {**rename(""), "Operations": [{"op": "replace", "path": "active", "value": False}]}),
]


# What these vendors want of a user besides.
ALSO = {
    "github-emu": {"externalId": "701984"},
    "gitlab-group": {"externalId": "701984"},
    "slack": {"userName": "bjensen"},
}


@pytest.mark.parametrize("vendor", sorted(SANDBOXES))
async def test_a_version_after_a_write_is_the_one_that_a_read_shows(vendor: str, tmp_path: Path) -> None:
    async with before(vendor, tmp_path) as (stage, _):
        person = {**BABS, **ALSO.get(vendor, {})}
        made = await stage.ask("POST", USERS, person)
        assert made.status == 201, made.body
        await check_shown(stage, made)
        target = f"{USERS}/{made.body['id']}?attributes=userName,meta"
        for method, body in (*PATCHES, ("PUT", {**person, "title": "Guide"})):
            written = await stage.ask(method, target, body)
            if written.status == 200:
                await check_shown(stage, written)


async def check_shown(stage: Stage, written: Answer) -> None:
    """The version of the answer, if it shows one, is that of a read and of a list."""
    target = f"{USERS}/{written.body['id']}"
    read = await stage.ask("GET", target)
    assert read.headers["etag"] == written.headers.get("etag", read.headers["etag"])
    listed = await stage.ask("GET", f'{USERS}?filter=userName eq "{read.body["userName"]}"')
    versions = [one["meta"].get("version") for one in listed.body["Resources"]]
    assert versions in ([read.headers["etag"]], [None])
