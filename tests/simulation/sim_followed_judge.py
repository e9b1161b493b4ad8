"""What must hold at every answer and in the end, where a tenant has a follower."""

import re
from collections.abc import Collection
from typing import Any

from msgspec import Struct
from records import ENTERPRISE, Record, Records
from sim_client import Asked, Client
from sim_followed_weather import Weather
from sim_history import blame
from sim_people import GUEST, Person
from sim_replica import World

AFTERMATH = 150.0  # for how long after the trouble a create that was lost may still be waited for


class Ended(Struct):
    """What is left when all is over, of one tenant. Where there are others `house` begins the titles of its people, and
    `suffix` ends their identities.
    """

    weather: Weather
    world: World
    clients: list[Client]
    people: list[Person]
    wrong: list[str] = []
    tenant: str = "acme"
    primary: str = "hr"
    follower: str = "desk"
    house: str = ""
    suffix: str = ""

    @property
    def hr(self) -> Records:
        return self.world.vendors[self.primary].records

    @property
    def desk(self) -> Records:
        return self.world.vendors[self.follower].records

    def story(self) -> str:
        """What was asked and answered in the order of time, and what the backends have in the end."""
        asked = sorted((one for client in self.clients for one in client.asked), key=lambda one: one.begun)
        vendors = (f"{name} {vendor}" for name, vendor in self.world.vendors.items())
        return "\n".join([*(str(one) for one in asked), *vendors, *self.wrong])


def hear(ended: Ended, asked: Asked, body: bytes) -> None:
    """At the moment of an answer: the primary has it, and each follower has it or a mark."""
    weather, world = ended.weather, ended.world
    if asked.method == "GET" or weather.store or weather.flushes:
        return
    endpoint, _, native = asked.path.strip("/").partition("/")
    kind = endpoint.removesuffix("s")
    native = native or re.search(rb'"id":"([^"]+)"', body)[1].decode()  # type: ignore[index]
    marks = world.store.marks.of((ended.tenant, ended.follower))
    said = {key.name for key in marks if key.resource == "User"}
    named = {native for native, one in ended.hr.all["User"].items() if not said.isdisjoint(names_in_marks(one))}
    unsettled = named | {one.removeprefix("id ") for one in said}  # also where she is named
    if any(key.resource == kind and key.name == f"id {native}" for key in marks):
        if weather.require == "all" and not busy(world, native) and not weather.there.changes_land:
            others = unsettled - {native}
            ended.wrong += [f"{asked} although {one}" for one in differences(ended, kind, native, others)]
        return
    ended.wrong += [f"{asked} without a mark: {one}" for one in differences(ended, kind, native, unsettled)]


def names_in_marks(one: Record) -> list[str]:
    """By which a mark tells of somebody who may be just being made."""
    return [f"new {name}={one[name]}" for name in ("externalId", "userName") if name in one]


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
    if weather.forgets and not any(one.belongs for one in wanted):
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
        if not identity.endswith(ended.suffix):
            continue
        if identity in unsure:
            continue  # also who was deleted, and made again: she of before may still be there
        leader = users.get(one.get(ENTERPRISE, {}).get("manager", {}).get("value"))
        shown = {"userName": one["userName"], "title": one["name"]["familyName"], "active": one.get("active", True)}
        if ended.weather.dialect != "cube-cloud":
            shown["leader"] = leader["name"]["givenName"] if leader else None
            shown["leader"] = shown["leader"] if shown["leader"] in staying else None
        found.setdefault(("User", identity), []).append(Row(native, belongs(ended.weather, one), shown))
    for native, one in records.all["Group"].items():
        if not one["displayName"].partition(".")[0].endswith(ended.suffix):
            continue
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
