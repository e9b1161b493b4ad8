"""Masses of removals before a brake of three in an hour: what a client in error, or with a stolen token, would send."""

from typing import Any

from msgspec import Struct
from rows_bulk import message

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CROWD = [f"m{number}" for number in range(500)]
BOUND = 3
OFF = {"op": "replace", "path": "active", "value": False}


class Ask(Struct, frozen=True):
    """One request, below the tenant's base."""

    method: str
    target: str
    body: Any = None


class Mass(Struct, frozen=True):
    """Requests in their order, and how many of the removals in them reach the vendor."""

    asks: tuple[Ask, ...]
    passed: int


def patch(target: str, *operations: Any) -> Ask:
    return Ask("PATCH", target, {"schemas": [PATCH_OP], "Operations": list(operations)})


def bulk(*asks: Ask) -> Ask:
    told = [{"method": one.method, "path": one.target, "data": one.body} for one in asks]
    return Ask("POST", "/Bulk", message(*({key: value for key, value in one.items() if value} for one in told)))


def delete(number: int) -> Ask:
    return Ask("DELETE", f"/Users/u-{number}")


def remove(*members: str) -> dict[str, Any]:
    return {"op": "remove", "path": "members", "value": [{"value": one} for one in members]}


# Beyond the bound one alone passes, so four of those that come one by one.
MASSES = {
    "forty deletions": Mass(tuple(delete(number) for number in range(40)), BOUND + 1),
    "a bulk of a thousand deletions": Mass((bulk(*(delete(number) for number in range(1000))),), BOUND + 1),
    "bulks of one deletion each": Mass(tuple(bulk(delete(number)) for number in range(40)), BOUND + 1),
    "everybody barred in a bulk": Mass((bulk(*(patch(f"/Users/u-{n}", OFF) for n in range(100))),), BOUND + 1),
    "one person deleted again and again": Mass((delete(1),) * 20, BOUND + 1),
    "a group that is emptied by a PATCH": Mass((patch("/Groups/g", {"op": "remove", "path": "members"}),), 0),
    "a group that is emptied by a PUT": Mass((Ask("PUT", "/Groups/g", {"displayName": "Crowd"}),), 0),
    "members who are all replaced by one": Mass(
        (patch("/Groups/g", {"op": "replace", "path": "members", "value": [{"value": "m0"}]}),), 0
    ),
    "members who are all named": Mass((patch("/Groups/g", remove(*CROWD)),), 0),
    "members who go one by one, in one request": Mass((patch("/Groups/g", *(remove(one) for one in CROWD)),), 0),
    "as many as may go, then one more, then many": Mass(
        (patch("/Groups/g", remove(*CROWD[:3])), patch("/Groups/g", remove("m3")), patch("/Groups/g", remove(*CROWD))),
        2,
    ),
}
