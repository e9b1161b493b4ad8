"""aiohttp's server protocol with our manners: bad HTTP is answered as a SCIM Error that repeats nothing of it,
versions are not disclosed, and a head that does not arrive in time ends the connection.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong
from aiohttp.web_protocol import RequestHandler

from gateway.pipeline.request import Response

HEAD_SECONDS = 10.0
IDLE_SECONDS = 75.0
LINGER_SECONDS = 2.0
MAX_LINE = 8_192  # bytes of a request line
MAX_FIELD = 16_384  # bytes of a header; not the same number, because a refusal tells which it was by its limit alone
Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
OnBadHttp = Callable[[int, BaseException | None], web.StreamResponse]


class Reticent(web.Response):
    """A response without a Server header."""

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self._headers.popall("Server", None)


class Protocol(RequestHandler):
    """One connection."""

    __slots__ = ("head_seconds", "head_timer", "on_bad_http")

    def __init__(self, manager: web.Server, *, on_bad_http: OnBadHttp, head_seconds: float, **kwargs: Any) -> None:
        super().__init__(manager, **kwargs)
        self.on_bad_http = on_bad_http
        self.head_seconds = head_seconds
        self.head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.head_timer = self._loop.call_later(self.head_seconds, self.close_if_silent)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self.head_timer is not None:
            self.head_timer.cancel()
        super().connection_lost(exc)

    def close_if_silent(self) -> None:
        """Nobody who has not sent one whole head by now is a client."""
        if self._request_count == 0:
            self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """In place of aiohttp's, which answers in plain text, repeats the offending bytes and logs them."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun already")
        response = self.on_bad_http(status, exc)
        response.force_close()
        return response

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Nothing: tracebacks hold what clients sent."""


class Front(web.Server):
    """A server whose connections have our manners."""

    def __init__(self, answer: Answer, on_bad_http: OnBadHttp, head_seconds: float = HEAD_SECONDS) -> None:
        super().__init__(answer, handler_cancellation=True)
        self.options: dict[str, Any] = {
            "on_bad_http": on_bad_http,
            "head_seconds": head_seconds,
            "access_log": None,
            "auto_decompress": False,
            "keepalive_timeout": IDLE_SECONDS,
            "lingering_time": LINGER_SECONDS,
            "max_line_size": MAX_LINE,
            "max_field_size": MAX_FIELD,
        }

    def __call__(self) -> Protocol:
        return Protocol(self, loop=self._loop, **self.options)


def name_fault(status: int, error: BaseException | None) -> str:
    """The code for what is no request, as aiohttp saw it."""
    if status >= 500:
        return "SG602"
    if isinstance(error, LineTooLong):
        return "SG150" if error.args[1] == MAX_LINE else "SG151"
    if isinstance(error, BadHttpMessage) and error.message.startswith("Too many headers"):
        return "SG151"
    return "SG116"


def as_web_response(response: Response, request_id: str, *, close: bool = False) -> web.Response:
    """A response of the core as one of aiohttp, with the request's id."""
    answer = Reticent(status=response.status, body=response.body or None)
    for name, value in response.headers:
        answer.headers[name] = value
    answer.headers["X-Request-Id"] = request_id
    if close:
        answer.force_close()
    return answer
