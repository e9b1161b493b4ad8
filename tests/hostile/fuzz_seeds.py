"""Where fuzzing begins: for each target some good examples, and the words of which inputs are made."""

from rows_bodies import BODIES, PATCHES

PATCH = b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":['
BULK = b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":['
PERSON = b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"u-1","userName":"bjensen","active":true}'
PAGE = b'{"totalResults":1,"startIndex":1,"Resources":[' + PERSON + b"]}"
OK = (200 - 100).to_bytes(2, "big")
OPERATIONS = (
    b'{"op":"replace","path":"active","value":false}',
    b'{"op":"add","value":{"name.givenName":"Babs","emails":[{"value":"b@x"}]}}',
    b'{"op":"remove","path":"emails[type eq \\"work\\"].value"}',
    b'{"op":"add","path":"members","value":[{"value":"u-1"}]}',
    b'{"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"u-2"}',
)
TARGETS = (
    b"GET Users",
    b"GET Users/u-1?attributes=userName",
    b"GET Users?filter=userName%20eq%20%22bjensen%22&count=2&startIndex=3&sortBy=userName",
    b"GET ?filter=meta.created%20gt%20%222026-01-01T00:00:00Z%22",
    b"GET Users?cursor&count=2",
    b"POST Users",
    b"PUT Users/u-1",
    b"PATCH Users/u-1",
    b"PATCH Groups/g-1",
    b"DELETE Users/u-1",
    b"POST Bulk",
    b"POST Users/.search",
    b"GET Schemas",
)
BODY = {
    b"POST Users": PERSON,
    b"PUT Users/u-1": PERSON,
    b"PATCH Users/u-1": PATCH + OPERATIONS[0] + b"]}",
    b"PATCH Groups/g-1": PATCH + OPERATIONS[3] + b"]}",
    b"POST Bulk": BULK + b'{"method":"POST","path":"/Users","bulkId":"a","data":' + PERSON + b"}]}",
    b"POST Users/.search": b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"active pr"}',
}


def body_of(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[2][:20_000]


SEEDS: dict[str, list[bytes]] = {
    "json": [PERSON, *(body_of(row.raw) for row in BODIES.values())],
    "filter": [
        b'userName eq "bjensen" and (emails[type eq "work" and value co "@"] or not (active eq true))',
        b'meta.lastModified ge "2026-01-05T09:00:00Z" or name.familyName sw "J\\u00e9" and title pr',
        b'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department ne "Ops"',
    ],
    "path": [b"userName", b"name.givenName", b'emails[type eq "work" and not (primary eq true)].value', b"members"],
    "patch": [*(PATCH + one + b"]}" for one in OPERATIONS), *(body_of(row.raw) for row in PATCHES.values())],
    "messages": [PERSON, *BODY.values(), b'W/"a", "b"', b"*"],
    "answer": [
        OK + PERSON,
        OK + PAGE,
        (409 - 100).to_bytes(2, "big")
        + b'{"schemas":[],"scimType":"uniqueness","detail":"bjensen is taken","status":"409"}',
        (429 - 100).to_bytes(2, "big") + b"#120\n{}",
        OK + b'#<https://x/next>; rel="next"\n' + PAGE,
    ],
    "request": [
        b"\n".join((b"%c" % number, target, condition, OK + answer, BODY.get(target, b"")))
        for number in range(4)
        for target in TARGETS
        for condition, answer in ((b"", PERSON), (b"", PAGE), (b"*", PERSON))
    ],
}
WORDS = (
    *(bytes([char]) for char in b'{}[]()",:\\ .-+#\n\t/?&=%~\x00\xff'),
    *b"null true false NaN 1e999 -0 18446744073709551616 \\ud800 \\u0000".split(),
    *b"\xef\xbb\xbf \xed\xa0\x80 \xc4\xb0 \xe2\x84\xaa".split(),
    *b"eq ne co sw ew gt ge lt le pr and or not in add remove replace op path value type primary display $ref".split(),
    *b"id meta schemas userName USERNAME name.givenName emails[ members groups active password externalId".split(),
    *b"urn:ietf:params:scim:schemas:core:2.0:User: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User".split(),
    *b"Operations Resources totalResults startIndex nextCursor detail scimType status bulkId:a __proto__".split(),
    *b"2026-01-05T09:00:00Z 9999-12-31T23:59:59-23:59 0001-01-01T00:00:00+23:59".split(),
    *b"%2e%2e%2f %00 ~2F filter= sortBy= cursor=".split(),
    b"9" * 5_000,
    b"[" * 65,
    b"(" * 30,
)
