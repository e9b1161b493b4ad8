"""Marks whose secret is not given any more: parked after a while, and ended once everything is found in step."""

import json

import pytest
from msgspec.structs import replace
from reconcile_stage import FOLLOWER, SEAL, Theatre, at_once, person

from gateway.cli.drift import Found, as_document, tell
from gateway.conversation.effects import Key
from gateway.conversation.followers.marking import Open, mark_key, seal_open
from gateway.conversation.followers.unopened import LOOKS
from gateway.conversation.reconcile.reconciling import Compared
from gateway.observations import NOBODY
from gateway.observations_followers import FollowerInStep, MarkParked
from gateway.pipeline.sealing import Seal

FORMER = Seal((b"the former secret of thirty-two.",))
ANN = "ann.able@example.com"


LYING = Key("lying", "acme", FOLLOWER, "", "f00d")  # in a shared store, names are made with the secret too


def open_theatre(key):
    """In step, but that Ann may not come in there; what was marked of her was sealed with a secret that is gone."""
    opened = Theatre()
    opened.primary.put("p0", **person(ANN))
    opened.reconcile()
    (there,) = opened.follower.all()
    opened.follower.put(there, active=False)
    former = replace(opened.one.seat, seal=FORMER)
    one = Open("User", "p0", there)
    at_once(opened.state.mark([(key or mark_key(former, one), seal_open(former, one))], 0))
    opened.facts.clear()
    return opened


@pytest.fixture
def theatre():
    return open_theatre(LYING)


@pytest.fixture
def known():
    """The same, and the secret may come back."""
    return open_theatre(None)


def parked(theatre):
    return [fact for fact in theatre.facts if isinstance(fact, MarkParked)]


def counted(theatre):
    found = at_once(theatre.state.count_marks("acme", FOLLOWER))
    return found.waiting, found.parked


def may_come_in(theatre):
    (one,) = theatre.follower.all().values()
    return one["active"]


def park(theatre):
    for _ in range(LOOKS + 1):
        theatre.now += 120
        theatre.run_workers()


def test_it_comes_again_for_half_an_hour_and_is_parked_then(theatre):
    for _ in range(LOOKS):
        theatre.now += 120
        assert theatre.run_workers() == 1
    assert (counted(theatre), parked(theatre)) == ((1, 0), [])
    theatre.now += 120
    theatre.run_workers()
    assert counted(theatre) == (0, 1)
    assert parked(theatre) == [MarkParked("acme", FOLLOWER, NOBODY, "SG348")]
    theatre.now += 86_400
    assert theatre.run_workers() == 0


def test_who_has_the_secret_works_it_off_meanwhile(known):
    for _ in range(LOOKS):
        known.now += 120
        known.run_workers()
    known.give(Seal((*SEAL.secrets, *FORMER.secrets)))
    known.now += 120
    known.run_workers()
    assert (counted(known), may_come_in(known)) == ((0, 0), True)
    assert [fact.late for fact in known.facts if isinstance(fact, FollowerInStep)] == [True]


def test_reconcile_finds_by_state_what_it_was_about_and_ends_it(theatre):
    park(theatre)
    dry = theatre.compare(repairs=False)
    assert (dry.unopened, dry.types[0].left, counted(theatre)) == (1, 1, (0, 1))
    done = theatre.compare()
    assert (done.unopened, done.types[0].left, counted(theatre), may_come_in(theatre)) == (0, 0, (0, 0), True)


def test_it_stays_while_something_is_out_of_step_or_cannot_be_seen(theatre):
    park(theatre)
    theatre.follower.refuses = "active"
    assert (theatre.compare().unopened, counted(theatre)) == (1, (1, 1))
    theatre.follower.refuses = ""
    assert theatre.compare().unopened == 0
    assert Compared("User", 1, ()).is_settled
    assert not Compared("User", 1, (), whole=False).is_settled


def test_one_that_waits_for_its_secret_is_told_and_left_alone(theatre):
    assert (theatre.compare().unopened, counted(theatre)) == (1, (1, 0))


def test_one_that_was_parked_and_opens_again_is_parked_like_any_other(known):
    park(known)
    known.give(Seal((*SEAL.secrets, *FORMER.secrets)))
    dry = known.compare(repairs=False)
    assert [(one.kind, one.code) for one in dry.types[0].drifts] == [("parked", "SG348")]
    done = known.compare()
    known.catch_up()
    assert (done.unopened, done.types[0].left, counted(known), may_come_in(known)) == (0, 0, (0, 0), True)


def test_the_command_tells_how_many_are_left(theatre):
    park(theatre)
    found = theatre.compare(repairs=False)
    told = Found(theatre.tenant, theatre.one, found.types, unopened=found.unopened)
    lines = list(tell(told))
    assert f"{FOLLOWER}: 1 mark tells nobody what was open (SG348)" in lines
    assert lines[-1].startswith("  SG348: What a further backend lacked is not known")
    assert json.loads(as_document("acme", [told], dry_run=True))["followers"][0]["unopened"] == 1
