"""A pretend vendor on a socket: token, faults and the ledger around the service that decides."""

import asyncio
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import msgspec
from aiohttp import web
from msgspec import Struct

from gateway.sandbox.faults import Faults, read_faults
from gateway.sandbox.profile import Profile, Refused, Setting
from gateway.sandbox.records import Records, new_id, read_clock
from gateway.sandbox.service import Answer, Asked, Service
from gateway.sandbox.vendors import find_vendor

SLOW = 2.0  # seconds
LARGEST_BODY = 16 * 1024 * 1024
LONGEST_LEDGER = 10_000
_HTML = "<!doctype html><html><body><h1>Please sign in</h1></body></html>"


class Exchange(Struct, frozen=True):
    """One call and its reply. `headers` are the call's without `Authorization`; bodies are decoded where they are JSON.

    `status` and `response_body` are what the vendor decided; `faults` is what was done to the reply. The bodies are
    as sent, passwords included: print them with care.
    """

    method: str
    path: str
    query: str
    request_body: Any
    status: int
    response_body: Any
    headers: dict[str, str]
    faults: tuple[str, ...] = ()


LEDGER = web.AppKey("LEDGER", list[Exchange])
RECORDS = web.AppKey("RECORDS", Records)


class RunningSandbox(Struct, frozen=True):
    """A pretend vendor that serves: `url` is its full base URL, without a slash at the end."""

    url: str
    app: web.Application
    runner: web.AppRunner

    async def close(self) -> None:
        """Stop serving and let go of the port."""
        await self.runner.cleanup()


def base_path(vendor: str) -> str:
    """The path a vendor serves under; UnknownVendor when nobody knows it."""
    profile = find_vendor(vendor)
    return profile.sample_base or profile.base


def build_sandbox(
    vendor: str,
    *,
    token: str,
    faults: Sequence[str] = (),
    mint: Callable[[], str] = new_id,
    clock: Callable[[], datetime] = read_clock,
) -> web.Application:
    """The application of one vendor. `faults` are as `--fault` takes them; UnknownVendor, UnknownFault.

    `mint` makes native ids, and `clock` tells the time in UTC.
    """
    profile = find_vendor(vendor)
    app = web.Application(client_max_size=LARGEST_BODY)
    app[LEDGER] = []
    app[RECORDS] = Records(mint, clock)
    door = _Door(profile, token, read_faults(faults, profile.options), app)
    app.router.add_route("*", "/{tail:.*}", door.open)
    return app


async def start_sandbox(
    vendor: str, *, port: int = 0, token: str, faults: Sequence[str] = (), host: str = "127.0.0.1"
) -> RunningSandbox:
    """Serve one vendor; port 0 takes a free one. OSError when the port is taken."""
    app = build_sandbox(vendor, token=token, faults=faults)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    taken = runner.addresses[0][1]
    return RunningSandbox(f"http://{host}:{taken}{base_path(vendor)}", app, runner)


class _Door:
    """Takes every request of one vendor."""

    def __init__(self, profile: Profile, token: str, faults: Faults, app: web.Application) -> None:
        self.profile = profile
        self.token = token
        self.faults = faults
        self.app = app

    async def open(self, request: web.Request) -> web.StreamResponse:
        taken, body = self.faults.take(), await request.read()
        if "slow" in taken:
            await asyncio.sleep(SLOW)
        answer = self._answer(request, body, taken)
        self._note(request, body, answer, taken)
        if "lost-answer" in taken and request.transport is not None:
            request.transport.abort()
        return self._write(answer, taken)

    def _answer(self, request: web.Request, body: bytes, taken: frozenset[str]) -> Answer:
        segments = _split(request.rel_url.raw_path)
        below = _below(segments, _split(self.profile.base))
        base = segments if below is None else segments[: len(segments) - len(below)]
        records = self.app[RECORDS]
        url = f"{request.scheme}://{request.host}/{'/'.join(base)}"
        service = Service(self.profile, records, Setting(url, records.clock(), self.faults.options))
        if "refuse-auth" in taken or not self._knows(request):
            return msgspec.structs.replace(
                service.refuse(Refused(401, "The bearer token is missing or not valid.")),
                headers={"WWW-Authenticate": "Bearer"},
            )
        if below is None:
            return service.refuse(Refused(404, "Resource not found."))
        misdeed = _misbehave(taken, service)
        headers = {name.lower(): value for name, value in request.headers.items()}
        return misdeed or service.answer(
            Asked(request.method, below, dict(request.rel_url.query), request.content_type, body, headers)
        )

    def _knows(self, request: web.Request) -> bool:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self.token.encode())

    def _note(self, request: web.Request, body: bytes, answer: Answer, taken: frozenset[str]) -> None:
        headers = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
        ledger = self.app[LEDGER]
        ledger.append(
            Exchange(
                request.method,
                request.path,
                request.query_string,
                _decode(body),
                answer.status,
                answer.body,
                headers,
                tuple(sorted(taken)),
            )
        )
        del ledger[:-LONGEST_LEDGER]

    def _write(self, answer: Answer, taken: frozenset[str]) -> web.Response:
        if answer.body is None:
            return web.Response(status=answer.status, headers=answer.headers)
        kind = "text/html" if answer.body == _HTML else self.profile.answers
        raw = answer.body.encode() if isinstance(answer.body, str) else msgspec.json.encode(answer.body)
        if "truncate" in taken:
            raw = raw[: len(raw) // 2]
        return web.Response(status=answer.status, headers=answer.headers, body=raw, content_type=kind)


def _misbehave(taken: frozenset[str], service: Service) -> Answer | None:
    if "throttle" in taken:
        refused = service.refuse(Refused(429, "Too many requests."))
        return Answer(refused.status, refused.body, {"Retry-After": "1"})
    if "error-500" in taken:
        return service.refuse(Refused(500, "Internal error."))
    return Answer(200, _HTML) if "garbage" in taken else None


def _split(path: str) -> tuple[str, ...]:
    return tuple(unquote(segment) for segment in path.strip("/").split("/"))


def _below(segments: tuple[str, ...], base: tuple[str, ...]) -> tuple[str, ...] | None:
    """What follows the base path, whose segments in braces take any value; None when the path is not below it."""
    head = segments[: len(base)]
    fits = len(head) == len(base) and all(
        bool(given) if wanted.startswith("{") else given == wanted for given, wanted in zip(head, base, strict=True)
    )
    return segments[len(base) :] if fits else None


def _decode(body: bytes) -> Any:
    """The document in a body; its text when it is no JSON, None when it is empty."""
    if not body:
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body.decode(errors="replace")
