"""What befalls histories of split tenants, and the gateway before their backends."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from followed import SEAL, TOKEN
from msgspec import Struct
from msgspec.structs import replace
from sim_vendor import Manners

from gateway.mapping.load import load_dialect
from gateway.pipeline.dividing import divide
from gateway.pipeline.request import Caller, Gateway, Tenant
from gateway.scim.filter import parse_filter

HERE = Path(__file__).parent
GUARDS = (("eu", 'userType eq "staff"'), ("us", 'userType eq "guest"'), ("rest", None))


class Weather(Struct, frozen=True):
    """What befalls a history, and over how many branches. `vendor` is the share of calls that fail at each of them,
    `store` that of the store's operations. `keeps`: members in other branches are kept. `named`: in the last branch
    names are ids.
    """

    vendor: float = 0.15
    store: float = 0.0
    kills: int = 0
    flushes: int = 0
    manners: Manners = Manners(lands_within=20.0)
    branches: int = 2
    keeps: bool = False
    named: bool = False

    @property
    def forgets(self) -> bool:
        """May locks, words and kept members be lost?"""
        return self.flushes > 0 or self.store > 0


def guards_of(weather: Weather) -> list[tuple[str, str | None]]:
    return [*GUARDS[: weather.branches - 1], GUARDS[-1]]


@cache
def gateway_of(weather: Weather) -> Gateway:
    """The tenant `acme`, divided over as many backends; two of them may give the same ids."""
    dialect, guards = load_dialect("scim2"), guards_of(weather)
    if not weather.manners.unique:
        resources = {name: replace(one, unique=()) for name, one in dialect.resources.items()}
        dialect = replace(dialect, resources=resources)
    dialect = replace(dialect, connect=replace(dialect.connect, shows_after=weather.manners.visible_after))
    dialects = [dialect for _ in guards]
    if weather.named:
        dialects[-1] = load_dialect("named-people", (HERE, HERE.parent / "mapping" / "vendors"))
    keeps: Any = "keep" if weather.keeps else "refuse"
    parts = [
        (
            Tenant(name="acme", backend=key, dialect=one, seal=SEAL, absent_member=keeps),
            None if when is None else parse_filter(when),
        )
        for one, (key, when) in zip(dialects, guards, strict=True)
    ]
    return Gateway(tenants={"acme": divide(parts)}, callers={sha256(TOKEN.encode()).hexdigest(): Caller("acme")})


# Without its own word a create that lands late cannot be told from one that never will.
STRICT = Manners(lands_within=0, unique_groups=True)
WEATHERS = {
    "calm": Weather(vendor=0.0, branches=3),
    "everything fails": Weather(kills=1),
    "three branches, and members are kept": Weather(kills=1, branches=3, keeps=True),
    "lists are late": Weather(kills=1, branches=3, manners=Manners(visible_after=4.0, lands_within=20.0)),
    "any name is taken twice": Weather(kills=1, keeps=True, manners=Manners(unique=False, lands_within=20.0)),
    "names are ids in one branch": Weather(kills=1, branches=3, keeps=True, named=True),
    "the store fails": Weather(store=0.1, kills=2, branches=3, keeps=True, manners=STRICT),
    "the store forgets, and lists are late": Weather(
        kills=1, flushes=8, branches=3, keeps=True, manners=replace(STRICT, visible_after=4.0)
    ),
    "the store forgets": Weather(kills=1, flushes=8, branches=3, keeps=True, manners=STRICT),
}
