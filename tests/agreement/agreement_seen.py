"""What was seen of one request at both ends, and the questions that recognise a known difference in it."""

import json
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from agreement_shapes import LISTS, WRONG
from agreement_world import Answered, Asked
from msgspec import Struct

Store = dict[str, Any]


class Seen(Struct, frozen=True):
    """One request, what both answered (without ids of their own) and what both hold afterwards."""

    asked: Asked
    ours: Answered
    theirs: Answered
    our_store: Store
    their_store: Store
    wrote: bool

    @property
    def agrees(self) -> bool:
        same = (self.ours.status, self.ours.scim_type) == (self.theirs.status, self.theirs.scim_type)
        return same and (self.ours.status >= 400 or self.ours.body == self.theirs.body) and self.same_store

    @property
    def same_store(self) -> bool:
        return self.our_store == self.their_store

    @property
    def operations(self) -> list[dict[str, Any]]:
        return self.asked.body["Operations"] if self.asked.method == "PATCH" else []

    @property
    def refused(self) -> tuple[bool, bool]:
        return self.ours.status >= 400, self.theirs.status >= 400

    @property
    def named(self) -> dict[str, Any]:
        """The parameters of a query, in the URL or in the body of a search."""
        searching = self.asked.path.endswith("/.search")
        return dict(self.asked.body) if searching else dict(self.asked.params)

    def changes(self) -> Iterator[tuple[str, str, Any]]:
        """(op, path, value) of each operation; those without a path once for each attribute."""
        for one in self.operations:
            op, value = one["op"].lower(), one.get("value")
            if "path" in one:
                yield op, one["path"], value
            elif isinstance(value, dict):
                yield from ((op, name, each) for name, each in value.items())


def is_partial_create(seen: Seen) -> bool:
    bodies = seen.ours.body, seen.theirs.body
    asked = seen.asked.method == "POST" and bool(seen.asked.params) and seen.ours.status == seen.theirs.status == 201
    return asked and seen.same_store and is_part(*bodies)


def is_part(part: Any, whole: Any) -> bool:
    """Is everything of `part` in `whole`?"""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(is_part(each, whole.get(key)) for key, each in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return all(any(is_part(each, one) for one in whole) for each in part)
    return bool(part == whole)


def is_body_of_nothing(seen: Seen) -> bool:
    statuses = seen.ours.status, seen.theirs.status
    return seen.asked.method == "PATCH" and statuses == (200, 204) and not seen.wrote and seen.same_store


def is_unknown_order(seen: Seen) -> bool:
    return "sortBy" in seen.named and seen.ours.status == 200 and seen.theirs.scim_type == "invalidPath"


def is_order_of_equals(seen: Seen) -> bool:
    """The same values in the same order, in another order of the resources that share one."""
    if "sortBy" not in seen.named or not seen.ours.status == seen.theirs.status == 200:
        return False
    ours, theirs = ([each["id"] for each in one.body.get("Resources", ())] for one in (seen.ours, seen.theirs))
    path = seen.named["sortBy"]
    keys = [[value_of(seen.our_store[native], path) for native in ids] for ids in (ours, theirs)]
    return ours != theirs and sorted(ours) == sorted(theirs) and keys[0] == keys[1]


def value_of(resource: dict[str, Any], path: str) -> str | None:
    """What a resource is sorted by: of a list the primary value, else the first (RFC 7644 3.4.2.3)."""
    here: Any = resource
    for step in path.split("."):
        if isinstance(here, list):
            here = next((each for each in here if each.get("primary")), here[0])
        here = here.get(step) if isinstance(here, dict) else None
    return str(here).lower() if here is not None else None


def is_read_only_inside(seen: Seen) -> bool:
    inside = any("path" not in one and {"id", "meta"} & {*(one.get("value") or ())} for one in seen.operations)
    return inside and seen.refused == (False, True) and seen.theirs.scim_type == "mutability"


def is_made_by_filter(seen: Seen) -> bool:
    aimed = any(op != "remove" and "[" in path for op, path, _ in seen.changes())
    return aimed and not seen.refused[0] and seen.theirs.scim_type == "noTarget"


def is_unknown_op(seen: Seen) -> bool:
    unknown = any(one["op"] == "move" for one in seen.operations)
    return unknown and (seen.ours.scim_type, seen.theirs.scim_type) == ("invalidSyntax", "invalidValue")


def is_other_fault_first(seen: Seen) -> bool:
    return len(seen.operations) > 1 and seen.refused == (True, True) and seen.same_store


def is_fault_before_absence(seen: Seen) -> bool:
    faulty = any(one in WRONG for one in seen.operations)
    return faulty and (seen.ours.status, seen.theirs.status) == (400, 404)


def is_whole_value(seen: Seen) -> bool:
    return any(op == "replace" and path.endswith("]") for op, path, _ in seen.changes()) and not seen.refused[1]


def is_same_value_twice(seen: Seen) -> bool:
    adds = any(op == "add" and path in LISTS for op, path, _ in seen.changes())
    native = seen.asked.path.rpartition("/")[2]
    if not adds or seen.refused != (False, False):
        return False
    same_but_for_letters = fold(seen.our_store) == fold(seen.their_store)
    return same_but_for_letters or has_twins(seen.their_store[native])


def fold(store: Store) -> str:
    return json.dumps(store, sort_keys=True).lower()


def has_twins(resource: dict[str, Any]) -> bool:
    """Does a list hold one value twice, with one type or with no type to tell them apart?"""
    held = ([each for each in resource.get(name, ()) if "value" in each] for name in LISTS)
    return any(is_twin(*two) for elements in held for two in combinations(elements, 2))


def is_twin(one: dict[str, Any], other: dict[str, Any]) -> bool:
    same_type = "type" not in one or "type" not in other or one["type"] == other["type"]
    return same_type and str(one["value"]).lower() == str(other["value"]).lower()


def is_label_without_value(seen: Seen) -> bool:
    removed = any(op == "remove" and path.endswith(".value") for op, path, _ in seen.changes())
    return removed and not seen.refused[1]


def is_part_of_nothing(seen: Seen) -> bool:
    aimed = {path.partition(".")[0] for op, path, _ in seen.changes() if op != "remove" and "." in path}
    return bool(aimed & {*LISTS}) and seen.refused == (False, False)


def is_silent_about_access(seen: Seen) -> bool:
    """Both did the same but for `active`, which the request does not name."""
    if seen.asked.method != "PUT" or "active" in seen.asked.body or seen.refused != (False, False):
        return False
    native = seen.asked.path.rpartition("/")[2]
    ours, theirs = dict(seen.our_store), dict(seen.their_store)
    ours[native] = {key: each for key, each in ours[native].items() if key != "active"}
    return ours == theirs and is_part(seen.theirs.body, seen.ours.body)
