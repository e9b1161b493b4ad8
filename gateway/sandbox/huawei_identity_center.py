"""Huawei Cloud IAM Identity Center, from its SCIM pages on users, groups and ServiceProviderConfig.

Strict readings of what the pages leave open: every text has 1 to 1,024 characters, as the enterprise ones are said
to; PATCH needs a `path`, and only those the page lists; an unknown attribute or schema is refused; `filter` and
`count` are overlooked, since no query parameter is documented (two options read `filter` otherwise). The string
`startIndex` of a list that goes on is the token that, sent back as `startIndex`, brings the next fifty; the last
page has none.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec

from gateway.sandbox.dates import in_seconds
from gateway.sandbox.find import is_searchable, keep_matching, read_filter
from gateway.sandbox.profile import Page, Profile, Question, Refused, Setting, Strictness, Submission
from gateway.sandbox.records import Record
from gateway.sandbox.shape import extension, field, flag, group, kind_of, many, secret, texts
from gateway.sandbox.wording import PLAIN
from gateway.scim.names import ENTERPRISE, ERROR, GROUP, LIST_RESPONSE, SERVICE_PROVIDER_CONFIG, USER, fold
from gateway.scim.schema import Resource, ResourceType

_JSON = "application/json"
_PAGE = 50
_SINGLE = {"emails": 1, "addresses": 1, "phoneNumbers": 1}
_SEARCHABLE = ("userName", "displayName", "externalId")
_ADDRESS = texts("formatted", "streetAddress", "locality", "region", "postalCode", "country", "type")
_NOT_RETURNED = "profileUrl"

_USER = kind_of(
    "User",
    USER,
    *(field("externalId"), field("userName!"), field("displayName!")),
    group(
        "name!",
        *(field("familyName!"), field("givenName!")),
        *texts("formatted", "middleName", "honorificPrefix", "honorificSuffix"),
    ),
    *texts("nickName", "title", "userType", "preferredLanguage", "locale", "timezone"),
    secret(_NOT_RETURNED),
    flag("active"),
    many("emails!", field("value!"), field("type!"), field("primary!", "boolean")),
    many("addresses", *_ADDRESS, flag("primary")),
    many("phoneNumbers", *texts("value", "type"), flag("primary")),
    extensions=(
        extension(
            ENTERPRISE,
            *texts("costCenter", "department", "division", "employeeNumber", "organization"),
            group("manager", field("value")),
        ),
    ),
)
_GROUP = kind_of("Group", GROUP, field("displayName!"), many("members", field("value!"), *texts("$ref", "type")))

_USER_PATHS = frozenset(
    "userName active externalId displayName nickName title userType preferredLanguage locale timezone name "
    f"enterprise emails addresses phoneNumbers {ENTERPRISE}".split()
)


def _refuse(refused: Refused, setting: Setting) -> Resource:
    return {
        "schema": ERROR,
        "schemas": [ERROR],
        "detail": " ".join(refused.sentences),
        "status": refused.status,
        "timeStamp": in_seconds(setting.now),
    }


def _check(submission: Submission, setting: Setting) -> list[str]:
    if submission.method == "PUT" and submission.raw.get("id") != submission.native_id:
        return ["id is required and must be that of the resource."]
    for member in submission.read.get("members") or []:
        if member.get("$ref", f"../Users/{member['value']}") != f"../Users/{member['value']}":
            return ["members.$ref must be ../Users/ and the value."]
        if member.get("type", "User") != "User":
            return ["members.type must be User."]
    return []


def _read_edits(body: Resource, kind: ResourceType, setting: Setting) -> Resource:
    """The operations with the page's path names and its string values turned into what they stand for."""
    operations = body.get("Operations")
    if not isinstance(operations, list):
        return body
    return {**body, "Operations": [_read_operation(each, kind, setting) for each in operations]}


def _read_operation(operation: Any, kind: ResourceType, setting: Setting) -> Any:
    if not isinstance(operation, dict):
        return operation
    path = operation.get("path")
    if not isinstance(path, str):
        raise Refused(400, "path is required.")
    if kind is _USER and path not in _USER_PATHS:
        raise Refused(400, f"path {path} is not supported.")
    if "value" in operation and "patch-strings" in setting.options and not isinstance(operation["value"], str):
        raise Refused(400, "value must be of type string.")
    known = ENTERPRISE if path == "enterprise" else path
    return {**operation, "path": known, "value": _unpack(operation.get("value"), known, kind)}


def _unpack(value: Any, path: str, kind: ResourceType) -> Any:
    """A string that stands for a boolean, an object or a list, as the attribute asks for."""
    attribute = kind.extension_by_urn[fold(path)].as_attribute if fold(path) in kind.extension_by_urn else None
    attribute = attribute or kind.schema.find(path.split("[")[0])
    if attribute is None or attribute.type == "string" or not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError as error:
        raise Refused(400, f"value of {path} must be JSON in a string.") from error


def _show(record: Record, kind: ResourceType, setting: Setting, listed: bool) -> Resource:
    meta = {
        "resourceType": kind.name,
        "created": in_seconds(record.created),
        "lastModified": in_seconds(record.modified),
    }
    shown = {name: value for name, value in record.document.items() if name != _NOT_RETURNED}
    if "members" in shown:
        shown["members"] = [
            {"value": each["value"], "$ref": f"../Users/{each['value']}", "type": "User"} for each in shown["members"]
        ]
    return {"id": record.id, "meta": meta, "schemas": [kind.schema.id], **shown}


def _find(question: Question, setting: Setting) -> Page:
    found = _filter(question, setting)
    first = _resume(found, question.params.get("startIndex", "1"))
    records, rest = found[first : first + _PAGE], found[first + _PAGE :]

    def envelope(resources: list[Resource]) -> Resource:
        size: str | int = str(len(resources)) if question.kind is _USER else len(resources)
        token = {"startIndex": _token(records[-1])} if rest else {}
        head = {"schemas": [LIST_RESPONSE], "totalResults": len(found), "itemsPerPage": size}
        return {**head, **token, "Resources": resources}

    return Page(records, envelope)


def _filter(question: Question, setting: Setting) -> Sequence[Record]:
    text = question.params.get("filter")
    if text is None or not {"filter-refused", "filter-works"} & setting.options:
        return question.records
    if "filter-refused" in setting.options:
        raise Refused(400, "filter is not supported.")
    asked = read_filter(text, question.kind)
    if not is_searchable(asked, _SEARCHABLE):
        raise Refused(400, "filter is not supported.")
    return keep_matching(question.records, asked, question.kind)


def _token(record: Record) -> str:
    return sha256(record.id.encode()).hexdigest()[:24]


def _resume(found: Sequence[Record], token: str) -> int:
    """Where a token goes on: behind the record it was made of. Only `1` is known as a number, and it is the start."""
    if token == "1":  # noqa: S105 (a page token)
        return 0
    places = [index for index, record in enumerate(found, start=1) if _token(record) == token]
    if not places:
        raise Refused(400, "startIndex is not valid.")
    return places[0]


def _describe(setting: Setting) -> Resource:
    """The page's own example: it denies PATCH and filter, and names a scheme the RFC does not know."""
    off = {"supported": False}
    return {
        "schemas": [SERVICE_PROVIDER_CONFIG],
        "documentationUri": None,
        "patch": off,
        "bulk": {**off, "maxOperations": None, "maxPayloadSize": None},
        "filter": {**off, "maxResults": None},
        "changePassword": off,
        "sort": off,
        "etag": off,
        "authenticationSchemes": [{"type": "Bearer Token", "name": "Bearer Token", "description": "Bearer Token"}],
    }


PROFILE = Profile(
    name="huawei-identity-center",
    title="Huawei Cloud IAM Identity Center",
    base="/{tenant_id}/scim/v2",
    sample_base="/d-7f31c0a9/scim/v2",
    accepts=frozenset({_JSON, "application/scim+json"}),
    answers=_JSON,
    kinds={"Users": _USER, "Groups": _GROUP},
    unique={"Users": "userName"},
    strictness=Strictness(
        schemas_mandatory=True,
        lengths=(1, 1024),
        caps=_SINGLE,
        forbidden={"POST": frozenset({"id", "meta"}), "PUT": frozenset({"meta"})},
    ),
    wording=PLAIN,
    options={
        "filter-refused": "answers 400 to a query with a filter, as ServiceProviderConfig has it",
        "filter-works": "obeys one `eq` on userName, displayName or externalId",
        "patch-strings": "takes only strings as values of PATCH operations, as the page types them",
    },
    tells_location=False,
    refuse=_refuse,
    show=_show,
    find=_find,
    check=_check,
    read_edits=_read_edits,
    documents={"ServiceProviderConfig": _describe},
)
