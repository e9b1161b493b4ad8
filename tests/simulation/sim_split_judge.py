"""What must hold in a history of a split tenant: at the moment of each answer, and when all is over."""

import json
from collections.abc import Iterator

from msgspec import Struct
from records import Record
from sim_branches import FORBIDDEN, PRIZE, TYPES, Crew, Ledger, Person
from sim_client import Asked, Client
from sim_history import blame
from sim_people import Wishes
from sim_replica import World
from sim_split_weather import Weather

from gateway.observations import CreateUnprotected, RequestFinished

AFTERMATH = 150.0  # for how long after the trouble a create that was lost may still be waited for


class Ended(Struct):
    """What is left when all is over."""

    weather: Weather
    world: World
    ledger: Ledger
    clients: list[Client]
    people: list[Person]
    crew: Crew
    wrong: list[str] = []

    def living(self, kind: str = "User") -> dict[str, Record]:
        """By the id that clients know, everybody in any branch."""
        vendors = self.world.vendors.items()
        return {f"{key}~~{native}": one for key, each in vendors for native, one in each.records.all[kind].items()}

    def story(self) -> str:
        """What was asked and answered in the order of time, and what the backends have in the end."""
        asked = sorted((one for client in self.clients for one in client.asked), key=lambda one: one.begun)
        vendors = (f"{name} {vendor}" for name, vendor in self.world.vendors.items())
        return "\n".join([*(str(one) for one in asked), *vendors, *self.wrong])


def hear(ended: Ended, asked: Asked, body: bytes) -> None:
    """At the moment of an answer: it means whom it always meant, and the branch has what was answered."""
    said = json.loads(body) if body else {}
    for shown in said.get("Resources", [said] if "id" in said else ()):
        complaint = recognise(ended, shown)
        if complaint:
            ended.wrong.append(f"{asked} {complaint}")
    if asked.method == "GET":
        return
    endpoint, _, shown_id = asked.path.strip("/").partition("/")
    kind = endpoint.removesuffix("s")
    record = ended.living(kind).get(shown_id or said["id"])
    if (record is None) != (asked.method == "DELETE") or (record is not None and differs(said, record)):
        ended.wrong.append(f"{asked} and the branch has {record}")
    ended.ledger.answered.add(shown_id or said["id"])
    calm = not any(task.wrote for task in ended.world.tasks)  # else one of two may be about to be undone
    ended.wrong += [f"{asked} left {one}" for one in misplaced(ended, calm=calm)]


def differs(said: Record, record: Record) -> bool:
    """Is the branch's record another one than what was answered?"""
    return any(said[name] != record.get(name) for name in ("userName", "displayName", "title") if name in said)


def recognise(ended: Ended, shown: Record) -> str | None:
    """Is it somebody whose id means somebody else, or is named by what is not for clients?"""
    key, _, native = shown["id"].partition("~~")
    name = shown["name"]["givenName"] if "name" in shown else shown["externalId"]
    known = ended.ledger.ids.setdefault(shown["id"], name)
    if known != name:
        return f"shows {name} as {shown['id']}, who was {known}"
    if key not in ended.ledger.branches or not native or not shown["meta"]["location"].endswith(f"/{shown['id']}"):
        return f"shows {shown['id']} at {shown['meta']['location']}"
    for one in shown.get("members", ()):
        theirs = one["value"].partition("~~")[0]
        if theirs not in ended.ledger.branches or (theirs != key and not ended.weather.keeps):
            return f"shows {one['value']} in a group of {key}"
    return None


def misplaced(ended: Ended, *, calm: bool = True) -> Iterator[str]:
    """Who is where she does not belong, in two branches, or what must have been refused."""
    names: dict[str, str] = {}
    for shown, one in ended.living().items():
        if shown.partition("~~")[0] != ended.ledger.home(one.get("userType") or ""):
            yield f"{shown} in the wrong branch: {one}"
        if one["title"] == FORBIDDEN:
            yield f"{shown} with a change that was refused: {one}"
        if names.setdefault(one["userName"], shown) != shown and calm and not may_double(ended):
            yield f"{one['userName']} as {shown} and {names[one['userName']]}"


def may_double(ended: Ended) -> bool:
    """Does nobody promise that a name is in one branch alone? The store could not tell, which is counted, or the client
    was told that one of two is not undone.
    """
    facts = ended.world.facts
    is_counted = ended.weather.store > 0 and any(isinstance(fact, CreateUnprotected) for fact in facts)
    return is_counted or any(isinstance(fact, RequestFinished) and fact.code == "SG354" for fact in facts)


def undone(ended: Ended) -> set[str]:
    """Whom creates took away again that had made them: what was sent to that end may have been lost, too."""
    there = {*ended.living("User"), *ended.living("Group")}
    return ended.world.undone - there - ended.ledger.given_up


def audit(ended: Ended) -> Wishes:
    """When all is calm: lists are complete, every id means whom it meant, and whoever is new is made at once."""
    wrong, chance = ended.wrong, ended.world.timeline.random
    for kind in ("User", "Group"):
        there, seen, count, start, total = ended.living(kind), [], chance.randint(1, 4), 1, 1
        while start <= total:
            response = yield ("GET", f"/{kind}s", f"startIndex={start}&count={count}", None)
            page = json.loads(response.body)
            seen += [one["id"] for one in page.get("Resources", ())]
            start, total = start + count, page.get("totalResults", 0)
            wrong += [] if total == len(there) else [f"the total of {kind}s is {total} and not {len(there)}"]
        wrong += [] if sorted(seen) == sorted(there) else [f"{kind}s are {seen} and not {sorted(there)}"]
    for shown, name in sorted(ended.ledger.ids.items()):
        yield from call_on(ended, shown, name)
    for number, kind in enumerate(TYPES):
        new = Person(f"new {number}", f"new.{number}", kind)
        response = yield ("POST", "/Users", "", new.body())
        wrong += [] if response.status == 201 else [f"{new.name} was not made: {response.body!r}"]


def call_on(ended: Ended, shown: str, name: str) -> Wishes:
    """An id that was given: whoever it meant, or nobody where she was deleted."""
    kind = "Group" if name == "x-crew" else "User"
    response = yield ("GET", f"/{kind}s/{shown}", "", None)
    gone = shown in ended.ledger.given_up | undone(ended)
    if response.status != (404 if gone else 200):
        ended.wrong.append(f"{shown}, {name}, is answered {response.status} {response.body!r}")
    if kind == "Group" and response.status == 200:
        crew, said = ended.crew, json.loads(response.body)
        members = {one["value"] for one in said.get("members", ())}
        stay = {one for one in crew.members if one not in ended.ledger.given_up or not one.startswith(shown[:2])}
        if not (members <= stay if ended.weather.forgets else members == stay) or said["displayName"] != crew.name:
            ended.wrong.append(f"{said} is not {crew}")


def judge(ended: Ended) -> list[str]:
    """Every promise that this history broke."""
    world = ended.world
    wrong = [*ended.ledger.wrong, *(f"{client.name} was never served" for client in ended.clients if not client.done)]
    wrong += misplaced(ended)
    wrong += [f"{shown} was answered and taken away" for shown in ended.ledger.answered & undone(ended)]
    wrong += [f"{one} is not alone or not so" for one in ended.people if not is_wanted(ended, one)]
    wrong += [f"{line} ended after its deadline" for line in world.late]
    now = world.timeline.now
    wrong += [f"{key.kind} is still locked" for key, (_, until) in world.store.locks.items() if until > now]
    asked = (one for client in ended.clients for one in client.asked if one.status not in (400, 409))
    return wrong + [complaint for one in asked if (complaint := blame(one, world, AFTERMATH))]


def is_wanted(ended: Ended, one: Person) -> bool:
    """Is she there as she is wanted, once in all branches, or nowhere where she left?"""
    everybody = ended.living().values()
    if one.shared:
        named = [each for each in everybody if each["userName"] == one.name]
        is_double = len(named) > 1 and not may_double(ended)
        return not is_double and (bool(named) or one.name == PRIZE)
    found = [each for each in everybody if each["name"]["givenName"] == one.identity]
    said = [(each["userName"], each["title"], each.get("userType") or "") for each in found]
    return said == ([] if one.gone else [(one.name, one.title, one.type)])
