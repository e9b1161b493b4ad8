"""What only a real Redis can do to us: die, freeze, fill up, forget, fail over, and ask for a password."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from edge_notes import Notes
from state_stage import SECRET, Real, be_patient, key

from gateway.conversation.effects import Spent, Unavailable
from gateway.edge import state_redis
from gateway.edge.redis_client import CONNECTIONS
from gateway.edge.secrets import Secret
from gateway.edge.state_address import parse_state_url
from gateway.edge.state_names import Namer
from gateway.edge.state_redis import RedisState


async def answers_away(real: Real) -> float:
    """Every operation answers that the store is away; the longest any of them took."""
    took, other = [], key("other=1")
    for act, expected in (
        (lambda: real.state.recall([other]), Unavailable()),
        (lambda: real.state.keep([(other, b"x")], 60), False),
        (lambda: real.state.forget([other]), False),
        (lambda: real.state.reseal([(other, b"x", b"y")]), (False,)),
        (real.state.probe, False),
    ):
        began = time.monotonic()
        assert await act() == expected
        took.append(time.monotonic() - began)
    return max(took)


@pytest.fixture
async def real(redis_server: Any) -> AsyncIterator[Real]:
    made = await Real(redis_server.url).open()
    yield made
    await made.state.close()


async def test_a_redis_that_was_never_there_costs_little_and_breaks_nothing():
    made = Real("redis://127.0.0.1:1/0")
    assert await answers_away(made) < 0.5
    assert not made.state.is_up
    assert set(made.reasons) <= {"connection", "timeout"}
    await made.state.close()


async def test_a_killed_redis_costs_little_and_is_used_again_when_it_is_back(real, redis_server):
    assert await real.state.keep([(key(), b"x")], 60)
    redis_server.kill()
    assert await answers_away(real) < 0.5
    redis_server.start()
    await asyncio.sleep(1.1)
    assert await real.state.recall([key()]) == (None,)
    assert real.state.is_up


async def test_a_frozen_redis_costs_a_quarter_of_a_second_and_is_used_again_when_it_thaws(real, redis_server):
    assert await real.state.keep([(key(), b"x")], 60)
    redis_server.freeze()
    assert await answers_away(real) < 2
    assert set(real.reasons) == {"timeout"}
    redis_server.thaw()
    await asyncio.sleep(1.1)
    assert await real.state.recall([key()]) == (b"x",)


async def test_after_five_failures_in_a_row_nothing_is_asked_for_a_while(real, redis_server):
    await real.state.probe()
    redis_server.freeze()
    for _ in range(5):
        await real.state.recall([key()])
    for _ in range(100):
        assert await real.state.recall([key()]) == Unavailable()
    assert real.reasons == ["timeout"] * 5 + ["breaker"] * 100


async def test_an_open_breaker_lets_exactly_one_probe_through(real, redis_server):
    await real.state.probe()
    redis_server.freeze()
    for _ in range(5):
        await real.state.recall([key()])
    await asyncio.sleep(1.05)
    await asyncio.gather(*(real.state.recall([key()]) for _ in range(20)))
    assert real.reasons[5:].count("timeout") == 1
    assert real.reasons[5:].count("breaker") == 19


async def test_a_flushed_redis_has_simply_forgotten(real, redis_server):
    await real.state.keep([(key(), b"x")], None)
    redis_server.ask("FLUSHALL")
    assert await real.state.recall([key()]) == (None,)
    assert real.reasons == []


async def test_a_replica_refuses_writes_and_still_answers_reads(real, redis_server):
    await real.state.keep([(key(), b"x")], 60)
    redis_server.ask("REPLICAOF", "127.0.0.1", "1")
    try:
        for _ in range(6):
            assert not await real.state.keep([(key(), b"y")], 60)
        assert await real.state.recall([key()]) == (b"x",)
        assert real.reasons == ["refused"] * 6
    finally:
        redis_server.ask("REPLICAOF", "NO", "ONE")


async def test_a_full_redis_refuses_writes_and_still_answers_reads(real, redis_server):
    await real.state.keep([(key(), b"x")], 60)
    redis_server.ask("CONFIG", "SET", "maxmemory", "1")
    try:
        assert not await real.state.keep([(key("other=1"), b"y")], 60)
        assert await real.state.recall([key()]) == (b"x",)
        assert real.reasons == ["refused"]
    finally:
        redis_server.ask("CONFIG", "SET", "maxmemory", "0")


async def test_an_entry_of_another_type_is_no_entry(real, redis_server):
    name = Namer([SECRET]).name(key())
    redis_server.ask("LPUSH", name, "x")
    assert await real.state.recall([key()]) == (None,)


async def test_a_lock_of_a_store_that_is_away_is_taken_at_once():
    made = Real("redis://127.0.0.1:1/0")
    began = time.monotonic()
    grip = await made.state.hold(key(kind="lock"), 5)
    assert grip is not None
    await made.state.release(key(kind="lock"), grip)
    assert time.monotonic() - began < 3
    await made.state.close()


async def test_a_lock_that_expired_and_was_taken_by_another_is_not_released_by_its_first_holder(real, redis_server):
    lock = key("1", kind="lock")
    first = await real.state.hold(lock, 1)
    redis_server.ask("FLUSHALL")
    second = await real.state.hold(lock, 1)
    assert first
    assert second
    await real.state.release(lock, first)
    assert await real.state.hold(lock, 0.1) is None
    await real.state.release(lock, second)
    assert await real.state.hold(lock, 0.1) is not None


async def test_a_lock_that_was_forgotten_is_not_ours_whoever_has_it_now(real, redis_server):
    lock = key("1", kind="lock")
    first = await real.state.hold(lock, 1)
    assert await real.state.holds([(lock, first)])
    redis_server.ask("FLUSHALL")
    assert not await real.state.holds([(lock, first)])
    second = await real.state.hold(lock, 1)
    assert not await real.state.holds([(lock, first)])
    assert await real.state.holds([(lock, second)])


async def test_a_store_that_is_away_holds_no_lock():
    made = Real("redis://127.0.0.1:1/0")
    grip = await made.state.hold(key(kind="lock"), 5)
    assert not await made.state.holds([(key(kind="lock"), grip)])
    await made.state.close()


async def test_a_lock_expires_by_itself_so_that_a_crash_frees_it(real, redis_server):
    await real.state.hold(key("1", kind="lock"), 1)
    left = int(redis_server.ask("PTTL", Namer([SECRET]).name(key("1", kind="lock"))).strip(b":\r\n"))
    assert 25_000 < left <= 30_000


async def free(lock: Any, real: Real, other: Real) -> bool:
    """Can another take the lock long before it would have expired, once this process looks at the store again?"""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        await real.state.probe()
        grip = await other.state.hold(lock, 0.5)
        if grip:
            await other.state.release(lock, grip)
            return not real.state.owed
    return False


async def test_a_lock_that_a_frozen_redis_grants_when_it_thaws_is_given_back(real, redis_server):
    lock, other = key("1", kind="lock"), await Real(redis_server.url).open()
    redis_server.freeze()
    grip = await real.state.hold(lock, 5)
    assert grip
    for _ in range(4):  # the breaker opens before the lock is given back: the store hears nothing of that
        await real.state.probe()
    await real.state.release(lock, grip)
    assert real.state.owed
    redis_server.thaw()
    assert await free(lock, real, other)
    await other.state.close()


async def test_a_lock_whose_release_was_not_heard_does_not_hinder_its_own_process(real, redis_server):
    lock = key("1", kind="lock")
    grip = await real.state.hold(lock, 5)
    redis_server.freeze()
    for _ in range(5):
        await real.state.probe()
    await real.state.release(lock, grip)
    redis_server.thaw()
    await asyncio.sleep(1.1)
    assert await real.state.hold(lock, 10)


async def test_a_lock_taken_for_somebody_who_was_cancelled_is_given_back(real, redis_server):
    lock, other = key("1", kind="lock"), await Real(redis_server.url).open()
    redis_server.freeze()
    task = asyncio.create_task(real.state.hold(lock, 5))
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    redis_server.thaw()
    assert await free(lock, real, other)
    await other.state.close()


async def test_what_is_given_back_when_the_store_is_back_is_bounded(monkeypatch):
    monkeypatch.setattr(state_redis, "OWED", 2)
    made = Real("redis://127.0.0.1:1/0")
    for number in range(4):
        grip = await made.state.hold(key(str(number), kind="lock"), 5)
        await made.state.release(key(str(number), kind="lock"), grip)
    assert len(made.state.owed) <= 2
    await made.state.close()


async def test_a_cancelled_request_leaves_no_reply_behind_for_the_next_one(real, redis_server):
    await real.state.keep([(key("a=1"), b"x")], 60)
    redis_server.freeze()
    task = asyncio.create_task(real.state.recall([key("a=1")]))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    redis_server.thaw()
    assert await real.state.recall([key("none=0")]) == (None,)
    assert await real.state.recall([key("a=1")]) == (b"x",)


async def test_nothing_personal_stands_in_the_store_s_names(real, redis_server):
    await real.state.keep([(key("userName=bjensen@example.com"), b"x")], 60)
    names = redis_server.ask("KEYS", "*").decode()
    assert "scimgw:1:{acme|cube}:correlation:" in names
    assert "bjensen" not in names


async def test_a_claim_made_with_the_old_secret_still_stands(redis_server):
    address = parse_state_url(redis_server.url)
    before, after = (RedisState(address, Namer(secrets), Notes()) for secrets in ([SECRET], [b"n" * 32, SECRET]))
    assert await before.claim([key()], b"old", 60) == (None,)
    assert await after.claim([key()], b"new", 60) == (b"old",)
    assert await after.forget([key()])
    assert await after.claim([key()], b"new", 60) == (None,)
    await before.close()
    await after.close()


async def test_a_rotated_secret_still_finds_what_was_kept_with_the_old_one(redis_server):
    new, old = Namer([b"n" * 32, SECRET]), Namer([SECRET])
    address, notes = parse_state_url(redis_server.url), Notes()
    before, after = RedisState(address, old, notes), RedisState(address, new, notes)
    await before.keep([(key(), b"x")], None)
    assert await after.recall([key()]) == (b"x",)
    await after.keep([(key(), b"y")], None)
    assert await after.recall([key()]) == (b"y",)
    assert await after.forget([key()])
    assert await before.recall([key()]) == (None,)
    await before.close()
    await after.close()


async def test_what_is_sealed_anew_moves_under_the_new_name_and_nothing_stays_under_the_old(redis_server):
    address, (old, new) = parse_state_url(redis_server.url), (SECRET, b"n" * 32)
    before, after, alone = (RedisState(address, Namer(ones), Notes()) for ones in ([old], [new, old], [new]))
    await before.keep([(key("a=1"), b"x"), (key("b=2"), b"y")], None)
    await after.keep([(key("b=2"), b"later")], None)
    assert await after.reseal([(key("a=1"), b"x", b"anew"), (key("b=2"), b"y", b"never")]) == (True, False)
    assert await alone.recall([key("a=1"), key("b=2")]) == (b"anew", b"later")
    assert await before.recall([key("a=1"), key("b=2")]) == (None, None)
    for one in (before, after, alone):
        await one.close()


async def test_while_some_have_the_secrets_in_another_order_all_read_what_was_saved_last(redis_server):
    address = parse_state_url(redis_server.url)
    one, other = (RedisState(address, Namer(ones), Notes()) for ones in ([SECRET, b"n" * 32], [b"n" * 32, SECRET]))
    for number, state in enumerate((one, other, one, other)):
        await state.keep([(key(), b"%d" % number)], None)
        assert [await each.recall([key()]) for each in (one, other)] == [(b"%d" % number,)] * 2
    await one.close()
    await other.close()


async def round_trip(url: str, **more: Any) -> None:
    notes = Notes()
    state = RedisState(parse_state_url(url, **more), Namer([SECRET]), notes)
    lock = key("1", kind="lock")
    for _ in range(20):  # the first contact asks where everything is, which may take longer than one operation may
        if await state.probe():
            break
        await asyncio.sleep(0.3)
    assert await state.keep([(key("a=1"), b"x"), (key("b=2"), b"y")], 60), notes.facts
    assert await state.keep([(key("a=1", backend="rsa"), b"z")], None), notes.facts
    wanted = [key("a=1"), key("a=1", backend="rsa"), key("none=0")]
    assert await state.recall(wanted) == (b"x", b"z", None), notes.facts
    grip = await state.hold(lock, 1)
    assert grip
    assert await state.hold(lock, 0.1) is None
    await state.release(lock, grip)
    assert await state.forget(wanted)
    assert await state.recall(wanted) == (None, None, None)
    await state.close()


async def test_a_cluster_is_a_state_store(spare_redis):
    server = spare_redis("--cluster-enabled", "yes")
    server.ask("CLUSTER", "ADDSLOTS", *map(str, range(16_384)))  # ADDSLOTSRANGE came with Redis 7
    until = time.monotonic() + 30
    while b"cluster_state:ok" not in server.ask("CLUSTER", "INFO") and time.monotonic() < until:
        time.sleep(0.05)  # noqa: ASYNC251  # nothing else runs in this test yet
    await round_trip(f"redis+cluster://127.0.0.1:{server.port}")


async def test_a_cluster_that_is_down_is_a_store_that_is_away(spare_redis):
    server = spare_redis("--cluster-enabled", "yes")
    notes = Notes()
    state = RedisState(parse_state_url(f"redis+cluster://127.0.0.1:{server.port}"), Namer([SECRET]), notes)
    assert await state.recall([key()]) == Unavailable()
    assert not state.is_up
    await state.close()


async def test_a_master_found_by_sentinel_is_a_state_store(spare_redis, tmp_path):
    master = spare_redis()
    file = tmp_path / "sentinel.conf"
    file.write_text(f"sentinel monitor mymaster 127.0.0.1 {master.port} 1\n")
    sentinel = spare_redis(file=file)
    await round_trip(f"redis+sentinel://127.0.0.1:{sentinel.port}/mymaster/0")


async def test_a_password_comes_from_its_secret_at_every_connect(spare_redis, monkeypatch):
    server = spare_redis("--requirepass", "s3cret")
    monkeypatch.setenv("REDIS_PASSWORD", "s3cret")
    await round_trip(server.url, password=Secret(env="REDIS_PASSWORD"))


async def test_a_wrong_password_is_a_store_that_is_away(spare_redis, monkeypatch):
    server = spare_redis("--requirepass", "s3cret")
    monkeypatch.setenv("REDIS_PASSWORD", "wrong")
    state = RedisState(parse_state_url(server.url, password=Secret(env="REDIS_PASSWORD")), Namer([SECRET]), Notes())
    assert await state.recall([key()]) == Unavailable()
    assert not await state.keep([(key(), b"x")], None)
    await state.close()


async def test_a_bound_holds_in_the_process_while_the_store_is_away():
    made = Real("redis://127.0.0.1:1/0")
    spent = [await made.state.spend(key(), 1, 2, 60) for _ in range(3)]
    assert spent == [Spent(True, 60), Spent(True, 60), Spent(False, 60)]
    assert len(made.reasons) == 3
    await made.state.close()


async def test_twins_meet_in_one_process_while_the_store_is_away(real, redis_server):
    assert await real.state.probe()
    redis_server.kill()
    claim = key(kind="create")
    assert await real.state.claim([claim], b"sent", 60) == Unavailable()
    assert await real.state.claim([claim, key("b=2", kind="create")], b"other", 60) == (b"sent", None)
    assert not await real.state.keep([(claim, b"lost")], 60)
    assert await real.state.claim([claim], b"other", 60) == (b"lost",)
    redis_server.start()
    await asyncio.sleep(1.1)
    assert await real.state.claim([claim], b"other", 60) == (b"lost",)
    assert await real.state.forget([claim])
    assert await real.state.claim([claim], b"other", 60) == (None,)


async def test_what_the_store_was_told_is_not_remembered_here(real, redis_server):
    claim = key(kind="create")
    assert await real.state.claim([claim], b"sent", 60) == (None,)
    assert await real.state.keep([(claim, b"done")], 60)
    redis_server.ask("FLUSHALL")
    assert await real.state.claim([claim], b"other", 60) == (None,)


async def test_more_at_once_than_there_are_connections_wait_in_line(real):
    at_once, most = 0, 0

    async def act() -> bool:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return True

    assert await asyncio.gather(*(real.state.attempt("recall", act) for _ in range(200))) == [True] * 200
    assert most == CONNECTIONS


async def test_what_breaks_off_is_not_sent_again():
    heard: list[bytes] = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Polite to those who introduce themselves, and gone when they ask for something."""
        while chunk := await reader.read(1 << 16):
            heard.append(chunk)
            if b"SETINFO" not in chunk:
                break
            writer.write(b"+OK\r\n" * chunk.count(b"SETINFO"))
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    made = Real(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0")
    assert await made.state.recall([key()]) == Unavailable()
    assert not await made.state.keep([(key(), b"x")], 60)
    sent = b"".join(heard)
    assert (sent.count(b"MGET"), sent.count(b"$3\r\nSET\r\n"), made.reasons) == (1, 1, ["connection"] * 2)
    await made.state.close()
    server.close()


class Turns:
    """A stretch of wire before a server that counts how often the talk goes there and back."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.count = 0
        self.asking = False

    async def open(self) -> int:
        self.server = await asyncio.start_server(self.join, "127.0.0.1", 0)
        return int(self.server.sockets[0].getsockname()[1])

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(self.carry(reader, back, True), self.carry(there, writer, False))

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asking: bool) -> None:
        while chunk := await reader.read(1 << 20):
            self.count += asking and not self.asking
            self.asking = asking
            writer.write(chunk)
        writer.close()


@pytest.mark.parametrize("secrets", [[SECRET], [b"n" * 32, SECRET]], ids=["one secret", "a secret being changed"])
async def test_a_thousand_of_anything_are_one_round_trip_though_they_are_of_several_backends(
    redis_server, secrets, monkeypatch
):
    be_patient(monkeypatch)
    turns = Turns(redis_server.port)
    state = RedisState(parse_state_url(f"redis://127.0.0.1:{await turns.open()}/0"), Namer(secrets), Notes())
    keys = [key(f"id={number}", backend=f"b{number % 3}") for number in range(1000)]
    assert await state.probe()
    for act, expected in (
        (lambda: state.keep([(one, b"x") for one in keys], 60), True),
        (lambda: state.recall(keys), (b"x",) * 1000),
        (lambda: state.claim(keys[:3], b"y", 60), (b"x",) * 3),
        (lambda: state.forget(keys), True),
        (lambda: state.claim(keys[:3], b"y", 60), (None,) * 3),
    ):
        turns.count, turns.asking = 0, False
        assert await act() == expected
        assert turns.count == 1
    await state.close()
    turns.server.close()
