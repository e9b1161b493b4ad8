"""The SCIM door over real sockets: bad HTTP, slow bodies, raw paths, clients that hang up, and shutting down."""

import asyncio
import gzip
import json
import re
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest

from gateway.conversation.effects import Call, Conversation, Lost, Reply, ask, note
from gateway.edge import body as body_room
from gateway.edge.conduct import World
from gateway.edge.ports import Moment
from gateway.edge.protocol import Front
from gateway.edge.server import Door, Live
from gateway.edge.state_memory import MemoryState
from gateway.observations import AuthenticationFailed, Observation, RequestFinished, RequestRejected
from gateway.pipeline.request import Caller, Gateway, Request, Response

TOKEN = "a-token-of-a-tenant"
HEAD = f"Host: scim.example.com\r\nAuthorization: Bearer {TOKEN}\r\n"
SCIM = "application/scim+json"


class Notes:
    def __init__(self) -> None:
        self.facts: list[Observation] = []

    def observe(self, fact: Observation, moment: Moment) -> None:
        self.facts.append(fact)


class SlowBackends:
    """Answers every call after a while, and counts."""

    def __init__(self, seconds: float = 0.3) -> None:
        self.seconds = seconds
        self.begun: list[str] = []
        self.ended: list[str] = []

    async def call(self, call: Call, within: float, moment: Moment) -> Reply | Lost:
        self.begun.append(call.method)
        await asyncio.sleep(self.seconds)
        self.ended.append(call.method)
        return Reply(200)

    async def close(self) -> None: ...


class Site:
    """A door that listens, and the requests its core saw."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.notes = Notes()
        self.backends = SlowBackends()
        self.in_flight = 0
        callers = {sha256(TOKEN.encode()).hexdigest(): Caller("acme")}
        world = World(MemoryState(), self.backends, self.notes, time.monotonic)
        live = Live(Gateway(tenants={}, callers=callers), world, {"acme": 5.0})
        self.door = Door(live, self.fulfil, self.enter, self.leave)
        self.front: Front | None = None
        self.server: asyncio.Server | None = None
        self.port = 0

    def enter(self) -> None:
        self.in_flight += 1

    def leave(self) -> None:
        self.in_flight -= 1

    def fulfil(self, request: Request, gateway: Gateway) -> Conversation[Response]:
        """A tiny core: echoes, or calls, or breaks, as the path says."""
        self.requests.append(request)
        if "break" in request.path:
            raise RuntimeError("userName bjensen")
        for method in re.findall("GET|POST", request.path):
            call = Call("cube", "create", method, "/Users", safe=method == "GET")
            yield from ask(call)
        yield from note(RequestFinished("acme", "User", "retrieve", 200))
        return Response(status=200, body=b'{"length":%d}' % len(request.body), headers=(("Content-Type", SCIM),))

    async def open(self, head_seconds: float = 10.0) -> None:
        self.front = Front(self.door.answer, self.door.answer_bad_http, head_seconds)
        self.server = await asyncio.get_running_loop().create_server(self.front, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def say(self, *parts: bytes, pause: float = 0.0, seconds: float = 5.0) -> bytes:
        """Send the parts over one connection and read until the answer is whole, or the line is closed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)
        except ConnectionError:
            pass
        try:
            async with asyncio.timeout(seconds):
                return await read_answer(reader, bodiless=parts[0].startswith(b"HEAD"))
        except ConnectionError:
            return b""
        finally:
            writer.close()


async def read_answer(reader: asyncio.StreamReader, bodiless: bool = False) -> bytes:
    answer = b""
    while True:
        head, found, rest = answer.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if found and bodiless:
            return answer
        if found and length and len(rest) >= int(length[1]):
            return answer
        chunk = await reader.read(65536)
        if not chunk:
            return answer
        answer += chunk


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    await made.open()
    yield made
    if made.server and made.front:
        made.server.close()
        await made.front.shutdown(0.1)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def header_of(answer: bytes, name: str) -> str | None:
    found = re.search(rf"(?im)^{name}: (.*?)\r$", answer.partition(b"\r\n\r\n")[0].decode("latin-1") + "\r\n")
    return found[1] if found else None


def error_of(answer: bytes, status: int, code: str) -> dict[str, Any]:
    """The SCIM Error of an answer, which must be one."""
    assert status_of(answer) == status, answer
    assert header_of(answer, "Content-Type") == SCIM
    assert header_of(answer, "X-Request-Id")
    assert header_of(answer, "Server") is None
    document = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert document["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert document["status"] == str(status)
    assert document["detail"].endswith(f"({code})")
    return document


def get(path: str, head: str = HEAD) -> bytes:
    return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1")


def post(body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = "".join(f"{line}\r\n" for line in headers)
    size = "" if length == -1 else f"Content-Length: {len(body) if length is None else length}\r\n"
    return f"POST /scim/v2/Users HTTP/1.1\r\n{HEAD}{lines}{size}\r\n".encode() + body


async def test_a_request_reaches_the_core_and_its_answer_the_client(site):
    answer = await site.say(post(b'{"userName":"bjensen"}'))
    assert status_of(answer) == 200
    assert answer.endswith(b'{"length":22}')
    assert header_of(answer, "Server") is None
    request = site.requests[0]
    assert (request.method, request.path, request.query) == ("POST", "/scim/v2/Users", "")
    assert request.origin == "http://scim.example.com"
    assert request.headers["host"] == "scim.example.com"
    assert site.in_flight == 0


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/scim/v2/Users/%2e%2e%2f%2e%2e%2fadmin", "/scim/v2/Users/%2e%2e%2f%2e%2e%2fadmin", ""),
        ("/scim/v2/Users/a%00b", "/scim/v2/Users/a%00b", ""),
        ("/scim/v2/Users/%0d%0aX-Evil:%201", "/scim/v2/Users/%0d%0aX-Evil:%201", ""),
        ("/scim/v2//Users/../x", "/scim/v2//Users/../x", ""),
        ("/scim/v2/Users?filter=a%20eq%20%22b%22&x=%2f", "/scim/v2/Users", "filter=a%20eq%20%22b%22&x=%2f"),
        ("http://evil.example.com/scim/v2/Users?x=1", "/scim/v2/Users", "x=1"),
    ],
    ids=["dots and slashes", "null", "line end", "dot segments", "query", "absolute form"],
)
async def test_the_core_gets_the_path_exactly_as_it_was_sent(site, target, path, query):
    assert status_of(await site.say(get(target))) == 200
    assert (site.requests[0].path, site.requests[0].query) == (path, query)
    assert site.requests[0].origin == "http://scim.example.com"


BAD_HTTP = {
    "no HTTP at all": b"GARBAGE-\xff\x00\r\n\r\n",
    "length and chunks": post(b"", "Transfer-Encoding: chunked", "Content-Length: 3"),
    "two lengths": post(b"abc", "Content-Length: 4"),
    "signed length": post(b"abc", "Content-Length: +3", length=-1),
    "bare line feed in a header": f"GET / HTTP/1.1\nHost: x\nAuthorization: Bearer {TOKEN}\n\n".encode(),
    "folded header": get("/scim/v2/Users", HEAD + "X-Bad: a\r\n b\r\n"),
    "null in a header": get("/scim/v2/Users", HEAD + "X-Bad: a\x00b\r\n"),
    "space before the colon": get("/scim/v2/Users", HEAD + "X-Bad : b\r\n"),
    "a line too long": get("/scim/v2/Users?x=" + "a" * 9000),
    "too many headers": get("/scim/v2/Users", HEAD + "".join(f"X-{n}: s3cret\r\n" for n in range(200))),
    "no host": get("/scim/v2/Users", f"Authorization: Bearer {TOKEN}\r\n"),
    "two hosts": get("/scim/v2/Users", HEAD + "Host: evil.example.com\r\n"),
    "a host that is none": get("/scim/v2/Users", f"Host: <script>\r\nAuthorization: Bearer {TOKEN}\r\n"),
    "two tokens": get("/scim/v2/Users", HEAD + "Authorization: Bearer other\r\n"),
}


@pytest.mark.parametrize("raw", BAD_HTTP.values(), ids=BAD_HTTP)
async def test_bad_http_gets_a_scim_error_that_repeats_nothing_of_it(site, raw, capfd):
    answer = await site.say(raw)
    error_of(answer, 400, "SG116")
    assert site.requests == []
    for secret in (b"GARBAGE", b"X-Bad", b"script", b"s3cret", TOKEN.encode()):
        assert secret not in answer
    assert RequestRejected("bad_http", 400) in site.notes.facts
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")


async def test_a_body_that_is_not_framed_as_promised_is_bad_http(site):
    answer = await site.say(post(b"zz\r\nxx", "Transfer-Encoding: chunked", length=-1))
    error_of(answer, 400, "SG116")
    assert site.requests == []


@pytest.mark.parametrize(
    ("head", "code", "reason"),
    [
        ("Host: x\r\n", "SG101", "missing"),
        ("Host: x\r\nAuthorization: Basic Z3c6eA==\r\n", "SG102", "malformed"),
        ("Host: x\r\nAuthorization: Bearer of-nobody\r\n", "SG103", "unknown"),
    ],
)
async def test_nobody_without_a_token_gets_a_body_read(site, head, code, reason):
    request = f"POST /scim/v2/Users HTTP/1.1\r\n{head}Content-Length: 1000000\r\n\r\n".encode()
    began = time.monotonic()
    answer = await site.say(request, b"{")
    error_of(answer, 401, code)
    assert time.monotonic() - began < 1
    assert header_of(answer, "WWW-Authenticate")
    assert AuthenticationFailed(reason) in site.notes.facts
    assert site.requests == []


async def test_a_refused_request_leaves_the_connection_usable(site):
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(b"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
    assert status_of(await read_answer(reader)) == 401
    writer.write(get("/scim/v2/Users"))
    assert status_of(await read_answer(reader)) == 200
    writer.close()


async def test_a_body_declared_too_large_is_refused_before_it_is_read(site):
    began = time.monotonic()
    answer = await site.say(post(b"{", length=3 * 1024 * 1024))
    error_of(answer, 413, "SG117")
    assert time.monotonic() - began < 1
    assert site.requests == []


async def test_a_body_too_large_without_a_length_is_refused_when_it_is_over(site):
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    answer = await site.say(post(b"", "Transfer-Encoding: chunked", length=-1), *([chunk] * 40), b"0\r\n\r\n")
    error_of(answer, 413, "SG117")
    assert site.requests == []


async def test_a_body_of_the_largest_size_is_read(site):
    answer = await site.say(post(b"a" * body_room.MAX_BODY))
    assert answer.endswith(b'{"length":%d}' % body_room.MAX_BODY)


async def test_a_dripping_body_is_given_up(site, monkeypatch):
    monkeypatch.setattr(body_room.read_body, "__defaults__", (body_room.MAX_BODY, 0.3))
    began = time.monotonic()
    answer = await site.say(post(b"{", length=1000), *([b" "] * 10), pause=0.1)
    error_of(answer, 408, "SG118")
    assert time.monotonic() - began < 4
    assert site.requests == []
    assert RequestRejected("body_timeout", 408) in site.notes.facts


async def test_a_dripping_head_is_given_up():
    site = Site()
    await site.open(head_seconds=0.3)
    answer = await site.say(b"GET / HTTP/1.1\r\n", *([b"X: 1\r\n"] * 10), pause=0.1)
    assert answer == b""


@pytest.mark.parametrize("body", [gzip.compress(b"{}", mtime=0), b"no gzip", gzip.compress(b" " * 10_000_000)])
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity"])
async def test_a_compressed_body_is_refused_unread(site, body, encoding):
    answer = await site.say(post(body, f"Content-Encoding: {encoding}"))
    error_of(answer, 415, "SG113")
    assert site.requests == []


async def test_a_client_that_asks_may_i_is_told_to_go_on(site):
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(post(b"", "Expect: 100-continue", length=2))
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 Continue")
    writer.write(b"{}")
    assert status_of(await read_answer(reader)) == 200
    writer.close()


async def test_a_client_that_asks_may_i_without_a_token_is_told_no(site):
    head = b"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    error_of(await site.say(head), 401, "SG101")


@pytest.mark.parametrize(
    ("given", "echoed"),
    [("abc-1.2_3", True), ("a" * 64, True), ("a" * 65, False), ("a b", False), ("<x>", False), ("", False)],
)
async def test_a_harmless_request_id_is_echoed_and_any_other_replaced(site, given, echoed):
    answer = await site.say(get("/scim/v2/Users", f"{HEAD}X-Request-Id: {given}\r\n"))
    shown = header_of(answer, "X-Request-Id")
    assert (shown == given) is echoed
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", shown or "")
    assert site.requests[0].id == shown


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PROPFIND"])
async def test_methods_of_no_use_reach_the_core_which_knows_what_is_allowed(site, method):
    answer = await site.say(f"{method} /scim/v2/Users HTTP/1.1\r\n{HEAD}\r\n".encode(), seconds=1)
    assert status_of(answer) == 200
    assert site.requests[0].method == method


async def test_a_core_that_breaks_is_a_500_without_a_word_of_why(site, capfd):
    answer = await site.say(get("/scim/v2/break"))
    error_of(answer, 500, "SG602")
    assert b"bjensen" not in answer
    assert "bjensen" not in "".join(capfd.readouterr())
    assert site.notes.facts == [RequestFinished("_none", "_none", "_none", 500, "SG602", "gateway")]


async def hang_up_during(site: Site, path: str) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(get(path))
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.transport.abort()
    await asyncio.sleep(0.9)


async def test_a_write_is_finished_when_the_client_hangs_up(site):
    await hang_up_during(site, "/scim/v2/POST/GET")
    assert site.backends.ended == ["POST", "GET"]
    assert RequestFinished("acme", "User", "retrieve", 200) in site.notes.facts
    assert site.door.flights.tasks == set()


async def test_a_read_is_given_up_when_the_client_hangs_up(site):
    await hang_up_during(site, "/scim/v2/GET/POST")
    assert (site.backends.begun, site.backends.ended) == (["GET"], [])
    assert site.door.flights.tasks == set()


async def test_a_client_that_hangs_up_in_its_body_is_not_a_fault(site, capfd):
    _, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(post(b"{", length=100))
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.transport.abort()
    await asyncio.sleep(0.1)
    assert site.requests == []
    assert site.in_flight == 0
    assert "".join(capfd.readouterr()) == ""


async def test_shutting_down_finishes_what_is_under_way_and_takes_nothing_new(site):
    under_way = asyncio.create_task(site.say(get("/scim/v2/POST")))
    await asyncio.sleep(0.1)
    assert site.server
    assert site.front
    site.server.close()
    site.front.pre_shutdown()
    await site.front.shutdown(5)
    assert status_of(await under_way) == 200
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", site.port)


async def test_a_draining_gateway_sends_its_clients_elsewhere(site):
    site.door.draining = True
    answer = await site.say(get("/scim/v2/Users"))
    error_of(answer, 503, "SG606")
    assert header_of(answer, "Retry-After") == "5"
    assert RequestRejected("draining", 503) in site.notes.facts


async def test_pipelined_requests_are_answered_in_their_order(site):
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(post(b"1") + post(b"22") + post(b"333"))
    lengths = []
    for _ in range(3):
        await reader.readuntil(b"\r\n\r\n")
        lengths.append(json.loads(await reader.readexactly(12))["length"])
    assert lengths == [1, 2, 3]
    writer.close()
