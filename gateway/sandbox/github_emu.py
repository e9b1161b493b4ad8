"""GitHub Enterprise Managed Users, from "REST API endpoints for SCIM" and "Provisioning users and groups with SCIM".

A request without a User-Agent is refused, paths are case-sensitive, and a PATCH path that holds a filter is answered
with success and does nothing. `active: false` suspends; DELETE is for ever. Lists show the suspended, too. A filter is
one `eq`. Strict readings: externalId, displayName, e-mails and `active` are demanded of a person, as the page's create
shows them, and an unknown attribute is refused.
"""

from gateway.sandbox.dates import in_millis
from gateway.sandbox.edits import operations_of, remove_each
from gateway.sandbox.find import exclude, is_searchable, keep_matching, page_by_index, read_filter
from gateway.sandbox.profile import Page, Profile, Question, Refused, Setting, Strictness
from gateway.sandbox.records import Record
from gateway.sandbox.shape import field, flag, group, kind_of, many, texts
from gateway.sandbox.wording import PLAIN
from gateway.scim.names import ERROR, GROUP, USER
from gateway.scim.schema import Resource, ResourceType

_SCIM = "application/scim+json"
_NOTHING = [{"op": "replace", "value": {}}]
_SEARCHED_BY = {
    "User": ("userName", "externalId", "id", "displayName"),
    "Group": ("externalId", "id", "displayName"),
}

_USER = kind_of(
    "User",
    USER,
    *(field("externalId!"), field("userName!"), field("displayName!"), flag("active!")),
    group("name", *texts("formatted", "familyName", "givenName")),
    many("emails!", field("value!"), field("type"), flag("primary")),
    many("roles", field("value!"), field("display"), field("type"), flag("primary")),
)
_GROUP = kind_of(
    "Group", GROUP, field("externalId"), field("displayName!"), many("members", field("value!"), field("display"))
)


def _refuse(refused: Refused, setting: Setting) -> Resource:
    said = " ".join(refused.sentences)
    return {
        "schemas": [ERROR],
        "message": said,
        "documentation_url": None,
        "detail": said,
        "status": refused.status,
        "scimType": refused.scim_type or None,
    }


def _show(record: Record, kind: ResourceType, setting: Setting, listed: bool) -> Resource:
    meta = {
        "resourceType": kind.name,
        "created": in_millis(record.created),
        "lastModified": in_millis(record.modified),
        "location": f"{setting.base_url}{kind.endpoint}/{record.id}",
    }
    always: Resource = {"members": []} if kind is _GROUP else {"groups": []}
    return {"schemas": [kind.schema.id], "id": record.id, **always, **record.document, "meta": meta}


def _find(question: Question, setting: Setting) -> Page:
    found, text = question.records, question.params.get("filter")
    if text is not None:
        asked = read_filter(text, question.kind)
        if not is_searchable(asked, _SEARCHED_BY[question.kind.name]):
            raise Refused(400, "The filter is not supported.", scim_type="invalidFilter")
        found = keep_matching(found, asked, question.kind)
    return page_by_index(question, found)


def _read_edits(body: Resource, kind: ResourceType, setting: Setting) -> Resource:
    """The operations that have an effect: none whose path holds a filter; a removal of listed members for each."""
    operations = operations_of(body)
    if operations is None:
        return body
    effective = [each for each in operations if "[" not in str(each.get("path"))]
    return {**body, "Operations": [read for each in effective for read in _read_operation(each)] or _NOTHING}


def _read_operation(operation: Resource) -> list[Resource]:
    return remove_each(operation) if operation.get("path") == "members" else [operation]


PROFILE = Profile(
    name="github-emu",
    title="GitHub Enterprise Managed Users",
    base="/scim/v2/enterprises/{enterprise}",
    sample_base="/scim/v2/enterprises/acme",
    accepts=frozenset({_SCIM, "application/json"}),
    answers=_SCIM,
    kinds={"Users": _USER, "Groups": _GROUP},
    unique={"Users": "userName"},
    strictness=Strictness(schemas_mandatory=True),
    wording=PLAIN,
    demands=("User-Agent",),
    refuse=_refuse,
    show=_show,
    find=_find,
    read_edits=_read_edits,
    project=exclude,
)
