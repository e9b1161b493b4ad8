"""One seeded history of a tenant with a follower: what is wanted, what befalls it, and what must hold in the end."""

import re
from collections.abc import Collection
from functools import cache
from typing import Any

from followed import load, make_followed
from msgspec import Struct
from records import ENTERPRISE, Record, Records
from sim_client import Asked, Client
from sim_history import CALM, blame
from sim_people import GROUP_STEPS, GUEST, STAFF, STEPS, Person, gather, live, touch_all, trade
from sim_replica import Replica, World
from sim_store import Store
from sim_time import Timeline
from sim_vendor import Manners, Vendor

from gateway.pipeline.request import Gateway

END = 1500.0
TURN = 10.0
AFTERMATH = 150.0  # for how long after the trouble a create that was lost may still be waited for


class Weather(Struct, frozen=True):
    """What befalls a history, and whose it is. `vendor` is the share of calls that fail at either backend, `store` that
    of the store's operations. `known`: every backend can tell a person under whatever name. `trades`: two exchange
    their names.
    """

    vendor: float = 0.15
    store: float = 0.0
    kills: int = 0
    flushes: int = 0
    manners: Manners = Manners(lands_within=20.0)
    there: Manners = Manners(lands_within=20.0)
    require: Any = "none"
    when: bool = False
    leaves: Any = "deactivate"
    dialect: str = "scim2"
    known: bool = True
    trades: bool = False

    @property
    def forgets(self) -> bool:
        """May a mark be lost?"""
        return self.flushes > 0 or (self.store > 0 and self.kills > 0)


class Ended(Struct):
    """What is left when all is over."""

    weather: Weather
    world: World
    clients: list[Client]
    people: list[Person]
    wrong: list[str] = []

    @property
    def hr(self) -> Records:
        return self.world.vendors["hr"].records

    @property
    def desk(self) -> Records:
        return self.world.vendors["desk"].records

    def story(self) -> str:
        """What was asked and answered in the order of time, and what the backends have in the end."""
        asked = sorted((one for client in self.clients for one in client.asked), key=lambda one: one.begun)
        vendors = (f"{name} {vendor}" for name, vendor in self.world.vendors.items())
        return "\n".join([*(str(one) for one in asked), *vendors, *self.wrong])


def play(seed: int, weather: Weather, gateway: Gateway) -> Ended:
    """Let the history of this number happen."""
    timeline = Timeline(seed)
    vendors = {
        "hr": Vendor(timeline, weather.manners, weather.vendor, "h"),
        "desk": Vendor(timeline, weather.there, weather.vendor, "d"),
    }
    store = Store(timeline, weather.store)
    world = World(timeline, vendors, store)
    replicas = [Replica(world, gateway), Replica(world, gateway)]
    ended = Ended(weather, world, [], [])
    populate(ended, replicas)
    for client in ended.clients:
        timeline.soon(client.begin, 5.0)
    tenant = gateway.tenants["acme"]
    for replica in replicas:
        replica.work(tenant, tenant.followers[0])
    for _ in range(weather.kills):
        timeline.soon(timeline.random.choice(replicas).kill, CALM)
    for _ in range(weather.flushes):
        timeline.soon(store.flush, CALM)
    timeline.run(CALM)
    vendors["hr"].trouble = vendors["desk"].trouble = store.trouble = 0.0
    settle(ended, replicas)
    if weather.forgets:
        client = Client("touch", timeline, replicas, touch_all(), patience=60.0)
        ended.clients.append(client)
        client.begin()
        settle(ended, replicas)
    ended.wrong.extend(judge(ended))
    return ended


def settle(ended: Ended, replicas: list[Replica]) -> None:
    """Until nothing is open any more."""
    timeline, until = ended.world.timeline, ended.world.timeline.now + END
    while timeline.now < until:
        timeline.run(timeline.now + TURN)
        open_marks = any(one.aside.open for one in replicas) or ended.world.store.marks.open
        landing = any(one.landing for one in ended.world.vendors.values())
        if not open_marks and not landing and all(one.done for one in ended.clients):
            return


def populate(ended: Ended, replicas: list[Replica]) -> None:
    """Two persons with a client each, one whom two clients want at once, and a group."""
    timeline, weather = ended.world.timeline, ended.weather
    chance = timeline.random
    for identity in ("ada", "bo", "twin"):
        begins = GUEST if weather.when and chance.random() < 0.4 else STAFF
        blunt = chance.random() < 0.5
        ended.people.append(Person(identity, weather.known, blunt=blunt, name=identity, type=begins))
    ada, bo, twin = ended.people
    talks = {one.identity: live(one, draw(chance, weather), ended.people, chance) for one in (ada, bo)}
    talks |= {"twin 1": live(twin, (), [ada], chance), "twin 2": live(Person(**fields(twin)), (), [ada], chance)}
    leaves = chance.random() < 0.2
    # A group is known by its name alone: renamed while link and mark are lost it is another one for everybody.
    steps = [one for one in GROUP_STEPS if one != "rename" or not weather.forgets]
    drawn = [chance.choice(steps) for _ in range(chance.randint(1, 4))]
    talks["group"] = gather("crew", ended.people, chance, drawn, leaves=leaves)
    if weather.trades:
        eva, kim = (Person(identity, weather.known, name=identity) for identity in ("eva", "kim"))
        ended.people += [eva, kim]
        talks["trade"] = trade(eva, kim, chance.randint(1, 4))
    for name, talk in talks.items():
        client = Client(name, timeline, replicas, talk, patience=chance.choice([6.0, 15.0, 60.0]))
        client.heard = lambda asked, response: hear(ended, asked, response)
        ended.clients.append(client)


def fields(one: Person) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def draw(chance: Any, weather: Weather) -> list[str]:
    steps = [one for one in STEPS if weather.when or one not in ("leave", "return")]
    drawn = [chance.choice(steps) for _ in range(chance.randint(0, 4))]
    return drawn + chance.choice([[], [], ["delete"], ["delete", "again"]])


def hear(ended: Ended, asked: Asked, body: bytes) -> None:
    """At the moment of an answer: the primary has it, and each follower has it or a mark."""
    weather, world = ended.weather, ended.world
    if asked.method == "GET" or weather.store or weather.flushes:
        return
    endpoint, _, native = asked.path.strip("/").partition("/")
    kind = endpoint.removesuffix("s")
    native = native or re.search(rb'"id":"([^"]+)"', body)[1].decode()  # type: ignore[index]
    marks = world.store.marks.of(("acme", "desk"))
    unsettled = {key.name.removeprefix("id ") for key in marks if key.resource == "User"}  # also where she is named
    if any(key.resource == kind and key.name == f"id {native}" for key in marks):
        if weather.require == "all" and not busy(world, native) and not weather.there.changes_land:
            others = unsettled - {native}
            ended.wrong += [f"{asked} although {one}" for one in differences(ended, kind, native, others)]
        return
    ended.wrong += [f"{asked} without a mark: {one}" for one in differences(ended, kind, native, unsettled)]


def busy(world: World, native: str) -> bool:
    """Is any other request or worker under way that may be at the same resource?"""
    return any(task.wrote for task in world.tasks)


def differences(ended: Ended, kind: str = "", native: str = "", unsettled: Collection[str] = ()) -> list[str]:
    """In what the follower is not what it should be; of one resource, or of all. Who is `unsettled` counts nowhere."""
    hr, desk = rows(ended, ended.hr, unsettled), rows(ended, ended.desk, unsettled)
    wrong: list[str] = []
    for key in sorted({*hr, *desk}):
        wanted, there = hr.get(key, []), desk.get(key, [])
        if native and (key[0] != kind or native not in [one.id for one in wanted]):
            continue
        if not is_equal(ended.weather, wanted, there):
            wrong.append(f"{' '.join(key)} is {[one.shown for one in there]} and not {[one.shown for one in wanted]}")
    return wrong


class Row(Struct):
    """A record as far as both carry it."""

    id: str
    belongs: bool
    shown: Any


def is_equal(weather: Weather, wanted: list[Row], there: list[Row]) -> bool:
    if not wanted and weather.forgets:
        return len(there) <= 1  # a leaver whose mark was lost is found when all are compared
    if len(wanted) != 1 or wanted[0].belongs:
        return [one.shown for one in wanted] == [one.shown for one in there]
    return not there or (weather.leaves == "deactivate" and len(there) == 1 and not there[0].shown["active"])


def rows(ended: Ended, records: Records, unsettled: Collection[str] = ()) -> dict[tuple[str, str], list[Row]]:
    """By type and identity; a group's is its name without what follows the dot."""
    users = records.all["User"]
    ever = {**ended.hr.past, **ended.hr.all["User"]}
    unsure = {ever[native]["name"]["givenName"] for native in unsettled if native in ever}
    known = [one for one in ended.hr.all["User"].values() if belongs(ended.weather, one)]
    staying = {one["name"]["givenName"] for one in known} - unsure
    found: dict[tuple[str, str], list[Row]] = {}
    for native, one in users.items():
        identity = one["name"]["givenName"]
        if identity in unsure:
            continue  # also who was deleted, and made again: she of before may still be there
        leader = users.get(one.get(ENTERPRISE, {}).get("manager", {}).get("value"))
        shown = {"userName": one["userName"], "title": one["name"]["familyName"], "active": one.get("active", True)}
        if ended.weather.dialect == "scim2":
            shown["leader"] = leader["name"]["givenName"] if leader else None
            shown["leader"] = shown["leader"] if shown["leader"] in staying else None
        found.setdefault(("User", identity), []).append(Row(native, belongs(ended.weather, one), shown))
    for native, one in records.all["Group"].items():
        inside = {users[each["value"]]["name"]["givenName"] for each in one.get("members") or []}
        shown = {"displayName": one["displayName"], "members": sorted(inside & staying)}
        found.setdefault(("Group", one["displayName"].partition(".")[0]), []).append(Row(native, True, shown))
    return found


def belongs(weather: Weather, one: Record) -> bool:
    return not weather.when or one.get("userType") != GUEST


def judge(ended: Ended) -> list[str]:
    """Every promise that this history broke."""
    world = ended.world
    wrong = [f"{client.name} was never served" for client in ended.clients if not client.done]
    wrong += differences(ended)
    if not ended.weather.manners.changes_land:
        wrong += [f"{one.identity} should be {one}" for one in ended.people if not is_wanted(ended, one)]
    wrong += [f"{line} ended after its deadline" for line in world.late]
    now = world.timeline.now
    wrong += [f"{key.kind} is still locked" for key, (_, until) in world.store.locks.items() if until > now]
    asked = (one for client in ended.clients for one in client.asked if one.status != 400)
    return wrong + [complaint for one in asked if (complaint := blame(one, world, AFTERMATH))]


def is_wanted(ended: Ended, one: Person) -> bool:
    found = rows(ended, ended.hr).get(("User", one.identity), [])
    said = [(row.shown["userName"], row.shown["title"], row.shown["active"]) for row in found]
    return said == ([] if one.gone else [(one.name, one.title, one.active)])


@cache
def gateway_of(weather: Weather) -> Gateway:
    primary = load("scim2", unique=weather.manners.unique, shows_after=weather.manners.visible_after)
    follower = load(weather.dialect, unique=weather.there.unique, shows_after=weather.there.visible_after)
    when = f'userType eq "{STAFF}"' if weather.when else ""
    return make_followed(primary, follower, when=when, require=weather.require, leaves=weather.leaves)


# Without its own word a create that lands late cannot be told from one that never will, and without locks two creates
# at once are one only where the backend sees to that.
STRICT = Manners(lands_within=0, unique_groups=True)
WEATHERS = {
    "calm": Weather(vendor=0.0, when=True),
    "everything fails": Weather(kills=1),
    "names alone tell": Weather(known=False, kills=1),
    "names are traded": Weather(trades=True, kills=1),
    "some belong": Weather(when=True, kills=1),
    "some belong, and who leaves is deleted": Weather(when=True, kills=1, leaves="delete"),
    "all are required": Weather(require="all", kills=1),
    "all are required of those that belong": Weather(require="all", when=True, kills=2, leaves="delete"),
    "another dialect": Weather(dialect="cube-cloud", when=True, kills=1),
    "the store is in trouble": Weather(store=0.1, kills=2, flushes=1, manners=STRICT, there=STRICT),
    "the store is in trouble, and all are required": Weather(
        store=0.1, kills=1, flushes=1, manners=STRICT, there=STRICT, require="all"
    ),
    "lists are late and any name is taken twice": Weather(
        kills=1, there=Manners(visible_after=4.0, lands_within=20.0, unique=False)
    ),
    "changes land late": Weather(
        kills=1,
        manners=Manners(lands_within=20.0, changes_land=True),
        there=Manners(lands_within=20.0, changes_land=True),
    ),
}
