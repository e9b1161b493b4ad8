"""The worker: jobs of followers, again and again, with the live configuration, until told to stop."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from typing import Any

import pytest
from edge_notes import Notes

from gateway.conversation.effects import Call, Conversation, Key, Lost, Mark, Reply, TakeMarks, Unmark, Wait, ask
from gateway.edge import logs, worker
from gateway.edge.conduct import World
from gateway.edge.logs import open_logs
from gateway.edge.ports import Counted, Moment
from gateway.edge.server import Live
from gateway.edge.state_memory import MemoryState
from gateway.edge.worker import Job, Shift
from gateway.mapping.dialect import Dialect
from gateway.mapping.load import load_dialect, shipped_folder
from gateway.pipeline.request import Follower, Gateway, Tenant

Work = Callable[[Tenant, Follower], Conversation[int]]


class Backends:
    """Answers after so long as is said of the backend, and remembers what began and what ended."""

    def __init__(self, **seconds: float) -> None:
        self.seconds = seconds
        self.begun: list[tuple[str, str, float]] = []
        self.ended: list[str] = []

    async def call(self, call: Call, within: float, moment: Moment) -> Reply | Lost:
        self.begun.append((call.backend, moment.request_id, within))
        await asyncio.sleep(self.seconds.get(call.backend, 0.0))
        self.ended.append(call.backend)
        return Reply(200)

    async def close(self) -> None: ...


@pytest.fixture(scope="module")
def dialect() -> Dialect:
    return load_dialect("scim2", (shipped_folder(),))


class Office:
    """Shifts over one store, and what they told of marks."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.state = MemoryState()
        self.backends = Backends()
        self.told: list[tuple[str, str, Counted]] = []
        self.shifts: list[Shift] = []

    def live(self, **tenants: tuple[str, ...]) -> Live:
        """Tenants by name, with the backends that follow."""
        made = {name: self.tenant(name, followers) for name, followers in tenants.items()}
        world = World(self.state, self.backends, Notes(), time.monotonic)
        return Live(Gateway(tenants=made, callers={}), world)

    def tenant(self, name: str, followers: tuple[str, ...]) -> Tenant:
        seats = [Tenant(name=name, backend=backend, dialect=self.dialect) for backend in followers]
        seated = tuple(Follower(seat=seat) for seat in seats)
        return Tenant(name=name, backend="primary", dialect=self.dialect, followers=seated)

    def begin(self, *jobs: Work | Job, **tenants: tuple[str, ...]) -> Shift:
        given = tuple(job if isinstance(job, Job) else Job(work=job, first=0.01, longest=0.05) for job in jobs)
        shift = Shift(self.live(**tenants), given, lambda *told: self.told.append(told))
        self.shifts.append(shift)
        shift.begin()
        return shift

    async def mark(self, count: int, tenant: str = "acme", backend: str = "cube") -> None:
        keys = [Key("mark", tenant, backend, "User", f"id {number}") for number in range(count)]
        await self.state.mark([(key, key.name.encode()) for key in keys], 0)


@pytest.fixture
async def office(dialect: Dialect) -> AsyncIterator[Office]:
    made = Office(dialect)
    yield made
    for shift in made.shifts:
        await shift.end(0)


def work_off(tenant: Tenant, follower: Follower) -> Conversation[int]:
    """Takes two marks at a time, makes a call for each, and ends it."""
    backend = follower.seat.backend
    taken = yield from ask(TakeMarks(tenant.name, backend, 2, 60))
    for one in taken:
        yield from ask(Call(backend, "replace", "PUT", "/Users/1"))
        key = Key("mark", tenant.name, backend, "User", one.entry.decode())
        yield from ask(Unmark(((key, one.grip),)))
    return len(taken)


async def until(is_so: Callable[[], Any], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)


async def test_marks_are_worked_off_and_those_that_come_later_too(office):
    await office.mark(5)
    office.begin(work_off, acme=("cube",))
    await until(lambda: len(office.backends.ended) == 5)
    await office.mark(3)
    await until(lambda: len(office.backends.ended) == 8)
    assert await office.state.list_marks("acme", "cube") == ()


async def test_each_time_has_an_id_and_a_deadline_of_its_own(office):
    await office.mark(3)
    office.begin(Job(work=work_off, first=0.01, longest=0.05, deadline=7.0), acme=("cube",))
    await until(lambda: len(office.backends.ended) == 3)
    ids = [request_id for _, request_id, _ in office.backends.begun]
    assert all(one.startswith("worker-") and len(one) == 23 for one in ids)
    assert (ids[0] == ids[1], ids[1] == ids[2]) == (True, False)
    assert all(6.0 < within <= 7.0 for _, _, within in office.backends.begun)


async def test_every_follower_of_every_tenant_has_its_turn_and_none_waits_for_another(office):
    office.backends.seconds = {"slow": 60.0}
    for tenant, backend in (("acme", "slow"), ("acme", "rsa"), ("emea", "cube"), ("emea", "nobody")):
        await office.mark(2, tenant, backend)
    office.begin(work_off, acme=("slow", "rsa"), emea=("cube",), apac=())
    await until(lambda: sorted(office.backends.ended) == ["cube", "cube", "rsa", "rsa"])
    assert {backend for backend, _, _ in office.backends.begun} == {"slow", "rsa", "cube"}


async def test_while_there_is_some_there_is_no_pause_and_with_none_the_pauses_grow(office):
    times: list[float] = []

    def work(tenant: Tenant, follower: Follower) -> Conversation[int]:
        times.append(time.monotonic())
        yield from ask(Wait(0))
        return 1 if len(times) <= 20 else 0

    office.begin(Job(work=work, first=0.1, longest=0.8), acme=("cube",))
    await until(lambda: len(times) >= 25)
    pauses = [after - before for before, after in pairwise(times)]
    assert sum(pauses[:19]) < 19 * 0.1
    assert pauses[20] >= 0.1
    assert pauses[-1] > pauses[20]
    assert all(pause < 0.8 * 1.5 + 5 for pause in pauses)


async def test_a_configuration_without_followers_costs_nothing(office):
    shift = office.begin(work_off, acme=(), emea=())
    assert shift.tasks == []
    await shift.end(5)


async def test_what_breaks_is_told_like_a_fault_of_a_request_and_ends_nothing(office):
    stream, tries = io.StringIO(), []

    def work(tenant: Tenant, follower: Follower) -> Conversation[int]:
        tries.append(follower.seat.backend)
        yield from ask(Wait(0))
        raise KeyError("userName bjensen")

    open_logs(stream=stream)
    try:
        office.begin(work, work_off, acme=("cube",))
        await office.mark(2)
        # Each round is told after it broke: the last one may not be yet.
        await until(lambda: stream.getvalue().count("\n") > 2 and len(office.backends.ended) == 2)
    finally:
        logs.LOGGER.handlers[:] = []
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {line["event"] for line in told} == {"fault"}
    assert 0 <= len(tries) - len(told) <= 1
    assert (told[0]["error"], told[0]["level"]) == ("KeyError", "error")
    assert told[0]["request_id"].startswith("worker-")
    assert told[0]["where"].startswith("test_worker.py:")
    assert "bjensen" not in stream.getvalue()


# Told to stop.


async def test_what_is_under_way_is_finished_and_nothing_else_is_begun(office):
    office.backends.seconds = {"cube": 0.2}
    await office.mark(4)
    shift = office.begin(work_off, acme=("cube",))
    await until(lambda: office.backends.begun)
    await shift.end(5)
    assert office.backends.ended == ["cube", "cube"]
    assert len(await office.state.list_marks("acme", "cube")) == 2
    assert all(task.done() and not task.cancelled() for task in shift.tasks)


async def test_what_takes_too_long_is_given_up_and_its_marks_come_again(office):
    office.backends.seconds = {"cube": 60.0}
    await office.mark(1)
    shift = office.begin(work_off, acme=("cube",))
    await until(lambda: office.backends.begun)
    began = time.monotonic()
    await shift.end(0.3)
    assert time.monotonic() - began < 30
    assert len(await office.state.list_marks("acme", "cube")) == 1
    assert all(task.done() for task in shift.tasks)


async def test_who_is_told_to_stop_has_less_time_left_and_can_see_it(office):
    answers: list[bool] = []
    begun: list[str] = []

    def work(tenant: Tenant, follower: Follower) -> Conversation[int]:
        begun.append(tenant.name)
        answers.append((yield from ask(Wait(0.2))))
        answers.append((yield from ask(Wait(10))))
        return 0

    shift = office.begin(work, acme=("cube",))
    await until(lambda: begun)
    await shift.end(5)
    assert answers == [True, False]


async def test_pauses_end_at_once(office):
    shift = office.begin(Job(work=work_off, first=30, longest=60), acme=("cube", "rsa"))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await shift.end(20)
    assert time.monotonic() - began < 10


async def test_who_waits_for_the_end_and_gives_up_leaves_no_task_behind(office):
    office.backends.seconds = {"cube": 60.0}
    await office.mark(1)
    shift = office.begin(work_off, acme=("cube",))
    await until(lambda: office.backends.begun)
    ending = asyncio.create_task(shift.end(30))
    await asyncio.sleep(0.05)
    ending.cancel()
    await asyncio.wait([ending])
    assert all(task.done() for task in shift.tasks)


# What it tells of marks.


async def test_the_marks_of_each_follower_are_counted_now_and_then(office, monkeypatch):
    monkeypatch.setattr(worker, "COUNT_SECONDS", 0.05)
    await office.mark(3, backend="rsa")
    office.begin(acme=("cube", "rsa"))
    await until(lambda: len(office.told) >= 4)
    counts = {(tenant, backend): (told.waiting, told.parked) for tenant, backend, told in office.told}
    assert counts == {("acme", "cube"): (0, 0), ("acme", "rsa"): (3, 0)}


async def test_a_follower_that_hangs_is_seen_to_fall_behind(office, monkeypatch):
    monkeypatch.setattr(worker, "COUNT_SECONDS", 0.05)
    office.backends.seconds = {"cube": 60.0}
    await office.mark(1)
    office.begin(work_off, acme=("cube",))
    await until(lambda: office.backends.begun)
    await office.mark(7)
    await until(lambda: office.told[-1][2].waiting == 7)


async def test_jobs_can_be_conversations_that_mark(office):
    """Whatever a request may ask of the world, a job may."""

    def work(tenant: Tenant, follower: Follower) -> Conversation[int]:
        key = Key("mark", tenant.name, follower.seat.backend, "User", "id 1")
        yield from ask(Mark(((key, b"again"),), 0))
        return 0

    office.begin(work, acme=("cube",))
    await until(lambda: office.state.marks.open)
    assert [one.entry for one in await office.state.list_marks("acme", "cube")] == [b"again"]
