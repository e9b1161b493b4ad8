"""Where the gateway and scim2-server may answer differently; each row knows its own case and no other."""

from collections.abc import Callable
from typing import Any

from agreement_seen import (
    Seen,
    is_body_of_nothing,
    is_fault_before_absence,
    is_label_without_value,
    is_made_by_filter,
    is_order_of_equals,
    is_other_fault_first,
    is_part_of_nothing,
    is_partial_create,
    is_read_only_inside,
    is_same_value_twice,
    is_silent_about_access,
    is_unknown_op,
    is_unknown_order,
    is_whole_value,
)
from agreement_shapes import GROUP, USER, patch
from agreement_world import Asked
from msgspec import Struct


class Difference(Struct, frozen=True):
    """`sentence` is the standard's, or names the client that needs us to be kinder."""

    name: str
    source: str
    sentence: str
    covers: Callable[[Seen], bool]
    example: tuple[Asked, ...]


GROUP_PATCH = patch([{"op": "replace", "value": {"id": "g-7", "displayName": "x"}}])
HOME = {"value": "babs@jensen.org", "type": "home"}


def create(login: str = "bjensen", **more: Any) -> Asked:
    return Asked("POST", "/Users", (), {"schemas": [USER], "userName": login, **more})


def put(**more: Any) -> Asked:
    return Asked("PUT", "/Users/user-001", (), {"schemas": [USER], "userName": "bjensen", **more})


def change(*operations: dict[str, Any]) -> Asked:
    return Asked("PATCH", "/Users/user-001", (), patch(list(operations)))


DIFFERENCES = (
    Difference(
        "a PUT that says nothing of `active` neither enables nor disables",
        "RFC 7644 3.5.1",
        "Attributes whose mutability is \"readWrite\" that are omitted from the request body MAY be assumed to be not "
        "asserted by the client.",
        is_silent_about_access,
        (create(active=False), put()),
    ),
    Difference(
        "the answer to a POST is projected too",
        "RFC 7644 3.9",
        "Clients MAY request a partial resource representation on any operation that returns a resource within the "
        "response by specifying either of the mutually exclusive URL query parameters",
        is_partial_create,
        (Asked("POST", "/Users", (("attributes", "emails"),), {"schemas": [USER], "userName": "bjensen"}),),
    ),
    Difference(
        "a PATCH that changes nothing is answered with the resource just read",
        "RFC 7644 3.5.2",
        "the server either MUST return a 200 OK response code and the entire resource within the response body [...] "
        "or MAY return HTTP status code 204 (No Content)",
        is_body_of_nothing,
        (create(emails=[HOME]), change({"op": "remove", "path": 'emails[type eq "work"].value'})),
    ),
    Difference(
        "an unknown name to sort by is no order, as sorting is not advertised",
        "RFC 7644 3.4.2.3",
        "Sort is OPTIONAL.",
        is_unknown_order,
        (Asked("GET", "/Groups", (("sortBy", "userName"),)),),
    ),
    Difference(
        "resources that share the value they are sorted by stand as they were created, in both directions",
        "RFC 7644 3.4.2.3",
        "sortOrder: A string indicating the order in which the \"sortBy\" parameter is applied.",
        is_order_of_equals,
        (
            create(title="x"),
            create("jsmith", title="x"),
            Asked("GET", "/Users", (("sortBy", "title"), ("sortOrder", "descending"))),
        ),
    ),
    Difference(
        "readOnly attributes inside a value without a path are ignored: Okta sends the id of groups",
        "RFC 7644 3.5.1, for the same document in a PUT",
        "readOnly: Any values provided SHALL be ignored.",
        is_read_only_inside,
        (
            Asked("POST", "/Groups", (), {"schemas": [GROUP], "displayName": "Guides"}),
            Asked("PATCH", "/Groups/group-001", (), GROUP_PATCH),
        ),
    ),
    Difference(
        "a filter in a path that selects nothing makes the value it describes: Entra ID adds and replaces this way",
        "RFC 7644 erratum 8097, against 3.5.2.3",
        "emails[type eq \"work\"].value of a user without such a value",
        is_made_by_filter,
        (create(), change({"op": "add", "path": 'emails[type eq "work"].value', "value": "bjensen@example.com"})),
    ),
    Difference(
        "an operation nobody knows is a fault of the message, not of a value",
        "RFC 7644 table 9",
        "invalidSyntax: The request body message structure was invalid or did not conform to the request schema.",
        is_unknown_op,
        (create(), change({"op": "move", "path": "title", "value": "x"})),
    ),
    Difference(
        "of several faults in one request another one is told first",
        "RFC 7644 3.5.2",
        "A PATCH request, regardless of the number of operations, SHALL be treated as atomic.",
        is_other_fault_first,
        (
            create(),
            change(
                {"op": "replace", "path": 'emails[value ew ".org"].display', "value": "x"},
                {"op": "remove", "path": "userName"},
            ),
        ),
    ),
    Difference(
        "a message that cannot be right is refused before anything is read",
        "RFC 7644 3.12",
        "400: Request is unparsable, syntactically incorrect, or violates schema.",
        is_fault_before_absence,
        (Asked("PATCH", "/Users/nobody", (), patch([{"op": "replace", "path": "active", "value": {"value": 1}}])),),
    ),
    Difference(
        "a value that a filter selects is replaced whole, and stays what the path calls it",
        "RFC 7644 3.5.2.3",
        "If the target location is a multi-valued attribute and a value selection (\"valuePath\") filter is specified "
        "that matches one or more values of the multi-valued attribute, then all matching record values SHALL be "
        "replaced.",
        is_whole_value,
        (
            create(emails=[HOME]),
            change({"op": "replace", "path": 'emails[value ew ".org"]', "value": {"value": "x@example.com"}}),
        ),
    ),
    Difference(
        "a value that is there is not added again in other letters or with another display",
        "RFC 7643 2.4",
        "service providers [...] SHOULD NOT return the same (type, value) combination more than once per attribute",
        is_same_value_twice,
        (create(emails=[HOME]), change({"op": "add", "path": "emails", "value": [{**HOME, "display": "Babs"}]})),
    ),
    Difference(
        "a value whose `value` is removed goes whole when nothing but labels would be left: Entra ID removes this way",
        "RFC 7644 3.5.2.2, against its letter",
        "If the target location is a multi-valued attribute and a complex filter is specified comparing a \"value\", "
        "the values matched by the filter are removed.",
        is_label_without_value,
        (create(emails=[HOME]), change({"op": "remove", "path": 'emails[type eq "home"].value'})),
    ),
    Difference(
        "a sub-attribute of a list that is not there makes its first value",
        "RFC 7644 3.5.2.1",
        "If the target location does not exist, the attribute and value are added.",
        is_part_of_nothing,
        (create(), change({"op": "replace", "path": "phoneNumbers.value", "value": "1"})),
    ),
)  # fmt: skip


def explain(seen: Seen) -> Difference | None:
    """The row that a disagreement belongs to."""
    return next((row for row in DIFFERENCES if row.covers(seen)), None)
