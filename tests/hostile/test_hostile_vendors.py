"""Vendors that answer nonsense, secrets or nothing: the client gets the right blame, and never an empty list for it."""

import gzip
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hall import Loop, RawVendor, Script, answer_with, open_gateway
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
    'java.lang.NullPointerException: jdbc:postgresql://db-7.internal.example/users?password=hunter2\n'
    "  at com.vendor.scim.UserResource.create(UserResource.java:117)\nTraceback (most recent call last):\n"
)
LEAKS = (b"NullPointer", b"hunter2", b"db-7.internal", b"UserResource", b"Traceback", VENDOR_TOKEN.encode())


class Stage(Struct, frozen=True):
    port: int
    vendor: RawVendor

    def ask(self, method: str, target: str, body: Any = None) -> Heard:
        raw = None if body is None else json.dumps(body).encode()
        return speak(self.port, request(method, target, raw, BEARER))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A tenant before a backend of raw bytes, with little patience."""
    folder, loop, vendor = tmp_path_factory.mktemp("vendor"), Loop(), RawVendor()
    raw = backend("scim2", vendor.url, write_secret(folder), timeout=TIMEOUT)
    config = write_config(folder, {"raw": raw}, {"acme": tenant(ACME, "raw", deadline=DEADLINE)})
    try:
        with open_gateway(config, loop) as running:
            yield Stage(int(running.url.rsplit(":", 1)[1]), vendor)
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


HTML = b"<!doctype html><html><body><h1>Please sign in</h1></body></html>"
BOMB = gzip.compress(b" " * 20 * 1024 * 1024)
BIG = b'{"totalResults":0,"Resources":[],"x":"' + b"x" * 17 * 1024 * 1024 + b'"}'

# Answers with a status of success that nobody can read: 502, whoever asks for what.
UNREADABLE: dict[str, bytes] = {
    "HTML": answer_with(HTML, headers={"Content-Type": "text/html"}),
    "JSON cut in the middle": answer_with(json_bytes(listing(user()))[:-20]),
    "nested ten thousand deep": answer_with(b"[" * 10_000 + b"]" * 10_000),
    "bytes that are no UTF-8": answer_with(b'{"totalResults":0,"Resources":[],"x":"\xff"}'),
    "seventeen megabytes": answer_with(BIG),
    "a bomb of gzip": answer_with(BOMB, headers={"Content-Encoding": "gzip"}),
    "a list instead of an object": answer_with(b"[]"),
    "a text": answer_with(b'"ok"'),
    "a number": answer_with(b"0"),
}

# What a query may be answered with, all of it unfit to be called a list.
NO_LISTS: dict[str, bytes] = {
    "nothing": answer_with(b""),
    "null": answer_with(b"null"),
    "an empty object": answer_with(b"{}"),
    "one user": answer_with(json_bytes(user())),
    "an error with 200": answer_with(json_bytes({"error": "no such scope"})),
    "no totalResults and no Resources": answer_with(json_bytes({"schemas": [LIST]})),
    "a negative total": answer_with(json_bytes(listing(total=-1))),
    "a total that is a word": answer_with(json_bytes(listing(total="many"))),
    "a total that is an object": answer_with(json_bytes(listing(total={}))),
    "Resources that are an object": answer_with(json_bytes({**listing(total=1), "Resources": {"0": user()}})),
    "Resources that are a text": answer_with(json_bytes({**listing(total=1), "Resources": "none"})),
    "an item that is a number": answer_with(json_bytes(listing(user(), 5))),
    "an item that is null": answer_with(json_bytes(listing(None))),
    "an item without an id": answer_with(json_bytes(listing({"userName": "bjensen"}))),
    "a good item and a bad one": answer_with(json_bytes(listing(user(), user(id="u-2", emails="x")))),
    "fewer than it says, and never more": answer_with(json_bytes(listing(user(), total=3))),
    "a page cut short of everything": answer_with(json_bytes(listing(total=7))),
}

# One field of a record that has the wrong type.
WRONG_TYPES: dict[str, Any] = {
    "id": [5, 7],
    "userName": {"value": "bjensen"},
    "name": "Barbara Jensen",
    "name.givenName": {"givenName": ["Barbara"]},
    "displayName": ["Barbara"],
    "nickName": {"a": 1},
    "active": "perhaps",
    "active as a list": [True],
    "emails": "bjensen@example.com",
    "emails as numbers": [1, 2],
    "emails of values that are objects": [{"value": {"a": 1}}],
    "emails whose primary is a word": [{"value": "a@example.com", "primary": "sometimes"}],
    "phoneNumbers": 5,
    "addresses": [["x"]],
    "meta": [],
    "meta.created": {"created": 17},
    "meta.lastModified": {"lastModified": "yesterday"},
    "groups": "everyone",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": "Tours",
}

# Failures of the vendor, and what becomes of them: status, code.
FAILURES: dict[str, tuple[Script, int, str]] = {
    "401": (steady(answer_with(b"{}", "401 Unauthorized")), 503, "SG601"),
    "403": (steady(answer_with(b"{}", "403 Forbidden")), 503, "SG601"),
    "404 of the endpoint": (steady(answer_with(b"{}", "404 Not Found")), 502, "SG512"),
    "429 with Retry-After": (steady(answer_with(b"{}", "429 Too Many", {"Retry-After": "7"})), 429, "SG504"),
    "429 with a date": (
        steady(answer_with(b"{}", "429 Too Many", {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})), 429, "SG504"
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
    "not modified": (steady(b"HTTP/1.1 304 Not Modified\r\n\r\n"), 502, "SG506"),
}  # fmt: skip


def check_blame(heard: Heard, status: int, *codes: str) -> None:
    assert heard.status == status, heard.body
    assert heard.document["status"] == str(status)
    assert heard.document["detail"].endswith(tuple(f"({code})" for code in codes)), heard.document["detail"]
    assert [leak for leak in LEAKS if leak in heard.body] == []
    assert heard.seconds < SECONDS
    if status in (429, 503):
        assert int(heard.headers["retry-after"]) > 0


@pytest.mark.parametrize("target", [USERS, f"{USERS}/u-1", f"{USERS}?filter=userName%20eq%20%22bjensen%22"])
@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_answer_is_a_bad_gateway(answer: bytes, target: str, stage: Stage) -> None:
    stage.vendor.script = steady(answer)
    check_blame(stage.ask("GET", target), 502, "SG505", "SG507")


@pytest.mark.parametrize("query", ["", "?filter=userName%20eq%20%22bjensen%22", "?filter=timezone%20pr%20and%20locale%20pr"])
@pytest.mark.parametrize("answer", NO_LISTS.values(), ids=NO_LISTS)
def test_what_is_no_list_never_becomes_an_empty_one(answer: bytes, query: str, stage: Stage) -> None:
    stage.vendor.script = steady(answer)
    heard = stage.ask("GET", USERS + query)
    assert heard.status in (400, 502), heard.body
    if heard.status == 400:
        assert heard.document["scimType"] == "tooMany"
    assert heard.document["detail"].endswith(")")


@pytest.mark.parametrize("field", WRONG_TYPES)
def test_a_field_of_the_wrong_type_is_named_and_blamed_on_the_vendor(field: str, stage: Stage) -> None:
    name = field.split(" ")[0] if not field.startswith("urn:") else field
    top = name if name.startswith("urn:") else name.split(".")[0]
    record = user(**{top: WRONG_TYPES[field]})
    stage.vendor.script = steady(answer_with(json_bytes(record)))
    one = stage.ask("GET", f"{USERS}/u-1")
    check_blame(one, 502, "SG507", "SG505")
    stage.vendor.script = steady(answer_with(json_bytes(listing(user(id="u-0"), record))))
    check_blame(stage.ask("GET", USERS), 502, "SG507", "SG505")


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failing_vendor_is_blamed_and_not_quoted(failure: tuple[Script, int, str], stage: Stage) -> None:
    script, status, code = failure
    stage.vendor.script = script
    check_blame(stage.ask("GET", USERS), status, code)


@pytest.mark.parametrize("name", ["401", "500 with a stack trace", "no answer", "slowness", "a redirect", "no HTTP"])
@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", USERS, {"userName": "bjensen"}),
        ("PATCH", f"{USERS}/u-1", {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "active", "value": False}],
        }),
        ("DELETE", f"{USERS}/u-1", None),
        ("PUT", f"{USERS}/u-1", {"userName": "bjensen"}),
    ],
)  # fmt: skip
def test_a_write_that_fails_is_never_a_success(name: str, method: str, target: str, body: Any, stage: Stage) -> None:
    script, status, _ = FAILURES[name]
    stage.vendor.script = script
    heard = stage.ask(method, target, body)
    assert heard.status in (status, 503), heard.body
    assert heard.status >= 500
    assert [leak for leak in LEAKS if leak in heard.body] == []
    assert heard.document["detail"].endswith(")")


def test_a_retry_after_of_the_vendor_is_passed_on(stage: Stage) -> None:
    stage.vendor.script = FAILURES["429 with Retry-After"][0]
    assert stage.ask("GET", USERS).headers["retry-after"] == "7"


@pytest.mark.parametrize("number", [42, 0, 9007199254740993])
def test_ids_that_are_numbers_become_texts_and_lead_back(number: int, stage: Stage) -> None:
    stage.vendor.script = steady(answer_with(json_bytes(user(id=number))))
    heard = stage.ask("GET", f"{USERS}/{number}")
    assert heard.status == 200
    assert heard.document["id"] == str(number)
    assert heard.document["meta"]["location"].endswith(f"/Users/{number}")
    assert stage.vendor.lines()[-1] == f"GET /scim/v2/Users/{number} HTTP/1.1"


@pytest.mark.parametrize(
    ("native", "shown", "path"),
    [
        ("auth0|5f7c", "auth0~7C5f7c", "auth0%7C5f7c"),
        ("a b&c$d", "a~20b~26c~24d", "a%20b%26c%24d"),
        ("cn=a,dc=b", "cn~3Da~2Cdc~3Db", "cn%3Da%2Cdc%3Db"),
        ("\u017dofia", "~C5~BDofia", "%C5%BDofia"),
        ("a~b", "a~7Eb", "a~b"),
        ("100%", "100~25", "100%25"),
        ("a?b#c", "a~3Fb~23c", "a%3Fb%23c"),
    ],
)
def test_an_id_of_any_characters_leads_back_as_one_segment(native: str, shown: str, path: str, stage: Stage) -> None:
    stage.vendor.script = steady(answer_with(json_bytes(listing(user(id=native)))))
    listed = stage.ask("GET", USERS)
    assert [each["id"] for each in listed.document["Resources"]] == [shown]
    stage.vendor.script = steady(answer_with(json_bytes(user(id=native))))
    assert stage.ask("GET", f"{USERS}/{shown}").document["id"] == shown
    assert stage.vendor.lines()[-1] == f"GET /scim/v2/Users/{path} HTTP/1.1"


def test_the_same_page_without_end_is_found_out(stage: Stage) -> None:
    page = [user(id=f"u-{number}", userName=f"user{number}") for number in range(100)]
    stage.vendor.script = steady(answer_with(json_bytes(listing(*page, total=1000))))
    before = len(stage.vendor.asked)
    heard = stage.ask("GET", f"{USERS}?filter=timezone%20pr%20and%20locale%20pr")
    assert heard.status in (400, 502), heard.body
    assert len(stage.vendor.asked) - before <= 12


def test_a_list_that_never_ends_is_left(stage: Stage) -> None:
    numbers = iter(range(10_000_000))

    def script(asked: bytes) -> bytes:
        page = [user(id=f"u-{next(numbers)}") for _ in range(100)]
        return answer_with(json_bytes(listing(*page, total=10_000_000)))

    stage.vendor.script = script
    before = len(stage.vendor.asked)
    heard = stage.ask("GET", f"{USERS}?filter=timezone%20pr%20and%20locale%20pr")
    assert (heard.status, heard.document["scimType"]) == (400, "tooMany")
    assert len(stage.vendor.asked) - before <= 12


def test_a_redirect_is_never_followed(stage: Stage) -> None:
    stage.vendor.script = steady(answer_with(b"", "302 Found", {"Location": f"{stage.vendor.url}/elsewhere"}))
    before = len(stage.vendor.asked)
    stage.ask("GET", f"{USERS}/u-1")
    assert stage.vendor.lines()[before:] == ["GET /scim/v2/Users/u-1 HTTP/1.1"]


def test_what_the_vendor_sets_stays_with_us(stage: Stage) -> None:
    headers = {"Set-Cookie": "session=vendor", "Server": "vendor/1.0", "X-Vendor": "x", "Location": "http://evil.example"}
    stage.vendor.script = steady(answer_with(json_bytes(user(meta={"location": "http://evil.example"})), headers=headers))
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
def test_a_vendor_that_repeats_our_credential_is_not_repeated(document: Any, stage: Stage) -> None:
    stage.vendor.script = steady(answer_with(json_bytes(document), "400 Bad Request"))
    heard = stage.ask("POST", USERS, {"userName": "bjensen"})
    assert heard.status == 400
    assert VENDOR_TOKEN.encode() not in heard.body


def test_a_vendor_that_repeats_what_was_sent_is_not_repeated(stage: Stage) -> None:
    body = {"userName": "bjensen", "password": "t1meMa$heen", "name": {"familyName": "Jensen-Canary"}}

    def script(asked: bytes) -> bytes:
        words = asked.partition(b"\r\n\r\n")[2].decode()
        return answer_with(json_bytes({"detail": f"cannot take {words}"}), "400 Bad Request")

    stage.vendor.script = script
    heard = stage.ask("POST", USERS, body)
    assert heard.status == 400
    assert [each for each in (b"t1meMa$heen", b"Jensen-Canary", b"bjensen") if each in heard.body] == []


@pytest.mark.parametrize("scim_type", ["uniqueness", "invalidValue", "mutability", "tooMany", "frobnicated", 5, ["x"]])
def test_a_scim_type_passes_only_when_the_rfc_lists_it(scim_type: Any, stage: Stage) -> None:
    stage.vendor.script = steady(answer_with(json_bytes({"scimType": scim_type, "detail": "no"}), "400 Bad Request"))
    heard = stage.ask("POST", USERS, {"userName": "bjensen"})
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
