"""Conversations driven to their end: every effect answered, one deadline, locks given back whatever happens."""

import asyncio
import time
from typing import Any

import pytest

from gateway.conversation.effects import (
    Call,
    Conversation,
    Effect,
    Forget,
    Held,
    Hold,
    Keep,
    Key,
    ListMarks,
    Lost,
    Mark,
    Note,
    Postpone,
    Prolong,
    Recall,
    Release,
    Reply,
    Spend,
    Spent,
    TakeMarks,
    Taken,
    Together,
    Unmark,
    Wait,
    ask,
)
from gateway.edge.conduct import Flights, Journey, World, conduct
from gateway.edge.ports import Moment
from gateway.edge.state_memory import MemoryState
from gateway.observations import AnswerLost, Observation
from gateway.observations_followers import MarkUnshared

LOCK = Key("lock", "acme", "cube", "User", "2819c223")
MARK = Key("mark", "acme", "cube", "User", "id 2819c223")
NOTE = Key("correlation", "acme", "cube", "User", "userName=bjensen")


class Backends:
    def __init__(self) -> None:
        self.calls: list[tuple[str, float]] = []
        self.pause = 0.0
        self.status = 200

    async def call(self, call: Call, within: float, moment: Moment) -> Reply | Lost:
        self.calls.append((call.method, within))
        number = len(self.calls)
        await asyncio.sleep(self.pause)
        return Reply(self.status, body={"n": number})

    async def close(self) -> None: ...


class Notes:
    def __init__(self) -> None:
        self.facts: list[tuple[Observation, Moment]] = []

    def observe(self, fact: Observation, moment: Moment) -> None:
        self.facts.append((fact, moment))


class Stage:
    def __init__(self) -> None:
        self.state, self.backends, self.notes = MemoryState(), Backends(), Notes()
        self.world = World(self.state, self.backends, self.notes, time.monotonic)

    def journey(self, seconds: float = 5.0) -> Journey:
        return Journey(self.world, time.monotonic() + seconds, "request-1")


@pytest.fixture
def stage() -> Stage:
    return Stage()


def call(method: str = "GET") -> Call:
    return Call("cube", "retrieve", method, "/Users/1", safe=method == "GET")


def in_turn(*effects: Effect[Any]) -> Conversation[list[Any]]:
    answers = []
    for effect in effects:
        answers.append((yield from ask(effect)))
    return answers


TURNS: dict[str, tuple[tuple[Effect[Any], ...], list[Any]]] = {
    "call": ((call(), call()), [Reply(200, body={"n": 1}), Reply(200, body={"n": 2})]),
    "together": (
        (Together((call(), call(), call())),),
        [(Reply(200, body={"n": 1}), Reply(200, body={"n": 2}), Reply(200, body={"n": 3}))],
    ),
    "keep, recall, forget": (
        (Keep(((NOTE, b"1"),), 60), Recall((NOTE,)), Forget((NOTE,)), Recall((NOTE,))),
        [True, (b"1",), True, (None,)],
    ),
    "hold, hold again, release twice": (
        (Hold(LOCK), Hold(LOCK), Release(LOCK), Release(LOCK)),
        [True, True, None, None],
    ),
    "hold, held, release, held": (
        (Held((LOCK,)), Hold(LOCK), Held((LOCK,)), Release(LOCK), Held((LOCK,))),
        [False, True, True, None, False],
    ),
    "spend": (
        (Spend(NOTE, 2, 2, 60), Spend(NOTE, 1, 2, 60)),
        [Spent(True, 60), Spent(False, 60)],
    ),
    "wait": ((Wait(0.01), Wait(0.0), Wait(9.0)), [True, True, False]),
    "note": ((Note(AnswerLost("cube", "create")),), [None]),
    "nothing": ((), []),
}


async def test_marks_are_set_taken_postponed_listed_and_taken_back(stage):
    def story() -> Conversation[None]:
        (booked,) = yield from ask(Mark(((MARK, b"open"),), 0))
        assert (yield from ask(TakeMarks("acme", "cube", 5, 60))) == (Taken(b"open", booked.grip, MARK),)
        assert (yield from ask(Postpone(MARK, booked.grip, b"later", None)))
        (listed,) = yield from ask(ListMarks("acme", "cube"))
        assert listed.entry == b"later"
        assert (yield from ask(Unmark(((MARK, booked.grip), (MARK, listed.grip))))) == (False, True)
        assert (yield from ask(ListMarks("acme", "cube"))) == ()

    await conduct(story(), stage.journey())
    assert stage.notes.facts == []


async def test_a_mark_that_no_other_process_can_see_is_told(stage):
    stage.state.marks.shared, stage.state.marks.most = False, 1
    await conduct(in_turn(Mark(((MARK, b"x"), (NOTE, b"y")), 0)), stage.journey())
    assert [fact for fact, _ in stage.notes.facts] == [
        MarkUnshared("acme", "cube", lost=False),
        MarkUnshared("acme", "cube", lost=True),
    ]
    assert stage.notes.facts[0][1].request_id == "request-1"


@pytest.mark.parametrize(("effects", "answers"), TURNS.values(), ids=TURNS)
async def test_every_effect_gets_its_answer(stage, effects, answers):
    assert await conduct(in_turn(*effects), stage.journey()) == answers


async def test_a_note_carries_the_request_and_how_long_it_has_taken(stage):
    await conduct(in_turn(Wait(0.02), Note(AnswerLost("cube", "create"))), stage.journey())
    ((fact, moment),) = stage.notes.facts
    assert fact == AnswerLost("cube", "create")
    assert moment.request_id == "request-1"
    assert 0.02 <= moment.seconds < 10


async def test_a_call_is_given_what_is_left_of_the_deadline(stage):
    await conduct(in_turn(Wait(0.1), call()), stage.journey(5.0))
    ((_, within),) = stage.backends.calls
    assert 1 < within <= 4.9


async def test_calls_made_together_take_no_longer_than_one(stage):
    stage.backends.pause = 0.5
    began = time.monotonic()
    ((first, *_, last),) = await conduct(in_turn(Together((call(),) * 8)), stage.journey())
    assert 0.5 <= time.monotonic() - began < 3
    assert (first.status, last.status, len(stage.backends.calls)) == (200, 200, 8)


async def test_a_pause_past_the_deadline_is_refused_at_once(stage):
    began = time.monotonic()
    assert await conduct(in_turn(Wait(30)), stage.journey(20)) == [False]
    assert time.monotonic() - began < 10


async def test_a_lock_that_stays_taken_is_waited_for_until_the_deadline(stage):
    assert await stage.state.hold(LOCK, 1)
    began = time.monotonic()
    assert await conduct(in_turn(Hold(LOCK)), stage.journey(0.2)) == [False]
    assert 0.15 < time.monotonic() - began < 5


async def test_a_lock_is_waited_for_no_longer_than_is_asked(stage):
    assert await stage.state.hold(LOCK, 1)
    began = time.monotonic()
    assert await conduct(in_turn(Hold(LOCK, 0.1), Hold(LOCK, 0.0)), stage.journey(5.0)) == [False, False]
    assert time.monotonic() - began < 2


def hold_and_break() -> Conversation[None]:
    yield from ask(Hold(LOCK))
    raise ValueError("broken")


async def test_a_conversation_that_breaks_gives_its_locks_back(stage):
    with pytest.raises(ValueError, match="broken"):
        await conduct(hold_and_break(), stage.journey())
    assert await stage.state.hold(LOCK, 0.1)


async def test_a_conversation_that_forgets_its_locks_gives_them_back(stage):
    await conduct(in_turn(Hold(LOCK)), stage.journey())
    assert await stage.state.hold(LOCK, 0.1)


async def test_an_effect_nobody_knows_is_an_error_and_not_silence(stage):
    with pytest.raises(TypeError, match="Effect"):
        await conduct(in_turn(Effect()), stage.journey())


def tidy() -> Conversation[None]:
    yield from ask(Hold(LOCK))
    try:
        yield from ask(call())
    finally:
        yield from ask(Release(LOCK))


async def test_a_cancelled_conversation_gives_its_locks_back_even_if_it_still_asks(stage):
    stage.backends.pause = 5
    task = asyncio.create_task(conduct(tidy(), stage.journey()))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await stage.state.hold(LOCK, 0.1)


@pytest.mark.parametrize(
    ("methods", "leaves_at", "made"),
    [
        (("GET", "GET"), 1, ["GET"]),
        (("POST", "GET"), 1, ["POST", "GET"]),
        (("GET", "POST", "GET"), 2, ["GET", "POST", "GET"]),
    ],
    ids=["reads stop", "a write goes on", "a write after a read goes on"],
)
async def test_once_a_write_was_sent_nobody_s_leaving_stops_the_conversation(stage, methods, leaves_at, made):
    stage.backends.pause = 0.1
    flights = Flights()
    task = asyncio.create_task(flights.carry(in_turn(*map(call, methods)), stage.journey()))
    async with asyncio.timeout(30):
        while len(stage.backends.calls) < leaves_at:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(30):
        while flights.tasks:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    assert [method for method, _ in stage.backends.calls] == made
    assert flights.tasks == set()


@pytest.mark.parametrize(("status", "rests"), [(429, False), (500, True)], ids=["turned away", "perhaps carried out"])
async def test_a_write_that_was_turned_away_is_not_sent_again_for_a_client_who_has_gone(stage, status, rests):
    """The client may have sent another one meanwhile, which this one must not overtake."""
    stage.backends.status, stage.backends.pause = status, 0.1
    rested = []

    def talk() -> Conversation[None]:
        yield from ask(call("PATCH"))
        rested.append((yield from ask(Wait(0.01))))

    task = asyncio.create_task(Flights().carry(talk(), stage.journey()))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.sleep(0.2)
    assert rested == [rests]


async def test_settling_waits_for_flights_and_cancels_the_late(stage):
    stage.backends.pause = 0.1
    flights = Flights()
    quick = asyncio.create_task(flights.carry(in_turn(call("POST")), stage.journey()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await flights.settle(2)
    assert quick.done() or await quick
    stage.backends.pause = 5
    late = asyncio.create_task(flights.carry(in_turn(call("POST")), stage.journey()))
    await asyncio.sleep(0.02)
    assert not await flights.settle(0.05)
    assert isinstance((await asyncio.gather(late, return_exceptions=True))[0], asyncio.CancelledError)


async def test_long_work_gets_time_step_by_step_until_it_is_told_to_end(stage: Stage) -> None:
    journey = stage.journey(0.0)

    def talk() -> Conversation[list[bool]]:
        said = [(yield from ask(Wait(0)))]
        yield from ask(Prolong(30.0))
        said.append((yield from ask(Wait(0))))
        journey.end_by(time.monotonic())
        yield from ask(Prolong(30.0))
        return [*said, (yield from ask(Wait(0)))]

    assert await conduct(talk(), journey) == [False, True, False]
