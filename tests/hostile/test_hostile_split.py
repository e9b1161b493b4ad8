"""Ids with keys that somebody made up: before a split tenant none reaches a vendor that it was not given."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hall import Hall, Loop, open_gateway
from rows import BEARER, PATCH_OP, USERS, Row, get, patch
from scene import ACME, EMEA, VENDOR_TOKEN, backend, tenant, write_config, write_secret
from test_hostile_requests import check_error
from wire import Heard, request, speak

from gateway.sandbox import start_sandbox

GROUPS = "/acme/scim/v2/Groups"
WHEN = 'userName ew "@eu.acme.example"'
KEEPER = "token-of-a-tenant-that-keeps-members"
KEPT = "/keeper/scim/v2/Groups"
KEYS = ("cube", "ping", "theirs", "follower")


SPLIT: tuple[tuple[str, dict[str, str]], ...] = ((ACME, {}), (KEEPER, {"absent_member": "keep"}))


def divided(whole: dict[str, Any], **more: str) -> dict[str, Any]:
    """The tenant, split over `cube` and `ping`."""
    split = [{"use": "cube", "when": WHEN}, "ping"]
    return {"tokens": whole["tokens"], "split": split, **more}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """`acme` and `keeper` are split over `cube` and `ping`; `emea` has backends of its own, one of them a follower."""
    folder, loop = tmp_path_factory.mktemp("split"), Loop()
    vendors = dict(zip(KEYS, ("cube-cloud", "ping-directory", "cube-cloud", "cube-cloud"), strict=True))
    sandboxes = {key: loop.run(start_sandbox(vendor, token=VENDOR_TOKEN)) for key, vendor in vendors.items()}
    secret = write_secret(folder)
    backends = {key: backend(vendors[key], sandbox.url, secret) for key, sandbox in sandboxes.items()}
    acme, keeper = (divided(tenant(token, "cube"), **more) for token, more in SPLIT)
    emea = {**tenant(EMEA, "theirs"), "backends": ["theirs", "follower"]}
    config = write_config(folder, backends, {"acme": acme, "emea": emea, "keeper": keeper})
    with open_gateway(config, loop) as running:
        yield Hall(running, sandboxes)
    for sandbox in sandboxes.values():
        loop.run(sandbox.close())
    loop.close()


def add_member(shown: str) -> bytes:
    return patch({"op": "add", "path": "members", "value": [{"value": shown}]}, path=f"{GROUPS}/cube~~1")


def manage(shown: str) -> bytes:
    path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
    return patch({"op": "add", "path": path, "value": {"value": shown}}, path=f"{USERS}/ping~~1")


FORGED = (
    "1", "theirs~~1", "follower~~1", "acme~~1", "emea~~1", "CUBE~~1", "~~1", "~~", "cube~~", "cube~1", "cube~~~",
    "cube~~~41", "cube~~~7e", "cube~~ping~~1", "ping~~~~1", "cube~~~~ping~~1", "cube--~~1", "cube%00~~1",
    "cube~~%2e%2e", "cube~~..%2f..%2fadmin", "cube~~~2F..%2f", "cube~~%F0%9F%92%A5", "cube%20~~1", "xcube~~1",
    "cube~~" + "1" * 1100,
)  # fmt: skip
ROWS = {
    **{f"an id {shown[:40]}": Row(get(f"{USERS}/{shown}"), "SG110") for shown in FORGED},
    **{
        f"a deletion of {shown[:40]}": Row(request("DELETE", f"{USERS}/{shown}", None, BEARER), "SG110")
        for shown in FORGED[:8]
    },
    "a group where its vendor has none": Row(get(f"{GROUPS}/ping~~1"), "SG110"),
    "a member of another vendor": Row(add_member("ping~~1"), "SG351"),
    "a member of another tenant": Row(add_member("theirs~~1"), "SG205"),
    "a member at a follower of another tenant": Row(add_member("follower~~1"), "SG205"),
    "a member without a key": Row(add_member("1"), "SG205"),
    "a member up the path": Row(add_member("cube~~../Users/1"), "SG205"),
    "a member whose key is another's, and whose rest is a path": Row(add_member("ping~~../1"), "SG205"),
    "a cursor that says a key": Row(get(f"{USERS}?cursor=cube~~1"), "SG310"),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_forged_key_reaches_no_vendor(row: Row, hall: Hall) -> None:
    hall.asked()
    check_error(speak(hall.port, row.raw), row.code)
    assert [call.path for call in hall.asked()] == []


def tell_keeper(hall: Hall, method: str, path: str, body: object) -> Heard:
    headers = {"Authorization": f"Bearer {KEEPER}"}
    return speak(hall.port, request(method, path, json.dumps(body).encode(), headers))


@pytest.mark.parametrize("shown", [one for one in FORGED if "%" not in one and len(one) < 100])
def test_no_forged_id_is_kept_as_a_member(shown: str, hall: Hall) -> None:
    hall.asked()
    operation = {"op": "add", "path": "members", "value": [{"value": shown}]}
    body = {"schemas": [PATCH_OP], "Operations": [operation]}
    check_error(tell_keeper(hall, "PATCH", f"{KEPT}/cube~~1", body), "SG205")
    assert hall.asked() == []


def test_members_who_are_nowhere_are_looked_for_once_each_and_not_kept(hall: Hall) -> None:
    made = tell_keeper(hall, "POST", KEPT, {"displayName": "Guides"}).document["id"]
    hall.asked()
    members = [{"value": f"ping~~nobody-{number % 20}"} for number in range(40)]
    body = {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "members", "value": members}]}
    check_error(tell_keeper(hall, "PATCH", f"{KEPT}/{made}", body), "SG364")
    asked = [(call.method, call.path.rpartition("/")[2]) for call in hall.asked()]
    assert sorted(asked) == sorted(("GET", f"nobody-{number}") for number in range(20))
    shown = speak(hall.port, request("GET", f"{KEPT}/{made}", None, {"Authorization": f"Bearer {KEEPER}"}))
    assert "members" not in shown.document


@pytest.mark.parametrize("shown", ["theirs~~1", "1", "cube~~", "cube~~~41", "cube~~ping~~1", "~~1", "", "~~~~"])
def test_a_filter_by_a_forged_id_finds_nobody_and_asks_nobody(shown: str, hall: Hall) -> None:
    hall.asked()
    wanted = quote(f'id eq "{shown}"')
    heard = speak(hall.port, get(f"{USERS}?filter={wanted}"))
    assert (heard.status, heard.document["totalResults"]) == (200, 0)
    assert [call.path for call in hall.asked()] == []


def test_a_cursor_of_one_tenant_is_nothing_to_another(hall: Hall) -> None:
    for number in range(3):
        login = f"u{number}@eu.acme.example"
        body = {"userName": login, "name": {"givenName": "A", "familyName": "B"}, "emails": [{"value": login}]}
        speak(hall.port, request("POST", USERS, json.dumps(body).encode(), BEARER))
    cursor = speak(hall.port, get(f"{USERS}?cursor=&count=1")).document["nextCursor"]
    theirs = {"Authorization": f"Bearer {EMEA}"}
    check_error(speak(hall.port, request("GET", f"/emea/scim/v2/Users?cursor={cursor}", None, theirs)), "SG310")
    assert speak(hall.port, get(f"{USERS}?cursor={cursor}&count=1")).status == 200


def test_a_bulk_request_reaches_its_own_vendors_alone(hall: Hall) -> None:
    hall.asked()
    paths = ["/Users/theirs~~1", "/Users/follower~~1", "/Users/1", "/Users/cube~~..%2f1", "/Users/bulkId:x"]
    operations = [{"method": "DELETE", "path": path} for path in paths]
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
    heard = speak(hall.port, request("POST", "/acme/scim/v2/Bulk", json.dumps(body).encode(), BEARER))
    assert heard.status == 200
    assert {one["status"] for one in heard.document["Operations"]} <= {"400", "404"}
    assert hall.asked() == []
