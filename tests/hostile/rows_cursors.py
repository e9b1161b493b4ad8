"""Cursors that nobody was given (RFC 9865)."""

import json

from rows import BEARER, USERS, Row, get
from wire import request

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


def turn(cursor: object, **more: object) -> bytes:
    """A search by cursor, whose body may be longer than a line."""
    body = json.dumps({"schemas": [SEARCH], "cursor": cursor, **more}).encode()
    return request("POST", f"{USERS}/.search", body, BEARER)


CURSORS = {
    "a word": Row(get(f"{USERS}?cursor=first"), "SG310"),
    "a number": Row(get(f"{USERS}?cursor=100"), "SG310"),
    "letters of a cursor": Row(get(f"{USERS}?cursor={'A' * 60}"), "SG310"),
    "ten thousand letters in the URL": Row(get(f"{USERS}?cursor={'A' * 10_000}"), "SG150"),
    "ten thousand letters in a body": Row(turn("A" * 10_000), "SG310"),
    "characters that are not RFC 3986's": Row(get(f"{USERS}?cursor=%00%0a%c3%a9%22"), "SG310"),
    "bytes that are no UTF-8": Row(get(f"{USERS}?cursor=%ff%fe"), "SG114"),
    "half of a surrogate pair": Row(turn("\ud800"), "SG201"),
    "a cursor that is no text": Row(turn(7), "SG202"),
    "a cursor that is an object": Row(turn({"at": 100}), "SG202"),
    "a path for a cursor": Row(get(f"{USERS}?cursor=../../Groups"), "SG310"),
    "a URL for a cursor": Row(get(f"{USERS}?cursor=http://169.254.169.254/latest"), "SG310"),
    "a cursor and no such count": Row(get(f"{USERS}?cursor=&count=many"), "SG202"),
    "a first page and a start": Row(get(f"{USERS}?cursor=&startIndex=2"), "SG313"),
    "a cursor and a start": Row(get(f"{USERS}?cursor=AAAA&startIndex=101"), "SG313"),
    "two cursors": Row(get(f"{USERS}?cursor=&cursor=AAAA"), "SG202"),
    "a cursor, and a negative count": Row(get(f"{USERS}?cursor=AAAA&count=-1"), "SG310"),
    "a cursor, and a count of nothing": Row(get(f"{USERS}?cursor=AAAA&count=0"), "SG310"),
}
