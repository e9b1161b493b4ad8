"""What the administrators of followed tenants wish for: people who are made, renamed, barred, moved, led and deleted,
and groups that they come to and leave. Each step until it is granted.
"""

import json
from collections.abc import Generator, Sequence
from random import Random
from typing import Any

from msgspec import Struct
from records import ENTERPRISE
from sim_client import PATCH_OP

from gateway.pipeline.request import Response

Asking = tuple[str, str, str, Any]
Wishes = Generator[Asking, Response | None, Any]
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
STAFF, GUEST = "staff", "guest"
GROUP_STEPS = ("come", "come", "go", "all", "rename")
STEPS = ("retitle", "retitle", "rename", "bar", "let in", "leave", "return", "lead", "replace")


class Person(Struct):
    """One person as she is wanted. `identity` never changes and is her given name; `known` is whether every backend can
    tell it under whatever name (externalId). `blunt`: her client creates without looking first. `house` begins all her
    titles.
    """

    identity: str
    known: bool = True
    blunt: bool = False
    name: str = ""
    title: str = "t0"
    active: bool = True
    type: str = STAFF
    leader: str = ""
    gone: bool = False
    native: str = ""
    made: int = 0
    house: str = ""

    def entitle(self, number: int) -> None:
        """Give her this title of hers."""
        self.title = f"{self.house} t{number}".strip()

    def body(self) -> dict[str, Any]:
        extra = {"externalId": f"x-{self.identity}"} if self.known else {}
        led = {ENTERPRISE: {"manager": {"value": self.leader}}} if self.leader else {}
        names = {"givenName": self.identity, "familyName": self.title}
        shown = {"userName": self.name, "title": self.title, "active": self.active, "userType": self.type}
        return {"schemas": [USER], "name": names, **shown, **extra, **led}


def succeeded(response: Response | None) -> bool:
    return response is not None and response.status < 300


def is_no(response: Response | None) -> bool:
    """Was it refused for good?"""
    return response is not None and 400 <= response.status < 500 and response.status != 429


def live(one: Person, steps: Sequence[str], others: Sequence[Person], number: Random) -> Wishes:
    """A person's life."""
    yield from make(one)
    for at, step in enumerate(steps):
        match step:
            case "retitle":
                one.entitle(at + 1)
                yield from patch(one, title=one.title, **{"name.familyName": one.title})
            case "rename":
                one.name = f"{one.identity}.{at}"
                yield from patch(one, userName=one.name)
            case "bar" | "let in":
                one.active = step == "let in"
                yield from patch(one, active=one.active)
            case "leave" | "return":
                one.type = GUEST if step == "leave" else STAFF
                yield from patch(one, userType=one.type)
            case "lead":
                yield from lead(one, number.choice(others))
            case "replace":
                one.entitle(at + 1)
                yield from put(one)
            case "delete":
                yield from delete("Users", one.native)
                one.gone = True
            case "again":
                one.gone = False
                yield from make(one)


def trade(one: Person, other: Person, times: int) -> Wishes:
    """Two who exchange their names again and again, by way of one that nobody has."""
    yield from make(one)
    yield from make(other)
    for at in range(times):
        mine, theirs = one.name, other.name
        for who, name in ((one, f"{one.identity}.{at}"), (other, mine), (one, theirs)):
            who.name = name
            yield from patch(who, userName=name)


def look(kind: str, attribute: str, value: str) -> Wishes:
    """The id of a resource, empty when there is none; asked again until it is said."""
    while True:
        response = yield ("GET", f"/{kind}", f"filter={attribute}%20eq%20%22{value}%22", None)
        if response is not None and response.status == 200:
            found = json.loads(response.body)["Resources"]
            return found[0]["id"] if found else ""


def make(one: Person) -> Wishes:
    """Look first, unless blunt; create when nobody is there; else make her what is wanted."""
    looks = not one.blunt
    while True:
        native = (yield from look("Users", "userName", one.name)) if looks else ""
        if native:
            one.native = native
            return (yield from put(one))
        response = yield ("POST", "/Users", "", one.body())
        if succeeded(response):
            one.native = json.loads(response.body)["id"]
            return None
        looks = looks or response is None or is_no(response)  # what was given up may be made by now
        if is_no(response) and one.leader:
            one.leader = ""  # who leads has gone


def patch(one: Person, **values: Any) -> Wishes:
    operations = [{"op": "replace", "path": path, "value": value} for path, value in values.items()]
    return (yield from insist(one, "PATCH", {"schemas": [PATCH_OP], "Operations": operations}))


def put(one: Person) -> Wishes:
    while True:
        response = yield from insist(one, "PUT", one.body())
        if succeeded(response) or not one.leader:
            return response
        one.leader = ""  # who leads has gone


def lead(one: Person, other: Person) -> Wishes:
    native = yield from look("Users", "userName", other.name)
    if not native or other is one:
        return
    value = {"op": "replace", "path": f"{ENTERPRISE}:manager", "value": {"value": native}}
    response = yield from insist(one, "PATCH", {"schemas": [PATCH_OP], "Operations": [value]})
    if succeeded(response):
        one.leader = native


def insist(one: Person, method: str, body: Any) -> Wishes:
    """Until it is granted, or refused for good; who is not there is made."""
    while True:
        response = yield (method, f"/Users/{one.native}", "", body)
        if response is not None and response.status == 404:
            return (yield from make(one))
        if succeeded(response) or is_no(response):
            return response


def delete(kind: str, native: str) -> Wishes:
    while True:
        response = yield ("DELETE", f"/{kind}/{native}", "", None)
        if response is not None and response.status in (204, 404):
            return


def gather(name: str, people: Sequence[Person], number: Random, steps: Sequence[str], *, leaves: bool) -> Wishes:
    """A group's life: people come and go, one by one or all at once."""
    native = yield from found(name)
    inside: set[str] = set()
    for at, step in enumerate(steps):
        who = yield from look("Users", "userName", number.choice(people).name)
        if step == "rename":
            operation: dict[str, Any] = {"op": "replace", "path": "displayName", "value": f"{name}.{at}"}
        elif step == "all" and who:
            operation = {"op": "replace", "path": "members", "value": [{"value": who}]}
            inside = {who}
        elif step == "go" and inside:
            gone = min(inside)
            inside.remove(gone)
            operation = {"op": "remove", "path": f'members[value eq "{gone}"]'}
        elif who:
            operation = {"op": "add", "path": "members", "value": [{"value": who}]}
            inside.add(who)
        else:
            continue
        while True:
            message = {"schemas": [PATCH_OP], "Operations": [operation]}
            response = yield ("PATCH", f"/Groups/{native}", "", message)
            if succeeded(response) or is_no(response):
                break
    if leaves:
        yield from delete("Groups", native)


def found(name: str) -> Wishes:
    while True:
        native = yield from look("Groups", "displayName", name)
        if native:
            return native
        response = yield ("POST", "/Groups", "", {"schemas": [GROUP], "displayName": name})
        if succeeded(response):
            return str(json.loads(response.body)["id"])


def touch_all() -> Wishes:
    """What is there is sent as it is: what nobody remembers any more is brought in step again."""
    for kind in ("Users", "Groups"):
        while True:
            response = yield ("GET", f"/{kind}", "", None)
            if succeeded(response):
                break
        for shown in json.loads(response.body)["Resources"]:
            while True:
                response = yield ("PUT", f"/{kind}/{shown['id']}", "", shown)
                if succeeded(response) or is_no(response):
                    break
