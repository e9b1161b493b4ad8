"""The same for a tenant divided over two or three backends: people who stay where they were made, and names that
several want.

The promises: nobody is in two branches and nobody in the wrong one; a name is somebody's once over all of them, also
where the state store forgot everything just when two wanted it in two branches, unless it could not tell, which is
counted, or a client was told that one of two is not undone; an id
that was shown means the same person until she is deleted; what is refused changed nothing; and when the trouble is over
lists are complete, and whoever is new is made at once. A failing history is played again by its number:
`play(seed, WEATHERS[name], gateway_of(WEATHERS[name])).story()`. More of them are a run by hand:
`python tests/simulation/many.py split 2000`.
"""

import pytest
from sim_split import play
from sim_split_naive import NAIVE
from sim_split_weather import WEATHERS, gateway_of

HISTORIES = 24  # of each weather
SHARES = 2


def broken(name, seeds):
    """What went wrong, by seed."""
    gateway = gateway_of(WEATHERS[name])
    ended = ((seed, play(seed, WEATHERS[name], gateway).wrong) for seed in seeds)
    return {seed: wrong for seed, wrong in ended if wrong}


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("name", WEATHERS)
def test_nobody_is_in_two_branches(name, share):
    assert broken(name, range(share, HISTORIES, SHARES)) == {}


# Histories that went wrong while lists of the other branches alone told who is there, by what happens in them.
NAMED = [
    ("three branches, and members are kept", 42, "a lost create lands after its twin was made in another branch"),
    (
        "three branches, and members are kept",
        122,
        "a lost create lands after its name was given away in another branch",
    ),
    ("lists are late", 0, "two clients make one person in two branches, whose lists do not show her yet"),
    ("lists are late", 1, "a name is taken of whom the list of her branch does not show yet"),
    ("lists are late", 3, "a list does not show yet who was just made and renamed"),
    ("the store forgets", 20, "the lock of a name is forgotten while another branch is slow to say who has it"),
    ("the store forgets", 41, "it is forgotten while a create is under way, and another branch makes the same"),
    ("the store forgets", 110, "it is forgotten while a name is given, and another branch gives it too"),
    ("any name is taken twice", 4, "backends that enforce no uniqueness were not asked for a name"),
]


@pytest.mark.parametrize(("name", "seed", "story"), NAMED)
def test_what_once_went_wrong_does_not_again(name, seed, story):
    ended = play(seed, WEATHERS[name], gateway_of(WEATHERS[name]))
    assert ended.wrong == [], f"{story}\n{ended.story()}"


@pytest.mark.parametrize("naive", NAIVE)
def test_a_naive_division_is_caught(naive, monkeypatch):
    name, changed = NAIVE[naive]
    for place, careless in changed:
        monkeypatch.setattr(place, careless)
    gateway = gateway_of.__wrapped__(WEATHERS[name])
    assert any(play(seed, WEATHERS[name], gateway).wrong for seed in range(200))


def test_the_same_seed_is_the_same_history():
    weather = WEATHERS["the store fails"]
    first, second = (play(7, weather, gateway_of(weather)) for _ in range(2))
    assert first.story() == second.story()
    assert first.world.effects == second.world.effects > 100


@pytest.mark.parametrize("name", [name for name in WEATHERS if name != "calm"])
def test_trouble_is_met(name):
    """The histories are worth something: things fail in them, names are refused, and nobody is moved who was to be."""
    ended = [play(seed, WEATHERS[name], gateway_of(WEATHERS[name])) for seed in range(24)]
    assert sum(one.world.struck for one in ended) > 40
    said = [asked.detail for one in ended for client in one.clients for asked in client.asked]
    weather = WEATHERS[name]
    waits = ["SG514"] * (weather.flushes == 0)  # elsewhere what is waited for is forgotten
    codes = {"SG350", *waits, *(["SG204"] * weather.manners.unique), *(["SG351"] * (not weather.keeps))}
    assert {code for code in codes if any(code in one for one in said)} == codes
