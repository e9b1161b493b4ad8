"""A small strict server whose people are known by names that change, on a socket, and the gateway before it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from msgspec import Struct
from scene import ACME, VENDOR_TOKEN, Answer, Stage, backend, open_stage, tenant, write_config, write_secret

VENDORS = Path(__file__).parents[1] / "mapping" / "vendors"
FIELDS = {"handle": str, "origin": str, "job": str, "on": bool}
SLOW = 0.002  # seconds that each answer takes, so that requests meet


class Register:
    """People by handle. What it does not know it refuses; a handle is anybody's who asks first."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.told: list[str] = []

    async def serve(self, request: web.Request) -> web.Response:
        await asyncio.sleep(SLOW)
        if request.headers.get("Authorization") != f"Bearer {VENDOR_TOKEN}":
            return web.json_response({"error": "who are you?"}, status=401)
        self.told.append(f"{request.method} {request.path_qs}")
        handle = request.match_info.get("handle")
        body = await request.json() if request.can_read_body else {}
        wrong = [key for key, value in body.items() if value is not None and not isinstance(value, FIELDS.get(key, ()))]
        if wrong:
            return web.json_response({"error": f"no such fields: {wrong}"}, status=400)
        if handle is None:
            return self.add(body) if request.method == "POST" else self.list(request)
        if handle not in self.people:
            return web.json_response({"error": f"nobody is called {handle}"}, status=404)
        return self.one(request.method, handle, body)

    def add(self, body: dict[str, Any]) -> web.Response:
        if "handle" not in body:
            return web.json_response({"error": "a handle is needed"}, status=400)
        if body["handle"] in self.people:
            return web.json_response({"error": "this handle is taken"}, status=409)
        self.people[body["handle"]] = body
        return web.json_response(body, status=201)

    def list(self, request: web.Request) -> web.Response:
        asked = {key: value for key, value in request.query.items() if key in ("handle", "origin")}
        found = [one for one in self.people.values() if asked.items() <= one.items()]
        begin, size = int(request.query.get("from", 0)), int(request.query.get("limit", 50))
        return web.json_response({"people": found[begin : begin + size], "count": len(found)})

    def one(self, method: str, handle: str, body: dict[str, Any]) -> web.Response:
        if method == "GET":
            return web.json_response(self.people[handle])
        if method == "DELETE":
            del self.people[handle]
            return web.Response(status=204)
        old = {} if method == "PUT" else self.people[handle]
        new = {key: value for key, value in {**old, **body}.items() if value is not None}
        if new.get("handle", handle) != handle and new["handle"] in self.people:
            return web.json_response({"error": "this handle is taken"}, status=409)
        del self.people[handle]
        self.people[new["handle"]] = new
        return web.json_response(new)


class Names(Struct, frozen=True):
    """The gateway before the register."""

    stage: Stage
    register: Register

    async def ask(self, method: str, target: str, body: Any = None) -> Answer:
        return await self.stage.ask(method, f"/acme/scim/v2{target}", body)

    async def who(self) -> dict[str, str]:
        """The name behind each id, asked one by one."""
        listed = (await self.ask("GET", "/Users")).body["Resources"]
        found = [(await self.ask("GET", f"/Users/{one['id']}")).body for one in listed]
        return {one["id"]: one["userName"] for one in found}


@asynccontextmanager
async def run_register() -> AsyncIterator[tuple[Register, str]]:
    register = Register()
    app = web.Application()
    app.router.add_route("*", "/people", register.serve)
    app.router.add_route("*", "/people/{handle}", register.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield register, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def open_names(register: Register, url: str, folder: Path) -> AsyncIterator[Names]:
    """A gateway that has just been started: what an earlier one had in mind is gone."""
    config = write_config(
        folder,
        {"register": backend("anchor-vendor", url, write_secret(folder))},
        {"acme": tenant(ACME, "register")},
        mappings=[str(VENDORS)],
    )
    async with open_stage(config) as stage:
        yield Names(stage, register)
