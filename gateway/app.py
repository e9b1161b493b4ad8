"""Builds every object once, wires them, closes them: from Settings to a gateway that listens."""

import asyncio
import gc
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Coroutine, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gateway.conversation.followers.catching_up import catch_up
from gateway.conversation.fulfil import fulfil
from gateway.conversation.reconcile.sweeping import sweep
from gateway.edge.admin import Admin
from gateway.edge.conduct import World
from gateway.edge.exposition import Exposition
from gateway.edge.logs import Journal, Seldom, say
from gateway.edge.metrics import Metrics
from gateway.edge.ports import Moment, Observer, State
from gateway.edge.protocol import Front
from gateway.edge.reload import Watch
from gateway.edge.secrets import read_secret
from gateway.edge.server import Door, Live
from gateway.edge.state_memory import MemoryState
from gateway.edge.transport import Transport
from gateway.edge.worker import Job, Shift
from gateway.mapping.diagnose import MappingError, format_diagnostic
from gateway.mapping.load import shipped_folder
from gateway.observations import Observation, SettingsLoaded
from gateway.settings import Address, Settings, load_settings
from gateway.tenants import make_gateway

DRAIN_SECONDS = 25.0
LAG_SECONDS = 1.0
PROBE_SECONDS = 2.0
BACKLOG = 1024
JOBS = (Job(work=catch_up), Job(work=sweep, first=1.0, longest=60.0))
REVISION = "SCIM_GATEWAY_REVISION"  # the variable that says from which commit an image was built


class Observers:
    """Tells every observer."""

    def __init__(self, *observers: Observer) -> None:
        self.observers = observers

    def observe(self, fact: Observation, moment: Moment) -> None:
        for observer in self.observers:
            observer.observe(fact, moment)


def find_version() -> str:
    try:
        return version("scim-gateway")
    except PackageNotFoundError:
        return "unknown"


def read_keys(settings: Settings) -> tuple[bytes, ...]:
    """The configuration's own secrets, the newest first; without any, one that ends with this process."""
    return tuple(read_secret(one).encode() for one in settings.secret) or (secrets.token_bytes(32),)


def open_state(settings: Settings, keys: tuple[bytes, ...], observer: Observer, metrics: Metrics) -> State:
    """The store that the settings name. Redis is imported only where it is used."""
    if not settings.state.is_shared:
        return MemoryState()
    from gateway.edge.state_names import Namer
    from gateway.edge.state_redis import RedisState

    state = RedisState(settings.state, Namer(keys), observer)
    metrics.watch_state(lambda: state.is_up)
    return state


class RunningGateway:
    """A gateway that listens. Made by `start_gateway`."""

    def __init__(self, settings: Settings, workers: int = 1) -> None:
        self.settings = settings
        self.workers = workers
        self.metrics = Metrics(find_version(), time.time, os.environ.get(REVISION, "unknown"))
        self.observer = Observers(self.metrics, Seldom(Journal()))
        self.keys = read_keys(settings)
        self.state = open_state(settings, self.keys, self.observer, self.metrics)
        self.door = Door(self.make_live(settings), fulfil, self.metrics.note_flight)
        self.shift = self.make_shift(self.door.live)
        self.exposition = Exposition(self.metrics.registry, time.monotonic)
        self.admin = Admin(self.exposition.render, lambda: not self.door.draining)
        self.fronts: list[tuple[Front, asyncio.Server]] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.closing: set[asyncio.Task[None]] = set()
        self.url = ""
        self.admin_url = ""
        self.watch = Watch(self.watched, self.reload)

    def make_live(self, settings: Settings) -> Live:
        """One configuration with connections of its own; its names become labels."""
        links = [backend.link for backend in settings.backends.values()]
        transport = Transport(links, self.observer, time.monotonic, share=self.workers)
        dialects = {backend.dialect.name: backend.dialect for backend in settings.backends.values()}
        tenants = settings.tenants.values()
        served = [(one.name, name) for one in tenants for name in (one.backend, *(use.backend for use in one.split))]
        mappings = [(tenant, settings.backends[backend].dialect.name) for tenant, backend in served]
        resources = {resource for dialect in dialects.values() for resource in dialect.resources}
        followers = [(one.name, use.backend) for one in settings.tenants.values() for use in one.followers]
        self.metrics.learn(mappings, settings.backends, resources, followers)
        self.observer.observe(SettingsLoaded(True, settings.digest), Moment())
        deadlines = {one.name: one.deadline for one in settings.tenants.values()}
        world = World(self.state, transport, self.observer, time.monotonic)
        return Live(make_gateway(settings, self.keys), world, deadlines, settings.public_url)

    def make_shift(self, live: Live) -> Shift:
        """What is done unasked with a configuration."""
        return Shift(live, JOBS, self.metrics.note_marks)

    async def listen(self, listen: Address, admin: Address) -> None:
        """Open both doors."""
        self.url = await self.open(self.scim_front(), listen)
        self.admin_url = await self.open(self.admin_front(), admin)

    async def adopt(self, listening: socket.socket, admin: str) -> None:
        """Serve on a socket that listens already; the admin door is a socket in the file system."""
        loop = asyncio.get_running_loop()
        scim, admin_front = self.scim_front(), self.admin_front()
        self.fronts.append((scim, await loop.create_server(scim, sock=listening)))
        self.fronts.append((admin_front, await loop.create_unix_server(admin_front, admin)))

    def scim_front(self) -> Front:
        return Front(self.door.answer, self.door.answer_bad_http)

    def admin_front(self) -> Front:
        return Front(self.admin.answer, self.admin.answer_bad_http)

    async def open(self, front: Front, at: Address) -> str:
        server = await asyncio.get_running_loop().create_server(front, at.host, at.port, backlog=BACKLOG)
        self.fronts.append((front, server))
        return f"http://{Address(at.host, server.sockets[0].getsockname()[1])}"

    def start_tasks(self) -> None:
        """Look after followers, files and the store while serving."""
        self.shift.begin()
        self.tasks.append(asyncio.create_task(self.watch_state()))
        self.tasks.append(asyncio.create_task(self.watch.run()))
        self.tasks.append(asyncio.create_task(watch_loop(self.metrics.gauges["event_loop_lag_seconds"].set)))

    def watched(self) -> Iterable[Path]:
        return (Path(self.settings.file), *self.settings.mappings, shipped_folder())

    async def reload(self) -> None:
        """Take the file's new contents; when they are bad the old ones go on serving."""
        try:
            settings = await asyncio.to_thread(load_settings, self.settings.file)
        except MappingError as error:
            errors = [one for one in error.diagnostics if one.level == "error"]
            for one in errors:
                say("config_refused", 40, diagnostic=format_diagnostic(one))
            self.observer.observe(SettingsLoaded(False, self.settings.digest, len(errors)), Moment())
            return
        fixed = ("listen", "admin", "state", "secret")
        changed = [name for name in fixed if getattr(settings, name) != getattr(self.settings, name)]
        if changed:
            say("restart_needed", 30, keys=changed)
        old, self.settings = self.shift, settings
        self.door.live = self.make_live(settings)
        self.shift = self.make_shift(self.door.live)
        self.shift.begin()
        retiring = asyncio.create_task(self.retire(old))
        self.closing.add(retiring)
        retiring.add_done_callback(self.closing.discard)

    async def retire(self, shift: Shift) -> None:
        """Close an old configuration's connections once neither a request nor a job can be using them."""
        seconds = max(shift.live.deadlines.values(), default=DRAIN_SECONDS) + 1
        try:
            await asyncio.gather(asyncio.sleep(seconds), shift.end(seconds))
        finally:
            await shift.live.world.backends.close()

    async def watch_state(self) -> None:
        """Ask a shared store now and then, so that `redis_up` tells the truth without traffic."""
        while self.settings.state.is_shared:
            await self.state.probe()
            await asyncio.sleep(PROBE_SECONDS)

    async def close(self, seconds: float = DRAIN_SECONDS) -> None:
        """Stop accepting, finish what is under way within so many seconds, close everything."""
        self.door.draining = True
        self.metrics.gauges["draining"].set(1)
        await asyncio.gather(self.shift.end(seconds), *(shut(scim, seconds) for scim in self.fronts[:1]))
        await self.door.flights.settle(1.0)
        for task in (*self.tasks, *self.closing):
            task.cancel()
        await asyncio.gather(*self.tasks, *self.closing, return_exceptions=True)
        for admin in self.fronts[1:]:
            await shut(admin, 1.0)
        await self.door.live.world.backends.close()
        await self.state.close()


async def watch_loop(tell: Callable[[float], None]) -> None:
    """By how much a pause lasts longer than asked: what every request then waits as well."""
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + LAG_SECONDS
        await asyncio.sleep(LAG_SECONDS)
        tell(max(0.0, clock() - due))


async def shut(opened: tuple[Front, asyncio.Server], seconds: float) -> None:
    """Accept no more, close what is idle, and give what is under way so many seconds."""
    front, server = opened
    server.close()
    await asyncio.sleep(0)
    front.pre_shutdown()
    await front.shutdown(seconds)


async def start_gateway(
    settings: Settings, *, listen: Address | None = None, admin: Address | None = None
) -> RunningGateway:
    """A gateway that listens, at the settings' addresses or at those given (port 0: any free one)."""
    running = RunningGateway(settings)
    try:
        await running.listen(listen or settings.listen, admin or settings.admin)
    except OSError:
        await running.close(0)
        raise
    running.start_tasks()
    return running


async def run_gateway(settings: Settings, ready: Callable[[RunningGateway], None] = lambda running: None) -> None:
    """Serve until SIGTERM or SIGINT; a second one ends at once. SIGHUP reads the configuration again."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    running = await start_gateway(settings)
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    loop.add_signal_handler(signal.SIGHUP, running.watch.tell)
    settle_memory()
    say("startup", listen=running.url, admin=running.admin_url, tenants=len(settings.tenants), version=find_version())
    ready(running)
    await stop.wait()
    say("shutdown", in_flight=len(running.door.flights.tasks))
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.remove_signal_handler(name)
    await running.close()
    say("stopped")


def settle_memory() -> None:
    """What was built at start stays: keep the collector from walking it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


def run_loop(main: Coroutine[Any, Any, None]) -> None:
    """Run to the end, on uvloop where it exists."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
        return
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
