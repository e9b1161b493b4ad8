"""The life cycle of one person, as identity providers send it: the same to every vendor, each step with its check."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from gateway.lens.lens import Document
from gateway.scim.names import ENTERPRISE, GROUP, PATCH_OP, USER

USER_NAME = "bjensen@example.com"
EXTERNAL_ID = "hr-00417"
NOBODY = "6f1d2c9e-4b7a-4e0f-9a53-0c8d7e1b2f34"

PERSON: Document = {
    "schemas": [USER, ENTERPRISE],
    "externalId": EXTERNAL_ID,
    "userName": USER_NAME,
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "title": "Tour Guide",
    "emails": [
        {"value": USER_NAME, "type": "work", "primary": True},
        {"value": "babs@jensen.example", "type": "private"},
    ],
    "phoneNumbers": [{"value": "+1-555-0100", "type": "iphone"}],
    "active": True,
    ENTERPRISE: {"department": "Tour Operations"},
}
# A PUT is the whole truth: the title is left out, so it is to be cleared.
REPLACED = {
    **{key: value for key, value in PERSON.items() if key != "title"},
    "name": {"givenName": "Barbara", "familyName": "Jensen-Smith"},
}
TEAM: Document = {"schemas": [GROUP], "externalId": "grp-0007", "displayName": "Tour Guides"}


class Step(Struct, frozen=True, kw_only=True):
    """One request of the identity provider.

    `path` is below the SCIM base and not yet percent-encoded; `{user}` and `{group}` stand for ids known by then, in
    bodies too. `check` reads the answer's body; `expects` says in words what it looks for. `group` marks the steps
    that need a vendor with groups.
    """

    name: str
    says: str
    method: str
    path: str
    status: int
    expects: str
    check: Callable[[Any], bool]
    body: Document | None = None
    group: bool = False


def finds(number: int) -> Callable[[Any], bool]:
    """Does a list tell this total, and hold as many?"""
    return lambda body: body["totalResults"] == number and len(body.get("Resources", ())) == number


def has(path: str, value: object) -> Callable[[Any], bool]:
    """Has the resource this value at a dotted path? None: nothing there."""
    return lambda body: read_member(body, path) == value


def read_member(body: Any, path: str) -> Any:
    """The member at a dotted path, None when there is none."""
    for key in path.split("."):
        body = body.get(key) if isinstance(body, dict) else None
    return body


def is_empty(body: Any) -> bool:
    return body is None


def patch(*operations: Document) -> Document:
    """A PatchOp message."""
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def has_member(number: int) -> Callable[[Any], bool]:
    """Has the group so many members? A 204 tells nothing against it."""
    return lambda body: body is None or len(body.get("members", ())) == number


STEPS: tuple[Step, ...] = (
    Step(
        name="test connection",
        says="An administrator presses the button: a filter for nobody must find nobody.",
        method="GET",
        path=f'/Users?filter=userName eq "{NOBODY}"',
        status=200,
        expects="an empty list",
        check=finds(0),
    ),
    Step(
        name="match",
        says="Is she there already? A wrong answer here makes a second account.",
        method="GET",
        path=f'/Users?filter=userName eq "{USER_NAME}"',
        status=200,
        expects="an empty list",
        check=finds(0),
    ),
    Step(
        name="create",
        says="The whole profile, the same to every vendor.",
        method="POST",
        path="/Users",
        body=PERSON,
        status=201,
        expects="a resource with her userName and an e-mail of type work",
        check=lambda body: body["userName"] == USER_NAME and body["emails"][0]["type"] == "work",
    ),
    Step(
        name="read",
        says="What the vendor made of it, as a client sees it.",
        method="GET",
        path="/Users/{user}",
        status=200,
        expects="her e-mail address of type work",
        check=lambda body: {"value": USER_NAME, "type": "work", "primary": True} in body["emails"],
    ),
    Step(
        name="find",
        says="Clients also look people up by the id they gave themselves.",
        method="GET",
        path=f'/Users?filter=externalId eq "{EXTERNAL_ID}"',
        status=200,
        expects="exactly her",
        check=finds(1),
    ),
    Step(
        name="update",
        says="She marries and changes departments. Entra writes Replace with a capital letter.",
        method="PATCH",
        path="/Users/{user}",
        body=patch(
            {"op": "Replace", "path": "name.familyName", "value": "Jensen-Smith"},
            {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Travel"},
        ),
        status=200,
        expects="the new family name",
        check=has("name.familyName", "Jensen-Smith"),
    ),
    Step(
        name="replace",
        says="Okta sends the whole profile again, this time without a title: it has to go.",
        method="PUT",
        path="/Users/{user}",
        body=REPLACED,
        status=200,
        expects="no title any more",
        check=has("title", None),
    ),
    Step(
        name="disable",
        says="She leaves. Entra still sends booleans as text.",
        method="PATCH",
        path="/Users/{user}",
        body=patch({"op": "Replace", "path": "active", "value": "False"}),
        status=200,
        expects="active: false",
        check=has("active", False),
    ),
    Step(
        name="enable",
        says="She is back. Okta sends an operation without a path.",
        method="PATCH",
        path="/Users/{user}",
        body=patch({"op": "replace", "value": {"active": True}}),
        status=200,
        expects="active: true",
        check=has("active", True),
    ),
    Step(
        name="group",
        says="A group for her team.",
        method="POST",
        path="/Groups",
        body=TEAM,
        status=201,
        expects="a group with its displayName",
        check=has("displayName", "Tour Guides"),
        group=True,
    ),
    Step(
        name="add member",
        says="She joins.",
        method="PATCH",
        path="/Groups/{group}",
        body=patch({"op": "Add", "path": "members", "value": [{"value": "{user}"}]}),
        status=200,
        expects="one member",
        check=has_member(1),
        group=True,
    ),
    Step(
        name="remove member",
        says="She leaves the team.",
        method="PATCH",
        path="/Groups/{group}",
        body=patch({"op": "Remove", "path": 'members[value eq "{user}"]'}),
        status=200,
        expects="no member",
        check=has_member(0),
        group=True,
    ),
    Step(
        name="delete",
        says="And she is gone.",
        method="DELETE",
        path="/Users/{user}",
        status=204,
        expects="no body",
        check=is_empty,
    ),
    Step(
        name="gone",
        says="Asked once more: nobody, in the standard's words.",
        method="GET",
        path="/Users/{user}",
        status=404,
        expects="a SCIM Error",
        check=has("status", "404"),
    ),
)
