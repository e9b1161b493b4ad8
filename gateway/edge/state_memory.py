"""The state store in this process's own memory: the embedded default, and the twin that redis is tested against."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from math import ceil

from gateway.conversation.effects import Booked, Key, Spent, Taken, Unavailable
from gateway.edge.marks_memory import MemoryMarks, new_slips
from gateway.edge.ports import Clock, Counted

MAX_ENTRIES = 100_000
GRIP = b"memory"


class MemoryState:
    """Entries with an expiry by a monotonic clock, at most `most` of them.

    Over the bound the hints unused for longest go first; promises never go, so a store full of them saves no more.
    """

    def __init__(self, clock: Clock = time.monotonic, most: int = MAX_ENTRIES) -> None:
        self.clock = clock
        self.most = most
        self.promises: dict[Key, bytes] = {}
        self.hints: OrderedDict[Key, tuple[bytes, float]] = OrderedDict()
        self.windows: dict[Key, tuple[int, float]] = {}
        self.marks = MemoryMarks(clock, most=most)
        self.locks: dict[Key, asyncio.Lock] = {}
        self.waiting: dict[Key, int] = {}

    async def recall(self, keys: Sequence[Key]) -> tuple[bytes | None, ...] | Unavailable:
        return tuple(self.find(key) for key in keys)

    def find(self, key: Key) -> bytes | None:
        if key.kind == "mark":
            marked = self.marks.find(key)
            return None if marked is None else marked.entry
        promised = self.promises.get(key)
        if promised is not None:
            return promised
        entry, until = self.hints.get(key, (None, 0.0))
        if entry is None:
            return None
        if until <= self.clock():
            del self.hints[key]
            return None
        self.hints.move_to_end(key)
        return entry

    async def keep(self, entries: Sequence[tuple[Key, bytes]], seconds: int | None) -> bool:
        if seconds is None:
            fresh = sum(key not in self.promises for key, _ in entries)
            if len(self.promises) + fresh > self.most:
                return False
        for key, entry in entries:
            self.drop(key)
            if seconds is None:
                self.promises[key] = entry
            else:
                self.hints[key] = (entry, self.clock() + seconds)
        self.make_room()
        return True

    async def reseal(self, entries: Sequence[tuple[Key, bytes, bytes]]) -> tuple[bool, ...]:
        return tuple(self.exchange(*one) for one in entries)

    def exchange(self, key: Key, was: bytes, entry: bytes) -> bool:
        if self.find(key) != was:
            return False
        if key in self.promises:
            self.promises[key] = entry
        elif key in self.hints:
            self.hints[key] = entry, self.hints[key][1]
        return True

    async def claim(self, keys: Sequence[Key], entry: bytes, seconds: int) -> tuple[bytes | None, ...] | Unavailable:
        found = tuple(self.find(key) for key in keys)
        await self.keep([(key, entry) for key, there in zip(keys, found, strict=True) if there is None], seconds)
        return found

    def make_room(self) -> None:
        while self.hints and len(self.hints) + len(self.promises) > self.most:
            self.hints.popitem(last=False)

    def drop(self, key: Key) -> None:
        self.promises.pop(key, None)
        self.hints.pop(key, None)

    async def forget(self, keys: Sequence[Key]) -> bool:
        for key in keys:
            self.drop(key)
        return True

    async def spend(self, key: Key, amount: int, bound: int, seconds: int) -> Spent:
        now = self.clock()
        taken, until = self.windows.get(key, (0, now))
        if until <= now:
            taken, until = 0, now + seconds
        granted = taken + amount <= bound
        if granted:
            self.windows[key] = taken + amount, until
        return Spent(granted, min(ceil(until - now), seconds))  # the clock's last digits are no second more

    async def mark(
        self, entries: Sequence[tuple[Key, bytes]], seconds: float, alone: Sequence[bytes] = ()
    ) -> tuple[Booked, ...]:
        return self.marks.save(new_slips(entries, seconds))

    async def unmark(self, marks: Sequence[tuple[Key, bytes]]) -> tuple[bool, ...]:
        return self.marks.unmark(marks)

    async def postpone(self, key: Key, grip: bytes, entry: bytes, seconds: float | None) -> bool:
        return self.marks.postpone(key, grip, entry, seconds)

    async def take_marks(self, tenant: str, backend: str, most: int, seconds: float) -> tuple[Taken, ...]:
        return self.marks.take((tenant, backend), most, seconds)

    async def list_marks(self, tenant: str, backend: str) -> tuple[Taken, ...] | Unavailable:
        return self.marks.list_all((tenant, backend))

    async def count_marks(self, tenant: str, backend: str) -> Counted | Unavailable:
        return self.marks.count((tenant, backend))

    async def hold(self, key: Key, patience: float) -> bytes | None:
        lock = self.locks.setdefault(key, asyncio.Lock())
        self.waiting[key] = self.waiting.get(key, 0) + 1
        try:
            async with asyncio.timeout(patience if lock.locked() else None):
                await lock.acquire()
        except TimeoutError:
            return None
        finally:
            self.waiting[key] -= 1
            self.sweep(key)
        return GRIP

    async def holds(self, grips: Sequence[tuple[Key, bytes]]) -> bool:
        return all(self.locks[key].locked() if key in self.locks else False for key, _ in grips)

    async def release(self, key: Key, grip: bytes) -> None:
        lock = self.locks.get(key)
        if lock is not None and lock.locked():
            lock.release()
            self.sweep(key)

    def sweep(self, key: Key) -> None:
        """Forget a lock that nobody holds or waits for."""
        if not self.waiting.get(key):
            self.waiting.pop(key, None)
            lock = self.locks.get(key)
            if lock is not None and not lock.locked():
                del self.locks[key]

    async def probe(self) -> bool:
        return True

    async def close(self) -> None:
        self.promises.clear()
        self.hints.clear()
        self.windows.clear()
        self.marks.open.clear()
