"""The state store: one suite for the memory twin and a real redis-server."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from edge_notes import Notes
from state_stage import SECRET, key

from gateway.conversation.effects import Key, Spent
from gateway.edge.ports import State
from gateway.edge.state_address import parse_state_url
from gateway.edge.state_memory import MemoryState
from gateway.edge.state_names import Namer
from gateway.edge.state_redis import RedisState


@pytest.fixture(params=["memory", "redis"])
async def state(request: pytest.FixtureRequest) -> AsyncIterator[State]:
    made: State
    if request.param == "memory":
        made = MemoryState()
    else:
        server = request.getfixturevalue("redis_server")
        made = RedisState(parse_state_url(server.url), Namer([SECRET]), Notes())
    yield made
    await made.close()


async def test_what_was_kept_is_recalled_in_the_order_asked(state):
    assert await state.keep([(key("a=1"), b"x"), (key("b=2"), b"y")], 60)
    assert await state.recall([key("b=2"), key("none=0"), key("a=1")]) == (b"y", None, b"x")


async def test_an_entry_is_bytes_as_they_are(state):
    raw = bytes(range(256))
    assert await state.keep([(key(), raw)], 60)
    assert await state.recall([key()]) == (raw,)


async def test_a_promise_is_kept_without_an_expiry(state):
    assert await state.keep([(key(), b"x")], None)
    assert await state.recall([key()]) == (b"x",)


async def test_a_later_entry_replaces_an_earlier_one(state):
    await state.keep([(key(), b"old")], None)
    await state.keep([(key(), b"new")], 60)
    assert await state.recall([key()]) == (b"new",)


async def test_an_entry_is_sealed_anew_only_where_it_is_what_was_read(state):
    await state.keep([(key("a=1"), b"a"), (key("b=2"), b"newer")], None)
    told = [(key("a=1"), b"a", b"anew"), (key("b=2"), b"b", b"anew"), (key("none=0"), b"c", b"anew")]
    assert await state.reseal(told) == (True, False, False)
    assert await state.recall([one for one, _, _ in told]) == (b"anew", b"newer", None)
    assert await state.reseal([]) == ()


async def test_what_is_sealed_anew_lasts_no_longer(state):
    await state.keep([(key(), b"x")], 1)
    assert await state.reseal([(key(), b"x", b"y")]) == (True,)
    assert await state.recall([key()]) == (b"y",)
    await asyncio.sleep(1.1)
    assert await state.recall([key()]) == (None,)


async def test_a_hint_expires(state):
    assert await state.keep([(key(), b"x")], 1)
    await asyncio.sleep(1.1)
    assert await state.recall([key()]) == (None,)


async def test_a_claim_saves_what_is_free_and_tells_what_is_taken(state):
    await state.keep([(key("a=1"), b"there")], 60)
    assert await state.claim([key("a=1"), key("b=2")], b"mine", 60) == (b"there", None)
    assert await state.recall([key("a=1"), key("b=2")]) == (b"there", b"mine")
    assert await state.claim([key("b=2")], b"another", 60) == (b"mine",)


async def test_of_many_claims_at_once_one_is_granted(state):
    answers = await asyncio.gather(*(state.claim([key()], bytes([number]), 60) for number in range(20)))
    granted = [number for number, answer in enumerate(answers) if answer == (None,)]
    assert len(granted) == 1
    assert {answer for answer in answers if answer != (None,)} == {(bytes(granted),)}


async def test_a_claim_expires(state):
    await state.claim([key()], b"x", 1)
    await asyncio.sleep(1.1)
    assert await state.claim([key()], b"y", 60) == (None,)


async def test_so_many_pass_in_a_window_and_what_does_not_fit_takes_nothing(state):
    spent = [await state.spend(key(), amount, 5, 60) for amount in (3, 3, 2, 1)]
    assert [one.granted for one in spent] == [True, False, True, False]
    assert all(58 <= one.seconds <= 60 for one in spent)


async def test_more_than_the_bound_never_passes_and_begins_no_window_that_is_short(state):
    assert await state.spend(key(), 6, 5, 60) == Spent(False, 60)
    assert (await state.spend(key(), 5, 5, 60)).granted


async def test_a_window_ends_and_a_full_one_is_not_prolonged_by_who_asks(state):
    assert (await state.spend(key(), 1, 1, 2)).granted
    for _ in range(4):
        await asyncio.sleep(0.2)
        assert not (await state.spend(key(), 1, 1, 2)).granted
    await asyncio.sleep(1.4)
    assert (await state.spend(key(), 1, 1, 2)).granted


async def test_of_many_who_spend_at_once_no_more_pass_than_may(state):
    spent = await asyncio.gather(*(state.spend(key(), 1, 7, 60) for _ in range(30)))
    assert sum(one.granted for one in spent) == 7


async def test_what_was_forgotten_is_gone(state):
    await state.keep([(key("a=1"), b"x"), (key("b=2"), b"y")], 60)
    assert await state.forget([key("a=1"), key("none=0")])
    assert await state.recall([key("a=1"), key("b=2")]) == (None, b"y")


@pytest.mark.parametrize(
    "other",
    [
        key(tenant="emea"),
        key(backend="rsa"),
        key(kind="kept"),
        key("userName=jsmith"),
        Key("correlation", "acme", "cube", "Group", "userName=bjensen"),
    ],
    ids=["tenant", "backend", "kind", "name", "resource"],
)
async def test_an_entry_is_never_seen_under_another_key(state, other):
    await state.keep([(key(), b"x")], 60)
    assert await state.recall([other]) == (None,)


async def test_asking_for_nothing_answers_nothing(state):
    assert await state.recall([]) == ()
    assert await state.keep([], 60)
    assert await state.forget([])


async def test_keys_of_several_backends_are_recalled_together(state):
    await state.keep([(key(backend="cube"), b"x")], 60)
    await state.keep([(key(backend="rsa"), b"y")], 60)
    assert await state.recall([key(backend="cube"), key(backend="rsa")]) == (b"x", b"y")


async def test_a_lock_is_held_by_one_and_passes_on_when_released(state):
    lock = key("2819c223", kind="lock")
    grip = await state.hold(lock, 1)
    assert grip is not None
    began = time.monotonic()
    assert await state.hold(lock, 0.15) is None
    assert time.monotonic() - began < 0.9
    waiting = asyncio.create_task(state.hold(lock, 2))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await state.release(lock, grip)
    assert await waiting is not None


async def test_a_lock_is_ours_until_it_is_released(state):
    locks = [key(name, kind="lock") for name in ("1", "2")]
    grips = [(lock, await state.hold(lock, 1)) for lock in locks]
    assert await state.holds(grips)
    await state.release(*grips[1])
    assert not await state.holds(grips)
    assert await state.holds(grips[:1])


async def test_locks_of_different_resources_do_not_wait_for_each_other(state):
    assert await state.hold(key("1", kind="lock"), 1) is not None
    assert await state.hold(key("2", kind="lock"), 1) is not None


async def test_writers_under_a_lock_never_overlap(state):
    lock, inside, most = key("2819c223", kind="lock"), 0, 0

    async def write() -> None:
        nonlocal inside, most
        grip = await state.hold(lock, 10)
        assert grip is not None
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.005)
        inside -= 1
        await state.release(lock, grip)

    await asyncio.gather(*(write() for _ in range(8)))
    assert most == 1


async def test_a_store_that_answers_says_so(state):
    assert await state.probe() is True


# What only memory does.


async def test_over_the_bound_the_hints_unused_for_longest_go_and_promises_stay():
    state = MemoryState(most=3)
    await state.keep([(key("p"), b"p")], None)
    for name in ("a", "b"):
        await state.keep([(key(name), b"x")], 60)
    await state.recall([key("a")])
    await state.keep([(key("c"), b"x")], 60)
    assert await state.recall([key("p"), key("a"), key("b"), key("c")]) == (b"p", b"x", None, b"x")


async def test_a_memory_full_of_promises_keeps_no_more_and_says_so():
    state = MemoryState(most=2)
    assert await state.keep([(key("a"), b"x"), (key("b"), b"x")], None)
    assert not await state.keep([(key("c"), b"x")], None)
    assert await state.keep([(key("a"), b"y")], None)


async def test_memory_forgets_locks_that_nobody_holds():
    state = MemoryState()
    for number in range(10):
        grip = await state.hold(key(str(number), kind="lock"), 1)
        assert grip is not None
        await state.release(key(str(number), kind="lock"), grip)
    assert state.locks == {}
    assert state.waiting == {}
