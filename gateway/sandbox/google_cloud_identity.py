"""Google Cloud Identity, from the reference of its SCIM API (v1): Users, Groups, PatchBody.

Nothing is listed without a filter, and only one `eq` is understood; lists stand under `resources` and have no pages: of
groups the first fifty are all. PATCH answers with an empty object. Members are never answered; a request adds or
removes one of them, in at most two operations. The e-mail of userName is always shown, as the primary one. There is no
PUT. Strict readings: a create overlooks members, which PATCH is said to bring; an unknown attribute is refused.
"""

from typing import Any

from gateway.sandbox.dates import in_millis
from gateway.sandbox.edits import operations_of
from gateway.sandbox.find import is_searchable, keep_matching, read_filter
from gateway.sandbox.profile import Page, Profile, Question, Refused, Setting, Strictness, Submission
from gateway.sandbox.records import Record
from gateway.sandbox.shape import extension, field, flag, group, kind_of, many, texts
from gateway.sandbox.wording import PLAIN
from gateway.scim.names import ENTERPRISE, ERROR, GROUP, PATCH_OP, USER
from gateway.scim.schema import Resource, ResourceType

_JSON = "application/json"
_OWN = "urn:ietf:params:scim:schemas:extension:google:2.0:CloudIdentityGroup"
_LONGEST = 50
_OPERATIONS = {"User": 20, "Group": 2}
_SEARCHED_BY = {"User": ("userName",), "Group": ("displayName", "externalId")}
_OF_GROUPS = {
    "add": {"displayName", "members", "externalId", f"{_OWN}:description"},
    "remove": {"members", f"{_OWN}:description"},
    "replace": {"displayName", f"{_OWN}:description"},
}
_ADDRESS = texts("formatted", "streetAddress", "locality", "region", "postalCode", "country", "type")

_USER = kind_of(
    "User",
    USER,
    *(field("externalId"), field("userName!")),
    group("name", *texts("familyName", "givenName", "formatted")),
    field("displayName"),
    flag("active"),
    many("emails", *texts("value", "type"), flag("primary")),
    many("phoneNumbers", *texts("value", "type"), flag("primary")),
    many("addresses", *_ADDRESS, flag("primary")),
    extensions=(
        extension(
            ENTERPRISE,
            *texts("employeeNumber", "costCenter", "organization", "division", "department"),
            group("manager", *texts("value", "$ref")),
        ),
    ),
)
_GROUP = kind_of(
    "Group",
    GROUP,
    *(field("displayName!"), field("externalId")),
    many("members", field("value!"), field("$ref")),
    extensions=(extension(_OWN, *texts("email", "description")),),
)


def _refuse(refused: Refused, setting: Setting) -> Resource:
    said = {"schemas": [ERROR], "detail": " ".join(refused.sentences), "status": str(refused.status)}
    return {**said, "scimType": refused.scim_type} if refused.scim_type else said


def _check(submission: Submission, setting: Setting) -> list[str]:
    if submission.kind is _GROUP and not (submission.read.get(_OWN) or {}).get("email"):
        return [f"{_OWN}:email is required."]
    return []


def _settle(document: Resource, kind: ResourceType, before: Resource) -> Resource:
    """A new group has no members; userName's own e-mail is not kept among the others."""
    if kind is _GROUP:
        return document if before else {name: value for name, value in document.items() if name != "members"}
    others = [each for each in document.get("emails", []) if each.get("value") != document.get("userName")]
    return {"active": True, **document, "emails": others}


def _read_edits(body: Resource, kind: ResourceType, setting: Setting) -> Resource:
    operations = operations_of(body)
    if operations is None:
        return body
    if len(operations) > _OPERATIONS[kind.name]:
        raise Refused(400, f"A request has at most {_OPERATIONS[kind.name]} operations.", scim_type="tooMany")
    if kind is _GROUP:
        _admit(operations)
    return body


def _admit(operations: list[Resource]) -> None:
    """What a group's PATCH takes: few attributes, and one member at a time, removed by name."""
    changes = 0
    for each in operations:
        op, path, value = str(each.get("op")), str(each.get("path", "")), each.get("value")
        if path.split("[")[0] not in _OF_GROUPS.get(op, set()) or (op, path) == ("remove", "members"):
            raise Refused(400, f"{op} is not supported for {path or 'a request without a path'}.")
        changes += _count(value) if path.split("[")[0] == "members" else 0
    if changes > 1:
        raise Refused(400, "A request adds or removes at most one member.", scim_type="tooMany")


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list) else 1


def _show(record: Record, kind: ResourceType, setting: Setting, listed: bool) -> Resource:
    meta = {
        "resourceType": kind.name,
        "created": in_millis(record.created),
        "lastModified": in_millis(record.modified),
        "location": f"{setting.base_url}{kind.endpoint}/{record.id}",
    }
    urns = [kind.schema.id, *(each.id for each in kind.extensions if each.id in record.document)]
    shown = {name: value for name, value in record.document.items() if name != "members"}
    if kind is _USER:
        own = {"value": record.document["userName"], "primary": True}
        shown["emails"] = [own, *record.document.get("emails", [])]
    return {"schemas": urns, "id": record.id, "meta": meta, **shown}


def _find(question: Question, setting: Setting) -> Page:
    text = question.params.get("filter")
    if not text:
        raise Refused(400, "A filter is required.", scim_type="tooMany")
    asked = read_filter(text, question.kind)
    if not is_searchable(asked, _SEARCHED_BY[question.kind.name]):
        raise Refused(400, "The filter is not supported.", scim_type="invalidFilter")
    found = keep_matching(question.records, asked, question.kind)
    return Page(
        found[:_LONGEST],
        lambda shown: {"schemas": [PATCH_OP], "resources": shown, "totalResults": len(found)},
    )


PROFILE = Profile(
    name="google-cloud-identity",
    title="Google Cloud Identity",
    base="/v1/customers/{customer}/v2",
    sample_base="/v1/customers/C01234abc/v2",
    accepts=frozenset({_JSON, "application/scim+json"}),
    answers=_JSON,
    kinds={"Users": _USER, "Groups": _GROUP},
    unique={"Users": "userName"},
    strictness=Strictness(schemas_mandatory=True, extensions_declared=True),
    wording=PLAIN,
    closed={"Users": frozenset({"PUT"}), "Groups": frozenset({"PUT"})},
    terse={"PATCH Users": (200, {}), "PATCH Groups": (200, {})},
    settle=_settle,
    refuse=_refuse,
    show=_show,
    find=_find,
    check=_check,
    read_edits=_read_edits,
)
