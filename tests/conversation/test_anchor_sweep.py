"""Every effect of a story of names that change is failed in turn, and the state store emptied before each in turn.

Whatever is struck, a repetition succeeds, and in the end everybody has their own id and their own title.
"""

import json
from itertools import count

import pytest
from anchor_stage import NameWorld, create, delete, find, patch, put, read, rename
from sweep_stage import FAULTS, ask, repeat

STORY = [
    create("ann", title="first"),
    create("bob", title="second"),
    rename("ann", "between"),
    rename("bob", "ann"),
    put("ann", "bob", title="first"),
    patch("bob", "title", "SECOND"),
    read("ann"),
    find('filter=id%20eq%20"bob"'),
    create("cid"),
    rename("cid", "cidney"),
    delete("cid"),
    rename("dee", "deirdre"),
]
OWNERS = {"ann": ("bob", "first"), "bob": ("ann", "SECOND"), "dee": ("deirdre", None)}


def tell(world, gateway):
    """The story, each step until it succeeds; what a repetition of a done one gets is no failure."""
    said = []
    world.records["dee"] = {"handle": "dee"}  # made elsewhere
    for step in STORY:
        response = ask(world, gateway, step)
        if response.status >= 400:
            assert world.struck, (step, response.body)
            assert response.status in (429, 502, 503), (step, response.body)
            response = repeat(world, gateway, step)
            done = (step[0] == "POST" and response.status == 409) or (step[0] == "DELETE" and response.status == 404)
            assert response.status in (200, 201, 204) or done, (step, response.body)
        assert not world.locks, step
        ids = [record.get("origin") or record["handle"] for record in world.records.values()]
        assert set(ids) <= {"ann", "bob", "cid", "dee"}, step
        assert len(ids) == len(set(ids)), step
        said.append((response.status, json.loads(response.body) if response.body else None))
    owners = {one["origin"]: (one["handle"], one.get("job")) for one in world.records.values()}
    assert owners == OWNERS
    return said


@pytest.fixture
def gateway(make_gateway):
    return make_gateway("anchor-vendor")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_effect_costs_nobody_the_id(gateway, fault):
    for at in count():
        world = NameWorld(at, fault)
        tell(world, gateway)
        if not world.struck:
            break
    assert at > 50


def test_a_state_store_emptied_before_any_effect_changes_no_answer(gateway):
    world = NameWorld()
    said = tell(world, gateway)
    for at in range(world.seen):
        assert tell(NameWorld(forget_at=at), gateway) == said, at
