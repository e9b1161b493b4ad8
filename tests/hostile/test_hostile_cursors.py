"""Cursors in the wrong hands: of another tenant, another type, another query, tampered with, or too old."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hall import Hall, open_hall
from msgspec import msgpack
from rows import BEARER, USERS
from scene import EMEA
from wire import Heard, request, speak

from gateway.pipeline.cursors import Bookmark, bind_query
from gateway.pipeline.paging import Position
from gateway.pipeline.sealing import close
from gateway.sandbox import RECORDS

PEOPLE = 5


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """The hall, with people behind both of its tenants."""
    with open_hall(tmp_path_factory.mktemp("crowd")) as hall:
        for number in range(PEOPLE):
            login = f"user{number}@example.com"
            person = {"userName": login, "name": {"givenName": "User", "familyName": f"No. {number}"}}
            for sandbox in hall.sandboxes.values():
                sandbox.app[RECORDS].add("Users", {**person, "emails": [{"value": login, "primary": True}]})
        yield hall


def ask(hall: Hall, target: str, token: str | None = None) -> Heard:
    headers = BEARER if token is None else {"Authorization": f"Bearer {token}"}
    return speak(hall.port, request("GET", target, None, headers))


def first_cursor(hall: Hall) -> str:
    return str(ask(hall, f"{USERS}?cursor&count=2").document["nextCursor"])


def said(heard: Heard) -> tuple[int, str, str]:
    detail = str(heard.document["detail"])
    return heard.status, heard.document["scimType"], detail[-6:-1]


def test_everybody_is_read_once_by_cursor(crowd: Hall) -> None:
    names, cursor = [], ""
    while cursor is not None:
        page = ask(crowd, f"{USERS}?cursor={cursor}&count=2").document
        names += [each["userName"] for each in page["Resources"]]
        cursor = page.get("nextCursor")
    assert names == [f"user{number}@example.com" for number in range(PEOPLE)]


def test_the_wrong_hands_all_read_the_same_refusal_and_no_vendor_is_asked(crowd: Hall) -> None:
    cursor = first_cursor(crowd)
    crowd.asked()
    swapped = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    heard = [
        ask(crowd, f"/emea/scim/v2/Users?cursor={cursor}&count=2", EMEA),
        ask(crowd, f"/acme/scim/v2/Groups?cursor={cursor}&count=2"),
        ask(crowd, f"{USERS}?filter=userName%20pr&cursor={cursor}&count=2"),
        ask(crowd, f"{USERS}?sortBy=userName&cursor={cursor}&count=2"),
        ask(crowd, f"{USERS}?cursor={swapped}&count=2"),
        ask(crowd, f"{USERS}?cursor={cursor[:-1]}&count=2"),
        ask(crowd, f"{USERS}?cursor={cursor}{cursor}&count=2"),
        ask(crowd, f"{USERS}?cursor={'A' * len(cursor)}&count=2"),
    ]
    assert {said(each) for each in heard} == {(400, "invalidCursor", "SG310")}
    assert len({each.body for each in heard}) == 1
    assert crowd.asked() == []


@pytest.mark.parametrize("count", ["1", "0", "-1", "1000"])
def test_the_size_of_pages_stays_what_it_was(crowd: Hall, count: str) -> None:
    assert said(ask(crowd, f"{USERS}?cursor={first_cursor(crowd)}&count={count}")) == (400, "invalidCount", "SG312")


def test_a_cursor_of_a_token_that_was_withdrawn_is_of_no_use(crowd: Hall) -> None:
    assert ask(crowd, f"{USERS}?cursor={first_cursor(crowd)}&count=2", "withdrawn").status == 401


@pytest.mark.parametrize(
    ("mark", "refusal"),
    [
        (Bookmark(1_000_000_000, 2, Position(2)), (400, "expiredCursor", "SG311")),
        (["a list of another shape"], (400, "invalidCursor", "SG310")),
        (b"\xff\xff", (400, "invalidCursor", "SG310")),
    ],
    ids=["of another day", "of another release", "garbage"],
)
def test_what_we_sealed_ourselves_is_not_believed_either(
    crowd: Hall, mark: object, refusal: tuple[int, str, str]
) -> None:
    tenant = crowd.running.door.live.gateway.tenants["acme"]
    text = mark if isinstance(mark, bytes) else msgpack.encode(mark)
    cursor = close(tenant.seal, text, bind_query(tenant, "User", None, None, "ascending"))
    assert said(ask(crowd, f"{USERS}?cursor={cursor}&count=2")) == refusal


def test_nothing_of_the_place_can_be_read_from_a_cursor_and_no_other_gateway_takes_it(
    crowd: Hall, tmp_path: Path
) -> None:
    cursor = first_cursor(crowd)
    assert "user" not in cursor
    assert "cursor" not in json.dumps([call.query for call in crowd.asked()])
    with open_hall(tmp_path) as other:
        assert said(ask(other, f"{USERS}?cursor={cursor}&count=2")) == (400, "invalidCursor", "SG310")
