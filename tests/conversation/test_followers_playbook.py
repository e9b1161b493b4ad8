"""A tenant with a follower: what is marked, what is called where and in which order, and what stays open."""

from itertools import count

import pytest
from followed import load, make_followed
from followers_stage import World, change, names
from msgspec.structs import replace
from records import ENTERPRISE

from gateway.conversation.followers.marking import Open, read_open, set_marks
from gateway.conversation.followers.settling import PARK_AFTER
from gateway.observations_followers import FollowerBehind, FollowerInStep, MarkParked, PasswordMissed
from gateway.pipeline.following import Reference

GUIDE = change(("replace", "title", "Guide"))


@pytest.fixture
def world():
    return World()


@pytest.fixture
def ada(world):
    """Ada is at both, as h1 and d1."""
    assert world.ask(make_followed(), "POST /Users", {"userName": "ada", "title": "Clerk"})[0] == 201
    world.told()
    return "h1"


def noted(world, kind):
    return [fact for fact in world.facts if isinstance(fact, kind)]


def test_a_create_is_marked_by_name_before_the_primary_has_it(world):
    status, body = world.ask(make_followed(), "POST /Users", {"userName": "ada", "title": "Clerk"})
    assert (status, body["id"]) == (201, "h1")
    assert world.told() == [
        "mark new userName=ada",
        "hr: POST /Users",
        "hr: GET /Users/h1",
        "desk: GET /Users",
        "desk: POST /Users",
        "unmark new userName=ada",
    ]
    assert names(world.desk) == {"ada": "Clerk"}


def test_a_change_is_marked_before_the_primary_and_the_link_leads_to_the_record(world, ada):
    assert world.ask(make_followed(), "PATCH /Users/h1", GUIDE)[0] == 200
    assert world.told() == [
        "mark id h1",
        "hr: PATCH /Users/h1",
        "hr: GET /Users/h1",
        "desk: GET /Users/d1",
        "desk: PATCH /Users/d1",
        "unmark id h1",
    ]
    assert names(world.desk) == {"ada": "Guide"}


def test_without_the_link_the_record_is_found_as_the_primary_had_it_before_a_rename(world, ada):
    world.flush()
    assert world.ask(make_followed(), "PATCH /Users/h1", change(("replace", "userName", "lovelace")))[0] == 200
    assert world.told() == [
        "hr: GET /Users/h1",
        "mark id h1",
        "hr: PATCH /Users/h1",
        "hr: GET /Users/h1",
        "desk: GET /Users",  # nobody is called lovelace
        "desk: GET /Users",
        "desk: GET /Users/d1",
        "hr: GET /Users",  # nobody else is called ada by now
        "desk: GET /Users/d1",
        "desk: PATCH /Users/d1",
        "unmark id h1",
    ]
    assert names(world.desk) == {"lovelace": "Clerk"}
    world.ask(make_followed(), "PATCH /Users/h1", GUIDE)
    assert "desk: GET /Users" not in world.told(), "the link is known again"


def test_a_follower_that_is_away_leaves_the_mark_and_a_worker_goes_on(world, ada):
    world.down = {"desk"}
    assert world.ask(make_followed(), "PATCH /Users/h1", GUIDE)[0] == 200
    assert world.told()[-1] == "put off id h1"
    assert [fact.code for fact in noted(world, FollowerBehind)] == ["SG501"]
    assert world.ask(make_followed(), "PATCH /Users/h1", change(("replace", "title", "Boss")))[0] == 200
    assert world.told() == ["mark id h1", "hr: PATCH /Users/h1", "put off id h1"], "nobody waits for it again"
    world.down = set()
    world.work_off(make_followed())
    assert world.told() == ["hr: GET /Users/h1", "desk: GET /Users/d1", "desk: PATCH /Users/d1", "unmark id h1"]
    assert names(world.desk) == {"ada": "Boss"}
    assert [fact.late for fact in noted(world, FollowerInStep)] == [False, True]


def test_a_create_that_a_follower_lacks_is_open_by_the_id(world):
    world.down = {"desk"}
    assert world.ask(make_followed(), "POST /Users", {"userName": "ada"})[0] == 201
    assert world.told()[-2:] == ["mark id h1", "unmark new userName=ada"]
    world.down = set()
    world.work_off(make_followed())
    assert names(world.desk) == {"ada": None}


def test_a_create_whose_end_nobody_saw_is_looked_for_by_its_name(world):
    """The process died between the primary's create and whatever was to follow."""
    world.ask(make_followed(), "POST /Users", {"userName": "ada"})
    booked = World()
    at = booked.ask(make_followed(), "POST /Users", {"userName": "ada"}) and booked.told().index("hr: GET /Users/h1")
    assert at == 2
    dying = World(at=at + 4, fault="dies")  # recall, mark, claim, POST, ...
    with pytest.raises(ConnectionAbortedError):
        dying.ask(make_followed(), "POST /Users", {"userName": "ada"})
    assert (names(dying.hr), names(dying.desk)) == ({"ada": None}, {})
    dying.locks.clear()
    dying.work_off(make_followed())
    assert names(dying.desk) == {"ada": None}


def test_a_create_that_the_primary_refuses_leaves_nothing_open(world, ada):
    assert world.ask(make_followed(), "POST /Users", {"userName": "ADA"})[0] in (201, 409)
    world.work_off(make_followed(), turns=1)
    assert not world.marks.open


def test_a_delete_is_one_at_the_follower(world, ada):
    assert world.ask(make_followed(), "DELETE /Users/h1")[0] == 204
    assert world.told() == [
        "mark id h1",
        "hr: DELETE /Users/h1",
        "hr: GET /Users/h1",
        "desk: GET /Users/d1",
        "desk: DELETE /Users/d1",
        "unmark id h1",
    ]
    assert names(world.desk) == {}


def test_a_delete_that_the_follower_missed_is_carried_out_without_the_link_too(world, ada):
    world.entries.clear()
    world.down = {"desk"}
    assert world.ask(make_followed(), "DELETE /Users/h1")[0] == 204
    assert names(world.desk) == {"ada": "Clerk"}
    world.down = set()
    world.work_off(make_followed())
    assert names(world.desk) == {}


LEFT = change(("replace", "userName", "ada@elsewhere.example"))


@pytest.mark.parametrize(("leaves", "there"), [("deactivate", [False]), ("delete", [])])
def test_who_leaves_when_is_barred_or_deleted(world, leaves, there):
    gateway = make_followed(when='userName ew "@acme.example"', leaves=leaves)
    world.ask(gateway, "POST /Users", {"userName": "ada@acme.example", "active": True})
    world.ask(gateway, "POST /Users", {"userName": "bo@elsewhere.example", "active": True})
    assert [one["userName"] for one in world.desk.all["User"].values()] == ["ada@acme.example"]
    assert world.ask(gateway, "PATCH /Users/h1", LEFT)[0] == 200
    assert [one["active"] for one in world.desk.all["User"].values()] == there
    assert world.ask(gateway, "PATCH /Users/h1", change(("replace", "userName", "ada@acme.example")))[0] == 200
    back = [(one["userName"], one["active"]) for one in world.desk.all["User"].values()]
    assert back == [("ada@acme.example", True)]
    assert not world.marks.open


def test_who_never_belonged_to_the_follower_is_not_deleted_there(world):
    """The follower has somebody of its own of that name."""
    gateway = make_followed(when='userName ew "@acme.example"')
    world.ask(gateway, "POST /Users", {"userName": "bo"})
    world.desk.create("User", {"userName": "bo", "title": "of its own"}, 0.0)
    assert world.ask(gateway, "PATCH /Users/h1", GUIDE)[0] == 200
    assert world.ask(gateway, "DELETE /Users/h1")[0] == 204
    assert names(world.desk) == {"bo": "of its own"}
    assert not world.marks.open


def test_a_member_whom_the_follower_lacks_is_brought_there_first(world, ada):
    world.flush()
    world.desk.delete("User", "d1")
    members = [{"value": "h1"}]
    assert world.ask(make_followed(), "POST /Groups", {"displayName": "all", "members": members})[0] == 201
    assert world.told()[3:] == [
        "desk: GET /Groups",
        "hr: GET /Users/h1",
        "desk: GET /Users",
        "desk: POST /Users",
        "desk: POST /Groups",
        "unmark new displayName=all",
    ]
    assert names(world.desk, "Group") == {"all": ["ada"]}


def test_two_whose_managers_they_are_each_other_are_both_there_in_the_end(world, ada):
    world.ask(make_followed(), "POST /Users", {"userName": "bo", ENTERPRISE: {"manager": {"value": "h1"}}})
    managed = change(("replace", f"{ENTERPRISE}:manager", {"value": "h2"}))
    world.flush()
    world.desk.all["User"].clear()
    assert world.ask(make_followed(), "PATCH /Users/h1", managed)[0] == 200
    world.work_off(make_followed())
    managers = {one["userName"]: one[ENTERPRISE]["manager"]["value"] for one in world.desk.all["User"].values()}
    ids = {one["userName"]: one["id"] for one in world.desk.all["User"].values()}
    assert managers == {"ada": ids["bo"], "bo": ids["ada"]}


def test_one_member_more_is_sent_straight_on_and_the_group_is_not_read(world, ada):
    gateway = make_followed()
    crowd = [world.ask(gateway, "POST /Users", {"userName": f"u{number}"})[1]["id"] for number in range(20)]
    world.ask(gateway, "POST /Groups", {"displayName": "all", "members": [{"value": one} for one in crowd]})
    world.told()
    assert world.ask(gateway, "PATCH /Groups/h22", change(("add", "members", [{"value": "h1"}])))[0] == 200
    assert world.told() == ["mark id h22", "hr: PATCH /Groups/h22", "desk: PATCH /Groups/d22", "unmark id h22"]
    assert [one["value"] for one in world.sent[-1].body["Operations"][0]["value"]] == ["d1"]
    assert len(names(world.desk, "Group")["all"]) == 21
    gone = change(("remove", 'members[value eq "h1"]'))
    assert world.ask(gateway, "PATCH /Groups/h22", gone)[0] in (200, 204)
    assert [one for one in world.told() if "Groups" in one] == ["hr: PATCH /Groups/h22", "desk: PATCH /Groups/d22"]
    assert "ada" not in names(world.desk, "Group")["all"]


def test_a_password_goes_on_while_the_request_lasts(world, ada):
    changed = change(("replace", "password", "t1meMa$heen"))
    assert world.ask(make_followed(), "PATCH /Users/h1", changed)[0] == 200
    assert world.desk.all["User"]["d1"]["password"] == "t1meMa$heen"
    assert not noted(world, PasswordMissed)


def test_a_password_that_a_follower_missed_is_told_and_is_kept_nowhere(world, ada):
    world.down = {"desk"}
    changed = change(("replace", "password", "t1meMa$heen"))
    assert world.ask(make_followed(), "PATCH /Users/h1", changed)[0] == 200
    assert noted(world, PasswordMissed) == [PasswordMissed("acme", "desk")]
    world.down = set()
    world.work_off(make_followed())
    assert "password" not in world.desk.all["User"]["d1"]


def test_where_all_are_required_a_client_comes_again_until_each_has_it(world):
    gateway = make_followed(require="all")
    world.down = {"desk"}
    status, body = world.ask(gateway, "POST /Users", {"userName": "ada"})
    assert (status, body["detail"][-7:]) == (503, "(SG340)")
    assert world.ask(gateway, "POST /Users", {"userName": "ada"})[0] == 503
    world.down = set()
    status, body = world.ask(gateway, "POST /Users", {"userName": "ada"})
    assert (status, body["id"]) == (201, "h1")
    assert (names(world.hr), names(world.desk)) == ({"ada": None}, {"ada": None})
    world.work_off(gateway)
    assert names(world.desk) == {"ada": None}


@pytest.mark.parametrize("line", ["PATCH /Users/h1", "DELETE /Users/h1"])
def test_where_all_are_required_a_change_too_is_sent_again(world, ada, line):
    gateway, body = make_followed(require="all"), GUIDE if line.startswith("PATCH") else None
    world.down = {"desk"}
    assert world.ask(gateway, line, body)[0] == 503
    world.down = set()
    assert world.ask(gateway, line, body)[0] in (200, 204)
    assert names(world.desk) == names(world.hr)


def test_where_all_are_required_nothing_is_changed_that_could_not_be_kept_in_mind():
    gateway = make_followed(require="all")
    away = World(at=1)  # after the recall comes the mark
    status, body = away.ask(gateway, "POST /Users", {"userName": "ada"})
    assert (status, body["detail"][-7:]) == (503, "(SG341)")
    assert away.told() == ["mark new userName=ada", "unmark new userName=ada"]
    assert away.ask(gateway, "POST /Users", {"userName": "ada"})[0] == 201


def test_several_records_that_could_be_it_are_left_to_a_person(world):
    """Two of a name at the follower: nobody is taken over by a guess, and the mark is parked in the end."""
    gateway = make_followed(follower=load("scim2", unique=False))
    world.desk.unique = ()
    for title in ("one", "two"):
        world.desk.create("User", {"userName": "ada", "title": title}, 0.0)
    assert world.ask(gateway, "POST /Users", {"userName": "ada", "title": "Guide"})[0] == 201
    assert [fact.code for fact in noted(world, FollowerBehind)] == ["SG342"]
    world.work_off(gateway)
    assert [fact.code for fact in noted(world, MarkParked)] == ["SG342"]
    assert sorted(one["title"] for one in world.desk.named("User", "ada")) == ["one", "two"]


def test_a_record_of_the_name_that_tells_somebody_else_is_left_alone(world):
    world.desk.create("User", {"userName": "ada", "externalId": "another", "title": "hers"}, 0.0)
    assert world.ask(make_followed(), "POST /Users", {"userName": "ada", "externalId": "7"})[0] == 201
    assert [fact.code for fact in noted(world, FollowerBehind)] == ["SG343"]
    assert names(world.desk) == {"ada": "hers"}


def test_what_a_follower_refuses_is_parked_after_a_bounded_number_of_tries_and_taken_up_by_the_next_change(world, ada):
    world.desk.refuses = {"Guide"}
    assert world.ask(make_followed(), "PATCH /Users/h1", GUIDE)[0] == 200
    world.told()
    world.work_off(make_followed())
    told = world.told()
    assert (told[-1], told.count("desk: PATCH /Users/d1")) == ("park id h1", PARK_AFTER - 1)
    assert [fact.code for fact in noted(world, MarkParked)] == ["SG509"]
    world.now += 100_000
    assert world.catch_up(make_followed()) == 0, "a parked mark does not come by itself"
    assert world.ask(make_followed(), "PATCH /Users/h1", change(("replace", "title", "Boss")))[0] == 200
    assert (names(world.desk), world.marks.open) == ({"ada": "Boss"}, {})


def test_a_change_that_meets_anothers_mark_leaves_it_until_the_other_must_have_ended(world, ada):
    """The other has marked, and may change the primary after this one has compared, and die before it compares."""
    gateway = make_followed()
    seat = gateway.tenants["acme"].followers[0].seat
    world.run(set_marks([(seat, Open("User", "h1", "d1"))]))
    assert world.ask(gateway, "PATCH /Users/h1", GUIDE)[0] == 200
    assert names(world.desk) == {"ada": "Guide"}
    world.hr.all["User"]["h1"]["title"] = "what the other one wrote"
    assert world.catch_up(gateway) == 0, "the other may still be at it"
    world.work_off(gateway)
    assert (names(world.desk), world.marks.open) == ({"ada": "what the other one wrote"}, {})


def test_what_another_knew_of_the_record_is_not_forgotten_with_its_mark(world, ada):
    """The other met the record under a name of long ago, and set its mark after this one had looked for one."""
    gateway = make_followed()
    seat = gateway.tenants["acme"].followers[0].seat
    world.run(set_marks([(seat, Open("User", "h1", before={"userName": "countess"}, tries=1, lands=True))]))
    (held,) = world.run(set_marks([(seat, Open("User", "h1", before={"userName": "ada"}, ours=True))]))
    said = Open("User", "h1", before={"userName": "countess"}, ours=True, lands=True)
    assert (held.open, held.others) == (said, False), "who has failed is not at it any more"
    (again,) = world.run(set_marks([(seat, Open("User", "h1", "d1"))]))
    assert (again.open, again.others) == (replace(said, there="d1"), True)
    assert [read_open(seat, one.entry) for one in world.marks.list_all(("acme", "desk"))] == [again.open]


def test_a_mark_that_only_this_process_has_is_set_once_and_says_no_more_than_it_knows(world):
    seat = make_followed().tenants["acme"].followers[0].seat
    one, named = Open("Group", "h9", "d9", sure=True), (Reference("User", "h1"),)
    world.numbers, world.at = count(), 0
    (held,) = world.run(set_marks([(seat, replace(one, named=named))]))
    assert world.struck
    assert [line for line in world.lines if line.startswith("mark ")] == ["mark id h9"]
    assert (held.shared, held.open) == (False, replace(one, named=named, sure=False))
    assert [read_open(seat, kept.entry) for kept in world.marks.list_all(("acme", "desk"))] == [held.open]
    (shared,) = world.run(set_marks([(seat, replace(one, native="h8"))]))
    assert (shared.shared, shared.open.sure) == (True, True)


def test_another_dialect_gets_what_it_carries(world):
    """Cube Cloud has no title, and e-mails without a type."""
    gateway = make_followed(follower=load("cube-cloud"))
    work = [{"value": "ada@acme.example", "type": "work", "primary": True}]
    body = {"userName": "ada", "title": "Guide", "emails": work, "name": {"givenName": "Ada", "familyName": "King"}}
    assert world.ask(gateway, "POST /Users", body)[0] == 201
    assert world.ask(gateway, "PATCH /Users/h1", change(("replace", "name.familyName", "Lovelace")))[0] == 200
    (record,) = world.desk.all["User"].values()
    assert (record["name"]["familyName"], record["emails"]) == (
        "Lovelace",
        [{"value": "ada@acme.example", "primary": True}],
    )
    assert "title" not in record
    assert not world.marks.open


def test_two_marks_for_one_resource_wait_for_each_other(world):
    """A group's worker brings its members along while their own marks are worked off beside it."""
    world.down = {"desk"}
    for name in ("ada", "bo"):
        world.ask(make_followed(), "POST /Users", {"userName": name})
    members = [{"value": "h1"}, {"value": "h2"}]
    world.ask(make_followed(), "POST /Groups", {"displayName": "all", "members": members})
    world.down = set()
    world.told()
    world.work_off(make_followed())
    assert names(world.desk, "Group") == {"all": ["ada", "bo"]}
    assert world.told().count("desk: POST /Users") == 2


def test_a_rename_whose_answer_is_lost_does_not_lose_the_record(world, ada):
    """Found by the name it had, and renamed at once: the link is kept before, so that the next change finds it."""
    gateway = make_followed()
    world.entries.clear()
    lost = World(fault="answer lost")
    lost.backends = world.backends
    for at in range(30):
        lost.numbers, lost.at, lost.struck = iter(range(99)), at, False
        lost.ask(gateway, "PATCH /Users/h1", change(("replace", "userName", f"bea {at}")))
        lost.ask(gateway, "PATCH /Users/h1", change(("replace", "userName", f"cat {at}")))
        lost.work_off(gateway)
        assert names(lost.desk) == names(lost.hr), at
        assert not lost.marks.open
        lost.flush()


def test_who_comes_in_is_brought_although_the_primary_never_shows_whom_she_leads(world):
    gateway = make_followed(load("rsa-unified-directory"), when='userName ew "@acme.example"')
    assert world.ask(gateway, "POST /Users", {"userName": "ada@guests.example"})[0] == 201
    change_of_name = change(("replace", "userName", "ada@acme.example"))
    assert world.ask(gateway, "PATCH /Users/h1", change_of_name)[0] == 200
    assert list(names(world.desk)) == ["ada@acme.example"]
    assert noted(world, FollowerBehind) == []
