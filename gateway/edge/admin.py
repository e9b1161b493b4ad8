"""The admin door: `/livez`, `/readyz`, `/metrics`. Never routed to clients; knows nothing secret."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from gateway.edge.protocol import Reticent

TEXT = "text/plain; charset=utf-8"
Scrape = Callable[[str], Awaitable[tuple[str, bytes]]]


class Admin:
    """Readiness is local: a configuration is loaded and the process is not shutting down."""

    def __init__(self, scrape: Scrape, is_ready: Callable[[], bool]) -> None:
        self.scrape = scrape
        self.is_ready = is_ready

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method not in ("GET", "HEAD"):
            return plain(405, b"GET only\n", Allow="GET, HEAD")
        match request.path:
            case "/livez":
                return plain(200, b"ok\n")
            case "/readyz":
                return plain(200, b"ok\n") if self.is_ready() else plain(503, b"draining\n")
            case "/metrics":
                content_type, text = await self.scrape(request.headers.get("Accept", ""))
                return plain(200, text, **{"Content-Type": content_type})
        return plain(404, b"/livez /readyz /metrics\n")

    def answer_bad_http(self, status: int, error: BaseException | None) -> web.StreamResponse:
        return plain(status, b"bad request\n" if status < 500 else b"failed\n")


def plain(status: int, text: bytes, **headers: str) -> web.StreamResponse:
    return Reticent(status=status, body=text, headers={"Content-Type": TEXT, **headers})
