"""Cisco Webex, from its pages "SCIM 2 Users" and "SCIM 2 Groups".

A group shows at most 500 of its members, and a list of groups none unless `includeMembers=true` asks for them; all of
them are below the group, page by page. A PUT takes away what it does not name, the vendor's own extension among it.
Unknown schemas and read-only attributes are overlooked. Filters are `eq`, `sw` and `ew` by the page's table, joined by
`or`; lists are sorted by three attributes; a person's userName is the work address where there is none. Strict
readings: any other filter and order is refused, a group is searched by displayName alone, and no page is longer than
100.
"""

from gateway.sandbox.dates import in_millis
from gateway.sandbox.find import keep_matching, page_by_index, project, read_filter, read_whole, sort_records
from gateway.sandbox.profile import Page, Part, Profile, Question, Refused, Setting, Strictness
from gateway.sandbox.records import Record
from gateway.sandbox.shape import extension, field, flag, group, kind_of, many, texts
from gateway.sandbox.wording import PLAIN
from gateway.scim.names import ENTERPRISE, ERROR, GROUP, USER
from gateway.scim.schema import Attribute, Resource, ResourceType
from gateway.scim.terms import Compare, Filter, Or

_JSON = "application/json"
_OWN_USER = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User"
_OWN_GROUP = "urn:scim:schemas:extension:cisco:webexidentity:2.0:Group"
_MEMBERS = "urn:scim:schemas:extension:cisco:webexidentity:2.0:GroupMembers"
_MOST = 500  # members shown
_LONGEST = 100
_SEARCHED_BY = {
    "User": {
        "id": "eq",
        "userName": "eq sw ew",
        "name.familyName": "eq sw ew",
        "name.givenName": "eq sw",
        "name.middleName": "eq sw",
        "displayName": "eq sw ew",
        "nickName": "eq sw ew",
        "emails.value": "eq sw ew",
        "phoneNumbers.value": "eq sw ew",
    },
    "Group": {"displayName": "eq"},
}

_SORTED_BY = {
    "User": ("userName", "id", "meta.lastModified"),
    "Group": ("displayName", "id", "meta.lastModified"),
}


def _labelled(name: str, *more: Attribute) -> Attribute:
    return many(name, *(more or texts("value", "display")), field("type"), flag("primary"))


_USER = kind_of(
    "User",
    USER,
    *(field("userName!"), field("externalId"), flag("active")),
    group("name", *texts("familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix")),
    *texts("displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone"),
    *(_labelled(name) for name in ("emails", "phoneNumbers", "photos", "roles")),
    _labelled("addresses", *texts("streetAddress", "locality", "region", "postalCode", "country")),
    extensions=(
        extension(
            ENTERPRISE,
            *texts("employeeNumber", "costCenter", "organization", "division", "department"),
            group("manager", *texts("value", "displayName")),
        ),
        extension(_OWN_USER, field("accountStatus"), many("managedOrgs", *texts("orgId", "role"))),
    ),
)
_GROUP = kind_of(
    "Group",
    GROUP,
    *(field("displayName!"), field("externalId")),
    many("members", field("value!"), field("type")),
    extensions=(extension(_OWN_GROUP, field("usage")),),
)


def _refuse(refused: Refused, setting: Setting) -> Resource:
    return {"schemas": [ERROR], "detail": " ".join(refused.sentences), "status": str(refused.status)}


def _show(record: Record, kind: ResourceType, setting: Setting, listed: bool) -> Resource:
    meta = {
        "resourceType": kind.name if kind is _USER else "group",
        "location": f"{setting.base_url}{kind.endpoint}/{record.id}",
        "version": f'W/"{record.modified.timestamp():.0f}"',
        "created": in_millis(record.created),
        "lastModified": in_millis(record.modified),
    }
    urns = [kind.schema.id, *(urn.id for urn in kind.extensions if urn.id in record.document)]
    shown: Resource = {"schemas": urns, "id": record.id, **record.document, "meta": meta}
    return shown if kind is _USER else {**shown, "members": _members(record, setting, 0, _MOST)}


def _members(record: Record, setting: Setting, begin: int, count: int) -> list[Resource]:
    some = record.document.get("members", [])[begin : begin + count]
    return [
        {**each, "type": "group" if each["value"] in setting.groups else "user", "display": "A member"} for each in some
    ]


def _settle(document: Resource, kind: ResourceType, before: Resource) -> Resource:
    """Where a person has no work address their userName is it, and the primary one."""
    emails = document.get("emails", [])
    if kind is _GROUP or any(each.get("type") == "work" for each in emails):
        return document
    work = {"value": document["userName"], "type": "work", "primary": True}
    return {**document, "emails": [*({**each, "primary": False} for each in emails), work]}


def _find(question: Question, setting: Setting) -> Page:
    found, text = question.records, question.params.get("filter")
    if text:
        asked = read_filter(text, question.kind)
        if not _is_searchable(asked, _SEARCHED_BY[question.kind.name]):
            raise Refused(400, "The filter is not supported.", scim_type="invalidFilter")
        found = keep_matching(found, asked, question.kind)
    if read_whole(question.params, "count", _LONGEST, 0) > _LONGEST:
        raise Refused(400, f"count must be at most {_LONGEST}.")
    page = page_by_index(question, sort_records(found, question.params, _SORTED_BY[question.kind.name]))
    if question.kind is _USER or question.params.get("includeMembers") == "true":
        return page
    return Page(page.records, lambda shown: page.envelope([_without_members(each) for each in shown]))


def _without_members(shown: Resource) -> Resource:
    return {name: value for name, value in shown.items() if name != "members"}


def _is_searchable(asked: Filter, table: dict[str, str]) -> bool:
    parts = asked.parts if isinstance(asked, Or) else (asked,)
    return all(isinstance(part, Compare) and part.op in table.get(str(part.path), "").split() for part in parts)


def _list_members(part: Part) -> Resource:
    """All members of a group, at most 500 of them in a page."""
    start = read_whole(part.params, "startIndex", 1, 1)
    count = min(read_whole(part.params, "count", _MOST, 0), _MOST)
    shown = _members(part.record, part.setting, start - 1, count)
    return {
        "schemas": [_MEMBERS],
        "displayName": part.record.document["displayName"],
        "memberSize": len(part.record.document.get("members", [])),
        "itemsPerPage": len(shown),
        "startIndex": start,
        "members": shown,
    }


PROFILE = Profile(
    name="webex",
    title="Cisco Webex",
    base="/identity/scim/{org_id}/v2",
    sample_base="/identity/scim/0ae87ade-8c8a-4952-af08-318798958d0c/v2",
    accepts=frozenset({_JSON, "application/scim+json"}),
    answers=_JSON,
    kinds={"Users": _USER, "Groups": _GROUP},
    unique={"Users": "userName"},
    strictness=Strictness(overlooks_unknown=True, schemas_mandatory=True),
    wording=PLAIN,
    refuse=_refuse,
    show=_show,
    find=_find,
    project=project,
    settle=_settle,
    below={"Members": _list_members},
)
