"""AWS IAM Identity Center, from its developer guide to SCIM: users, groups, and "Limitations from SCIM specification".

One e-mail (which must be the primary one), address and phone number at most. Members are never shown: a group is found
by one of them. A PATCH of a group adds and removes at most 100 of them, and never all at once; groups have no PUT. The
parameter `cursor`, even without a value, turns a list into pages. The guide names the exceptions and not the form of
an error's body: SCIM's is taken. Strict readings: an unknown attribute or parameter's value is refused.
"""

from collections.abc import Sequence
from typing import Any

from gateway.sandbox.dates import in_seconds
from gateway.sandbox.edits import operations_of
from gateway.sandbox.find import keep_matching, read_filter, read_whole
from gateway.sandbox.profile import Page, Profile, Question, Refused, Setting, Strictness, Submission
from gateway.sandbox.records import Record
from gateway.sandbox.shape import extension, field, flag, group, kind_of, many, texts
from gateway.sandbox.wording import PLAIN
from gateway.scim.names import ENTERPRISE, ERROR, GROUP, LIST_RESPONSE, SERVICE_PROVIDER_CONFIG, USER
from gateway.scim.schema import Attribute, Resource, ResourceType
from gateway.scim.terms import And, Compare, Filter

_SCIM = "application/scim+json"
_PAGE = 100
_CHANGES = 100
_ADDRESS = texts("formatted", "streetAddress", "locality", "region", "postalCode", "country", "type")
_COMBINATIONS = {
    "User": ({"userName"}, {"externalId"}, {"id", "manager.value"}),
    "Group": ({"displayName"}, {"externalId"}, {"members.value"}, {"id", "members.value"}),
}
_ONCE = ("userName", "active")

_EXTERNAL = Attribute("externalId", case_exact=True)
_USER = kind_of(
    "User",
    USER,
    *(_EXTERNAL, field("userName!"), field("displayName!")),
    group(
        "name!",
        *(field("familyName!"), field("givenName!")),
        *texts("formatted", "middleName", "honorificPrefix", "honorificSuffix"),
    ),
    *texts("nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone"),
    flag("active"),
    many("emails", field("value!"), field("type"), flag("primary")),
    many("addresses", *_ADDRESS, flag("primary")),
    many("phoneNumbers", *texts("value", "type"), flag("primary")),
    extensions=(
        extension(
            ENTERPRISE,
            *texts("employeeNumber", "costCenter", "organization", "division", "department"),
            group("manager", field("value"), field("$ref")),
        ),
    ),
)
_GROUP = kind_of(
    "Group",
    GROUP,
    field("displayName!"),
    _EXTERNAL,
    many("members", field("value!"), field("$ref"), field("type")),
)

_FIELDS = {kind.name: frozenset(each.name for each in kind.schema.attributes) for kind in (_USER, _GROUP)}


def _refuse(refused: Refused, setting: Setting) -> Resource:
    return {"schemas": [ERROR], "detail": " ".join(refused.sentences), "status": str(refused.status)}


def _check(submission: Submission, setting: Setting) -> list[str]:
    emails = submission.read.get("emails") or []
    return [] if all(each.get("primary") is True for each in emails) else ["emails must be marked as primary."]


def _read_edits(body: Resource, kind: ResourceType, setting: Setting) -> Resource:
    operations = operations_of(body)
    if operations is None:
        return body
    if kind is _GROUP:
        return {**body, "Operations": _read_memberships(operations)}
    for name in _ONCE:
        touching = [each for each in operations if _targets(each) & {name}]
        if len(touching) > 1 or any(each.get("op") == "remove" for each in touching):
            raise Refused(400, f"{name} can be replaced once in a request, and not removed.")
    _admit(operations, _USER)
    return body


def _read_memberships(operations: list[Resource]) -> list[Resource]:
    """The operations with removals by value written one by one, within what one request may change."""
    _admit(operations, _GROUP)
    read: list[Resource] = []
    changes = 0
    for each in operations:
        values = each.get("value")
        if each.get("path") == "members":
            if each.get("op") == "replace" or (each.get("op") == "remove" and not values):
                raise Refused(400, "All members of a group cannot be replaced or removed by one request.")
            changes += len(values) if isinstance(values, list) else 1
        elif str(each.get("path", "")).startswith("members["):
            changes += 1
        read += _spread(each) if each.get("op") == "remove" and each.get("path") == "members" else [_without_id(each)]
    if changes > _CHANGES:
        raise Refused(400, f"A request changes at most {_CHANGES} members.")
    return read


def _spread(operation: Resource) -> list[Resource]:
    """`remove members` with values as one removal by path for each of them."""
    values = operation["value"]
    if not isinstance(values, list) or not all(isinstance(each, dict) and "value" in each for each in values):
        raise Refused(400, "value must be a list of members.")
    return [{"op": "remove", "path": f'members[value eq "{each["value"]}"]'} for each in values]


def _without_id(operation: Resource) -> Resource:
    """The guide's own example of a rename repeats the group's id."""
    value = operation.get("value")
    if "path" in operation or not isinstance(value, dict):
        return operation
    return {**operation, "value": {name: each for name, each in value.items() if name != "id"}}


def _admit(operations: list[Resource], kind: ResourceType) -> None:
    for each in operations:
        beyond = {name for name in _targets(each) - _FIELDS[kind.name] if not name.startswith(ENTERPRISE)}
        if beyond - {"id"}:
            raise Refused(400, f"{', '.join(sorted(beyond))} cannot be changed by PATCH.")


def _targets(operation: Resource) -> set[str]:
    """The attributes that an operation is about, without what follows their names."""
    path, value = operation.get("path"), operation.get("value")
    if isinstance(path, str):
        return {path if path.startswith(ENTERPRISE) else path.split("[")[0].split(".")[0]}
    return set(value) if isinstance(value, dict) else set()


def _show(record: Record, kind: ResourceType, setting: Setting, listed: bool) -> Resource:
    meta = {
        "resourceType": kind.name,
        "created": in_seconds(record.created),
        "lastModified": in_seconds(record.modified),
    }
    hidden: dict[str, Any] = {"members": []} if kind is _GROUP else {}
    urns = [kind.schema.id, *(urn.id for urn in kind.extensions if urn.id in record.document)]
    return {"id": record.id, "meta": meta, "schemas": urns, **record.document, **hidden}


def _find(question: Question, setting: Setting) -> Page:
    found, text = question.records, question.params.get("filter")
    if text is not None:
        asked = read_filter(text, question.kind)
        if _names(asked) not in _COMBINATIONS[question.kind.name]:
            raise Refused(400, "The filter is not supported.")
        found = keep_matching(found, asked, question.kind)
    size = read_whole(question.params, "count", _PAGE, 1)
    if size > _PAGE:
        raise Refused(400, f"count must be at most {_PAGE}.")
    if "cursor" in question.params:
        return _page_by_cursor(found, question.params["cursor"], size)
    records = found[:size]
    return Page(
        records,
        lambda shown: {
            "schemas": [LIST_RESPONSE],
            "totalResults": len(found),
            "itemsPerPage": len(shown),
            "startIndex": 1,
            "Resources": shown,
        },
    )


def _page_by_cursor(found: Sequence[Record], cursor: str, size: int) -> Page:
    places = [index for index, record in enumerate(found) if f"c:{record.id}" == cursor]
    if cursor and not places:
        raise Refused(400, "cursor is not valid.")
    first = places[0] if cursor else 0
    rest = found[first + size :]

    def envelope(shown: list[Resource]) -> Resource:
        following = {"nextCursor": f"c:{rest[0].id}"} if rest else {}
        return {"schemas": [LIST_RESPONSE], "itemsPerPage": len(shown), **following, "Resources": shown}

    return Page(found[first : first + size], envelope)


def _names(asked: Filter) -> set[str]:
    """The attributes of `eq` joined by `and`; none for any other filter."""
    parts = asked.parts if isinstance(asked, And) else (asked,)
    if not all(isinstance(part, Compare) and part.op == "eq" for part in parts):
        return set()
    return {str(part.path).removeprefix(f"{ENTERPRISE}:") for part in parts if isinstance(part, Compare)}


def _describe(setting: Setting) -> Resource:
    on, off = {"supported": True}, {"supported": False}
    return {
        "schemas": [SERVICE_PROVIDER_CONFIG],
        "patch": on,
        "bulk": {**off, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {**on, "maxResults": _PAGE},
        "changePassword": off,
        "sort": off,
        "etag": off,
        "authenticationSchemes": [
            {"type": "oauthbearertoken", "name": "OAuth Bearer Token", "description": "A bearer token"}
        ],
    }


PROFILE = Profile(
    name="aws-identity-center",
    title="AWS IAM Identity Center",
    base="/{tenant_id}/scim/v2",
    sample_base="/Abc1d2e3f4g-5678/scim/v2",
    accepts=frozenset({_SCIM, "application/json"}),
    answers=_SCIM,
    kinds={"Users": _USER, "Groups": _GROUP},
    unique={"Users": "userName", "Groups": "displayName"},
    strictness=Strictness(schemas_mandatory=True, caps={"emails": 1, "addresses": 1, "phoneNumbers": 1}),
    wording=PLAIN,
    tells_location=False,
    closed={"Groups": frozenset({"PUT"})},
    terse={"PATCH Groups": (204, None)},
    refuse=_refuse,
    show=_show,
    find=_find,
    check=_check,
    read_edits=_read_edits,
    documents={"ServiceProviderConfig": _describe},
)
