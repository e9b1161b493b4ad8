"""Two gateways that share a Redis, before a primary and a follower: in the end both have exactly the right people.

Between the gateways and the follower stands a proxy that refuses, holds, or loses answers; gateways are killed and the
Redis is flushed.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fault_proxy import FaultProxy

TOKEN = "token-of-acme-0123456789"
STRICT = "token-of-strict-0123456789"
VENDOR = "vendor-credential"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
state: redis://127.0.0.1:{redis}/0
secret: {{ env: SCIM_GATEWAY_SECRET }}
backends:
  cube-one: {{ mapping: cube-cloud, url: '{one}', auth: {{ bearer: {{ file: credential }} }} }}
  cube-two: {{ mapping: cube-cloud, url: '{two}', auth: {{ bearer: {{ file: credential }} }}, timeout: 1s }}
tenants:
  acme:
    tokens: [ {{ sha256: {token} }} ]
    backends: [ cube-one, {{ use: cube-two, when: 'userName ew "@acme.example"' }} ]
    deadline: 3s
  strict:
    tokens: [ {{ sha256: {strict} }} ]
    backends: [ cube-one, cube-two ]
    followers: {{ require: all }}
    deadline: 3s
"""


class Vendor:
    """A pretend vendor in a process of its own, and what it has."""

    def __init__(self, process: Any, ask: Callable[..., Any]) -> None:
        self.url, self.ask = process.wait_for_url(), ask

    def all_of(self, kind: str) -> list[dict[str, Any]]:
        answer = self.ask(self.url, "GET", f"/{kind}?startIndex=1&count=100", None, VENDOR)
        assert answer.status == 200, answer.text
        return list(answer.json["Resources"])

    def named(self, name: str) -> list[dict[str, Any]]:
        return [one for one in self.all_of("Users") if one["userName"] == name]

    def group(self, name: str) -> list[list[str]]:
        """The names of the members of each group of this name."""
        names = {one["id"]: one["userName"] for one in self.all_of("Users")}
        groups = [one for one in self.all_of("Groups") if one["displayName"] == name]
        return [sorted(names[member["value"]] for member in one.get("members", [])) for one in groups]


@pytest.fixture(scope="module")
def vendors(start, ask) -> tuple[Vendor, Vendor]:
    started = [start("sandbox", "cube-cloud", "--token", VENDOR) for _ in range(2)]
    return Vendor(started[0], ask), Vendor(started[1], ask)


@pytest.fixture(scope="module")
def proxy(vendors) -> Iterator[FaultProxy]:
    made = FaultProxy(vendors[1].url)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def calm(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    request.getfixturevalue("proxy").turn("pass")


@pytest.fixture(scope="module")
def open_replica(start, vendors, proxy, redis, hash_of, tmp_path_factory) -> Callable[[], Any]:
    folder = tmp_path_factory.mktemp("followers")
    (folder / "credential").write_text(VENDOR + "\n")
    text = CONFIG.format(
        redis=redis.port, one=vendors[0].url, two=proxy.url, token=hash_of(TOKEN), strict=hash_of(STRICT)
    )
    (folder / "gateway.yaml").write_text(text)

    def open_one() -> Any:
        process = start("serve", folder=folder, SCIM_GATEWAY_SECRET="0123456789abcdef0123456789abcdef")
        process.wait_for_event("startup")
        return process

    return open_one


@pytest.fixture(scope="module")
def replicas(open_replica) -> list[Any]:
    return [open_replica(), open_replica()]


@pytest.fixture(scope="module")
def send(ask) -> Callable[..., Any]:
    def send_one(replica: Any, method: str, path: str, body: Any = None, tenant: str = "acme") -> Any:
        token = TOKEN if tenant == "acme" else STRICT
        url = replica.wait_for_event("startup")["listen"]
        return ask(url, method, f"/{tenant}/scim/v2{path}", body, token)

    return send_one


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": name, "name": {"givenName": "Ada", "familyName": "Byron"}, **more}


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


OFF = patch({"op": "replace", "path": "active", "value": False})


def gauge(ask, replica: Any, name: str) -> float:
    lines = ask(replica.wait_for_event("startup")["admin"], "GET", "/metrics").text.splitlines()
    found = [line for line in lines if line.startswith(f"scim_gateway_{name}{{") and 'tenant="acme"' in line]
    return sum(float(line.rpartition(" ")[2]) for line in found)


def test_a_life_at_both_by_either_gateway(vendors, replicas, send):
    ids = [send(one, "POST", "/Users", person(f"{n}@acme.example")).json["id"] for n, one in enumerate(replicas)]
    group = {"schemas": [GROUP], "displayName": "Tour", "members": [{"value": ids[0]}]}
    tour = send(replicas[0], "POST", "/Groups", group).json["id"]
    more = patch({"op": "add", "path": "members", "value": [{"value": ids[1]}]})
    assert send(replicas[1], "PATCH", f"/Groups/{tour}", more).status in (200, 204)
    for vendor in vendors:
        assert vendor.group("Tour") == [["0@acme.example", "1@acme.example"]]
    assert send(replicas[0], "PATCH", f"/Users/{ids[0]}", OFF).status == 200
    assert [one["active"] for vendor in vendors for one in vendor.named("0@acme.example")] == [False, False]
    for one in ids:
        assert send(replicas[1], "DELETE", f"/Users/{one}").status == 204
    assert [vendor.named(f"{n}@acme.example") for vendor in vendors for n in (0, 1)] == [[]] * 4


def test_who_does_not_match_is_not_there_and_who_stops_matching_is_barred(vendors, replicas, send):
    made = send(replicas[0], "POST", "/Users", person("guest@elsewhere.example")).json
    assert vendors[1].named("guest@elsewhere.example") == []
    assert send(replicas[0], "PUT", f"/Users/{made['id']}", person("guest@acme.example", active=True)).status == 200
    assert [one["active"] for one in vendors[1].named("guest@acme.example")] == [True]
    assert send(replicas[1], "PUT", f"/Users/{made['id']}", person("guest@elsewhere.example")).status == 200
    assert [one["active"] for one in vendors[1].named("guest@acme.example")] == [False]


def test_a_follower_that_was_down_gets_what_it_missed_from_any_gateway(vendors, replicas, send, proxy, ask):
    proxy.turn("refuse")
    made = send(replicas[0], "POST", "/Users", person("missed@acme.example"))
    assert made.status == 201
    assert send(replicas[1], "PATCH", f"/Users/{made.json['id']}", OFF).status == 200
    assert vendors[1].named("missed@acme.example") == []
    proxy.turn("pass")
    replicas[0].wait_for(lambda: vendors[1].named("missed@acme.example"), 30)
    assert [one["active"] for one in vendors[1].named("missed@acme.example")] == [False]
    replicas[0].wait_for(lambda: gauge(ask, replicas[0], "pending_operations") == 0, 30)


def test_an_answer_of_the_follower_that_got_lost_makes_nobody_twice(vendors, replicas, send, proxy):
    proxy.turn("mute")
    assert send(replicas[0], "POST", "/Users", person("mute@acme.example")).status == 201
    proxy.turn("pass")
    replicas[0].wait_for(lambda: vendors[1].named("mute@acme.example"), 30)
    assert send(replicas[1], "POST", "/Users", person("mute@acme.example")).status == 409
    assert [len(vendor.named("mute@acme.example")) for vendor in vendors] == [1, 1]


def test_a_gateway_that_dies_between_the_two_leaves_the_rest_to_the_other(
    vendors, replicas, open_replica, send, proxy, redis
):
    dying = open_replica()
    redis.ask("FLUSHALL")  # that the follower rested a moment ago is forgotten, so the request waits for it
    proxy.turn("hold")
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(send, dying, "POST", "/Users", person("orphan@acme.example"))
        dying.wait_for(lambda: vendors[0].named("orphan@acme.example"))
        dying.stop(signal.SIGKILL)
        with pytest.raises(OSError, match=r".*"):
            lost.result()
    proxy.turn("pass")
    assert len(vendors[0].named("orphan@acme.example")) == 1
    replicas[0].wait_for(lambda: vendors[1].named("orphan@acme.example"), 40)
    assert [len(vendor.named("orphan@acme.example")) for vendor in vendors] == [1, 1]


def test_a_flushed_store_costs_look_ups_and_no_double(vendors, replicas, send, redis):
    made = send(replicas[0], "POST", "/Users", person("flushed@acme.example")).json
    redis.ask("FLUSHALL")
    renamed = person("renamed@acme.example", active=True)
    assert send(replicas[1], "PUT", f"/Users/{made['id']}", renamed).status == 200
    assert [len(vendor.named("renamed@acme.example")) for vendor in vendors] == [1, 1]
    assert vendors[1].named("flushed@acme.example") == []
    redis.ask("FLUSHALL")
    assert send(replicas[0], "DELETE", f"/Users/{made['id']}").status == 204
    assert [vendor.named("renamed@acme.example") for vendor in vendors] == [[], []]


def test_where_all_are_required_the_client_comes_again_and_nothing_is_done_twice(vendors, replicas, send, proxy):
    proxy.turn("refuse")
    body = person("required@acme.example")
    first = send(replicas[0], "POST", "/Users", body, tenant="strict")
    assert (first.status, "(SG340)" in first.text) == (503, True)
    assert int(first.headers["retry-after"]) > 0
    again = send(replicas[1], "POST", "/Users", body, tenant="strict")
    assert again.status == 503
    proxy.turn("pass")
    made = send(replicas[1], "POST", "/Users", body, tenant="strict")
    assert made.status == 201, made.text
    assert [one["id"] for one in vendors[0].named("required@acme.example")] == [made.json["id"]]
    assert len(vendors[1].named("required@acme.example")) == 1


def test_many_at_once_by_two_gateways_are_the_same_at_both(vendors, replicas, send):
    names = [f"many{number}@acme.example" for number in range(12)]
    barrier = threading.Barrier(8)

    def provision(number: int) -> int:
        if number < 8:
            barrier.wait(10)
        return int(send(replicas[number % 2], "POST", "/Users", person(names[number % 12])).status)

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(provision, range(24)))
    assert set(statuses) <= {201, 409}
    assert [len(vendor.named(name)) for vendor in vendors for name in names] == [1] * 24
