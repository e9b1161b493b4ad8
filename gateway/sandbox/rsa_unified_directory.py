"""RSA Unified Directory, from its pages on creating, searching, modifying, replacing and deleting users.

Errors are the documented sentences between braces, which is not JSON; where a page prints no sentence (401, 409)
the body is empty. Strict readings of what the pages leave open: an attribute that no example uses (externalId, a
middle name) is undefined; a create needs a work email; PUT replaces, unless `put-merges` is chosen. Of the two date
styles in the examples `created` has one and `lastModified` the other. There are no groups and no discovery.
"""

from uuid import NAMESPACE_URL, uuid5

from gateway.sandbox.dates import in_millis, with_offset
from gateway.sandbox.find import is_searchable, keep_matching, read_filter
from gateway.sandbox.profile import Page, Profile, Question, Refused, Setting, Strictness, Submission
from gateway.sandbox.records import Record
from gateway.sandbox.shape import extension, field, flag, group, kind_of, many, secret, texts
from gateway.sandbox.wording import PLAIN
from gateway.scim.names import ENTERPRISE, ERROR, LIST_RESPONSE, USER
from gateway.scim.schema import Attribute, Resource, ResourceType

_SCIM = "application/scim+json"
_SHORTEST_PASSWORD = 8
_OFFSET = -5  # hours; the examples answer in US Eastern time
_ARTEFACTS = "echo-artefacts"
_SEARCHABLE = ("id", "userName", "emails.value")
_ADDRESS = texts("formatted", "streetAddress", "locality", "region", "postalCode", "country")

# The order in which the examples answer the types, whatever the order of the request.
_ORDER = {
    "emails": ("work", "home", "other"),
    "phoneNumbers": ("mobile", "work", "home", "fax", "pager", "other"),
    "addresses": ("home", "work", "other"),
}
_SHOWN = (
    *("userName", "name", "displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "active"),
    *("emails", "phoneNumbers", "addresses"),
)


def _typed(name: str, types: str, *more: Attribute) -> Attribute:
    value = () if more else (field("value"),)
    return many(name, *value, *more, field("type", types=tuple(types.split())), flag("primary"))


_USER = kind_of(
    "User",
    USER,
    field("userName!"),
    group("name", *texts("formatted", "familyName", "givenName")),
    *texts("displayName", "nickName", "title", "userType", "preferredLanguage", "locale"),
    flag("active"),
    secret("password"),
    _typed("emails", "other work home"),
    _typed("phoneNumbers", "other pager work mobile fax home"),
    _typed("addresses", "other work home", *_ADDRESS),
    extensions=(
        extension(
            ENTERPRISE,
            *texts("employeeNumber", "costCenter", "organization", "division", "department"),
            group("manager", *texts("value", "$ref", "displayName")),
        ),
    ),
)

_WORDING = {
    **PLAIN,
    "undefined": "Attribute {path} is undefined for this resource type.",
    "canonical": "Value {given} is not valid for attribute {path} because it is not one of the canonical types: "
    "{allowed}.",
    "core": "Value for attribute schemas must contain schema URI {given} because it is the core schema for this "
    "resource type",
    "schema": "Schema URI {given} is not a valid value for attribute {path} because it is undefined as a core or "
    "schema extension for this resource type.",
    "extension": "Extended attributes namespace {given} must be included in the schemas attribute.",
}


def _refuse(refused: Refused, setting: Setting) -> Resource | str | None:
    if "scim-errors" in setting.options:
        return {"schemas": [ERROR], "status": str(refused.status), "detail": ", ".join(refused.sentences)}
    if refused.status in (401, 409):
        return None
    return f"{{ {', '.join(refused.sentences)} }}"


def _check(submission: Submission, setting: Setting) -> list[str]:
    emails = submission.read.get("emails") or []
    if submission.method == "POST" and not any(each.get("type") == "work" and each.get("value") for each in emails):
        return ["Value for attribute emails must contain a value of type work."]
    if len(submission.read.get("password") or "x" * _SHORTEST_PASSWORD) < _SHORTEST_PASSWORD:
        raise Refused(500, "Unable to set password for user.")
    return []


def _complete(document: Resource) -> Resource:
    return {"active": True, **document}


def _show(record: Record, kind: ResourceType, setting: Setting, listed: bool) -> Resource:
    meta = {
        "resourceType": kind.name,
        "created": with_offset(record.created, _OFFSET),
        "lastModified": with_offset(record.modified, _OFFSET) if listed else in_millis(record.modified),
    }
    if not listed:
        meta["location"] = f"{setting.base_url}{kind.endpoint}/{uuid5(NAMESPACE_URL, record.id)}"
    shown = {name: _arrange(name, record.document[name]) for name in _SHOWN if name in record.document}
    if _ARTEFACTS in setting.options:
        shown = _alter(shown)
    return {"schemas": [USER], "id": record.id, "meta": meta, **shown}


def _arrange(name: str, value: object) -> object:
    """The values of a list in the order of the examples, each with `value` before `type` before `primary`."""
    if name not in _ORDER or not isinstance(value, list):
        return value
    order, keys = _ORDER[name], ("value", *(each.name for each in _ADDRESS), "type", "primary")
    rows = sorted(value, key=lambda each: order.index(each["type"]) if each.get("type") in order else len(order))
    return [{key: row[key] for key in keys if key in row} for row in rows]


def _alter(shown: Resource) -> Resource:
    """What the full example's answer shows and its request never sent: swapped phones, longer ones, a new locale."""
    values = {each.get("type"): each.get("value") for each in shown.get("phoneNumbers", [])}
    swapped = {**values, "work": values.get("mobile"), "mobile": values.get("work")}
    longer = {kind: f"{values[kind]}{str(values[kind])[-1:]}" for kind in ("pager", "fax", "other") if kind in values}
    altered = {**shown, "locale": f"{shown['userName']}-locale"} if "locale" in shown else {**shown}
    if "phoneNumbers" in shown:
        taken = {kind: value for kind, value in {**swapped, **longer}.items() if value is not None}
        altered["phoneNumbers"] = [{**each, "value": taken[each["type"]]} for each in shown["phoneNumbers"]]
    return altered


def _find(question: Question, setting: Setting) -> Page:
    found, text = list(question.records), question.params.get("filter")
    if text is not None:
        asked = read_filter(text, question.kind)
        if not is_searchable(asked, _SEARCHABLE):
            raise Refused(400, "The search filter is unsupported.")
        found = keep_matching(found, asked, question.kind)

    def envelope(resources: list[Resource]) -> Resource:
        total = len(found)
        return {
            "schemas": [LIST_RESPONSE],
            "totalResults": total,
            "Resources": resources,
            "startIndex": 1,
            "itemsPerPage": total,
        }

    return Page(found, envelope)


PROFILE = Profile(
    name="rsa-unified-directory",
    title="RSA Unified Directory",
    base="/identity/scim",
    accepts=frozenset({_SCIM}),
    answers=_SCIM,
    kinds={"Users": _USER},
    unique={"Users": "userName"},
    strictness=Strictness(folds_names=True, nulls_clear=True, checks_types=True, extensions_declared=True),
    wording=_WORDING,
    options={
        "put-replaces": "PUT clears what it leaves out (the default reading)",
        "put-merges": "PUT leaves alone what it leaves out",
        "echo-artefacts": "answers with the altered phones and locale of the documented example",
        "local-source": "answers 405 to PATCH, PUT and DELETE, as for a local identity source",
        "scim-errors": "answers errors as SCIM errors instead of text between braces",
    },
    tells_location=False,
    refuse=_refuse,
    show=_show,
    find=_find,
    check=_check,
    complete=_complete,
    merges=lambda options: "put-merges" in options,
    frozen_source="local-source",
)
