"""Members that come and go by calls of their own: one by one or many, read apart or held by the record."""

import pytest
from change_stage import ok, patch

from gateway.conversation.effects import Lost, Reply

READ, PEOPLE = "GET /clubs/g", "GET /clubs/g/people?from={}&limit=2"
CLUB = {"id": "g", "title": "Guides"}


def named(*members):
    return [{"value": one} for one in members]


def listing(*people):
    return ok({"people": [{"person": one} for one in people]})


def reading(*people):
    """The answers to the call that lists the members, in pages of two; it tells no total, so the last one is empty."""
    pages = [(PEOPLE.format(at), listing(*people[at : at + 2])) for at in range(0, len(people), 2)]
    return [*pages, (PEOPLE.format(len(people)), listing())]


def shown(played):
    return [one["value"] for one in played.body.get("members", [])]


@pytest.fixture
def club(make_gateway):
    """Members are read by a call and come and go one by one."""
    return make_gateway("club-vendor")


@pytest.fixture
def team(make_gateway):
    """Records hold their members, calls take two of them at once, and nothing else can be changed."""
    return make_gateway("team-vendor")


def test_members_come_and_go_by_calls_without_a_look_at_the_group(play, club):
    body = patch(("add", "members", named("a", "b")), ("remove", 'members[value eq "c"]'))
    steps = [
        ("DELETE /people/c/clubs/g", Reply(204)),
        ("PUT /people/a/clubs/g", Reply(204)),
        ("PUT /people/b/clubs/g", Reply(409)),
    ]
    played = play("PATCH /Groups/g", steps, body=body, gateway=club)
    assert (played.status, [call.body for call in played.calls]) == (204, [None, None, None])


def test_the_last_word_on_a_member_counts(play, club):
    body = patch(("add", "members", named("a", "b")), ("remove", 'members[value eq "a"]'))
    steps = [("DELETE /people/a/clubs/g", Reply(204)), ("PUT /people/b/clubs/g", Reply(204))]
    assert play("PATCH /Groups/g", steps, body=body, gateway=club).status == 204


def test_a_rename_along_with_members_is_a_patch_and_then_calls(play, club):
    body = patch(("replace", "displayName", "Scouts"), ("add", "members", named("a")))
    steps = [("PATCH /clubs/g", Reply(204)), ("PUT /people/a/clubs/g", Reply(204))]
    played = play("PATCH /Groups/g", steps, body=body, gateway=club)
    assert played.calls[0].body == {"title": "Scouts"}
    assert played.status == 204


def test_an_id_is_one_segment_of_the_address(play, club):
    steps = [("PUT /people/a%2Fb/clubs/g", Reply(204))]
    assert play("PATCH /Groups/g", steps, body=patch(("add", "members", named("a~2Fb"))), gateway=club).status == 204


@pytest.mark.parametrize(
    ("operation", "calls"),
    [
        (("replace", "members", named("b", "c")), ["DELETE /people/a/clubs/g", "PUT /people/c/clubs/g"]),
        (("remove", "members"), ["DELETE /people/a/clubs/g", "DELETE /people/b/clubs/g"]),
        (("replace", "members", named("a", "b")), []),
    ],
)
def test_all_members_replaced_are_read_and_the_difference_is_called(play, club, operation, calls):
    steps = [
        ("hold g", True),
        (READ, ok(CLUB)),
        *reading("a", "b"),
        *((call, Reply(204)) for call in calls),
        ("release g", None),
    ]
    assert play("PATCH /Groups/g", steps, body=patch(operation), gateway=club).status in (200, 204)


def test_a_put_reads_takes_the_difference_and_shows_what_there_is_then(play, club):
    steps = [
        ("hold g", True),
        (READ, ok(CLUB)),
        *reading("a", "b", "c"),
        ("PATCH /clubs/g", ok({**CLUB, "title": "Scouts"})),
        ("DELETE /people/b/clubs/g", Reply(204)),
        ("PUT /people/d/clubs/g", Reply(204)),
        (READ, ok({**CLUB, "title": "Scouts"})),
        ("release g", None),
        *reading("a", "c", "d"),
    ]
    body = {"displayName": "Scouts", "members": named("a", "c", "d")}
    played = play("PUT /Groups/g", steps, body=body, gateway=club)
    assert (played.status, played.body["displayName"], shown(played)) == (200, "Scouts", ["a", "c", "d"])
    assert played.calls[4].body == {"title": "Scouts"}


def test_a_group_is_created_and_then_its_members_are_called(play, club):
    steps = [
        ("POST /clubs", Reply(201, {}, CLUB)),
        ("PUT /people/a/clubs/g", Reply(204)),
        ("PUT /people/b/clubs/g", Reply(204)),
        (READ, ok(CLUB)),
        *reading("a", "b"),
    ]
    body = {"displayName": "Guides", "members": named("a", "b")}
    played = play("POST /Groups", steps, body=body, gateway=club)
    assert played.calls[0].body == {"title": "Guides"}
    assert (played.status, shown(played)) == (201, ["a", "b"])


def test_a_member_that_fails_says_how_far_it_came(play, club):
    body = {"displayName": "Guides", "members": named("a", "b")}
    steps = [
        ("POST /clubs", Reply(201, {}, CLUB)),
        ("PUT /people/a/clubs/g", Reply(204)),
        ("PUT /people/b/clubs/g", Reply(500)),
    ]
    played = play("POST /Groups", steps, body=body, gateway=club)
    assert (played.status, played.finished.code) == (503, "SG503")
    assert "Of 2 requests to the backend 1 had been carried out before." in played.detail
    assert "The resource was created, and only a part of it was written." in played.detail


@pytest.mark.parametrize(("group", "status", "code"), [(Reply(404), 404, "SG110"), (ok(CLUB), 400, "SG509")])
def test_a_404_is_the_groups_or_the_members(play, club, group, status, code):
    steps = [("PUT /people/a/clubs/g", Reply(404)), (READ, group)]
    played = play("PATCH /Groups/g", steps, body=patch(("add", "members", named("a"))), gateway=club)
    assert (played.status, played.finished.code) == (status, code)


@pytest.mark.parametrize(("group", "status"), [(ok(CLUB), 204), (Reply(404), 404)])
def test_who_is_not_there_need_not_go(play, club, group, status):
    body = patch(("remove", "members", named("a", "b")))
    steps = [("DELETE /people/a/clubs/g", Reply(404)), (READ, group)]
    steps += [("DELETE /people/b/clubs/g", Reply(204))] if status == 204 else []
    assert play("PATCH /Groups/g", steps, body=body, gateway=club).status == status


def test_of_several_that_go_at_once_a_404_does_not_say_who_is_there(play, team):
    body = patch(("remove", "members", named("a", "b")))
    steps = [("DELETE /teams/g/users", Reply(404)), ("GET /teams/g", ok({**CLUB, "people": ["a"]}))]
    assert play("PATCH /Groups/g", steps, body=body, gateway=team).finished.code == "SG509"


def test_a_lost_answer_is_not_repeated(play, club):
    steps = [("PUT /people/a/clubs/g", Lost("unknown", "timeout"))]
    played = play("PATCH /Groups/g", steps, body=patch(("add", "members", named("a"))), gateway=club)
    assert played.finished.code == "SG508"


# Shown


def test_a_group_is_shown_with_its_members_of_all_pages(play, club):
    played = play("GET /Groups/g", [(READ, ok(CLUB)), *reading("a", "b", "c")], gateway=club)
    assert shown(played) == ["a", "b", "c"]
    assert played.body["members"][0]["$ref"] == "https://scim.example.com/acme/scim/v2/Users/a"


@pytest.mark.parametrize("query", ["excludedAttributes=members", "attributes=displayName"])
def test_members_that_nobody_asked_for_are_not_read(play, club, query):
    played = play(f"GET /Groups/g?{query}", [(READ, ok(CLUB))], gateway=club)
    assert (played.status, "members" in played.body) == (200, False)


def test_a_list_of_groups_reads_the_members_of_those_it_shows(play, club):
    clubs = {"clubs": [CLUB, {"id": "h", "title": "Scouts"}], "count": 2}
    steps = [
        ("GET /clubs?from=0&limit=50", ok(clubs)),
        ("GET /clubs/h/people?from=0&limit=2", listing("a")),
        ("GET /clubs/h/people?from=1&limit=2", listing()),
    ]
    played = play('GET /Groups?filter=displayName eq "Scouts"', steps, gateway=club)
    assert [one["value"] for one in played.body["Resources"][0]["members"]] == ["a"]
    played = play('GET /Groups?filter=displayName eq "Scouts"&excludedAttributes=members', steps[:1], gateway=club)
    assert played.body["totalResults"] == 1


def test_a_filter_over_members_reads_them_before_it_decides(play, club):
    steps = [(READ, ok(CLUB)), *reading("a")]
    assert play('GET /Groups?filter=id eq "g" and members.value eq "a"', steps, gateway=club).body["totalResults"] == 1
    assert play('GET /Groups?filter=id eq "g" and members.value eq "b"', steps, gateway=club).body["totalResults"] == 0
    clubs = {"clubs": [CLUB, {"id": "h", "title": "Scouts"}], "count": 2}
    steps = [
        ("GET /clubs?from=0&limit=50", ok(clubs)),
        ("GET /clubs/g/people?from=0&limit=2 | GET /clubs/h/people?from=0&limit=2", [listing("a"), listing()]),
        ("GET /clubs/g/people?from=1&limit=2", listing()),
    ]
    played = play('GET /Groups?filter=members.value eq "a"', steps, gateway=club)
    assert [one["id"] for one in played.body["Resources"]] == ["g"]


def test_a_patch_that_asks_for_the_group_gets_it_with_its_members(play, club):
    steps = [("PUT /people/a/clubs/g", Reply(204)), (READ, ok(CLUB)), *reading("a")]
    body = patch(("add", "members", named("a")))
    played = play("PATCH /Groups/g?attributes=members", steps, body=body, gateway=club)
    assert shown(played) == ["a"]


# Held by the record, many at once


def test_many_members_are_brought_and_taken_by_few_calls(play, team):
    body = patch(("add", "members", named("a", "b", "c")), ("remove", 'members[value eq "d"]'))
    steps = [
        ("DELETE /teams/g/users", Reply(200)),
        ("POST /teams/g/users", Reply(200)),
        ("POST /teams/g/users", Reply(200)),
    ]
    played = play("PATCH /Groups/g", steps, body=body, gateway=team)
    assert [call.body for call in played.calls] == [{"users": ["d"]}, {"users": ["a", "b"]}, {"users": ["c"]}]


def test_members_that_the_record_holds_are_compared_with_one_read(play, team):
    steps = [
        ("hold g", True),
        ("GET /teams/g", ok({**CLUB, "people": ["a", "b"]})),
        ("DELETE /teams/g/users", Reply(200)),
        ("GET /teams/g", ok({**CLUB, "people": ["b"]})),
        ("release g", None),
    ]
    body = {"displayName": "Guides", "members": named("b")}
    played = play("PUT /Groups/g", steps, body=body, gateway=team)
    assert played.calls[1].body == {"users": ["a"]}
    assert shown(played) == ["b"]


def test_a_create_without_a_body_is_completed_by_calls(play, team):
    steps = [
        ("POST /teams/Guides", Reply(201, {}, {**CLUB, "people": []})),
        ("GET /teams/g", ok({**CLUB, "people": []})),
        ("POST /teams/g/users", Reply(200)),
        ("GET /teams/g", ok({**CLUB, "people": ["a", "b"]})),
    ]
    body = {"displayName": "Guides", "members": named("a", "b")}
    played = play("POST /Groups", steps, body=body, gateway=team)
    assert played.calls[2].body == {"users": ["a", "b"]}
    assert (played.status, shown(played)) == (201, ["a", "b"])


def test_what_no_call_changes_is_refused_by_its_name(play, team):
    steps = [("hold g", True), ("GET /teams/g", ok({**CLUB, "people": ["a"]})), ("release g", None)]
    body = {"displayName": "Scouts", "members": named("a")}
    played = play("PUT /Groups/g", steps, body=body, gateway=team)
    assert (played.status, played.finished.code) == (400, "SG208")
    assert played.detail.startswith("The backend has no way to change displayName.")
