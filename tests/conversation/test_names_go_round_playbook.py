"""Names that were exchanged at the primary while a follower was down, which lets no two have the same one."""

from itertools import count

import pytest
from followed import make_followed
from followers_stage import World, change

from gateway.conversation.effects import Reply
from gateway.conversation.followers.marking import read_open
from gateway.conversation.reconcile.reconciling import reconcile
from gateway.conversation.reconcile.stepping import go_on
from gateway.pipeline.passing import PREFIX


@pytest.fixture
def world():
    """Ann, Bob, Cem and Dot are at both: h1 to h4, and d1 to d4, with their first names as titles."""
    world, gateway = World(), make_followed()
    for name in ("ann", "bob", "cem", "dot"):
        assert world.ask(gateway, "POST /Users", {"userName": name, "title": name})[0] == 201
    world.told()
    return world


def rename(world, **names):
    """At the primary, by way of names that nobody has; the follower sees nothing of it yet."""
    world.down = {"desk"}
    for way in (lambda number, _: f"nobody-{number}", lambda _, name: name):
        for number, name in names.items():
            body = change(("replace", "userName", way(number, name)))
            assert world.ask(make_followed(), f"PATCH /Users/{number}", body)[0] == 200
    world.down = set()
    world.told()


def writes(world):
    """What was written at the follower: whose record, and the name that it got."""
    calls = [call for call in world.sent if call.backend == "desk" and call.method == "PATCH"]
    return [(call.path.rpartition("/")[2], name_in(call.body)) for call in calls]


def name_in(body):
    """The name of a PATCH; empty where it says nothing of it."""
    values = [one["value"] for one in body["Operations"] if one["path"] == "userName"]
    return (values or [""])[0]


def opened(world):
    seat = make_followed().tenants["acme"].followers[0].seat
    return {
        one.native: one for one in (read_open(seat, taken.entry) for taken in world.marks.list_all(("acme", "desk")))
    }


def titles(world):
    return {one["userName"]: one["title"] for one in world.desk.all["User"].values()}


def passing(world):
    """Who has a passing name at the follower."""
    return [native for native, one in world.desk.all["User"].items() if one["userName"].startswith(PREFIX)]


def compare(world):
    tenant = make_followed().tenants["acme"]
    reports = world.run(reconcile(tenant, tenant.followers[0], go_on, repairs=True)).types
    return [(one.kind, one.native, one.attributes, one.repaired) for one in reports[0].drifts]


CIRCLES = {
    "two": ({"h1": "bob", "h2": "ann"}, {"bob": "ann", "ann": "bob", "cem": "cem", "dot": "dot"}),
    "three": ({"h1": "bob", "h2": "cem", "h3": "ann"}, {"bob": "ann", "cem": "bob", "ann": "cem", "dot": "dot"}),
    "four": ({"h1": "dot", "h2": "cem", "h3": "ann", "h4": "bob"},
             {"dot": "ann", "cem": "bob", "ann": "cem", "bob": "dot"}),
    "twice two": ({"h1": "bob", "h2": "ann", "h3": "dot", "h4": "cem"},
                  {"bob": "ann", "ann": "bob", "dot": "cem", "cem": "dot"}),
}  # fmt: skip


@pytest.mark.parametrize(("renamed", "after"), CIRCLES.values(), ids=CIRCLES)
def test_names_go_round(world, renamed, after):
    rename(world, **renamed)
    world.work_off(make_followed())
    assert titles(world) == after
    assert opened(world) == {}


def test_one_steps_aside_and_nothing_but_names_is_written_meanwhile(world):
    rename(world, h1="bob", h2="ann")
    world.sent.clear()
    world.work_off(make_followed())
    steps = [(native, name.partition(PREFIX)[1] or name) for native, name in writes(world)]
    at, wants = [name for _, name in steps].index(PREFIX), {"d1": "bob", "d2": "ann"}
    aside, other = steps[at][0], steps[at + 1][0]
    assert steps[at:] == [(aside, PREFIX), (other, wants[other]), (aside, wants[aside])]
    (name,) = {name for _, name in writes(world) if name.startswith(PREFIX)}
    assert not any(known in name for known in ("ann", "bob"))


def test_a_chain_needs_no_passing_name(world):
    rename(world, h3="eve", h2="cem", h1="bob")
    world.sent.clear()
    world.work_off(make_followed())
    assert titles(world) == {"bob": "ann", "cem": "bob", "eve": "cem", "dot": "dot"}
    assert not [name for _, name in writes(world) if name.startswith(PREFIX)]
    assert opened(world) == {}


def test_who_leaves_gives_the_name_free(world):
    world.down = {"desk"}
    assert world.ask(make_followed(), "DELETE /Users/h2")[0] == 204
    rename(world, h1="bob")
    world.work_off(make_followed())
    assert titles(world) == {"bob": "ann", "cem": "cem", "dot": "dot"}


def test_an_address_keeps_what_is_behind_the_at(world):
    world, gateway = World(), make_followed()
    for name in ("ann@acme.example", "bob@acme.example"):
        world.ask(gateway, "POST /Users", {"userName": name, "title": name[:3]})
    rename(world, h1="bob@acme.example", h2="ann@acme.example")
    world.sent.clear()
    world.work_off(gateway)
    assert titles(world) == {"bob@acme.example": "ann", "ann@acme.example": "bob"}
    (name,) = {name for _, name in writes(world) if name.startswith(PREFIX)}
    assert name.endswith("@acme.example")


def test_a_name_that_a_stranger_has_stands(world):
    world.desk.all["User"]["d9"] = {"id": "d9", "userName": "eve", "title": "stranger"}
    world.desk.born["d9"] = 0.0
    rename(world, h1="eve")
    world.work_off(make_followed(), turns=12)
    assert titles(world)["eve"] == "stranger"
    assert (opened(world)["h1"].parked, opened(world)["h1"].code) == (True, "SG204")
    assert not passing(world)


def test_who_is_refused_for_another_reason_has_the_own_name_all_the_same(world):
    world.desk.refuses = {"Boss"}
    world.down = {"desk"}
    world.ask(make_followed(), "PATCH /Users/h2", change(("replace", "title", "Boss")))
    rename(world, h1="bob", h2="ann")
    world.work_off(make_followed(), turns=12)
    assert titles(world) == {"bob": "ann", "ann": "bob", "cem": "cem", "dot": "dot"}
    assert [one.parked for one in opened(world).values()] == [True]


@pytest.mark.parametrize("refused", [("d1", "bob"), ("d2", "ann"), ("d1", PREFIX), ("d2", PREFIX)])
def test_all_is_put_back_where_a_name_is_refused(world, refused, monkeypatch):
    usual = world.desk.refusal

    def refuse(kind, body, native):
        if native == refused[0] and body["userName"].startswith(refused[1]):
            return Reply(400)
        return usual(kind, body, native)

    monkeypatch.setattr(world.desk, "refusal", refuse)
    rename(world, h1="bob", h2="ann")
    for _ in range(14):
        world.work_off(make_followed(), turns=1)
        assert not passing(world)
    monkeypatch.setattr(world.desk, "refusal", usual)
    compare(world)
    world.work_off(make_followed())
    assert titles(world) == {"bob": "ann", "ann": "bob", "cem": "cem", "dot": "dot"}


@pytest.mark.parametrize("renamed", [{"h1": "bob", "h2": "ann"}, {"h3": "eve", "h2": "cem", "h1": "bob"}])
def test_a_follower_that_calls_every_name_taken_is_not_asked_for_ever(world, renamed, monkeypatch):
    monkeypatch.setattr(world.desk, "refusal", lambda *_: Reply(409))
    rename(world, **renamed)
    for _ in range(14):
        world.sent.clear()
        world.work_off(make_followed(), turns=1)
        assert len(world.sent) < 100
    assert titles(world) == {name: name for name in ("ann", "bob", "cem", "dot")}
    assert {(one.parked, one.code) for one in opened(world).values()} == {(True, "SG204")}


FAULTS = ("dies", "never sent", "answer lost", "server error", "garbage")
SWEEPS = [("two", fault) for fault in FAULTS] + [("three", "dies")]


def struck(circle, fault):
    """The workers' turn while names go round, struck at one effect after another."""
    renamed, _ = CIRCLES[circle]
    for at in count():
        world = World()
        for name in ("ann", "bob", "cem", "dot")[: len(renamed)]:
            world.ask(make_followed(), "POST /Users", {"userName": name, "title": name})
        rename(world, **renamed)
        world.numbers, world.at, world.fault = count(), at, fault
        world.now += 100.0
        try:
            world.catch_up(make_followed())
        except ConnectionAbortedError:
            world.locks.clear()
        if not world.struck:
            return
        world.at = None
        yield world


@pytest.mark.parametrize(("circle", "fault"), SWEEPS)
def test_a_passing_name_never_stays_whatever_fails(circle, fault):
    aside = 0
    for world in struck(circle, fault):
        for native in passing(world):
            aside += 1
            (one,) = [one for one in opened(world).values() if one.there == native]
            assert not one.parked, "a worker gives the true name"
        world.work_off(make_followed())
        assert titles(world).items() <= CIRCLES[circle][1].items()
        assert opened(world) == {}
    assert aside or fault == "never sent"  # which is sent again at once


def is_alone(world):
    """Has one a passing name, and the other its own already?"""
    own = [name != title for name, title in titles(world).items() if not name.startswith(PREFIX)]
    return own == [True]


def test_who_was_put_aside_is_found_by_that_name_though_all_is_forgotten():
    world = next(filter(is_alone, struck("two", "dies")))
    world.flush()
    compare(world)
    world.work_off(make_followed())
    assert titles(world) == {"bob": "ann", "ann": "bob"}
    assert compare(world) == []
