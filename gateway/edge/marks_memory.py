"""Marks in this process's own memory: what is open between resources and followers, and when it is due."""

from collections.abc import Callable, Iterable, Sequence
from heapq import nsmallest
from secrets import token_hex

from msgspec import Struct

from gateway.conversation.effects import Booked, Key, Taken
from gateway.edge.ports import Counted

GRIP_BYTES = 12
MOST = 100_000
Pair = tuple[str, str]


class Slip(Struct, frozen=True):
    """A mark on its way into a store: due in `seconds` (None: parked), first set `age` seconds ago."""

    key: Key
    entry: bytes
    grip: bytes
    seconds: float | None
    age: float = 0.0


class Open(Struct):
    """One mark. `due` None: it is parked. `since` is when it was first set."""

    entry: bytes
    grip: bytes
    due: float | None
    since: float


class MemoryMarks:
    """Marks by their keys, at most `most`. Each change gives a mark a grip of its own, so that an older one does not
    end it.
    """

    def __init__(self, clock: Callable[[], float], *, shared: bool = True, most: int = MOST) -> None:
        self.clock = clock
        self.shared = shared
        self.most = most
        self.open: dict[Pair, dict[Key, Open]] = {}

    def of(self, pair: Pair) -> dict[Key, Open]:
        """The marks of one follower (backend) of a tenant."""
        return self.open.get(pair, {})

    def find(self, key: Key) -> Open | None:
        return self.of((key.tenant, key.backend)).get(key)

    def save(self, slips: Iterable[Slip]) -> tuple[Booked, ...]:
        """Each in place of an earlier one; the oldest of both tells since when it waits."""
        return tuple(self.book(slip) for slip in slips)

    def book(self, slip: Slip) -> Booked:
        earlier, now = self.find(slip.key), self.clock()
        if earlier is None and sum(map(len, self.open.values())) >= self.most:
            return Booked(b"", False)
        since = now - slip.age if earlier is None else min(earlier.since, now - slip.age)
        due = None if slip.seconds is None else now + slip.seconds
        marks = self.open.setdefault((slip.key.tenant, slip.key.backend), {})
        marks[slip.key] = Open(slip.entry, slip.grip, due, since)
        return Booked(slip.grip, self.shared, None if earlier is None else earlier.entry)

    def unmark(self, marks: Iterable[tuple[Key, bytes]]) -> tuple[bool, ...]:
        return tuple(self.end(key, grip) for key, grip in marks)

    def end(self, key: Key, grip: bytes) -> bool:
        held = self.holds(key, grip)
        if held:
            self.drop(key)
        return held

    def holds(self, key: Key, grip: bytes) -> bool:
        found = self.find(key)
        return found is not None and found.grip == grip

    def drop(self, key: Key) -> None:
        """Forget a mark, whatever holds it."""
        pair = (key.tenant, key.backend)
        marks = self.of(pair)
        marks.pop(key, None)
        if not marks:
            self.open.pop(pair, None)

    def postpone(self, key: Key, grip: bytes, entry: bytes, seconds: float | None) -> bool:
        held = self.holds(key, grip)
        if held:
            self.book(Slip(key, entry, new_grip(), seconds))
        return held

    def take(self, pair: Pair, most: int, seconds: float) -> tuple[Taken, ...]:
        now = self.clock()
        waiting = [(one.due, key, one) for key, one in self.of(pair).items() if one.due is not None and one.due <= now]
        first = [(key, one) for _, key, one in nsmallest(most, waiting, key=lambda dated: dated[0])]
        for _, one in first:
            one.due = now + seconds
        return tuple(Taken(one.entry, one.grip, key) for key, one in first)

    def list_all(self, pair: Pair) -> tuple[Taken, ...]:
        return tuple(Taken(one.entry, one.grip, key, one.due is None) for key, one in self.of(pair).items())

    def count(self, pair: Pair) -> Counted:
        found = self.of(pair).values()
        waiting = [one.since for one in found if one.due is not None]
        oldest = self.clock() - min(waiting) if waiting else 0.0
        return Counted(len(waiting), len(found) - len(waiting), oldest)

    def slips(self, pair: Pair, most: int) -> tuple[Slip, ...]:
        """At most so many of the marks as they stand, for another store."""
        now = self.clock()
        return tuple(
            Slip(key, one.entry, one.grip, None if one.due is None else one.due - now, now - one.since)
            for key, one in list(self.of(pair).items())[:most]
        )


def new_slips(entries: Sequence[tuple[Key, bytes]], seconds: float) -> tuple[Slip, ...]:
    """Marks that are set now."""
    return tuple(Slip(key, entry, new_grip(), seconds) for key, entry in entries)


def new_grip() -> bytes:
    """What tells one setting of a mark from every other: 24 hexadecimal digits."""
    return token_hex(GRIP_BYTES).encode()
