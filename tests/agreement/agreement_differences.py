"""Where the gateway and scim2-server may answer differently: each row has its sentence and recognises only its own case."""

from collections.abc import Callable, Iterator
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


class Difference(Struct, frozen=True):
    """`sentence` is the standard's, or names the client that needs us to be kinder."""

    name: str
    source: str
    sentence: str
    covers: Callable[[Seen], bool]


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


def is_order_of_a_part(seen: Seen) -> bool:
    if "sortBy" not in seen.named or not seen.ours.status == seen.theirs.status == 200:
        return False
    ours, theirs = seen.ours.body, seen.theirs.body
    told = ("totalResults", "startIndex", "itemsPerPage")
    return ours["totalResults"] > ours["itemsPerPage"] and all(ours[each] == theirs[each] for each in told)


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
    twice = [native for native, each in seen.their_store.items() if has_twins(each)]
    return adds and seen.refused == (False, False) and bool(twice) and not has_twins(seen.our_store[twice[0]])


def has_twins(resource: dict[str, Any]) -> bool:
    """Does a list hold one (type, value) more than once?"""
    for name in LISTS:
        pairs = [(each.get("type"), str(each.get("value")).lower()) for each in resource.get(name, ()) if "value" in each]
        if len(set(pairs)) < len(pairs):
            return True
    return False


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


DIFFERENCES = (
    Difference(
        "a PUT that says nothing of `active` neither enables nor disables",
        "RFC 7644 3.5.1",
        "Attributes whose mutability is \"readWrite\" that are omitted from the request body MAY be assumed to be not "
        "asserted by the client.",
        is_silent_about_access,
    ),
    Difference(
        "the answer to a POST is projected too",
        "RFC 7644 3.9",
        "Clients MAY request a partial resource representation on any operation that returns a resource within the "
        "response by specifying either of the mutually exclusive URL query parameters",
        is_partial_create,
    ),
    Difference(
        "a PATCH that changes nothing is answered with the resource just read",
        "RFC 7644 3.5.2",
        "the server either MUST return a 200 OK response code and the entire resource within the response body [...] "
        "or MAY return HTTP status code 204 (No Content)",
        is_body_of_nothing,
    ),
    Difference(
        "an unknown name to sort by is no order, as sorting is not advertised",
        "RFC 7644 3.4.2.3",
        "Sort is OPTIONAL.",
        is_unknown_order,
    ),
    Difference(
        "a page that is not the whole list keeps the backend's order, as sorting is not advertised",
        "RFC 7644 3.4.2.3",
        "Sort is OPTIONAL.",
        is_order_of_a_part,
    ),
    Difference(
        "readOnly attributes inside a value without a path are ignored: Okta sends the id of groups",
        "RFC 7644 3.5.1, for the same document in a PUT",
        "readOnly: Any values provided SHALL be ignored.",
        is_read_only_inside,
    ),
    Difference(
        "a filter in a path that selects nothing makes the value it describes: Entra ID adds and replaces this way",
        "RFC 7644 erratum 8097, against 3.5.2.3",
        "emails[type eq \"work\"].value of a user without such a value",
        is_made_by_filter,
    ),
    Difference(
        "an operation nobody knows is a fault of the message, not of a value",
        "RFC 7644 table 9",
        "invalidSyntax: The request body message structure was invalid or did not conform to the request schema.",
        is_unknown_op,
    ),
    Difference(
        "of several faults in one request another one is told first",
        "RFC 7644 3.5.2",
        "regardless of the number of operations, it SHALL be treated as atomic",
        is_other_fault_first,
    ),
    Difference(
        "a message that cannot be right is refused before anything is read",
        "RFC 7644 3.12",
        "400: Request is unparsable, syntactically incorrect, or violates schema.",
        is_fault_before_absence,
    ),
    Difference(
        "a value that a filter selects is replaced whole, and stays what the path calls it",
        "RFC 7644 3.5.2.3",
        "If the target location is a multi-valued attribute and a value selection (\"valuePath\") filter is specified "
        "that matches one or more values of the multi-valued attribute, then all matching record values SHALL be "
        "replaced.",
        is_whole_value,
    ),
    Difference(
        "a value that is there is not added again in other letters or with another display",
        "RFC 7643 2.4",
        "service providers [...] SHOULD NOT return the same (type, value) combination more than once per attribute",
        is_same_value_twice,
    ),
    Difference(
        "a sub-attribute of a list that is not there makes its first value",
        "RFC 7644 3.5.2.1",
        "If the target location does not exist, the attribute and value are added.",
        is_part_of_nothing,
    ),
)  # fmt: skip


def explain(seen: Seen) -> Difference | None:
    """The row that a disagreement belongs to."""
    return next((row for row in DIFFERENCES if row.covers(seen)), None)
