"""Lists of a split tenant: its branches as one list, with true totals, without those that a filter leaves out."""

import json

import pytest
from acme_stage import load, together
from msgspec.structs import replace
from split_stage import EUROPE, TWO, URL, backends, split_gateway

from gateway.conversation.effects import Reply
from gateway.lens.ability import FilterAbility
from gateway.mapping.dialect import Paging

SEARCH = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
GATEWAY = split_gateway()
ALL = "startIndex=1&count=100"


def shown(played):
    return [one["id"] for one in played.body["Resources"]]


@pytest.fixture
def people(user):
    """Two in `eu`, three in `us`; native ids are the same in both."""
    return {
        "eu": [user(str(one), f"{one}@eu.acme.example") for one in (1, 2)],
        "us": [user(str(one), f"{one}@us.acme.example") for one in (1, 2, 3)],
    }


def served(page, records, query):
    """What a backend answers to a page by index."""
    start, count = (int(one.partition("=")[2]) for one in query.split("&")[-2:])
    return page(*records[start - 1 : start - 1 + count], total=len(records))


def script(page, people, *queries):
    return [(f"GET /Users?{query}", served(page, people[key], query)) for key, query in queries]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_branches_follow_each_other_and_the_total_is_their_sum(play, page, people, method):
    steps = script(page, people, ("eu", ALL), ("us", ALL))
    steps = together(*steps)
    played = play("GET /Users", steps, gateway=GATEWAY) if method == "GET" else play(
        "POST /Users/.search", steps, gateway=GATEWAY, body=SEARCH
    )  # fmt: skip
    assert (played.status, played.body["totalResults"], played.body["itemsPerPage"]) == (200, 5, 5)
    assert shown(played) == ["eu~~1", "eu~~2", "us~~1", "us~~2", "us~~3"]
    assert backends(played) == ["eu", "us"]
    assert played.body["Resources"][4]["meta"]["location"] == f"{URL}/Users/us~~3"
    assert (played.finished.resource, played.finished.operation) == ("User", "query")


@pytest.mark.parametrize("count", range(1, 7))
@pytest.mark.parametrize("by", ["index", "cursor"])
def test_every_resource_is_on_one_page_and_no_more(play, page, people, count, by):
    seen, start, cursor = [], 1, ""
    while cursor is not None:
        first = f"startIndex={start}&count={max(1, count)}"
        inside = len(people["eu"][start - 1 : start - 1 + count])
        then = f"startIndex={max(1, start - 2)}&count={max(1, count - inside)}" if start > 1 else first
        asked = f"startIndex={start}" if by == "index" else f"cursor={cursor}"
        steps = script(page, people, ("eu", first), ("us", then))
        steps = together(*steps) if start == 1 else steps
        played = play(f"GET /Users?{asked}&count={count}", steps, gateway=GATEWAY)
        assert played.body["totalResults"] == 5
        seen += shown(played)
        start += count
        cursor = played.body.get("nextCursor") if by == "cursor" else "" if start <= 5 else None
    assert seen == ["eu~~1", "eu~~2", "us~~1", "us~~2", "us~~3"]


FOUR = split_gateway((("eu", "scim2", EUROPE), *((key, "scim2", f'title eq "{key}"') for key in ("cn", "de")), TWO[1]))


def totals(page, *keys):
    """Every branch is asked for its total alone."""
    return together(*(("GET /Users?startIndex=1&count=1", page(total=7)) for _ in keys))


def test_totals_alone_are_asked_for_side_by_side(play, page):
    played = play("GET /Users?count=0", totals(page, "eu", "cn", "de", "us"), gateway=FOUR)
    assert (played.body["totalResults"], shown(played)) == (28, [])
    assert backends(played) == ["eu", "cn", "de", "us"]


def test_where_the_page_is_full_the_other_branches_tell_their_totals_side_by_side(play, page, people):
    asked = ("GET /Users?startIndex=2&count=1", page(people["eu"][1], total=2))
    played = play("GET /Users?startIndex=2&count=1", [asked, *totals(page, "cn", "de", "us")], gateway=FOUR)
    assert (played.body["totalResults"], shown(played)) == (23, ["eu~~2"])


def test_a_page_of_several_calls_is_not_read_of_every_branch(play, page, user):
    several = [user(str(one), f"{one}@eu.acme.example") for one in range(150)]
    steps = [
        ("GET /Users?startIndex=1&count=100", page(*several[:100], total=150)),
        ("GET /Users?startIndex=101&count=50", page(*several[100:], total=150)),
        *totals(page, "us"),
    ]
    played = play("GET /Users?count=150", steps, gateway=GATEWAY)
    assert (played.body["totalResults"], played.body["itemsPerPage"]) == (157, 150)


def test_of_several_failures_the_first_branch_tells(play):
    steps = together((f"GET /Users?{ALL}", Reply(401)), (f"GET /Users?{ALL}", Reply(500)))
    played = play("GET /Users", steps, gateway=GATEWAY)
    assert (played.status, played.finished.code) == (503, "SG601")


def test_a_cursor_is_good_for_the_same_branches_alone(play, page, people):
    steps = script(page, people, ("eu", "startIndex=1&count=2"), ("us", "startIndex=1&count=2"))
    cursor = play("GET /Users?cursor=&count=2", together(*steps), gateway=GATEWAY).body["nextCursor"]
    other = split_gateway((*TWO[:1], ("cn", "scim2", 'title eq "x"'), *TWO[1:]))
    played = play(f"GET /Users?count=2&cursor={cursor}", [], gateway=other)
    assert (played.status, played.finished.code) == (400, "SG310")


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        ('userName eq "1@EU.acme.example"', ["eu"]),
        ('userName eq "1@us.acme.example"', ["us"]),
        ('userName eq "1@us.acme.example" and active eq true', ["us"]),
        ('userName sw "1"', ["eu", "us"]),
        ('externalId eq "1"', ["eu", "us"]),
    ],
)
def test_a_filter_is_asked_of_the_branches_that_may_hold_a_match(play, page, wanted, asked):
    steps = [(f"GET /Users?filter={wanted}&{ALL}", page()) for _ in asked]
    played = play(f"GET /Users?filter={wanted}", together(*steps), gateway=GATEWAY)
    assert (played.status, played.body["totalResults"], backends(played)) == (200, 0, asked)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ('id eq "us~~2"', ["us~~2"]),
        ('id eq "us~~2" and userName sw "2"', ["us~~2"]),
        ('id eq "us~~2" and title pr', []),
    ],
)
def test_an_id_is_looked_for_where_it_says(play, people, wanted, found):
    steps = [("GET /Users/2", Reply(200, {}, people["us"][1]))]
    played = play(f"GET /Users?filter={wanted}", steps, gateway=GATEWAY)
    assert (shown(played), backends(played)) == (found, ["us"])


@pytest.mark.parametrize(
    "wanted", ['id eq "17"', 'id eq "cn~~17"', 'id eq "us~~2" and userName eq "1@eu.acme.example"', 'id eq "eu~~~41"']
)
def test_what_can_be_nowhere_is_looked_for_nowhere(play, wanted):
    played = play(f"GET /Users?filter={wanted}", [], gateway=GATEWAY)
    assert (played.status, played.body["totalResults"]) == (200, 0)


@pytest.mark.parametrize(("wanted", "code"), [("shoeSize pr", "SG301"), ("userName eq", "SG301")])
def test_a_filter_that_no_branch_understands_is_refused(play, wanted, code):
    played = play(f"GET /Users?filter={wanted}", [], gateway=GATEWAY)
    assert (played.status, played.finished.code) == (400, code)


def test_an_attribute_that_a_branch_lacks_has_no_value_there(play, page):
    gateway = split_gateway((("eu", "cube-cloud", EUROPE), ("us", "scim2", None)))
    steps = [(f'GET /Users?filter=nickName eq "Bo"&{ALL}', page())]
    played = play('GET /Users?filter=nickName eq "Bo"', steps, gateway=gateway)
    assert (played.status, backends(played)) == (200, ["us"])


def test_an_order_holds_over_all_branches(play, page, user):
    one, two = page(user("1", "d"), user("2", "b")), page(user("1", "c"), user("2", "a"))
    steps = together((f"GET /Users?{ALL}", one), (f"GET /Users?{ALL}", two))
    played = play("GET /Users?sortBy=userName&startIndex=2&count=2", steps, gateway=GATEWAY)
    assert (shown(played), played.body["totalResults"]) == (["eu~~2", "us~~1"], 4)


def test_an_order_within_one_branch_is_asked_of_it(play, page, user):
    scim2 = load("scim2")
    people = scim2.resources["User"]
    people = replace(people, can=replace(people.can, sort=frozenset({"userName"})))
    gateway = split_gateway(dialects={"us": replace(scim2, resources={**scim2.resources, "User": people})})
    wanted = 'filter=userName eq "b@us.acme.example"'
    steps = [(f"GET /Users?{wanted}&sortBy=userName&sortOrder=ascending&{ALL}", page(user("1", "b@us.acme.example")))]
    assert shown(play(f"GET /Users?{wanted}&sortBy=userName", steps, gateway=gateway)) == ["us~~1"]


def test_the_root_holds_every_type_of_every_branch(play, page, user):
    group = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "7", "displayName": "Guides"}
    steps = [
        (f"GET /Users?{ALL}", page(user("1", "a"))),
        (f"GET /Users?{ALL}", page(user("1", "b"))),
        (f"GET /Groups?{ALL}", page({**group, "members": [{"value": "1", "type": "User"}]})),
        (f"GET /Groups?{ALL}", page(group)),
    ]
    played = play("GET /", together(*steps), gateway=GATEWAY)
    assert (shown(played), backends(played)) == (["eu~~1", "us~~1", "eu~~7", "us~~7"], ["eu", "us", "eu", "us"])
    assert played.body["Resources"][2]["members"][0]["$ref"] == f"{URL}/Users/eu~~1"


def test_what_lies_in_the_wrong_branch_is_shown_where_it_lies(play, page, user):
    steps = together((f"GET /Users?{ALL}", page()), (f"GET /Users?{ALL}", page(user("9", "lost@eu.acme.example"))))
    assert shown(play("GET /Users", steps, gateway=GATEWAY)) == ["us~~9"]


@pytest.mark.parametrize(
    ("said", "line", "code"),
    [
        ({"filter": FilterAbility(required=True)}, "GET /Users", "SG305"),
        ({"filter": FilterAbility(language="none", scan=0)}, 'GET /Users?filter=title eq "x"', "SG302"),
    ],
)
def test_a_branch_that_cannot_answer_is_named_before_anything_is_called(play, said, line, code):
    scim2 = load("scim2")
    people = scim2.resources["User"]
    people = replace(people, can=replace(people.can, **said))
    gateway = split_gateway(dialects={"us": replace(scim2, resources={**scim2.resources, "User": people})})
    played = play(line, [], gateway=gateway)
    assert (played.status, played.finished.code) == (400, code)
    assert "every User of the backend us too" in played.detail


def test_a_list_that_is_cut_in_one_branch_is_no_list(play, page, user):
    scim2 = load("scim2")
    people = scim2.resources["User"]
    people = replace(people, can=replace(people.can, paging=Paging(style="none", max=2, total=None)))
    gateway = split_gateway(dialects={"us": replace(scim2, resources={**scim2.resources, "User": people})})
    cut = Reply(200, {}, {"Resources": [user("1"), user("2")]})
    played = play("GET /Users", together((f"GET /Users?{ALL}", page()), ("GET /Users", cut)), gateway=gateway)
    assert (played.status, played.finished.code) == (400, "SG304")


@pytest.mark.parametrize("away", [0, 1])
def test_a_branch_that_does_not_answer_is_no_empty_one(play, page, user, away):
    answers = [Reply(500) if one == away else page(user("1")) for one in (0, 1)]
    steps = together(*((f"GET /Users?{ALL}", one) for one in answers))
    played = play("GET /Users", steps, gateway=GATEWAY)
    assert (played.status, json.dumps(played.body).count("eu~~1")) == (503, 0)


GROUPS = [
    ('members.value eq "us~~1"', [("us", 'members.value eq "1"')]),
    ('members[value eq "us~~1"]', [("us", 'members.value eq "1"')]),
    ('members eq "us~~1" or members eq "eu~~2"', [("eu", 'members.value eq "2"'), ("us", 'members.value eq "1"')]),
    ('members.value eq "cn~~1"', []),
    (
        'members.value ne "us~~1" and displayName eq "a"',
        [("eu", 'displayName eq "a"'), ("us", 'not (members.value eq "1") and displayName eq "a"')],
    ),
]


@pytest.mark.parametrize(("wanted", "asked"), GROUPS)
def test_a_reference_is_looked_for_where_it_may_stand(play, page, wanted, asked):
    group = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "7", "displayName": "a"}
    steps = together(*((f"GET /Groups?filter={one}&{ALL}", page(group)) for _, one in asked))
    played = play(f"GET /Groups?filter={wanted}", steps, gateway=GATEWAY)
    assert (played.status, backends(played)) == (200, [key for key, _ in asked])


def test_several_ids_are_looked_for_each_where_it_says(play, people):
    replies = [Reply(200, {}, one) for one in (people["eu"][0], people["us"][1])]
    steps = together(*zip(("GET /Users/1", "GET /Users/2"), replies, strict=True))
    played = play('GET /Users?filter=id eq "eu~~1" or id eq "us~~2"', steps, gateway=GATEWAY)
    assert (shown(played), backends(played)) == (["eu~~1", "us~~2"], ["eu", "us"])


def test_letters_mean_to_a_guard_what_they_mean_to_all_branches(play, page, user):
    scim2 = load("scim2")
    people = scim2.resources["User"]
    schema = people.type.schema
    exact = tuple(replace(one, case_exact=one.name == "userName") for one in schema.attributes)
    exacting = replace(people, type=replace(people.type, schema=replace(schema, attributes=exact)))
    gateway = split_gateway(dialects={"eu": replace(scim2, resources={**scim2.resources, "User": exacting})})
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ADA@EU.ACME.EXAMPLE"}
    made = play(
        "POST /Users", [("POST /Users", Reply(201, {}, user("1", body["userName"])))], gateway=gateway, body=body
    )
    assert made.body["id"] == "eu~~1"
    wanted = 'filter=userName eq "ADA@EU.ACME.EXAMPLE"'
    found = play(f"GET /Users?{wanted}", [(f"GET /Users?{wanted}&{ALL}", page())], gateway=gateway)
    assert backends(found) == ["eu"]
