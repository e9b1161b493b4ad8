"""Requests that look hostile and are none: they are answered, and the vendor is asked exactly what was meant."""

from urllib.parse import parse_qs, quote

import pytest
from hall import Hall
from scene import ACME
from wire import request, speak

from gateway.scim.filter import parse_filter

USERS = "/acme/scim/v2/Users"
BEARER = {"Authorization": f"Bearer {ACME}"}

NAMES = {
    "quotes": 'a" or userName pr or userName eq "b',
    "a backslash before a quote": 'a\\" or userName pr or userName eq \\"b',
    "parentheses": "a) or (userName pr",
    "a percent sign and an ampersand": "100%&filter=x&count=0",
    "a plus and a hash": "a+b#c",
    "a slash and dots": "../../Groups",
    "another alphabet": "\u017dofia \u0141ukasz \U0001f600",
    "a line break": "a\r\nX-Evil: 1",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_filter_s_value_stays_a_value(name: str, hall: Hall) -> None:
    hall.asked()
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r").replace("\n", "\\n")
    heard = speak(hall.port, request("GET", f"{USERS}?filter=" + quote(f'userName eq "{escaped}"'), None, BEARER))
    assert (heard.status, heard.document["totalResults"]) == (200, 0)
    (call,) = hall.asked()
    assert (call.method, call.path) == ("GET", "/api/scim/v2/Users")
    sent = parse_qs(call.query, strict_parsing=True)
    assert set(sent) == {"filter", "startIndex", "count"}
    assert parse_filter(sent["filter"][0]) == parse_filter(f'userName eq "{escaped}"')


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_userName_of_any_kind_is_carried_as_it_is(name: str, hall: Hall) -> None:
    hall.asked()
    text = name.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r").replace("\n", "\\n")
    made = speak(hall.port, request("POST", USERS, f'{{"userName":"{text}"}}'.encode(), BEARER))
    assert made.status == 201
    assert made.document["userName"] == name
    (call,) = hall.asked()
    assert call.request_body["userName"] == name
    gone = speak(hall.port, request("DELETE", f"{USERS}/{made.document['id']}", None, BEARER))
    assert gone.status == 204


TARGETS = {
    "an absolute target": f"http://evil.example{USERS}?count=1",
    "a trailing slash": f"{USERS}/?count=1",
    "slashes twice": "//acme//scim/v2//Users?count=1",
    "parameters nobody knows": f"{USERS}?count=1&aadOptscim062020&_=1",
    "a token of one tenant alone": "/scim/v2/Users?count=1",
}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_an_odd_target_is_served_by_our_vendor_and_nobody_else(target: str, hall: Hall) -> None:
    hall.asked()
    heard = speak(hall.port, request("GET", target, None, BEARER))
    assert heard.status == 200
    assert {call.path for call in hall.asked()} == {"/api/scim/v2/Users"}


HEADERS = {
    "a method to override": {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"},
    "a host of somebody else": {"X-Forwarded-Host": "evil.example", "X-Original-URL": "/metrics"},
    "a version of no list": {"If-Match": 'W/"a"', "If-None-Match": "*"},
    "a version nobody can read, of no list": {"If-None-Match": "nonsense"},
    "a date": {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT", "If-Range": '"a"'},
    "a range": {"Range": "bytes=0-10"},
    "an upgrade": {"Upgrade": "websocket", "Connection": "Upgrade, close"},
    "a tenant by header": {"X-Tenant": "emea", "X-Scim-Tenant": "emea"},
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_headers_change_nothing(headers: dict[str, str], hall: Hall) -> None:
    hall.asked()
    heard = speak(hall.port, request("GET", f"{USERS}?count=1", None, {**BEARER, **headers}))
    assert heard.status == 200
    assert b"evil.example" not in heard.body
    assert [(call.method, call.path) for call in hall.asked()] == [("GET", "/api/scim/v2/Users")]


@pytest.mark.parametrize("given", ["a b", "x" * 65, "<script>", "", "caf\xe9"])
def test_a_request_id_that_could_do_harm_is_replaced(given: str, hall: Hall) -> None:
    heard = speak(hall.port, request("GET", f"{USERS}?count=1", None, {**BEARER, "X-Request-Id": given}))
    assert heard.status == 200
    assert heard.headers["x-request-id"] != given
    assert len(heard.headers["x-request-id"]) == 32


def test_the_head_alone_is_enough_to_refuse_a_caller(hall: Hall) -> None:
    """No token: the answer comes although the body that was promised never does."""
    head = request("POST", USERS, None, {"Content-Length": "1000000", "Content-Type": "application/scim+json"})
    heard = speak(hall.port, head)
    assert heard.status == 401
    assert heard.seconds < 8.0
