"""Several serving processes behind one listening socket; this one starts, restarts and stops them, and owns `admin`.

Not a command: `serve --workers N` runs `supervise`, and each worker is this file run as a program.
"""

import argparse
import asyncio
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiohttp

from gateway.app import BACKLOG, DRAIN_SECONDS, RunningGateway, run_loop, settle_memory
from gateway.edge.admin import Admin
from gateway.edge.logs import open_logs, say
from gateway.edge.merge import add_counts, render_merged
from gateway.edge.protocol import Front
from gateway.settings import Address, Settings, load_settings

RESTART_SECONDS = 1.0
PARENT_SECONDS = 1.0
SCRAPE_SECONDS = 5.0


class Supervisor:
    """Keeps `count` workers alive until it is told to stop."""

    def __init__(self, settings: Settings, count: int, folder: Path) -> None:
        self.settings = settings
        self.count = count
        self.folder = folder
        self.stopping = asyncio.Event()
        self.children: dict[int, asyncio.subprocess.Process] = {}
        self.heard: dict[int, str] = {}
        self.ended = ""
        self.socket = open_socket(settings.listen)
        self.address = Address(settings.listen.host, self.socket.getsockname()[1])

    def door(self, index: int) -> Path:
        """Where a worker answers what `admin` is asked."""
        return self.folder / f"worker-{index}.sock"

    async def keep(self, index: int) -> None:
        """Run one worker, again and again if it ends by itself."""
        while not self.stopping.is_set():
            child = await asyncio.create_subprocess_exec(*self.command(index), pass_fds=[self.socket.fileno()])
            self.children[index] = child
            code = await child.wait()
            del self.children[index]
            self.ended = add_counts([self.ended, self.heard.pop(index, "")])
            if not self.stopping.is_set():
                say("worker_ended", 40, worker=index, code=code)
                await asyncio.sleep(RESTART_SECONDS)

    def command(self, index: int) -> list[str]:
        words = {"--config": self.settings.file, "--fd": self.socket.fileno(), "--door": self.door(index)}
        flat = [str(word) for pair in words.items() for word in pair]
        return [sys.executable, "-m", "gateway.cli.workers", *flat, "--workers", str(self.count)]

    def tell(self, number: int) -> None:
        for child in self.children.values():
            child.send_signal(number)

    async def scrape(self, accept: str) -> tuple[str, bytes]:
        """The metrics of all. A worker that does not answer now counts as it told last, and so do those that ended."""
        asked = dict(self.children)
        answers = await asyncio.gather(*(ask_worker(self.door(index), "/metrics") for index in asked))
        for (index, child), answer in zip(asked.items(), answers, strict=True):
            if answer is not None and self.children.get(index) is child:
                self.heard[index] = answer
        return await asyncio.to_thread(render_merged, [*self.heard.values(), self.ended], accept)

    async def run(self) -> None:
        """Until SIGTERM or SIGINT: then the workers finish what they have begun."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self.tell, signal.SIGHUP)
        admin = Admin(self.scrape, self.is_ready)
        at = self.settings.admin
        server = await loop.create_server(Front(admin.answer, admin.answer_bad_http), at.host, at.port)
        keepers = [asyncio.create_task(self.keep(index)) for index in range(self.count)]
        bound = Address(at.host, server.sockets[0].getsockname()[1])
        say("startup", listen=f"http://{self.address}", admin=f"http://{bound}", workers=self.count)
        await self.stopping.wait()
        self.tell(signal.SIGTERM)
        _, late = await asyncio.wait(keepers, timeout=DRAIN_SECONDS + 3)
        if late:
            self.tell(signal.SIGKILL)
            await asyncio.wait(late)
        server.close()
        say("stopped")

    def is_ready(self) -> bool:
        return not self.stopping.is_set() and any(self.door(index).exists() for index in self.children)


def open_socket(address: Address) -> socket.socket:
    """One listening socket for all: a worker that ends takes no waiting connection with it."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    return socket.create_server((address.host, address.port), family=family, backlog=BACKLOG)


async def ask_worker(door: Path, path: str) -> str | None:
    try:
        connector = aiohttp.UnixConnector(str(door))
        timeout = aiohttp.ClientTimeout(total=SCRAPE_SECONDS)
        session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        async with session, session.get(f"http://worker{path}") as answer:
            return await answer.text()
    except (aiohttp.ClientError, OSError, TimeoutError):
        return None


async def supervise(settings: Settings, count: int) -> None:
    """Serve with several processes."""
    with tempfile.TemporaryDirectory(prefix="scim-gateway-") as folder:
        await Supervisor(settings, count, Path(folder)).run()


async def work(settings: Settings, args: Any) -> None:
    """One worker: the given socket, and a door of its own for the parent's questions."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    running = RunningGateway(settings, args.workers)
    remove(args.door)
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # a terminal's Ctrl-C reaches all; the parent decides
    loop.add_signal_handler(signal.SIGHUP, running.watch.tell)
    await running.adopt(socket.socket(fileno=args.fd), args.door)
    running.start_tasks()
    running.tasks.append(asyncio.create_task(follow_parent(os.getppid(), stop)))
    settle_memory()
    await stop.wait()
    await running.close()
    remove(args.door)


def remove(door: str) -> None:
    """A door of a worker that is gone would look like one that serves."""
    Path(door).unlink(missing_ok=True)


async def follow_parent(parent: int, stop: asyncio.Event) -> None:
    """Nobody would stop a worker whose parent is gone."""
    while os.getppid() == parent:  # noqa: ASYNC110  # the system tells nobody
        await asyncio.sleep(PARENT_SECONDS)
    stop.set()


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, kind in (("--config", str), ("--fd", int), ("--door", str), ("--workers", int)):
        parser.add_argument(name, type=kind, required=True)
    args = parser.parse_args()
    open_logs()
    run_loop(work(load_settings(args.config), args))


if __name__ == "__main__":
    main()
