"""Every effect of a split tenant's conversations is failed in turn: nobody ends up in two branches, or in the wrong."""

import json
from itertools import count

import pytest
from split_stage import EUROPE, SplitWorld, split_gateway
from sweep_stage import FAULTS, ask, is_known, make_request, repeat

from gateway.conversation.effects import Call, Hold, Key
from gateway.conversation.fulfil import fulfil

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ADA, BOB = "ada@eu.acme.example", "bob@us.acme.example"


def patch(path, value):
    return {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": path, "value": value}]}


def person(login, **more):
    return {"userName": login, ENTERPRISE: {"department": "Sales" if login == ADA else "IT"}, **more}


MOVED = patch(f"{ENTERPRISE}:department", "IT")
STORY = [
    ("POST", "/Users", "", person(ADA)),
    ("POST", "/Users", "", person(BOB)),
    ("GET", "/Users", "startIndex=1&count=1", None),
    ("GET", "/Users", f'filter=userName%20eq%20"{BOB}"', None),
    ("PATCH", "/Users/eu~~1", "", patch("title", "Guide")),
    ("PATCH", "/Users/us~~1", "", patch("userName", "bob@acme.example")),
    ("PUT", "/Users/us~~1", "", person(BOB, title="Captain")),
    ("GET", "/", "", None),
    ("DELETE", "/Users/eu~~1", "", None),
    ("DELETE", "/Users/us~~1", "", None),
]
GUARDS = {"by name": EUROPE, "by department": f'{ENTERPRISE}:department eq "Sales"'}


@pytest.fixture(params=GUARDS)
def gateway(request):
    return split_gateway((("eu", "scim2", GUARDS[request.param]), ("us", "scim2", None)))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_effect_leaves_everybody_in_one_branch(gateway, fault):
    for at in count():
        world = SplitWorld(at, fault)
        for step in STORY:
            response = ask(world, gateway, step)
            if response.status >= 400:
                assert world.struck, (at, step, response.body)
                assert response.status in (400, 404, 429, 502, 503), (at, step, response.body)
                response = repeat(world, gateway, step)
                gone = step[0] == "DELETE" and response.status == 404
                assert response.status in (200, 201, 204) or gone or is_known(step, response), (at, step, response.body)
            if step[0] == "GET" and response.status == 200:
                assert json.loads(response.body)["totalResults"] == (1 if step[2].startswith("filter") else 2)
            assert not world.locks, (at, step)
            assert world.names("eu") in ([], [ADA])
            assert ADA not in world.names("us")
            assert len(world.names("us")) <= 1
        assert not any(world.shelves.values())
        if not world.struck:
            return


@pytest.mark.parametrize("fault", FAULTS)
def test_a_move_is_refused_whatever_fails(fault):
    gateway = split_gateway((("eu", "scim2", GUARDS["by department"]), ("us", "scim2", None)))
    for at in count():
        world = SplitWorld(fault=fault)
        ask(world, gateway, STORY[0])
        world.at, world.numbers = at, count()
        for _ in range(2):
            response = ask(world, gateway, ("PATCH", "/Users/eu~~1", "", MOVED))
            assert response.status >= 400
            assert not world.locks
        assert world.shelves["eu", "User"]["1"][ENTERPRISE] == {"department": "Sales"}
        assert [method for _, method, _ in world.sent if method == "PATCH"] == []
        assert world.struck or b"SG350" in response.body
        if not world.struck:
            return


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_nobody_gets_a_name_of_the_other_branch_whatever_fails(fault, method):
    gateway = split_gateway((("eu", "scim2", GUARDS["by department"]), ("us", "scim2", None)))
    body = patch("userName", ADA) if method == "PATCH" else {"userName": ADA}
    for at in count():
        world = SplitWorld(fault=fault)
        for step in STORY[:2]:
            assert ask(world, gateway, step).status == 201
        world.at, world.numbers = at, count()
        response = ask(world, gateway, (method, "/Users/us~~1", "", body))
        assert response.status in ((409, 502, 503) if world.struck else (409,))
        assert not world.locks
        assert (world.names("eu"), world.names("us")) == ([ADA], [BOB])
        if not world.struck:
            return


@pytest.mark.parametrize("away", ["eu", "us"])
def test_while_a_branch_is_away_the_others_serve(away):
    gateway, world = split_gateway(), SplitWorld()
    for step in STORY[:2]:
        ask(world, gateway, step)
    world.away.add(away)
    here, login = ("us", BOB) if away == "eu" else ("eu", ADA)
    wanted = ("GET", "/Users", f'filter=userName%20eq%20"{login}"', None)
    assert json.loads(ask(world, gateway, wanted).body)["totalResults"] == 1
    assert ask(world, gateway, ("GET", f"/Users/{here}~~1", "", None)).status == 200
    assert ask(world, gateway, ("POST", "/Users", "", {"userName": f"new-{login}"})).status == 201
    for step in (("GET", "/Users", "", None), ("GET", f"/Users/{away}~~1", "", None)):
        assert ask(world, gateway, step).status == 503


def play_until(conversation, world, stops, answer=None):
    """The effect at which the conversation stops, not answered yet, or the response."""
    try:
        while not stops(effect := conversation.send(answer)):
            answer = world.answer(effect)
    except StopIteration as stop:
        return stop.value
    return effect


def test_two_creates_of_one_name_in_two_branches_are_one():
    """The second waits until the first is done, and finds what it made."""
    gateway = split_gateway((("eu", "scim2", GUARDS["by department"]), ("us", "scim2", None)))
    world, never = SplitWorld(), lambda effect: False
    bodies = [{"userName": "ada", ENTERPRISE: {"department": one}} for one in ("Sales", "IT")]
    first, second = (fulfil(make_request(("POST", "/Users", "", body)), gateway) for body in bodies)
    post = play_until(first, world, lambda effect: isinstance(effect, Call) and effect.method == "POST")
    hold = play_until(second, world, lambda effect: isinstance(effect, Hold))
    assert world.locks == {hold.key}
    assert play_until(first, world, never, world.answer(post)).status == 201
    assert world.locks == set()
    assert play_until(second, world, never, world.answer(hold)).status == 409
    assert (world.names("eu"), world.names("us"), world.locks) == (["ada"], [], set())


def test_a_create_and_a_rename_to_one_name_in_two_branches_are_not_both_made():
    gateway = split_gateway((("eu", "scim2", GUARDS["by department"]), ("us", "scim2", None)))
    world, never = SplitWorld(), lambda effect: False
    ask(world, gateway, STORY[1])
    rename = fulfil(make_request(("PATCH", "/Users/us~~1", "", patch("userName", ADA))), gateway)
    create = fulfil(make_request(STORY[0]), gateway)
    write = play_until(rename, world, lambda effect: isinstance(effect, Call) and effect.method == "PATCH")
    hold = play_until(create, world, lambda effect: isinstance(effect, Hold))
    assert hold.key in world.locks
    assert play_until(rename, world, never, world.answer(write)).status in (200, 204)
    assert play_until(create, world, never, world.answer(hold)).status == 409
    assert (world.names("eu"), world.names("us"), world.locks) == ([], [ADA], set())


def test_two_creates_that_no_lock_keeps_apart_see_each_other():
    """The store took no lock for the second: each finds the other's word, and is sent away until that is settled."""
    gateway = split_gateway((("eu", "scim2", GUARDS["by department"]), ("us", "scim2", None)))
    world, never = SplitWorld(), lambda effect: False
    bodies = [{"userName": "ada", ENTERPRISE: {"department": one}} for one in ("Sales", "IT")]
    first, second = (fulfil(make_request(("POST", "/Users", "", body)), gateway) for body in bodies)
    post = play_until(first, world, lambda effect: isinstance(effect, Call) and effect.method == "POST")
    world.locks.clear()
    refused = play_until(second, world, never)
    assert (refused.status, world.names("us")) == (503, [])
    assert b"(SG514)" in refused.body
    world.locks.add(Key("lock", "acme", "", "User", "userName=ada"))
    assert play_until(first, world, never, world.answer(post)).status == 201
    assert ask(world, gateway, ("POST", "/Users", "", bodies[1])).status == 409
