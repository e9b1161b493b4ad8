"""One seeded history: clients, replicas, a vendor and a store, trouble for a while, then calm; and what must hold."""

from functools import cache
from hashlib import sha256
from typing import Any

from followed import SEAL
from msgspec import Struct
from msgspec.structs import replace
from sim_client import Client, provision
from sim_replica import Replica, World
from sim_store import Store
from sim_time import Timeline
from sim_vendor import Manners, Vendor

from gateway.mapping.load import load_dialect
from gateway.pipeline.request import Caller, Gateway, Tenant

CALM = 60.0  # seconds after which nothing fails any more
END = 400.0
TOKEN = sha256(b"secret-token-of-acme").hexdigest()


class Weather(Struct, frozen=True):
    """What befalls a history: shares of calls and of the store's operations that fail, and how often a process dies."""

    vendor: float = 0.2
    store: float = 0.0
    kills: int = 0
    flushes: int = 0
    manners: Manners = Manners()


class Ended(Struct):
    """What is left when all is over."""

    world: World
    clients: list[Client]
    wanted: dict[str, str | None]  # by name the title, None for who left
    wrong: list[str]

    def story(self) -> str:
        """What was asked and answered in the order of time, and what the vendor has in the end."""
        asked = sorted((one for client in self.clients for one in client.asked), key=lambda one: one.begun)
        vendors = (f"{name} {vendor}" for name, vendor in self.world.vendors.items())
        return "\n".join([*(str(one) for one in asked), *vendors])


def play(seed: int, weather: Weather, gateway: Gateway) -> Ended:
    """Let the history of this number happen."""
    timeline = Timeline(seed)
    vendor, store = Vendor(timeline, weather.manners, weather.vendor), Store(timeline, weather.store)
    world = World(timeline, {"acme-prod": vendor}, store)
    replicas = [Replica(world, gateway), Replica(world, gateway)]
    clients, wanted = people(timeline, replicas)
    for client in clients:
        timeline.soon(client.begin, 5.0)
    for _ in range(weather.kills):
        timeline.soon(timeline.random.choice(replicas).kill, CALM)
    for _ in range(weather.flushes):
        timeline.soon(store.flush, CALM)
    timeline.run(CALM)
    vendor.trouble = store.trouble = 0.0
    timeline.run(END)
    ended = Ended(world, clients, wanted, [])
    ended.wrong.extend(judge(ended))
    return ended


def people(timeline: Timeline, replicas: list[Replica]) -> tuple[list[Client], dict[str, str | None]]:
    """Two persons with a client each, and one whom two clients want at once."""
    chance = timeline.random
    wanted: dict[str, str | None] = {}
    clients = []
    for name in ("ada", "bo"):
        titles = [f"{name} {number}" for number in range(chance.randint(1, 3))]
        leaves = chance.random() < 0.4
        wanted[name] = None if leaves else titles[-1]
        wishes = provision(name, titles, leaves=leaves)
        clients.append(Client(name, timeline, replicas, wishes, patience=chance.choice([4.0, 12.0, 60.0])))
    for number in (1, 2):
        wishes = provision("twin", ["one title"], leaves=False)
        clients.append(Client(f"twin {number}", timeline, replicas, wishes, patience=chance.choice([4.0, 12.0, 60.0])))
    return clients, {**wanted, "twin": "one title"}


def judge(ended: Ended) -> list[str]:
    """Every promise that this history broke."""
    world = ended.world
    vendor, store = world.vendors["acme-prod"], world.store
    wrong = [f"{client.name} was never served" for client in ended.clients if not client.done]
    for name, title in ended.wanted.items():
        titles = [one.get("title") for one in vendor.named(name)]
        if titles != ([] if title is None else [title]):
            wrong.append(f"{name} should be {title}, and is {titles}")
    wrong += [f"{line} ended after its deadline" for line in world.late]
    wrong += [f"{key.kind} is still locked" for key, (_, until) in store.locks.items() if until > world.timeline.now]
    return wrong + [complaint for client in ended.clients for one in client.asked if (complaint := blame(one, world))]


AFTERMATH = 95.0  # seconds for which trouble is still felt: the word of a create that died lasts 90


def blame(asked: Any, world: World, aftermath: float = AFTERMATH) -> str | None:
    """A wrong answer: the gateway's own failure, or blame where nothing had failed."""
    line = f"{asked.client}: {asked.method} {asked.path} was answered {asked.status} {asked.detail}"
    if asked.status is None or asked.status < 400 or asked.status == 404:
        return None
    if asked.status == 409 and asked.method == "POST":
        return None
    troubled = world.struck > 0 and asked.begun < CALM + aftermath
    return None if asked.status in (429, 502, 503) and troubled else line


@cache
def make_gateway(manners: Manners) -> Gateway:
    """A tenant before a conformant vendor, which may enforce that a name is unique or not."""
    dialect = load_dialect("scim2")
    user = dialect.resources["User"]
    user = replace(
        user,
        unique=user.unique if manners.unique else (),
        can=replace(user.can, filter=replace(user.can.filter, allow={}, language="none")),
    )
    connect = replace(dialect.connect, shows_after=manners.visible_after)
    dialect = replace(dialect, resources={**dialect.resources, "User": user}, connect=connect)
    tenant = Tenant(name="acme", backend="acme-prod", dialect=dialect, base="https://api.acme.example/scim", seal=SEAL)
    return Gateway(tenants={"acme": tenant}, callers={TOKEN: Caller("acme")})
