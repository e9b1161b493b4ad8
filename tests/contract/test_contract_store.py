"""Whatever becomes of the state store and of what a life leaves in it: requests succeed, and everybody keeps the id."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fault_proxy import FaultProxy
from redis import Redis

from gateway.edge.families import MEMBERS

TOKENS = {name: f"token-of-{name}-0123456789" for name in ("acme", "keep", "walk")}
VENDOR = "vendor-credential"
SECRET = {"SCIM_GATEWAY_SECRET": "0123456789abcdef0123456789abcdef"}
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
state: redis://127.0.0.1:{redis}/0
secret: {{ env: SCIM_GATEWAY_SECRET }}
backends:
  main:
    mapping: cube-cloud
    url: '{main}'
    auth: {{ bearer: {{ file: credential }} }}
    timeout: 2s
    overrides: {{ resources: {{ User: {{ can: {{ filter: {{ language: none, scan: 1000 }} }} }} }} }}
  desk: {{ mapping: cube-cloud, url: '{desk}', auth: {{ bearer: {{ file: credential }} }}, timeout: 1s }}
  rsa: {{ mapping: rsa-unified-directory, url: '{rsa}', auth: {{ bearer: {{ file: credential }} }} }}
  aws:
    mapping: aws-identity-center
    url: '{aws}'
    auth: {{ bearer: {{ file: credential }} }}
    overrides:
      resources:
        User:
          can:
            page:
              {{ style: cursor, start: cursor, begin: "", size: count, max: 2, next: nextCursor, items: Resources }}
tenants:
  acme:
    tokens: [ {{ sha256: {acme} }} ]
    backends: [ main, desk ]
    brake: {{ removals: 50/h }}
    reconcile: 6h
    deadline: 4s
  keep: {{ tokens: [ {{ sha256: {keep} }} ], backends: [ rsa ] }}
  walk: {{ tokens: [ {{ sha256: {walk} }} ], backends: [ aws ] }}
"""
# What is between two strokes: bytes with the time that was left, bytes for ever, another type.
SCRIBBLES: dict[str, Callable[[Redis, bytes], Any]] = {
    "bytes": lambda store, name: store.set(name, secrets.token_bytes(40), keepttl=True),
    "bytes for ever": lambda store, name: store.set(name, secrets.token_bytes(40)),
    "a list": lambda store, name: (store.delete(name), store.rpush(name, secrets.token_bytes(8))),
}
OPERATIONS = MEMBERS["redis_errors.op"]
PROMISES = {"kept", "kept-index", "mark", "agenda", "waiting"}
KINDS = {
    *PROMISES, "correlation", "cursor", "create", "brake", "link", "origin", "resting"
}  # fmt: skip


@pytest.fixture(scope="module")
def vendors(start) -> dict[str, str]:
    """The URLs of pretend vendors."""
    names = {"main": "cube-cloud", "desk": "cube-cloud", "rsa": "rsa-unified-directory", "aws": "aws-identity-center"}
    started = {name: start("sandbox", one, "--token", VENDOR) for name, one in names.items()}
    return {name: one.wait_for(lambda: url_of(one)) for name, one in started.items()}  # noqa: B023  # called at once


def url_of(process: Any) -> str:
    return next((line.split()[1] for line in process.lines if "  url " in line), "")


@pytest.fixture(scope="module")
def proxies(vendors) -> Iterator[dict[str, FaultProxy]]:
    made = {name: FaultProxy(vendors[name]) for name in ("main", "desk")}
    yield made
    for one in made.values():
        one.close()


@pytest.fixture(scope="module")
def folder(vendors, proxies, redis, hash_of, tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("garbage")
    (folder / "credential").write_text(VENDOR + "\n")
    urls = {name: proxies[name].url if name in proxies else url for name, url in vendors.items()}
    hashes = {name: hash_of(token) for name, token in TOKENS.items()}
    (folder / "gateway.yaml").write_text(CONFIG.format(redis=redis.port, **urls, **hashes))
    return folder


@pytest.fixture(scope="module")
def gateway(start, folder) -> Any:
    process = start("serve", folder=folder, **SECRET)
    process.wait_for_event("startup")
    return process


@pytest.fixture
def send(gateway, ask) -> Callable[..., Any]:
    def send_one(tenant: str, method: str, path: str, body: Any = None) -> Any:
        url = gateway.wait_for_event("startup")["listen"]
        return ask(url, method, f"/{tenant}/scim/v2{path}", body, TOKENS[tenant])

    return send_one


@pytest.fixture
def store(redis) -> Iterator[Redis]:
    made = Redis(port=redis.port)
    yield made
    made.close()


def person(name: str, **more: Any) -> dict[str, Any]:
    mail = [{"value": f"{name}@acme.example", "type": "work", "primary": True}]
    named = {"givenName": "Ada", "familyName": name, "formatted": f"Ada {name}"}
    return {"schemas": [USER], "userName": f"{name}@acme.example", "name": named, "displayName": f"Ada {name}",
            "emails": mail, "active": True, **more}  # fmt: skip


def set_active(active: bool) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": active}]}


def texts_of(store: Redis, name: bytes) -> list[bytes]:
    """All that lies under a name."""
    found = store.zrange(name, 0, -1) if store.type(name) == b"zset" else [store.get(name)]
    return [one for one in found if one is not None]  # it may have expired meanwhile


def kind_of(name: bytes) -> str:
    return name.decode().partition("}:")[2].partition(":")[0]


class Life:
    """Who was made, and how to ask for them."""

    def __init__(self, send: Callable[..., Any], mark: str) -> None:
        self.send = send
        self.mark = mark
        self.acme, self.kept, self.busy = self.make("acme", "ann"), self.make("keep", "kim"), self.make("acme", "bob")
        self.leavers = [self.make("acme", f"leaver{number}") for number in range(2)]
        self.walkers = {self.make("walk", f"wes{number}") for number in range(5)}

    def person(self, name: str) -> dict[str, Any]:
        return person(f"{name}-{self.mark}", externalId=f"x-{name}-{self.mark}")

    def make(self, tenant: str, name: str) -> str:
        answer = self.send(tenant, "POST", "/Users", self.person(name))
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def find(self, tenant: str, attribute: str, value: str) -> list[str]:
        answer = self.send(tenant, "GET", f"/Users?filter={attribute}%20eq%20%22{value}%22")
        assert answer.status == 200, answer.text
        return [one["id"] for one in answer.json.get("Resources", [])]

    def walk(self) -> set[str]:
        """Everybody, two at a time, by index."""
        seen: list[str] = []
        while True:
            answer = self.send("walk", "GET", f"/Users?startIndex={len(seen) + 1}&count=2")
            assert answer.status == 200, answer.text
            page = [one["id"] for one in answer.json.get("Resources", [])]
            seen += page
            if not page:
                assert len(seen) == len(set(seen))
                return set(seen)

    def remember(self) -> None:
        """What leaves correlations, cursors and spent windows."""
        assert self.find("acme", "userName", f"ann-{self.mark}@acme.example") == [self.acme]
        assert self.find("keep", "externalId", f"x-kim-{self.mark}") == [self.kept]
        assert self.walk() >= self.walkers
        assert self.send("acme", "DELETE", f"/Users/{self.leavers[0]}").status == 204


def lose(life: Life, proxies: dict[str, FaultProxy], store: Redis) -> None:
    """A follower that was down, a create whose answer got lost, and a lock that is held until it is scribbled over."""
    proxies["desk"].turn("mute")
    assert life.make("acme", "mute")
    proxies["desk"].turn("refuse")
    assert life.send("acme", "PATCH", f"/Users/{life.acme}", set_active(True)).status == 200
    proxies["main"].turn("hold")
    with ThreadPoolExecutor(2) as pool:
        lost = pool.submit(life.send, "acme", "POST", "/Users", life.person("late"))
        busy = pool.submit(life.send, "acme", "PUT", f"/Users/{life.busy}", life.person("bob"))
        assert [one.result().status for one in (lost, busy)] == [503, 503]
    for one in proxies.values():
        one.turn("pass")


@pytest.mark.parametrize("how", SCRIBBLES)
def test_whatever_is_scribbled_over_requests_succeed_and_nobody_gets_another_id(
    how, gateway, send, proxies, vendors, store, ask, run, folder
):
    store.flushall()
    life = Life(send, how.replace(" ", ""))
    life.remember()
    lose(life, proxies, store)
    names = {name: store.ttl(name) for name in store.scan_iter("scimgw:*", 1000)}
    assert set(map(kind_of, names)) >= KINDS
    assert {kind_of(name) for name, seconds in names.items() if seconds < 0} == PROMISES
    told = (*names, *(text for name in names for text in texts_of(store, name)))
    personal = (f"-{life.mark}".encode(), b"acme.example", b"Ada ")  # a part of every value of theirs
    assert [one for one in told if any(part in one for part in personal)] == []
    for name in names:
        SCRIBBLES[how](store, name)
    go_on(life)
    gateway.wait_for(lambda: metric(gateway, ask, 'redis_errors_total{op="recall",reason="garbage"}') > 0)
    assert run("reconcile", "acme", folder=folder, **SECRET).returncode == 0, (
        "marks are promises: it finds what is lost"
    )
    both = [people_of(life, vendors[name], ask) for name in ("main", "desk")]
    assert both[0] == both[1]
    assert [name.partition("-")[0] for name, _ in both[0]] == ["ann", "bob", "late", "mute"]


# What befalls the store, and how it is undone.
FATES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "killed": (lambda redis: redis.kill(), lambda redis: redis.start()),
    "frozen": (lambda redis: redis.freeze(), lambda redis: redis.thaw()),
    "flushed": (lambda redis: redis.ask("FLUSHALL"), lambda redis: None),
    "read-only": (
        lambda redis: redis.ask("REPLICAOF", "127.0.0.1", "1"),
        lambda redis: redis.ask("REPLICAOF", "NO", "ONE"),
    ),
    "full": (
        lambda redis: redis.ask("CONFIG", "SET", "maxmemory", "1"),
        lambda redis: redis.ask("CONFIG", "SET", "maxmemory", "0"),
    ),
}
REASONS = {"killed": "connection", "frozen": "timeout", "read-only": "refused", "full": "refused"}


@pytest.mark.parametrize("fate", FATES)
def test_whatever_befalls_the_store_requests_succeed_and_afterwards_all_is_as_if_nothing_had_been(
    fate, gateway, send, vendors, redis, store, ask, run, folder
):
    befall, undo = FATES[fate]
    store.flushall()
    life = Life(send, fate)
    life.remember()
    befall(redis)
    try:
        live_on(life)
    finally:
        undo(redis)
    if fate in REASONS:
        failed = [f'redis_errors_total{{op="{op}",reason="{REASONS[fate]}"' for op in OPERATIONS]
        gateway.wait_for(lambda: any(metric(gateway, ask, one) for one in failed))
    gateway.wait_for(lambda: metric(gateway, ask, "redis_up") == 1, 20)
    assert life.send("keep", "PUT", f"/Users/{life.kept}", life.person("kim")).json["id"] == life.kept
    assert life.find("keep", "externalId", f"x-kim-{life.mark}") == [life.kept]
    assert run("reconcile", "acme", folder=folder, **SECRET).returncode == 0
    both = [people_of(life, vendors[name], ask) for name in ("main", "desk")]
    assert both[0] == both[1]
    assert [name.partition("-")[0] for name, _ in both[0]] == ["ann", "bob", "late"]


def live_on(life: Life) -> None:
    """As `go_on`, but for attributes that the gateway keeps itself: those may be missing meanwhile."""
    for tenant, one in (("acme", life.acme), ("keep", life.kept), ("acme", life.busy)):
        assert life.send(tenant, "GET", f"/Users/{one}").json["id"] == one
    assert life.find("acme", "userName", f"ann-{life.mark}@acme.example") == [life.acme]
    assert life.walk() >= life.walkers
    assert life.send("keep", "PUT", f"/Users/{life.kept}", life.person("kim")).json["id"] == life.kept
    assert life.send("acme", "PUT", f"/Users/{life.busy}", life.person("bob")).json["id"] == life.busy
    change_people(life)


def change_people(life: Life) -> None:
    """Somebody comes, and comes again; somebody is barred, and somebody leaves."""
    assert life.send("acme", "POST", "/Users", life.person("ann")).status == 409
    assert life.make("acme", "late")
    assert life.send("acme", "POST", "/Users", life.person("late")).status == 409
    assert life.send("acme", "PATCH", f"/Users/{life.acme}", set_active(False)).json["id"] == life.acme
    assert life.send("acme", "DELETE", f"/Users/{life.leavers[1]}").status == 204


def go_on(life: Life) -> None:
    """Everybody is where they were, can be found, changed and taken away, and nobody is made twice."""
    for tenant, one in (("acme", life.acme), ("keep", life.kept), ("acme", life.busy)):
        assert life.send(tenant, "GET", f"/Users/{one}").json["id"] == one
    assert life.find("acme", "userName", f"ann-{life.mark}@acme.example") == [life.acme]
    assert life.walk() >= life.walkers
    assert life.find("keep", "externalId", f"x-kim-{life.mark}") in ([], [life.kept])
    assert life.send("keep", "PUT", f"/Users/{life.kept}", life.person("kim")).json["id"] == life.kept
    assert life.find("keep", "externalId", f"x-kim-{life.mark}") == [life.kept]
    assert life.send("acme", "PUT", f"/Users/{life.busy}", life.person("bob")).json["id"] == life.busy
    change_people(life)


def people_of(life: Life, vendor: str, ask: Any) -> list[tuple[str, bool]]:
    """Whom a vendor has of this life, and whether they may come in."""
    answer = ask(vendor, "GET", "/Users?startIndex=1&count=100", None, VENDOR)
    found = [(one["userName"], one["active"]) for one in answer.json["Resources"]]
    return sorted(one for one in found if f"-{life.mark}@" in one[0])


def metric(gateway: Any, ask: Any, name: str) -> float:
    """As of a second ago at most: metrics are rendered once a second."""
    text = ask(gateway.wait_for_event("startup")["admin"], "GET", "/metrics").text
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(f"scim_gateway_{name}"))
