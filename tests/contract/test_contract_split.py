"""One gateway, two vendors of different dialects: each resource lives in one of them, and a client sees one tenant."""

from collections.abc import Callable
from typing import Any

import pytest

TOKEN, KEEPER = "token-of-acme-0123456789", "token-of-keeper-0123456789"
VENDOR = "vendor-credential"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
backends:
  cube-eu: {{ mapping: cube-cloud, url: '{eu}', auth: {{ bearer: {{ file: credential }} }} }}
  ping-us: {{ mapping: ping-directory, url: '{us}', auth: {{ bearer: {{ file: credential }} }} }}
tenants:
  acme:
    tokens: [ {{ sha256: {token} }} ]
    split: [ {{ use: cube-eu, when: 'userName ew "@eu.acme.example"' }}, {{ use: ping-us }} ]
  keeper:
    tokens: [ {{ sha256: {keeper} }} ]
    split: [ {{ use: cube-eu, when: 'userName ew "@eu.acme.example"' }}, {{ use: ping-us }} ]
    absent_member: keep
"""
ADA, BOB = "ada@eu.acme.example", "bob@us.acme.example"


def person(login: str) -> dict[str, Any]:
    name = login.partition("@")[0]
    return {
        "userName": login,
        "displayName": name,
        "name": {"givenName": name, "familyName": "Acme"},
        "emails": [{"value": login, "type": "work", "primary": True}],
        "active": True,
    }


def patch(op: str, path: str, value: Any) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": [{"op": op, "path": path, "value": value}]}


@pytest.fixture
def vendors(start, ask) -> dict[str, Callable[[str], list[dict[str, Any]]]]:
    """By key: where the vendor is, and what it has."""
    found: dict[str, Any] = {}
    for key, vendor in (("eu", "cube-cloud"), ("us", "ping-directory")):
        found[key] = start("sandbox", vendor, "--token", VENDOR).wait_for_url()
    return found


@pytest.fixture
def send(start, ask, hash_of, vendors, tmp_path) -> Callable[..., Any]:
    (tmp_path / "credential").write_text(VENDOR + "\n")
    text = CONFIG.format(**vendors, token=hash_of(TOKEN), keeper=hash_of(KEEPER))
    (tmp_path / "gateway.yaml").write_text(text)
    url = start("serve", folder=tmp_path).wait_for_event("startup")["listen"]

    def send_one(method: str, path: str, body: Any = None, token: str = TOKEN) -> Any:
        return ask(f"{url}/scim/v2", method, path, body, token)

    return send_one


@pytest.fixture
def holds(ask, vendors) -> Callable[[str], list[str]]:
    """The names of the people that a vendor has."""

    def names(key: str) -> list[str]:
        answer = ask(vendors[key], "GET", "/Users?startIndex=1&count=100", None, VENDOR)
        assert answer.status == 200, answer.text
        return sorted(one["userName"] for one in answer.json["Resources"])

    return names


def test_two_vendors_are_one_tenant(send, holds):
    before = {key: holds(key) for key in ("eu", "us")}
    there = send("GET", "/Users?count=0").json["totalResults"]
    made = {login: send("POST", "/Users", person(login)) for login in (ADA, BOB)}
    assert [one.status for one in made.values()] == [201, 201], [one.text for one in made.values()]
    ids = {login: one.json["id"] for login, one in made.items()}
    assert [one.partition("~~")[0] for one in ids.values()] == ["cube-eu", "ping-us"]
    assert {key: sorted(set(holds(key)) - set(before[key])) for key in before} == {"eu": [ADA], "us": [BOB]}
    for login, shown in ids.items():
        assert send("GET", f"/Users/{shown}").json["userName"] == login
        found = send("GET", f"/Users?filter=userName%20eq%20%22{login}%22").json
        assert [one["id"] for one in found["Resources"]] == [shown]
    total = send("GET", "/Users?count=0").json["totalResults"]
    assert total == there + 2
    for count in range(1, total + 1):
        pages = [send("GET", f"/Users?startIndex={at}&count={count}").json for at in range(1, total + 1, count)]
        seen = [one["id"] for page in pages for one in page["Resources"]]
        assert len(seen) == len(set(seen)) == total
        assert {*ids.values()} <= {*seen}


def test_nobody_is_moved_and_nobody_is_created_twice(send, holds):
    shown = send("POST", "/Users", person(ADA)).json["id"]
    moved = send("PATCH", f"/Users/{shown}", patch("replace", "userName", "ada@us.acme.example"))
    assert (moved.status, moved.json["scimType"]) == (400, "mutability")
    assert "(SG350)" in moved.text
    renamed = send("PATCH", f"/Users/{shown}", patch("replace", "userName", "lovelace@eu.acme.example"))
    assert renamed.status in (200, 204), renamed.text
    again = send("POST", "/Users", person("lovelace@eu.acme.example"))
    assert (again.status, again.json["scimType"]) == (409, "uniqueness")
    assert "lovelace@eu.acme.example" in holds("eu")
    assert send("DELETE", f"/Users/{shown}").status == 204
    assert send("GET", f"/Users/{shown}").status == 404


def test_members_of_another_vendor_are_refused_or_kept(send):
    ada, bob = (send("POST", "/Users", person(login)).json["id"] for login in (ADA, BOB))
    members = [{"value": ada}, {"value": bob}]
    refused = send("POST", "/Groups", {"displayName": "Guides", "members": members})
    assert (refused.status, refused.json["scimType"]) == (400, "invalidValue")
    assert "(SG351)" in refused.text
    alone = send("POST", "/Groups", {"displayName": "Pilots", "members": members[:1]})
    assert (alone.status, alone.json["id"][:9]) == (201, "cube-eu~~"), alone.text
    kept = send("POST", "/Groups", {"displayName": "Guides", "members": members}, KEEPER)
    assert (kept.status, kept.json["id"][:9]) == (201, "cube-eu~~"), kept.text  # the other vendor has no groups
    group = f"/Groups/{kept.json['id']}"
    assert {one["value"] for one in send("GET", group, None, KEEPER).json["members"]} == {ada, bob}
    gone = send("PATCH", group, {"schemas": [PATCH], "Operations": [
        {"op": "remove", "path": f'members[value eq "{bob}"]'}]}, KEEPER)  # fmt: skip
    assert gone.status in (200, 204), gone.text
    assert [one["value"] for one in send("GET", group, None, KEEPER).json["members"]] == [ada]


def test_a_bulk_request_creates_in_both(send, holds):
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": person(ADA)},
        {"method": "POST", "path": "/Users", "bulkId": "b", "data": person(BOB)},
        {"method": "POST", "path": "/Groups", "bulkId": "g",
         "data": {"displayName": "Guides", "members": [{"value": "bulkId:a"}]}},
        {"method": "PATCH", "path": "/Groups/bulkId:g",
         "data": patch("add", "members", [{"value": "bulkId:b"}])},
    ]  # fmt: skip
    answer = send("POST", "/Bulk", {"schemas": [BULK], "Operations": operations})
    assert [one["status"] for one in answer.json["Operations"]] == ["201", "201", "201", "400"], answer.text
    assert "(SG351)" in answer.json["Operations"][3]["response"]["detail"]
    keys = [one["location"].rpartition("/")[2].partition("~~")[0] for one in answer.json["Operations"][:3]]
    assert keys == ["cube-eu", "ping-us", "cube-eu"]
    assert ADA in holds("eu")
    assert BOB in holds("us")


@pytest.mark.parametrize("document", ["Schemas", "ResourceTypes", "ServiceProviderConfig"])
def test_discovery_is_that_of_one_provider(send, document):
    answer = send("GET", f"/{document}")
    assert answer.status == 200
    if document == "ResourceTypes":
        assert [one["name"] for one in answer.json["Resources"]] == ["User", "Group"]
