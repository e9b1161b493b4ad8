"""One seeded history of a tenant divided over branches: what is wanted, what befalls it, and what must hold."""

import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any

from followed import SEAL, TOKEN
from msgspec import Struct
from msgspec.structs import replace
from records import Record
from sim_branches import FORBIDDEN, GROUP_STEPS, PRIZE, ROCK, STEPS, TYPES, Crew, Ledger, Person, browse, gather, live
from sim_client import Asked, Client
from sim_history import CALM, blame
from sim_people import Wishes
from sim_replica import Replica, World
from sim_store import Store
from sim_time import Timeline
from sim_vendor import Manners, Vendor

from gateway.mapping.load import load_dialect
from gateway.pipeline.dividing import divide
from gateway.pipeline.request import Caller, Gateway, Tenant
from gateway.scim.filter import parse_filter

END = 1500.0
TURN = 10.0
AFTERMATH = 150.0  # for how long after the trouble a create that was lost may still be waited for
GUARDS = (("eu", 'userType eq "staff"'), ("us", 'userType eq "guest"'), ("rest", None))


class Weather(Struct, frozen=True):
    """What befalls a history, and over how many branches. `vendor` is the share of calls that fail at each of them,
    `store` that of the store's operations. `keeps`: members in other branches are kept.
    """

    vendor: float = 0.15
    store: float = 0.0
    kills: int = 0
    flushes: int = 0
    manners: Manners = Manners(lands_within=20.0)
    branches: int = 2
    keeps: bool = False

    @property
    def forgets(self) -> bool:
        """May locks, words and kept members be lost?"""
        return self.flushes > 0 or self.store > 0


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


def guards_of(weather: Weather) -> list[tuple[str, str | None]]:
    return [*GUARDS[: weather.branches - 1], GUARDS[-1]]


def play(seed: int, weather: Weather, gateway: Gateway) -> Ended:
    """Let the history of this number happen."""
    timeline = Timeline(seed)
    keys = tuple(key for key, _ in guards_of(weather))
    vendors = {key: Vendor(timeline, weather.manners, weather.vendor) for key in keys}
    store = Store(timeline, weather.store)
    world = World(timeline, vendors, store)
    replicas = [Replica(world, gateway), Replica(world, gateway)]
    ledger = Ledger(keys, keeps=weather.keeps, late=weather.manners.visible_after > 0)
    ended = Ended(weather, world, ledger, [], [], Crew("crew"), [])
    populate(ended, replicas)
    for client in ended.clients:
        timeline.soon(client.begin, 5.0)
    for _ in range(weather.kills):
        timeline.soon(timeline.random.choice(replicas).kill, CALM)
    for _ in range(weather.flushes):
        timeline.soon(store.flush, CALM)
    timeline.run(CALM)
    store.trouble = 0.0
    for vendor in vendors.values():
        vendor.trouble = 0.0
    settle(ended)
    client = employ(ended, "auditor", replicas, audit(ended), 60.0)
    client.begin()
    settle(ended)
    ended.wrong.extend(judge(ended))
    return ended


def settle(ended: Ended) -> None:
    """Until nobody wishes for anything, and nothing is under way."""
    world = ended.world
    timeline, until = world.timeline, world.timeline.now + END
    while timeline.now < until:
        timeline.run(timeline.now + TURN)
        landing = any(one.landing for one in world.vendors.values())
        if not landing and not world.tasks and all(one.done for one in ended.clients):
            break
    timeline.run(timeline.now + ended.weather.manners.visible_after)


def populate(ended: Ended, replicas: list[Replica]) -> None:
    """Two persons with a client each, one of whom nobody wants anything, one whom two clients want at once and perhaps
    in two branches, a name that several want, a group, and somebody who reads lists.
    """
    chance, ledger = ended.world.timeline.random, ended.ledger
    talks: dict[str, Wishes] = {}
    for client in ("ada", "bo", ROCK, "twin 1", "twin 2", PRIZE):
        name = client.partition(" ")[0]
        outside = f"x-{client if chance.random() < 0.5 else name}" if chance.random() < 0.7 else ""
        shared, blunt = name in ("twin", PRIZE), ended.weather.manners.unique and chance.random() < 0.5
        kind, fickle = chance.choice(TYPES), chance.random() < 0.3
        one = Person(name, name, kind, outside, shared=shared, blunt=blunt, fickle=fickle)
        steps = draw(chance, ended.weather) if name in ("ada", "bo") else ()
        if name != PRIZE or chance.random() < 0.4:
            ended.people.append(one)
            talks[client] = live(one, steps, ledger, chance)
    drawn = [chance.choice(GROUP_STEPS) for _ in range(chance.randint(1, 4))]
    talks["group"] = gather(ended.crew, [one for one in ended.people if one.name != PRIZE], drawn, ledger, chance)
    talks["reader"] = browse(chance.randint(1, 3), chance.randint(1, 3), ledger)
    for name, talk in talks.items():
        employ(ended, name, replicas, talk, chance.choice([6.0, 15.0, 60.0]))


def employ(ended: Ended, name: str, replicas: list[Replica], talk: Wishes, patience: float) -> Client:
    client = Client(name, ended.world.timeline, replicas, talk, patience=patience)
    client.heard = lambda asked, body: hear(ended, asked, body)
    ended.clients.append(client)
    return client


def draw(chance: Any, weather: Weather) -> list[str]:
    """Steps of a life. Where a backend takes any name, nobody promises who gets one that another has there."""
    steps = [one for one in STEPS if weather.manners.unique or one not in ("steal", "win")]
    drawn = [chance.choice(steps) for _ in range(chance.randint(0, 4))]
    return drawn + chance.choice([[], [], ["delete"], ["delete", "again"]])


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
    ended.wrong += [f"{asked} left {one}" for one in misplaced(ended)]


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


def misplaced(ended: Ended) -> Iterator[str]:
    """Who is where she does not belong, in two branches, or what must have been refused."""
    names: dict[str, str] = {}
    for shown, one in ended.living().items():
        if shown.partition("~~")[0] != ended.ledger.home(one.get("userType") or ""):
            yield f"{shown} in the wrong branch: {one}"
        if one["title"] == FORBIDDEN:
            yield f"{shown} with a change that was refused: {one}"
        if names.setdefault(one["userName"], shown) != shown and not ended.weather.forgets:
            yield f"{one['userName']} as {shown} and {names[one['userName']]}"


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
    gone = shown in ended.ledger.given_up
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
        return len(named) == 1 or (ended.weather.forgets and bool(named)) or (not named and one.name == PRIZE)
    found = [each for each in everybody if each["name"]["givenName"] == one.identity]
    said = [(each["userName"], each["title"], each.get("userType") or "") for each in found]
    return said == ([] if one.gone else [(one.name, one.title, one.type)])


@cache
def gateway_of(weather: Weather) -> Gateway:
    """The tenant `acme`, divided over as many backends; two of them may give the same ids."""
    dialect = load_dialect("scim2")
    if not weather.manners.unique:
        resources = {name: replace(one, unique=()) for name, one in dialect.resources.items()}
        dialect = replace(dialect, resources=resources)
    dialect = replace(dialect, connect=replace(dialect.connect, shows_after=weather.manners.visible_after))
    keeps: Any = "keep" if weather.keeps else "refuse"
    seats = (
        (Tenant(name="acme", backend=key, dialect=dialect, seal=SEAL, absent_member=keeps), when)
        for key, when in guards_of(weather)
    )
    tenant = divide([(seat, None if when is None else parse_filter(when)) for seat, when in seats])
    return Gateway(tenants={"acme": tenant}, callers={sha256(TOKEN.encode()).hexdigest(): Caller("acme")})


# Without its own word a create that lands late cannot be told from one that never will.
WEATHERS = {
    "calm": Weather(vendor=0.0, branches=3),
    "everything fails": Weather(kills=1),
    "three branches, and members are kept": Weather(kills=1, branches=3, keeps=True),
    "lists are late": Weather(kills=1, branches=3, manners=Manners(visible_after=4.0, lands_within=20.0)),
    "any name is taken twice": Weather(kills=1, keeps=True, manners=Manners(unique=False, lands_within=20.0)),
    "the store is in trouble": Weather(
        store=0.1, kills=2, flushes=1, branches=3, keeps=True, manners=Manners(lands_within=0, unique_groups=True)
    ),
}
