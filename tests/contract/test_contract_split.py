"""One gateway, two vendors of different dialects: each resource lives in one of them, and a client sees one tenant."""

from collections.abc import Callable
from typing import Any

import pytest
from redis_groups import wait_for

TOKEN, KEEPER, NAMED = (f"token-of-{name}-0123456789" for name in ("acme", "keeper", "named"))
SECRET = {"SCIM_GATEWAY_SECRET": "0123456789abcdef0123456789abcdef"}
VENDOR = "vendor-credential"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
{state}
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
  named:
    tokens: [ {{ sha256: {named} }} ]
    split: [ {{ use: cube-eu, when: 'name.familyName eq "European"' }}, {{ use: ping-us }} ]
"""
SHARED = "state: redis://127.0.0.1:{redis}/0\nsecret: {{ env: SCIM_GATEWAY_SECRET }}"
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


Open = Callable[..., Callable[..., Any]]


@pytest.fixture
def open_gateway(start, ask, hash_of, vendors, tmp_path) -> Open:
    """Starts a gateway, and tells how to send it requests."""

    def open_one(state: str = "") -> Callable[..., Any]:
        (tmp_path / "credential").write_text(VENDOR + "\n")
        tokens = {"token": hash_of(TOKEN), "keeper": hash_of(KEEPER), "named": hash_of(NAMED)}
        (tmp_path / "gateway.yaml").write_text(CONFIG.format(**vendors, **tokens, state=state))
        url = start("serve", folder=tmp_path, **SECRET).wait_for_event("startup")["listen"]

        def send_one(method: str, path: str, body: Any = None, token: str = TOKEN) -> Any:
            return ask(f"{url}/scim/v2", method, path, body, token)

        return send_one

    return open_one


@pytest.fixture
def send(open_gateway: Open) -> Callable[..., Any]:
    return open_gateway()


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


def test_a_member_who_is_nowhere_is_not_kept(send):
    ada = send("POST", "/Users", person(ADA)).json["id"]
    made = send("POST", "/Groups", {"displayName": "Guides", "members": [{"value": ada}]}, KEEPER)
    assert made.status == 201, made.text
    group = f"/Groups/{made.json['id']}"
    nobody = send("PATCH", group, patch("add", "members", [{"value": "ping-us~~nobody"}]), KEEPER)
    assert (nobody.status, nobody.json["scimType"]) == (400, "invalidValue")
    assert "(SG364)" in nobody.text
    assert [one["value"] for one in send("GET", group, None, KEEPER).json["members"]] == [ada]


def test_while_the_store_is_away_no_kept_member_is_said_to_be_gone(open_gateway, redis):
    send = open_gateway(SHARED.format(redis=redis.port))
    ada, bob = (send("POST", "/Users", person(login)).json["id"] for login in (ADA, BOB))
    made = send("POST", "/Groups", {"displayName": "Guides", "members": [{"value": ada}, {"value": bob}]}, KEEPER)
    group = f"/Groups/{made.json['id']}"
    removal = {"schemas": [PATCH], "Operations": [{"op": "remove", "path": f'members[value eq "{bob}"]'}]}
    redis.ask("CONFIG", "SET", "replica-serve-stale-data", "no")
    redis.ask("REPLICAOF", "127.0.0.1", "1")  # it answers nothing now, and forgets nothing
    try:
        refused = send("PATCH", group, removal, KEEPER)
        assert (refused.status, "(SG353)" in refused.text) == (503, True), refused.text
        assert refused.headers["retry-after"]
        assert [one["value"] for one in send("GET", group, None, KEEPER).json["members"]] == [ada]
    finally:
        redis.ask("REPLICAOF", "NO", "ONE")
    wait_for(lambda: send("PATCH", group, removal, KEEPER).status in (200, 204))
    assert [one["value"] for one in send("GET", group, None, KEEPER).json["members"]] == [ada]


def test_nobody_has_the_name_of_somebody_at_the_other_vendor(send):
    eve = {**person("eve@acme.example"), "name": {"givenName": "Eve", "familyName": "European"}}
    there = send("POST", "/Users", eve, NAMED)
    here = send("POST", "/Users", person("ivo@acme.example"), NAMED)
    assert [one.json["id"].partition("~~")[0] for one in (there, here)] == ["cube-eu", "ping-us"]
    user = f"/Users/{here.json['id']}"
    for method, body in (
        ("PATCH", patch("replace", "userName", "Eve@acme.example")),
        ("PUT", {**person("ivo@acme.example"), "userName": "eve@acme.example"}),
    ):
        refused = send(method, user, body, NAMED)
        assert (refused.status, refused.json["scimType"]) == (409, "uniqueness"), refused.text
    assert send("GET", user, None, NAMED).json["userName"] == "ivo@acme.example"
    renamed = send("PATCH", user, patch("replace", "userName", "ivan@acme.example"), NAMED)
    assert renamed.status in (200, 204), renamed.text


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
