"""What the conductor needs of the world, as protocols small enough to have a twin in memory."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from gateway.conversation.effects import Booked, Call, Key, Lost, Reply, Spent, Taken, Unavailable
from gateway.observations import Observation

Clock = Callable[[], float]


class Moment(Struct, frozen=True):
    """When and for whom a fact was noted: the request's id, and the seconds since the request began."""

    request_id: str = ""
    seconds: float = 0.0


class Counted(Struct, frozen=True):
    """The marks of one follower. `oldest` is for how many seconds the first of those that wait has been waiting."""

    waiting: int
    parked: int
    oldest: float


class Observer(Protocol):
    """Logs and metrics."""

    def observe(self, fact: Observation, moment: Moment) -> None:
        """Take notice of a fact. Never raises and never waits."""


class Backends(Protocol):
    """Every backend of one configuration."""

    async def call(self, call: Call, within: float, moment: Moment) -> Reply | Lost:
        """Make one call that ends within so many seconds. Never raises."""

    async def close(self) -> None:
        """Close every connection."""


class State(Protocol):
    """The state store. No method raises; every one ends within about half a second, `hold` within its patience."""

    async def recall(self, keys: Sequence[Key]) -> tuple[bytes | None, ...] | Unavailable:
        """The entries of the keys, in their order."""

    async def keep(self, entries: Sequence[tuple[Key, bytes]], seconds: int | None) -> bool:
        """Save the entries; None seconds do not expire. False: not saved."""

    async def reseal(self, entries: Sequence[tuple[Key, bytes, bytes]]) -> tuple[bool, ...]:
        """Put the third in place of the second, in their order, where that still lies there; its expiry stays."""

    async def claim(self, keys: Sequence[Key], entry: bytes, seconds: int) -> tuple[bytes | None, ...] | Unavailable:
        """Save the entry under each key that has none; what lay there before, in the order of the keys."""

    async def forget(self, keys: Sequence[Key]) -> bool:
        """Delete entries. False: the store did not answer."""

    async def spend(self, key: Key, amount: int, bound: int, seconds: int) -> Spent:
        """Take so many out of a bound on a window, all or none; here, for this process alone, while it is away."""

    async def mark(
        self, entries: Sequence[tuple[Key, bytes]], seconds: float, alone: Sequence[bytes] = ()
    ) -> tuple[Booked, ...]:
        """Save marks that are due in so many seconds; in this process alone, with those texts, while it is away."""

    async def unmark(self, marks: Sequence[tuple[Key, bytes]]) -> tuple[bool, ...]:
        """Take each mark back whose grip still holds it."""

    async def postpone(self, key: Key, grip: bytes, entry: bytes, seconds: float | None) -> bool:
        """Give a mark another entry and another time, if the grip still holds it; None seconds: it is parked."""

    async def take_marks(self, tenant: str, backend: str, most: int, seconds: float) -> tuple[Taken, ...]:
        """At most so many marks that are due; nobody else gets them for so many seconds."""

    async def list_marks(self, tenant: str, backend: str) -> tuple[Taken, ...] | Unavailable:
        """All marks, those of this process included."""

    async def count_marks(self, tenant: str, backend: str) -> Counted | Unavailable:
        """How many wait, how many are parked, and since when the oldest waits."""

    async def hold(self, key: Key, patience: float) -> bytes | None:
        """Take a lock, waiting at most `patience` seconds; the grip to release it with, None when it stayed taken."""

    async def holds(self, grips: Sequence[tuple[Key, bytes]]) -> bool:
        """Does every grip hold its lock still? False also where the store does not answer."""

    async def release(self, key: Key, grip: bytes) -> None:
        """Give a lock back, if the grip still holds it."""

    async def probe(self) -> bool:
        """Does the store answer now?"""

    async def close(self) -> None:
        """Close every connection."""
