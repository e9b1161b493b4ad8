"""Queries on the root: every type, true sums, pages across types, and refusals that name a type."""

import pytest
from acme_stage import together
from msgspec.structs import replace

from gateway.conversation.effects import Reply
from gateway.lens.ability import FilterAbility
from gateway.mapping.dialect import Paging

SEARCH = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
MEMBER = {"value": "1", "type": "User"}
BLIND = FilterAbility(language="none", scan=4)


def group(native, name, **more):
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": native, "displayName": name, **more}


def shown(played):
    return [(one["meta"]["resourceType"], one["id"]) for one in played.body["Resources"]]


def test_all_types_are_read_side_by_side_and_the_total_is_their_sum(play, page, user):
    steps = [
        ("GET /Users?startIndex=1&count=100", page(user("1"), user("2"), total=2)),
        (
            "GET /Groups?startIndex=1&count=100",
            page(group("7", "Guides", members=[{"value": "1", "type": "User"}]), total=1),
        ),
    ]
    played = play("GET /", together(*steps))
    assert shown(played) == [("User", "1"), ("User", "2"), ("Group", "7")]
    assert {name: played.body[name] for name in ("totalResults", "startIndex", "itemsPerPage")} == {
        "totalResults": 3,
        "startIndex": 1,
        "itemsPerPage": 3,
    }
    guides = played.body["Resources"][2]
    assert guides["meta"]["location"] == "https://scim.example.com/acme/scim/v2/Groups/7"
    assert guides["members"][0]["$ref"].endswith("/acme/scim/v2/Users/1")
    assert (played.finished.resource, played.finished.operation) == ("Root", "query")


@pytest.mark.parametrize(
    ("asked", "users", "groups", "page_"),
    [
        ("startIndex=2&count=3", "startIndex=2&count=3", "startIndex=1&count=1", ["2", "3", "7"]),
        ("startIndex=4&count=2", "startIndex=4&count=2", "startIndex=1&count=2", ["7", "8"]),
        ("startIndex=5&count=2", "startIndex=5&count=2", "startIndex=2&count=2", ["8"]),
        ("startIndex=1&count=2", "startIndex=1&count=2", "startIndex=1&count=2", ["1", "2"]),
        ("startIndex=9&count=2", "startIndex=9&count=2", "startIndex=6&count=2", []),
        ("count=0", "startIndex=1&count=1", "startIndex=1&count=1", []),
    ],
)
def test_a_page_goes_on_from_one_type_to_the_next(play, page, user, asked, users, groups, page_):
    people, teams = [user(str(one)) for one in (1, 2, 3)], [group("7", "a"), group("8", "b")]

    def part(pairs, records):
        start, count = (int(one.split("=")[1]) for one in pairs.split("&"))
        return page(*records[start - 1 : start - 1 + count], total=len(records))

    steps = [(f"GET /Users?{users}", part(users, people)), (f"GET /Groups?{groups}", part(groups, teams))]
    at_once = not asked.startswith("startIndex") or asked.startswith("startIndex=1")
    played = play(f"GET /?{asked}", together(*steps) if at_once else steps)
    assert [one["id"] for one in played.body["Resources"]] == page_
    assert (played.body["totalResults"], played.body["itemsPerPage"]) == (5, len(page_))


def test_all_types_are_paged_by_cursor_too(play, page, user):
    people, teams = [user(str(one)) for one in (1, 2, 3)], [group("7", "a"), group("8", "b")]
    steps = [
        together(("GET /Users?startIndex=1&count=2", page(*people[:2], total=3)),
                 ("GET /Groups?startIndex=1&count=2", page(*teams, total=2))),
        [("GET /Users?startIndex=3&count=2", page(people[2], total=3)),
         ("GET /Groups?startIndex=1&count=1", page(teams[0], total=2))],
        [("GET /Users?startIndex=5&count=2", page(total=3)),
         ("GET /Groups?startIndex=2&count=2", page(teams[1], total=2))],
    ]  # fmt: skip
    seen, cursor = [], ""
    for turn in steps:
        played = play(f"GET /?cursor={cursor}&count=2", turn)
        assert (played.body["totalResults"], "startIndex" in played.body) == (5, False)
        seen += [one["id"] for one in played.body["Resources"]]
        cursor = played.body.get("nextCursor")
    assert (seen, cursor) == (["1", "2", "3", "7", "8"], None)


@pytest.mark.parametrize("line", ["GET /Users?count=2", "GET /?count=2&filter=userName pr", "GET /?count=3"])
def test_a_cursor_of_the_root_is_good_for_that_query_alone(play, page, user, line):
    steps = [("GET /Users?startIndex=1&count=2", page(user("1"), user("2"), total=3)),
             ("GET /Groups?startIndex=1&count=2", page(total=0))]  # fmt: skip
    cursor = play("GET /?cursor=&count=2", together(*steps)).body["nextCursor"]
    refused = play(f"{line}&cursor={cursor}")
    assert (refused.status, refused.finished.code) == (400, "SG312" if line.endswith("3") else "SG310")


@pytest.mark.parametrize(
    ("wanted", "calls"),
    [
        ('meta.resourceType eq "User"', ["/Users?"]),
        ('meta.resourceType eq "Group"', ["/Groups?"]),
        ('meta.resourceType eq "User" or meta.resourceType eq "Group"', ["/Users?", "/Groups?"]),
        ('meta.resourceType eq "Robot"', []),
        ('userName eq "bjensen"', ['/Users?filter=userName eq "bjensen"&']),
        ("members pr", ["/Groups?"]),
        ('displayName sw "A"', ['/Users?filter=displayName sw "A"&', '/Groups?filter=displayName sw "A"&']),
        ("shoeSize pr", []),
        (
            'urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq "A"',
            ['/Groups?filter=displayName eq "A"&'],
        ),
        ('userName ne "x" and meta.resourceType eq "Group"', ["/Groups?"]),
    ],
)
def test_a_filter_is_asked_of_each_type_that_it_can_hold_of(play, page, wanted, calls):
    steps = [(f"GET {one}startIndex=1&count=100", page()) for one in calls]
    searched = play("POST /.search", together(*steps), body={**SEARCH, "filter": wanted})
    assert (searched.status, searched.body["totalResults"]) == (200, 0)
    assert searched.body["Resources"] == []


def test_each_type_shows_what_was_asked_for_of_it(play, page, user):
    steps = [
        ("GET /Users?startIndex=1&count=100", page(user("1", "bjensen", title="Guide"))),
        ("GET /Groups?startIndex=1&count=100", page(group("7", "Guides", members=[{"value": "1"}]))),
    ]
    steps = together(*steps)
    body = {**SEARCH, "attributes": ["userName", "displayName"]}
    person, team = play("POST /.search", steps, body=body).body["Resources"]
    assert set(person) == {"schemas", "id", "userName"}
    assert set(team) == {"schemas", "id", "displayName"}
    without = play("GET /?excludedAttributes=title,members", steps).body["Resources"]
    assert ["title" in without[0], "members" in without[1], "displayName" in without[1]] == [False, False, True]


def test_an_order_holds_over_all_types_and_those_without_a_value_are_last(play, page, user):
    steps = [
        ("GET /Users?startIndex=1&count=100", page(user("1", "b", displayName="Babs"), user("2", "c"))),
        ("GET /Groups?startIndex=1&count=100", page(group("7", "anchors"), group("8", "Crews"))),
    ]
    steps = together(*steps)
    assert [one[1] for one in shown(play("GET /?sortBy=displayName", steps))] == ["7", "1", "8", "2"]
    played = play("GET /?sortBy=displayName&sortOrder=descending&startIndex=2&count=2", steps)
    assert [one[1] for one in shown(played)] == ["8", "1"]
    assert (played.body["totalResults"], played.body["startIndex"]) == (4, 2)


def test_an_order_is_asked_of_a_backend_that_has_it_and_of_no_type_that_lacks_the_attribute(
    play, page, user, make_gateway
):
    sorted_ = (
        "GET /Users?sortBy=userName&sortOrder=ascending&startIndex=1&count=100",
        page(user("1", "b"), user("2", "a")),
    )
    steps = together(sorted_, ("GET /Groups?startIndex=1&count=100", page(group("7", "Guides"))))
    gateway = make_gateway(can_sort=frozenset({"userName"}))
    assert [one[1] for one in shown(play("GET /?sortBy=userName", steps, gateway=gateway))] == ["2", "1", "7"]


def test_a_type_too_large_to_be_sorted_is_named(play, page, user, make_gateway):
    gateway = make_gateway()
    acme = replace(gateway.tenants["acme"], max_results=2)
    gateway = replace(gateway, tenants={"acme": acme})
    steps = together(("GET /Users?startIndex=1&count=100", page(user("1"), user("2"), user("3"))),
                     ("GET /Groups?startIndex=1&count=100", page()))  # fmt: skip
    played = play("GET /?sortBy=displayName", steps, gateway=gateway)
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "tooMany", "SG303")
    assert "every User" in played.detail
    assert "3" in played.detail


@pytest.mark.parametrize(
    ("asked", "said", "status", "code"),
    [
        ("GET /", {"can_filter": FilterAbility(required=True)}, 400, "SG305"),
        ('GET /?filter=title eq "x"', {"can_filter": FilterAbility(language="none", scan=0)}, 400, "SG302"),
        ("GET /", {"ops": {}}, 501, "SG115"),
    ],
)
@pytest.mark.parametrize("kind", ["User", "Group"])
def test_a_type_that_cannot_be_asked_is_named_before_anything_is_called(
    play, make_gateway, asked, said, status, code, kind
):
    asked = asked.replace("title", "externalId") if kind == "Group" else asked
    played = play(asked, [], gateway=make_gateway(kind=kind, **said))
    assert (played.status, played.finished.code) == (status, code)
    assert f"every {kind} too" in played.detail


def test_what_cannot_be_read_to_its_end_is_refused_and_not_summed(play, page, user, make_gateway):
    gateway = make_gateway(kind="Group", can_filter=BLIND, can_paging=Paging(style="none", max=2, total=None))
    steps = [
        ('GET /Users?filter=displayName eq "A"&startIndex=1&count=100', page(user("1", displayName="A"))),
        ("GET /Groups", Reply(200, {}, {"Resources": [group("7", "A"), group("8", "B")]})),
    ]
    played = play('GET /?filter=displayName eq "A"', together(*steps), gateway=gateway)
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "tooMany", "SG304")
    assert "every Group too" in played.detail


def test_a_fault_of_the_backend_is_told_as_it_is(play, page):
    steps = [("GET /Users?startIndex=1&count=100", page()), ("GET /Groups?startIndex=1&count=100", Reply(401))]
    played = play("GET /", together(*steps))
    assert (played.status, played.finished.code, played.finished.blame) == (503, "SG601", "gateway")
    assert "root" not in played.detail
