"""A state store in memory that fails, forgets, and says that it saved what it did not."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from sim_time import Timeline

from gateway.conversation.effects import (
    Booked,
    Claim,
    Effect,
    Forget,
    Held,
    Hold,
    Keep,
    Key,
    ListMarks,
    Mark,
    Postpone,
    Recall,
    TakeMarks,
    Taken,
    Unavailable,
    Unmark,
)
from gateway.edge.marks_memory import MemoryMarks, Slip, new_slips

LOCK_SECONDS = 30.0
Answer = Callable[[Any], None]


class Store:
    """Entries with their expiry, locks with their holders, and marks; shared by all replicas."""

    def __init__(self, timeline: Timeline, trouble: float = 0.0) -> None:
        self.timeline, self.trouble = timeline, trouble
        self.entries: dict[Key, tuple[bytes, float]] = {}
        self.locks: dict[Key, tuple[object, float]] = {}
        self.marks = MemoryMarks(lambda: timeline.now)
        self.struck = 0

    def flush(self) -> None:
        """Everything is forgotten, locks too."""
        self.struck += 1
        self.entries.clear()
        self.locks.clear()
        self.marks.open.clear()

    def receive(self, effect: Effect[Any], who: object, aside: MemoryMarks, within: float, answer: Answer) -> None:
        """Answer one effect of a conversation. `aside` are the marks that its process has while the store is away."""
        strikes = self.timeline.chance(self.trouble)
        self.struck += strikes
        match effect:
            case Hold(key=key, seconds=seconds):
                # Without the store a lock is taken for granted: it is a hint.
                patience = min(within, seconds)
                self.timeline.soon(lambda: answer(True) if strikes else self.take(key, who, patience, answer), 0.002)
            case Held(keys=keys):
                self.timeline.soon(lambda: answer(not strikes and self.is_held(keys, who)), 0.002)
            case Recall(keys=keys):
                self.timeline.soon(lambda: answer(Unavailable() if strikes else self.recall_with(keys, aside)), 0.002)
            case Mark() | Unmark() | Postpone() | TakeMarks() | ListMarks():
                self.timeline.soon(lambda: answer(self.book(effect, aside, strikes=strikes)), 0.002)
            case Keep(entries=entries, seconds=seconds):
                self.timeline.soon(lambda: answer(self.keep(entries, seconds, strikes=strikes)), 0.002)
            case Claim(keys=keys, entry=entry, seconds=seconds):
                self.timeline.soon(
                    lambda: answer(Unavailable() if strikes else self.claim(keys, entry, seconds)), 0.002
                )
            case Forget(keys=keys):
                self.timeline.soon(lambda: answer(not strikes and self.forget(keys)), 0.002)
            case _:
                raise TypeError(f"the store has no answer to {type(effect).__name__}")

    def recall(self, keys: tuple[Key, ...]) -> tuple[bytes | None, ...]:
        found = (self.entries.get(key) for key in keys)
        return tuple(one[0] if one is not None and one[1] > self.timeline.now else None for one in found)

    def recall_with(self, keys: tuple[Key, ...], aside: MemoryMarks) -> tuple[bytes | None, ...]:
        """The same, with marks among them: what a process has for itself wins."""
        marked = [(aside.find(key) or self.marks.find(key)) if key.kind == "mark" else None for key in keys]
        found = self.recall(keys)
        return tuple(entry if one is None else one.entry for one, entry in zip(marked, found, strict=True))

    def book(self, effect: Effect[Any], aside: MemoryMarks, *, strikes: bool) -> Any:
        """Marks: a failing store may have carried it out all the same, and then the process has them too."""
        done = not strikes or self.timeline.chance(0.3)
        match effect:
            case Mark(entries=entries, seconds=seconds, alone=alone):
                slips = new_slips(entries, seconds)
                there = self.marks.save(slips) if done else ()
                return self.set_aside(slips, alone, aside) if strikes else self.take_from(slips, there, aside)
            case Unmark(marks=marks):
                here = aside.unmark(marks)
                there = self.marks.unmark(marks) if done else here
                return here if strikes else tuple(one or other for one, other in zip(here, there, strict=True))
            case Postpone(key=key, grip=grip, entry=entry, seconds=seconds):
                if aside.postpone(key, grip, entry, seconds):
                    return True
                return (done and self.marks.postpone(key, grip, entry, seconds)) and not strikes
            case TakeMarks(tenant=tenant, backend=backend, most=most, seconds=seconds):
                return self.take_marks((tenant, backend), aside, most, seconds, strikes=strikes)
            case ListMarks(tenant=tenant, backend=backend):
                pair = (tenant, backend)
                return Unavailable() if strikes else (*self.marks.list_all(pair), *aside.list_all(pair))
        raise TypeError(f"no mark in {type(effect).__name__}")

    def set_aside(self, slips: tuple[Slip, ...], alone: tuple[bytes, ...], aside: MemoryMarks) -> tuple[Booked, ...]:
        texts = alone or [slip.entry for slip in slips]
        return aside.save(replace(slip, entry=text) for slip, text in zip(slips, texts, strict=True))

    def take_from(self, slips: tuple[Slip, ...], there: tuple[Booked, ...], aside: MemoryMarks) -> tuple[Booked, ...]:
        here = [aside.find(slip.key) for slip in slips]
        for slip in slips:
            aside.drop(slip.key)
        return tuple(
            one if other is None else Booked(one.grip, was=other.entry) for one, other in zip(there, here, strict=True)
        )

    def take_marks(
        self, pair: tuple[str, str], aside: MemoryMarks, most: int, seconds: float, *, strikes: bool
    ) -> tuple[Taken, ...]:
        """What the process had for itself is given to the store first."""
        if strikes:
            return aside.take(pair, most, seconds)
        slips = aside.slips(pair, most)
        self.marks.save(slips)
        aside.unmark([(slip.key, slip.grip) for slip in slips])
        return self.marks.take(pair, most, seconds)

    def keep(self, entries: tuple[tuple[Key, bytes], ...], seconds: int | None, *, strikes: bool) -> bool:
        """A failing store may have saved all the same, or say so without having done it."""
        if not strikes or self.timeline.chance(0.3):
            until = self.timeline.now + (seconds if seconds is not None else 1e9)
            self.entries.update({key: (entry, until) for key, entry in entries})
        return not strikes or self.timeline.chance(0.3)

    def claim(self, keys: tuple[Key, ...], entry: bytes, seconds: int) -> tuple[bytes | None, ...]:
        found = self.recall(keys)
        free = tuple((key, entry) for key, there in zip(keys, found, strict=True) if there is None)
        self.keep(free, seconds, strikes=False)
        return found

    def forget(self, keys: tuple[Key, ...]) -> bool:
        for key in keys:
            self.entries.pop(key, None)
        return True

    def take(self, key: Key, who: object, within: float, answer: Answer) -> None:
        holder, until = self.locks.get(key, (None, 0.0))
        if holder is None or holder is who or until <= self.timeline.now:
            self.locks[key] = (who, self.timeline.now + LOCK_SECONDS)
            answer(True)
        elif within <= 0:
            answer(False)
        else:
            self.timeline.after(0.05, lambda: self.take(key, who, within - 0.05, answer))

    def is_held(self, keys: tuple[Key, ...], who: object) -> bool:
        """Did nobody forget one of them, or have it since?"""
        there = (self.locks.get(key, (None, 0.0)) for key in keys)
        return all(holder is who and until > self.timeline.now for holder, until in there)

    def release(self, key: Key, who: object) -> None:
        if self.locks.get(key, (None, 0.0))[0] is who:
            del self.locks[key]
