"""Queries as vendors answer them: a filter within what the vendor searches by, pages by index, projection."""

from collections.abc import Mapping, Sequence

from gateway.sandbox.profile import Page, Question, Refused
from gateway.sandbox.records import Record
from gateway.scim.errors import ScimError
from gateway.scim.filter import parse_filter
from gateway.scim.match import bind_filter, compile_match
from gateway.scim.names import LIST_RESPONSE, fold
from gateway.scim.schema import Resource, ResourceType
from gateway.scim.terms import Compare, Filter

DEFAULT_COUNT = 100


def read_filter(text: str, kind: ResourceType) -> Filter:
    """The filter a text spells, every name known; Refused 400 when it is none."""
    try:
        return bind_filter(parse_filter(text, kind.urns), kind)
    except ScimError as error:
        raise Refused(400, f"The filter is not valid: {error.detail}", scim_type="invalidFilter") from error


def is_searchable(found: Filter, names: Sequence[str]) -> bool:
    """Whether a filter is one `eq` on one of these attributes: all that most vendors can do."""
    return isinstance(found, Compare) and found.op == "eq" and str(found.path) in names


def keep_matching(records: Sequence[Record], found: Filter, kind: ResourceType) -> list[Record]:
    """The records a filter holds for, in their order."""
    holds = compile_match(found, kind)
    return [record for record in records if holds({**record.document, "id": record.id, "meta": _times(record)})]


def _times(record: Record) -> Resource:
    return {"created": record.created.isoformat(), "lastModified": record.modified.isoformat()}


def sort_records(records: Sequence[Record], params: Mapping[str, str], names: Sequence[str]) -> list[Record]:
    """The records in the order of `sortBy`, one of `names` (RFC 7644 3.4.2.3); Refused 400 for any other."""
    asked = params.get("sortBy", "")
    name = next((each for each in names if fold(each) == fold(asked)), "")
    if asked and not name:
        raise Refused(400, f"sortBy must be {', '.join(names)}.", scim_type="invalidValue")
    falls = fold(params.get("sortOrder", "")) == "descending"
    return sorted(records, key=lambda record: _sort_key(record, name), reverse=falls) if name else list(records)


def _sort_key(record: Record, name: str) -> str:
    known = {"id": record.id, "meta.lastModified": record.modified.isoformat()}
    return known.get(name) or fold(str(record.document.get(name, "")))


def page_by_index(question: Question, found: Sequence[Record], *, least: int = 1) -> Page:
    """One page by `startIndex` and `count` (RFC 7644 3.4.2.4); an index below `least` is refused."""
    start = read_whole(question.params, "startIndex", 1, least)
    count = read_whole(question.params, "count", DEFAULT_COUNT, 0)
    first = max(start, 1)
    records = found[first - 1 : first - 1 + count]

    def envelope(resources: list[Resource]) -> Resource:
        return {
            "schemas": [LIST_RESPONSE],
            "totalResults": len(found),
            "startIndex": first,
            "itemsPerPage": len(resources),
            "Resources": resources,
        }

    return Page(records, envelope)


def read_whole(params: Mapping[str, str], name: str, default: int, least: int) -> int:
    """A whole number among the parameters; Refused 400 when it is none or too small."""
    text = params.get(name, str(default))
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise Refused(400, f"{name} must be a whole number of at least {least}.", scim_type="invalidValue")
    return number


def exclude(resource: Resource, params: Mapping[str, str]) -> Resource:
    """The resource without `excludedAttributes`; `id` and `schemas` always stay."""
    return _drop(resource, _names(params.get("excludedAttributes")) - {"id", "schemas"})


def project(resource: Resource, params: Mapping[str, str]) -> Resource:
    """The resource with `attributes` only, or without `excludedAttributes` (RFC 7644 3.9)."""
    wanted = _names(params.get("attributes"))
    return _keep(resource, wanted | {"id", "schemas"}) if wanted else exclude(resource, params)


def _names(text: str | None) -> set[str]:
    return {fold(name.strip()) for name in (text or "").split(",") if name.strip()}


def _drop(resource: Resource, names: set[str]) -> Resource:
    return {key: _each(value, key, names, _drop) for key, value in resource.items() if fold(key) not in names}


def _keep(resource: Resource, names: set[str]) -> Resource:
    heads = {name.rpartition(":")[2].split(".")[0] for name in names} | {name for name in names if ":" in name}
    return {
        key: value if fold(key) in names else _each(value, key, names, _keep)
        for key, value in resource.items()
        if fold(key) in names or fold(key) in heads or any(name.startswith(f"{fold(key)}:") for name in names)
    }


def _each(value: object, key: str, names: set[str], step: object) -> object:
    """Go into an object or a list of them with the part of the names that is below `key`."""
    head = fold(key)
    below = {name[len(head) + 1 :] for name in names if name.startswith((f"{head}.", f"{head}:"))}
    if not below or not callable(step):
        return value
    if isinstance(value, list):
        return [step(each, below) if isinstance(each, dict) else each for each in value]
    return step(value, below) if isinstance(value, dict) else value
