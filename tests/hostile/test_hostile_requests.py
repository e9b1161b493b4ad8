"""Requests that nobody should send: a SCIM Error, at once, and never a call to a path the client did not mean."""

import re

import pytest
from hall import Hall
from rows import BEARER, USERS, Row
from rows_bodies import BODIES, PATCHES
from rows_bulk import BULKS
from rows_conditions import CONDITIONS
from rows_cursors import CURSORS
from rows_paths import CALLERS, FILTERS, PATHS
from rows_wires import WIRES
from wire import Heard, request, speak

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
SECONDS = 2.0
CODE = re.compile(r"\(SG\d{3}\)$")

EVERY = {
    f"{kind}: {name}": row
    for kind, rows in (
        ("body", BODIES),
        ("path", PATHS),
        ("caller", CALLERS),
        ("filter", FILTERS),
        ("patch", PATCHES),
        ("wire", WIRES),
        ("bulk", BULKS),
        ("cursor", CURSORS),
        ("condition", CONDITIONS),
    )
    for name, row in rows.items()
}


def check_error(heard: Heard, status: tuple[int, ...]) -> None:
    """A SCIM Error (RFC 7644 3.12) that ends with our code, and nothing about what answers."""
    assert heard.status in status, f"{heard.status} {heard.body[:300]!r}"
    assert heard.seconds < SECONDS
    assert heard.headers["content-type"] == "application/scim+json"
    document = heard.document
    assert document["schemas"] == [ERROR]
    assert document["status"] == str(heard.status)
    assert CODE.search(document["detail"])
    assert set(document) <= {"schemas", "status", "scimType", "detail"}
    assert heard.headers["x-request-id"]
    assert "server" not in heard.headers


@pytest.mark.parametrize("row", EVERY.values(), ids=EVERY)
def test_a_hostile_request_gets_a_scim_error_and_reaches_no_vendor(row: Row, hall: Hall) -> None:
    hall.asked()
    check_error(speak(hall.port, row.raw), row.status)
    assert [call.path for call in hall.asked()] == []


def test_an_unknown_tenant_a_foreign_token_and_a_wrong_one_cannot_be_told_apart(hall: Hall) -> None:
    rows = ("a wrong token", "our token on another tenant's path", "a tenant nobody has")
    answers = [speak(hall.port, CALLERS[name].raw) for name in rows]
    assert len({answer.body for answer in answers}) == 1
    own = {"x-request-id", "date"}
    headers = [{name: value for name, value in each.headers.items() if name not in own} for each in answers]
    assert headers[0] == headers[1] == headers[2]


def test_a_head_request_gets_a_status_and_no_body(hall: Hall) -> None:
    heard = speak(hall.port, request("HEAD", USERS, None, BEARER))
    assert (heard.status, heard.body) == (200, b"")
