"""A secret is rotated: what the gateway keeps is sealed anew, the old secret goes, and nothing is lost with it."""

import json
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

TOKEN = "token-of-acme-0123456789"
VENDOR = "vendor-credential"
SECRETS = {"OLD": "0123456789abcdef0123456789abcdef", "NEW": "fedcba9876543210fedcba9876543210"}
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
state: redis://127.0.0.1:{redis}/0
secret: [ {secrets} ]
backends:
  rsa: {{ mapping: rsa-unified-directory, url: '{vendor}', auth: {{ bearer: {{ file: credential }} }} }}
tenants:
  acme: {{ tokens: [ {{ sha256: {hash} }} ], backends: [ rsa ] }}
"""


class House:
    """A gateway that is started anew with each order of secrets."""

    def __init__(self, folder: Path, start: Any, ask: Any, **said: Any) -> None:
        self.folder, self.start, self.ask, self.said = folder, start, ask, said
        self.process: Any = None
        (folder / "credential").write_text(VENDOR + "\n")

    def configure(self, *names: str) -> None:
        secrets = ", ".join(f"{{ env: {name} }}" for name in names)
        (self.folder / "gateway.yaml").write_text(CONFIG.format(secrets=secrets, **self.said))

    def serve(self, *names: str) -> None:
        if self.process is not None:
            assert self.process.stop() == 0
        self.configure(*names)
        self.process = self.start("serve", folder=self.folder, **SECRETS)
        self.process.wait_for_event("startup")

    def send(self, method: str, path: str, body: Any = None) -> Any:
        url = self.process.wait_for_event("startup")["listen"]
        return self.ask(url, method, f"/acme/scim/v2{path}", body, TOKEN)

    def make(self, name: str) -> str:
        mail = [{"value": f"{name}@acme.example", "type": "work", "primary": True}]
        body = {"schemas": [USER], "userName": f"{name}@acme.example", "externalId": f"x-{name}", "emails": mail,
                "name": {"givenName": "Ada", "familyName": name}, "displayName": name, "active": True}  # fmt: skip
        answer = self.send("POST", "/Users", body)
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def find(self, name: str) -> list[str]:
        answer = self.send("GET", f"/Users?filter=externalId%20eq%20%22x-{name}%22")
        assert answer.status == 200, answer.text
        return [one["id"] for one in answer.json.get("Resources", [])]


@pytest.fixture
def house(tmp_path, vendor, redis, start, ask, hash_of) -> House:
    return House(tmp_path, start, ask, redis=redis.port, vendor=vendor, hash=hash_of(TOKEN))


def test_what_is_kept_outlives_the_secret_it_was_sealed_with(house, redis, run):
    store = Redis(port=redis.port)
    house.serve("OLD")
    people = {name: house.make(name) for name in ("ann", "bob", "eve")}
    refused = run("reconcile", "acme", folder=house.folder, **SECRETS)
    assert (refused.returncode, "no followers" in refused.stderr) == (2, True), "no secret is being rotated"

    house.serve("OLD", "NEW")
    assert house.find("ann") == [people["ann"]]
    house.serve("NEW", "OLD")
    assert house.send("GET", f"/Users/{people['ann']}").json["externalId"] == "x-ann"
    dry = run("reconcile", "acme", "--dry-run", "--json", folder=house.folder, **SECRETS)
    assert (dry.returncode, json.loads(dry.stdout)["sealed"]) == (0, [])
    done = run("reconcile", "acme", folder=house.folder, **SECRETS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "rsa: 2 kept values of type User sealed anew", "one was read before"
    assert "The others may go once every tenant says so" in done.stdout
    again = run("reconcile", "acme", "--json", folder=house.folder, **SECRETS)
    (sealed,) = json.loads(again.stdout)["sealed"]
    assert sealed == {"backend": "rsa", "type": "User", "sealed": 0, "left": 0, "unopened": 0}

    house.serve("NEW")
    assert {name: house.find(name) for name in people} == {name: [native] for name, native in people.items()}
    names = [name for name in store.scan_iter("scimgw:*", 1000) if b":kept" in name]
    assert len(names) == 6, "nothing is left under the old names"
    entries = [store.get(name) for name in names]
    assert not [one for one in (*names, *entries) if any(name.encode() in one for name in people)]


def test_what_nobody_can_open_is_told(house, redis, run):
    store = Redis(port=redis.port)
    store.flushall()
    house.serve("NEW", "OLD")
    native = house.make("kim")
    (kept,) = store.scan_iter("scimgw:*:kept:*", 1000)
    store.set(kept, b"scribbled over")
    done = run("reconcile", "acme", folder=house.folder, **SECRETS)
    assert done.stdout.splitlines()[0] == "rsa: 0 kept values of type User sealed anew, 1 that no secret opens"
    assert house.find("kim") == []
    assert "externalId" not in house.send("GET", f"/Users/{native}").json
    again = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
             "Operations": [{"op": "add", "path": "externalId", "value": "x-kim"}]}  # fmt: skip
    assert house.send("PATCH", f"/Users/{native}", again).status == 200
    assert house.find("kim") == [native]
