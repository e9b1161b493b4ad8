"""Conditions that are none: headers that name no version, or too many, on requests that would read or write."""

import json

from rows import BEARER, PATCH_OP, USERS, Row
from wire import request

OFF = json.dumps({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "active", "value": False}]}).encode()


def ask(method: str, body: bytes | None = None, **headers: str) -> bytes:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return request(method, f"{USERS}/u-1", body, {**BEARER, **named})


CONDITIONS = {
    "a bare word": Row(ask("DELETE", If_Match="3694e05e9dff590"), "SG140"),
    "an empty header": Row(ask("DELETE", If_Match=""), "SG140"),
    "a tag that never ends": Row(ask("DELETE", If_Match='"' + "a" * 7_000), "SG140"),
    "seven thousand quotes": Row(ask("DELETE", If_Match='"' * 7_001), "SG140"),
    "seven thousand commas": Row(ask("DELETE", If_Match="," * 7_000), "SG140"),
    "seven thousand prefixes": Row(ask("DELETE", If_Match="W/" * 3_500), "SG140"),
    "blanks and nothing else": Row(ask("PATCH", OFF, If_Match=" \t" * 3_000 + "x"), "SG140"),
    "a star among tags": Row(ask("PATCH", OFF, If_Match='"a", *'), "SG140"),
    "two stars": Row(ask("PATCH", OFF, If_Match="**"), "SG140"),
    "a small w": Row(ask("PATCH", OFF, If_Match='w/"a"'), "SG140"),
    "quotes of another kind": Row(ask("PATCH", OFF, If_Match="'a'"), "SG140"),
    "a blank inside": Row(ask("PATCH", OFF, If_Match='"a b"'), "SG140"),
    "a good header and a bad one": Row(
        ask("PATCH", OFF, If_Match='W/"a"').replace(b"Connection", b"If-Match: nonsense\r\nConnection"), "SG140"
    ),
    "a read of a bare word": Row(ask("GET", If_None_Match="3694e05e9dff590"), "SG140"),
    "a write unless a bare word": Row(ask("PUT", b'{"userName":"b"}', If_None_Match="x"), "SG140"),
    "a version of what is to be created": Row(
        request("POST", USERS, b'{"userName":"b"}', {**BEARER, "If-Match": 'W/"a"'}), "SG511"
    ),
    "a header of thirty thousand bytes": Row(ask("DELETE", If_Match='"a",' * 7_500), "SG151"),
}
