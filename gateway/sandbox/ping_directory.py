"""PingDirectory (and PingDirectoryProxy), from its guide to creating a user and its pages on SCIM 2.0 semantics.

The guide gives users the attributes of RFC 7643 section 4.1 under a URN of its own, and one sample extension; the
IETF's URNs and externalId (section 3.1) are unknown here. With `sample-schema` only what the sample shows is left.
PUT overlooks what is missing and clears what is null. There are no groups.
"""

import re
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from msgspec import structs

from gateway.sandbox.dates import in_millis
from gateway.sandbox.find import keep_matching, page_by_index, project, read_filter
from gateway.sandbox.profile import Page, Profile, Question, Refused, Setting, Strictness, Submission
from gateway.sandbox.records import Record
from gateway.sandbox.shape import extension, field
from gateway.sandbox.wording import PLAIN
from gateway.scim.names import ERROR, LIST_RESPONSE, SERVICE_PROVIDER_CONFIG
from gateway.scim.schema import Resource, ResourceType, Schema, render_resource_type, render_schema, standard

_SCIM = "application/scim+json"
_CORE = "urn:pingidentity:schemas:User:1.0"
_PROFILE = "urn:pingidentity:schemas:sample:profile:1.0"
_PASSWORD_ERROR = "urn:unboundid:scim:api:messages:2.0:PasswordUpdateError"  # noqa: S105 (a URN)
_SHORTEST_PASSWORD = 4
_SAMPLE = frozenset({"emails", "name", "password", "userName", _PROFILE})
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PORTS = {"http": 80, "https": 443}

_SCHEMA = Schema(_CORE, "User", "User account", standard("User").schema.attributes)
_USER = ResourceType("Users", "/Users", "User account", _SCHEMA, (extension(_PROFILE, field("birthDate")),))

_WORDING = {
    **PLAIN,
    "undefined": "Attribute {path} is undefined.",
    "extension": "Extended attributes namespace {given} must be included in the schemas attribute.",
}


def _refuse(refused: Refused, setting: Setting) -> Resource:
    detail = f"{' '.join(refused.sentences)} correlationID='{uuid4()}'"
    body: Resource = {"schemas": [ERROR, *refused.extra], "status": str(refused.status), "detail": detail}
    if refused.scim_type:
        body["scimType"] = refused.scim_type
    return _sort_keys({**body, **refused.extra})


def _check(submission: Submission, setting: Setting) -> list[str]:
    beyond = [name for name in submission.read if name not in _SAMPLE]
    if beyond and "sample-schema" in setting.options:
        return [_WORDING["undefined"].format(path=name) for name in beyond]
    password = submission.read.get("password")
    if password is not None and len(password) < _SHORTEST_PASSWORD:
        raise _weak_password()
    born = (submission.read.get(_PROFILE) or {}).get("birthDate")
    if born is not None and not _DATE.fullmatch(born):
        return ["birthDate must be a date of the form YYYY-MM-DD."]
    return []


def _weak_password() -> Refused:
    requirement = {
        "type": "length",
        "description": f"The password must contain at least {_SHORTEST_PASSWORD} characters.",
        "requirementSatisfied": False,
    }
    sentence = "The provided password is not acceptable."
    extra = {_PASSWORD_ERROR: {"passwordRequirements": [requirement]}}
    return Refused(400, sentence, scim_type="invalidValue", extra=extra)


def _show(record: Record, kind: ResourceType, setting: Setting, listed: bool) -> Resource:
    meta = {
        "created": in_millis(record.created),
        "lastModified": in_millis(record.modified),
        "location": f"{_with_port(setting.base_url)}{kind.endpoint}/{record.id}",
        "resourceType": kind.name,
    }
    urns = [_PROFILE, _CORE] if _PROFILE in record.document else [_CORE]
    shown = {name: value for name, value in record.document.items() if name != "password"}
    return _sort_keys({"schemas": urns, "id": record.id, "meta": meta, **shown})


def _with_port(url: str) -> str:
    parts = urlsplit(url)
    if parts.port is not None:
        return url
    return urlunsplit(parts._replace(netloc=f"{parts.netloc}:{_PORTS[parts.scheme]}"))


def _sort_keys(document: Resource) -> Resource:
    return {key: _sort_below(document[key]) for key in sorted(document, key=str.lower)}


def _sort_below(value: Any) -> Any:
    if isinstance(value, dict):
        return _sort_keys(value)
    return [_sort_below(each) for each in value] if isinstance(value, list) else value


def _find(question: Question, setting: Setting) -> Page:
    found, text = question.records, question.params.get("filter")
    if text is not None:
        found = keep_matching(found, read_filter(text, question.kind), question.kind)
    page = page_by_index(question, found, least=-(2**31))
    return structs.replace(page, envelope=lambda resources: _sort_keys(page.envelope(resources)))


def _describe(setting: Setting) -> Resource:
    on, off = {"supported": True}, {"supported": False}
    return {
        "schemas": [SERVICE_PROVIDER_CONFIG],
        "patch": on,
        "bulk": {**off, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {**on, "maxResults": 1000},
        "changePassword": on,
        "sort": off,
        "etag": off,
        "authenticationSchemes": [{"type": "oauthbearertoken", "name": "OAuth 2", "description": "A bearer token"}],
    }


def _list(*resources: Resource) -> Resource:
    return {"schemas": [LIST_RESPONSE], "totalResults": len(resources), "Resources": list(resources)}


PROFILE = Profile(
    name="ping-directory",
    title="PingDirectory",
    base="/scim/v2",
    accepts=frozenset({_SCIM, "application/json"}),
    answers=_SCIM,
    kinds={"Users": _USER},
    unique={"Users": "userName"},
    strictness=Strictness(folds_names=True, nulls_clear=True, schemas_mandatory=True, extensions_declared=True),
    wording=_WORDING,
    options={"sample-schema": "knows only the attributes of the guide's sample, so no `active`"},
    refuse=_refuse,
    show=_show,
    find=_find,
    check=_check,
    project=project,
    merges=lambda options: True,
    searches_by_post=True,
    documents={
        "ServiceProviderConfig": _describe,
        "ResourceTypes": lambda setting: _list(render_resource_type(_USER)),
        "Schemas": lambda setting: _list(*(render_schema(each) for each in (_SCHEMA, *_USER.extensions))),
    },
)
