"""Links in headers: found as RFC 8288 spells them, followed only below the backend's own address."""

import pytest

from gateway.pipeline.links import find_link, follow_link
from gateway.pipeline.problems import Problem

FOUND = [
    ('<https://a/u?after=2>; rel="next"', "https://a/u?after=2"),
    ('<https://a/u?x=1>; rel="self", <https://a/u?x=2>; rel="next"', "https://a/u?x=2"),
    ("</u?after=2>;rel=next", "/u?after=2"),
    ('<?after=2>; title="a, b; rel=prev"; REL="Next last"', "?after=2"),
    ('<https://a/u?x=1,2>; rel="next"', "https://a/u?x=1,2"),
    ('<https://a/u>; rel="prev"; rel="next"', None),
    ('<https://a/u>; rel="nextish"', None),
    ('<https://a/u>; title="rel"', None),
    ("<https://a/u", None),
    ("", None),
]


@pytest.mark.parametrize(("header", "target"), FOUND)
def test_a_link_is_found_by_its_relation(header: str, target: str | None) -> None:
    assert find_link(header, "next") == target


BASE = "https://api.example.com/v1"
FOLLOWED = [
    ("https://api.example.com/v1/users?after=a%26b&limit=2", ("/users", (("after", "a&b"), ("limit", "2")))),
    ("https://API.example.com:443/v1/users?after=", ("/users", (("after", ""),))),
    ("/v1/people/page/2", ("/people/page/2", ())),
    ("?after=2", ("/users", (("after", "2"),))),
]


@pytest.mark.parametrize(("target", "call"), FOLLOWED)
def test_a_link_below_the_base_is_followed(target: str, call: object) -> None:
    assert follow_link(BASE, "/users", target) == call


AWAY = [
    "https://evil.example/v1/users?after=2",
    "//evil.example/v1/users",
    "http://api.example.com/v1/users",
    "https://api.example.com:8443/v1/users",
    "https://api.example.com@evil.example/v1/users",
    "https://me@api.example.com/v1/users",
    "https://api.example.com/v2/users",
    "https://api.example.com/v1",
    "https://api.example.com/v10/users",
    "https://api.example.com/v1/%2e%2e/admin",
    "https://api.example.com/v1/..%5cadmin",
    "https://api.example.com/v1/us ers",
    "https://[::1/v1/users",
    "https://api.example.com:port/v1/users",
    "javascript:alert(1)",
    "?" + "&".join(["a=1"] * 101),
    "?a=%ff",
]


@pytest.mark.parametrize("target", AWAY)
def test_a_link_that_leads_away_is_refused(target: str) -> None:
    with pytest.raises(Problem) as refusal:
        follow_link(BASE, "/users", target)
    assert (refusal.value.status, refusal.value.code) == (502, "SG513")
