"""A state store in memory that fails, forgets, and says that it saved what it did not."""

from collections.abc import Callable
from typing import Any

from sim_time import Timeline

from gateway.conversation.effects import Claim, Effect, Forget, Hold, Keep, Key, Recall, Unavailable

LOCK_SECONDS = 30.0
Answer = Callable[[Any], None]


class Store:
    """Entries with their expiry, and locks with their holders; shared by all replicas."""

    def __init__(self, timeline: Timeline, trouble: float = 0.0) -> None:
        self.timeline, self.trouble = timeline, trouble
        self.entries: dict[Key, tuple[bytes, float]] = {}
        self.locks: dict[Key, tuple[object, float]] = {}
        self.struck = 0

    def flush(self) -> None:
        """Everything is forgotten, locks too."""
        self.struck += 1
        self.entries.clear()
        self.locks.clear()

    def receive(self, effect: Effect[Any], who: object, within: float, answer: Answer) -> None:
        """Answer one effect of a conversation."""
        strikes = self.timeline.chance(self.trouble)
        self.struck += strikes
        match effect:
            case Hold(key=key):
                # Without the store a lock is taken for granted: it is a hint.
                self.timeline.soon(lambda: answer(True) if strikes else self.take(key, who, within, answer), 0.002)
            case Recall(keys=keys):
                self.timeline.soon(lambda: answer(Unavailable() if strikes else self.recall(keys)), 0.002)
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

    def release(self, key: Key, who: object) -> None:
        if self.locks.get(key, (None, 0.0))[0] is who:
            del self.locks[key]
