"""Marks and what only a real Redis can do to them: die, freeze, fill up, forget, fail over, and be scribbled in."""

import asyncio
import time
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
from edge_notes import Notes
from msgspec.structs import replace
from state_stage import PAIR, SECRET, Real, be_patient, counted, entries, key, listed, mark, set_mark

from gateway.conversation.effects import Key, Unavailable
from gateway.edge.marks_memory import new_slips
from gateway.edge.ports import Counted, State
from gateway.edge.state_address import parse_state_url
from gateway.edge.state_memory import MemoryState
from gateway.edge.state_names import Namer
from gateway.edge.state_redis import RedisState
from gateway.observations_followers import MarkUnshared

NAMER = Namer([SECRET])
AGENDA, WAITING = NAMER.agenda(PAIR)
NAME = NAMER.name(mark())
AWAY_SECONDS = 1.1  # how long the breaker lets nobody through


@pytest.fixture
async def real(redis_server: Any) -> AsyncIterator[Real]:
    made = await Real(redis_server.url).open()
    yield made
    await made.state.close()


@pytest.fixture
async def other(redis_server: Any) -> AsyncIterator[RedisState]:
    """Another replica."""
    made = Real(redis_server.url)
    yield made.state
    await made.state.close()


# The store is shared.


async def test_two_replicas_never_take_the_same_mark(real, other, monkeypatch):
    be_patient(monkeypatch)
    await real.state.mark([(mark(f"id {number}"), b"%d" % number) for number in range(200)], 0)
    taken = await asyncio.gather(*(entries(one, 5) for _ in range(30) for one in (real.state, other)))
    found = [one for some in taken for one in some]
    assert sorted(found) == sorted(b"%d" % number for number in range(200))


async def test_another_replica_takes_what_one_left_when_it_crashed(real, other):
    await set_mark(real.state)
    assert await entries(real.state, seconds=0.2) == [b"open"]
    assert await entries(other) == []
    await asyncio.sleep(0.25)
    assert await entries(other) == [b"open"]


async def test_marks_are_promises_and_nothing_personal_stands_in_their_names(real, redis_server):
    await real.state.mark([(mark("new userName=bjensen@example.com"), b"x")], 0)
    names = redis_server.ask("KEYS", "*")
    assert b"bjensen" not in names + redis_server.ask("ZRANGE", AGENDA, "0", "-1")
    for name in (NAMER.name(mark("new userName=bjensen@example.com")), AGENDA, WAITING):
        assert redis_server.ask("TTL", name) == b":-1\r\n"


async def test_nothing_is_left_of_a_mark_that_was_taken_back(real, redis_server):
    grip = await set_mark(real.state)
    assert await real.state.unmark([(mark(), grip)]) == (True,)
    assert redis_server.ask("DBSIZE") == b":0\r\n"


async def test_a_due_time_is_the_server_s_whatever_this_machine_believes(redis_server):
    late = RedisState(parse_state_url(redis_server.url), NAMER, Notes(), clock=lambda: time.monotonic() - 9_000)
    await set_mark(late, seconds=60)
    await set_mark(late, "id now", b"now")
    assert await entries(late) == [b"now"]
    await late.close()


KEYS = [mark(f"id {number}", backend) for number in range(3) for backend in ("cube", "rsa")]


async def step(state: State, chance: Random, grips: dict[Key, list[int]], ours: list[bytes]) -> object:
    """One thing that may be done, and what came of it but for the grips, which are `ours` by their numbers."""
    key, said = chance.choice(KEYS), b"%d" % chance.randrange(1000)
    held = chance.choice(grips[key]) if grips[key] else -1
    match chance.randrange(7):
        case 0 | 1:
            (booked,) = await state.mark([(key, said)], chance.choice([0, 60]))
            grips[key].append(len(ours))
            ours.append(booked.grip)
            return booked.shared
        case 2:
            return await state.unmark([(key, ours[held] if held >= 0 else b"none")])
        case 3:
            seconds = chance.choice([0, 60, None])
            return await state.postpone(key, ours[held] if held >= 0 else b"none", said, seconds)
        case 4:
            taken = await state.take_marks(key.tenant, key.backend, 10, chance.choice([0, 60]))
            return sorted(one.entry for one in taken)
        case 5:
            return await state.recall(KEYS)
        case _:
            counted, found = await state.count_marks(*PAIR), await state.list_marks(*PAIR)
            assert isinstance(counted, Counted)
            assert isinstance(found, tuple)
            return counted.waiting, counted.parked, sorted(one.entry for one in found)


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_is_done_in_turn_memory_and_the_store_answer_alike(redis_server, seed, monkeypatch):
    be_patient(monkeypatch)
    real, told = Real(redis_server.url), []
    for state in (MemoryState(), real.state):
        chance, grips, ours = Random(seed), {key: [] for key in KEYS}, []
        told.append([await step(state, chance, grips, ours) for _ in range(150)])
    assert told[0] == told[1]
    assert real.reasons == []
    await real.state.close()


# A secret is changed.


@pytest.fixture
async def rotated(redis_server: Any) -> AsyncIterator[RedisState]:
    """The store as a process sees it that has the new secret, and still the old one."""
    made = RedisState(parse_state_url(redis_server.url), Namer([b"n" * 32, SECRET]), Notes())
    yield made
    await made.close()


async def test_a_mark_under_the_old_secret_is_found_taken_and_taken_back(real, rotated, redis_server):
    grip = await set_mark(real.state)
    assert await rotated.recall([mark()]) == (b"open",)
    assert await entries(rotated) == [b"open"]
    assert await rotated.unmark([(mark(), grip), (mark("id none"), grip)]) == (True, False)
    assert redis_server.ask("DBSIZE") == b":0\r\n"


async def test_a_mark_set_again_under_the_new_secret_takes_the_old_one_s_place(real, rotated):
    first = await set_mark(real.state, entry=b"first")
    second = await set_mark(rotated, entry=b"second")
    assert await rotated.unmark([(mark(), first)]) == (False,)
    assert await counted(rotated) == (1, 0)
    assert await entries(rotated) == [b"second"]
    assert await rotated.unmark([(mark(), second)]) == (True,)


async def test_a_mark_postponed_with_the_new_secret_moves_under_it(real, rotated):
    grip = await set_mark(real.state)
    assert await rotated.postpone(mark(), grip, b"later", None)
    assert await real.state.recall([mark()]) == (None,)
    assert await rotated.recall([mark()]) == (b"later",)
    assert await counted(rotated) == (0, 1)


# The store is away.


async def test_a_mark_of_a_store_that_is_away_is_kept_here_and_taken_here():
    made = Real("redis://127.0.0.1:1/0")
    began = time.monotonic()
    (booked,) = await made.state.mark([(mark(), b"open")], 0)
    assert not booked.shared
    assert await made.state.recall([mark()]) == (b"open",)
    assert await made.state.recall([key(kind="link"), mark()]) == (None, b"open")
    assert await made.state.recall([key(kind="link"), mark("id none")]) == Unavailable()
    assert await made.state.list_marks(*PAIR) == Unavailable()
    assert await made.state.count_marks(*PAIR) == Unavailable()
    assert await entries(made.state) == [b"open"]
    assert await made.state.unmark([(mark(), booked.grip), (mark(), b"other")]) == (True, False)
    assert await made.state.recall([mark()]) == Unavailable()
    assert time.monotonic() - began < 2
    await made.state.close()


async def test_a_mark_kept_here_says_what_it_is_to_say_alone(real, redis_server):
    await real.state.probe()
    (shared,) = await real.state.mark([(mark(), b"open")], 0, [b"alone"])
    assert (shared.shared, await entries(real.state)) == (True, [b"open"])
    redis_server.kill()
    (booked,) = await real.state.mark([(mark("id a"), b"open")], 0, [b"alone"])
    assert (booked.shared, await entries(real.state)) == (False, [b"alone"])


async def test_a_mark_that_was_saved_without_a_word_says_in_the_end_what_it_said_alone(real):
    """The store has it, and did not say so: what is moved there later is the same mark, and knows more."""
    slips = new_slips([(mark(), b"open")], 0)
    assert await real.state.marks.save(slips) == [None]
    real.state.marks.aside.save([replace(slips[0], entry=b"alone")])
    assert await entries(real.state) == [b"alone"]


async def test_a_mark_kept_here_can_be_postponed_and_parked_here():
    made = Real("redis://127.0.0.1:1/0")
    (booked,) = await made.state.mark([(mark(), b"open")], 0)
    assert await made.state.postpone(mark(), booked.grip, b"parked", None)
    assert not await made.state.postpone(mark(), booked.grip, b"never", 0)
    assert await entries(made.state) == []
    assert await made.state.recall([mark()]) == (b"parked",)
    await made.state.close()


async def test_what_was_kept_here_moves_into_the_store_when_it_is_back(real, other, redis_server):
    await real.state.probe()
    redis_server.kill()
    booked = await real.state.mark([(mark("id a"), b"a"), (mark("id b"), b"b"), (mark("id c"), b"c")], 0)
    assert [one.shared for one in booked] == [False] * 3
    assert await real.state.postpone(mark("id c"), booked[2].grip, b"parked", None)
    redis_server.start()
    await asyncio.sleep(AWAY_SECONDS)
    assert sorted(await entries(real.state)) == [b"a", b"b"]
    assert await listed(other) == {b"a", b"b", b"parked"}
    assert await counted(other) == (2, 1)
    assert await other.unmark([(mark("id a"), booked[0].grip)]) == (True,)
    assert await real.state.unmark([(mark("id b"), booked[1].grip)]) == (True,)
    assert await real.state.recall([mark("id a"), mark("id b")]) == (None, None)


async def test_as_long_as_it_has_not_moved_it_is_recalled_listed_and_counted_too(real, other, redis_server):
    await set_mark(other, "id there", b"there")
    redis_server.ask("CONFIG", "SET", "maxmemory", "1")
    try:
        await real.state.mark([(mark(), b"here")], 60)
        assert await real.state.recall([mark(), mark("id there")]) == (b"here", b"there")
        assert await listed(real.state) == {b"here", b"there"}
        assert await counted(real.state) == (2, 0)
    finally:
        redis_server.ask("CONFIG", "SET", "maxmemory", "0")
    assert await entries(real.state) == [b"there"]
    assert await listed(other) == {b"here", b"there"}


async def test_the_older_of_two_entries_stays_when_one_moves_and_who_held_the_other_does_not_end_it(
    real, other, redis_server
):
    older = await set_mark(other, entry=b"before the store went away")
    redis_server.ask("CONFIG", "SET", "maxmemory", "1")
    booked = await real.state.mark([(mark(), b"while it was away"), (mark("id 2"), b"before it was back")], 0)
    redis_server.ask("CONFIG", "SET", "maxmemory", "0")
    await asyncio.sleep(0.02)
    newer = await set_mark(other, "id 2", b"when it was back")
    assert await real.state.recall([mark(), mark("id 2")]) == (b"before the store went away", b"before it was back")
    assert await other.unmark([(mark(), older), (mark("id 2"), newer)]) == (False, False)
    assert await other.unmark([(mark(), booked[0].grip), (mark("id 2"), booked[1].grip)]) == (True, True)


async def test_a_mark_that_the_store_saved_without_saying_so_is_taken_back_there_too(real, redis_server):
    await real.state.probe()
    redis_server.freeze()
    (booked,) = await real.state.mark([(mark(), b"open")], 0)
    assert not booked.shared
    redis_server.thaw()
    await asyncio.sleep(AWAY_SECONDS)
    await real.state.unmark([(mark(), booked.grip)])
    assert redis_server.ask("DBSIZE") == b":0\r\n"
    assert await entries(real.state) == []


async def test_a_newer_mark_in_the_store_ends_the_one_kept_here(real, redis_server):
    redis_server.ask("CONFIG", "SET", "maxmemory", "1")
    (first,) = await real.state.mark([(mark(), b"first")], 0)
    redis_server.ask("CONFIG", "SET", "maxmemory", "0")
    await set_mark(real.state, entry=b"second")
    assert await real.state.unmark([(mark(), first.grip)]) == (False,)
    assert await entries(real.state) == [b"second"]


async def test_what_cannot_be_moved_when_the_process_ends_is_said_to_be_lost():
    made = Real("redis://127.0.0.1:1/0")
    await made.state.mark([(mark(), b"open")], 0)
    await made.state.close()
    assert [one for one in made.notes.facts if isinstance(one, MarkUnshared)] == [MarkUnshared("acme", "cube", True)]


async def test_a_process_that_ends_gives_the_store_what_only_it_had(real, other, redis_server):
    redis_server.ask("CONFIG", "SET", "maxmemory", "1")
    await real.state.mark([(mark(), b"open")], 0)
    redis_server.ask("CONFIG", "SET", "maxmemory", "0")
    await real.state.close()
    assert await entries(other) == [b"open"]
    assert not [one for one in real.notes.facts if isinstance(one, MarkUnshared)]


async def test_a_frozen_store_costs_a_quarter_of_a_second(real, redis_server):
    grip = await set_mark(real.state)
    redis_server.freeze()
    for act in (
        lambda: real.state.mark([(mark("id 2"), b"x")], 0),
        lambda: real.state.unmark([(mark(), grip)]),
        lambda: real.state.postpone(mark(), grip, b"x", 1),
        lambda: real.state.count_marks(*PAIR),
        lambda: real.state.take_marks(*PAIR, 1, 60),
    ):
        began = time.monotonic()
        await act()
        assert time.monotonic() - began < 2


async def test_a_flushed_store_has_forgotten_and_goes_on(real, redis_server):
    grip = await set_mark(real.state)
    redis_server.ask("FLUSHALL")
    assert await entries(real.state) == []
    assert await real.state.unmark([(mark(), grip)]) == (False,)
    assert not await real.state.postpone(mark(), grip, b"x", 1)
    await set_mark(real.state, entry=b"new")
    assert await entries(real.state) == [b"new"]


async def test_a_full_store_takes_no_marks_and_lets_them_be_taken_back(real, redis_server):
    grip = await set_mark(real.state)
    redis_server.ask("CONFIG", "SET", "maxmemory", "1")
    try:
        (booked,) = await real.state.mark([(mark("id 2"), b"here")], 0)
        assert not booked.shared
        assert await entries(real.state) == [b"here"]
        assert await real.state.unmark([(mark(), grip)]) == (True,)
    finally:
        redis_server.ask("CONFIG", "SET", "maxmemory", "0")


async def test_a_replica_takes_no_marks_and_still_lists_them(real, redis_server):
    await set_mark(real.state)
    redis_server.ask("REPLICAOF", "127.0.0.1", "1")
    try:
        (booked,) = await real.state.mark([(mark("id 2"), b"here")], 0)
        assert not booked.shared
        assert await entries(real.state) == [b"here"]
        assert await listed(real.state) == {b"open", b"here"}
        assert await counted(real.state) == (2, 0)
        assert set(real.reasons) == {"refused"}
    finally:
        redis_server.ask("REPLICAOF", "NO", "ONE")


# Somebody scribbles in the store.

SCRIBBLES = {
    "a list": ("LPUSH", "{}", "x"),
    "a hash": ("HSET", "{}", "x", "y"),
    "a set": ("SADD", "{}", "x"),
    "a text": ("SET", "{}", "x"),
    "an empty text": ("SET", "{}", ""),
    "nearly a mark": ("SET", "{}", "ff:x:y"),
    "binary": ("SET", "{}", "\x00\xff:1:"),
    "strange members": ("ZADD", "{}", "-inf", "", "0", "x:y", "5", "*"),
    "nothing": ("DEL", "{}"),
}


def scribble(server: Any, what: str, name: str) -> None:
    server.ask("DEL", name)
    server.ask(*(word.format(name) for word in SCRIBBLES[what]))


async def goes_on(state: RedisState) -> None:
    """Marks are set, seen, taken, postponed and taken back, whatever lay there."""
    assert isinstance(await listed(state), set)
    await counted(state)
    grip = await set_mark(state, entry=b"fresh")
    assert await state.recall([mark()]) == (b"fresh",)
    assert b"fresh" in await listed(state)
    assert await entries(state) == [b"fresh"]
    assert await state.postpone(mark(), grip, b"later", 0)
    ((_, grip),) = [(one.entry, one.grip) for one in await state.take_marks(*PAIR, 10, 60)]
    assert await state.unmark([(mark(), grip)]) == (True,)
    assert await listed(state) == set()
    assert await counted(state) == (0, 0)


@pytest.mark.parametrize("what", SCRIBBLES)
async def test_a_mark_overwritten_is_no_mark_and_can_be_set_again(real, redis_server, what):
    grip = await set_mark(real.state)
    scribble(redis_server, what, NAME)
    assert await real.state.recall([mark()]) == (None,)
    assert not await real.state.postpone(mark(), grip, b"x", 1)
    assert await real.state.unmark([(mark(), grip)]) == (False,)
    assert await listed(real.state) == set()
    assert await entries(real.state) == []
    assert redis_server.ask("EXISTS", NAME, AGENDA, WAITING) == b":0\r\n"
    await goes_on(real.state)
    assert real.reasons == []


@pytest.mark.parametrize("name", [AGENDA, WAITING], ids=["agenda", "waiting"])
@pytest.mark.parametrize("what", SCRIBBLES)
async def test_an_overwritten_agenda_is_begun_again(real, redis_server, what, name):
    scribble(redis_server, what, name)
    await goes_on(real.state)
    assert real.reasons == []


@pytest.mark.parametrize("what", [what for what in SCRIBBLES if what != "strange members"])
async def test_marks_that_wait_survive_the_loss_of_the_agenda(real, redis_server, what):
    await set_mark(real.state, seconds=60)
    scribble(redis_server, what, AGENDA)
    assert await entries(real.state) == [b"open"]


async def test_many_marks_that_are_gone_do_not_keep_others_from_their_turn(real, redis_server):
    await real.state.mark([(mark(f"id {number}"), b"gone") for number in range(300)], 0)
    redis_server.ask("DEL", *(NAMER.name(mark(f"id {number}")) for number in range(300)))
    await asyncio.sleep(0.01)
    await set_mark(real.state)
    assert await entries(real.state, 1) + await entries(real.state, 1) == [b"open"]
    assert await counted(real.state) == (1, 0)


# Other kinds of servers.


async def test_marks_lie_in_a_cluster(spare_redis):
    server = spare_redis("--cluster-enabled", "yes")
    server.ask("CLUSTER", "ADDSLOTS", *map(str, range(16_384)))
    until = time.monotonic() + 30
    while b"cluster_state:ok" not in server.ask("CLUSTER", "INFO") and time.monotonic() < until:
        time.sleep(0.05)  # noqa: ASYNC251  # nothing else runs in this test yet
    await round_trip(f"redis+cluster://127.0.0.1:{server.port}")


async def test_marks_lie_at_a_master_found_by_sentinel(spare_redis, tmp_path):
    master = spare_redis()
    file = tmp_path / "sentinel.conf"
    file.write_text(f"sentinel monitor mymaster 127.0.0.1 {master.port} 1\n")
    await round_trip(f"redis+sentinel://127.0.0.1:{spare_redis(file=file).port}/mymaster/0")


async def round_trip(url: str) -> None:
    made = Real(url)
    for _ in range(20):  # the first contact asks where everything is
        if await made.state.probe():
            break
        await asyncio.sleep(0.3)
    booked = await made.state.mark([(mark(), b"x"), (mark(backend="rsa"), b"y"), (mark("id 2"), b"z")], 0)
    assert [one.shared for one in booked] == [True] * 3, made.notes.facts
    assert await made.state.recall([mark(), mark(backend="rsa")]) == (b"x", b"y")
    assert sorted(await entries(made.state)) == [b"x", b"z"]
    assert await counted(made.state) == (2, 0)
    assert await made.state.postpone(mark("id 2"), booked[2].grip, b"parked", None)
    assert await listed(made.state) == {b"x", b"parked"}
    marks = [(mark(backend="rsa"), booked[1].grip), (mark(), booked[0].grip)]
    assert await made.state.unmark(marks) == (True, True)
    assert await listed(made.state) == {b"parked"}
    await made.state.close()
