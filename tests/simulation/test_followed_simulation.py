"""The same for a tenant with a follower: two backends that fail, workers in both replicas, people who come and go.

The promises: at the moment of an answer the primary has the change, and the follower has it or a mark; where all are
required the follower has it. When the trouble is over the follower has exactly whom the primary has, as the primary has
them, in the groups and under the managers that the primary tells; and a comparison of everything says so. A failing
history is played again by its number: `play(seed, WEATHERS[name], gateway_of(WEATHERS[name])).story()`. 100,000 of them
are a run by hand: `python tests/simulation/many.py followed 9000`.
"""

import pytest
from sim_followed import play
from sim_followed_weather import WEATHERS, gateway_of
from sim_naive import NAIVE

HISTORIES = 135  # of each weather
SHARES = 2


def broken(name, seeds):
    """What went wrong, by seed."""
    gateway = gateway_of(WEATHERS[name])
    ended = ((seed, play(seed, WEATHERS[name], gateway).wrong) for seed in seeds)
    return {seed: wrong for seed, wrong in ended if wrong}


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("name", WEATHERS)
def test_the_follower_has_what_the_primary_has(name, share):
    assert broken(name, range(share, HISTORIES, SHARES)) == {}


# Histories that went wrong while followers were being built, by what happened in them.
NAMED = [
    ("everything fails", 26, "who was deleted and made again came into the groups of before"),
    ("everything fails", 54, "who was deleted and made again had the manager of before"),
    ("everything fails", 37, "a name was taken from somebody who had not given it up at the follower yet"),
    ("names alone tell", 1, "who was made again took a record over that was just being deleted"),
    ("names are traded", 11, "who was not there yet was taken for another, who had got her former name meanwhile"),
    ("names are traded", 16, "two waited for each other's name for ever"),
    ("another dialect", 20, "who was deleted and made again under another name was there twice"),
    ("another dialect", 19, "a create landed after the group was renamed: it was there twice"),
    (
        "another dialect",
        104,
        "a worker waited for a dead create for longer than its lock lasted, and wrote what was old",
    ),
    ("names alone tell", 31047, "a group renamed twice was found by its lost create, which was then forgotten"),
    ("names are traded", 41948, "who waited for a name was parked while a dead worker had the other's mark"),
    ("all are required", 12, "who was deleted after her create was half done could not be made again for a day"),
    ("some belong", 117, "who came to belong was made, and did not come into her groups"),
    ("some belong", 181, "a create landed while another one was about to be sent"),
    ("some belong", 8056, "who was let out while her lost create could still land came in with it"),
    ("some belong, and who leaves is deleted", 194, "others went on to refer to who had been deleted there"),
    (
        "some belong, and who leaves is deleted",
        3345,
        "who was taken away and came back was left out of her groups, as her mark still told of a record",
    ),
    (
        "some belong, and who leaves is deleted",
        12200,
        "who came to belong and left again stayed there when her lost create landed: nobody had noted that she came",
    ),
    ("members are never shown", 117, "whom a change did not name came to belong, and was not asked for in her groups"),
    ("lists are late and any name is taken twice", 51, "who was deleted while lists did not show her was left there"),
    ("lists are late and any name is taken twice", 2, "a group was renamed while lists did not show it"),
    (
        "the store is in trouble, and all are required",
        51484,
        "a worker that was kept waiting without a lock made anew who had been deleted at both meanwhile",
    ),
    ("changes land late", 52, "a record was found equal while its deletion was under way"),
]


@pytest.mark.parametrize(("name", "seed", "story"), NAMED)
def test_what_once_went_wrong_does_not_again(name, seed, story):
    ended = play(seed, WEATHERS[name], gateway_of(WEATHERS[name]))
    assert ended.wrong == [], f"{story}\n{ended.story()}"


CAUGHT = {
    "no mark": "everything fails",
    "straight on": "everything fails",
    "no look-up": "lists are late and any name is taken twice",
    "no owner": "everything fails",
    "no round": "names are traded",
    "no referrers": "some belong",
    "no doubt": "members are never shown, and the store is in trouble",
    "no memory": "members are never shown",
    "no lock": "all are required",
}


@pytest.mark.parametrize("naive", NAIVE)
def test_a_naive_follower_is_caught(naive, monkeypatch):
    for place, careless in NAIVE[naive]:
        monkeypatch.setattr(place, careless)
    assert any(broken(CAUGHT[naive], [seed]) for seed in range(200))


def test_the_same_seed_is_the_same_history():
    weather = WEATHERS["the store is in trouble"]
    first, second = (play(7, weather, gateway_of(weather)) for _ in range(2))
    assert first.story() == second.story()
    assert first.world.effects == second.world.effects > 100


@pytest.mark.parametrize("name", [name for name in WEATHERS if name != "calm"])
def test_trouble_is_met(name):
    """The histories are worth something: followers do fall behind in them, and are brought in step late."""
    ended = [play(seed, WEATHERS[name], gateway_of(WEATHERS[name])) for seed in range(20)]
    assert sum(one.world.struck for one in ended) > 100
    facts = {fact.__class__.__name__ for one in ended for fact in one.world.facts}
    assert facts >= {"AnswerLost", "FollowerBehind", "FollowerInStep"}


def test_whom_a_follower_never_shows_is_asked_for_or_left_to_the_comparison_of_everything():
    name = "members are never shown, and are too many to be asked for"
    ended = [play(seed, WEATHERS[name], gateway_of(WEATHERS[name])) for seed in range(20)]
    codes = {fact.code for one in ended for fact in one.world.facts if fact.__class__.__name__ == "MarkParked"}
    late = sum(
        fact.__class__.__name__ == "FollowerCompared" and fact.drifted for one in ended for fact in one.world.facts
    )
    assert (codes, late > 0) == ({"SG347"}, True)
