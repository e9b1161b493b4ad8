"""Reads side by side: what several conversations ask of a backend is asked together, round by round.

The core stays a generator that yields one effect at a time; `Together` is the one that holds several calls. Whatever
else a conversation asks is asked for it in between.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

from gateway.conversation.effects import Call, Conversation, Lost, Reply, Together, Wait, ask

T = TypeVar("T")
Asked = Call | Together | Wait
ABREAST = 8


class Lane(Struct, Generic[T]):
    """One conversation on its way: what it asks next, or what it returned."""

    talk: Conversation[T]
    asks: Asked | None = None
    found: T | None = None

    def go_on(self, answer: Any) -> Conversation[None]:
        """Up to its next call, pause or end."""
        while True:
            try:
                effect = self.talk.send(answer)
            except StopIteration as end:
                self.asks, self.found = None, end.value
                return
            if isinstance(effect, Call | Together | Wait):
                self.asks = effect
                return
            answer = yield effect


def abreast(talks: Iterable[Conversation[T]]) -> Conversation[list[T]]:
    """What each of them returns, in their order; a bounded number of them is on the way at once.

    They only read: when one fails the others are given up, and the failure is everybody's.
    """
    begun: list[Lane[T]] = []
    waiting = iter(talks)
    try:
        under_way = yield from begin(waiting, ABREAST, begun)
        while under_way:
            answers = yield from answer_all([lane.asks for lane in under_way if lane.asks is not None])
            for lane, answer in zip(under_way, answers, strict=True):
                yield from lane.go_on(answer)
            going = [lane for lane in under_way if lane.asks is not None]
            under_way = [*going, *(yield from begin(waiting, ABREAST - len(going), begun))]
    finally:
        for lane in begun:
            lane.talk.close()
    return [lane.found for lane in begun]  # type: ignore[misc]  # each of them has ended


def begin(waiting: Iterator[Conversation[T]], room: int, begun: list[Lane[T]]) -> Conversation[list[Lane[T]]]:
    """Start as many as there is room for; those that ask for something."""
    started: list[Lane[T]] = []
    while len(started) < room and (talk := next(waiting, None)) is not None:
        lane = Lane(talk)
        begun.append(lane)
        yield from lane.go_on(None)
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
