"""The state store in Redis: a quarter of a second for every operation, no second try, and a breaker of its own.

Whatever Redis does (absent, killed, frozen, flushed, read-only, out of memory), nothing here raises: the answer is
`Unavailable` or False, the fact is noted, and the request goes on.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Sequence
from typing import Any

from gateway.conversation.effects import Booked, Key, Spent, Taken, Unavailable
from gateway.edge.marks_redis import RedisMarks, read_mark
from gateway.edge.ports import Clock, Counted, Moment, Observer
from gateway.edge.redis_line import RedisLine
from gateway.edge.state_address import StateAddress
from gateway.edge.state_memory import MemoryState
from gateway.edge.state_names import Namer
from gateway.observations import MarkUnshared

LOCK_MS = 30_000
LOCK_PAUSE = 0.05
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"
# One script, so that no other comes in between. What is no number, or lasts for ever, is none of ours: begin again.
SPEND = """
local taken, left = tonumber(redis.call('get', KEYS[1]) or 0), redis.call('ttl', KEYS[1])
if not taken or left < 0 then
  taken, left = 0, tonumber(ARGV[3])
  redis.call('set', KEYS[1], 0, 'EX', left)
end
if taken + ARGV[1] > tonumber(ARGV[2]) then
  return {0, left}
end
redis.call('incrby', KEYS[1], ARGV[1])
return {1, left}
"""


class RedisState:
    """Entries in a Redis, Sentinel or Cluster."""

    def __init__(self, address: StateAddress, namer: Namer, observer: Observer, clock: Clock = time.monotonic) -> None:
        self.line = RedisLine(address, observer, clock)
        self.client = self.line.client
        self.attempt = self.line.attempt
        self.namer = namer
        self.observer = observer
        self.clock = clock
        self.marks = RedisMarks(self.line, namer)
        self.alone = MemoryState(clock)

    @property
    def is_up(self) -> bool:
        """Did the store answer the last time it was asked?"""
        return self.line.is_up

    async def recall(self, keys: Sequence[Key]) -> tuple[bytes | None, ...] | Unavailable:
        """While the store is away, marks that are kept here are known; hints asked for along with them are not."""
        if not keys:
            return ()
        aside = await self.marks.recall_aside(keys)
        found = await self.attempt("recall", lambda: self.read(keys))
        if isinstance(found, Unavailable):
            return found if not any(aside) else tuple(aside)
        return tuple(self.pick(key, found) if one is None else one for key, one in zip(keys, aside, strict=True))

    async def read(self, keys: Sequence[Key]) -> dict[str, bytes | None]:
        """One MGET for each slot; usually there is one."""
        found: dict[str, bytes | None] = {}
        for names in self.by_slot(keys):
            found.update(zip(names, await self.client.mget(names), strict=True))
        return found

    def pick(self, key: Key, found: dict[str, bytes | None]) -> bytes | None:
        """The entry under the newest name that has one."""
        there = [found[name] for name in self.namer.names(key)]
        if key.kind == "mark":
            return next((one.entry for one in map(read_mark, there) if one is not None), None)
        return next((entry for entry in there if entry is not None), None)

    def by_slot(self, keys: Sequence[Key]) -> list[list[str]]:
        """The names of the keys, grouped so that one command can take each group."""
        slots: dict[str, list[str]] = {}
        for key in keys:
            slots.setdefault(self.namer.tag(key), []).extend(self.namer.names(key))
        return list(slots.values())

    async def keep(self, entries: Sequence[tuple[Key, bytes]], seconds: int | None) -> bool:
        async def act() -> bool:
            pipeline = self.client.pipeline(transaction=False) if len(entries) > 1 else self.client
            for key, entry in entries:
                sent = pipeline.set(self.namer.name(key), entry, ex=seconds)
                if pipeline is self.client:
                    await sent
            if pipeline is not self.client:
                await pipeline.execute()
            return True

        return not entries or await self.attempt("keep", act) is True

    async def claim(self, keys: Sequence[Key], entry: bytes, seconds: int) -> tuple[bytes | None, ...] | Unavailable:
        """SET NX, and what lies there after it, for every key at once."""

        async def act() -> list[Any]:
            pipeline = self.client.pipeline(transaction=False)
            for key in keys:
                for name in self.namer.names(key)[1:]:  # said before the secret was changed
                    pipeline.get(name)
                pipeline.set(self.namer.name(key), entry, ex=seconds, nx=True)
                pipeline.get(self.namer.name(key))
            answered: list[Any] = await pipeline.execute()
            return answered

        answers = await self.attempt("claim", act)
        if isinstance(answers, Unavailable):
            return answers
        each = len(answers) // len(keys)
        return tuple(read_claim(answers[at : at + each]) for at in range(0, len(answers), each))

    async def forget(self, keys: Sequence[Key]) -> bool:
        async def act() -> bool:
            for names in self.by_slot(keys):
                await self.client.delete(*names)
            return True

        return not keys or await self.attempt("forget", act) is True

    async def spend(self, key: Key, amount: int, bound: int, seconds: int) -> Spent:
        """A safety net is not taken away with the store: this process then counts what passes through itself."""

        async def act() -> list[int]:
            answered: list[int] = await self.client.eval(SPEND, 1, self.namer.name(key), amount, bound, seconds)
            return answered

        answer = await self.attempt("spend", act)
        if isinstance(answer, Unavailable):
            return await self.alone.spend(key, amount, bound, seconds)
        return Spent(answer[0] == 1, max(answer[1], 1))

    async def mark(self, entries: Sequence[tuple[Key, bytes]], seconds: float) -> tuple[Booked, ...]:
        return await self.marks.mark(entries, seconds)

    async def unmark(self, marks: Sequence[tuple[Key, bytes]]) -> tuple[bool, ...]:
        return await self.marks.unmark(marks)

    async def postpone(self, key: Key, grip: bytes, entry: bytes, seconds: float | None) -> bool:
        return await self.marks.postpone(key, grip, entry, seconds)

    async def take_marks(self, tenant: str, backend: str, most: int, seconds: float) -> tuple[Taken, ...]:
        return await self.marks.take((tenant, backend), most, seconds)

    async def list_marks(self, tenant: str, backend: str) -> tuple[Taken, ...] | Unavailable:
        return await self.marks.list_all((tenant, backend))

    async def count_marks(self, tenant: str, backend: str) -> Counted | Unavailable:
        return await self.marks.count((tenant, backend))

    async def hold(self, key: Key, patience: float) -> bytes | None:
        """SET NX with a token of our own. A store that is away is no reason to wait: the grip then holds nothing."""
        name, grip = self.namer.name(key), secrets.token_hex(16).encode()
        until = self.clock() + patience
        while True:
            taken = await self.attempt("hold", lambda: self.client.set(name, grip, nx=True, px=LOCK_MS))
            if isinstance(taken, Unavailable) or taken:
                return grip
            pause = LOCK_PAUSE * random.uniform(0.5, 1.5)  # noqa: S311  # spreads waiters, keeps no secret
            if self.clock() + pause >= until:
                return None
            await asyncio.sleep(pause)

    async def release(self, key: Key, grip: bytes) -> None:
        """Delete the lock only while it is ours, compared where it lies."""
        await self.attempt("release", lambda: self.client.eval(RELEASE, 1, self.namer.name(key), grip))

    async def probe(self) -> bool:
        return not isinstance(await self.attempt("probe", self.client.ping), Unavailable)

    async def close(self) -> None:
        for key in await self.marks.close():
            self.observer.observe(MarkUnshared(key.tenant, key.backend, lost=True), Moment())
        await self.client.aclose()


def read_claim(answers: Sequence[Any]) -> bytes | None:
    """What lay under a key: under an older name of it, or in the way of the claim."""
    *older, taken, there = answers
    said = next((one for one in older if one is not None), None)
    return said if said is not None else None if taken else there
