"""A tenant before a backend of raw bytes with little patience, and what such a backend may send."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hall import Loop, RawVendor, Script, open_gateway
from msgspec import Struct
from scene import ACME, VENDOR_TOKEN, backend, tenant, write_config, write_secret
from wire import Heard, request, speak

USERS = "/acme/scim/v2/Users"
BEARER = {"Authorization": f"Bearer {ACME}"}
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
TIMEOUT = "400ms"
DEADLINE = "2s"
SECONDS = 4.0
TRACE = (
    "java.lang.NullPointerException: jdbc:postgresql://db-7.internal.example/users?password=hunter2\n"
    "  at com.vendor.scim.UserResource.create(UserResource.java:117)\nTraceback (most recent call last):\n"
)
LEAKS = (b"NullPointer", b"hunter2", b"db-7.internal", b"UserResource", b"Traceback", VENDOR_TOKEN.encode())


class RawStage(Struct, frozen=True):
    port: int
    vendor: RawVendor

    def ask(self, method: str, target: str, body: Any = None) -> Heard:
        raw = None if body is None else json.dumps(body).encode()
        return speak(self.port, request(method, target, raw, BEARER))


@contextmanager
def open_raw_stage(folder: Path) -> Iterator[RawStage]:
    loop, vendor = Loop(), RawVendor()
    raw = backend("scim2", vendor.url, write_secret(folder), timeout=TIMEOUT)
    config = write_config(folder, {"raw": raw}, {"acme": tenant(ACME, "raw", deadline=DEADLINE)})
    try:
        with open_gateway(config, loop) as running:
            yield RawStage(int(running.url.rsplit(":", 1)[1]), vendor)
    finally:
        vendor.close()
        loop.close()


def json_bytes(document: Any) -> bytes:
    return json.dumps(document).encode()


def user(**fields: Any) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "u-1",
        "userName": "bjensen",
        "active": True,
        "meta": {"resourceType": "User", "created": "2026-01-05T09:00:00Z", "lastModified": "2026-01-05T09:00:00Z"},
        **fields,
    }


def listing(*resources: Any, total: Any = None, **fields: Any) -> dict[str, Any]:
    count = len(resources) if total is None else total
    return {"schemas": [LIST], "totalResults": count, "startIndex": 1, "Resources": list(resources), **fields}


def steady(raw: bytes) -> Script:
    return lambda asked: raw


def slowly(raw: bytes, seconds: float) -> Script:
    def script(asked: bytes) -> bytes:
        time.sleep(seconds)
        return raw

    return script


def check_blame(heard: Heard, status: int, *codes: str) -> None:
    assert heard.status == status, heard.body
    assert heard.document["status"] == str(status)
    assert heard.document["detail"].endswith(tuple(f"({code})" for code in codes)), heard.document["detail"]
    assert [leak for leak in LEAKS if leak in heard.body] == []
    assert heard.seconds < SECONDS
    if status in (429, 503):
        assert int(heard.headers["retry-after"]) > 0
