"""The vendors' own examples through the gateway: what the vendor received and what the client got back, exactly."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from scene import ACME, VENDOR_TOKEN, Answer, Stage, backend, open_stage, tenant, write_config, write_secret
from seeds_examples import (
    CUBE_CREATE,
    CUBE_REPLACE,
    ENTERPRISE,
    HUAWEI,
    PING,
    PING_CORE,
    PING_PROFILE,
    RSA_FULL,
    RSA_MINIMAL,
    USER,
)

from gateway.sandbox import LEDGER, Exchange, start_sandbox

Document = dict[str, Any]


def typed(document: Document) -> Document:
    """As Cube's example in the words of a client: its e-mail has a type, and names are shown whole."""
    return {**document, "emails": [{**each, "type": "work"} for each in document["emails"]]}


class Example(Struct, frozen=True):
    """What the client sends to make a user, what the vendor must receive, and what the client must get but id and meta.

    `schemas` are those that the client gets.
    """

    vendor: str
    sent: Document
    received: Document
    got: Document
    media: str = "application/scim+json"
    schemas: tuple[str, ...] = (USER,)


def without(document: Document, *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}


def whole_name(document: Document) -> str:
    return f"{document['name']['givenName']} {document['name']['familyName']}"


def shown_by_cube(document: Document) -> Document:
    """Cube stores no formatted name and no displayName: both are made of the two it stores."""
    name = whole_name(document)
    return {**typed(document), "name": {**document["name"], "formatted": name}, "displayName": name}


EXAMPLES = {
    "Cube, create": Example(
        "cube-cloud", typed(CUBE_CREATE), CUBE_CREATE, shown_by_cube(CUBE_CREATE), "application/json"
    ),
    "RSA, minimal": Example(
        "rsa-unified-directory",
        {**RSA_MINIMAL, "schemas": [USER]},
        {**RSA_MINIMAL, "schemas": [USER]},
        {**RSA_MINIMAL, "active": True},
    ),
    "RSA, full, with every phone and address": Example(
        "rsa-unified-directory",
        RSA_FULL,
        {**RSA_FULL, "schemas": [USER]},  # nothing of the enterprise extension is in it, so it is not declared
        without(RSA_FULL, "password"),
    ),
    "RSA, full, and an enterprise block": Example(
        "rsa-unified-directory",
        {**RSA_FULL, ENTERPRISE: {"department": "Tours", "manager": {"value": "26118915"}}},
        {**RSA_FULL, ENTERPRISE: {"department": "Tours", "manager": {"value": "26118915"}}},
        {**without(RSA_FULL, "password"), ENTERPRISE: {"department": "Tours", "manager": {"value": "26118915"}}},
        schemas=(USER, ENTERPRISE),
    ),
    "Huawei, full": Example(
        "huawei-identity-center", HUAWEI, HUAWEI, without(HUAWEI, "profileUrl"), "application/json"
    ),
    "Ping, with the profile extension": Example(
        "ping-directory",
        {**PING, "schemas": [USER, PING_PROFILE]},
        PING,
        without(PING, "password"),
        schemas=(USER, PING_PROFILE),
    ),
}


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


def by_kind(document: Any) -> Any:
    """The document with lists of objects in one order: a list of values has none (RFC 7643 2.4)."""
    if isinstance(document, dict):
        return {name: by_kind(value) for name, value in document.items()}
    if isinstance(document, list):
        return sorted((by_kind(each) for each in document), key=lambda each: json.dumps(each, sort_keys=True))
    return document


def check_got(answer: Answer, expected: Document, schemas: tuple[str, ...], stage: Stage) -> None:
    """What the client got: the expected, an id, and a `meta` of ours."""
    body = dict(answer.body)
    native, meta = body.pop("id"), body.pop("meta")
    where = f"{stage.url}/acme/scim/v2/Users/{native}"
    manager = body.get(ENTERPRISE, {}).get("manager")
    if manager is not None:
        assert manager.pop("$ref") == f"{stage.url}/acme/scim/v2/Users/{manager['value']}"
    assert by_kind(body) == by_kind({**expected, "schemas": list(schemas)})
    assert body["schemas"] == list(schemas)
    assert {name: meta[name] for name in ("resourceType", "location")} == {"resourceType": "User", "location": where}
    assert set(meta) == {"resourceType", "location", "created", "lastModified", "version"}
    assert meta["version"] == answer.headers["etag"]
    assert answer.headers["location"] == where
    assert answer.headers["content-type"] == "application/scim+json"


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
async def test_a_seed_s_example_reaches_the_vendor_and_comes_back(example: Example, tmp_path: Path) -> None:
    async with before(example.vendor, tmp_path) as (stage, ledger):
        answer = await stage.ask("POST", "/acme/scim/v2/Users", example.sent)
        assert answer.status == 201
        assert [(each.method, each.status) for each in ledger] == [("POST", 201)]
        assert by_kind(ledger[0].request_body) == by_kind(example.received)
        assert ledger[0].headers["Content-Type"] == example.media
        check_got(answer, example.got, example.schemas, stage)


async def test_cube_s_replace_example_replaces_what_its_create_example_made(tmp_path: Path) -> None:
    async with before("cube-cloud", tmp_path) as (stage, ledger):
        made = await stage.ask("POST", "/acme/scim/v2/Users", typed(CUBE_CREATE))
        answer = await stage.ask("PUT", f"/acme/scim/v2/Users/{made.body['id']}", typed(CUBE_REPLACE))
        assert answer.status == 200
        assert [each.method for each in ledger] == ["POST", "GET", "PUT"]
        assert ledger[-1].request_body == CUBE_REPLACE
        assert ledger[-1].path == f"/api/scim/v2/Users/{made.body['id']}"
        check_got(answer, shown_by_cube(CUBE_REPLACE), (USER,), stage)


async def test_the_order_of_ping_s_schemas_is_the_vendor_s_own(tmp_path: Path) -> None:
    async with before("ping-directory", tmp_path) as (stage, ledger):
        answer = await stage.ask("POST", "/acme/scim/v2/Users", {**PING, "schemas": [USER, PING_PROFILE]})
        assert ledger[0].request_body["schemas"] == [PING_CORE, PING_PROFILE]
        assert ledger[0].response_body["schemas"] == [PING_PROFILE, PING_CORE]
        assert answer.body["schemas"] == [USER, PING_PROFILE]


async def test_a_client_may_send_ping_s_own_urns_as_the_page_prints_them(tmp_path: Path) -> None:
    async with before("ping-directory", tmp_path) as (stage, ledger):
        answer = await stage.ask("POST", "/acme/scim/v2/Users", PING)
        assert answer.status == 201
        assert by_kind(ledger[0].request_body) == by_kind(PING)
        check_got(answer, without(PING, "password"), (USER, PING_PROFILE), stage)
