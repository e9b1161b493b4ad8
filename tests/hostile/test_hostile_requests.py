"""Requests that nobody should send: a SCIM Error, at once, and never a call to a path the client did not mean."""

import pytest
from hall import Hall
from rows import USERS, Row, get
from rows_bodies import BODIES, PATCHES
from rows_bulk import BULKS
from rows_conditions import CONDITIONS
from rows_cursors import CURSORS
from rows_names import NAMES, TYPES
from rows_paths import CALLERS, FILTERS, PATHS
from rows_queries import QUERIES
from rows_wires import WIRES
from wire import Heard, listen_on, speak

from gateway.pipeline.problems import PROBLEMS

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
SECONDS = 6.0

KINDS: tuple[tuple[str, dict[str, Row]], ...] = (
    ("body", BODIES),
    ("path", PATHS),
    ("caller", CALLERS),
    ("filter", FILTERS),
    ("patch", PATCHES),
    ("wire", WIRES),
    ("cursor", CURSORS),
    ("condition", CONDITIONS),
    ("name", NAMES),
    ("type", TYPES),
    ("query", QUERIES),
    ("bulk", BULKS),
)
EVERY = {f"{kind}: {name}": row for kind, rows in KINDS for name, row in rows.items()}


def check_error(heard: Heard, code: str) -> None:
    """A SCIM Error (RFC 7644 3.12) that ends with our code, and nothing about what answers."""
    assert heard.body.endswith(f'({code})"}}'.encode()), f"{heard.status} {heard.body[:300]!r}"
    assert heard.status == PROBLEMS[code].status
    assert heard.seconds < SECONDS
    assert heard.headers["content-type"] == "application/scim+json"
    document = heard.document
    assert document["schemas"] == [ERROR]
    assert document["status"] == str(heard.status)
    assert set(document) <= {"schemas", "status", "scimType", "detail"}
    assert heard.headers["x-request-id"]
    assert "server" not in heard.headers


@pytest.mark.parametrize("row", EVERY.values(), ids=EVERY)
def test_a_hostile_request_gets_a_scim_error_and_reaches_no_vendor(row: Row, hall: Hall) -> None:
    hall.asked()
    heard = speak(hall.port, row.raw)
    if heard.seconds >= SECONDS:  # a busy machine is late now and then; a request that takes so long is so each time
        heard = speak(hall.port, row.raw)
    check_error(heard, row.code)
    assert [call.path for call in hall.asked()] == []


def test_there_are_hundreds_of_them() -> None:
    assert len(EVERY) == sum(len(rows) for _, rows in KINDS)
    assert len({row.raw for row in EVERY.values()}) == len(EVERY) > 300


def test_of_good_requests_with_garbage_behind_them_none_is_carried_out(hall: Hall) -> None:
    good = get(USERS).replace(b"Connection: close", b"Connection: keep-alive")
    heard = listen_on(hall.port, good + good + b"\x00\x01 garbage\r\n\r\n" + good)
    assert heard.count(b"HTTP/1.") == 1
    assert heard.endswith(b'(SG116)"}')
    assert hall.asked() == []


def test_an_unknown_tenant_a_foreign_token_and_a_wrong_one_cannot_be_told_apart(hall: Hall) -> None:
    rows = ("a wrong token", "our token on another tenant's path", "a tenant nobody has")
    answers = [speak(hall.port, CALLERS[name].raw) for name in rows]
    assert len({answer.body for answer in answers}) == 1
    own = {"x-request-id", "date"}
    headers = [{name: value for name, value in each.headers.items() if name not in own} for each in answers]
    assert headers[0] == headers[1] == headers[2]
