"""HEAD, in plain bytes: what GET would have answered but for the body, whatever that is (RFC 9110 9.3.2)."""

import json
from collections.abc import Mapping
from urllib.parse import quote

import pytest
from hall import Hall
from rows import BEARER, USERS
from wire import Heard, listen_on, parse, request, speak

BASE = "/acme/scim/v2"
OF_ONE_ANSWER = {"date", "x-request-id"}
BODY = {"userName": "head@acme.example", "name": {"givenName": "A", "familyName": "B"}}
SOMEBODY, NOBODY = (quote(f'userName eq "{name}"') for name in ("head@acme.example", "nobody"))

# Below the base; ID is somebody's. What is found, and what is not.
PATHS = (
    "/Users",
    "/Users/ID",
    "/Users/ID?attributes=userName",
    "/Users?count=0",
    f"/Users?filter={SOMEBODY}",
    f"/Users?filter={NOBODY}",
    "/Users?cursor&count=1",
    "/Groups",
    f"/?filter={SOMEBODY}",
    "/ServiceProviderConfig",
    "/ResourceTypes",
    "/ResourceTypes/User",
    "/Schemas",
    "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
    "/Users/nobody",
    "/Users/a%2Fb",
    "/Robots",
    "/Schemas/urn:nobody",
    "/Me",
    "/Users?filter=userName",
    "/Users?count=none",
    "/Users?cursor=forged",
    "/ServiceProviderConfig?filter=a%20pr",
)
CALLERS: Mapping[str, Mapping[str, str | None]] = {
    "no token": {"Authorization": None},
    "a wrong token": {"Authorization": "Bearer nobody"},
    "a type that nobody speaks": {**BEARER, "Accept": "text/html"},
    "an unknown version": {**BEARER, "If-None-Match": 'W/"nobody"'},
    "any version": {**BEARER, "If-None-Match": "*"},
}


@pytest.fixture(scope="module")
def somebody(hall: Hall) -> str:
    made = speak(hall.port, request("POST", USERS, json.dumps(BODY).encode(), BEARER))
    return str(made.document["id"])


def ask_twice(hall: Hall, target: str, headers: Mapping[str, str | None]) -> tuple[Heard, Heard]:
    """The answers to GET and to HEAD; that to HEAD is read until the connection ends, so that no byte is missed."""
    told = speak(hall.port, request("GET", target, None, headers))
    raw = listen_on(hall.port, request("HEAD", target, None, headers))
    return told, parse(raw, told.seconds)


def check_alike(told: Heard, head: Heard) -> None:
    assert (head.status, head.body) == (told.status, b"")
    assert {name: value for name, value in head.headers.items() if name not in OF_ONE_ANSWER} == {
        name: value for name, value in told.headers.items() if name not in OF_ONE_ANSWER
    }
    assert head.headers.keys() == told.headers.keys()


@pytest.mark.parametrize("path", PATHS)
def test_head_answers_as_get_would_without_the_body(path: str, hall: Hall, somebody: str) -> None:
    told, head = ask_twice(hall, BASE + path.replace("ID", somebody), BEARER)
    check_alike(told, head)
    assert int(head.headers["content-length"]) == len(told.body) > 0


@pytest.mark.parametrize("headers", CALLERS.values(), ids=CALLERS)
def test_head_is_refused_and_found_unchanged_as_get_is(
    headers: Mapping[str, str | None], hall: Hall, somebody: str
) -> None:
    check_alike(*ask_twice(hall, f"{USERS}/{somebody}", headers))


def test_head_of_the_version_that_the_client_has_is_not_modified(hall: Hall, somebody: str) -> None:
    version = speak(hall.port, request("GET", f"{USERS}/{somebody}", None, BEARER)).headers["etag"]
    told, head = ask_twice(hall, f"{USERS}/{somebody}", {**BEARER, "If-None-Match": version})
    check_alike(told, head)
    assert (head.status, head.headers["etag"]) == (304, version)


def test_head_makes_the_calls_of_get_and_no_other(hall: Hall, somebody: str) -> None:
    for path in ("/Users", f"/Users/{somebody}", "/Schemas"):
        hall.asked()
        calls: list[list[str]] = []
        for method in ("GET", "HEAD"):
            speak(hall.port, request(method, BASE + path, None, BEARER))
            calls.append([f"{call.method} {call.path}" for call in hall.asked()])
        assert calls[0] == calls[1]


@pytest.mark.parametrize("path", ["/Users/.search", "/.search", "/Bulk"])
def test_what_takes_no_get_takes_no_head(path: str, hall: Hall) -> None:
    told, head = ask_twice(hall, BASE + path, BEARER)
    check_alike(told, head)
    assert (head.status, head.headers["allow"]) == (405, "POST")


ALLOWED = {
    "/Users": "GET, HEAD, POST",
    "/Users/u-1": "GET, HEAD, PUT, PATCH, DELETE",
    "/": "GET, HEAD",
    "/Schemas": "GET, HEAD",
    "/ServiceProviderConfig": "GET, HEAD",
}


@pytest.mark.parametrize(("path", "allowed"), ALLOWED.items())
def test_what_is_taken_is_told_with_head_in_it(path: str, allowed: str, hall: Hall) -> None:
    assert speak(hall.port, request("TRACE", BASE + path, None, BEARER)).headers["allow"] == allowed


def test_a_connection_goes_on_after_head(hall: Hall) -> None:
    """The length that an answer to HEAD tells is not waited for: the next answer begins right behind its headers."""
    keep = {**BEARER, "Connection": "keep-alive"}
    asked = request("HEAD", USERS, None, keep) + request("GET", f"{BASE}/Schemas", None, BEARER)
    raw = listen_on(hall.port, asked)
    first, _, rest = raw.partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 200")
    assert rest.startswith(b"HTTP/1.1 200")
    assert json.loads(rest.partition(b"\r\n\r\n")[2])["totalResults"] > 0
