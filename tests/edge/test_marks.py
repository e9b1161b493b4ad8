"""Marks: one suite for the memory twin and a real redis-server."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from edge_notes import Notes
from state_stage import PAIR, SECRET, be_patient, counted, entries, listed, mark, set_mark

from gateway.conversation.effects import Booked, Taken
from gateway.edge.marks_memory import MemoryMarks, new_slips
from gateway.edge.ports import Counted, State
from gateway.edge.state_address import parse_state_url
from gateway.edge.state_memory import MemoryState
from gateway.edge.state_names import Namer
from gateway.edge.state_redis import RedisState


@pytest.fixture(params=["memory", "redis"])
async def state(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[State]:
    be_patient(monkeypatch)
    made: State
    if request.param == "memory":
        made = MemoryState()
    else:
        server = request.getfixturevalue("redis_server")
        made = RedisState(parse_state_url(server.url), Namer([SECRET]), Notes())
    yield made
    await made.close()


async def test_a_mark_is_recalled_without_its_grip(state):
    raw = bytes(range(256)) + b":12:\n"
    await set_mark(state, entry=raw)
    assert await state.recall([mark(), mark("id none")]) == (raw, None)


async def test_who_sets_a_mark_is_told_what_lay_there(state):
    first, alone = await state.mark([(mark(), b"first"), (mark("id alone"), b"alone")], 60)
    (second,) = await state.mark([(mark(), b":second:\0")], 60)
    (third,) = await state.mark([(mark(), b"third")], 60)
    assert [one.was for one in (first, alone, second, third)] == [None, None, b"first", b":second:\0"]
    assert await state.recall([mark()]) == (b"third",)


async def test_a_mark_that_is_due_is_taken_once_with_its_grip(state):
    grip = await set_mark(state)
    (taken,) = await state.take_marks(*PAIR, 10, 60)
    assert (taken.entry, taken.grip, taken.parked) == (b"open", grip, False)
    assert await state.take_marks(*PAIR, 10, 60) == ()


async def test_a_mark_is_not_taken_before_it_is_due(state):
    await set_mark(state, seconds=0.3)
    assert await entries(state) == []
    await asyncio.sleep(0.35)
    assert await entries(state) == [b"open"]


async def test_who_crashes_with_a_mark_leaves_it_to_the_next(state):
    await set_mark(state)
    assert await entries(state, seconds=0.2) == [b"open"]
    assert await entries(state) == []
    await asyncio.sleep(0.25)
    assert await entries(state) == [b"open"]


async def test_what_is_due_first_is_taken_first_and_no_more_than_asked(state):
    for name in ("c", "a", "b"):
        await set_mark(state, name, name.encode())
        await asyncio.sleep(0.005)
    assert [await entries(state, 2), await entries(state, 2)] == [[b"c", b"a"], [b"b"]]


async def test_of_many_who_take_at_once_each_mark_goes_to_one(state):
    await state.mark([(mark(f"id {number}"), b"%d" % number) for number in range(50)], 0)
    taken = await asyncio.gather(*(entries(state, 7) for _ in range(20)))
    assert sorted(one for some in taken for one in some) == sorted(b"%d" % number for number in range(50))


async def test_a_mark_is_taken_back_once(state):
    grip = await set_mark(state)
    assert await state.unmark([(mark(), grip), (mark("id none"), grip)]) == (True, False)
    assert await state.unmark([(mark(), grip)]) == (False,)
    assert await entries(state) == []
    assert await counted(state) == (0, 0)


async def test_a_mark_that_was_set_again_is_not_taken_back_by_who_set_it_before(state):
    first = await set_mark(state, entry=b"first")
    second = await set_mark(state, entry=b"second")
    assert await state.unmark([(mark(), first), (mark(), second)]) == (False, True)
    assert await state.recall([mark()]) == (None,)


async def test_one_mark_named_twice_is_taken_back_once(state):
    grip = await set_mark(state)
    assert await state.unmark([(mark(), grip), (mark(), grip)]) == (True, False)


async def test_a_taken_mark_that_is_set_again_is_due_again(state):
    await set_mark(state, entry=b"first")
    assert await entries(state) == [b"first"]
    await set_mark(state, entry=b"second")
    assert await entries(state) == [b"second"]


async def test_a_postponed_mark_waits_and_has_another_grip_and_entry(state):
    grip = await set_mark(state)
    assert await state.postpone(mark(), grip, b"later", 0.2)
    assert not await state.postpone(mark(), grip, b"never", 0)
    assert await state.unmark([(mark(), grip)]) == (False,)
    assert await entries(state) == []
    await asyncio.sleep(0.25)
    assert await entries(state) == [b"later"]


async def test_a_parked_mark_is_never_due_but_is_there(state):
    grip = await set_mark(state)
    await set_mark(state, "id other", b"other")
    assert await state.postpone(mark(), grip, b"parked", None)
    assert await entries(state) == [b"other"]
    assert await listed(state) == {b"parked", b"other"}
    assert await counted(state) == (1, 1)
    assert await state.recall([mark()]) == (b"parked",)


async def test_a_parked_mark_that_is_set_again_is_due(state):
    grip = await set_mark(state)
    await state.postpone(mark(), grip, b"parked", None)
    await set_mark(state, entry=b"again")
    assert await entries(state) == [b"again"]
    assert await counted(state) == (1, 0)


async def test_how_long_the_oldest_waits_is_counted_from_when_it_was_first_set(state):
    assert await state.count_marks(*PAIR) == Counted(0, 0, 0.0)
    grip = await set_mark(state)
    await asyncio.sleep(0.3)
    await set_mark(state, "id newer")
    assert await state.postpone(mark(), grip, b"later", 60)
    await set_mark(state)
    found = await state.count_marks(*PAIR)
    assert (found.waiting, found.parked) == (2, 0)
    assert 0.25 < found.oldest < 0.6


async def test_a_parked_mark_is_not_the_oldest_that_waits(state):
    grip = await set_mark(state)
    await state.postpone(mark(), grip, b"parked", None)
    assert await state.count_marks(*PAIR) == Counted(0, 1, 0.0)


async def test_listing_changes_nobody_s_hold(state):
    grip = await set_mark(state)
    (found,) = await state.list_marks(*PAIR)
    assert (found.entry, found.grip, found.parked) == (b"open", grip, False)
    assert await entries(state) == [b"open"]
    assert await listed(state) == {b"open"}


async def test_who_knows_only_where_a_mark_lies_parks_it_and_ends_it(state):
    await state.mark([(mark(), b"open"), (mark("id other"), b"other")], 0)
    taken = {one.entry: one for one in await state.take_marks(*PAIR, 10, 60)}[b"open"]
    assert not await state.postpone(taken.key, b"00", b"open", None)
    assert await state.postpone(taken.key, taken.grip, b"open", None)
    assert await counted(state) == (1, 1)
    (parked,) = (one for one in await state.list_marks(*PAIR) if one.parked)
    assert (parked.entry, await state.recall([mark()])) == (b"open", (b"open",))
    assert await state.unmark([(parked.key, taken.grip)]) == (False,)
    assert await state.unmark([(parked.key, parked.grip)]) == (True,)
    assert (await listed(state), await counted(state)) == ({b"other"}, (1, 0))


async def test_many_marks_are_listed_each_once(state):
    await state.mark([(mark(f"id {number}"), b"%d" % number) for number in range(450)], 60)
    found = await state.list_marks(*PAIR)
    assert sorted(one.entry for one in found) == sorted(b"%d" % number for number in range(450))
    assert await counted(state) == (450, 0)


async def test_marks_of_several_followers_are_set_and_taken_back_together(state):
    here, there = mark(), mark(backend="rsa")
    booked = await state.mark([(here, b"x"), (there, b"y"), (mark("id 2"), b"z")], 0)
    assert [one.shared for one in booked] == [True] * 3
    assert sorted(await entries(state)) == [b"x", b"z"]
    assert await state.unmark([(there, booked[1].grip), (here, booked[0].grip)]) == (True, True)
    assert await listed(state) == {b"z"}


@pytest.mark.parametrize("other", [("emea", "cube"), ("acme", "rsa")], ids=["tenant", "backend"])
async def test_marks_are_seen_by_their_own_tenant_and_backend_alone(state, other):
    await set_mark(state)
    assert await state.take_marks(*other, 10, 60) == ()
    assert await state.list_marks(*other) == ()
    assert await state.count_marks(*other) == Counted(0, 0, 0.0)


async def test_nothing_is_set_and_nothing_taken_back(state):
    assert await state.mark([], 0) == ()
    assert await state.unmark([]) == ()


# What only memory does.


def test_over_the_bound_a_new_mark_is_lost_and_one_that_is_there_is_set_again():
    marks = MemoryMarks(lambda: 0.0, most=1)
    assert marks.save(new_slips([(mark(), b"x"), (mark("id other"), b"y")], 0))[1] == Booked(b"", False)
    (again,) = marks.save(new_slips([(mark(), b"z")], 0))
    assert marks.list_all(PAIR) == (Taken(b"z", again.grip, mark()),)
    assert marks.unmark([(mark("id other"), b"")]) == (False,)


def test_memory_keeps_nothing_of_followers_without_marks():
    marks = MemoryMarks(lambda: 0.0)
    (booked,) = marks.save(new_slips([(mark(), b"x")], 0))
    assert marks.unmark([(mark(), booked.grip)]) == (True,)
    assert marks.open == {}
