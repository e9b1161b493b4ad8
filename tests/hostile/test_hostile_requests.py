"""Requests that nobody should send: always a SCIM Error, at once, and never a call to a path the client did not mean."""

import json
import re
from urllib.parse import quote

import pytest
from hall import Hall
from msgspec import Struct
from scene import ACME, EMEA
from wire import Heard, request, speak

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USERS = "/acme/scim/v2/Users"
BEARER = {"Authorization": f"Bearer {ACME}"}
SECONDS = 2.0
CODE = re.compile(r"\(SG\d{3}\)$")
MEGABYTE = 1024 * 1024


class Row(Struct, frozen=True):
    """One request, and the statuses it may have. A row with calls names the only paths a vendor may have seen."""

    raw: bytes
    status: tuple[int, ...]
    calls: tuple[str, ...] = ()


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


BODIES = {
    "arrays, ten thousand deep": Row(post(user("[" * 10_000 + "]" * 10_000)), (400,)),
    "objects, a hundred deep": Row(post(user('{"a":' * 100 + "1" + "}" * 100)), (400,)),
    "opening brackets only": Row(post(b"[" * 100_000), (400,)),
    "bytes that are no UTF-8": Row(post(user('"\xff\xfe"').replace(b"\xc3\xbf", b"\xff").replace(b"\xc3\xbe", b"\xfe")), (400,)),
    "an overlong slash": Row(post(b'{"userName":"\xc0\xaf"}'), (400,)),
    "half a surrogate pair": Row(post(user('"\\ud800"')), (400,)),
    "a key twice": Row(post(b'{"userName":"bjensen","userName":"jsmith"}'), (400,)),
    "a key twice in two letter cases": Row(post(b'{"userName":"bjensen","USERNAME":"jsmith"}'), (400,)),
    "a key twice, deep down": Row(post(b'{"userName":"bjensen","name":{"givenName":"a","givenName":"b"}}'), (400,)),
    "nothing": Row(post(b""), (400,)),
    "white space": Row(post(b"   \r\n "), (400,)),
    "half a document": Row(post(b'{"userName":"bjen'), (400,)),
    "two documents": Row(post(b'{"userName":"bjensen"}{"userName":"jsmith"}'), (400,)),
    "a list": Row(post(b'[{"userName":"bjensen"}]'), (400,)),
    "a text": Row(post(b'"bjensen"'), (400,)),
    "null": Row(post(b"null"), (400,)),
    "NaN": Row(post(user("NaN")), (400,)),
    "infinity": Row(post(user("1e999999")), (400,)),
    "a number of five thousand digits": Row(post(user("9" * 5000)), (400,)),
    "XML with an entity": Row(post(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'), (400,)),
    "a userName that is an object": Row(post(user('{"$ne":null}')), (400,)),
    "a userName that is a list": Row(post(user('["bjensen"]')), (400,)),
    "a userName that is a number": Row(post(user("5")), (400,)),
    "no userName": Row(post(b'{"displayName":"x"}'), (400,)),
    "an empty userName": Row(post(user('""')), (400,)),
    "schemas that are a text": Row(post(b'{"schemas":"x","userName":"bjensen"}'), (400,)),
    "two primary e-mails": Row(
        post(b'{"userName":"bjensen","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}'), (400,)
    ),
    "a megabyte too much": Row(post(user('"' + "x" * 3 * MEGABYTE + '"')), (413,)),
    "a length that is a lie of gigabytes": Row(post(b"{}", Content_Length="99999999999"), (413,)),
    "three megabytes in chunks": Row(
        request("POST", USERS, None, {**BEARER, "Content-Type": "application/scim+json", "Transfer-Encoding": "chunked"})
        + b"".join(b"%x\r\n%s\r\n" % (MEGABYTE, b"x" * MEGABYTE) for _ in range(3))
        + b"0\r\n\r\n",
        (413,),
    ),
    "a body that claims to be compressed": Row(post(b"\x1f\x8b\x08\x00nonsense", Content_Encoding="gzip"), (415,)),
    "plain text": Row(post(b'{"userName":"bjensen"}', Content_Type="text/plain"), (415,)),
    "a form": Row(post(b"userName=bjensen", Content_Type="application/x-www-form-urlencoded"), (415,)),
    "a multipart form": Row(post(b"--x--", Content_Type="multipart/form-data; boundary=x"), (415,)),
    "a content type that is none": Row(post(b'{"userName":"bjensen"}', Content_Type="json"), (415,)),
    "UTF-16": Row(post('{"userName":"bjensen"}'.encode("utf-16"), Content_Type="application/json; charset=utf-16"), (400, 415)),
}  # fmt: skip

PATHS = {
    "dots and an encoded slash": Row(get(f"{USERS}/%2e%2e%2fGroups"), (404,)),
    "dots and an encoded slash in capitals": Row(get(f"{USERS}/%2E%2E%2FGroups%2F1"), (404,)),
    "an encoded slash": Row(get(f"{USERS}/a%2fb"), (404,)),
    "an encoded backslash": Row(get(f"{USERS}/..%5c..%5cwindows"), (404,)),
    "dots twice encoded": Row(get(f"{USERS}/%252e%252e%252fGroups"), (404,)),
    "plain dots": Row(get(f"{USERS}/.."), (404,)),
    "plain dots and more": Row(get(f"{USERS}/../Groups"), (404,)),
    "encoded dots alone": Row(get(f"{USERS}/%2e%2e"), (404,)),
    "one encoded dot": Row(get(f"{USERS}/%2e"), (404,)),
    "NUL": Row(get(f"{USERS}/%00"), (404,)),
    "NUL inside": Row(get(f"{USERS}/u-1%00.json"), (404,)),
    "a line break inside": Row(get(f"{USERS}/u-1%0d%0aX-Evil:%201"), (404,)),
    "bytes that are no UTF-8": Row(get(f"{USERS}/%ff%fe"), (404,)),
    "an encoded question mark": Row(get(f"{USERS}/u-1%3ffilter=x"), (404,)),
    "an encoded hash": Row(get(f"{USERS}/u-1%23x"), (404,)),
    "a semicolon": Row(get(f"{USERS}/u-1;jsessionid=1"), (404,)),
    "a space": Row(get(f"{USERS}/u%201"), (404,)),
    "our own escape of a slash, after dots": Row(get(f"{USERS}/..~2F..~2FGroups"), (404,)),
    "our own escape of dots": Row(get(f"{USERS}/~2E~2E"), (404,)),
    "our own escape of dots, to be deleted": Row(request("DELETE", f"{USERS}/~2E~2E", None, BEARER), (404,)),
    "our own escape of one dot": Row(get(f"{USERS}/~2E"), (404,)),
    "our own escape of NUL": Row(get(f"{USERS}/~00"), (404,)),
    "our own escape of a line break": Row(get(f"{USERS}/u-1~0D~0AX"), (404,)),
    "an escape of ours, cut": Row(get(f"{USERS}/u-1~2"), (404,)),
    "an escape of ours in small letters": Row(get(f"{USERS}/u-1~2f"), (404,)),
    "an escape of ours that is none": Row(get(f"{USERS}/u-1~ZZ"), (404,)),
    "escapes of ours that are no UTF-8": Row(get(f"{USERS}/~FF~FE"), (404,)),
    "an escape of ours of what needs none": Row(get(f"{USERS}/~61"), (404,)),
    "an id of five thousand characters": Row(get(f"{USERS}/{'u' * 5000}"), (404,)),
    "an id beyond a line": Row(get(f"{USERS}/{'u' * 20_000}"), (400, 404, 414)),
    "one segment too many": Row(get(f"{USERS}/u-1/emails"), (404,)),
    "another version": Row(get("/acme/scim/v1/Users"), (404,)),
    "the root": Row(get("/"), (404,)),
    "nothing that is served": Row(get("/etc/passwd"), (404,)),
    "the admin's metrics": Row(get("/metrics"), (404,)),
    "the base alone": Row(get("/acme/scim/v2"), (501,)),
    "Me": Row(get("/acme/scim/v2/Me"), (501,)),
    "Bulk": Row(request("POST", "/acme/scim/v2/Bulk", b"{}", BEARER), (501,)),
    "a type nobody offers": Row(get("/acme/scim/v2/Devices"), (404,)),
    "a type in another letter case": Row(get("/acme/scim/v2/users"), (404,)),
    "an absolute target": Row(get("http://169.254.169.254/latest/meta-data"), (404,)),
    "an absolute target of another scheme": Row(get("file:///etc/passwd"), (400, 404)),
    "CONNECT": Row(request("CONNECT", "internal.example.com:443", None, BEARER), (400, 404, 405)),
    "OPTIONS of everything": Row(request("OPTIONS", "*", None, BEARER), (400, 404, 405)),
    "TRACE": Row(request("TRACE", USERS, None, BEARER), (405,)),
    "a method of our own": Row(request("FROBNICATE", USERS, None, BEARER), (400, 405)),
    "a DELETE of everyone": Row(request("DELETE", USERS, None, BEARER), (405,)),
    "a PUT of everyone": Row(request("PUT", USERS, b"{}", BEARER), (405,)),
    "a POST to one": Row(request("POST", f"{USERS}/u-1", b'{"userName":"x"}', BEARER), (405,)),
    "discovery, to be changed": Row(request("PUT", "/acme/scim/v2/Schemas", b"{}", BEARER), (405,)),
    "discovery with a filter": Row(get('/acme/scim/v2/Schemas?filter=id%20eq%20"x"'), (403,)),
    "a schema nobody has": Row(get("/acme/scim/v2/Schemas/urn:nobody"), (404,)),
}  # fmt: skip

CALLERS = {
    "no token": Row(request("GET", USERS), (401,)),
    "a wrong token": Row(get(USERS, Authorization="Bearer nobody"), (401,)),
    "half of a token": Row(get(USERS, Authorization=f"Bearer {ACME[:-1]}"), (401,)),
    "a token and more": Row(get(USERS, Authorization=f"Bearer {ACME}x"), (401,)),
    "two tokens in one header": Row(get(USERS, Authorization=f"Bearer {ACME} {EMEA}"), (401,)),
    "two headers": Row(get(USERS).replace(b"Connection", f"Authorization: Bearer {EMEA}\r\nConnection".encode()), (400,)),
    "an empty token": Row(get(USERS, Authorization="Bearer "), (401,)),
    "a token without its scheme": Row(get(USERS, Authorization=ACME), (401,)),
    "another scheme": Row(get(USERS, Authorization="Basic YWNtZTphY21l"), (401,)),
    "a token in the URL": Row(request("GET", f"{USERS}?access_token={ACME}"), (401,)),
    "a token in a cookie": Row(request("GET", USERS, None, {"Cookie": f"token={ACME}"}), (401,)),
    "another tenant's token": Row(get(USERS, Authorization=f"Bearer {EMEA}"), (401,)),
    "our token on another tenant's path": Row(get("/emea/scim/v2/Users"), (401,)),
    "a tenant nobody has": Row(get("/nobody/scim/v2/Users"), (401,)),
    "a tenant in another letter case": Row(get("/ACME/scim/v2/Users"), (401,)),
    "a tenant with dots": Row(get("/../scim/v2/Users"), (401, 404)),
    "an encoded tenant": Row(get("/%61cme/scim/v2/Users"), (401, 404)),
    "no token on the metrics": Row(request("GET", "/metrics"), (401, 404)),
    "a token of ten thousand characters": Row(get(USERS, Authorization="Bearer " + "x" * 6000), (401,)),
    "a token that is no text": Row(get(USERS, Authorization="Bearer \xff\xfe"), (401, 400)),
}

FILTERS = {
    "a quote that ends early": Row(search('userName eq "a" or "1"="1"'), (400,)),
    "an open quote": Row(search('userName eq "a'), (400,)),
    "single quotes": Row(search("userName eq 'a'"), (400,)),
    "an open parenthesis": Row(search('(userName eq "a"'), (400,)),
    "a closed one too many": Row(search('userName eq "a")'), (400,)),
    "ten thousand parentheses": Row(search("(" * 2000 + 'userName eq "a"' + ")" * 2000), (400,)),
    "an unknown operator": Row(search('userName matches "a"'), (400,)),
    "no operand": Row(search("userName eq"), (400,)),
    "no attribute": Row(search('eq "a"'), (400,)),
    "nothing": Row(get(f"{USERS}?filter="), (400,)),
    "not without parentheses": Row(search('not userName eq "a"'), (400,)),
    "an unknown attribute": Row(search('shoeSize eq "43"'), (400,)),
    "an attribute of another type": Row(search('members eq "a"'), (400,)),
    "a boolean that is larger": Row(search("active gt true"), (400,)),
    "a path in a path": Row(search('emails[value[type eq "a"] eq "b"]'), (400,)),
    "SQL": Row(search("userName eq \"a\"; DROP TABLE users; --"), (400,)),
    "LDAP": Row(search("(&(uid=*)(objectClass=*))"), (400,)),
    "a control character": Row(search('userName eq "a\x00b" and'), (400,)),
    "half a percent escape": Row(get(f"{USERS}?filter=%zz"), (400,)),
    "bytes that are no UTF-8": Row(get(f"{USERS}?filter=userName%20eq%20%22%ff%22"), (400,)),
    "two filters": Row(get(f"{USERS}?filter=active%20eq%20true&filter=active%20eq%20false"), (400,)),
    "a count that is a text": Row(get(f"{USERS}?count=many"), (400,)),
    "a count of twenty digits": Row(get(f"{USERS}?startIndex=many&count=99999999999999999999"), (400,)),
    "both projections": Row(get(f"{USERS}?attributes=userName&excludedAttributes=emails"), (400,)),
    "two hundred parameters": Row(get(f"{USERS}?" + "&".join(f"a{n}=1" for n in range(200))), (400,)),
    "a query beyond a line": Row(get(f"{USERS}?filter=" + "x" * 20_000), (400, 414)),
    "ten thousand terms in a search": Row(
        request(
            "POST",
            f"{USERS}/.search",
            json.dumps({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                "filter": " or ".join(['userName eq "a"'] * 10_000),
            }).encode(),
            BEARER,
        ),
        (400,),
    ),
    "a search that is a PATCH": Row(
        request("POST", f"{USERS}/.search", json.dumps({"schemas": [PATCH_OP]}).encode(), BEARER), (400,)
    ),
}  # fmt: skip

PATCHES = {
    "a thousand and one operations": Row(patch(*[{"op": "replace", "path": "active", "value": True}] * 1001), (400, 413)),
    "no operations": Row(patch(), (400,)),
    "operations that are texts": Row(patch("replace"), (400,)),
    "an unknown op": Row(patch({"op": "move", "path": "userName", "from": "displayName"}), (400,)),
    "an op that is a list": Row(patch({"op": ["add"], "path": "userName", "value": "x"}), (400,)),
    "a path that is a number": Row(patch({"op": "add", "path": 5, "value": "x"}), (400,)),
    "a path of an unknown attribute": Row(patch({"op": "add", "path": "shoeSize", "value": 43}), (400,)),
    "a path with an open bracket": Row(patch({"op": "remove", "path": 'emails[type eq "work"'}), (400,)),
    "a path with two filters": Row(patch({"op": "remove", "path": 'emails[type eq "a"][type eq "b"]'}), (400,)),
    "a path a thousand parentheses deep": Row(patch({"op": "remove", "path": f"emails[{'(' * 1000}value pr{')' * 1000}]"}), (400,)),
    "a JSON pointer": Row(patch({"op": "replace", "path": "/userName", "value": "x"}), (400,)),
    "dots in a path": Row(patch({"op": "replace", "path": "../../userName", "value": "x"}), (400,)),
    "a prototype": Row(patch({"op": "add", "path": "__proto__.admin", "value": True}), (400,)),
    "an id to be changed": Row(patch({"op": "replace", "path": "id", "value": "u-2"}), (400,)),
    "meta to be changed": Row(patch({"op": "replace", "path": "meta.location", "value": "http://evil.example"}), (400,)),
    "remove without a path": Row(patch({"op": "remove"}), (400,)),
    "replace without a value": Row(patch({"op": "replace", "path": "userName"}), (400,)),
    "no operations at all": Row(request("PATCH", f"{USERS}/u-1", json.dumps({"schemas": [PATCH_OP]}).encode(), BEARER), (400,)),
    "a list of operations alone": Row(request("PATCH", f"{USERS}/u-1", b'[{"op":"add"}]', BEARER), (400,)),
    "values a hundred deep": Row(
        patch({"op": "add", "path": "emails", "value": json.loads('[' * 60 + ']' * 60)}), (400,)
    ),
}  # fmt: skip

WIRES = {
    "no Host": Row(get(USERS, Host=None), (400,)),
    "two Hosts": Row(get(USERS).replace(b"Connection", b"Host: evil.example\r\nConnection"), (400,)),
    "a Host with markup": Row(get(USERS, Host='"><script>'), (400,)),
    "a Host with a path": Row(get(USERS, Host="gateway.example.com/evil"), (400,)),
    "a length and chunks": Row(post(b"{}", Transfer_Encoding="chunked"), (400,)),
    "two lengths": Row(post(b"{}").replace(b"Connection", b"Content-Length: 40\r\nConnection"), (400,)),
    "a negative length": Row(post(b"{}", Content_Length="-2"), (400,)),
    "a length in letters": Row(post(b"{}", Content_Length="two"), (400,)),
    "a length with a plus": Row(post(b"{}", Content_Length="+2"), (400,)),
    "chunks of no size": Row(
        request("POST", USERS, None, {**BEARER, "Transfer-Encoding": "chunked"}) + b"zz\r\n{}\r\n0\r\n\r\n", (400,)
    ),
    "an encoding of the transfer nobody knows": Row(post(b"{}", Content_Length=None, Transfer_Encoding="identity, frob"), (400, 501)),
    "a header without a colon": Row(get(USERS).replace(b"Connection", b"Nonsense\r\nConnection"), (400,)),
    "a space before the colon": Row(get(USERS).replace(b"Connection: ", b"Connection : "), (400,)),
    "a folded header": Row(get(USERS).replace(b"Connection", b"X-A: 1\r\n  2\r\nConnection"), (400,)),
    "NUL in a header": Row(get(USERS).replace(b"Connection", b"X-A: a\x00b\r\nConnection"), (400,)),
    "a header of thirty thousand bytes": Row(get(USERS, X_A="a" * 30_000), (400, 431)),
    "two thousand headers": Row(get(USERS).replace(b"Connection", b"".join(b"X-%d: 1\r\n" % n for n in range(20_000)) + b"Connection"), (400, 431)),
    "no HTTP": Row(b"EHLO mail.example.com\r\n\r\n", (400,)),
    "HTTP of the future": Row(get(USERS).replace(b"HTTP/1.1", b"HTTP/9.9"), (400, 505)),
    "a request line of four words": Row(get(USERS).replace(b" HTTP/1.1", b" and HTTP/1.1"), (400,)),
    "TLS": Row(bytes.fromhex("1603010200010001fc0303") + b"\x00" * 64 + b"\r\n\r\n", (400,)),
    "HTTP/2": Row(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400,)),
}  # fmt: skip

EVERY = {
    f"{kind}: {name}": row
    for kind, rows in (
        ("body", BODIES),
        ("path", PATHS),
        ("caller", CALLERS),
        ("filter", FILTERS),
        ("patch", PATCHES),
        ("wire", WIRES),
    )
    for name, row in rows.items()
}


def check_error(heard: Heard, status: tuple[int, ...]) -> None:
    """A SCIM Error (RFC 7644 3.12) that ends with our code, and nothing about what answers."""
    assert heard.status in status, f"{heard.status} {heard.body[:300]!r}"
    assert heard.seconds < SECONDS
    assert heard.headers["content-type"] == "application/scim+json"
    document = heard.document
    assert document["schemas"] == [ERROR]
    assert document["status"] == str(heard.status)
    assert CODE.search(document["detail"])
    assert set(document) <= {"schemas", "status", "scimType", "detail"}
    assert heard.headers["x-request-id"]
    assert "server" not in heard.headers


@pytest.mark.parametrize("row", EVERY.values(), ids=EVERY)
def test_a_hostile_request_gets_a_scim_error_and_reaches_no_vendor(row: Row, hall: Hall) -> None:
    hall.asked()
    check_error(speak(hall.port, row.raw), row.status)
    assert [call.path for call in hall.asked()] == []


def test_an_unknown_tenant_a_foreign_token_and_a_wrong_one_cannot_be_told_apart(hall: Hall) -> None:
    rows = ("a wrong token", "our token on another tenant's path", "a tenant nobody has")
    answers = [speak(hall.port, CALLERS[name].raw) for name in rows]
    assert len({answer.body for answer in answers}) == 1
    headers = [{name: value for name, value in each.headers.items() if name != "x-request-id"} for each in answers]
    assert headers[0] == headers[1] == headers[2] or [each.pop("date", "") for each in headers] == []


def test_a_head_request_gets_a_status_and_no_body(hall: Hall) -> None:
    heard = speak(hall.port, request("HEAD", USERS, None, BEARER))
    assert (heard.status, heard.body) == (405, b"")
