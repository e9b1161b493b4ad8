"""Order: the backend's where it is the attribute's own, else ours over the whole list, and never a guess."""

import pytest

from gateway.conversation.effects import Unavailable
from gateway.lens.ability import FilterAbility
from gateway.mapping.dialect import Paging
from gateway.observations import FilterScanned

PAGED = Paging(max=2)
LAST = "sortBy=userName&sortOrder=descending"


def ids(played):
    return [one["id"] for one in played.body["Resources"]]


@pytest.fixture
def people(user):
    """Five records in no order; letter case does not count in a userName."""
    return [user("1", "delta"), user("2", "Alpha"), user("3", "charlie"), user("4", "BRAVO"), user("5", "echo")]


@pytest.fixture
def walked(page, people):
    """The calls that read all of them, two at a time."""
    return [
        (f"GET /Users?startIndex={start}&count=2", page(*people[start - 1 : start + 1], total=5)) for start in (1, 3, 5)
    ]


def test_an_order_is_asked_for_where_the_backend_has_it(play, make_gateway, page, user):
    gateway = make_gateway(can_sort=frozenset({"userName"}))
    line = "GET /Users?sortBy=userName&sortOrder=descending&startIndex=1&count=100"
    play("GET /Users?sortBy=username&sortOrder=descending", [(line, page(user()))], gateway=gateway)


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("sortBy=userName&count=2", ["2", "4"]),
        ("sortBy=userName&startIndex=3&count=2", ["3", "1"]),
        ("sortBy=userName&startIndex=5&count=2", ["5"]),
        (f"{LAST}&startIndex=2&count=3", ["1", "3", "4"]),
        ("sortBy=userName&startIndex=9", []),
    ],
)
def test_a_page_of_an_order_of_ours_is_cut_out_of_the_whole_list(play, make_gateway, walked, asked, seen):
    played = play(f"GET /Users?{asked}", walked, gateway=make_gateway(can_paging=PAGED))
    assert (ids(played), played.body["totalResults"]) == (seen, 5)
    assert [fact.records for fact in played.noted(FilterScanned)] == [5]


def test_a_list_too_long_to_be_sorted_here_is_refused_and_says_what_helps(play, make_gateway, page, people):
    steps = [("GET /Users?startIndex=1&count=2", page(*people[:2], total=1_001))]
    gateway = make_gateway(can_paging=PAGED)
    played = play("GET /Users?sortBy=userName", steps, gateway=gateway)
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "tooMany", "SG303")
    assert "leave sortBy out" in played.detail


def test_what_nobody_sees_is_not_sorted(play, make_gateway, page, people):
    steps = [("GET /Users?startIndex=1&count=1", page(people[0], total=1_001))]
    played = play("GET /Users?sortBy=userName&count=0", steps, gateway=make_gateway(can_paging=PAGED))
    assert (ids(played), played.body["totalResults"]) == ([], 1_001)


def test_a_filter_that_is_checked_here_is_sorted_here_too(play, make_gateway, walked):
    gateway = make_gateway(can_paging=PAGED, can_filter=FilterAbility(language="none", scan=9))
    played = play("GET /Users?filter=userName ne 'x'&sortBy=userName".replace("'", '"'), walked, gateway=gateway)
    assert ids(played) == ["2", "4", "3", "1", "5"]


def test_a_value_counts_by_the_primary_one_and_none_comes_last(play, make_gateway, page, user):
    mails = [
        [{"value": "z@example.com"}, {"value": "a@example.com", "primary": True}],
        [],
        [{"value": "B@example.com"}, {"value": "0@example.com"}],
    ]
    records = [user(str(number), f"u{number}", emails=each) for number, each in enumerate(mails)]
    steps = [("GET /Users?startIndex=1&count=100", page(*records))]
    assert ids(play("GET /Users?sortBy=emails", steps)) == ["0", "2", "1"]
    assert ids(play("GET /Users?sortBy=emails.value&sortOrder=descending", steps)) == ["1", "2", "0"]


def test_letter_case_counts_where_the_attribute_says_so(play, page, user):
    records = [user("1", "a", externalId="b"), user("2", "b", externalId="C"), user("3", "c", externalId="a")]
    steps = [("GET /Users?startIndex=1&count=100", page(*records))]
    assert ids(play("GET /Users?sortBy=externalId", steps)) == ["2", "3", "1"]


def test_an_order_by_what_the_store_keeps_is_not_guessed_while_it_is_away(play, make_gateway, page):
    record = {
        "id": "7",
        "userName": "bjensen",
        "name": {"familyName": "Jensen"},
        "emails": [{"value": "b@example.com", "type": "work", "primary": True}],
    }
    steps = [
        ("GET /Users?startIndex=1&count=100", page(record)),
        ("recall kept 7", Unavailable()),
    ]
    gateway = make_gateway("rsa-unified-directory")
    played = play("GET /Users?sortBy=externalId", steps, gateway=gateway)
    assert (played.status, played.finished.code) == (503, "SG605")
