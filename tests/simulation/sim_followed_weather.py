"""What befalls a tenant with a follower: its weathers, and the gateway that meets them."""

from functools import cache
from typing import Any

from followed import load, make_followed
from msgspec import Struct
from msgspec.structs import replace
from sim_people import STAFF
from sim_vendor import Manners

from gateway.conversation.followers.looking import MOST
from gateway.pipeline.request import Gateway


class Weather(Struct, frozen=True):
    """What befalls a history, and whose it is. `vendor` is the share of calls that fail at either backend, `store` that
    of the store's operations. `known`: every backend can tell a person under whatever name. `trades`: two exchange
    their names. `asks`: so many are asked for where a follower never shows who is in a group and nothing is
    known of it; who was forgotten beyond them is brought in step when all are compared.
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
    asks: int = MOST

    @property
    def forgets(self) -> bool:
        """May a mark be lost?"""
        return self.flushes > 0 or (self.store > 0 and self.kills > 0)


@cache
def gateway_of(weather: Weather) -> Gateway:
    primary = load("scim2", unique=weather.manners.unique, shows_after=weather.manners.visible_after)
    follower = load(weather.dialect, unique=weather.there.unique, shows_after=weather.there.visible_after)
    when = f'userType eq "{STAFF}"' if weather.when else ""
    return make_followed(primary, follower, when=when, require=weather.require, leaves=weather.leaves)


# Without its own word a create that lands late cannot be told from one that never will, and without locks two creates
# at once are one only where the backend sees to that.
STRICT = Manners(lands_within=0, unique_groups=True)
HIDING = "aws-identity-center"
SILENT = Manners(lands_within=20.0, unique_groups=True, hides=True)
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
    "members are never shown": Weather(dialect=HIDING, when=True, kills=1, there=SILENT),
    "members are never shown, and the store is in trouble": Weather(
        dialect=HIDING, store=0.1, kills=2, flushes=1, manners=STRICT, there=replace(STRICT, hides=True)
    ),
    "members are never shown, and are too many to be asked for": Weather(
        dialect=HIDING, asks=1, store=0.1, kills=1, flushes=1, manners=STRICT, there=replace(STRICT, hides=True)
    ),
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
