"""What clients of a split tenant wish for: people who stay where they were made, whatever is tried, who want names that
others want, and a group whose members may live elsewhere. Each step until it is granted, or refused as it must be.
"""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from msgspec import Struct, field
from sim_client import PATCH_OP
from sim_people import GROUP, USER, Wishes, delete, is_no, look, succeeded

from gateway.pipeline.request import Response

TYPES = ("staff", "guest", "temp", "")
LIVES = {"staff": "eu", "guest": "us"}  # the branch of a type; all others live in the last
ROCK, PRIZE = "rock", "prize"  # a name that somebody has from early on, and one that several want
FORBIDDEN = "moved"  # the title in changes that must be refused whole
STEPS = ("retitle", "rename", "replace", "retype", "move", "move", "put away", "steal", "win", "list")
GROUP_STEPS = ("come", "come", "go", "all", "rename")


class Ledger(Struct):
    """What the clients of a history know together. `branches` are the keys, in the tenant's order.

    `ids`: whose each id is that was ever shown. `given_up`: ids whose deletion was asked for.
    `answered`: ids of changes that were answered as done. `settled`: names of
    people who stay. `keeps`: are members in other branches kept? `late`: do lists show late who is new?
    """

    branches: tuple[str, ...]
    keeps: bool = False
    late: bool = False
    ids: dict[str, str] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def home(self, kind: str) -> str:
        """The branch where people of a type live."""
        found = LIVES.get(kind, "")
        return found if found in self.branches[:-1] else self.branches[-1]

    def complain(self, sentence: str, response: Response | None) -> None:
        said = "nothing" if response is None else f"{response.status} {response.body.decode()[-160:]}"
        self.wrong.append(f"{sentence}: {said}")


class Person(Struct):
    """One person as she is wanted. `identity` never changes and is her given name. `shared`: other clients want
    somebody of her name too, and who comes first is she. `blunt`: her client creates without looking first; `fickle`:
    it may want somebody of another type when it was not answered, and `tried` is what it wanted.
    """

    identity: str
    name: str
    type: str
    outside: str = ""
    title: str = "t0"
    shared: bool = False
    blunt: bool = False
    fickle: bool = False
    gone: bool = False
    id: str = ""
    tried: list[str] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        names = {"givenName": self.identity, "familyName": self.title}
        shown = {"schemas": [USER], "userName": self.name, "title": self.title, "name": names}
        extra = {"externalId": self.outside} if self.outside else {}
        return {**shown, **extra, **({"userType": self.type} if self.type else {})}


def operations(**values: Any) -> dict[str, Any]:
    told = [
        {"op": "replace", "path": path, "value": value} if value else {"op": "remove", "path": path}
        for path, value in values.items()
    ]
    return {"schemas": [PATCH_OP], "Operations": told}


def is_refused(response: Response | None, *codes: str) -> bool:
    return response is not None and any(f"({code})".encode() in response.body for code in codes)


def insist(method: str, path: str, body: Any) -> Wishes:
    """Until it is granted or refused for good."""
    while True:
        response = yield (method, path, "", body)
        if succeeded(response) or is_no(response):
            return response


def make(one: Person, ledger: Ledger, chance: Random) -> Wishes:
    """Look first, unless blunt; create when nobody is there; else make her what is wanted. Where somebody else was
    first, she is content with whom there is.
    """
    looks, one.tried = not one.blunt, []
    while True:
        one.id = (yield from look("Users", "userName", one.name)) if looks else ""
        if one.id:
            return None if one.name == PRIZE else (yield from put(one, ledger))
        one.tried.append(one.type)
        response = yield ("POST", "/Users", "", one.body())
        if succeeded(response):
            shown = json.loads(response.body)
            one.id, one.type = shown["id"], shown.get("userType", "")
            return None
        if is_no(response) and not is_refused(response, "SG204"):
            ledger.complain(f"{one.identity} was not made", response)
        looks = looks or response is None or is_no(response)
        if one.fickle and not is_no(response):
            one.type = chance.choice(TYPES)


def put(one: Person, ledger: Ledger) -> Wishes:
    """All of her as she is wanted; whom another try or client made elsewhere, nobody moves."""
    elsewhere = one.id.partition("~~")[0] != ledger.home(one.type)
    response = yield from insist("PUT", f"/Users/{one.id}", one.body())
    if not (is_refused(response, "SG350") if elsewhere else succeeded(response)):
        ledger.complain(f"{one.identity}, who is {one.id}, was put as {one.type}", response)
    if elsewhere:
        one.type = next((kind for kind in one.tried if ledger.home(kind) == one.id.partition("~~")[0]), one.type)


def change(one: Person, ledger: Ledger, **values: Any) -> Wishes:
    response = yield from insist("PATCH", f"/Users/{one.id}", operations(**values))
    if not succeeded(response):
        ledger.complain(f"{one.identity} did not become {values}", response)


def live(one: Person, steps: Sequence[str], ledger: Ledger, chance: Random) -> Wishes:
    """A person's life."""
    yield from make(one, ledger, chance)
    ledger.settled |= set() if steps else {one.name}
    for at, step in enumerate(steps):
        match step:
            case "retitle":
                one.title = f"t{at + 1}"
                yield from change(one, ledger, title=one.title, **{"name.familyName": one.title})
            case "rename":
                one.name = f"{one.identity}.{at}"
                yield from change(one, ledger, userName=one.name)
            case "replace":
                one.title = f"t{at + 1}"
                yield from put(one, ledger)
            case "retype":
                one.type = chance.choice([kind for kind in TYPES if ledger.home(kind) == ledger.home(one.type)])
                yield from change(one, ledger, userType=one.type)
            case "move" | "put away":
                yield from move(one, ledger, chance, whole=step == "put away")
            case "steal" if ROCK in ledger.settled:
                yield from take_name(one, ROCK, ledger)
            case "win":
                yield from take_name(one, PRIZE, ledger)
            case "list":
                yield from find_oneself(one, ledger)
            case "delete":
                ledger.given_up.add(one.id)
                yield from delete("Users", one.id)
                one.gone = True
            case "again":
                one.name, one.type, one.gone = f"{one.identity}.{at}", chance.choice(TYPES), False
                yield from make(one, ledger, chance)


def move(one: Person, ledger: Ledger, chance: Random, *, whole: bool) -> Wishes:
    """What would make her somebody of another branch: none of it may come about."""
    kind = chance.choice([kind for kind in TYPES if ledger.home(kind) != ledger.home(one.type)])
    if whole:
        wanted = Person(one.identity, one.name, kind, one.outside, FORBIDDEN)
        response = yield from insist("PUT", f"/Users/{one.id}", wanted.body())
    else:
        response = yield from insist("PATCH", f"/Users/{one.id}", operations(title=FORBIDDEN, userType=kind))
    if not is_refused(response, "SG350"):
        ledger.complain(f"{one.identity}, who is {one.type}, was to become {kind}", response)


def take_name(one: Person, name: str, ledger: Ledger) -> Wishes:
    """A name that somebody has, or that several want: the first of them gets it."""
    response = yield from insist("PATCH", f"/Users/{one.id}", operations(userName=name))
    if succeeded(response) and name == PRIZE:
        one.name = name
    elif not is_refused(response, "SG204"):
        ledger.complain(f"{one.identity} was to be called {name}", response)


def find_oneself(one: Person, ledger: Ledger) -> Wishes:
    """Who was acknowledged is in every list from then on."""
    while True:
        response = yield ("GET", "/Users", "", None)
        if succeeded(response):
            break
    shown = [each["id"] for each in json.loads(response.body)["Resources"]]
    if one.id not in shown and not ledger.late:
        ledger.complain(f"{one.id} is in no list", response)


def browse(rounds: int, count: int, ledger: Ledger) -> Wishes:
    """Somebody who turns pages while things change."""
    for _ in range(rounds):
        start, total = 1, 1
        while start <= total:
            response = yield ("GET", "/Users", f"startIndex={start}&count={count}", None)
            if not succeeded(response):
                continue
            page = json.loads(response.body)
            ids = [each["id"] for each in page["Resources"]]
            if len(set(ids)) != len(ids) or len(ids) > count or page["totalResults"] < len(ids):
                ledger.complain(f"a page of {count} from {start}", response)
            start, total = start + count, page["totalResults"]


class Crew(Struct):
    """A group as it is wanted. `members` are ids; it lives where the first of them does, or in the last branch."""

    name: str
    id: str = ""
    members: set[str] = field(default_factory=set)
    gone: bool = False


def gather(crew: Crew, people: Sequence[Person], steps: Sequence[str], ledger: Ledger, chance: Random) -> Wishes:
    """A group's life: people come and go, one by one or all at once, from whichever branch."""
    first = (yield from look("Users", "userName", chance.choice(people).name)) if chance.random() < 0.6 else ""
    crew.members = {first} - {""}
    yield from found(crew, ledger)
    for at, step in enumerate(steps):
        one = yield from look("Users", "userName", chance.choice(people).name)
        other = (yield from look("Users", "userName", chance.choice(people).name)) if step == "all" else ""
        if step == "rename":
            crew.name = f"crew.{at}"
            yield from alter(crew, "replace", "displayName", crew.name, crew.members, ledger)
        elif step == "all":
            them = {one, other} - {""}
            yield from alter(crew, "replace", "members", [{"value": each} for each in sorted(them)], them, ledger)
        elif step == "go" and crew.members:
            who = chance.choice(sorted(crew.members))
            yield from alter(crew, "remove", f'members[value eq "{who}"]', None, crew.members - {who}, ledger)
        elif one:
            yield from alter(crew, "add", "members", [{"value": one}], crew.members | {one}, ledger)
    if chance.random() < 0.2:
        ledger.given_up.add(crew.id)
        yield from delete("Groups", crew.id)
        crew.gone = True


def found(crew: Crew, ledger: Ledger) -> Wishes:
    """Make it, unless it is there: of a create that was lost, perhaps without the members that are kept."""
    wanted = crew.members
    while True:
        members = [{"value": one} for one in sorted(wanted)]
        crew.id = yield from look("Groups", "displayName", crew.name)
        if crew.id:
            crew.members = set()
            return (yield from alter(crew, "replace", "members", members, wanted, ledger)) if members else None
        body = {"schemas": [GROUP], "displayName": crew.name, "externalId": "x-crew", "members": members}
        response = yield ("POST", "/Groups", "", body)
        if succeeded(response):
            crew.id, crew.members = json.loads(response.body)["id"], wanted
            return None
        if is_no(response):
            wanted = set()  # who was to be the first has gone


def alter(crew: Crew, op: str, path: str, value: Any, then: set[str], ledger: Ledger) -> Wishes:
    """One operation; `then` are the members after it. Refused where one of the new ones lives elsewhere or has gone."""
    one = {"op": op, "path": path, **({} if value is None else {"value": value})}
    tries = 0
    while True:
        tries += 1
        response = yield ("PATCH", f"/Groups/{crew.id}", "", {"schemas": [PATCH_OP], "Operations": [one]})
        if succeeded(response) or is_no(response):
            break
    new = {each["value"] for each in value} if isinstance(value, list) else set()
    abroad = not ledger.keeps and any(each.partition("~~")[0] != crew.id.partition("~~")[0] for each in new)
    if succeeded(response) and not abroad:
        crew.members = then
    elif is_no(response) and tries > 1:
        yield from take_stock(crew)  # whether an earlier try was carried out is for her to see
    elif succeeded(response) or (abroad and not is_refused(response, "SG351")):
        ledger.complain(f"{op} {path} {value} for {crew.id}", response)
    elif op == "remove" and crew.members & ledger.given_up:
        crew.members = then
    elif not abroad and not new & ledger.given_up:
        ledger.complain(f"{op} {path} {value} for {crew.id}", response)


def take_stock(crew: Crew) -> Wishes:
    while True:
        response = yield ("GET", f"/Groups/{crew.id}", "", None)
        if succeeded(response):
            shown = json.loads(response.body)
            crew.name, crew.members = shown["displayName"], {one["value"] for one in shown.get("members", ())}
            return
