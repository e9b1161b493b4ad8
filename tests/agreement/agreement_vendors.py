"""The four sandbox vendors without a socket, and by hand what of a user each carries both ways."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import unquote

from agreement_shapes import ENTERPRISE, work_parts
from agreement_world import load
from msgspec import Struct

from gateway.conversation.effects import Call, Reply
from gateway.sandbox import VENDORS, Records
from gateway.sandbox.profile import Setting
from gateway.sandbox.service import Asked, Service

BASE = "https://vendor.example.com/scim/v2"
NAMES = ("name.formatted", "name.familyName", "name.givenName")
ALL_NAMES = (*NAMES, "name.middleName", "name.honorificPrefix", "name.honorificSuffix")
WORK = tuple(f"{ENTERPRISE}:{each}" for each in work_parts)
POSTAL = ("streetAddress", "locality", "region", "country", "type", "primary")


class Carried(Struct, frozen=True):
    """What comes back as it was sent. `filled` is never empty, `single` lists hold one value at most.

    `unseen` is taken and not shown again; values of `typed` lists are of type work when nothing is said.
    `free`: the vendor has a word of its own where nothing is said.
    `sorts`: the vendor puts lists in an order of its own.
    `once`: lists of values without a type, in which equal ones are one.
    """

    texts: tuple[str, ...]
    lists: dict[str, tuple[str, ...]]
    filled: frozenset[str] = frozenset()
    single: bool = False
    groups: bool = False
    unseen: frozenset[str] = frozenset()
    typed: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    sorts: bool = False
    once: frozenset[str] = frozenset()


CARRIED = {
    "cube-cloud": Carried(
        texts=("userName", "externalId", "active", "name.familyName", "name.givenName"),
        lists={"emails": ("value", "primary")},
        groups=True,
        once=frozenset({"emails"}),
    ),
    "rsa-unified-directory": Carried(
        texts=("userName", "displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "active",
               *NAMES, "externalId"),
        lists={"emails": ("value", "type", "primary"), "phoneNumbers": ("value", "type", "primary"),
               "addresses": POSTAL},
        filled=frozenset({"emails"}),
        free=frozenset({"active"}),
        unseen=frozenset({"password", ENTERPRISE}),
        typed=frozenset({"emails"}),
        sorts=True,
    ),
    "huawei-identity-center": Carried(
        texts=("userName", "displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone",
               "active", *ALL_NAMES, "externalId", *WORK),
        lists={"emails": ("value", "type"), "phoneNumbers": ("value", "type"), "addresses": POSTAL[:-1]},
        filled=frozenset({"displayName", "name.givenName", "name.familyName", "emails"}),
        single=True,
        groups=True,
        unseen=frozenset({"profileUrl"}),
        typed=frozenset({"emails"}),
    ),
    "ping-directory": Carried(
        texts=("userName", "displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone",
               "profileUrl", "active", *ALL_NAMES, "externalId"),
        lists={"emails": ("value", "type", "display", "primary"),
               "phoneNumbers": ("value", "type", "display", "primary"),
               "addresses": POSTAL},
        unseen=frozenset({"password"}),
    ),
}  # fmt: skip


def make_clock() -> Callable[[], datetime]:
    start, ticks = datetime(2026, 1, 5, 9, tzinfo=UTC), count(1)
    return lambda: start + timedelta(seconds=next(ticks))


class Vendor:
    """One pretend vendor with its records, called as the gateway calls it."""

    def __init__(self, name: str) -> None:
        numbers = count(1)
        self.records = Records(lambda: f"00000000-0000-4000-8000-{next(numbers):012d}", make_clock())
        self.service = Service(VENDORS[name], self.records, Setting(BASE, datetime(2026, 1, 5, tzinfo=UTC)))
        self.media = load(name).connect.media

    def call(self, call: Call) -> Reply:
        segments = tuple(unquote(each) for each in call.path.strip("/").split("/"))
        body = b"" if call.body is None else json.dumps(call.body).encode()
        answer = self.service.answer(Asked(call.method, segments, dict(call.query), self.media, body))
        headers = {name.lower(): text for name, text in answer.headers.items()}
        if isinstance(answer.body, str):
            return Reply(answer.status, headers, None, readable=False, text=answer.body)
        return Reply(answer.status, headers, json.loads(json.dumps(answer.body)))

    def ids(self, endpoint: str) -> list[str]:
        return [each.id for each in self.records.all(endpoint)]

    @property
    def held(self) -> dict[str, Any]:
        """Every record by id, as the vendor holds it."""
        return {each.id: deepcopy(each.document) for name in ("Users", "Groups") for each in self.records.all(name)}


def value_at(resource: dict[str, Any], path: str) -> Any:
    urn, colon, rest = path.rpartition(":")
    here: Any = resource.get(urn, {}) if colon else resource
    for step in rest.split("."):
        here = here.get(step) if isinstance(here, dict) else None
    return here


def find_losses(wanted: dict[str, Any], shown: dict[str, Any], carried: Carried) -> list[str]:
    """The carried attributes that are not shown as they were wanted."""
    lost = [path for path in carried.texts if is_lost(value_at(wanted, path), value_at(shown, path), path, carried)]
    return lost + [name for name, subs in carried.lists.items() if is_list_lost(wanted, shown, name, subs, carried)]


def is_lost(wanted: Any, shown: Any, path: str, carried: Carried) -> bool:
    if wanted is None and path in carried.free:
        return False
    if wanted in (None, "") and path in carried.filled:
        return shown in (None, "")
    return bool(wanted != shown)


def is_list_lost(
    wanted: dict[str, Any], shown: dict[str, Any], name: str, subs: tuple[str, ...], carried: Carried
) -> bool:
    elements = list(wanted.get(name) or [])
    if carried.single:
        elements = [each for each in elements if each.get("primary")][:1] or elements[:1]
    if name in carried.typed:
        elements = [{"type": "work", **each} for each in elements]
    if not elements:
        return bool(shown.get(name)) != (name in carried.filled)
    sent, seen = sort_out(elements, subs), sort_out(shown.get(name) or [], subs)
    return (sorted({*sent}) if name in carried.once else sent) != seen


def sort_out(elements: list[dict[str, Any]], subs: tuple[str, ...]) -> list[str]:
    """The elements by what is carried of them, in no order; `primary: false` says no more than its absence."""
    parts = ({key: each[key] for key in subs if each.get(key) not in (None, False)} for each in elements)
    return sorted(json.dumps(each, sort_keys=True) for each in parts if each)
