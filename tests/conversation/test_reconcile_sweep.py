"""Every effect of a reconcile fails in turn, or is the last of its process: afterwards nobody is doubled or lost."""

from contextlib import suppress

import pytest
from reconcile_stage import Killed, Theatre, person

from gateway.pipeline.problems import Problem

PEOPLE = [f"{name}@example.com" for name in ("ann.able", "bob.best", "eve.east", "kim.king")]
FAULTS = ["never sent", "answer lost", "server error", "garbage"]
GUEST = "guest@other.example"


def open_theatre():
    """Ann differs, Bob is gone from the primary, Eve and Kim are missing, a guest was always there, and the group's
    members are all of them.
    """
    theatre = Theatre(follower="webex")
    for number, login in enumerate(PEOPLE[:2]):
        theatre.primary.put(f"p{number}", **person(login))
    theatre.primary.put("g1", "Groups", displayName="Staff", members=[{"value": "p0"}, {"value": "p1"}])
    theatre.reconcile()
    theatre.primary.put("p0", name={"givenName": "Anna", "familyName": "Able"})
    theatre.primary.drop("p1")
    theatre.primary.put("p2", **person(PEOPLE[2]))
    theatre.primary.put("p3", **person(PEOPLE[3]))
    theatre.primary.put("g1", "Groups", members=[{"value": native} for native in ("p0", "p2", "p3")])
    theatre.follower.put("guest", **person(GUEST, displayName="Guest"))
    return theatre


def assert_all_is_well(theatre):
    """What is left is only the guest."""
    for _ in range(3):
        theatre.catch_up()
    theatre.now += 3_600
    report = theatre.reconcile()
    assert [(one.kind, one.there) for one in report["User"].drifts if not one.repaired] == [("extra", "guest")]
    assert report["Group"].left == 0
    people = {one["userName"]: native for native, one in theatre.follower.all().items()}
    assert sorted(people) == sorted([PEOPLE[0], PEOPLE[2], PEOPLE[3], GUEST])
    assert len(theatre.follower.all()) == 4
    (group,) = theatre.follower.all("Groups").values()
    assert {one["value"] for one in group["members"]} == {people[login] for login in people if login != GUEST}
    assert next(one for one in theatre.follower.all().values() if one["userName"] == PEOPLE[0])["name"] == {
        "givenName": "Anna", "familyName": "Able",
    }  # fmt: skip
    theatre.catch_up()
    assert theatre.state.marks.open == {}


def count_effects():
    theatre = open_theatre()
    theatre.reconcile()
    return next(theatre.numbers)


EFFECTS = count_effects()


def test_there_is_something_to_sweep():
    assert EFFECTS > 50
    assert_all_is_well(open_theatre())


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_fails_is_made_good_later(fault):
    for number in range(EFFECTS):
        theatre = open_theatre()
        theatre.strike, theatre.fault = number, fault
        with suppress(Problem):  # one of the lists could not be read
            theatre.reconcile()
        theatre.strike = None
        assert_all_is_well(theatre)


@pytest.mark.parametrize("forgets", [False, True])
def test_a_process_that_dies_anywhere_leaves_nothing_that_the_next_does_not_find(forgets):
    for number in range(EFFECTS):
        theatre = open_theatre()
        theatre.kill = number
        with pytest.raises(Killed):
            theatre.reconcile()
        theatre.kill = None
        if forgets:
            theatre.forget_all_but_links()
        assert_all_is_well(theatre)
