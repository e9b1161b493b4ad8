"""Pages by cursor (RFC 9865) over every style of paging: each record once, no state, no cursor that leads astray."""

import re
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from gateway.conversation.effects import Reply
from gateway.lens.ability import FilterAbility
from gateway.mapping.dialect import Paging
from gateway.observations import FilterScanned
from gateway.pipeline.sealing import Seal
from gateway.scim.filter import parse_filter

INDEX = Paging(max=2)
OFFSET = Paging(style="offset", start="offset", size="limit", max=2)
NUMBERED = Paging(style="page", start="page", size="per_page", max=2)
CURSOR = Paging(style="cursor", start="cursor", size="count", max=2, next=("next",), total=None)
TOLD = replace(CURSOR, total=("totalResults",))
UNSIZED = replace(TOLD, size=None)
LINKED = Paging(style="link", size="limit", max=2, items=("Resources",), total=None)
UNCOUNTED = Paging(style="index", max=2, total=None)
STRAIGHT = Paging(style="index", max=2, jump=False)
WHOLE = Paging(style="none", size=None, max=9)
SCANNED = FilterAbility(language="none", scan=4)
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")
STALE = [
    Reply(400, {}, {"detail": "The cursor is not valid."}),
    Reply(404),
    Reply(410),
    Reply(422),
]


@dataclass
class Book:
    """A client that turns pages; each entry of `calls` is the playbook of one page."""

    play: object
    gateway: object
    line: str
    cursor: str = ""

    def turn(self, *steps, **more):
        mark = "&" if "?" in self.line else "?"
        played = self.play(f"GET {self.line}{mark}cursor={self.cursor}", steps, gateway=self.gateway, **more)
        self.cursor = (played.body or {}).get("nextCursor")
        return played


def names(played):
    return [one["userName"] for one in played.body["Resources"]]


@pytest.fixture
def pages(user, page):
    """`pages(1, 2, total=5, next="b")`: an answer that holds user1 and user2."""

    def answer(*numbers, total=None, link=None, **more):
        reply = page(*(user(str(one), f"user{one}") for one in numbers), total=total, **more)
        if total is None:
            del reply.body["totalResults"]
        return replace(reply, headers={"link": f'<?{link}>; rel="next"'}) if link else reply

    return answer


@pytest.fixture
def book(play, make_gateway):
    def open_book(line, **said):
        return Book(play, make_gateway(**said), line)

    return open_book


EVERY_STYLE = [
    (INDEX, 2, [[("startIndex=1&count=2", (1, 2), 3, None)], [("startIndex=3&count=2", (3,), 3, None)]], 3),
    (INDEX, 3, [[("startIndex=1&count=2", (1, 2), 4, None), ("startIndex=3&count=1", (3,), 4, None)],
                [("startIndex=4&count=2", (4,), 4, None)]], 4),
    (OFFSET, 2, [[("offset=0&limit=2", (1, 2), 3, None)], [("offset=2&limit=2", (3,), 3, None)]], 3),
    (NUMBERED, 2, [[("page=1&per_page=2", (1, 2), 3, None)], [("page=2&per_page=2", (3,), 3, None)]], 3),
    (NUMBERED, 1, [[("page=1&per_page=1", (1,), 2, None)], [("page=2&per_page=1", (2,), 2, None)]], 2),
    (CURSOR, 2, [[("count=2", (1, 2), None, "b")], [("cursor=b&count=2", (3,), None, None)]], None),
    (CURSOR, 3, [[("count=2", (1, 2), None, "b"), ("cursor=b&count=2", (3, 4), None, "c")],
                 [("cursor=b&count=2", (3, 4), None, "c"), ("cursor=c&count=2", (5,), None, None)]], None),
    (CURSOR, 3, [[("count=2", (1, 2), None, "b"), ("cursor=b&count=2", (3, 4), None, None)],
                 [("cursor=b&count=2", (3, 4), None, None)]], None),
    (TOLD, 1, [[("count=1", (1,), 2, "b")], [("cursor=b&count=1", (2,), 2, "c")]], 2),
    (UNSIZED, 1, [[("", (1, 2), 3, "b")], [("", (1, 2), 3, "b")], [("cursor=b", (3,), 3, None)]], 3),
    (LINKED, 2, [[("limit=2", (1, 2), None, "after=b")], [("after=b", (3,), None, None)]], None),
    (UNCOUNTED, 2, [[("startIndex=1&count=2", (1, 2), None, None)], [("startIndex=3&count=2", (3,), None, None),
                    ("startIndex=4&count=2", (), None, None)]], None),
    (STRAIGHT, 1, [[("startIndex=1&count=1", (1, 2), 3, None)],
                   [("startIndex=1&count=1", (1, 2), 3, None)],
                   [("startIndex=1&count=1", (1, 2), 3, None), ("startIndex=3&count=1", (3,), 3, None)]], 3),
    (WHOLE, 2, [[("", (1, 2, 3), 3, None)], [("", (1, 2, 3), 3, None)]], 3),
]  # fmt: skip


@pytest.mark.parametrize(("paging", "count", "turns", "total"), EVERY_STYLE)
def test_every_style_of_paging_is_read_on_where_the_last_page_ended(book, pages, paging, count, turns, total):
    reader = book(f"/Users?count={count}", can_paging=paging)
    seen = []
    for turn in turns:
        assert reader.cursor is not None, "the list went on"
        steps = []
        for query, numbers, told, following in turn:
            more = {"link": following} if paging.style == "link" else {"next": following}
            steps.append((f"GET /Users{'?' if query else ''}{query}", pages(*numbers, total=told, **more)))
        played = reader.turn(*steps)
        assert (played.status, played.body.get("totalResults")) == (200, total)
        assert played.body["itemsPerPage"] == len(names(played)) <= count
        assert "startIndex" not in played.body
        seen += names(played)
    assert reader.cursor is None
    assert seen == [f"user{number}" for number in range(1, len(seen) + 1)]


def test_a_list_that_is_one_page_is_counted_although_nobody_tells(book, pages):
    played = book("/Users", can_paging=CURSOR).turn(("GET /Users?count=2", pages(1, 2)))
    assert (played.body["totalResults"], "nextCursor" in played.body) == (2, False)


def test_a_cursor_is_short_opaque_and_stands_in_a_url(book, pages):
    reader = book("/Users", can_paging=CURSOR)
    reader.turn(("GET /Users?count=2", pages(1, 2, next="last=bjensen@example.com")),
                ("GET /Users?cursor=last=bjensen@example.com&count=2", pages(*range(3, 101), next="z")))  # fmt: skip
    assert UNRESERVED.fullmatch(reader.cursor)
    assert len(reader.cursor) < 80


def test_a_filter_checked_here_stops_in_the_middle_of_a_page_and_goes_on_there(book, page, user):
    def answer(*titles, total=6):
        return page(*(user(str(one), f"user{one}", title=title) for one, title in titles), total=total)

    reader = book('/Users?filter=title eq "Guide"&count=2', can_paging=INDEX, can_filter=SCANNED)
    first = reader.turn(
        ("GET /Users?startIndex=1&count=2", answer((1, "Guide"), (2, "Driver"))),
        ("GET /Users?startIndex=3&count=2", answer((3, "Guide"), (4, "Guide"))),
    )
    assert (names(first), "totalResults" in first.body) == (["user1", "user3"], False)
    assert [fact.records for fact in first.noted(FilterScanned)] == [4]
    last = reader.turn(
        ("GET /Users?startIndex=4&count=2", answer((4, "Guide"), (5, "Driver"))),
        ("GET /Users?startIndex=6&count=2", answer((6, "Driver"))),
    )
    assert (names(last), reader.cursor) == (["user4"], None)


def test_a_page_of_tokens_that_was_cut_is_read_again_and_what_was_shown_left_out(book, page, user):
    def answer(*titles, **more):
        return page(*(user(str(one), f"user{one}", title=title) for one, title in titles), **more)

    reader = book('/Users?filter=title eq "Guide"&count=1', can_paging=CURSOR, can_filter=SCANNED)
    middle = ("GET /Users?cursor=b&count=2", answer((3, "Guide"), (4, "Guide"), next="c"))
    steps = [
        [("GET /Users?count=2", answer((1, "Driver"), (2, "Driver"), next="b")), middle],
        [middle],
        [("GET /Users?cursor=c&count=2", answer((5, "Driver")))],
    ]
    assert [names(reader.turn(*turn)) for turn in steps] == [["user3"], ["user4"], []]
    assert reader.cursor is None


def test_as_much_is_read_for_a_page_as_may_be_for_one_request(book, pages):
    reader = book('/Users?filter=title eq "Guide"', can_paging=INDEX, can_filter=SCANNED)
    lines = [f"GET /Users?startIndex={start}&count=2" for start in (1, 3, 5)]
    first = reader.turn((lines[0], pages(1, 2, total=5)), (lines[1], pages(3, 4, total=5)))
    assert (first.status, names(first)) == (200, [])
    last = reader.turn((lines[2], pages(5, total=5)))
    assert (names(last), reader.cursor) == ([], None)


def test_a_place_that_cannot_be_reached_within_one_request_is_too_many(book, pages):
    reader = book('/Users?filter=userName sw "user"&count=3', can_paging=STRAIGHT, can_filter=SCANNED)
    lines = [f"GET /Users?startIndex={start}&count=2" for start in (1, 3)]
    steps = [(lines[0], pages(1, 2, total=9)), (lines[1], pages(3, 4, total=9))]
    assert names(reader.turn(*steps)) == ["user1", "user2", "user3"]
    assert names(reader.turn(*steps)) == ["user4"]
    lost = reader.turn(*steps)
    assert (lost.status, lost.body["scimType"], lost.finished.code) == (400, "tooMany", "SG303")


def test_deleted_records_that_are_still_shown_are_left_out_and_nothing_is_counted(book, page, user):
    reader = book("/Users?count=1", can_paging=INDEX, can_filter=SCANNED, gone=parse_filter('status eq "DELETED"'))
    answer = page(user("1", "a", status="DELETED"), user("2", "b"), total=3)
    first = reader.turn(("GET /Users?startIndex=1&count=2", answer))
    assert (names(first), "totalResults" in first.body) == (["b"], False)
    last = reader.turn(("GET /Users?startIndex=3&count=2", page(user("3", "c", status="DELETED"), total=3)))
    assert (names(last), reader.cursor) == ([], None)


def test_an_order_of_ours_is_cut_into_pages_by_cursor(book, pages):
    reader = book("/Users?sortBy=userName&sortOrder=descending&count=2", can_paging=INDEX)
    lines = [f"GET /Users?startIndex={start}&count=2" for start in (1, 3)]
    steps = [(lines[0], pages(2, 3, total=3)), (lines[1], pages(1, total=3))]
    first, last = reader.turn(*steps), reader.turn(*steps)
    assert (names(first), names(last), reader.cursor) == (["user3", "user2"], ["user1"], None)
    assert first.body["totalResults"] == last.body["totalResults"] == 3


def test_an_id_filter_is_one_page(book, user):
    played = book('/Users?filter=id eq "2819c223"').turn(("GET /Users/2819c223", Reply(200, {}, user())))
    assert (names(played), played.body["totalResults"], "nextCursor" in played.body) == (["bjensen"], 1, False)


def test_a_count_of_nothing_gives_the_total_and_no_cursor(book, pages):
    for count in ("0", "-3"):
        played = book(f"/Users?count={count}", can_paging=TOLD).turn(
            ("GET /Users?count=2", pages(1, 2, total=9, next="b"))
        )
        assert (played.body["totalResults"], names(played), "nextCursor" in played.body) == (9, [], False)


def test_a_search_request_pages_by_cursor_too_and_its_cursor_is_the_same(play, make_gateway, pages):
    gateway = make_gateway(can_paging=CURSOR)
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 1, "cursor": ""}
    steps = [("GET /Users?count=1", pages(1, next="b"))]
    first = play("POST /Users/.search", steps, gateway=gateway, body=body)
    following = {**body, "cursor": first.body["nextCursor"]}
    steps = [("GET /Users?cursor=b&count=1", pages(2))]
    assert names(play("POST /Users/.search", steps, gateway=gateway, body=following)) == ["user2"]
    line = f"GET /Users?count=1&cursor={first.body['nextCursor']}"
    assert names(play(line, steps, gateway=gateway)) == ["user2"]


def test_what_is_shown_of_resources_may_change_from_page_to_page(book, pages):
    reader = book("/Users?count=1&attributes=title", can_paging=CURSOR)
    reader.turn(("GET /Users?count=1", pages(1, next="b")))
    reader.line = "/Users?count=1&attributes=userName"
    assert names(reader.turn(("GET /Users?cursor=b&count=1", pages(2)))) == ["user2"]


def test_a_count_that_is_left_out_later_is_the_first_one(book, pages):
    reader = book("/Users?count=1", can_paging=CURSOR)
    reader.turn(("GET /Users?count=1", pages(1, next="b")))
    reader.line = "/Users"
    assert names(reader.turn(("GET /Users?cursor=b&count=1", pages(2)))) == ["user2"]


@pytest.mark.parametrize(
    ("line", "code", "scim_type"),
    [
        ("/Users?count=1&filter=userName sw \"u\"", "SG310", "invalidCursor"),
        ("/Users?count=1&sortBy=userName", "SG310", "invalidCursor"),
        ("/Users?count=1&sortOrder=descending", "SG310", "invalidCursor"),
        ("/Groups?count=1", "SG310", "invalidCursor"),
        ("/Users?count=2", "SG312", "invalidCount"),
        ("/Users?count=0", "SG312", "invalidCount"),
        ("/Users?count=-1", "SG312", "invalidCount"),
        ("/Users?count=1&startIndex=2", "SG313", "invalidValue"),
    ],
)  # fmt: skip
def test_a_cursor_goes_on_with_the_query_it_was_given_for_and_no_other(book, pages, line, code, scim_type):
    reader = book("/Users?count=1", can_paging=CURSOR)
    reader.turn(("GET /Users?count=1", pages(1, next="b")))
    reader.line = line
    refused = reader.turn()
    assert (refused.status, refused.body["scimType"], refused.finished.code) == (400, scim_type, code)


def test_a_cursor_ends_after_ten_minutes(book, pages):
    reader = book("/Users?count=1", can_paging=CURSOR)
    reader.turn(("GET /Users?count=1", pages(1, next="b")), now=5_000.9)
    cursor = reader.cursor
    assert names(reader.turn(("GET /Users?cursor=b&count=1", pages(2)), now=5_600.0)) == ["user2"]
    reader.cursor = cursor
    late = reader.turn(now=5_600.1)
    assert (late.status, late.body["scimType"], late.finished.code) == (400, "expiredCursor", "SG311")


@pytest.mark.parametrize("answer", STALE, ids=lambda answer: str(answer.status))
def test_a_token_that_the_backend_forgot_has_expired(book, pages, answer):
    reader = book("/Users?count=1", can_paging=CURSOR)
    reader.turn(("GET /Users?count=1", pages(1, next="b")))
    refused = reader.turn(("GET /Users?cursor=b&count=1", answer))
    assert (refused.status, refused.body["scimType"], refused.finished.code) == (400, "expiredCursor", "SG314")


def test_a_backend_that_fails_has_not_forgotten(book, pages):
    reader = book("/Users?count=1", can_paging=CURSOR, tries=1)
    reader.turn(("GET /Users?count=1", pages(1, next="b")))
    failed = reader.turn(("GET /Users?cursor=b&count=1", Reply(500)))
    assert (failed.status, failed.finished.code) == (503, "SG503")


def test_a_backend_that_sends_readers_in_a_circle_is_noticed(book, pages):
    reader = book("/Users?count=1", can_paging=CURSOR)
    reader.turn(("GET /Users?count=1", pages(1, next="b")))
    assert reader.turn(("GET /Users?cursor=b&count=1", pages(2, next="b"))).finished.code == "SG304"


def test_a_token_too_long_for_a_url_is_left_out_and_the_list_read_again(book, pages):
    long = "b" * 2_001
    reader = book("/Users?count=2", can_paging=CURSOR)
    first = ("GET /Users?count=2", pages(1, 2, next=long))
    reader.turn(first)
    assert len(reader.cursor) < 80
    assert names(reader.turn(first, (f"GET /Users?cursor={long}&count=2", pages(3)))) == ["user3"]


def test_nobody_else_can_use_a_cursor(book, pages, make_gateway):
    reader = book("/Users?count=1", can_paging=CURSOR)
    reader.turn(("GET /Users?count=1", pages(1, next="b")))
    cursor, acme = reader.cursor, reader.gateway.tenants["acme"]
    bodies = set()
    for changed in (
        {"name": "emea"},
        {"backend": "acme-test"},
        {"base": "https://other.example/scim"},
        {"dialect": replace(acme.dialect, digest="another text of the mapping")},
        {"seal": Seal((b"another secret of thirty-two byt",))},
    ):
        reader.cursor = cursor
        reader.gateway = replace(reader.gateway, tenants={"acme": replace(acme, **changed)})
        refused = reader.turn()
        assert (refused.status, refused.finished.code) == (400, "SG310")
        bodies.add(str(refused.body))
    assert len(bodies) == 1


def test_a_secret_that_is_rotated_still_opens_what_it_closed(book, pages):
    reader = book("/Users?count=1", can_paging=CURSOR)
    reader.turn(("GET /Users?count=1", pages(1, next="b")))
    acme = reader.gateway.tenants["acme"]
    seal = Seal((b"the new secret of thirty-two byt", *acme.seal.secrets))
    reader.gateway = replace(reader.gateway, tenants={"acme": replace(acme, seal=seal)})
    assert names(reader.turn(("GET /Users?cursor=b&count=1", pages(2)))) == ["user2"]


def test_pages_go_by_index_where_nothing_is_asked_for(play, make_gateway, pages):
    played = play(
        "GET /Users?count=1", [("GET /Users?startIndex=1&count=1", pages(1, total=2))], gateway=make_gateway()
    )
    assert (played.body["startIndex"], "nextCursor" in played.body) == (1, False)


@pytest.mark.parametrize(("paging", "timeout"), [(INDEX, 600), (CURSOR, None), (LINKED, None)])
def test_how_lists_are_paged_is_told_and_nothing_is_promised_for_the_backends_tokens(
    play, make_gateway, paging, timeout
):
    told = play("GET /ServiceProviderConfig", gateway=make_gateway(can_paging=paging)).body["pagination"]
    assert told.pop("cursorTimeout", None) == timeout
    assert told == {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 100,
        "maxPageSize": 1000,
    }
