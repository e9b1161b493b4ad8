"""The envelopes of RFC 7644: list responses, errors, search requests."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, cast

from msgspec import Struct

from gateway.scim.errors import ScimError
from gateway.scim.names import ERROR, LIST_RESPONSE, SEARCH_REQUEST, fold
from gateway.scim.resource import check_schemas, fold_keys, require_object
from gateway.scim.wire import decode_json, encode_json

__all__ = [
    "SearchRequest",
    "cursor_response",
    "decode_json",
    "encode_json",
    "error_body",
    "list_response",
    "parse_query",
    "parse_search",
]

SortOrder = Literal["ascending", "descending"]
_INTEGER: Final = re.compile(r"\s*([+-]?[0-9]{1,18})\s*")


class SearchRequest(Struct, frozen=True):
    """A query as it was asked (RFC 7644 3.4.2 and 3.4.3); the texts are not yet parsed.

    `start_index` counts from 1. `count` is None when the client leaves the page size to us. `cursor` is RFC 9865's;
    the empty text asks for a first page.
    """

    filter: str | None = None
    attributes: str | None = None
    excluded: str | None = None
    start_index: int = 1
    count: int | None = None
    sort_by: str | None = None
    sort_order: SortOrder = "ascending"
    cursor: str | None = None


def parse_query(params: Sequence[tuple[str, str]]) -> SearchRequest:
    """The query parameters of a GET; names in any letter case, those nobody knows ignored (Entra adds flags)."""
    given: dict[str, Any] = {}
    for name, value in params:
        key = fold(name)
        if key in _KNOWN and given.setdefault(key, value) != value:
            raise ScimError("invalidValue", f"`{_KNOWN[key]}` is given twice.", "Send it once.")
    return _search(given)


def parse_search(doc: object) -> SearchRequest:
    """The body of a POST to `.search`; `attributes` may be a list or a comma-separated text."""
    document = fold_keys(require_object(doc, "The search request"), "The search request")
    if SEARCH_REQUEST.lower() not in map(fold, check_schemas(document)):
        raise ScimError(
            "invalidSyntax", "`schemas` of a search must hold the SearchRequest URN.", f"Add `{SEARCH_REQUEST}` to it."
        )
    return _search({name: value for name, value in document.items() if value is not None})


_KNOWN: Final = {
    fold(name): name
    for name in (
        "filter", "attributes", "excludedAttributes", "startIndex", "count", "sortBy", "sortOrder", "cursor",
    )
}  # fmt: skip


def _search(given: dict[str, Any]) -> SearchRequest:
    attributes = _names(given, "attributes")
    excluded = _names(given, "excludedAttributes")
    if attributes and excluded:
        raise ScimError("invalidValue", "`attributes` and `excludedAttributes` exclude each other.", "Send one.")
    start, count = _number(given, "startIndex"), _number(given, "count")
    return SearchRequest(
        _text(given, "filter"),
        attributes,
        excluded,
        max(1, start or 1),
        None if count is None else max(0, count),
        _text(given, "sortBy") or None,
        _order(given),
        _text(given, "cursor"),
    )


def _text(given: dict[str, Any], name: str) -> str | None:
    value = given.get(fold(name))
    if value is None or isinstance(value, str):
        return value
    raise ScimError("invalidValue", f"`{name}` takes text.")


def _names(given: dict[str, Any], name: str) -> str | None:
    value = given.get(fold(name))
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        value = ",".join(value)
    if value is None or isinstance(value, str):
        return value or None
    raise ScimError("invalidValue", f"`{name}` takes a list of attribute names.")


def _number(given: dict[str, Any], name: str) -> int | None:
    value = given.get(fold(name))
    found = _INTEGER.fullmatch(value) if isinstance(value, str) else None
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if found is None:
        raise ScimError("invalidValue", f"`{name}` takes a whole number.")
    return int(found[1])


def _order(given: dict[str, Any]) -> SortOrder:
    order = fold(_text(given, "sortOrder") or "ascending")
    if order not in ("ascending", "descending"):
        raise ScimError("invalidValue", "`sortOrder` takes ascending or descending.")
    return cast("SortOrder", order)


def list_response(resources: Iterable[Any], total: int, start: int, count: int) -> dict[str, Any]:
    """The ListResponse of one page (RFC 7644 3.4.2): at most `count` resources, `itemsPerPage` as many as are shown.

    `Resources` is there even when it is empty: several clients read it without asking.
    """
    shown = list(resources)[:count]
    return {
        "schemas": [LIST_RESPONSE],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(shown),
        "Resources": shown,
    }


def cursor_response(resources: Iterable[Any], total: int | None, next_cursor: str | None) -> dict[str, Any]:
    """The ListResponse of a page by cursor (RFC 9865 2): `totalResults` where known, `nextCursor` but on the last."""
    shown = list(resources)
    page: dict[str, Any] = {"schemas": [LIST_RESPONSE]}
    if total is not None:
        page["totalResults"] = total
    page["itemsPerPage"] = len(shown)
    if next_cursor is not None:
        page["nextCursor"] = next_cursor
    return page | {"Resources": shown}


def error_body(status: int, scim_type: str | None, detail: str) -> dict[str, Any]:
    """The Error message (RFC 7644 3.12); `status` is text there."""
    body: dict[str, Any] = {"schemas": [ERROR], "status": str(status)}
    if scim_type is not None:
        body["scimType"] = scim_type
    return body | {"detail": detail}
