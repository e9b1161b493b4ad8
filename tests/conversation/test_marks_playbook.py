"""A list that can only be followed, walked by index: pages are remembered, and without memory it is read again."""

import json

import pytest
from msgspec.structs import replace

from gateway.conversation.effects import Call, Keep, Note, Recall, Reply, Unavailable
from gateway.conversation.fulfil import fulfil
from gateway.mapping.dialect import Paging
from gateway.observations import StateUsed
from gateway.pipeline.request import Request

COUNTED = Paging(style="cursor", start="cursor", size="count", max=2, next=("next",))
BLIND = replace(COUNTED, total=None)
LINKED = Paging(style="link", size="limit", max=2, items=("Resources",), total=None)


def names(played):
    return [one["userName"] for one in played.body["Resources"]]


def uses(played):
    return [(fact.cache, fact.result) for fact in played.noted(StateUsed)]


@pytest.fixture
def pages(user, page):
    """`pages(1, 2, next="b")`: an answer that holds user1 and user2; `total` None is not told."""

    def answer(*numbers, total=None, **more):
        reply = page(*(user(str(one), f"user{one}") for one in numbers), total=total, **more)
        if total is None:
            del reply.body["totalResults"]
        return reply

    return answer


def test_the_page_where_the_client_will_go_on_is_remembered(play, make_gateway, pages):
    steps = [
        ("GET /Users?count=2", pages(1, 2, total=5, next="b")),
        ('keep cursor 2 = [2,"b",5] for 300', True),
    ]
    played = play("GET /Users?count=2", steps, gateway=make_gateway(can_paging=COUNTED))
    assert (names(played), played.body["totalResults"]) == (["user1", "user2"], 5)


def test_a_page_that_is_remembered_is_one_call(play, make_gateway, pages):
    steps = [
        ("recall cursor 2", ('[2,"b",5]',)),
        ("GET /Users?cursor=b&count=2", pages(3, 4, total=5, next="c")),
        ('keep cursor 4 = [4,"c",5] for 300', True),
    ]
    played = play("GET /Users?startIndex=3&count=2", steps, gateway=make_gateway(can_paging=COUNTED))
    assert (names(played), played.body["totalResults"]) == (["user3", "user4"], 5)
    assert uses(played) == [("cursor", "hit")]


@pytest.mark.parametrize(
    ("entry", "result"),
    [
        ((None,), "miss"),
        (Unavailable(), "error"),
        ((b"garbage",), "miss"),
        ((b"\xff",), "miss"),
        (('[3,"b",5]',), "miss"),
        (('[2,"b",2]',), "miss"),
        (('[0,"b",5]',), "miss"),
    ],
    ids=["nothing", "store away", "garbage", "no text", "beyond the record", "a shorter list", "the first page"],
)
def test_without_a_mark_the_list_is_read_from_its_beginning(play, make_gateway, pages, entry, result):
    steps = [
        ("recall cursor 2", entry),
        ("GET /Users?count=2", pages(1, 2, total=5, next="b")),
        ("GET /Users?cursor=b&count=2", pages(3, 4, total=5, next="c")),
        ('keep cursor 2 = [2,"b",5], cursor 4 = [4,"c",5] for 300', False),
    ]
    played = play("GET /Users?startIndex=3&count=2", steps, gateway=make_gateway(can_paging=COUNTED))
    assert (names(played), played.body["totalResults"]) == (["user3", "user4"], 5)
    assert uses(played) == [("cursor", result)]


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_a_mark_that_the_backend_refuses_is_as_good_as_none(play, make_gateway, pages, status):
    steps = [
        ("recall cursor 2", ('[2,"old",5]',)),
        ("GET /Users?cursor=old&count=2", Reply(status)),
        ("GET /Users?count=2", pages(1, 2, total=3, next="b")),
        ("GET /Users?cursor=b&count=2", pages(3, total=3)),
    ]
    played = play("GET /Users?startIndex=3&count=2", steps, gateway=make_gateway(can_paging=COUNTED))
    assert (names(played), played.body["totalResults"]) == (["user3"], 3)
    assert uses(played) == [("cursor", "stale")]


def test_a_backend_that_fails_is_not_asked_for_everything(play, make_gateway):
    steps = [("recall cursor 2", ('[2,"b",5]',)), ("GET /Users?cursor=b&count=2", Reply(500))]
    played = play("GET /Users?startIndex=3", steps, gateway=make_gateway(can_paging=COUNTED, tries=1))
    assert (played.status, played.finished.code) == (503, "SG503")


def test_a_total_that_nobody_tells_is_counted_once_and_goes_along(play, make_gateway, pages):
    gateway = make_gateway(can_paging=BLIND)
    first = [
        ("GET /Users?count=2", pages(1, 2, next="b")),
        ("GET /Users?cursor=b&count=2", pages(3, 4, next="c")),
        ("GET /Users?cursor=c&count=2", pages(5)),
        ('keep cursor 2 = [2,"b",5], cursor 4 = [4,"c",5] for 300', True),
    ]
    played = play("GET /Users?count=2", first, gateway=gateway)
    assert (names(played), played.body["totalResults"]) == (["user1", "user2"], 5)
    second = [
        ("recall cursor 2", ('[2,"b",5]',)),
        ("GET /Users?cursor=b&count=2", pages(3, 4, next="c")),
        ('keep cursor 4 = [4,"c",5] for 300', True),
    ]
    played = play("GET /Users?startIndex=3&count=2", second, gateway=gateway)
    assert (names(played), played.body["totalResults"]) == (["user3", "user4"], 5)


@pytest.mark.parametrize(
    ("steps", "seen", "total"),
    [
        ([("cursor=b", (3,), None)], ["user3"], 3),
        ([("cursor=b", (3, 4), None)], ["user3", "user4"], 4),
        ([("cursor=b", (3, 4), "c"), ("cursor=c", (5, 6), "d"), ("cursor=d", (7,), None)], ["user3", "user4"], 7),
    ],
    ids=["shorter", "shorter by what is full", "longer"],
)
def test_a_total_that_what_is_read_contradicts_is_counted_again(play, make_gateway, pages, steps, seen, total):
    counted = 4 if len(steps) == 3 else 9
    script = [("recall cursor 2", (f'[2,"b",{counted}]',))]
    script += [(f"GET /Users?{query}&count=2", pages(*numbers, next=following)) for query, numbers, following in steps]
    if len(steps) == 3:
        script.append(('keep cursor 4 = [4,"c",7], cursor 6 = [6,"d",7] for 300', True))
    played = play("GET /Users?startIndex=3&count=2", script, gateway=make_gateway(can_paging=BLIND))
    assert (names(played), played.body["totalResults"]) == (seen, total)


def test_pages_of_another_size_than_the_backends_go_on_in_the_middle(play, make_gateway, pages):
    gateway = make_gateway(can_paging=replace(COUNTED, max=4))
    second = [
        ("GET /Users?count=4", pages(1, 2, 3, 4, total=9, next="b")),
        ("GET /Users?cursor=b&count=4", pages(5, 6, 7, 8, total=9, next="c")),
        ('keep cursor 4 = [4,"b",9], cursor 8 = [8,"c",9], cursor 6 = [4,"b",9] for 300', True),
    ]
    assert names(play("GET /Users?startIndex=4&count=3", second, gateway=gateway)) == ["user4", "user5", "user6"]
    third = [
        ("recall cursor 6", ('[4,"b",9]',)),
        ("GET /Users?cursor=b&count=4", pages(5, 6, 7, 8, total=9, next="c")),
        ("GET /Users?cursor=c&count=4", pages(9, total=9)),
    ]
    assert names(play("GET /Users?startIndex=7&count=3", third, gateway=gateway)) == ["user7", "user8", "user9"]


def test_a_link_is_remembered_like_a_token(play, make_gateway, pages):
    gateway = make_gateway(can_paging=LINKED)
    link = {"link": '<https://api.acme.example/scim/Users?after=2>; rel="next"'}
    first = [
        ("GET /Users?limit=2", replace(pages(1, 2), headers=link)),
        ("GET /Users?after=2", pages(3)),
        ('keep cursor 2 = [2,"https://api.acme.example/scim/Users?after=2",3] for 300', True),
    ]
    assert names(play("GET /Users?count=2", first, gateway=gateway)) == ["user1", "user2"]
    second = [
        ("recall cursor 2", ('[2,"https://api.acme.example/scim/Users?after=2",3]',)),
        ("GET /Users?after=2", pages(3)),
    ]
    assert names(play("GET /Users?startIndex=3&count=2", second, gateway=gateway)) == ["user3"]


def test_a_remembered_link_is_followed_no_further_than_any_other(play, make_gateway, pages):
    steps = [
        ("recall cursor 2", ('[2,"https://evil.example/scim/Users?after=2",9]',)),
        ("GET /Users?limit=2", pages(1, 2)),
    ]
    played = play("GET /Users?startIndex=3", steps, gateway=make_gateway(can_paging=LINKED))
    assert (names(played), played.body["totalResults"], uses(played)) == ([], 2, [("cursor", "stale")])


class Shelf:
    """A backend of tokens, and a state store that keeps or forgets."""

    def __init__(self, people, size, keeps=True, **told):
        self.people, self.size, self.keeps, self.told = people, size, keeps, told
        self.entries, self.calls = {}, 0

    def answer(self, effect):
        match effect:
            case Call():
                self.calls += 1
                token = dict(effect.query).get("cursor") or dict(effect.query).get("startIndex") or "0"
                begin = int(token.rpartition(":")[2])
                page = self.people[begin : begin + self.size]
                following = f"token:{begin + self.size}" if begin + self.size < len(self.people) else None
                return Reply(200, {}, {"Resources": page, **self.told, **self.name(following)})
            case Recall(keys=keys):
                return tuple(self.entries.get(key) for key in keys)
            case Keep(entries=entries):
                self.entries.update(entries if self.keeps else ())
                return self.keeps
            case Note():
                return None
        raise AssertionError(effect)

    def name(self, following):
        """Where the token of the next page stands."""
        return {} if following is None else {"nextCursor": following, "startIndex": following}

    def ask(self, gateway, query):
        request = Request(
            method="GET",
            path="/acme/scim/v2/Users",
            query=query,
            headers={"authorization": "Bearer secret-token-of-acme"},
            origin="https://scim.example.com",
        )
        conversation, answer = fulfil(request, gateway), None
        try:
            while True:
                answer = self.answer(conversation.send(answer))
        except StopIteration as stop:
            response = stop.value
        assert response.status == 200, response.body
        return json.loads(response.body)


@pytest.mark.parametrize(
    ("mapping", "size", "told", "counting"),
    [("aws-identity-center", 100, False, 3), ("huawei-identity-center", 50, True, 0)],
)
@pytest.mark.parametrize("keeps", [True, False], ids=["remembered", "forgotten"])
def test_a_client_who_walks_by_index_costs_a_page_for_a_page(make_gateway, mapping, size, told, counting, keeps):
    people = [
        {
            "id": str(number),
            "userName": f"user{number}",
            "displayName": "U",
            "name": {"givenName": "U", "familyName": "S"},
            "emails": [{"value": "u@example.com", "type": "work", "primary": True}],
        }
        for number in range(4 * size - 1)
    ]
    shelf = Shelf(people, size, keeps, **({"totalResults": len(people)} if told else {}))
    seen, costs = [], []
    for start in range(1, len(people) + 1, size):
        body = shelf.ask(make_gateway(mapping), f"startIndex={start}&count={size}")
        assert body["totalResults"] == len(people)
        seen += [one["userName"] for one in body["Resources"]]
        costs.append(shelf.calls - sum(costs))
    assert seen == [one["userName"] for one in people]
    forgotten = [4, 4, 4, 4] if counting else [1, 2, 3, 4]
    assert costs == ([1 + counting, 1, 1, 1] if keeps else forgotten)


def test_a_list_is_remembered_for_one_question_at_one_backend_in_one_mapping(make_gateway, user):
    shelf = Shelf([user(str(number), f"user{number}") for number in range(9)], 2, totalResults=9)
    gateway = make_gateway(can_paging=replace(COUNTED, next=("nextCursor",)))
    acme = gateway.tenants["acme"]
    questions = [
        (acme, "count=2"),
        (acme, "count=2&filter=userName%20pr"),
        (acme, "count=4"),
        (replace(acme, base="https://other.example/scim"), "count=2"),
        (replace(acme, dialect=replace(acme.dialect, digest="another text")), "count=2"),
        (replace(acme, name="emea"), "count=2"),
        (replace(acme, backend="acme-test"), "count=2"),
    ]
    sizes = []
    for tenant, query in questions:
        shelf.ask(replace(gateway, tenants={"acme": tenant}), query)
        sizes.append(len(shelf.entries))
    assert sizes == [1, 2, 3, 4, 5, 6, 7]
