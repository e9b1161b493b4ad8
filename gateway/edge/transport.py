"""Calls to backends over HTTP, each sent once: no redirects, no cookies, no hidden replay.

The pivotal question is whether a request was sent. Until its head left, a failure is `applied="no"`; after that, every
end without a whole answer is `unknown`.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
from msgspec import Struct
from yarl import URL

from gateway.conversation.effects import Call, Lost, Reply
from gateway.edge.body import LARGE
from gateway.edge.credentials import Auth, Credential, CredentialError, Headers, OAuth2, make_credential
from gateway.edge.pacing import Late, Pacer
from gateway.edge.ports import Clock, Moment, Observer
from gateway.edge.secrets import SecretError, read_secret
from gateway.observations import BackendCalled, CallOutcome

CONNECT_SECONDS = 2.0
MAX_ANSWER = 16 * 1024 * 1024
MAX_TEXT = 2_000
CHUNK = 64 * 1024
TOKEN_SECONDS = 8.0
_OUTCOMES: Mapping[str, CallOutcome] = {
    "connect": "connect",
    "tls": "tls",
    "timeout": "timeout",
    "deadline": "timeout",
    "credentials": "denied",
}
_STATUSES: Mapping[int, CallOutcome] = {401: "denied", 403: "denied", 429: "throttled"}
_encode = msgspec.json.Encoder().encode


class Link(Struct, frozen=True, kw_only=True):
    """How one backend is reached. `base` is an encoded URL without a trailing slash; times are in seconds."""

    name: str
    base: str
    auth: Auth = None
    media: str = "application/scim+json"
    headers: tuple[tuple[str, str], ...] = ()
    timeout: float = 10.0
    pace: float | None = None
    concurrency: int = 32


class Transport:
    """All backends of one configuration."""

    def __init__(self, links: Sequence[Link], observer: Observer, clock: Clock, share: int = 1) -> None:
        """`share` processes divide each backend's pace among them."""
        self.lines = {link.name: Line(link, clock, share) for link in links}
        self.observer = observer
        self.clock = clock

    async def call(self, call: Call, within: float, moment: Moment) -> Reply | Lost:
        started = self.clock()
        answer = await self.lines[call.backend].call(call, within)
        status = answer.status if isinstance(answer, Reply) else 0
        seconds = self.clock() - started
        fact = BackendCalled(call.backend, call.operation, outcome_of(answer), seconds, status)
        self.observer.observe(fact, moment)
        return answer

    async def close(self) -> None:
        for line in self.lines.values():
            await line.session.close()


def outcome_of(answer: Reply | Lost) -> CallOutcome:
    """The answer as a label."""
    if isinstance(answer, Lost):
        late = answer.reason == "deadline" and answer.applied == "no"
        return "late" if late else _OUTCOMES.get(answer.reason, "unknown")
    usual: CallOutcome = "ok" if answer.status < 400 else "client_error" if answer.status < 500 else "server_error"
    return _STATUSES.get(answer.status, usual)


class Line:
    """The connections to one backend."""

    def __init__(self, link: Link, clock: Clock, share: int = 1) -> None:
        self.link = link
        self.clock = clock
        self.pacer = Pacer(link.pace / share if link.pace else None, link.concurrency, clock)
        self.session = open_session(link)
        self.credential: Credential = make_credential(link.auth, self.fetch_token, clock)

    async def call(self, call: Call, within: float) -> Reply | Lost:
        """One call; after a 401 that a fresh token may cure, which was provably not applied, one more."""
        until = self.clock() + within
        try:
            async with self.pacer.turn(until):
                headers = await self.authorize(until)
                answer = await self.send(call, headers, until)
                if isinstance(answer, Reply) and answer.status == 401 and self.credential.refuse(headers):
                    answer = await self.send(call, await self.authorize(until), until)
                return answer
        except Late:
            return Lost("no", "deadline")
        except CredentialError as error:
            return Lost("no", error.reason)

    async def authorize(self, until: float) -> Headers:
        """The credential's headers, had before `until`. Raises CredentialError."""
        if self.credential.is_at_hand:
            return await self.credential.headers()
        try:
            async with asyncio.timeout(max(until - self.clock(), 0.0)):
                return await self.credential.headers()
        except TimeoutError:
            raise CredentialError("the token endpoint did not answer in time", "timeout") from None

    async def send(self, call: Call, credential: Headers, until: float) -> Reply | Lost:
        """One request and its answer."""
        left = until - self.clock()
        if left <= 0:
            return Lost("no", "deadline")
        sent = SimpleNamespace(head=False)
        body = None if call.body is None else _encode(call.body)
        try:
            async with asyncio.timeout(min(self.link.timeout, left)):
                async with self.session.request(
                    call.method,
                    make_url(self.link.base, call.path, call.query),
                    data=body,
                    headers=make_headers(self.link, call, credential),
                    allow_redirects=False,
                    trace_request_ctx=sent,
                ) as response:
                    return await read_answer(response)
        except TimeoutError:
            return run_out(sent.head, deadline=left < self.link.timeout)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return lose(error, sent.head)

    async def fetch_token(self, auth: OAuth2) -> Mapping[str, Any]:
        """Ask the token endpoint (RFC 6749 4.4.2, the client authenticated in the body). Raises CredentialError."""
        try:
            form = {"grant_type": "client_credentials", "client_id": auth.client_id}
            form["client_secret"] = read_secret(auth.client_secret)
            if auth.scope:
                form["scope"] = auth.scope
            url = URL(auth.token_url, encoded=True)
            async with asyncio.timeout(TOKEN_SECONDS), self.session.post(url, data=form, allow_redirects=False) as got:
                answer = await read_answer(got)
        except TimeoutError:
            raise CredentialError("the token endpoint did not answer in time", "timeout") from None
        except (aiohttp.ClientError, OSError) as error:
            raise CredentialError(f"the token endpoint cannot be reached: {type(error).__name__}", "connect") from None
        except (ValueError, SecretError) as error:
            raise CredentialError(f"the token endpoint cannot be used: {type(error).__name__}") from None
        if answer.status >= 500 or answer.status == 429:
            raise CredentialError(f"the token endpoint answered {answer.status}", "connect")
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise CredentialError(f"the token endpoint answered {answer.status}")
        return answer.body


@cache
def trust() -> ssl.SSLContext:
    """The system's certificate authorities, read once."""
    return ssl.create_default_context()


def open_session(link: Link) -> aiohttp.ClientSession:
    """A session that neither follows, remembers nor repeats anything by itself."""
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=link.concurrency, ttl_dns_cache=30, ssl=trust()),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS),
        skip_auto_headers=("User-Agent",),
        trace_configs=[trace_sending()],
        trust_env=False,
    )
    # aiohttp sends GET, PUT and DELETE a second time when a reused connection dies; only the core may decide that.
    session._retry_connection = False
    return session


def trace_sending() -> aiohttp.TraceConfig:
    """Marks the moment from which a request may have reached the backend."""
    trace = aiohttp.TraceConfig()

    async def mark(session: Any, context: SimpleNamespace, params: Any) -> None:
        if context.trace_request_ctx is not None:
            context.trace_request_ctx.head = True

    trace.on_request_headers_sent.append(mark)
    return trace


def make_url(base: str, path: str, query: Sequence[tuple[str, str]]) -> URL:
    """Base, an encoded path and decoded pairs as one URL that nothing encodes or decodes again; a space is %20."""
    pairs = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
    return URL(f"{base}{path}{'?' if pairs else ''}{pairs}", encoded=True)


def make_headers(link: Link, call: Call, credential: Headers) -> dict[str, str]:
    """Later sources win: the mapping's constants, the call's own, then the credential."""
    headers = {"Accept": f"{link.media}, application/json;q=0.9", "User-Agent": "scim-gateway"}
    if call.body is not None:
        headers["Content-Type"] = link.media
    return {**headers, **dict(link.headers), **dict(call.headers), **credential}


async def read_answer(response: aiohttp.ClientResponse) -> Reply:
    """The answer, decoded when it is JSON; its head alone when it is over the cap."""
    headers = {name.lower(): ", ".join(response.headers.getall(name)) for name in response.headers}
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > MAX_ANSWER:
            response.close()
            return Reply(response.status, headers, None, readable=False, whole=False)
    raw = bytes(body)
    document, readable = await asyncio.to_thread(decode_answer, raw) if len(raw) > LARGE else decode_answer(raw)
    text = "" if readable else raw[:MAX_TEXT].decode("utf-8", "replace")
    return Reply(response.status, headers, document, readable, text)


def decode_answer(body: bytes) -> tuple[object, bool]:
    """The document and whether it could be read; no body is None and readable."""
    if not body or body.isspace():
        return None, True
    try:
        return msgspec.json.decode(body), True
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, False


def run_out(sent: bool, deadline: bool) -> Lost:
    """What a call without an answer in time means; `deadline`: it was the request's time that ran out."""
    if sent:
        return Lost("unknown", "deadline" if deadline else "timeout")
    return Lost("no", "deadline" if deadline else "connect")


def lose(error: Exception, sent: bool) -> Lost:
    """What a failed exchange means."""
    if sent:
        return Lost("unknown", "reset")
    is_tls = isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError))
    return Lost("no", "tls" if is_tls else "connect")
