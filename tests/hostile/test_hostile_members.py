"""Changes of membership that nobody should send: carried out as far as they mean something, else refused, at once."""

from typing import Any

import pytest
from hall import Hall
from msgspec import Struct
from rows import patch
from wire import speak

from gateway.sandbox import RECORDS

GROUPS = "/acme/scim/v2/Groups"
MANY = 10_001


class Change(Struct, frozen=True):
    """Operations on a group of u1, u2 and u3; who is in it afterwards, None where the request is refused."""

    operations: tuple[dict[str, Any], ...]
    left: tuple[str, ...] | None


def named(*members: Any) -> list[dict[str, Any]]:
    return [{"value": one} for one in members]


def add(*members: Any) -> dict[str, Any]:
    return {"op": "add", "path": "members", "value": named(*members)}


def remove(*members: Any) -> dict[str, Any]:
    return {"op": "remove", "path": "members", "value": named(*members)}


def remove_where(condition: str) -> dict[str, Any]:
    return {"op": "remove", "path": f"members[{condition}]"}


CROWD = tuple(f"m{number}" for number in range(MANY))
OLD = ("u1", "u2", "u3")

CHANGES = {
    "ten thousand and one members": Change((add(*CROWD),), (*OLD, *CROWD)),
    "ten thousand and one times the same": Change((add(*["m0"] * MANY),), (*OLD, "m0")),
    "a thousand operations with the same": Change((add("m0"),) * 1000, (*OLD, "m0")),
    "who is there already": Change((add("u1", "u1"), add("u1")), OLD),
    "ten thousand and one to go who never came": Change((remove(*CROWD),), OLD),
    "a thousand filters for nobody": Change((remove_where('value eq "nobody"'),) * 1000, OLD),
    "one who goes and comes a hundred times": Change((remove("u2"), add("u2")) * 100, ("u1", "u3", "u2")),
    "one who comes and goes a hundred times": Change((add("m0"), remove("m0")) * 100, OLD),
    "no members to add": Change((add(),), OLD),
    "the path of another record as an id": Change((add("../Users/u1"),), None),
    "a slash in an id": Change((add("a/b"),), None),
    "a member that is a number": Change((add(5),), None),
    "a member that is a table": Change((add({"$ne": None}),), None),
    "members that are a number": Change(({"op": "add", "path": "members", "value": 5},), None),
    "a member without an id": Change(({"op": "add", "path": "members", "value": [{"display": "x"}]},), None),
    "one bad member among ten thousand": Change((add(*CROWD, "a/b"),), None),
    "a removal of a nameless member": Change(({"op": "remove", "path": "members", "value": [{"$ref": None}]},), None),
    "a filter of a thousand alternatives": Change(
        (remove_where(" or ".join(f'value eq "m{number}"' for number in range(1000))),), None
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_hostile_change_of_members_is_carried_out_or_refused_at_once(change: Change, hall: Hall) -> None:
    records = hall.sandboxes["cube"].app[RECORDS]
    group = records.add("Groups", {"displayName": "Guides", "members": named(*OLD)})
    hall.asked()
    heard = speak(hall.port, patch(*change.operations, path=f"{GROUPS}/{group.id}"))
    calls = hall.asked()
    left = tuple(one["value"] for one in group.document.get("members", []))
    records.remove("Groups", group.id)
    if change.left is None:
        assert (heard.status, calls, left) == (400, [], OLD), heard.body[:300]
    else:
        assert heard.status in (200, 204), heard.body[:300]
        assert (left, len(calls)) == (change.left, 1)
