"""How a hostile request is written down: its bytes, and the code it is refused with."""

import json
from urllib.parse import quote

from msgspec import Struct
from scene import ACME
from wire import request

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USERS = "/acme/scim/v2/Users"
BEARER = {"Authorization": f"Bearer {ACME}"}
MEGABYTE = 1024 * 1024


class Row(Struct, frozen=True):
    """One request, and the code it is refused with; the status is that of the code. No vendor is called for it."""

    raw: bytes
    code: str


def post(body: bytes, **headers: str | None) -> bytes:
    return request("POST", USERS, body, {**BEARER, **{name.replace("_", "-"): text for name, text in headers.items()}})


def get(target: str | bytes, **headers: str | None) -> bytes:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return request("GET", target, None, {**BEARER, **named})


def search(filter_: str) -> bytes:
    return get(f"{USERS}?filter={quote(filter_)}")


def patch(*operations: object, path: str = f"{USERS}/u-1") -> bytes:
    body = json.dumps({"schemas": [PATCH_OP], "Operations": list(operations)}).encode()
    return request("PATCH", path, body, BEARER)


def user(value: str) -> bytes:
    return b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":' + value.encode() + b"}"
