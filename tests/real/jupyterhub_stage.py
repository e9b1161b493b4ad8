"""A real JupyterHub as a process of its own, the gateway before it, and a look behind the gateway's back."""

import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import aiohttp
from msgspec import Struct
from scene import ACME, VENDOR_TOKEN, Answer, Stage, backend, open_stage, tenant, write_config, write_secret

CONFIG = Path(__file__).parent / "jupyterhub_config.py"
PATIENCE = 60  # seconds until the hub answers, and until it has ended
TRIES = 3  # another test may take the port first
HEADERS = {"Authorization": f"token {VENDOR_TOKEN}", "Accept": "application/jupyterhub-pagination+json"}


class Hub(Struct, frozen=True):
    """The hub's own API."""

    url: str
    session: aiohttp.ClientSession

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One call, past the gateway."""
        where = f"{self.url}/hub/api{path}"
        async with self.session.request(method, where, json=body, headers=HEADERS) as answer:
            return answer.status, await answer.json() if await answer.read() else None

    async def read(self, path: str) -> Any:
        status, body = await self.ask("GET", path)
        assert status == 200, body
        return body

    async def empty(self) -> None:
        """Nobody is left, and no group."""
        for kind in ("users", "groups"):
            while found := (await self.read(f"/{kind}"))["items"]:
                for one in found:
                    await self.ask("DELETE", f"/{kind}/{one['name']}")


class Scene(Struct, frozen=True):
    """The gateway before the hub."""

    stage: Stage
    hub: Hub

    async def ask(self, method: str, target: str, body: Mapping[str, Any] | None = None, **headers: str) -> Answer:
        """A client's request, below its tenant."""
        return await self.stage.ask(method, f"/acme/scim/v2{target}", body, headers=headers)

    async def found(self, target: str) -> list[str]:
        """The ids that a client finds."""
        answer = await self.ask("GET", target)
        assert answer.status == 200, answer.body
        assert answer.body["totalResults"] == len(answer.body["Resources"])
        return [one["id"] for one in answer.body["Resources"]]


@asynccontextmanager
async def open_scene(url: str, folder: Path, secret: str = VENDOR_TOKEN) -> AsyncIterator[Scene]:
    """The hub without anybody, and a tenant before it, with this token."""
    config = write_config(
        folder,
        {"hub": backend("jupyterhub", f"{url}/hub/api", write_secret(folder, secret))},
        {"acme": tenant(ACME, "hub")},
    )
    async with aiohttp.ClientSession() as session, open_stage(config) as stage:
        hub = Hub(url, session)
        await hub.empty()
        yield Scene(stage, hub)


@contextmanager
def run_hub(python: Path, folder: Path) -> Iterator[str]:
    """The process, on a port that nobody else has taken meanwhile; its words lie in `hub.log`."""
    for _ in range(TRIES):
        port = free_port()
        given = {**os.environ, "HUB_FOLDER": str(folder), "HUB_PORT": str(port), "HUB_TOKEN": VENDOR_TOKEN}
        with (folder / "hub.log").open("ab") as log:
            command = [str(python), "-m", "jupyterhub", "-f", str(CONFIG)]
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=given)
        try:
            if answers(f"http://127.0.0.1:{port}", process):
                yield f"http://127.0.0.1:{port}"
                return
        finally:
            process.terminate()
            process.wait(PATIENCE)
    raise AssertionError(f"the hub does not answer; its words: {(folder / 'hub.log').read_text()}")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Does it answer before it ends, and before patience does? Whoever else has its port answers otherwise."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            with urlopen(Request(f"{url}/hub/api/users", headers=HEADERS), timeout=PATIENCE) as answer:
                return bool(answer.status == 200)
        except HTTPError:
            return False
        except URLError:
            time.sleep(0.1)
    return False
