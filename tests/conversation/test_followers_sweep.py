"""Every effect of a change of a tenant with a follower is failed in turn, and every effect of the workers after it.

Once the fault is over, the client's own repetition and the workers bring both to the same; nobody is made twice, no
lock is left, and at every answer of success the follower has the change or a mark, and has it where that is required.
"""

from itertools import count

import pytest
from followed import load, make_followed
from followers_stage import World, change, names
from sweep_stage import FAULTS

GUIDE = change(("replace", "title", "Guide"))
RENAME = change(("replace", "userName", "lovelace"))
MEMBERS = [{"value": "h2"}]
STORY = [
    ("POST /Users", {"userName": "ada", "title": "Clerk", "active": True}),
    ("POST /Users", {"userName": "bo"}),
    ("PATCH /Users/h1", GUIDE),
    ("PATCH /Users/h1", RENAME),
    ("PUT /Users/h1", {"userName": "lovelace", "title": "Captain", "active": False}),
    ("POST /Groups", {"displayName": "choir", "members": [{"value": "h1"}]}),
    ("PATCH /Groups/h3", change(("add", "members", MEMBERS))),
    ("PATCH /Groups/h3", change(("remove", 'members[value eq "h1"]'))),
    ("PATCH /Groups/h3", change(("replace", "displayName", "band"))),
    ("DELETE /Users/h2", None),
    ("DELETE /Groups/h3", None),
    ("DELETE /Users/h1", None),
]
DIALECTS = ["scim2", "cube-cloud"]


def alike(world):
    """Does the follower have whom and what the primary has, as far as both carry it?"""
    users = [sorted((one["userName"], one.get("active", True)) for one in records.all["User"].values())
             for records in world.backends.values()]  # fmt: skip
    groups = [names(records, "Group") for records in world.backends.values()]
    return users[0] == users[1] and groups[0] == groups[1]


def come_again(world, gateway, line, body):
    """The client repeats what failed, after a while, until it is served or told that it was done."""
    for _ in range(4):
        world.now += 200.0
        status, said = world.ask(gateway, line, body)
        if status < 300 or status in (404, 409):
            return status
    pytest.fail(f"{line} is never served: {said}")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("require", ["none", "all"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_fault_at_any_effect_of_a_change_is_survived(dialect, require, fault):
    gateway = make_followed(follower=load(dialect), require=require)
    for at in count():
        world = World(at, fault)
        for line, body in STORY:
            status, said = world.ask(gateway, line, body)
            if status >= 400:
                assert world.struck, (at, line, said)
                assert status in (404, 429, 502, 503), (at, line, said)
                assert come_again(world, gateway, line, body) < 300 or line.startswith(("POST", "DELETE")), (at, line)
            elif not alike(world):
                assert world.marks.open, (at, line)
                assert require == "none", (at, line)
            most = [len(records.all[kind]) for records in world.backends.values() for kind in ("User", "Group")]
            assert max(most[0], most[2]) <= 2, (at, line, "nobody is made twice")
            assert max(most[1], most[3]) <= 1, (at, line, "no group is made twice")
        world.work_off(gateway)
        assert not world.marks.open, at
        assert alike(world), at
        if not world.struck:
            assert at > 100
            return


def fall_behind(gateway):
    """Everything of the story that ends with people and a group, missed by the follower."""
    world = World()
    world.down = {"desk"}
    for line, body in STORY[:-3]:
        world.ask(gateway, line, body)
        world.entries = {key: found for key, found in world.entries.items() if key.kind != "resting"}
    world.down = set()
    return world


@pytest.mark.parametrize("fault", [*FAULTS, "dies"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_fault_at_any_effect_of_a_worker_is_survived(dialect, fault):
    gateway = make_followed(follower=load(dialect))
    for at in count():
        world = fall_behind(gateway)
        world.numbers, world.at, world.fault, world.struck = count(), at, fault, False
        world.now += 100.0
        try:
            world.catch_up(gateway)
        except ConnectionAbortedError:
            world.locks.clear()
        assert not world.locks, at
        struck, world.at = world.struck, None
        world.work_off(gateway)
        assert not world.marks.open, at
        assert alike(world), at
        if not struck:
            assert at > 30
            return
