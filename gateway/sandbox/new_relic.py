"""New Relic, from its pages "Automated user management: SCIM API" and "SCIM API tutorial".

PUT leaves alone what it leaves out; PATCH answers 204, takes operations in any letter case, and removes members by a
list of them. One filter, `eq`, tells capitals apart, in names and in values. Unknown fields are overlooked. Strict
readings: a list is one page whatever is asked for, a null is of the wrong type, a boolean is none in quotes but for the
one that the page's own example writes.
"""

from typing import Any

from gateway.sandbox.dates import in_millis
from gateway.sandbox.edits import operations_of, remove_each
from gateway.sandbox.find import read_filter
from gateway.sandbox.profile import Page, Profile, Question, Refused, Setting, Strictness
from gateway.sandbox.records import Record
from gateway.sandbox.shape import extension, field, flag, group, kind_of, many, texts
from gateway.sandbox.wording import PLAIN
from gateway.scim.names import ERROR, GROUP, LIST_RESPONSE, USER
from gateway.scim.schema import Resource, ResourceType
from gateway.scim.terms import Compare

_JSON = "application/json"
_LICENCE = "urn:ietf:params:scim:schemas:extension:newrelic:2.0:User"
_SEARCHED_BY = {"User": ("id", "userName", "externalId"), "Group": ("id", "displayName", "externalId")}

_USER = kind_of(
    "User",
    USER,
    *(field("externalId"), field("userName!"), field("timezone"), flag("active!")),
    group("name", *texts("familyName", "givenName")),
    many("emails!", field("value!"), flag("primary")),
    extensions=(extension(_LICENCE, field("nrUserType")),),
)
_GROUP = kind_of("Group", GROUP, field("displayName!"), many("members", field("value!")))

_WORDING = {**PLAIN, "required": "Validation failed: {path} can't be blank"}


def _refuse(refused: Refused, setting: Setting) -> Resource:
    said = "Resource already exists" if refused.status == 409 else " ".join(refused.sentences)
    kind = {"scimType": refused.scim_type} if refused.scim_type else {}
    return {"schemas": [ERROR], **kind, "detail": said, "status": str(refused.status)}


def _show(record: Record, kind: ResourceType, setting: Setting, listed: bool) -> Resource:
    meta = {
        "resourceType": kind.name,
        "created": in_millis(record.created),
        "lastModified": in_millis(record.modified),
    }
    urns = [kind.schema.id, *(urn.id for urn in kind.extensions if urn.id in record.document)]
    always: Resource = {"members": []} if kind is _GROUP else {"externalId": None, "groups": []}
    return {"schemas": urns, "id": record.id, **always, **record.document, "meta": meta}


def _find(question: Question, setting: Setting) -> Page:
    found, text = list(question.records), question.params.get("filter")
    if text is not None:
        name, value = _read_plain(text, question.kind)
        found = [each for each in found if _value(each, name) == value]
    return Page(found, lambda shown: {"totalResults": len(found), "schemas": [LIST_RESPONSE], "Resources": shown})


def _read_plain(text: str, kind: ResourceType) -> tuple[str, Any]:
    """Name and value of one `eq`, the name spelled as the table has it and without a URN before it."""
    asked, name = read_filter(text, kind), text.split(" ", 1)[0]
    if not isinstance(asked, Compare) or asked.op != "eq" or name not in _SEARCHED_BY[kind.name]:
        raise Refused(400, "The filter is not supported.", scim_type="invalidFilter")
    return name, asked.value


def _value(record: Record, name: str) -> Any:
    return record.id if name == "id" else record.document.get(name)


def _read_edits(body: Resource, kind: ResourceType, setting: Setting) -> Resource:
    operations = operations_of(body)
    if operations is None:
        return body
    return {**body, "Operations": [read for each in operations for read in _read_operation(each)]}


def _read_operation(operation: Resource) -> list[Resource]:
    """The operation in small letters; `Remove` of listed members as one removal for each of them."""
    read = {**operation, "op": str(operation.get("op")).lower()}
    values = read.get("value")
    if read.get("path") == "active" and values in ("true", "false"):
        return [{**read, "value": values == "true"}]
    return remove_each(read)


PROFILE = Profile(
    name="new-relic",
    title="New Relic",
    base="/scim/v2",
    accepts=frozenset({_JSON, "application/scim+json"}),
    answers=_JSON,
    kinds={"Users": _USER, "Groups": _GROUP},
    unique={"Users": "userName", "Groups": "displayName"},
    strictness=Strictness(overlooks_unknown=True, schemas_mandatory=True, caps={"emails": 1}),
    wording=_WORDING,
    tells_location=False,
    terse={"PATCH Users": (204, None), "PATCH Groups": (204, None)},
    refuse=_refuse,
    show=_show,
    find=_find,
    read_edits=_read_edits,
    merges=lambda options: True,
)
