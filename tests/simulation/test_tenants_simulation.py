"""The same for two tenants at once: what the one does never shows in the other, whatever they have in common.

The promises beside those to each of them: no answer tells of the other, no call reaches its backends or changes its
records, its ids and its tokens open nothing, and nobody of it is taken over. A failing history is played again by its
number: `play(seed, WEATHERS[name], gateway_of_town(WEATHERS[name])).story()`. More of them are a run by hand:
`python tests/simulation/many.py tenants 2000`.
"""

import pytest
from sim_tenants import WEATHERS, gateway_of_town, play
from sim_tenants_naive import NAIVE

HISTORIES = 50  # of each weather
SHARES = 2


def broken(name, seeds):
    """What went wrong, by seed."""
    gateway = gateway_of_town(WEATHERS[name])
    ended = ((seed, play(seed, WEATHERS[name], gateway).wrong) for seed in seeds)
    return {seed: wrong for seed, wrong in ended if wrong}


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("name", WEATHERS)
def test_each_has_its_own_and_nothing_of_the_other(name, share):
    assert broken(name, range(share, HISTORIES, SHARES)) == {}


# Histories that went wrong when tenants were first played side by side, by what happened in them.
NAMED = [
    (
        "the same names and ids",
        507,
        "who was deleted and made again was taken away with the record that a lost create of before had made",
    ),
    (
        "ids of the other are tried, and people are there already",
        195,
        "who was adopted did not come into the groups at the follower that she was in before",
    ),
]


@pytest.mark.parametrize(("name", "seed", "story"), NAMED)
def test_what_once_went_wrong_does_not_again(name, seed, story):
    told = play(seed, WEATHERS[name], gateway_of_town(WEATHERS[name]))
    assert told.wrong == [], f"{story}\n{told.story()}"


CAUGHT = {
    "links without the tenant": "one follower for both",
    "links by name alone": "the same names and ids",
    "any token for any tenant": "ids of the other are tried, and people are there already",
}


@pytest.mark.parametrize("naive", NAIVE)
def test_a_gateway_that_mixes_tenants_is_caught(naive, monkeypatch):
    for place, careless in NAIVE[naive]:
        monkeypatch.setattr(place, careless)
    assert any(broken(CAUGHT[naive], [seed]) for seed in range(200))


@pytest.mark.parametrize("name", WEATHERS)
def test_trouble_is_met_by_both(name):
    told = [play(seed, WEATHERS[name], gateway_of_town(WEATHERS[name])) for seed in range(10)]
    assert sum(one.world.struck for one in told) > 100
    late = [fact for one in told for fact in one.world.facts if fact.__class__.__name__ == "FollowerInStep"]
    assert {fact.tenant for fact in late} == {"acme", "emea"}
    answers = [asked.status for one in told for stranger in one.strangers for asked in stranger.asked]
    assert answers.count(401) > 50
