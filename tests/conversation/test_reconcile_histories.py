"""Seeded histories of two backends that drift apart while reconciles fail and die: in the end each is there once."""

from contextlib import suppress
from random import Random

import pytest
from reconcile_stage import Killed, Theatre, person

from gateway.pipeline.problems import Problem

GUEST = "guest@other.example"
FAULTS = ("never sent", "answer lost", "server error", "garbage")
SEEDS = 60


class History:
    """What happens to one tenant. `hired` are the logins of the primary's people by their ids."""

    def __init__(self, seed, *, flushes):
        self.chance = Random(seed)
        self.flushes = flushes
        when = self.chance.choice([None, 'userName ew "@example.com"'])
        self.theatre = Theatre(follower=self.chance.choice(["webex", "cube-cloud", "new-relic"]), when=when)
        self.guarded = when is not None
        self.hired, self.number = {}, 0
        self.theatre.follower.put("guest", **person(GUEST, displayName="Guest"))
        self.regroup()

    def play(self):
        happenings = [self.hire] * 3 + [self.rename, self.fire, self.tamper, self.lose, self.regroup, self.catch_up]
        happenings += [self.reconcile] * 2 + [self.theatre.forget_everything] * self.flushes
        for _ in range(self.chance.randrange(5, 25)):
            self.chance.choice(happenings)()

    def draw_login(self):
        home = self.chance.choice(["example.com", "example.com", "corp.example"])
        login = f"user{self.chance.randrange(12)}@{home}"
        return None if login in self.hired.values() else login

    def hire(self):
        login, self.number = self.draw_login(), self.number + 1
        if login is not None:
            self.hired[f"p{self.number}"] = login
            self.theatre.primary.put(f"p{self.number}", **person(login, active=self.chance.random() < 0.8))

    def rename(self):
        login = self.draw_login()
        if self.hired and login is not None:
            native = self.chance.choice(list(self.hired))
            self.hired[native] = login
            self.theatre.primary.put(native, userName=login)

    def fire(self):
        if self.hired:
            native = self.chance.choice(list(self.hired))
            del self.hired[native]
            self.theatre.primary.drop(native)
            self.regroup()

    def regroup(self):
        members = [{"value": native} for native in self.hired if self.chance.random() < 0.7]
        self.theatre.primary.put("g1", "Groups", displayName="Staff", members=members)

    def theirs(self):
        people = self.theatre.follower.all()
        return [native for native, one in people.items() if one["userName"] != GUEST]

    def tamper(self):
        if self.theirs():
            change = self.chance.choice([{"active": False}, {"name": {"givenName": "X", "familyName": "Y"}}])
            self.theatre.follower.put(self.chance.choice(self.theirs()), **change)

    def lose(self):
        if self.theirs():
            self.theatre.follower.drop(self.chance.choice(self.theirs()))

    def trouble(self):
        self.theatre.strike = self.chance.choice([None, self.chance.randrange(60)])
        self.theatre.kill = self.chance.choice([None, None, self.chance.randrange(60)])
        self.theatre.fault = self.chance.choice(FAULTS)

    def reconcile(self):
        self.trouble()
        with suppress(Problem, Killed):
            self.theatre.reconcile()
        self.theatre.strike = self.theatre.kill = None

    def catch_up(self):
        self.trouble()
        with suppress(Problem, Killed):
            self.theatre.catch_up()
        self.theatre.strike = self.theatre.kill = None

    def settle(self):
        """Nothing fails any more; what is left then."""
        for _ in range(3):
            self.theatre.catch_up()
            self.theatre.now += 3_600
            report = self.theatre.reconcile()
        return [one for found in report.values() for one in found.drifts if not one.repaired and one.there != "guest"]

    def shall_be_there(self):
        return {login for login in self.hired.values() if not self.guarded or login.endswith("@example.com")}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_both_have_the_right_people_in_the_end(seed):
    history = History(seed, flushes=0)
    history.play()
    assert history.settle() == []
    people = history.theatre.follower.all().values()
    let_in = {one["userName"] for one in people if one.get("active", True)}
    active = {one["userName"] for one in history.theatre.primary.all().values() if one["active"]}
    assert let_in == (history.shall_be_there() & active) | {GUEST}
    assert len({one["userName"] for one in people}) == len(people)
    assert history.theatre.state.marks.open == {}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nobody_is_lost_or_doubled_and_who_stays_too_long_is_told_though_the_store_forgets(seed):
    history = History(seed, flushes=1)
    history.play()
    left = history.settle()
    assert {one.kind for one in left} <= {"extra", "not wanted"}
    people = history.theatre.follower.all()
    logins = [one["userName"] for one in people.values()]
    assert history.shall_be_there() <= set(logins)
    assert len(set(logins)) == len(logins)
    let_in = {native for native, one in people.items() if one.get("active", True)}
    wanted = {native for native in let_in if people[native]["userName"] in history.shall_be_there()}
    assert let_in - wanted - {"guest"} == {one.there for one in left}
