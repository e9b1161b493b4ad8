"""Large groups: what a change of membership costs, and how many calls it takes to show or to refuse one."""

import pytest
from change_stage import ok, patch

from gateway.conversation.effects import Lost, Reply
from gateway.observations import CallRetried, WriteSuppressed

CLUB = {"id": "g", "title": "Guides"}
READ, HOLD, RELEASE = "GET /clubs/g", ("hold g", True), ("release g", None)
GROUP, PATCH = "GET /Groups/g", "PATCH /Groups/g"
CUT = Reply(200, {}, None, readable=False, whole=False)


def people(count, begin=0):
    return [f"u{number}" for number in range(begin, begin + count)]


def named(*members):
    return [{"value": one} for one in members]


def shown(played):
    return [one["value"] for one in played.body.get("members", [])]


def group(*members, **more):
    schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"]
    return {"schemas": schemas, "id": "g", "displayName": "Guides", "members": named(*members), **more}


def clubs(*ids):
    return ok({"clubs": [{"id": one, "title": one} for one in ids], "count": len(ids)})


def listing(*some):
    return ok({"people": [{"person": one} for one in some]})


def club_page(native, begin):
    return f"GET /clubs/{native}/people?from={begin}&limit=2"


@pytest.fixture
def club(make_gateway):
    """Members are read by a call, two at a time, and come and go one by one."""
    return make_gateway("club-vendor")


@pytest.fixture
def webex(make_gateway):
    """A record shows 500 members at most, a call lists them all; they are written with the record."""
    return make_gateway("webex")


@pytest.fixture
def whole(make_gateway):
    """A backend without PATCH: members go with the record."""
    return make_gateway(kind="Group", can_modify=None)


# What one member more or less costs

ONE = {
    "add": [("add", "members", named("u1"))],
    "add, without a path": [("add", None, {"members": named("u1")})],
    "remove, by a filter": [("remove", 'members[value eq "u1"]')],
    "remove, by a list of values": [("remove", "members", named("u1"))],
    "rename and add": [("replace", None, {"displayName": "Scouts"}), ("add", "members", named("u1"))],
    "Okta's remove and add": [("remove", 'members[value eq "u2"]'), ("add", "members", named("u1"))],
}
NATIVE = ["scim2", "cube-cloud", "aws-identity-center", "google-cloud-identity", "webex", "slack", "databricks"]


@pytest.mark.parametrize("mapping", NATIVE)
@pytest.mark.parametrize("operations", ONE.values(), ids=ONE)
def test_a_backend_with_patch_gets_it_without_a_read(play, make_gateway, mapping, operations):
    body = {"schemas": patch()["schemas"], "Operations": [message(*one) for one in operations]}
    gateway = make_gateway(mapping)
    steps = [(PATCH, Reply(204))] * (2 if mapping == "google-cloud-identity" and len(operations) == 2 and
                                     operations[0][0] == "remove" else 1)  # fmt: skip
    played = play(PATCH, steps, body=body, gateway=gateway)
    assert (played.status, {call.method for call in played.calls}) == (204, {"PATCH"})


def message(op, path=None, value=None):
    return {key: one for key, one in (("op", op), ("path", path), ("value", value)) if one is not None}


@pytest.mark.parametrize("operations", ONE.values(), ids=ONE)
def test_a_backend_with_calls_for_members_gets_these_without_a_read(play, club, operations):
    body = {"schemas": patch()["schemas"], "Operations": [message(*one) for one in operations]}
    calls = {
        "rename": ("PATCH /clubs/g", ok({**CLUB, "title": "Scouts"})),
        "u1 comes": ("PUT /people/u1/clubs/g", Reply(204)),
        "u1 goes": ("DELETE /people/u1/clubs/g", Reply(204)),
        "u2 goes": ("DELETE /people/u2/clubs/g", Reply(204)),
    }
    wanted = []
    for op, path, *_ in operations:
        if op == "remove":
            wanted.append("u2 goes" if "u2" in path else "u1 goes")
        else:
            wanted.append("rename" if op == "replace" else "u1 comes")
    assert play("PATCH /Groups/g", [calls[one] for one in wanted], body=body, gateway=club).status == 204


@pytest.mark.parametrize(
    ("operations", "left"),
    [
        ([("add", "members", named("u9"))], ["u0", "u1", "u2", "u9"]),
        ([("remove", 'members[value eq "u1"]')], ["u0", "u2"]),
        ([("remove", "members", named("u1", "u2"))], ["u0"]),
        ([("replace", "displayName", "Scouts"), ("add", "members", named("u9"))], ["u0", "u1", "u2", "u9"]),
        ([("replace", "members", named("u1", "u9"))], ["u1", "u9"]),
    ],
)
def test_where_members_are_written_whole_they_are_read_once_and_written_once(play, whole, operations, left):
    steps = [HOLD, (GROUP, ok(group(*people(3)))), ("PUT /Groups/g", ok(group(*left))), RELEASE]
    played = play(PATCH, steps, body=patch(*operations), gateway=whole)
    assert (played.status, shown(played)) == (200, left)
    assert [one["value"] for one in played.calls[1].body["members"]] == left


@pytest.mark.parametrize(
    "operation",
    [("add", "members", named("u1")), ("add", "members", named("u1", "u1")), ("remove", 'members[value eq "nobody"]'),
     ("remove", "members", named("nobody"))],
)  # fmt: skip
def test_who_is_there_already_or_never_was_changes_nothing_and_nothing_is_written(play, whole, operation):
    steps = [HOLD, (GROUP, ok(group(*people(3)))), RELEASE]
    played = play(PATCH, steps, body=patch(operation), gateway=whole)
    assert (played.status, shown(played), len(played.noted(WriteSuppressed))) == (200, people(3), 1)


@pytest.mark.parametrize(("count", "requests"), [(100, 1), (101, 2), (10_001, 101)])
@pytest.mark.parametrize("op", ["add", "remove"])
def test_a_change_is_cut_into_the_largest_that_the_backend_takes(play, make_gateway, op, count, requests):
    body = patch((op, "members", named(*people(count))))
    played = play(PATCH, [(PATCH, Reply(204))] * requests, body=body, gateway=make_gateway("aws-identity-center"))
    sent = [[one["value"] for op in call.body["Operations"] for one in op["value"]] for call in played.calls]
    assert played.status == 204
    assert (max(map(len, sent)), [one for some in sent for one in some]) == (min(count, 100), people(count))


def test_the_same_member_twice_is_sent_once(play, make_gateway):
    body = patch(("add", "members", named("u1", "u2", "u1")), ("add", "members", named("u2")))
    played = play(PATCH, [(PATCH, Reply(204))], body=body, gateway=make_gateway("scim2"))
    assert played.calls[0].body["Operations"] == [{"op": "add", "path": "members", "value": named("u1", "u2")}]


# Shown


def test_a_group_of_which_a_record_shows_all_members_takes_one_call(play, webex):
    assert shown(play(GROUP, [(GROUP, ok(group(*people(499))))], gateway=webex)) == people(499)


def webex_page(begin, count=500):
    return f"{GROUP}/Members?startIndex={begin + 1}&count={count}"


def webex_members(begin, count, total):
    return ok({"members": named(*people(count, begin)), "memberSize": total, "startIndex": begin + 1})


def test_the_members_that_a_record_does_not_show_are_listed_by_their_call(play, webex):
    steps = [
        (GROUP, ok(group(*people(500)))),
        (webex_page(0), webex_members(0, 500, 1200)),
        (f"{webex_page(500)} | {webex_page(1000)}", [webex_members(500, 500, 1200), webex_members(1000, 200, 1200)]),
    ]
    assert shown(play(GROUP, steps, gateway=webex)) == people(1200)


def test_pages_shorter_than_they_should_be_are_read_on_one_after_another(play, webex):
    steps = [
        (GROUP, ok(group(*people(500)))),
        (webex_page(0), webex_members(0, 500, 1200)),
        (f"{webex_page(500)} | {webex_page(1000)}", [webex_members(500, 300, 1200), webex_members(1000, 200, 1200)]),
        (webex_page(800), webex_members(800, 400, 1200)),
    ]
    assert shown(play(GROUP, steps, gateway=webex)) == people(1200)


def test_a_page_that_is_throttled_is_asked_for_again_and_no_other(play, webex):
    steps = [
        (GROUP, ok(group(*people(500)))),
        (webex_page(0), webex_members(0, 500, 1200)),
        (f"{webex_page(500)} | {webex_page(1000)}", [Reply(429, {"retry-after": "1"}), webex_members(1000, 200, 1200)]),
        ("wait 1", True),
        (webex_page(500), webex_members(500, 500, 1200)),
    ]
    played = play(GROUP, steps, gateway=webex)
    assert (shown(played), len(played.noted(CallRetried))) == (people(1200), 1)


def test_a_hundred_thousand_members_are_listed_eight_pages_at_a_time(play, webex):
    pages = [(webex_page(at), webex_members(at, 500, 100_000)) for at in range(500, 100_000, 500)]
    rounds = [pages[at : at + 8] for at in range(0, len(pages), 8)]
    steps = [
        (GROUP, ok(group(*people(500)))),
        (webex_page(0), webex_members(0, 500, 100_000)),
        *((" | ".join(line for line, _ in some), [reply for _, reply in some]) for some in rounds),
    ]
    assert len(shown(play(GROUP, steps, gateway=webex))) == 100_000


def test_more_members_than_that_are_refused_with_a_way_out(play, webex):
    steps = [(GROUP, ok(group(*people(500)))), (webex_page(0), webex_members(0, 500, 100_001))]
    played = play(GROUP, steps, gateway=webex)
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "tooMany", "SG321")
    assert played.detail.startswith("More than 100,000 values stand in members. Leave it out with excludedAttributes=")
    assert play(f"{GROUP}?excludedAttributes=members", [
        (f"{GROUP}?excludedAttributes=members", ok(group())),
    ], gateway=webex).status == 200  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "way_out"),
    [("webex", "Leave them out with excludedAttributes=members"), ("slack", "PATCH operations that add and remove")],
)
def test_a_record_larger_than_is_read_is_refused_with_a_way_out(play, make_gateway, mapping, way_out):
    played = play(GROUP, [(GROUP, CUT)], gateway=make_gateway(mapping))
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "tooMany", "SG320")
    assert way_out in played.detail


def test_a_change_whose_answer_is_too_long_to_be_read_is_carried_out(play, make_gateway):
    body = patch(("add", "members", named("u1")))
    gateway = make_gateway("scim2")
    assert play(PATCH, [(PATCH, CUT)], body=body, gateway=gateway).status == 204
    refused = Reply(409, {}, None, readable=False, whole=False)
    assert play(PATCH, [(PATCH, refused)], body=body, gateway=gateway).finished.code == "SG204"


def test_a_patch_is_answered_with_all_members_or_without_a_body(play, webex):
    body = patch(("add", "members", named("u1")))
    assert play(PATCH, [(PATCH, ok(group("u1")))], body=body, gateway=webex).status == 200
    assert play(PATCH, [(PATCH, ok(group(*people(500))))], body=body, gateway=webex).status == 204
    steps = [
        (PATCH, ok(group(*people(500)))),
        (webex_page(0), webex_members(0, 500, 501)),
        (webex_page(500), webex_members(500, 1, 501)),
    ]
    played = play(f"{PATCH}?attributes=members", steps, body=body, gateway=webex)
    assert (played.status, shown(played)) == (200, people(501))


def test_a_patch_of_a_group_whose_members_are_read_apart_is_not_answered_without_them(play, club):
    body = patch(("replace", "displayName", "Scouts"))
    assert play("PATCH /Groups/g", [("PATCH /clubs/g", ok(CLUB))], body=body, gateway=club).status == 204


def test_an_answer_without_members_does_not_fetch_them(play, webex):
    body, only = patch(("add", "members", named("u1"))), "excludedAttributes=members"
    steps = [(PATCH, Reply(204)), (f"{GROUP}?{only}", ok(group()))]
    played = play(f"{PATCH}?{only}", steps, body=body, gateway=webex)
    assert (played.status, "members" in played.body) == (200, False)


def test_lists_without_members_make_no_calls_for_them(play, club, webex):
    only = "excludedAttributes=members"
    steps = [("GET /clubs?from=0&limit=50", clubs("a", "b"))]
    assert play(f"GET /Groups?{only}&count=50", steps, gateway=club).body["totalResults"] == 2
    page = ok({"Resources": [group(*people(500))], "totalResults": 1})
    steps = [(f"GET /Groups?includeMembers=true&{only}&startIndex=1&count=50", page)]
    assert play(f"GET /Groups?{only}&count=50", steps, gateway=webex).status == 200


def test_members_of_a_page_of_groups_are_read_side_by_side(play, club):
    ids = [f"g{number}" for number in range(10)]
    rounds = [ids[:8], ids[8:]]
    steps = [("GET /clubs?from=0&limit=50", clubs(*ids))]
    steps += [(" | ".join(club_page(one, 0) for one in some), [listing()] * len(some)) for some in rounds]
    steps[1] = (steps[1][0], [listing("u1"), *[listing()] * 7])
    steps[2] = (" | ".join([club_page("g0", 1), *(club_page(one, 0) for one in ids[8:])]), [listing()] * 3)
    played = play("GET /Groups?count=50", steps, gateway=club)
    assert [shown_in(one) for one in played.body["Resources"]] == [["u1"], *[[]] * 9]


def shown_in(resource):
    return [one["value"] for one in resource.get("members", [])]


def test_members_of_one_group_that_fail_fail_the_list(play, club):
    steps = [
        ("GET /clubs?from=0&limit=50", clubs("a", "b")),
        (f"{club_page('a', 0)} | {club_page('b', 0)}", [listing(), Reply(500)]),
        *((club_page("b", 0), Reply(500)) for _ in range(0)),
    ]
    assert play("GET /Groups?count=50", steps, gateway=club).finished.code == "SG503"


# Replaced


def test_a_put_that_changes_nothing_reads_the_members_once(play, club):
    body = {"displayName": "Guides", "members": named("u0", "u1")}
    steps = [HOLD, (READ, ok(CLUB)), (club_page("g", 0), listing("u0", "u1")), (club_page("g", 2), listing()), RELEASE]
    played = play("PUT /Groups/g", steps, body=body, gateway=club)
    assert (played.status, shown(played), len(played.noted(WriteSuppressed))) == (200, ["u0", "u1"], 1)


def test_a_put_that_renames_reads_the_members_once(play, club):
    body = {"displayName": "Scouts", "members": named("u0")}
    renamed = {**CLUB, "title": "Scouts"}
    steps = [
        HOLD,
        (READ, ok(CLUB)),
        (club_page("g", 0), listing("u0")),
        (club_page("g", 1), listing()),
        ("PATCH /clubs/g", ok(renamed)),
        RELEASE,
    ]
    played = play("PUT /Groups/g", steps, body=body, gateway=club)
    assert (played.body["displayName"], shown(played)) == ("Scouts", ["u0"])


def test_a_put_whose_answer_leaves_members_out_does_not_read_them_again(play, club):
    body = {"displayName": "Guides", "members": named("u1")}
    steps = [
        HOLD,
        (READ, ok(CLUB)),
        (club_page("g", 0), listing("u0")),
        (club_page("g", 1), listing()),
        ("DELETE /people/u0/clubs/g", Reply(204)),
        ("PUT /people/u1/clubs/g", Reply(204)),
        (READ, ok(CLUB)),
        RELEASE,
    ]
    played = play("PUT /Groups/g?excludedAttributes=members", steps, body=body, gateway=club)
    assert (played.status, "members" in played.body) == (200, False)


def test_a_put_of_a_large_group_compares_all_its_members(play, webex):
    body = group(*people(600, 1), id="g")
    pages = [(webex_page(0), webex_members(0, 500, 600)), (webex_page(500), webex_members(500, 100, 600))]
    after = [(webex_page(0), webex_members(1, 500, 600)), (webex_page(500), webex_members(501, 100, 600))]
    steps = [HOLD, (GROUP, ok(group(*people(500)))), *pages, (PATCH, ok(group(*people(500, 1)))), RELEASE, *after]
    played = play("PUT /Groups/g", steps, body=body, gateway=webex)
    assert (played.status, shown(played)) == (200, people(600, 1))
    assert [(one["op"], one["path"], one.get("value")) for one in played.calls[3].body["Operations"]] == [
        ("remove", 'members[value eq "u0"]', None),
        ("add", "members", named("u600")),
    ]


# Created


def test_a_large_group_whose_answer_was_lost_is_recognised_by_all_its_members(play, make_gateway, page):
    gateway = make_gateway("scim2")
    look_up = 'GET /Groups?filter=displayName eq "Guides"&startIndex=1&count=2'
    body = {"schemas": group()["schemas"], "displayName": "Guides", "members": named(*people(20_000))}
    for there, status in ((people(20_000)[::-1], 201), (people(19_999), 409)):
        found = page(group(*there))
        steps = [("POST /Groups", Lost("unknown", "timeout")), (look_up, found)]
        assert play("POST /Groups", steps, body=body, gateway=gateway).status == status
