"""Vendors that fail, send us elsewhere or tell too much: blamed rightly, never followed, never quoted."""

import socket
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hall import Loop, Script, answer_with, open_gateway
from raw_stage import (
    BEARER,
    DEADLINE,
    LEAKS,
    TIMEOUT,
    TRACE,
    USERS,
    RawStage,
    check_blame,
    json_bytes,
    listing,
    slowly,
    steady,
    user,
)
from scene import ACME, VENDOR_TOKEN, backend, tenant, write_config, write_secret
from wire import request, speak

NUMBERS = count()
HTML = b"<!doctype html><html><body><h1>Please sign in</h1></body></html>"

MEGABYTE = 1_000_000


def somebody() -> dict[str, Any]:
    """A person whom no vendor has failed before: who may still be made by a lost create is not made again so soon."""
    return {"userName": f"bjensen-{next(NUMBERS)}"}


# Failures of the vendor, and what becomes of them: status, code.
FAILURES: dict[str, tuple[Script, int, str]] = {
    "401": (steady(answer_with(b"{}", "401 Unauthorized")), 503, "SG601"),
    "403": (steady(answer_with(b"{}", "403 Forbidden")), 503, "SG601"),
    "404 of the endpoint": (steady(answer_with(b"{}", "404 Not Found")), 502, "SG512"),
    "429 with Retry-After": (steady(answer_with(b"{}", "429 Too Many", {"Retry-After": "7"})), 429, "SG504"),
    "429 with a date": (
        steady(answer_with(b"{}", "429 Too Many", {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})),
        429,
        "SG504",
    ),
    "429 with nonsense": (steady(answer_with(b"{}", "429 Too Many", {"Retry-After": "-1"})), 429, "SG504"),
    "500 with a stack trace": (steady(answer_with(TRACE.encode(), "500 Oops")), 503, "SG503"),
    "500 with a stack trace in JSON": (steady(answer_with(json_bytes({"detail": TRACE}), "500 Oops")), 503, "SG503"),
    "502 of a proxy": (steady(answer_with(HTML, "502 Bad Gateway")), 503, "SG503"),
    "503 with Retry-After": (steady(answer_with(b"", "503 Later", {"Retry-After": "9"})), 503, "SG503"),
    "a redirect": (steady(answer_with(b"", "302 Found", {"Location": "http://evil.example/"})), 502, "SG506"),
    "a lasting redirect": (steady(answer_with(b"", "308 Permanent", {"Location": "/elsewhere"})), 502, "SG506"),
    "a status that is a joke": (steady(answer_with(b"{}", "418 Teapot")), 502, "SG506"),
    "a status nobody knows": (steady(answer_with(b"{}", "999 What")), 503, "SG503"),
    "no answer": (steady(b""), 503, "SG502"),
    "no HTTP": (steady(b"220 mail.example.com ESMTP\r\n"), 503, "SG502"),
    "a body shorter than its length": (steady(answer_with(b'{"totalResults":', length=500)), 503, "SG502"),
    "slowness": (slowly(answer_with(json_bytes(listing())), 1.0), 503, "SG502"),
    "broken gzip": (steady(answer_with(b"nonsense", headers={"Content-Encoding": "gzip"})), 503, "SG502"),
    "a Retry-After of five thousand digits": (
        steady(answer_with(b"{}", "429 Too Many", {"Retry-After": "9" * 5_000})),
        429,
        "SG504",
    ),
    "words of a megabyte": (steady(answer_with(json_bytes({"detail": "a" * MEGABYTE}), "400 No")), 400, "SG509"),
    "a megabyte of blanks": (
        steady(answer_with(json_bytes({"detail": "request id" + " " * MEGABYTE}), "400 No")),
        400,
        "SG509",
    ),
    "a megabyte that might be a secret": (
        steady(answer_with(json_bytes({"detail": "a1" + "b" * MEGABYTE}), "400 No")),
        400,
        "SG509",
    ),
    "not modified": (steady(b"HTTP/1.1 304 Not Modified\r\n\r\n"), 502, "SG506"),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failing_vendor_is_blamed_and_not_quoted(failure: tuple[Script, int, str], stage: RawStage) -> None:
    script, status, code = failure
    stage.vendor.script = script
    check_blame(stage.ask("GET", USERS), status, code)


@pytest.mark.parametrize("name", ["401", "500 with a stack trace", "no answer", "slowness", "a redirect", "no HTTP"])
@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", USERS, {"userName": "bjensen"}),
        (
            "PATCH",
            f"{USERS}/u-1",
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "replace", "path": "active", "value": False}],
            },
        ),
        ("DELETE", f"{USERS}/u-1", None),
        ("PUT", f"{USERS}/u-1", {"userName": "bjensen"}),
    ],
)
def test_a_write_that_fails_is_never_a_success(name: str, method: str, target: str, body: Any, stage: RawStage) -> None:
    script, status, _ = FAILURES[name]
    stage.vendor.script = script
    named = {**body, "userName": f"babs {name}"} if method == "POST" else body  # what was lost of one holds up no other
    heard = stage.ask(method, target, named)
    assert heard.status in (status, 503), heard.body
    assert heard.status >= 500
    assert [leak for leak in LEAKS if leak in heard.body] == []
    assert heard.document["detail"].endswith(")")


def test_a_retry_after_of_the_vendor_is_passed_on(stage: RawStage) -> None:
    stage.vendor.script = FAILURES["429 with Retry-After"][0]
    assert stage.ask("GET", USERS).headers["retry-after"] == "7"


def test_a_redirect_is_never_followed(stage: RawStage) -> None:
    stage.vendor.script = steady(answer_with(b"", "302 Found", {"Location": f"{stage.vendor.url}/elsewhere"}))
    before = len(stage.vendor.asked)
    stage.ask("GET", f"{USERS}/u-1")
    assert stage.vendor.lines()[before:] == ["GET /scim/v2/Users/u-1 HTTP/1.1"]


def test_what_the_vendor_sets_stays_with_us(stage: RawStage) -> None:
    headers = {
        "Set-Cookie": "session=vendor",
        "Server": "vendor/1.0",
        "X-Vendor": "x",
        "Location": "http://evil.example",
    }
    stage.vendor.script = steady(
        answer_with(json_bytes(user(meta={"location": "http://evil.example"})), headers=headers)
    )
    heard = stage.ask("GET", f"{USERS}/u-1")
    assert heard.status == 200
    assert {"set-cookie", "server", "x-vendor"} & set(heard.headers) == set()
    assert b"evil.example" not in heard.body
    assert "evil.example" not in heard.headers.get("location", "")
    stage.ask("GET", f"{USERS}/u-1")
    assert b"cookie" not in stage.vendor.asked[-1].lower()


@pytest.mark.parametrize(
    "document",
    [
        {"detail": f"The token {VENDOR_TOKEN} has no right to do this"},
        {"message": f"Authorization: Bearer {VENDOR_TOKEN}"},
        {"error": {"message": VENDOR_TOKEN}},
    ],
)
def test_a_vendor_that_repeats_our_credential_is_not_repeated(document: Any, stage: RawStage) -> None:
    stage.vendor.script = steady(answer_with(json_bytes(document), "400 Bad Request"))
    heard = stage.ask("POST", USERS, somebody())
    assert heard.status == 400
    assert VENDOR_TOKEN.encode() not in heard.body


def test_a_vendor_that_repeats_what_was_sent_is_not_repeated(stage: RawStage) -> None:
    body = {**somebody(), "password": "t1meMa$heen", "name": {"familyName": "Jensen-Canary"}}

    def script(asked: bytes) -> bytes:
        words = asked.partition(b"\r\n\r\n")[2].decode()
        return answer_with(json_bytes({"detail": f"cannot take {words}"}), "400 Bad Request")

    stage.vendor.script = script
    heard = stage.ask("POST", USERS, body)
    assert heard.status == 400
    assert [each for each in (b"t1meMa$heen", b"Jensen-Canary", body["userName"].encode()) if each in heard.body] == []


@pytest.mark.parametrize("scim_type", ["uniqueness", "invalidValue", "mutability", "tooMany", "frobnicated", 5, ["x"]])
def test_a_scim_type_passes_only_when_the_rfc_lists_it(scim_type: Any, stage: RawStage) -> None:
    stage.vendor.script = steady(answer_with(json_bytes({"scimType": scim_type, "detail": "no"}), "400 Bad Request"))
    heard = stage.ask("POST", USERS, somebody())
    assert heard.status in (400, 409)
    listed = scim_type in ("uniqueness", "invalidValue", "mutability", "tooMany")
    assert heard.document.get("scimType") == (scim_type if listed else None)


def test_a_port_where_nobody_listens_is_not_reachable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/scim/v2"
    loop = Loop()
    raw = backend("scim2", url, write_secret(tmp_path), timeout=TIMEOUT)
    config = write_config(tmp_path, {"raw": raw}, {"acme": tenant(ACME, "raw", deadline=DEADLINE)})
    try:
        with open_gateway(config, loop) as running:
            heard = speak(int(running.url.rsplit(":", 1)[1]), request("POST", USERS, b'{"userName":"bjensen"}', BEARER))
    finally:
        loop.close()
    check_blame(heard, 503, "SG501")
