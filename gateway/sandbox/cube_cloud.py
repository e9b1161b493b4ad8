"""Cube Cloud, from its SCIM reference (create and replace user; list, update, delete; groups).

Where the document is silent the strict reading is taken: what its schema does not list (displayName, emails.type,
the enterprise extension, a group's externalId, any query but one `eq`) is refused with 400, letter case counts, an
attribute that was not sent is not answered, and there is no discovery. The form of an error is not documented;
it is `{"error": "..."}`.
"""

from gateway.sandbox.dates import in_millis
from gateway.sandbox.find import exclude, is_searchable, keep_matching, page_by_index, read_filter
from gateway.sandbox.profile import Page, Profile, Question, Refused, Setting, Strictness
from gateway.sandbox.records import Record
from gateway.sandbox.shape import field, flag, group, kind_of, many, texts
from gateway.sandbox.wording import PLAIN
from gateway.scim.names import GROUP, USER
from gateway.scim.schema import Resource, ResourceType

_JSON = "application/json"
_READ_ONLY = frozenset({"id", "meta"})
_SEARCHED_BY = {"User": "userName", "Group": "displayName"}

_USER = kind_of(
    "User",
    USER,
    field("userName!"),
    group("name", *texts("givenName", "familyName")),
    many("emails", field("value"), flag("primary")),
    flag("active"),
    field("externalId"),
)
_GROUP = kind_of("Group", GROUP, field("displayName!"), many("members", *texts("value", "display")))


def _refuse(refused: Refused, setting: Setting) -> Resource:
    return {"error": " ".join(refused.sentences)}


def _show(record: Record, kind: ResourceType, setting: Setting, listed: bool) -> Resource:
    meta = {
        "resourceType": kind.name,
        "created": in_millis(record.created),
        "lastModified": in_millis(record.modified),
        "location": f"{setting.base_url}{kind.endpoint}/{record.id}",
    }
    return {"schemas": [kind.schema.id], "id": record.id, **record.document, "meta": meta}


def _find(question: Question, setting: Setting) -> Page:
    found, text = question.records, question.params.get("filter")
    if text is not None:
        name = _SEARCHED_BY[question.kind.name]
        asked = read_filter(text, question.kind)
        if not is_searchable(asked, (name,)):
            raise Refused(400, f"filter supports only: {name} eq.")
        found = keep_matching(found, asked, question.kind)
    return page_by_index(question, found)


PROFILE = Profile(
    name="cube-cloud",
    title="Cube Cloud",
    base="/api/scim/v2",
    accepts=frozenset({_JSON, "application/scim+json"}),
    answers=_JSON,
    kinds={"Users": _USER, "Groups": _GROUP},
    unique={"Users": "userName"},
    strictness=Strictness(forbidden={"POST": _READ_ONLY, "PUT": _READ_ONLY}),
    wording=PLAIN,
    refuse=_refuse,
    show=_show,
    find=_find,
    project=exclude,
)
