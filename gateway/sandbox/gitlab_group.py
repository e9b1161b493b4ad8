"""GitLab's SCIM of a group, from the page "Internal API", section "Group SCIM API".

The id is the externalId of the create, which is never answered; the name comes back under the one key `name.formatted`.
PATCH sets `active`, a text, and answers 204; what else it is told to change is no longer heeded, and is overlooked.
There is no PUT and there are no groups. Strict readings: a create sets nobody inactive, `active` is no boolean in a
request, a filter is one `eq` on `id` or `userName`, with or without quotes as the page's samples have it, a list ends
at twenty. Moving an identity (`path` is `id`) is refused here, though the page has it.
"""

import re
from typing import Any, Final

from gateway.sandbox.edits import operations_of
from gateway.sandbox.find import is_searchable, keep_matching, page_by_index, read_filter
from gateway.sandbox.profile import Page, Profile, Question, Refused, Setting, Strictness
from gateway.sandbox.records import Record
from gateway.sandbox.shape import field, flag, group, kind_of, many, texts
from gateway.sandbox.wording import PLAIN
from gateway.scim.names import ERROR, PATCH_OP, USER
from gateway.scim.schema import Resource, ResourceType

_SCIM = "application/scim+json"
_PAGE = 20
_BARE: Final = re.compile(r"\s*(\S+)\s+eq\s+([^\s\"]+)\s*", re.IGNORECASE)
_TRUTHS = ("true", "false")

_USER = kind_of(
    "User",
    USER,
    *(field("externalId!"), field("userName!")),
    group("name!", *texts("formatted", "familyName", "givenName")),
    many("emails!", field("value!"), field("type"), flag("primary")),
    field("active"),
)


def _refuse(refused: Refused, setting: Setting) -> Resource:
    return {"schemas": [ERROR], "detail": " ".join(refused.sentences), "status": refused.status}


def _settle(document: Resource, kind: ResourceType, before: Resource) -> Resource:
    """A new member is active, whatever the create says of it."""
    return document if before else {**document, "active": "true"}


def _read_edits(body: Resource, kind: ResourceType, setting: Setting) -> Resource:
    """The operations on `active`, as the page spells them; it lists no `schemas`."""
    operations = operations_of(body)
    if operations is None:
        raise Refused(400, "Operations must be a list of operations.")
    if any(each.get("path") == "id" for each in operations):
        raise Refused(400, "An identity is not moved here.")
    told = [value for each in operations for value in _read_active(each)]
    if any(value not in _TRUTHS for value in told):
        raise Refused(400, "active must be the text true or false.")
    heeded = [{"op": "replace", "path": "active", "value": value} for value in told]
    unchanged = {"op": "replace", "value": {}}
    return {"schemas": [PATCH_OP], "Operations": heeded or [unchanged]}


def _read_active(operation: Resource) -> list[Any]:
    path, value = operation.get("path"), operation.get("value")
    if str(operation.get("op")).lower() not in ("add", "replace", "update"):
        return []
    if path is None and isinstance(value, dict):
        return [value["active"]] if "active" in value else []
    return [value] if path == "active" else []


def _show(record: Record, kind: ResourceType, setting: Setting, listed: bool) -> Resource:
    kept = record.document
    return {
        "schemas": [USER],
        "id": record.id,
        "active": kept.get("active") == "true",
        "name.formatted": kept.get("name", {}).get("formatted", ""),
        "userName": kept["userName"],
        "meta": {"resourceType": "User"},
        "emails": kept.get("emails", []),
    }


def _find(question: Question, setting: Setting) -> Page:
    found, text = question.records, question.params.get("filter")
    if text is not None:
        bare = _BARE.fullmatch(text)
        asked = read_filter(f'{bare[1]} eq "{bare[2]}"' if bare else text, question.kind)
        if not is_searchable(asked, ("id", "userName")):
            raise Refused(400, "The filter is not supported.")
        found = keep_matching(found, asked, question.kind)
    page = page_by_index(question, found, least=-(2**31))
    return Page(page.records[:_PAGE], lambda shown: {**page.envelope(shown), "itemsPerPage": _PAGE})


PROFILE = Profile(
    name="gitlab-group",
    title="GitLab group SCIM",
    base="/api/scim/v2/groups/{group_path}",
    sample_base="/api/scim/v2/groups/acme",
    accepts=frozenset({_SCIM, "application/json"}),
    answers=_SCIM,
    kinds={"Users": _USER},
    unique={"Users": "externalId"},
    strictness=Strictness(overlooks_unknown=True, nulls_clear=True),
    wording=PLAIN,
    tells_location=False,
    closed={"Users": frozenset({"PUT"})},
    terse={"PATCH Users": (204, None)},
    name_record=lambda document: str(document["externalId"]),
    settle=_settle,
    refuse=_refuse,
    show=_show,
    find=_find,
    read_edits=_read_edits,
)
