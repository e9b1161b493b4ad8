"""The SCIM door: from an HTTP request to the core and back.

The head is read first, and nobody without a valid token gets a body read. The path goes on raw, exactly as it was sent.
"""

import re
from collections.abc import Callable, Mapping
from secrets import token_hex
from time import time

from aiohttp import web
from msgspec import Struct

from gateway.conversation.effects import Conversation
from gateway.edge.body import GoneError, decode_aside, read_body
from gateway.edge.conduct import Flights, Journey, World
from gateway.edge.logs import say_fault
from gateway.edge.ports import Moment
from gateway.edge.protocol import as_web_response, name_fault
from gateway.observations import NOBODY, AuthenticationFailed, Rejection, RequestFinished, RequestRejected
from gateway.pipeline.authenticate import authenticate
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Gateway, Request, Response
from gateway.pipeline.respond import respond_to_problem
from gateway.pipeline.route import name_operation

DEADLINE_SECONDS = 25.0
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
HOST = re.compile(r"[A-Za-z0-9._\[\]:-]{1,255}")
SINGLE = ("authorization", "host", "content-length", "content-type")
REJECTED: Mapping[str, Rejection] = {
    "SG101": "auth",
    "SG102": "auth",
    "SG103": "auth",
    "SG116": "bad_http",
    "SG117": "body_too_large",
    "SG118": "body_timeout",
    "SG150": "bad_http",
    "SG151": "bad_http",
    "SG152": "bad_http",
    "SG606": "draining",
}
Fulfil = Callable[[Request, Gateway], Conversation[Response]]


class Live(Struct, frozen=True):
    """What one configuration is served with. A request keeps the one it began with."""

    gateway: Gateway
    world: World
    deadlines: Mapping[str, float] = {}
    public_url: str = ""


class Door:
    """Answers SCIM requests with the live configuration."""

    def __init__(self, live: Live, fulfil: Fulfil, note_flight: Callable[[str, int], None]) -> None:
        self.live = live
        self.fulfil = fulfil
        self.note_flight = note_flight
        self.flights = Flights()
        self.draining = False

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request, from its head to its answer. Never raises anything but a lost connection."""
        moment = Moment(read_request_id(request), self.live.world.clock())
        operation = name_operation(request.method, request.raw_path.partition("?")[0])
        self.note_flight(operation, 1)
        try:
            return as_web_response(await self.serve(request, moment), moment.request_id)
        except Problem as problem:
            return self.refuse(problem, moment, close=not request.content.is_eof())
        except GoneError:
            raise ConnectionResetError("the client hung up") from None
        except Exception as error:
            say_fault(error, moment.request_id)
            return self.refuse(Problem("SG602"), moment, close=True)
        finally:
            self.note_flight(operation, -1)

    async def serve(self, request: web.BaseRequest, began: Moment) -> Response:
        """Authenticate from the head, read the body, and let the core do the rest. `began.seconds` is the clock's."""
        if self.draining:
            raise Problem("SG606")
        live = self.live
        headers = read_headers(request)
        caller = authenticate(headers, live.gateway.callers)
        path, query = split_target(request.raw_path)
        body = await read_body(request)
        origin = live.public_url or f"{request.scheme}://{read_host(request)}"
        asked = Request(
            method=request.method,
            path=path,
            query=query,
            headers=headers,
            body=body,
            document=await decode_aside(body),
            id=began.request_id,
            origin=origin,
            now=time(),
        )
        deadline = began.seconds + live.deadlines.get(caller.tenant, DEADLINE_SECONDS)
        journey = Journey(live.world, deadline, began.request_id, began.seconds)
        return await self.flights.carry(self.fulfil(asked, live.gateway), journey)

    def refuse(self, problem: Problem, began: Moment, *, close: bool) -> web.StreamResponse:
        """A SCIM Error of the edge itself, noted as what it is."""
        self.note_problem(problem, Moment(began.request_id, self.live.world.clock() - began.seconds))
        return as_web_response(respond_to_problem(problem), began.request_id, close=close)

    def note_problem(self, problem: Problem, moment: Moment) -> None:
        observe = self.live.world.observer.observe
        reason = REJECTED.get(problem.code)
        if reason is not None:
            observe(RequestRejected(reason, problem.status), moment)
        if reason == "auth":
            observe(AuthenticationFailed(problem.reason), moment)  # type: ignore[arg-type]  # one of its words
        observe(RequestFinished(NOBODY, NOBODY, NOBODY, problem.status, problem.code, problem.blame), moment)

    def answer_bad_http(self, status: int, error: BaseException | None) -> web.StreamResponse:
        """What a client reads whose bytes are no HTTP, or whose request broke us."""
        began = Moment(token_hex(16), self.live.world.clock())
        if status >= 500:
            say_fault(error, began.request_id)
        return self.refuse(Problem(name_fault(status, error)), began, close=True)


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
