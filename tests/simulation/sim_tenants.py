"""One seeded history of two tenants before the same kinds of backends, with one store: neither is to know of the other.

All that belongs to a tenant says so: titles begin with its name, and where both have one follower identities end so.
"""

from functools import cache, partial
from hashlib import sha256
from random import Random

from msgspec import Struct
from msgspec.structs import replace
from records import Record, Records
from sim_client import PATCH_OP, Asked, Client, Talk
from sim_followed import begin, compare, conclude, populate, suffer
from sim_followed_judge import Ended
from sim_followed_weather import HIDING, SILENT, STRICT, Weather, gateway_of
from sim_people import GUEST
from sim_replica import Replica, World
from sim_store import Store
from sim_time import Timeline
from sim_vendor import Vendor

from gateway.conversation.effects import Call
from gateway.pipeline.request import Caller, Gateway, Response, Tenant

HOUSES = ("acme", "emea")
ATTEMPTS = 8


class Town(Struct, frozen=True):
    """Two tenants. `shared`: both have the same follower, and people of different names; else a follower each, and
    people of the same names. `alike`: their primaries give the same ids. `adopts`: somebody is there already.
    """

    weather: Weather
    shared: bool = False
    alike: bool = True
    adopts: bool = False


class Told(Struct):
    """What is left of all houses."""

    world: World
    houses: list[Ended]
    strangers: list[Client]
    wrong: list[str] = []

    def story(self) -> str:
        return "\n".join(one.story() for one in self.houses)


def play(seed: int, town: Town, gateway: Gateway) -> Told:
    """Let the history of this number happen."""
    timeline, weather = Timeline(seed), town.weather
    vendors = {}
    for house in HOUSES:
        primary, follower = backends_of(town, house)
        letter = "h" if town.alike else f"h{house[0]}"
        vendors[primary] = Vendor(timeline, weather.manners, weather.vendor, letter)
        vendors.setdefault(follower, Vendor(timeline, weather.there, weather.vendor, "d"))
    world = World(timeline, vendors, Store(timeline, weather.store))
    replicas = [Replica(world, gateway), Replica(world, gateway)]
    told = Told(world, [move_in(house, town, world, replicas) for house in HOUSES], [])
    world.watch = partial(watch, told, town)
    for ended in told.houses:
        begin(ended, replicas, gateway.tenants[ended.tenant])
        trespass(told, ended, town, replicas)
    suffer(world, replicas, weather)
    for ended in told.houses:
        conclude(ended, replicas, gateway.tenants[ended.tenant])
        compare(ended, replicas[0], gateway.tenants[ended.tenant], repairs=True)
    told.wrong += [line for ended in told.houses for line in (*ended.wrong, *strangers_in(ended, town))]
    return told


def backends_of(town: Town, house: str) -> tuple[str, str]:
    return f"hr-{house}", "desk" if town.shared else f"desk-{house}"


def move_in(house: str, town: Town, world: World, replicas: list[Replica]) -> Ended:
    """A tenant with its people and their clients, each of whom reads what it is answered."""
    primary, follower = backends_of(town, house)
    ended = Ended(town.weather, world, [], [], [], house, primary, follower, house)
    ended.suffix = f"-{house}" if town.shared else ""
    populate(ended, replicas)
    if town.adopts:
        *_, twin = ended.people
        ended.hr.create("User", replace(twin, title=f"{house} once", type=GUEST).body(), -60.0)
        twin.blunt = True
    for client in ended.clients:
        client.overheard = partial(overhear, ended)
    return ended


def overhear(ended: Ended, asked: Asked, response: Response) -> None:
    """No answer says anything of another."""
    for house in HOUSES:
        if house != ended.house and house.encode() in response.body:
            ended.wrong.append(f"{asked} tells of {house}: {response.body.decode()}")


def watch(told: Told, town: Town, tenant: str, call: Call) -> None:
    """No call goes to another's backend, or changes another's record."""
    if call.backend not in backends_of(town, tenant):
        told.wrong.append(f"{tenant} called {call.backend}")
    kind, _, native = call.path.strip("/").partition("/")
    record = told.world.vendors[call.backend].records.all[kind.removesuffix("s")].get(native)
    if record is not None and not call.safe and not is_of(tenant, town, record):
        told.wrong.append(f"{tenant} sent {call.method} {call.path} {call.body} to {call.backend}: {record}")


def is_of(house: str, town: Town, record: Record) -> bool:
    if "name" in record:
        return bool(record["name"]["familyName"].partition(" ")[0] == house)
    return not town.shared or bool(record["displayName"].partition(".")[0].endswith(f"-{house}"))


def strangers_in(ended: Ended, town: Town) -> list[str]:
    """Whoever is at the tenant's backends and has no business there."""
    wrong = []
    for records in (ended.hr, ended.desk):
        ours = [one for kind in records.all.values() for one in kind.values() if is_of(ended.house, town, one)]
        wrong += [f"{one} names others" for one in ours if not are_of(ended.house, town, records, one)]
        if not town.shared or records is ended.hr:
            everybody = (*records.all["User"].values(), *records.past.values())
            wrong += [f"{one} is not {ended.house}'s" for one in everybody if not is_of(ended.house, town, one)]
    return wrong


def are_of(house: str, town: Town, records: Records, record: Record) -> bool:
    """Are all members of a group the house's?"""
    users = (records.all["User"].get(one["value"]) for one in record.get("members") or [])
    return all(user is None or is_of(house, town, user) for user in users)


def trespass(told: Told, ended: Ended, town: Town, replicas: list[Replica]) -> None:
    """Somebody of the tenant tries ids of the other; somebody else comes to the other's door with its own token."""
    timeline = ended.world.timeline
    other = next(one for one in told.houses if one is not ended)
    chance = Random(timeline.random.random())
    talks: list[tuple[Talk, str]] = [(knock(), other.tenant)]
    if not town.alike:
        talks.append((try_ids(other.hr, ended.hr, chance), ended.tenant))
    for talk, tenant in talks:
        token = f"secret-token-of-{ended.tenant}"
        stranger = Client("stranger", timeline, replicas, talk, patience=30.0, tenant=tenant, token=token)
        stranger.heard = partial(complain, told, stranger)
        stranger.overheard = partial(overhear, ended)
        told.strangers.append(stranger)
        timeline.soon(stranger.begin, 30.0)


def complain(told: Told, stranger: Client, asked: Asked, body: bytes) -> None:
    """Whom a change that nobody knows the end of was for is gone when she is deleted then: that is no way in."""
    before = (one for one in stranger.asked if one is not asked and one.path == asked.path)
    unsure = any(one.status is None or one.status >= 500 for one in before)
    if asked.method != "DELETE" or not unsure:
        told.wrong.append(f"{asked} was let in: {body.decode()}")


def knock() -> Talk:
    for kind in ("Users", "Groups"):
        yield ("GET", f"/{kind}", "", None)
        yield ("DELETE", f"/{kind}/h1", "", None)


def try_ids(theirs: Records, ours: Records, chance: Random) -> Talk:
    """Read, change and delete by ids that the other's primary has given, and put its people into a group."""
    for _ in range(ATTEMPTS):
        users, groups = sorted(theirs.all["User"]), sorted(theirs.all["Group"])
        known = [*(("Users", one) for one in users), *(("Groups", one) for one in groups), ("Users", "h1")]
        kind, native = chance.choice(known)
        retitle = {"op": "replace", "path": "displayName", "value": "ours now"}
        asked = [
            ("GET", f"/{kind}/{native}", "", None),
            ("PATCH", f"/{kind}/{native}", "", {"schemas": [PATCH_OP], "Operations": [retitle]}),
            ("DELETE", f"/{kind}/{native}", "", None),
        ]
        for group in [*ours.all["Group"]] if kind == "Users" else ():
            member = {"op": "add", "path": "members", "value": [{"value": native}]}
            asked.append(("PATCH", f"/Groups/{group}", "", {"schemas": [PATCH_OP], "Operations": [member]}))
        yield chance.choice(asked)


@cache
def gateway_of_town(town: Town) -> Gateway:
    one = gateway_of(town.weather).tenants["acme"]
    tenants = {house: settle_in(house, town, one) for house in HOUSES}
    callers = {sha256(f"secret-token-of-{house}".encode()).hexdigest(): Caller(house) for house in HOUSES}
    return Gateway(tenants=tenants, callers=callers)


def settle_in(house: str, town: Town, one: Tenant) -> Tenant:
    primary, follower = backends_of(town, house)
    (followed,) = one.followers
    seat = replace(followed.seat, name=house, backend=follower)
    adopt = ("userName",) if town.adopts else ()
    return replace(one, name=house, backend=primary, followers=(replace(followed, seat=seat),), adopt=adopt)


FORGETFUL = Weather(store=0.1, kills=2, flushes=1, manners=STRICT, there=STRICT)
WEATHERS = {
    "the same names and ids": Town(Weather(kills=1)),
    "the same names and ids, and the store is in trouble": Town(FORGETFUL),
    "ids of the other are tried, and people are there already": Town(
        Weather(when=True, kills=1), alike=False, adopts=True
    ),
    "one follower for both": Town(Weather(kills=1), shared=True),
    "one follower for both, and the store is in trouble": Town(FORGETFUL, shared=True),
    "one follower for both that never shows members": Town(Weather(dialect=HIDING, kills=1, there=SILENT), shared=True),
}
