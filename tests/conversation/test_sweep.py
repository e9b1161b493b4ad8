"""Sweeps: a follower is compared every so often, by one process at a time."""

import pytest
from reconcile_stage import FOLLOWER, Theatre, person

from gateway.conversation.effects import Claim, Unavailable, Wait
from gateway.conversation.reconcile.stepping import SECONDS
from gateway.conversation.reconcile.sweeping import AGAIN_SECONDS, SPARE_SECONDS, sweep
from gateway.observations_followers import FollowerSwept

INTERVAL = 6 * 3_600.0


@pytest.fixture
def theatre():
    opened = Theatre(follower="webex", reconcile=INTERVAL)
    for number in range(3):
        opened.primary.put(f"p{number}", **person(f"user{number}@example.com"))
    return opened


def run(theatre):
    """How a sweep ended, empty when there was none to do; and the calls that it made at the primary."""
    theatre.facts.clear()
    theatre.primary.calls.clear()
    assert theatre.run(sweep(theatre.tenant, theatre.one)) == 0
    ends = [one for one in theatre.facts if isinstance(one, FollowerSwept)]
    assert all((one.tenant, one.backend) == ("acme", FOLLOWER) for one in ends)
    return [one.end for one in ends], len(theatre.primary.calls)


def test_it_repairs_and_comes_again_when_the_interval_has_passed(theatre):
    ends, calls = run(theatre)
    assert (ends, calls > 0, len(theatre.follower.all())) == (["in_step"], True, 3)
    assert run(theatre) == ([], 0)
    theatre.now += INTERVAL - 1
    assert run(theatre) == ([], 0)
    theatre.now += 2
    theatre.follower.put("guest", **person("guest@example.com", displayName="Guest"))
    assert run(theatre)[0] == ["drift"]


def test_without_an_interval_or_a_store_there_is_none(theatre):
    theatre.strike = 0
    assert run(theatre) == ([], 0)
    theatre.strike = None
    theatre.tenant = Theatre(follower="webex").tenant
    assert run(theatre) == ([], 0)
    assert theatre.follower.calls == []


def test_others_leave_it_alone_while_one_is_at_it_and_go_on_after_it_died(theatre):
    first = sweep(theatre.tenant, theatre.one)
    answer = theatre.answer(first.send(None))
    steps = 0
    while steps < 4:
        effect = first.send(answer)
        steps += isinstance(effect, Wait)
        theatre.now += 30.0 if isinstance(effect, Wait) else 0.0
        answer = theatre.answer(effect)
        assert run(theatre) == ([], 0)
    first.close()
    theatre.now += SECONDS["reading"] + SPARE_SECONDS + 1
    assert run(theatre)[0] == ["in_step"]


def test_a_backend_that_is_down_is_asked_again_long_before_the_interval_has_passed(theatre):
    theatre.primary.down = True
    assert run(theatre)[0] == ["failed"]
    theatre.primary.down = False
    theatre.now += AGAIN_SECONDS + 1
    assert run(theatre)[0] == ["in_step"]


def test_a_process_that_is_told_to_end_leaves_it_to_the_next(theatre):
    serve = theatre.serve
    theatre.serve = lambda effect: False if isinstance(effect, Wait) else serve(effect)
    assert run(theatre)[0] == ["failed"]
    theatre.serve = serve
    theatre.now += 2
    assert run(theatre)[0] == ["in_step"]


def test_a_turn_that_cannot_be_taken_is_not_taken(theatre):
    conversation = sweep(theatre.tenant, theatre.one)
    assert isinstance(conversation.send(None), Claim)
    with pytest.raises(StopIteration):
        conversation.send(Unavailable())
