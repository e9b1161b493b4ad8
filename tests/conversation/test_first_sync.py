"""A population that was there before the follower: brought there once, whatever happens on the way."""

import pytest
from reconcile_stage import Killed, Theatre, person

from gateway.conversation.reconcile.reconciling import reconcile

PEOPLE = 300
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.fixture
def theatre():
    opened = Theatre(follower="webex")
    for number in range(PEOPLE):
        opened.primary.put(f"p{number}", **person(f"user{number}@example.com"))
    for number in range(0, PEOPLE, 100):
        members = [{"value": f"p{one}"} for one in range(number, number + 100)]
        opened.primary.put(f"g{number}", "Groups", displayName=f"Floor {number}", members=members)
    return opened


def assert_everybody_is_there_once(theatre):
    assert theatre.follower.names() == sorted(f"user{number}@example.com" for number in range(PEOPLE))
    names = {native: one["userName"] for native, one in theatre.follower.all().items()}
    groups = theatre.follower.all("Groups").values()
    assert sorted(one["displayName"] for one in groups) == ["Floor 0", "Floor 100", "Floor 200"]
    for group in groups:
        first = int(group["displayName"].split()[1])
        assert {names[one["value"]] for one in group["members"]} == {
            f"user{number}@example.com" for number in range(first, first + 100)
        }


def test_each_costs_a_read_a_look_and_a_create(theatre):
    seen = []

    def watch(progress):
        seen.append((progress.stage, progress.done))
        return None
        yield

    theatre.run(reconcile(theatre.tenant, theatre.one, watch, repairs=True))
    assert_everybody_is_there_once(theatre)
    made = PEOPLE + 3
    assert len(theatre.primary.calls) - made < 10
    assert len(theatre.follower.calls) - 2 * made < 10
    assert [done for stage, done in seen if stage == "repairing"] == [*range(0, PEOPLE, 16), 0]
    assert theatre.state.marks.open == {}


@pytest.mark.parametrize("forgets", [False, True])
def test_one_that_is_killed_is_completed_by_the_next(theatre, forgets):
    for kill in (700, 1_500, 500):
        theatre.kill = kill
        with pytest.raises(Killed):
            theatre.reconcile()
        if forgets:
            theatre.forget_everything()
        theatre.now += 3_600  # what was announced by who died is not waited for any more
    theatre.kill = None
    before = len(theatre.follower.all())
    assert 0 < before < PEOPLE
    report = theatre.reconcile()
    assert (report["User"].left, len(report["User"].drifts)) == (0, PEOPLE - before)
    assert_everybody_is_there_once(theatre)


def test_a_chain_of_managers_and_a_circle_are_brought_in_one_go():
    theatre = Theatre("aws-identity-center", "aws-identity-center")
    managers = {**{number: number + 1 for number in range(9)}, 10: 11, 11: 12, 12: 10, 13: 13}
    for number in range(14):
        manager = {ENTERPRISE: {"manager": {"value": f"p{managers[number]}"}}} if number in managers else {}
        given = person(f"user{number}@example.com", displayName=f"U {number}", externalId=str(number))
        theatre.primary.put(f"p{number}", **given, **manager)
    assert theatre.reconcile()["User"].left == 0
    there = {one["externalId"]: (native, one.get(ENTERPRISE)) for native, one in theatre.follower.all().items()}
    for number, manager in managers.items():
        assert there[str(number)][1]["manager"]["value"] == there[str(manager)][0]
    assert theatre.reconcile()["User"].drifts == ()
