"""Reconcile as its operator meets it: two vendors, one redis-server, the command as a process that may be killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SECRET = {"SCIM_GATEWAY_SECRET": "0123456789abcdef0123456789abcdef"}
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
CONFIG = """\
state: redis://127.0.0.1:{redis}/{number}
secret: {{ env: SCIM_GATEWAY_SECRET }}
backends:
  people: {{ mapping: cube-cloud, url: '{primary}', auth: {{ bearer: {{ file: credential }} }} }}
  rooms: {{ mapping: webex, url: '{follower}', auth: {{ bearer: {{ file: credential }} }}, pace: {pace} }}
tenants: {{ acme: {{ tokens: [ {{ sha256: {token} }} ], backends: [ people, rooms ] }} }}
"""


class Pair:
    """A primary and a follower, each a process, and a configuration before them."""

    def __init__(self, start: Any, ask: Any, redis: Any, token: str, folder: Path, number: int) -> None:
        self.ask = ask
        self.folder = folder
        self.primary, self.follower = (open_vendor(start, name) for name in ("cube-cloud", "webex"))
        self.config = {"redis": redis.port, "number": number, "token": token}
        (folder / "credential").write_text("vendor-credential\n")
        self.configure("1000/s")

    def configure(self, pace: str, **said: Any) -> None:
        given = {"primary": self.primary, "follower": self.follower, "pace": pace, **self.config, **said}
        (self.folder / "gateway.yaml").write_text(CONFIG.format(**given))

    def tell(self, url: str, method: str, path: str, body: Any = None) -> Any:
        return self.ask(url, method, path, body, "vendor-credential")

    def hire(self, name: str) -> str:
        body = {
            "schemas": [USER], "userName": f"{name}@example.com", "name": {"givenName": name, "familyName": "Able"},
            "emails": [{"value": f"{name}@example.com", "primary": True}], "active": True,
        }  # fmt: skip
        return str(self.tell(self.primary, "POST", "/Users", body).json["id"])

    def followers(self, path: str = "/Users") -> Any:
        return self.tell(self.follower, "GET", f"{path}?count=100").json.get("Resources", [])


def open_vendor(start: Any, name: str) -> str:
    return str(start("sandbox", name, "--token", "vendor-credential").wait_for_url())


@pytest.fixture
def pair(start, ask, redis, hash_of: Callable[[str], str], tmp_path: Path, request) -> Pair:
    numbers = {"first": 0, "killed": 1, "sweeps": 3}
    number = next((n for word, n in numbers.items() if word in request.node.name), 2)
    return Pair(start, ask, redis, hash_of("token-of-acme-0123456789"), tmp_path, number)


def test_a_first_sync_then_drift_then_a_backend_that_is_away(pair, run):
    def reconcile(*words: str) -> Any:
        return run("reconcile", "acme", *words, folder=pair.folder, **SECRET)

    people = [pair.hire(f"person{number}") for number in range(3)]
    members = [{"value": native} for native in people]
    group = pair.tell(
        pair.primary, "POST", "/Groups", {"schemas": [GROUP], "displayName": "Staff", "members": members}
    ).json["id"]

    dry = reconcile("--dry-run", "--json")
    found = json.loads(dry.stdout)
    assert (dry.returncode, dry.stderr, found["inStep"], found["dryRun"]) == (1, "", False, True)
    assert [(one["type"], one["kind"], one["id"]) for one in found["followers"][0]["items"]] == [
        *(("User", "missing", native) for native in people),
        ("Group", "missing", group),
    ]
    assert pair.followers() == []

    first = reconcile()
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines()[0] == "rooms: 3 of type User: in step, 3 repaired"
    assert f"  missing     {people[0]}  repaired" in first.stdout.splitlines()
    assert len(pair.followers()) == 3
    assert len(pair.followers("/Groups")) == 1
    again = reconcile()
    assert (again.returncode, again.stdout) == (0, "rooms: 3 of type User: in step\nrooms: 1 of type Group: in step\n")

    there = {one["userName"]: one["id"] for one in pair.followers()}
    edit = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "name.givenName", "value": "Mallory"}],
    }
    assert pair.tell(pair.follower, "PATCH", f"/Users/{there['person1@example.com']}", edit).status == 200
    assert pair.tell(pair.primary, "DELETE", f"/Users/{people[2]}").status == 204
    drift = json.loads(reconcile("--json").stdout)
    assert [(one["kind"], one["attributes"], one["repaired"]) for one in drift["followers"][0]["items"]] == [
        ("differs", ["name"], True),
        ("extra", [], True),
    ]
    (users, _) = drift["followers"][0]["types"]
    assert (users["resources"], users["drifted"], users["repaired"], users["left"]) == (2, 2, 2, 0)
    assert users["kinds"] | {"differs": 0, "extra": 0} == dict.fromkeys(users["kinds"], 0)
    assert sorted(one["userName"] for one in pair.followers()) == ["person0@example.com", "person1@example.com"]
    for said in (dry, first, again):
        assert "person" not in said.stdout
        assert "example.com" not in said.stdout

    pair.configure("1000/s", follower="http://127.0.0.1:9")
    away = reconcile()
    assert (away.returncode, away.stdout.strip()) == (1, "")
    assert "rooms with people was not compared to the end: The backend cannot be reached. (SG501)" in away.stderr
    assert "Run it again" in away.stderr
    assert json.loads(reconcile("--json").stdout)["followers"][0]["problem"]["code"] == "SG501"


def test_one_that_is_killed_goes_on_where_it_stopped(pair, run, start):
    people = 40
    for number in range(people):
        pair.hire(f"person{number}")
    pair.configure("60/s")
    process = start("reconcile", "acme", folder=pair.folder, **SECRET)
    until = time.monotonic() + 20
    while len(pair.followers()) < 8:
        assert time.monotonic() < until, process.errors
        time.sleep(0.05)
    assert process.stop(signal.SIGKILL) == -signal.SIGKILL
    before = len(pair.followers())
    assert 8 <= before < people
    pair.configure("1000/s")
    ended = run("reconcile", "acme", folder=pair.folder, **SECRET)
    assert ended.stdout.splitlines()[0].startswith(f"rooms: {people} of type User: in step, ")
    assert ended.returncode == 0
    names = [one["userName"] for one in pair.followers()]
    assert (len(names), len(set(names))) == (people, people)


def test_one_of_two_gateways_sweeps_when_it_is_due(pair, start, ask):
    for number in range(3):
        pair.hire(f"person{number}")
    text = (pair.folder / "gateway.yaml").read_text().replace("[ people, rooms ]", "[ people, rooms ], reconcile: 6h")
    (pair.folder / "gateway.yaml").write_text("listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n" + text)
    gateways = [start("serve", folder=pair.folder, **SECRET) for _ in range(2)]
    gateways[0].wait_for(lambda: [event for one in gateways for event in one.events("follower_swept")])
    assert len(pair.followers()) == 3
    time.sleep(2)
    swept = [event for one in gateways for event in one.events("follower_swept")]
    assert [(one["tenant"], one["backend"], one["end"]) for one in swept] == [("acme", "rooms", "in_step")]
    admins = [one.wait_for_event("startup")["admin"] for one in gateways]
    metrics = "".join(ask(admin, "GET", "/metrics").text for admin in admins)
    assert metrics.count('scim_gateway_follower_sweeps_total{backend="rooms",end="in_step",tenant="acme"} 1.0') == 1
    assert [one.stop() for one in gateways] == [0, 0]


def test_a_terminal_is_shown_how_far_it_has_come(pair):
    pair.hire("person1")
    ours, theirs = os.openpty()
    env = {**os.environ, "PYTHONPATH": str(ROOT), **SECRET}
    words = [sys.executable, "-m", "gateway", "reconcile", "acme"]
    ended = subprocess.run(words, cwd=pair.folder, env=env, stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.close(theirs)
    shown = os.read(ours, 4096).decode()
    assert "\rrooms: repairing User 0 of 1\r" in shown
    assert shown.split("\r")[-2].strip() == ""
    assert ended.stdout.splitlines()[0] == b"rooms: 1 of type User: in step, 1 repaired"


def test_a_store_that_does_not_answer(pair, run):
    pair.configure("1000/s", redis=9)
    said = run("reconcile", "acme", folder=pair.folder, **SECRET)
    assert (said.returncode, said.stdout) == (1, "")
    assert "the state store did not answer; nothing was done" in said.stderr
