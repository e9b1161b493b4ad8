"""Marks in this process's own memory: what is open between resources and followers, and when it is due."""

from collections.abc import Callable, Sequence
from secrets import token_bytes

from msgspec import Struct

from gateway.conversation.effects import Booked, Key, Taken
from gateway.edge.ports import Counted

GRIP_BYTES = 12


class Open(Struct):
    """One mark. `due` None: it is parked. `since` is when it was first set."""

    entry: bytes
    grip: bytes
    due: float | None
    since: float


class MemoryMarks:
    """Marks by their keys. Each change gives a mark a grip of its own, so that an older one does not end it."""

    def __init__(self, clock: Callable[[], float], *, shared: bool = True) -> None:
        self.clock = clock
        self.shared = shared
        self.open: dict[Key, Open] = {}

    def mark(self, entries: Sequence[tuple[Key, bytes]], seconds: float) -> tuple[Booked, ...]:
        now = self.clock()
        booked = []
        for key, entry in entries:
            grip = token_bytes(GRIP_BYTES)
            earlier = self.open.get(key)
            self.open[key] = Open(entry, grip, now + seconds, earlier.since if earlier else now)
            booked.append(Booked(grip, self.shared))
        return tuple(booked)

    def unmark(self, marks: Sequence[tuple[Key, bytes]]) -> tuple[bool, ...]:
        held = tuple(self.holds(key, grip) for key, grip in marks)
        for (key, _), holds in zip(marks, held, strict=True):
            if holds:
                del self.open[key]
        return held

    def holds(self, key: Key, grip: bytes) -> bool:
        found = self.open.get(key)
        return found is not None and found.grip == grip

    def postpone(self, key: Key, grip: bytes, entry: bytes, seconds: float | None) -> bool:
        if not self.holds(key, grip):
            return False
        due = None if seconds is None else self.clock() + seconds
        self.open[key] = Open(entry, token_bytes(GRIP_BYTES), due, self.open[key].since)
        return True

    def take(self, tenant: str, backend: str, most: int, seconds: float) -> tuple[Taken, ...]:
        now = self.clock()
        waiting = [(one.due, key) for key, one in self.of(tenant, backend) if one.due is not None and one.due <= now]
        taken = []
        for _, key in sorted(waiting, key=lambda pair: pair[0])[:most]:
            one = self.open[key]
            one.due = now + seconds
            taken.append(Taken(one.entry, one.grip))
        return tuple(taken)

    def list(self, tenant: str, backend: str) -> tuple[Taken, ...]:
        return tuple(Taken(one.entry, one.grip) for _, one in self.of(tenant, backend))

    def count(self, tenant: str, backend: str) -> Counted:
        found = [one for _, one in self.of(tenant, backend)]
        waiting = [one.since for one in found if one.due is not None]
        oldest = self.clock() - min(waiting) if waiting else 0.0
        return Counted(len(waiting), len(found) - len(waiting), oldest)

    def of(self, tenant: str, backend: str) -> Sequence[tuple[Key, Open]]:
        return [(key, one) for key, one in self.open.items() if (key.tenant, key.backend) == (tenant, backend)]
