"""Queries that ask for what nobody has, or in words nobody knows."""

import json

from rows import BEARER, USERS, Row, get, search
from wire import request

SEARCH = b"urn:ietf:params:scim:api:messages:2.0:SearchRequest"


def find(filter_: object) -> bytes:
    """A search whose filter may be longer than a line."""
    body = json.dumps({"schemas": [SEARCH.decode()], "filter": filter_}).encode()
    return request("POST", f"{USERS}/.search", body, BEARER)


QUERIES = {
    "a count in words of science": Row(get(f"{USERS}?count=1e3"), "SG202"),
    "a count to the base of sixteen": Row(get(f"{USERS}?count=0x10"), "SG202"),
    "a count of five thousand digits": Row(get(f"{USERS}?count={'9' * 5000}"), "SG202"),
    "a count that is no number": Row(get(f"{USERS}?count=NaN"), "SG202"),
    "a start in another alphabet": Row(get(f"{USERS}?startIndex=%D9%A3"), "SG202"),
    "an order of its own": Row(get(f"{USERS}?sortBy=userName&sortOrder=sideways"), "SG202"),
    "a date that is none": Row(search('meta.created gt "yesterday"'), "SG301"),
    "a date that is a number": Row(search("meta.created gt 5"), "SG301"),
    "a date beyond the last year": Row(search('meta.created gt "9999-12-31T23:59:59-01:00"'), "SG301"),
    "a thirteenth month": Row(search('meta.created gt "2026-13-01T00:00:00Z"'), "SG301"),
    "half of a surrogate pair in a filter": Row(search('userName eq "\\ud800"'), "SG301"),
    "a number beyond all measure in a filter": Row(search("userName eq 1e999"), "SG301"),
    "a number of five thousand digits in a filter": Row(search(f"userName eq {'9' * 5000}"), "SG301"),
    "an object in a filter": Row(search('userName eq {"$ne":null}'), "SG301"),
    "a list in a filter": Row(search('userName eq ["a"]'), "SG301"),
    "a password that is guessed at": Row(search('password sw "a"'), "SG301"),
    "a hundred times not": Row(search("not (" * 100 + "active pr" + ")" * 100), "SG301"),
    "three thousand terms": Row(find(" or ".join(["active pr"] * 3000)), "SG301"),
    "three thousand brackets in a body": Row(find("(" * 3000 + "active pr" + ")" * 3000), "SG301"),
    "eight thousand blanks": Row(find("active" + " " * 8000 + "is"), "SG301"),
    "eight thousand quotes": Row(find('"' * 8000), "SG301"),
    "eight thousand backslashes": Row(find('userName eq "' + "\\" * 8000), "SG301"),
    "a filter twice in two letter cases": Row(
        request(
            "POST", f"{USERS}/.search", b'{"schemas":["' + SEARCH + b'"],"filter":"id pr","FILTER":"active pr"}', BEARER
        ),
        "SG201",
    ),
    "a filter that is a list in a body": Row(find(["active pr"]), "SG202"),
    "half of a surrogate pair in a body's filter": Row(
        request("POST", f"{USERS}/.search", b'{"schemas":["' + SEARCH + b'"],"filter":"\\ud800"}', BEARER), "SG201"
    ),
}
