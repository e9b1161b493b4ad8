"""Conversations side by side: what several of them ask of backends is asked together, round by round.

The core stays a generator that yields one effect at a time; `Together` is the one that holds several calls. Whatever
else a conversation asks is asked for it in between. None of them waits for a lock in between, which would hold up the
others and the locks that they have: it pauses with them, and tries again.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from gateway.conversation.effects import Call, Conversation, Hold, Key, Lost, Release, Reply, Together, Wait, ask

T = TypeVar("T")
Asked = Call | Together | Wait
ABREAST = 8
LOCK_PAUSE = 0.2


class Lane(Struct, Generic[T]):
    """One conversation on its way: what it asks next, the lock that it waits for, or what it returned."""

    talk: Conversation[T]
    asks: Asked | None = None
    wants: Hold | None = None
    found: T | None = None

    def go_on(self, answer: Any, taken: set[Key]) -> Conversation[None]:
        """Up to its next call, pause or end. `taken` are the locks that any of the conversations has."""
        wanted, self.wants = self.wants, None
        if wanted is not None and answer:  # there was time for the pause before the next try
            answer = yield from try_lock(wanted, taken)
            if not answer and self.tries_later(wanted):
                return
        while True:
            try:
                effect = self.talk.send(answer)
            except StopIteration as end:
                self.asks, self.found = None, end.value
                return
            match effect:
                case Call() | Together() | Wait():
                    self.asks = effect
                    return
                case Hold():
                    answer = yield from try_lock(effect, taken)
                    if not answer and self.tries_later(effect):
                        return
                    continue
                case Release(key=key):
                    taken.discard(key)
            answer = yield effect

    def tries_later(self, wanted: Hold) -> bool:
        """Is there a pause, and another try after it?"""
        if wanted.seconds <= 0:
            return False
        self.wants, self.asks = replace(wanted, seconds=wanted.seconds - LOCK_PAUSE), Wait(LOCK_PAUSE)
        return True


def try_lock(wanted: Hold, taken: set[Key]) -> Conversation[bool]:
    """Take the lock if it is free now. One that another of the conversations has is not: they are each for itself."""
    if wanted.key in taken or not (yield from ask(replace(wanted, seconds=0.0))):
        return False
    taken.add(wanted.key)
    return True


def abreast(talks: Iterable[Conversation[T]]) -> Conversation[list[T]]:
    """What each of them returns, in their order; a bounded number of them is on the way at once.

    When one fails the others are given up, and the failure is everybody's: who writes must not fail.
    """
    begun: list[Lane[T]] = []
    taken: set[Key] = set()
    waiting = iter(talks)
    try:
        under_way = yield from begin(waiting, ABREAST, begun, taken)
        while under_way:
            answers = yield from answer_all([lane.asks for lane in under_way if lane.asks is not None])
            for lane, answer in zip(under_way, answers, strict=True):
                yield from lane.go_on(answer, taken)
            going = [lane for lane in under_way if lane.asks is not None]
            under_way = [*going, *(yield from begin(waiting, ABREAST - len(going), begun, taken))]
    finally:
        for lane in begun:
            lane.talk.close()
    return [lane.found for lane in begun]  # type: ignore[misc]  # each of them has ended


def begin(
    waiting: Iterator[Conversation[T]], room: int, begun: list[Lane[T]], taken: set[Key]
) -> Conversation[list[Lane[T]]]:
    """Start as many as there is room for; those that ask for something."""
    started: list[Lane[T]] = []
    while len(started) < room and (talk := next(waiting, None)) is not None:
        lane = Lane(talk)
        begun.append(lane)
        yield from lane.go_on(None, taken)
        started += [lane] if lane.asks is not None else []
    return started


def answer_all(asked: Sequence[Asked]) -> Conversation[list[Any]]:
    """The answers in order: calls are made together, and who has to pause pauses as long as the longest."""
    replies = iter((yield from call_together([call for one in asked for call in calls_of(one)])))
    pauses = [one.seconds for one in asked if isinstance(one, Wait)]
    rested = (yield from ask(Wait(max(pauses)))) if pauses else True
    answers: list[Any] = []
    for one in asked:
        mine = tuple(next(replies) for _ in calls_of(one))
        answers.append(rested if isinstance(one, Wait) else mine if isinstance(one, Together) else mine[0])
    return answers


def calls_of(asked: Asked) -> tuple[Call, ...]:
    """The calls in it."""
    return asked.calls if isinstance(asked, Together) else (asked,) if isinstance(asked, Call) else ()


def call_together(calls: Sequence[Call]) -> Conversation[list[Reply | Lost]]:
    """The replies to calls of which no more than the bound are made at once; a single one is an ordinary one."""
    replies: list[Reply | Lost] = []
    for begin_at in range(0, len(calls), ABREAST):
        some = tuple(calls[begin_at : begin_at + ABREAST])
        replies += (yield from ask(Together(some))) if len(some) > 1 else [(yield from ask(some[0]))]
    return replies
