"""Lists: every style of paging, true totals, and no empty answer that is not proven."""

import pytest
from msgspec.structs import replace

from gateway.conversation.effects import Lost, Reply
from gateway.lens.ability import FilterAbility, Question
from gateway.mapping.dialect import Paging
from gateway.observations import FilterScanned
from gateway.scim.filter import parse_filter

SEARCH = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
OFFSET = Paging(style="offset", start="offset", size="limit", max=2)
NUMBERED = Paging(style="page", start="page", size="per_page", max=2)
CURSOR = Paging(style="cursor", start="cursor", size="count", max=2, next=("nextCursor",))
BLIND = Paging(style="cursor", start="cursor", size="count", max=2, next=("nextCursor",), total=None)
OPENED = Paging(style="cursor", start="cursor", size="count", max=2, next=("nextCursor",), total=None, begin="")
LINKED = Paging(style="link", size="limit", max=2, items=(), total=None)
UNCOUNTED = Paging(style="index", max=2, total=None)
STRAIGHT = Paging(style="index", max=2, jump=False)
WHOLE = Paging(style="none", size=None, max=2)
PARAMS = FilterAbility(
    language="params",
    allow={"userName": frozenset(["eq", "sw"])},
    asked={
        ("userName", "eq"): Question((("username", "{value}"), ("exact", "true"))),
        ("userName", "sw"): Question((("username", "{value}"),), exact=False),
    },
)
NO_FILTER = FilterAbility(language="none", scan=4)


def names(played):
    return [one["userName"] for one in played.body["Resources"]]


def people(user, *numbers):
    return [user(str(number), f"user{number}") for number in numbers]


@pytest.fixture
def pages(user, page):
    """`pages(1, 2, total=5)`: an answer that holds user1 and user2."""

    def answer(*numbers, **more):
        return page(*people(user, *numbers), **more)

    return answer


def test_an_exact_page_is_one_call_and_the_total_is_the_backends(play, pages):
    played = play("GET /Users?startIndex=3&count=2", [("GET /Users?startIndex=3&count=2", pages(3, 4, total=9))])
    assert names(played) == ["user3", "user4"]
    assert {key: played.body[key] for key in ("totalResults", "startIndex", "itemsPerPage")} == {
        "totalResults": 9,
        "startIndex": 3,
        "itemsPerPage": 2,
    }


@pytest.mark.parametrize(
    ("paging", "line", "steps", "seen", "total"),
    [
        (OFFSET, "startIndex=2&count=3", [("offset=1&limit=2", (2, 3), 5), ("offset=3&limit=1", (4,), 5)],
         [2, 3, 4], 5),
        (OFFSET, "startIndex=9&count=3", [("offset=8&limit=2", (), 5)], [], 5),
        (OFFSET, "count=0", [("offset=0&limit=1", (1,), 5)], [], 5),
        (NUMBERED, "startIndex=2&count=2", [("page=1&per_page=2", (1, 2), 5), ("page=2&per_page=2", (3, 4), 5)],
         [2, 3], 5),
        (NUMBERED, "startIndex=5&count=2", [("page=3&per_page=2", (5,), 5)], [5], 5),
        (UNCOUNTED, "count=1", [("startIndex=1&count=2", (1, 2), None), ("startIndex=3&count=2", (3,), None),
                                ("startIndex=4&count=2", (), None)], [1], 3),
        (STRAIGHT, "startIndex=3&count=1", [("startIndex=1&count=2", (1, 2), 4), ("startIndex=3&count=2", (3, 4), 4)],
         [3], 4),
        (STRAIGHT, "startIndex=3&count=1", [("startIndex=1&count=2", (1, 2, 3, 4), 4)], [3], 4),
        (WHOLE, "count=9", [("", (1,), 1)], [1], 1),
        (WHOLE, "count=2", [("", (1, 2), 5)], [1, 2], 5),
    ],
)  # fmt: skip
def test_every_style_of_paging_gives_the_asked_window_and_the_true_total(
    play, make_gateway, page, user, paging, line, steps, seen, total
):
    script = []
    for query, numbers, told in steps:
        answer = page(*people(user, *numbers), total=told)
        if told is None:
            del answer.body["totalResults"]
        script.append((f"GET /Users{'?' if query else ''}{query}", answer))
    played = play(f"GET /Users?{line}", script, gateway=make_gateway(can_paging=paging))
    assert names(played) == [f"user{number}" for number in seen]
    assert played.body["totalResults"] == total


def test_a_first_page_is_asked_with_an_empty_cursor_where_that_is_the_way(play, make_gateway, pages):
    first, last = pages(1, 2, nextCursor="b"), pages(3)
    del first.body["totalResults"], last.body["totalResults"]
    steps = [("GET /Users?cursor=&count=2", first), ("GET /Users?cursor=b&count=2", last)]
    played = play("GET /Users?count=3", steps, gateway=make_gateway(can_paging=OPENED))
    assert (names(played), played.body["totalResults"]) == (["user1", "user2", "user3"], 3)


def linked(target, *records):
    return Reply(
        200,
        {"link": f'<https://api.acme.example/scim/Users?limit=2>; rel="self", <{target}>; rel="next"'},
        list(records),
    )


def test_links_are_followed_to_the_last_page_with_all_they_say(play, make_gateway, user):
    one, two, three = people(user, 1, 2, 3)
    filter_ = 'filter=userName eq "a"&'
    steps = [
        (f"GET /Users?{filter_}limit=2", linked("https://api.acme.example/scim/Users?after=x%26y&q=1", one, two)),
        ("GET /Users?after=x&y&q=1", Reply(200, {}, [three])),
    ]
    played = play('GET /Users?filter=userName eq "a"&count=9', steps, gateway=make_gateway(can_paging=LINKED))
    assert (names(played), played.body["totalResults"]) == (["user1", "user2", "user3"], 3)
    assert played.calls[1].query == (("after", "x&y"), ("q", "1"))


def test_a_link_to_another_place_is_never_followed(play, make_gateway, user):
    steps = [("GET /Users?limit=2", linked("https://evil.example/scim/Users?after=x", user()))]
    played = play("GET /Users", steps, gateway=make_gateway(can_paging=LINKED))
    assert (played.status, played.finished.code) == (502, "SG513")


def test_a_link_that_leads_in_a_circle_is_too_many(play, make_gateway, user):
    one, two = people(user, 1, 2)
    steps = [
        ("GET /Users?limit=2", linked("?page=2", one)),
        ("GET /Users?page=2", linked("?page=2", two)),
        ("GET /Users?page=2", linked("?page=2", one)),
    ]
    assert play("GET /Users", steps, gateway=make_gateway(can_paging=LINKED)).finished.code == "SG304"


def test_records_that_are_none_are_left_out_and_not_counted(play, make_gateway, page, user):
    paging = Paging(ignore=parse_filter('userName sw "synth"'))
    steps = [("GET /Users?startIndex=1&count=100", page(user("1", "synthetic"), user("2", "b")))]
    played = play("GET /Users?count=1", steps, gateway=make_gateway(can_paging=paging))
    assert (names(played), played.body["totalResults"]) == (["b"], 1)


@pytest.mark.parametrize(
    ("paging", "steps"),
    [
        (CURSOR, [("count=2", (1, 2), 5, "b"), ("cursor=b&count=2", (1, 2), 5, "c")]),
        (CURSOR, [("count=2", (1, 2), 5, "b"), ("cursor=b&count=2", (3,), 5, "b"), ("cursor=b&count=2", (4,), 5, "b")]),
        (CURSOR, [("count=2", (1, 2), 5, None)]),
        (WHOLE, [("", (1, 2), 5, None)]),
        (OFFSET, [("offset=0&limit=2", (1, 2), 5, None), ("offset=2&limit=2", (), 5, None)]),
        (OFFSET, [("offset=0&limit=2", (1, 2), 5, None), ("offset=2&limit=2", (1, 2), 5, None)]),
        (NUMBERED, [("page=1&per_page=2", (1,), 5, None)]),
    ],
    ids=["same page again", "same cursor again", "no cursor", "cut list", "hole", "start ignored", "short page"],
)
def test_a_list_cut_without_a_way_on_is_too_many_and_never_short(play, make_gateway, page, user, paging, steps):
    script = [
        (f"GET /Users{'?' if query else ''}{query}", page(*people(user, *numbers), total=total, nextCursor=cursor))
        for query, numbers, total, cursor in steps
    ]
    played = play("GET /Users?count=5", script, gateway=make_gateway(can_paging=paging))
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "tooMany", "SG304")


def test_a_filter_is_pushed_down_and_answered_exactly(play, page, user):
    line = 'GET /Users?filter=userName eq "bjensen"&startIndex=1&count=100'
    played = play('GET /Users?filter=USERNAME Eq "bjensen"', [(line, page(user()))])
    assert (names(played), played.body["totalResults"]) == (["bjensen"], 1)


def test_a_search_request_is_a_query(play, page, user):
    line = 'GET /Users?filter=userName eq "bjensen"&startIndex=1&count=5'
    body = {**SEARCH, "filter": 'userName eq "bjensen"', "count": 5, "attributes": ["userName"]}
    played = play("POST /Users/.search", [(line, page(user(title="Guide")))], body=body)
    assert played.status == 200
    assert sorted(played.body["Resources"][0]) == ["id", "schemas", "userName"]


def test_a_clause_the_backend_cannot_answer_is_checked_here_over_all_candidates(play, make_gateway, page, user):
    records = [user("1", "a", title="Guide"), user("2", "b", title="Driver"), user("3", "c", title="guide")]
    gateway = make_gateway(can_filter=NO_FILTER)
    played = play(
        'GET /Users?filter=title eq "Guide"&count=1&sortBy=userName&sortOrder=descending',
        [("GET /Users?startIndex=1&count=100", page(*records))],
        gateway=gateway,
    )
    assert (names(played), played.body["totalResults"]) == (["c"], 2)
    assert [fact.records for fact in played.noted(FilterScanned)] == [3]


def test_of_records_that_do_not_match_only_what_was_asked_is_looked_at(play, make_gateway, page, user):
    records = [user("1", "a", title="Guide"), user("2", "b", title="Driver", emails="no list")]
    line = "GET /Users?startIndex=1&count=100"
    gateway = make_gateway(can_filter=NO_FILTER)
    played = play('GET /Users?filter=title eq "Guide"', [(line, page(*records))], gateway=gateway)
    assert (played.body["Resources"][0]["title"], played.body["totalResults"]) == ("Guide", 1)
    broken = play('GET /Users?filter=title eq "Driver"', [(line, page(*records))], gateway=gateway)
    assert (broken.status, broken.finished.code) == (502, "SG507")


def test_more_candidates_than_may_be_read_are_too_many(play, make_gateway, pages):
    steps = [("GET /Users?startIndex=1&count=100", pages(1, 2, total=5))]
    played = play('GET /Users?filter=title eq "Guide"', steps, gateway=make_gateway(can_filter=NO_FILTER))
    assert (played.status, played.finished.code) == (400, "SG303")


def test_more_candidates_than_told_are_too_many_as_well(play, make_gateway, pages):
    answer = pages(1, 2, 3, 4, 5)
    del answer.body["totalResults"]
    gateway = make_gateway(can_filter=NO_FILTER, can_paging=replace(UNCOUNTED, max=100))
    played = play(
        'GET /Users?filter=title eq "Guide"', [("GET /Users?startIndex=1&count=100", answer)], gateway=gateway
    )
    assert played.finished.code == "SG303"


def test_a_filter_nobody_can_answer_is_refused_before_any_call(play, make_gateway):
    gateway = make_gateway(can_filter=FilterAbility(language="none", scan=0))
    played = play('GET /Users?filter=title eq "Guide"', [], gateway=gateway)
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "invalidFilter", "SG302")


def test_a_filter_on_an_attribute_that_is_not_offered_is_refused(play, make_gateway):
    played = play('GET /Users?filter=title eq "Guide"', [], gateway=make_gateway("cube-cloud"))
    assert (played.status, played.finished.code) == (400, "SG301")


def test_a_filter_becomes_parameters_where_the_backend_has_no_filters(play, make_gateway, page, user):
    gateway = make_gateway(can_filter=PARAMS)
    line = "GET /Users?username=bjensen&exact=true&startIndex=1&count=100"
    assert names(play('GET /Users?filter=userName eq "bjensen"', [(line, page(user()))], gateway=gateway)) == [
        "bjensen"
    ]
    line = "GET /Users?username=bj&startIndex=1&count=100"
    found = [(line, page(user("1", "bjensen"), user("2", "obj")))]
    played = play('GET /Users?filter=userName sw "bj"', found, gateway=gateway)
    assert (names(played), played.body["totalResults"]) == (["bjensen"], 1)


@pytest.mark.parametrize("line", ["", "?count=1", '?filter=title eq "Guide"', '?filter=not (userName eq "a")'])
def test_a_backend_that_wants_a_filter_is_not_asked_without_one(play, make_gateway, line):
    ability = FilterAbility(language="scim", required=True, allow={"userName": frozenset(["eq"])})
    played = play(f"GET /Users{line}", [], gateway=make_gateway(can_filter=ability))
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "tooMany", "SG305")
    assert "userName eq" in played.detail


def test_a_backend_that_wants_a_filter_is_asked_with_one_and_checked_here(play, make_gateway, page, user):
    ability = FilterAbility(language="scim", required=True, allow={"userName": frozenset(["eq"])})
    line = 'GET /Users?filter=userName eq "bjensen"&startIndex=1&count=100'
    steps = [(line, page(user(title="Guide")))]
    text = 'userName eq "bjensen" and title eq "Driver"'
    played = play(f"GET /Users?filter={text}", steps, gateway=make_gateway(can_filter=ability))
    assert (played.status, played.body["totalResults"]) == (200, 0)


def test_an_id_filter_is_a_read(play, user):
    steps = [("GET /Users/2819c223", Reply(200, {}, user()))]
    assert names(play('GET /Users?filter=id eq "2819c223"', steps)) == ["bjensen"]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ('id eq "2819c223"', [("GET /Users/2819c223", Reply(404))]),
        ('id eq "no/one"', []),
        ('id eq "2819c223" and userName eq "nobody"', [("GET /Users/2819c223", "record")]),
        ('id eq "2819C223"', [("GET /Users/2819C223", "record")]),
    ],
    ids=["deleted", "no possible id", "other clause", "other letter case"],
)
def test_an_id_filter_without_a_match_is_a_proven_empty_list(play, user, text, steps):
    answers = [(line, Reply(200, {}, user()) if answer == "record" else answer) for line, answer in steps]
    played = play(f"GET /Users?filter={text}", answers)
    assert (played.status, played.body["totalResults"], played.body["Resources"]) == (200, 0, [])


def test_a_backend_that_knows_no_such_list_never_makes_an_empty_one(play):
    played = play("GET /Users", [("GET /Users?startIndex=1&count=100", Reply(404))])
    assert (played.status, played.finished.code) == (502, "SG512")


def test_a_record_that_cannot_be_translated_is_never_skipped(play, page, user):
    nameless = {key: value for key, value in user().items() if key != "id"}
    played = play("GET /Users", [("GET /Users?startIndex=1&count=100", page(user("1"), nameless))])
    assert (played.status, played.finished.code) == (502, "SG507")
    assert "id" in played.detail


@pytest.mark.parametrize("body", [[], {"Resources": "x"}, {"Resources": ["x"]}, {}, None])
def test_an_answer_that_is_no_list_is_the_backends_fault(play, body):
    played = play("GET /Users", [("GET /Users?startIndex=1&count=100", Reply(200, {}, body))])
    assert (played.status, played.finished.code) == (502, "SG505")


def test_no_match_without_a_list_but_with_a_total_is_an_empty_list(play):
    played = play("GET /Users", [("GET /Users?startIndex=1&count=100", Reply(200, {}, {"totalResults": "0"}))])
    assert (played.status, played.body["totalResults"]) == (200, 0)


@pytest.mark.parametrize(("asked", "sent"), [("count=5000", 1000), ("count=-3", 1), ("", 100), ("startIndex=0", 100)])
def test_counts_are_brought_within_bounds(play, make_gateway, page, user, asked, sent):
    gateway = make_gateway(can_paging=Paging(max=1000))
    played = play(f"GET /Users?{asked}", [(f"GET /Users?startIndex=1&count={sent}", page(user()))], gateway=gateway)
    assert (played.body["totalResults"], played.body["startIndex"]) == (1, 1)
    assert played.body["itemsPerPage"] == (0 if sent == 1 else 1)


def test_deleted_records_that_are_still_shown_are_neither_listed_nor_read(play, make_gateway, page, user):
    gateway = make_gateway(gone=parse_filter('status eq "DELETED"'))
    records = [user("1", "a"), user("2", "b", status="DELETED")]
    played = play("GET /Users", [("GET /Users?startIndex=1&count=100", page(*records))], gateway=gateway)
    assert (names(played), played.body["totalResults"]) == (["a"], 1)
    read = play("GET /Users/2", [("GET /Users/2", Reply(200, {}, records[1]))], gateway=gateway)
    assert (read.status, read.finished.code) == (404, "SG110")


def test_a_projection_is_passed_on_where_the_backend_heeds_it(play, make_gateway, page, user):
    gateway = make_gateway(can_project="both")
    read = [("GET /Users/2819c223?attributes=id,title", Reply(200, {}, user(title="Guide")))]
    assert play("GET /Users/2819c223?attributes=title", read, gateway=gateway).body["title"] == "Guide"
    line = 'GET /Users?filter=userName eq "bjensen"&attributes=id,title,userName&startIndex=1&count=100'
    played = play('GET /Users?filter=userName eq "bjensen"&attributes=title', [(line, page(user()))], gateway=gateway)
    assert sorted(played.body["Resources"][0]) == ["id", "schemas"]


def test_a_record_that_is_compared_is_read_whole(play, make_gateway, user):
    gateway = make_gateway(can_project="both", can_modify=None)
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "remove", "path": "nickName"}],
    }
    steps = [("hold 2819c223", True), ("GET /Users/2819c223", Reply(200, {}, user())), ("release 2819c223", None)]
    assert play("PATCH /Users/2819c223?attributes=title", steps, gateway=gateway, body=body).status == 200


def test_an_unreachable_backend_is_no_empty_list(play, make_gateway):
    steps = [("GET /Users?startIndex=1&count=100", Lost("no", "connect"))]
    played = play("GET /Users", steps, gateway=make_gateway(tries=1))
    assert (played.status, played.finished.code, played.finished.blame) == (503, "SG501", "backend")
