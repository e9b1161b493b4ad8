"""Requests about names that are ids, each unfit: another name, another's id, a person whom nobody is, or two are."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

Record = dict[str, Any]


class Ask(Struct, frozen=True):
    """One request below the tenant's base."""

    method: str
    target: str
    body: Any = None

    @property
    def raw(self) -> bytes | None:
        return None if self.body is None else json.dumps(self.body).encode()


class Row(Struct, frozen=True):
    """The request, and the code it is refused with; `people` are at the vendor beside the usual ones, by handle."""

    ask: Ask
    code: str
    people: Mapping[str, Record] = {}


def create(name: str, **more: Any) -> Ask:
    return Ask("POST", "/Users", {"schemas": [USER], "userName": name, **more})


def put(id_: str, name: str) -> Ask:
    return Ask("PUT", f"/Users/{id_}", {"schemas": [USER], "userName": name, "title": "chief"})


def patch(target: str, *operations: Record) -> Ask:
    return Ask("PATCH", target, {"schemas": [PATCH_OP], "Operations": list(operations)})


def rename(id_: str, name: str) -> Ask:
    return patch(f"/Users/{id_}", {"op": "replace", "path": "userName", "value": name})


def rename_among_more(id_: str, name: str) -> Ask:
    return patch(f"/Users/{id_}", {"op": "replace", "value": {"userName": name, "title": "chief", "active": False}})


def group(*ids: str, title: str = "others") -> Record:
    return {"schemas": [GROUP], "displayName": title, "members": [{"value": one} for one in ids]}


def members(op: str, *ids: str) -> Ask:
    return patch("/Groups/guides", {"op": op, "path": "members", "value": [{"value": one} for one in ids]})


def manager(id_: str) -> Record:
    return {ENTERPRISE: {"manager": {"value": id_}}}


# Before a vendor whose people keep their names.
FIXED = {
    "another name by PATCH": Row(rename("carl", "karl"), "SG360"),
    "another name among more": Row(rename_among_more("carl", "karl"), "SG360"),
    "another name by PUT": Row(put("carl", "karl"), "SG360"),
    "the name of somebody else": Row(rename("carl", "mike"), "SG360"),
    "another name behind the own": Row(
        patch(
            "/Users/carl",
            {"op": "replace", "path": "userName", "value": "carl"},
            {"op": "replace", "path": "userName", "value": "karl"},
        ),
        "SG360",
    ),
    "a blank behind the name": Row(rename("carl", "carl "), "SG360"),
    "a zero-width space in the name": Row(rename("carl", "ca\u200brl"), "SG360"),
    "a Cyrillic a for an a": Row(rename("carl", "c\u0430rl"), "SG360"),
    "the name in full width": Row(rename("carl", "\uff43\uff41\uff52\uff4c"), "SG360"),
    "a name that is a path": Row(rename("carl", "../mike"), "SG360"),
}

# Before one whose people get other names: Bob is called robert now, and Carl was made elsewhere.
TAKEN = {
    "the id of somebody who has another name now": Row(create("bob"), "SG361"),
    "the same with an id of one's own": Row(create("bob", id="bobby", externalId="b-1"), "SG361"),
    "the same, deactivated": Row(create("bob", active=False), "SG361"),
}

NOBODY = {
    "a group of nobody": Row(Ask("POST", "/Groups", group("zoe")), "SG364"),
    "a group of who is called that": Row(Ask("POST", "/Groups", group("robert")), "SG364"),
    "a group of somebody and of nobody": Row(Ask("POST", "/Groups", group("bob", "zoe")), "SG364"),
    "a member who is nobody": Row(members("add", "zoe"), "SG364"),
    "members who are nobody, instead": Row(members("replace", "carl", "zoe"), "SG364"),
    "a group put of nobody": Row(Ask("PUT", "/Groups/guides", group("zoe", title="guides")), "SG364"),
    "a member who is a path": Row(members("add", "..~2Fpeople~2Fbob"), "SG364"),
    "a member who is a question": Row(members("add", "bob~3Forigin~3Dbob"), "SG364"),
    "a manager who is nobody": Row(create("eva", **manager("zoe")), "SG364"),
    "a manager by name": Row(
        patch("/Users/carl", {"op": "replace", "path": f"{ENTERPRISE}:manager.value", "value": "robert"}), "SG364"
    ),
}

TWICE: Mapping[str, Record] = {name: {"handle": name, "origin": "tom"} for name in ("thomas", "tommy")}
CLAIMED = {
    "who is read": Row(Ask("GET", "/Users/tom"), "SG362", TWICE),
    "who is changed": Row(patch("/Users/tom", {"op": "replace", "path": "title", "value": "x"}), "SG362", TWICE),
    "who gets another name": Row(rename("tom", "tim"), "SG362", TWICE),
    "who is put": Row(put("tom", "tim"), "SG362", TWICE),
    "who is barred": Row(patch("/Users/tom", {"op": "replace", "path": "active", "value": False}), "SG362", TWICE),
    "who is deleted": Row(Ask("DELETE", "/Users/tom"), "SG362", TWICE),
    "who is made": Row(create("tom"), "SG362", TWICE),
    "who comes into a group": Row(members("add", "tom"), "SG362", TWICE),
}

# Before one that takes the first name and does not keep it.
UNKEPT = {
    "another name by PATCH": Row(rename("carl", "karl"), "SG363"),
    "another name among more": Row(
        patch("/Users/carl", {"op": "replace", "value": {"userName": "karl", "title": "chief"}}), "SG363"
    ),
    "another name by PUT": Row(put("carl", "karl"), "SG363"),
}
