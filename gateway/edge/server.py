"""The SCIM door: from an HTTP request to the core and back.

The head is read first, and nobody without a valid token gets a body read. The path goes on raw, exactly as it was sent.
"""

import re
from collections.abc import Callable, Mapping
from secrets import token_hex

from aiohttp import web
from msgspec import Struct

from gateway.conversation.effects import Conversation
from gateway.edge.body import GoneError, read_body
from gateway.edge.conduct import Flights, Journey, World
from gateway.edge.logs import say
from gateway.edge.ports import Moment
from gateway.edge.protocol import as_web_response
from gateway.observations import AuthenticationFailed, RequestRejected
from gateway.pipeline.authenticate import authenticate
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Caller, Gateway, Request, Response
from gateway.pipeline.respond import respond_to_problem

DEADLINE_SECONDS = 25.0
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
HOST = re.compile(r"[A-Za-z0-9._\[\]:-]{1,255}")
SINGLE = ("authorization", "host", "content-length", "content-type")
REJECTED: Mapping[str, str] = {"SG117": "body_too_large", "SG118": "body_timeout", "SG116": "bad_http"}
Fulfil = Callable[[Request, Gateway], Conversation[Response]]


class Live(Struct, frozen=True):
    """What one configuration is served with. A request keeps the one it began with."""

    gateway: Gateway
    world: World
    deadlines: Mapping[str, float] = {}
    public_url: str = ""


class Door:
    """Answers SCIM requests with the live configuration."""

    def __init__(self, live: Live, fulfil: Fulfil, enter: Callable[[], None], leave: Callable[[], None]) -> None:
        self.live = live
        self.fulfil = fulfil
        self.enter = enter
        self.leave = leave
        self.flights = Flights()
        self.draining = False
        self.reading = 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request, from its head to its answer. Never raises anything but a lost connection."""
        request_id = read_request_id(request)
        self.enter()
        try:
            return as_web_response(await self.serve(request, request_id), request_id)
        except Problem as problem:
            self.note_rejection(problem, request_id)
            return as_web_response(respond_to_problem(problem), request_id, close=not request.content.is_eof())
        except GoneError:
            raise ConnectionResetError("the client hung up") from None
        except Exception as error:
            say("fault", 40, request_id=request_id, error=type(error).__name__, where=place_of(error))
            return as_web_response(respond_to_problem(Problem("SG602")), request_id, close=True)
        finally:
            self.leave()

    async def serve(self, request: web.BaseRequest, request_id: str) -> Response:
        """Authenticate from the head, read the body, and let the core do the rest."""
        if self.draining:
            raise Problem("SG606")
        live = self.live
        headers = read_headers(request)
        caller = self.identify(headers, live, request_id)
        path, query = split_target(request.raw_path)
        body = await read_body(request)
        origin = live.public_url or f"{request.scheme}://{read_host(request)}"
        asked = Request(
            method=request.method, path=path, query=query, headers=headers, body=body, id=request_id, origin=origin
        )
        seconds = live.deadlines.get(caller.tenant, DEADLINE_SECONDS)
        journey = Journey(live.world, live.world.clock() + seconds, request_id)
        return await self.flights.carry(self.fulfil(asked, live.gateway), journey)

    def identify(self, headers: Mapping[str, str], live: Live, request_id: str) -> Caller:
        try:
            return authenticate(headers, live.gateway.callers)
        except Problem as problem:
            reason = problem.reason if problem.reason in ("missing", "malformed") else "unknown"
            observe = live.world.observer.observe
            observe(AuthenticationFailed(reason), Moment(request_id))  # type: ignore[arg-type]
            observe(RequestRejected("auth", problem.status), Moment(request_id))
            raise

    def note_rejection(self, problem: Problem, request_id: str) -> None:
        reason = "draining" if problem.code == "SG606" else REJECTED.get(problem.code)
        if reason is not None:
            fact = RequestRejected(reason, problem.status)  # type: ignore[arg-type]
            self.live.world.observer.observe(fact, Moment(request_id))

    def answer_bad_http(self, status: int, error: BaseException | None) -> web.StreamResponse:
        """What a client reads whose bytes are no HTTP, or whose request broke us."""
        request_id = token_hex(16)
        problem = Problem("SG602") if status >= 500 else Problem("SG116")
        if status >= 500:
            say("fault", 40, request_id=request_id, error=type(error).__name__, where=place_of(error))
        self.note_rejection(problem, request_id)
        return as_web_response(respond_to_problem(problem), request_id, close=True)


def read_request_id(request: web.BaseRequest) -> str:
    """The caller's id where it is harmless, else one of ours."""
    given = request.headers.get("X-Request-Id", "")
    return given if REQUEST_ID.fullmatch(given) else token_hex(16)


def read_headers(request: web.BaseRequest) -> dict[str, str]:
    """Headers by lower-case name. Raises a 400 Problem where a second one would be ambiguous."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        key = name.lower()
        if key not in headers:
            headers[key] = value
        elif key in SINGLE:
            raise Problem("SG116", f"The request has more than one {key} header.")
        else:
            headers[key] = f"{headers[key]}, {value}"
    return headers


def split_target(target: str) -> tuple[str, str]:
    """Raw path and raw query of a request target; of an absolute one (RFC 9112 3.2.2) the authority is dropped."""
    if not target.startswith("/"):
        scheme, _, rest = target.partition("://")
        if scheme.lower() not in ("http", "https"):
            raise Problem("SG116", "The request target is not a path.")
        _, slash, below = rest.partition("/")
        target = slash + below
    path, _, query = target.partition("?")
    return path or "/", query


def read_host(request: web.BaseRequest) -> str:
    host = request.headers.get("Host", "")
    if not HOST.fullmatch(host):
        raise Problem("SG116", "The Host header is missing or malformed.")
    return host


def place_of(error: BaseException | None) -> str:
    """File and line where it happened: enough to find it, without a value a client sent."""
    trace = error.__traceback__ if error is not None else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace is not None else ""
