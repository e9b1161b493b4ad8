"""One seeded history of a tenant with a follower: what is wanted, and what happens."""

from typing import Any

from sim_client import Client
from sim_followed_judge import Ended, hear, judge
from sim_followed_weather import Weather
from sim_history import CALM
from sim_people import GROUP_STEPS, GUEST, STAFF, STEPS, Person, gather, live, touch_all, trade
from sim_replica import Replica, World
from sim_store import Store
from sim_time import Timeline
from sim_vendor import Vendor

from gateway.conversation.followers import looking
from gateway.conversation.followers.looking import MOST
from gateway.conversation.reconcile.reconciling import Reconciled
from gateway.pipeline.request import Gateway, Tenant

END = 1500.0
TURN = 10.0


def play(seed: int, weather: Weather, gateway: Gateway) -> Ended:
    """Let the history of this number happen."""
    before, looking.MOST = looking.MOST, weather.asks
    try:
        return happen(seed, weather, gateway)
    finally:
        looking.MOST = before


def happen(seed: int, weather: Weather, gateway: Gateway) -> Ended:
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
    tenant = gateway.tenants["acme"]
    begin(ended, replicas, tenant)
    suffer(world, replicas, weather)
    conclude(ended, replicas, tenant)
    return ended


def begin(ended: Ended, replicas: list[Replica], tenant: Tenant) -> None:
    """The tenant's clients begin, and its workers in all replicas."""
    for client in ended.clients:
        ended.world.timeline.soon(client.begin, 5.0)
    for replica in replicas:
        replica.work(tenant, tenant.followers[0])


def suffer(world: World, replicas: list[Replica], weather: Weather) -> None:
    """Trouble for a while, and then none any more."""
    timeline = world.timeline
    for _ in range(weather.kills):
        timeline.soon(timeline.random.choice(replicas).kill, CALM)
    for _ in range(weather.flushes):
        timeline.soon(world.store.flush, CALM)
    timeline.run(CALM)
    for troubled in (*world.vendors.values(), world.store):
        troubled.trouble = 0.0


def conclude(ended: Ended, replicas: list[Replica], tenant: Tenant) -> None:
    """Wait for what is open, remind the gateway of what it forgot, and judge."""
    settle(ended, replicas)
    if ended.weather.forgets:
        client = Client("touch", ended.world.timeline, replicas, touch_all(), patience=60.0, tenant=tenant.name)
        ended.clients.append(client)
        client.begin()
        settle(ended, replicas)
    if ended.weather.asks < MOST:
        compare(ended, replicas[0], tenant, repairs=True)
    ended.wrong.extend(judge(ended))
    compare(ended, replicas[0], tenant, repairs=False)


def settle(ended: Ended, replicas: list[Replica]) -> None:
    """Until nothing is open any more."""
    timeline, until = ended.world.timeline, ended.world.timeline.now + END
    while timeline.now < until:
        timeline.run(timeline.now + TURN)
        landing = any(one.landing for one in ended.world.vendors.values())
        if not is_open(ended, replicas) and not landing and all(one.done for one in ended.clients):
            return


def is_open(ended: Ended, replicas: list[Replica]) -> bool:
    """Is there a mark that a worker is going to take?"""
    stores = (ended.world.store.marks, *(one.aside for one in replicas))
    marks = (one for store in stores for of_one in store.open.values() for one in of_one.values())
    return any(one.due is not None for one in marks)


def compare(ended: Ended, replica: Replica, tenant: Tenant, *, repairs: bool) -> None:
    """Compare all that the follower has with the primary, once lists show it: what is found and not mended is wrong.

    Of whose leaving nobody remembers anything is told, and that is all; so it is of another tenant's.
    """
    reports: list[Reconciled] = []
    timeline, weather = ended.world.timeline, ended.weather
    timeline.run(timeline.now + max(weather.manners.visible_after, weather.there.visible_after))
    replica.compare(tenant, tenant.followers[0], reports.append, repairs=repairs)
    while not reports:
        timeline.run(timeline.now + TURN)
    drifts = (one for compared in reports[0].types for one in compared.drifts if not one.repaired)
    drifts = (one for one in drifts if one.ours or not ended.suffix)
    drifts = (one for one in drifts if one.kind not in ("extra", "not wanted") or not weather.forgets)
    ended.wrong += [f"{one.kind} {one.type} {one.native} {one.there} {one.attributes} {one.code}" for one in drifts]


def populate(ended: Ended, replicas: list[Replica]) -> None:
    """Two persons with a client each, one whom two clients want at once, and a group."""
    timeline, weather = ended.world.timeline, ended.weather
    chance = timeline.random
    for name in ("ada", "bo", "twin"):
        identity = f"{name}{ended.suffix}"
        begins = GUEST if weather.when and chance.random() < 0.4 else STAFF
        blunt = chance.random() < 0.5
        one = Person(identity, weather.known, blunt=blunt, name=identity, type=begins, house=ended.house)
        one.entitle(0)
        ended.people.append(one)
    ada, bo, twin = ended.people
    talks = {one.identity: live(one, draw(chance, weather), ended.people, chance) for one in (ada, bo)}
    talks |= {"twin 1": live(twin, (), [ada], chance), "twin 2": live(Person(**fields(twin)), (), [ada], chance)}
    leaves = chance.random() < 0.2
    # A group is known by its name alone: renamed while link and mark are lost it is another one for everybody.
    steps = [one for one in GROUP_STEPS if one != "rename" or not weather.forgets]
    drawn = [chance.choice(steps) for _ in range(chance.randint(1, 4))]
    talks["group"] = gather(f"crew{ended.suffix}", ended.people, chance, drawn, leaves=leaves)
    if weather.trades:
        eva, kim = (Person(identity, weather.known, name=identity) for identity in ("eva", "kim"))
        ended.people += [eva, kim]
        talks["trade"] = trade(eva, kim, chance.randint(1, 4))
    for name, talk in talks.items():
        patience = chance.choice([6.0, 15.0, 60.0])
        label = f"{ended.house} {name}".strip()
        client = Client(label, timeline, replicas, talk, patience=patience, tenant=ended.tenant)
        client.heard = lambda asked, response: hear(ended, asked, response)
        ended.clients.append(client)


def fields(one: Person) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def draw(chance: Any, weather: Weather) -> list[str]:
    steps = [one for one in STEPS if weather.when or one not in ("leave", "return")]
    drawn = [chance.choice(steps) for _ in range(chance.randint(0, 4))]
    return drawn + chance.choice([[], [], ["delete"], ["delete", "again"]])
