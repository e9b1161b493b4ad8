"""Followers that never show the members of a group and can be asked for the groups of a user: all end in step."""

from contextlib import suppress
from random import Random

import pytest
from followers_stage import change
from msgspec.structs import replace
from reconcile_stage import Killed, Theatre, ask_nobody, person

from gateway.conversation.asking import find_holders
from gateway.conversation.followers import looking, marking
from gateway.conversation.followers.catching_up import catch_up
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import find_target
from gateway.pipeline.unseen import compared
from gateway.scim.filter import parse_filter

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LOGINS = [f"user{number}@example.com" for number in range(5)]
FAULTS = ("never sent", "answer lost", "server error", "garbage")


def group(*ids, **more):
    return {"schemas": [GROUP], "displayName": "Staff", "members": [{"value": one} for one in ids], **more}


def members(*ids):
    return [{"value": one} for one in ids]


class Play:
    """Five people at both, and a group of the first three: by requests alone."""

    def __init__(self, primary="cube-cloud", follower="aws-identity-center", people=5, when=None):
        self.theatre = Theatre(primary, follower)
        if when is not None:
            guarded = replace(self.theatre.one, when=parse_filter(when))
            self.theatre.tenant = replace(self.theatre.tenant, followers=(guarded,))
        self.ids = [self.hire(login) for login in LOGINS[:people]]
        status, made = self.theatre.ask("POST /Groups", group(*self.ids[:3]))
        assert status == 201
        self.group = made["id"]

    def hire(self, login):
        status, made = self.theatre.ask("POST /Users", {"schemas": [USER], **person(login), "displayName": login})
        assert status == 201
        return made["id"]

    def ask(self, line, body=None):
        self.theatre.follower.calls.clear()
        return self.theatre.ask(line.replace("Staff", self.group), body)[0]

    def patch(self, *operations):
        return self.ask("PATCH /Groups/Staff", change(*operations))

    def put(self, *ids, **more):
        return self.ask("PUT /Groups/Staff", group(*ids, **more))

    @property
    def there(self):
        """Who is in the group at the follower, by the numbers of the logins; None where there is no such group."""
        return self.members_at(self.theatre.follower)

    @property
    def here(self):
        return self.members_at(self.theatre.primary)

    def members_at(self, vendor):
        logins = {native: one["userName"] for native, one in vendor.all().items()}
        groups = [one for one in vendor.all("Groups").values() if one["displayName"] == "Staff"]
        found = [[LOGINS.index(logins[each["value"]]) for each in one.get("members", [])] for one in groups]
        return sorted(found[0]) if found else None

    @property
    def asked(self):
        """How many lists of groups the follower was asked for."""
        return sum(call == ("GET", "/Groups") for call in self.theatre.follower.calls)

    @property
    def marks(self):
        return self.theatre.state.marks.open

    def plant(self, *numbers):
        """Somebody else says at the follower who is in the group."""
        logins = {one["userName"]: native for native, one in self.theatre.follower.all().items()}
        (native,) = self.theatre.follower.all("Groups")
        self.theatre.follower.put(native, "Groups", members=members(*(logins[LOGINS[one]] for one in numbers)))

    def codes(self):
        return [one.code for one in self.theatre.facts if type(one).__name__ in ("FollowerBehind", "MarkParked")]


@pytest.fixture
def play():
    return Play()


def test_a_life_ends_in_step_and_nothing_is_left_open(play):
    assert play.there == [0, 1, 2]
    assert play.patch(("add", "members", members(play.ids[3]))) in (200, 204)
    assert play.there == [0, 1, 2, 3]
    assert play.patch(("remove", f'members[value eq "{play.ids[0]}"]')) in (200, 204)
    assert play.there == [1, 2, 3]
    assert play.put(*play.ids[2:3]) == 200
    assert (play.there, play.marks) == ([2], {})
    assert play.patch(("replace", "members", members(*play.ids[3:]))) in (200, 204)
    assert (play.there, play.marks) == ([3, 4], {})
    assert play.patch(("remove", "members")) in (200, 204)
    assert (play.there, play.here, play.marks) == ([], [], {})
    assert play.ask("DELETE /Groups/Staff") == 204
    assert (play.there, play.codes()) == (None, [])


def test_only_whom_the_change_names_is_asked_for_where_the_follower_was_in_step(play):
    assert play.patch(("add", "members", members(play.ids[3]))) in (200, 204)
    assert play.asked == 0
    assert play.put(*play.ids[:3]) == 200
    assert (play.there, play.asked) == ([0, 1, 2], 1)
    assert play.put(*play.ids[:3], externalId="7") == 200
    assert (play.there, play.asked) == ([0, 1, 2], 0)


def test_very_many_are_believed_to_be_as_they_were(play, monkeypatch):
    monkeypatch.setattr(looking, "MOST", 1)
    assert play.put(*play.ids[2:]) == 200
    assert (play.there, play.asked, play.marks) == ([2, 3, 4], 0, {})


def test_everybody_is_asked_for_where_nothing_is_known(play):
    play.plant(0, 1, 2, 4)
    play.theatre.forget_everything()
    assert play.put(*play.ids[:2]) == 200
    assert (play.there, play.marks) == ([0, 1], {})
    assert play.asked >= 5


def test_where_that_is_too_many_whom_the_change_names_goes_and_the_rest_waits_for_reconcile(play, monkeypatch):
    monkeypatch.setattr(looking, "MOST", 3)
    play.plant(0, 1, 2, 4)
    play.theatre.forget_everything()
    assert play.patch(("add", "members", members(play.ids[3])), ("remove", f'members[value eq "{play.ids[0]}"]')) < 300
    assert play.codes() == ["SG347"]
    assert 4 in play.there
    play.theatre.catch_up()
    assert play.codes() == ["SG347", "SG347"]
    assert play.theatre.catch_up() == 0  # it is parked
    report = play.theatre.reconcile()["Group"]
    assert [(one.attributes, one.repaired) for one in report.drifts] == [(("members",), True)]
    assert (play.there, play.here, play.marks) == ([1, 2, 3], [1, 2, 3], {})


def test_a_follower_that_was_away_is_given_the_change_when_it_is_back(play):
    play.theatre.follower.down = True
    assert play.put(*play.ids[1:2]) == 200
    assert play.there == [0, 1, 2]
    play.theatre.follower.down = False
    for _ in range(3):
        play.theatre.catch_up()
    assert (play.there, play.marks) == ([1], {})


def test_a_large_tenant_does_not_wait_for_reconcile_once_the_follower_is_back(play, monkeypatch):
    """What the mark names is asked for, and beside it the follower was in step."""
    monkeypatch.setattr(looking, "MOST", 3)
    play.theatre.follower.down = True
    assert play.patch(("remove", f'members[value eq "{play.ids[0]}"]')) in (200, 204)
    assert play.put(*play.ids[2:4]) == 200
    play.theatre.follower.down = False
    assert (play.there, play.here) == ([0, 1, 2], [2, 3])
    play.theatre.catch_up()
    assert (play.there, play.marks) == ([2, 3], {})


def test_where_the_mark_does_not_hold_all_names_the_rest_waits(play, monkeypatch):
    monkeypatch.setattr(looking, "MOST", 2)
    monkeypatch.setattr(marking, "MOST_NAMED", 2)
    play.theatre.follower.down = True
    assert play.patch(("remove", f'members[value eq "{play.ids[0]}"]')) in (200, 204)
    assert play.put(*play.ids[2:5]) == 200
    play.theatre.follower.down = False
    play.theatre.catch_up()
    assert (play.there, play.codes()[-1]) == ([1, 2], "SG347")
    play.theatre.reconcile()
    assert (play.there, play.marks) == ([2, 3, 4], {})


def test_reconcile_finds_an_extra_and_one_who_is_missing_after_everything_was_forgotten(play):
    play.plant(0, 1, 4)
    play.theatre.forget_everything()
    dry = play.theatre.reconcile(repairs=False)["Group"]
    assert [(one.kind, one.attributes) for one in dry.drifts] == [("differs", ("members",))]
    assert play.there == [0, 1, 4]
    report = play.theatre.reconcile()["Group"]
    assert (report.left, report.unseen, play.there) == (0, (), [0, 1, 2])
    play.theatre.follower.calls.clear()
    assert play.theatre.reconcile()["Group"].drifts == ()
    assert play.asked == 1 + len(LOGINS)  # the list, and once for each person, whatever the number of groups
    assert {method for method, _ in play.theatre.follower.calls} == {"GET"}


def test_what_the_follower_does_as_it_pleases_with_is_not_called_repaired(play):
    play.plant(0, 1, 2, 4)
    records = play.theatre.follower.records
    records.change = lambda record, _: record
    report = play.theatre.reconcile()["Group"]
    assert [(one.kind, one.code) for one in report.drifts] == [("differs", "SG344")]


def test_whom_the_follower_shall_not_have_is_not_asked_for(monkeypatch):
    """Members who do not belong there come and go, and the follower stays known for sure."""
    play = Play(people=1, when='userName sw "user0"')
    strangers = [play.hire(f"stranger{number}@example.com") for number in range(8)]
    monkeypatch.setattr(looking, "MOST", 0)
    assert play.put(*play.ids, *strangers) == 200
    assert play.put(*strangers[:1]) == 200
    assert (play.there, play.codes(), play.marks) == ([], [], {})


def test_a_group_that_belongs_there_no_longer_is_emptied():
    play = Play(when='members.value eq "cube-1"')
    assert play.there == [0, 1, 2]
    play.plant(0, 1, 2, 4)
    play.theatre.forget_everything()
    assert play.put(*play.ids[1:3]) == 200
    assert (play.here, play.there, play.marks) == ([1, 2], [], {})


def test_nobody_is_asked_for_where_the_primary_shows_no_members_either():
    play = Play("aws-identity-center")
    play.plant(0, 4)
    play.theatre.follower.calls.clear()
    assert [one.drifts for one in play.theatre.reconcile().values()] == [(), ()]
    assert (play.asked, play.there) == (1, [0, 4])


def test_as_a_primary_it_shows_no_members_still():
    play = Play("aws-identity-center")
    status, shown = play.theatre.ask(f"GET /Groups/{play.group}")
    assert (status, "members" in shown) == (200, False)
    assert play.put(*play.ids[:1]) == 400


@pytest.mark.parametrize("fault", [*FAULTS, "killed"])
def test_whichever_effect_fails_the_group_is_right_in_the_end(fault):
    number = struck = 0
    while True:
        play = Play(people=4)
        play.plant(0, 1, 2)
        play.theatre.fault = fault
        play.theatre.strike, play.theatre.kill = (None, number) if fault == "killed" else (number, None)
        killed = False
        try:
            play.put(*play.ids[2:])
        except Killed:
            killed = True
        reached = killed or next(play.theatre.numbers) > number
        play.theatre.strike = play.theatre.kill = None
        for _ in range(8):
            play.theatre.catch_up()
        assert (play.there, play.marks) == (play.here, {}), number
        play.theatre.reconcile()
        assert play.there == play.here, number
        number, struck = number + 1, struck + reached
        if not reached:
            break
    assert struck > 15


def list_nobody(theatre):
    """The follower lists no people without a filter."""
    seat = theatre.one.seat
    user = seat.dialect.resources["User"]
    shy = replace(user, can=replace(user.can, filter=replace(user.can.filter, required=True)))
    dialect = replace(seat.dialect, resources={**seat.dialect.resources, "User": shy})
    theatre.tenant = replace(theatre.tenant, followers=(replace(theatre.one, seat=replace(seat, dialect=dialect)),))


def test_where_nobody_lists_who_could_be_in_it_that_is_told(play):
    list_nobody(play.theatre)
    assert play.put(*play.ids[:2]) == 200
    assert (play.there, play.codes()) == ([0, 1], [])  # it was in step
    play.theatre.forget_everything()
    assert play.put(*play.ids[:1]) == 200
    assert (play.there, play.codes()) == ([0], ["SG347"])
    with pytest.raises(Problem, match=r"app-prod never shows members, and does not list everybody.*SG347"):
        play.theatre.reconcile()


def test_an_id_that_no_filter_can_hold_is_asked_for_by_none(play):
    there = compared(find_target(play.theatre.one.seat, "Group"))
    bare = replace(there.resource.can.filter, quote=False)
    target = replace(there, resource=replace(there.resource, can=replace(there.resource.can, filter=bare)))
    with pytest.raises(Problem, match="SG347"):
        play.theatre.run(find_holders(target, there.lens.list_rules["members",], "and"))


def test_without_the_rule_what_has_to_be_compared_stays_behind_and_is_told(play):
    ask_nobody(play.theatre)
    assert play.put(*play.ids[:2]) == 200
    assert (play.there, play.codes()) == ([0, 1, 2], ["SG208"])


class Year:
    """Seeded requests before backends that fail. `tampers`: others change the follower, and the store forgets."""

    def __init__(self, seed, *, tampers):
        self.chance, self.play = Random(seed), Play()
        self.happenings = [self.add, self.remove, self.put, self.put, self.catch_up]
        self.happenings += [self.plant, self.play.theatre.forget_everything, self.reconcile] if tampers else []

    def go(self):
        for _ in range(self.chance.randrange(4, 16)):
            theatre = self.play.theatre
            theatre.follower.down = self.chance.random() < 0.2
            theatre.strike = self.chance.choice([None, None, self.chance.randrange(60)])
            theatre.kill = self.chance.choice([None, None, None, self.chance.randrange(60)])
            theatre.fault = self.chance.choice(FAULTS)
            with suppress(Problem, Killed):
                self.chance.choice(self.happenings)()
            theatre.strike = theatre.kill = None
            theatre.follower.down = False

    def some(self):
        return [one for one in self.play.ids if self.chance.random() < 0.5]

    def add(self):
        self.play.patch(("add", "members", members(*self.some())))

    def remove(self):
        self.play.patch(("remove", f'members[value eq "{self.chance.choice(self.play.ids)}"]'))

    def put(self):
        self.play.put(*self.some())

    def catch_up(self):
        self.play.theatre.catch_up()

    def plant(self):
        self.play.plant(*(LOGINS.index(one) for one in LOGINS if self.chance.random() < 0.5))

    def reconcile(self):
        self.play.theatre.reconcile()


@pytest.mark.parametrize("seed", range(40))
def test_requests_and_workers_alone_make_it_right_as_long_as_the_store_remembers(seed):
    year = Year(seed, tampers=False)
    year.go()
    for _ in range(8):
        year.play.theatre.catch_up()
    assert (year.play.there, year.play.marks) == (year.play.here, {})


@pytest.mark.parametrize("most", [2, 200])
@pytest.mark.parametrize("seed", range(40))
def test_reconcile_makes_it_right_whatever_happened(seed, most, monkeypatch):
    monkeypatch.setattr(looking, "MOST", most)
    year = Year(seed, tampers=True)
    year.go()
    for _ in range(3):
        year.play.theatre.catch_up()
        report = year.play.theatre.reconcile()
    assert (year.play.there, report["Group"].left) == (year.play.here, 0)
    assert year.play.marks == {}


@pytest.mark.parametrize("most", [3, 200])
@pytest.mark.parametrize("seed", range(60))
def test_changes_side_by_side_are_right_in_the_end(seed, most, monkeypatch):
    """Two replicas and a worker at one group, and a follower that does not always answer."""
    monkeypatch.setattr(looking, "MOST", most)
    chance, play = Random(seed), Play()
    theatre = play.theatre
    for _ in range(3):
        theatre.follower.down = chance.random() < 0.3
        bodies = [("PUT", group(*chance.sample(play.ids, 3))) for _ in range(2)]
        bodies += [("PATCH", change(("add", "members", members(chance.choice(play.ids)))))]
        bodies += [("PATCH", change(("remove", f'members[value eq "{chance.choice(play.ids)}"]')))]
        lines = [theatre.request(f"{verb} /Groups/{play.group}", body) for verb, body in chance.sample(bodies, 2)]
        theatre.now += 3_600
        theatre.run_abreast([*lines, catch_up(theatre.tenant, theatre.one)], chance)
    theatre.follower.down = False
    for _ in range(8):
        theatre.catch_up()
    assert (play.there, play.marks) == (play.here, {})
