"""Histories under a seeded clock: clients that retry, replicas that die, a vendor that loses, a store that forgets.

The promises: who was acknowledged is there, once; who left stays away; every request ends in time and with the right
blame; and when the trouble is over everybody is served. A failing history is told by its seed, and played again by it:
`play(seed, WEATHERS[name], make_gateway(...)).story()`.
"""

import pytest
from sim_history import Weather, make_gateway, play
from sim_vendor import Manners

from gateway.conversation import create as creating
from gateway.conversation.effects import Lost, ask

HISTORIES = 480  # of each weather; more are a run by hand: `python tests/simulation/many.py alone 17000`
SHARES = 4  # one test case each, so that two processes can share the work

WEATHERS = {
    "calm": Weather(vendor=0.0),
    # Without its own word a create that lands late cannot be told from one that never will: so it is one or the other.
    "the store is in trouble": Weather(store=0.1, kills=2, flushes=1, manners=Manners(lands_within=0)),
    "creates land late": Weather(kills=2),
    "lists are late and the store is in trouble": Weather(
        store=0.1, kills=2, flushes=1, manners=Manners(visible_after=4.0, lands_within=0)
    ),
    "any name is taken twice": Weather(kills=2, manners=Manners(unique=False)),
    "any name is taken twice, and lists are late": Weather(kills=2, manners=Manners(unique=False, visible_after=4.0)),
}


def broken(name: str, seeds: range) -> dict[int, list[str]]:
    """What went wrong, by seed."""
    gateway = make_gateway(WEATHERS[name].manners)
    ended = ((seed, play(seed, WEATHERS[name], gateway).wrong) for seed in seeds)
    return {seed: wrong for seed, wrong in ended if wrong}


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("name", WEATHERS)
def test_nobody_is_lost_and_nobody_is_doubled(name, share):
    assert broken(name, range(share, HISTORIES, SHARES)) == {}


# Histories that went wrong before a create left word of itself, by what happens in them.
NAMED = [
    ("creates land late", 89, "a lost create lands after the one made in its place was deleted: the leaver is back"),
    ("any name is taken twice", 4, "two clients make one person at once"),
    (
        "any name is taken twice",
        26,
        "a lost create lands after the one made in its place was changed: she is there twice",
    ),
    ("any name is taken twice, and lists are late", 2, "a list does not show yet whom another client has just made"),
]


@pytest.mark.parametrize(("name", "seed", "story"), NAMED)
def test_what_once_went_wrong_does_not_again(name, seed, story, monkeypatch):
    ended = play(seed, WEATHERS[name], make_gateway(WEATHERS[name].manners))
    assert ended.wrong == [], f"{story}\n{ended.story()}"
    monkeypatch.setattr("gateway.conversation.answering.create", creating.create_once)
    assert broken(name, range(seed, seed + 1)), "without the word it does"


# Histories that went wrong for other reasons.
LATER = [("the store is in trouble", 53632, "a change that was turned away was sent again after its client asked anew")]


@pytest.mark.parametrize(("name", "seed", "story"), LATER)
def test_what_went_wrong_later_does_not_again(name, seed, story):
    ended = play(seed, WEATHERS[name], make_gateway(WEATHERS[name].manners))
    assert ended.wrong == [], f"{story}\n{ended.story()}"


def naive(plan, target):
    """A create that is simply made again when no answer came: the control."""
    call = creating.build_call(target, "create", body=plan.record)
    answer = yield from ask(call)
    while isinstance(answer, Lost):
        answer = yield from ask(call)
    native, record = creating.read_created(plan, target, answer)
    shown = None if record is None else creating.translate_in(target, record)
    return (yield from creating.finish(plan, target, native, shown))


def test_a_naive_create_is_caught(monkeypatch):
    monkeypatch.setattr("gateway.conversation.answering.create", naive)
    caught = broken("any name is taken twice", range(50))
    assert any("['one title', 'one title']" in complaint for wrong in caught.values() for complaint in wrong)


def test_a_create_without_a_word_is_caught(monkeypatch):
    """Looking after a lost answer is not enough: what lands late and what two clients do at once make doubles."""
    monkeypatch.setattr("gateway.conversation.answering.create", creating.create_once)
    assert broken("any name is taken twice", range(200))
    assert broken("creates land late", range(200))


def test_the_same_seed_is_the_same_history():
    weather = WEATHERS["lists are late and the store is in trouble"]
    first, second = (play(7, weather, make_gateway(weather.manners)) for _ in range(2))
    assert first.story() == second.story()
    assert first.world.effects == second.world.effects > 50


@pytest.mark.parametrize("name", [name for name in WEATHERS if name != "calm"])
def test_trouble_is_met(name):
    """The histories are worth something: things do fail in them, and answers do get lost."""
    ended = [play(seed, WEATHERS[name], make_gateway(WEATHERS[name].manners)) for seed in range(20)]
    assert sum(one.world.struck for one in ended) > 20
    assert any(asked.status is None for one in ended for client in one.clients for asked in client.asked)
    assert {fact.__class__.__name__ for one in ended for fact in one.world.facts} >= {"AnswerLost", "OutcomeResolved"}
