"""One seeded history of a tenant divided over branches: what is wanted, and what befalls it."""

from typing import Any

from sim_branches import GROUP_STEPS, PRIZE, ROCK, STEPS, TYPES, Crew, Ledger, Person, browse, gather, live
from sim_client import Client
from sim_history import CALM
from sim_names import Names
from sim_people import Wishes
from sim_replica import Replica, World
from sim_split_judge import Ended, audit, hear, judge
from sim_split_weather import Weather, guards_of
from sim_store import Store
from sim_time import Timeline
from sim_vendor import Vendor

from gateway.pipeline.request import Gateway

END = 1500.0
TURN = 10.0
BUSY = 15.0  # seconds in which most of it happens


def play(seed: int, weather: Weather, gateway: Gateway) -> Ended:
    """Let the history of this number happen."""
    timeline = Timeline(seed)
    keys = tuple(key for key, _ in guards_of(weather))
    vendors = {key: Vendor(timeline, weather.manners, weather.vendor) for key in keys}
    if weather.named:
        vendors[keys[-1]].records = Names()
    store = Store(timeline, weather.store)
    world = World(timeline, vendors, store)
    replicas = [Replica(world, gateway), Replica(world, gateway)]
    ledger = Ledger(keys, keeps=weather.keeps, late=weather.manners.visible_after > 0)
    ended = Ended(weather, world, ledger, [], [], Crew("crew"), [])
    populate(ended, replicas)
    begin(ended)
    for _ in range(weather.kills):
        timeline.soon(timeline.random.choice(replicas).kill, CALM)
    for _ in range(weather.flushes):
        timeline.soon(store.flush, BUSY)
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


def begin(ended: Ended) -> None:
    """Clients begin one after another, and of the twins' often both at once."""
    timeline = ended.world.timeline
    begun: dict[str, float] = {}
    for client in ended.clients:
        name = client.name.partition(" ")[0]
        at = timeline.random.uniform(0.0, 5.0)
        begun[name] = begun.get(name, at) if timeline.chance(0.5) else at
        timeline.after(begun[name], client.begin)


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
