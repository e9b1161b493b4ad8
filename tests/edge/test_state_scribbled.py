"""Entries that somebody scribbled over: bytes, other types, without an end. None of it is in the way."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from edge_notes import Notes
from state_stage import SECRET, Real, key

from gateway.conversation.effects import Spent
from gateway.edge.state_address import parse_state_url
from gateway.edge.state_names import Namer
from gateway.edge.state_redis import RedisState


@pytest.fixture
async def real(redis_server: Any) -> AsyncIterator[Real]:
    made = await Real(redis_server.url).open()
    yield made
    await made.state.close()


GARBAGE: dict[str, tuple[str, ...]] = {
    "bytes for a while": ("SET", "{name}", "\x00\x7f{{", "EX", "50"),
    "bytes for ever": ("SET", "{name}", "\x00\x7f{{"),
    "a list": ("RPUSH", "{name}", "x"),
    "a set for a while": ("EVAL", "redis.call('sadd', KEYS[1], 'x') redis.call('expire', KEYS[1], 50)", "1", "{name}"),
}
LASTING = [name for name in GARBAGE if name != "bytes for a while"]


def scribble(server: Any, what: str, name: str) -> None:
    server.ask("DEL", name)
    server.ask(*(word.replace("{name}", name) for word in GARBAGE[what]))


@pytest.mark.parametrize("what", LASTING)
async def test_a_claim_is_not_held_up_by_what_nobody_claimed(real, redis_server, what):
    scribble(redis_server, what, Namer([SECRET]).name(key()))
    assert await real.state.claim([key(), key("b=2")], b"sent", 60) == (None, None)
    assert await real.state.claim([key()], b"other", 60) == (b"sent",)
    assert real.reasons == []


@pytest.mark.parametrize("what", LASTING)
async def test_a_claim_is_not_held_up_under_an_old_secret_either(redis_server, what):
    after = RedisState(parse_state_url(redis_server.url), Namer([b"n" * 32, SECRET]), Notes())
    scribble(redis_server, what, Namer([SECRET]).name(key()))
    assert await after.claim([key()], b"sent", 60) == (None,)
    await after.close()


@pytest.mark.parametrize("what", GARBAGE)
async def test_a_lock_is_held_by_nothing_but_a_grip(real, redis_server, what):
    lock = key("1", kind="lock")
    scribble(redis_server, what, Namer([SECRET]).name(lock))
    grip = await real.state.hold(lock, 0.2)
    assert grip
    assert await real.state.hold(lock, 0.1) is None
    await real.state.release(lock, grip)
    assert await real.state.hold(lock, 0.1)


@pytest.mark.parametrize("what", GARBAGE)
async def test_a_lock_that_was_scribbled_over_is_no_trouble_to_give_back(real, redis_server, what):
    lock = key("1", kind="lock")
    grip = await real.state.hold(lock, 1)
    scribble(redis_server, what, Namer([SECRET]).name(lock))
    await real.state.release(lock, grip)
    assert real.reasons == []


@pytest.mark.parametrize("what", GARBAGE)
async def test_a_window_that_was_scribbled_over_begins_again(real, redis_server, what):
    assert await real.state.spend(key(), 1, 1, 60) == Spent(True, 60)
    scribble(redis_server, what, Namer([SECRET]).name(key()))
    assert await real.state.spend(key(), 1, 1, 60) == Spent(True, 60)
    assert not (await real.state.spend(key(), 1, 1, 60)).granted
    assert real.reasons == []


async def test_a_window_longer_than_the_bound_s_begins_again(real, redis_server):
    redis_server.ask("SET", Namer([SECRET]).name(key()), "5", "EX", "9000")
    assert await real.state.spend(key(), 1, 1, 60) == Spent(True, 60)


@pytest.mark.parametrize("what", GARBAGE)
async def test_what_is_kept_takes_the_place_of_garbage(real, redis_server, what):
    scribble(redis_server, what, Namer([SECRET]).name(key()))
    assert await real.state.keep([(key(), b"x")], 60)
    assert await real.state.recall([key()]) == (b"x",)
