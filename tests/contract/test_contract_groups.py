"""Two gateways before a primary and a follower, and a Redis that is a group of servers one of which freezes meanwhile.

Requests keep succeeding, ids stay the same, nobody is doubled; what a group forgets when it changes its master costs
look-ups.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from redis_groups import Cluster, Trio

TOKEN = "token-of-acme-0123456789"
VENDOR = "vendor-credential"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
GROUPS = ("sentinel", "cluster")
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
state: {state}
secret: {{ env: SCIM_GATEWAY_SECRET }}
backends:
  first: {{ mapping: cube-cloud, url: '{one}', auth: {{ bearer: {{ file: credential }} }} }}
  cube: {{ mapping: cube-cloud, url: '{two}', auth: {{ bearer: {{ file: credential }} }} }}
tenants:
  acme: {{ tokens: [ {{ sha256: {token} }} ], backends: [ first, cube ], deadline: 5s }}
"""


class House:
    """Two vendors, a group of Redis servers and two gateways."""

    def __init__(self, kind: str, start: Any, start_redis: Any, ask: Any, folder: Any, token: str) -> None:
        self.ask = ask
        self.group: Any = Trio(start_redis, folder) if kind == "sentinel" else Cluster(start_redis, ("acme", "cube"))
        started = [start("sandbox", "cube-cloud", "--token", VENDOR) for _ in range(2)]
        self.vendors = [one.wait_for_url() for one in started]
        (folder / "credential").write_text(VENDOR + "\n")
        one, two = self.vendors
        (folder / "gateway.yaml").write_text(CONFIG.format(state=self.group.url, one=one, two=two, token=token))
        secret = "0123456789abcdef0123456789abcdef"
        self.gateways = [start("serve", folder=folder, SCIM_GATEWAY_SECRET=secret) for _ in range(2)]
        self.urls = [one.wait_for_event("startup")["listen"] for one in self.gateways]
        self.asked = 0

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """By one gateway and the other in turn."""
        self.asked += 1
        answer = self.ask(self.urls[self.asked % 2], method, f"/acme/scim/v2{path}", body, TOKEN)
        assert answer.status < 300, answer.text
        return answer

    def names(self, number: int) -> list[tuple[str, bool]]:
        """Whom a vendor has."""
        answer = self.ask(self.vendors[number], "GET", "/Users?startIndex=1&count=100", None, VENDOR)
        return sorted((one["userName"], one["active"]) for one in answer.json["Resources"])

    def freeze(self) -> Any:
        """Stop the server that has the follower's marks and links; the others notice."""
        found = self.group.master if isinstance(self.group, Trio) else self.group.owner
        found.freeze()
        return found


@pytest.fixture(params=GROUPS)
def house(request, start, start_redis, ask, hash_of, tmp_path) -> Iterator[House]:
    made = House(request.param, start, start_redis, ask, tmp_path, hash_of(TOKEN))
    yield made
    made.group.settle()


def patch(path: str, value: Any) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": [{"op": "replace", "path": path, "value": value}]}


def lives(house: House, name: str, moment: Callable[[], Any]) -> str:
    """Somebody is made, something happens, and she gets another name and is barred; her id."""
    made = house.send("POST", "/Users", {"schemas": [USER], "userName": name, "name": {"familyName": "B"}})
    moment()
    changed = house.send("PATCH", f"/Users/{made.json['id']}", patch("userName", f"{name}-married"))
    barred = house.send("PATCH", f"/Users/{made.json['id']}", patch("active", False))
    assert changed.json["id"] == barred.json["id"] == made.json["id"]
    return str(made.json["id"])


def test_a_master_that_freezes_and_comes_back_stale_costs_nobody_anything(house: House) -> None:
    lives(house, "before", lambda: None)
    frozen: list[Any] = []
    lives(house, "during", lambda: frozen.append(house.freeze()))
    gone = house.send("POST", "/Users", {"schemas": [USER], "userName": "leaver"}).json["id"]
    until = time.monotonic() + 3  # the others choose a new master meanwhile
    while time.monotonic() < until:
        lives(house, f"meanwhile-{house.asked}", lambda: None)
        time.sleep(0.1)
    frozen[0].thaw()
    lives(house, "after", lambda: house.send("DELETE", f"/Users/{gone}"))
    wanted = house.names(0)
    assert {("before-married", False), ("during-married", False), ("after-married", False)} <= set(wanted)
    assert "leaver" not in [name for name, _ in wanted]
    house.gateways[0].wait_for(lambda: house.names(1) == wanted, 30)
