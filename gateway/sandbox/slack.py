"""Slack, from its pages on the SCIM API, version 2.0.

A userName becomes a handle: of an address what stands before the @, small letters, anything but letters, digits, `.`,
`_` and `-` made `_`, 21 characters. It is the nickName, too. Two e-mails are kept, answered without a type, and the
primary one stays; one address, picture and role. What was never set is answered as null, externalId as an empty text.
DELETE of a person deactivates. Errors are one word. Strict readings: the page calls filters "not applicable" to this
version and they are heeded for `userName eq` only, unless `overlooks-filters` is chosen; a taken name answers 409.
"""

import re
from typing import Any, Final

from gateway.sandbox.dates import with_offset
from gateway.sandbox.find import is_searchable, keep_matching, page_by_index, read_filter
from gateway.sandbox.profile import Page, Profile, Question, Refused, Setting, Strictness, Submission
from gateway.sandbox.records import Record
from gateway.sandbox.shape import extension, field, flag, group, kind_of, many, secret, texts
from gateway.sandbox.wording import PLAIN
from gateway.scim.names import ENTERPRISE, ERROR, GROUP, USER
from gateway.scim.schema import Resource, ResourceType

_JSON = "application/json"
_PROFILE = "urn:ietf:params:scim:schemas:extension:slack:profile:2.0:User"
_GUEST = "urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User"
_OVERLOOKS = "overlooks-filters"
_LONGEST_NAME = 21
_MOST_MEMBERS = 15_000
_OFFSET = -8  # hours; the examples answer in Pacific time
_NO_HANDLE: Final = re.compile(r"[^a-z0-9._-]")
_POSTAL = ("streetAddress", "locality", "region", "postalCode", "country")
_WORK = ("employeeNumber", "costCenter", "organization", "division", "department")
_PLAIN = ("title", "timezone", "displayName", "userType", "preferredLanguage", "locale")

_USER = kind_of(
    "User",
    USER,
    *(field("userName!"), field("externalId"), flag("active"), secret("password")),
    *texts("nickName", "profileUrl", *_PLAIN),
    group("name", *texts("givenName", "familyName", "honorificPrefix")),
    many("emails!", field("value!"), field("type"), flag("primary")),
    many("addresses", *texts(*_POSTAL), flag("primary")),
    many("phoneNumbers", field("value!"), field("type"), flag("primary")),
    many("photos", field("value!"), field("type"), flag("primary")),
    many("roles", field("value!"), flag("primary")),
    extensions=(
        extension(ENTERPRISE, *texts(*_WORK), group("manager", field("managerId!"))),
        extension(_PROFILE, field("startDate")),
        extension(_GUEST, field("type!"), field("expiration")),
    ),
)
_GROUP = kind_of("Group", GROUP, field("displayName!"), many("members", field("value!")))

_WORDING = dict.fromkeys(PLAIN, "invalid_request_payload") | {
    "required": "{path}",
    "type": "invalid_attribute_format",
    "core": "missing_schema_element",
}
_WORDS = {
    401: "invalid_authentication",
    404: "no_such_user",
    405: "method_not_allowed",
    409: "username_taken",
    429: "too_many_requests",
}
_MISSING = {
    "schemas": "missing_schema_element",
    "userName": "username_empty",
    "emails": "email_empty",
    "displayName": "missing_display_name",
}


def _refuse(refused: Refused, setting: Setting) -> Resource:
    word = refused.sentences[0] if refused.sentences else "bad_request"
    return {
        "schemas": [ERROR],
        "detail": _WORDS.get(refused.status, _MISSING.get(word, word)),
        "status": refused.status,
    }


def _check(submission: Submission, setting: Setting) -> list[str]:
    return ["too_many_users"] if len(submission.read.get("members") or ()) > _MOST_MEMBERS else []


def _settle(document: Resource, kind: ResourceType, before: Resource) -> Resource:
    if kind is _GROUP:
        return document
    document = {"active": True, **document}
    renamed = document.get("nickName", before.get("nickName")) != before.get("nickName")
    name = document["nickName"] if renamed and before else document.get("userName", "")
    handle = _NO_HANDLE.sub("_", str(name).lower().partition("@")[0])[:_LONGEST_NAME]
    return {**document, "userName": handle, "nickName": handle, "emails": _two(document.get("emails"), before)}


def _two(emails: Any, before: Resource) -> list[Resource]:
    """The primary address (marked so, else of type work, else the first) and one other."""
    if not emails and before:
        raise Refused(400, "missing_primary_email")
    rows = sorted(emails or (), key=lambda each: (each.get("primary") is not True, each.get("type") != "work"))
    return [{"value": each["value"], "primary": number == 0} for number, each in enumerate(rows[:2])]


def _show(record: Record, kind: ResourceType, setting: Setting, listed: bool) -> Resource:
    meta = {
        "created": with_offset(record.created, _OFFSET),
        "location": f"{setting.base_url}{kind.endpoint}/{record.id}",
    }
    if kind is _GROUP:
        return {"schemas": [GROUP], "id": record.id, "meta": meta, "members": [], **record.document}
    kept = record.document
    guest = [_GUEST] if _GUEST in kept else []
    return {
        "schemas": [USER, ENTERPRISE, _PROFILE, *guest],
        "id": record.id,
        "externalId": "",
        "meta": meta,
        **{name: kept.get(name) for name in ("userName", "nickName", "active", "emails", *_PLAIN)},
        "name": {"givenName": None, "familyName": None, "honorificPrefix": None} | kept.get("name", {}),
        "profileUrl": f"https://acme.enterprise.slack.example/team/{kept['userName']}",
        "addresses": [{part: _only(kept, "addresses").get(part) for part in _POSTAL}],
        "phoneNumbers": _phones(kept.get("phoneNumbers", ())),
        "roles": [{"value": _only(kept, "roles").get("value"), "primary": True}],
        "photos": [{"value": _only(kept, "photos").get("value"), "type": "photo"}] if "photos" in kept else [],
        ENTERPRISE: dict.fromkeys(_WORK) | {"manager": {"managerId": None}} | kept.get(ENTERPRISE, {}),
        _PROFILE: {"startDate": None} | kept.get(_PROFILE, {}),
        **{urn: kept[urn] for urn in guest},
        "groups": [],
    }


def _only(kept: Resource, name: str) -> Resource:
    """The one value that is stored of a list: the primary one, else the first."""
    rows: list[Resource] = kept.get(name, [])
    return next((each for each in rows if each.get("primary")), rows[0] if rows else {})


def _phones(given: Any) -> list[Resource]:
    """Asked as `mobile` a number is the primary one, asked as `work` it is the mobile one: so the page has it."""
    primary = [each["value"] for each in given if each.get("primary") is True or each.get("type") == "mobile"]
    others = [each["value"] for each in given if each["value"] not in primary]
    return [
        {"value": others[0] if others else None, "type": "mobile"},
        {"value": primary[0] if primary else None, "primary": True},
    ]


def _find(question: Question, setting: Setting) -> Page:
    found, text = question.records, question.params.get("filter")
    if text is not None and _OVERLOOKS not in setting.options:
        asked = read_filter(text, question.kind)
        if question.kind is _GROUP or not is_searchable(asked, ("userName",)):
            raise Refused(400, "invalid_query")
        found = keep_matching(found, asked, question.kind)
    return page_by_index(question, found)


PROFILE = Profile(
    name="slack",
    title="Slack",
    base="/scim/v2",
    accepts=frozenset({_JSON, "application/scim+json"}),
    answers=_JSON,
    kinds={"Users": _USER, "Groups": _GROUP},
    unique={"Users": "userName"},
    strictness=Strictness(schemas_mandatory=True),
    wording=_WORDING,
    options={_OVERLOOKS: "answers the whole list whatever the filter says"},
    refuse=_refuse,
    show=_show,
    find=_find,
    check=_check,
    settle=_settle,
    deactivates=frozenset({"Users"}),
)
