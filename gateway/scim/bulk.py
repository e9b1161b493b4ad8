"""Bulk requests and responses (RFC 7644 3.7): the message, before anybody asks what its operations would do."""

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from gateway.scim.errors import ScimError
from gateway.scim.names import BULK_REQUEST, BULK_RESPONSE, fold
from gateway.scim.resource import check_schemas, fold_keys, require_object

Document = dict[str, Any]


class BulkOperation(Struct, frozen=True):
    """One operation as it was sent: texts are empty when they are missing, `method` is in capital letters."""

    method: str
    path: str
    bulk_id: str = ""
    version: str = ""
    data: Any | UnsetType = UNSET


class BulkRequest(Struct, frozen=True):
    """`fail_on_errors` None: every operation is carried out, however many fail."""

    operations: tuple[BulkOperation, ...]
    fail_on_errors: int | None = None


def read_bulk(doc: object) -> BulkRequest:
    """The message; ScimError `invalidSyntax` or `invalidValue` where it is none, and then nothing of it is done.

    Names and methods come in any letter case.
    """
    document = fold_keys(require_object(doc, "The bulk request"), "The bulk request")
    if BULK_REQUEST.lower() not in map(fold, check_schemas(document)):
        raise ScimError(
            "invalidSyntax",
            "`schemas` of a bulk request must hold the BulkRequest URN.",
            f"Add `{BULK_REQUEST}` to it.",
        )
    entries = document.get("operations")
    if not isinstance(entries, list):
        raise ScimError("invalidSyntax", "`Operations` takes a list of operations.")
    operations = tuple(_read_operation(entry, number) for number, entry in enumerate(entries, 1))
    return BulkRequest(operations, _read_limit(document.get("failonerrors")))


def _read_operation(entry: object, number: int) -> BulkOperation:
    given = fold_keys(require_object(entry, f"Operation {number}"), f"Operation {number}")
    method, path, bulk_id, version = (
        _read_text(given, name, number) for name in ("method", "path", "bulkId", "version")
    )
    return BulkOperation(method.strip().upper(), path.strip(), bulk_id, version, given.get("data", UNSET))


def _read_text(given: Document, name: str, number: int) -> str:
    value = given.get(fold(name))
    if value is None or isinstance(value, str):
        return value or ""
    raise ScimError("invalidSyntax", f"`{name}` of operation {number} takes text.")


def _read_limit(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ScimError("invalidValue", "`failOnErrors` takes a whole number above 0.", "Leave it out for no limit.")


class BulkResult(Struct, frozen=True):
    """What became of one operation. `response` is the SCIM Error of one that failed."""

    method: str
    status: int
    bulk_id: str = ""
    location: str = ""
    version: str = ""
    response: Document | None = None


def bulk_response(results: Iterable[BulkResult]) -> Document:
    """The BulkResponse; `status` is text there (RFC 7644 3.7.3, whose samples differ)."""
    return {"schemas": [BULK_RESPONSE], "Operations": [_render(result) for result in results]}


def _render(result: BulkResult) -> Document:
    known = {
        "location": result.location,
        "method": result.method,
        "bulkId": result.bulk_id,
        "version": result.version,
        "status": str(result.status),
        "response": result.response,
    }
    return {name: value for name, value in known.items() if value}
