"""Calls to backends, against bare sockets that misbehave: sent once, and honest about what may have happened."""

import asyncio
import gzip
import time

import pytest
from calling_stage import call, silent

from gateway.conversation.effects import Lost, Reply
from gateway.edge import transport as transport_room
from gateway.edge.ports import Moment
from gateway.observations import BackendCalled

READS, WRITES = ("GET",), ("POST", "PUT", "PATCH", "DELETE")
JSON = b'{"id":"2819c223"}'


async def test_a_json_answer_comes_back_decoded_with_lower_case_headers(caller, raw_backend, tools):
    always, http = tools
    backend = await raw_backend(always(http("200 OK", JSON, 'ETag: W/"1"', "X-Many: a", "X-Many: b")))
    reply = await caller(backend.base)
    assert reply == Reply(200, {"content-length": "17", "etag": 'W/"1"', "x-many": "a, b"}, {"id": "2819c223"})
    assert [type(fact) for fact in caller.notes.facts] == [BackendCalled]
    assert caller.notes.facts[0].outcome == "ok"


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ((("filter", 'userName eq "a b"'),), "GET /Users?filter=userName%20eq%20%22a%20b%22 HTTP/1.1"),
        ((("filter", "a+b&c=d"), ("count", "1")), "GET /Users?filter=a%2Bb%26c%3Dd&count=1 HTTP/1.1"),
        ((("filter", 'userName eq "åse%2f"'),), "GET /Users?filter=userName%20eq%20%22%C3%A5se%252f%22 HTTP/1.1"),
        ((("$top", "5"),), "GET /Users?%24top=5 HTTP/1.1"),
    ],
)
async def test_a_query_is_percent_encoded_once_and_a_space_is_never_a_plus(caller, raw_backend, tools, query, line):
    always, http = tools
    backend = await raw_backend(always(http("200 OK", b"{}")))
    await caller(backend.base, query=query)
    assert backend.lines == [line]


async def test_an_encoded_id_in_the_path_reaches_the_backend_as_one_segment(caller, raw_backend, tools):
    always, http = tools
    backend = await raw_backend(always(http("200 OK", b"{}")))
    await caller(f"{backend.base}/scim/v2", path="/Users/..%2F..%2Fadmin%00%25")
    assert backend.lines == ["GET /scim/v2/Users/..%2F..%2Fadmin%00%25 HTTP/1.1"]


@pytest.mark.parametrize("method", [*READS, *WRITES])
async def test_a_request_on_a_dying_connection_is_never_sent_twice(caller, raw_backend, tools, method):
    _, http = tools

    async def play(backend, reader, writer):
        await backend.read(reader)
        writer.write(http("200 OK", JSON))
        await writer.drain()
        await backend.read(reader)  # the second request on this connection is read, and then the line goes dead

    backend = await raw_backend(play)
    transport = caller.open(backend.base)
    assert isinstance(await transport.call(call(), 5, Moment()), Reply)
    assert await transport.call(call(method), 5, Moment()) == Lost("unknown", "reset")
    assert len(backend.lines) == 2
    assert backend.connections == 1


@pytest.mark.parametrize("method", [*READS, *WRITES])
async def test_a_refused_connection_means_nothing_was_applied(caller, method):
    assert await caller("http://127.0.0.1:1", method) == Lost("no", "connect")
    assert caller.notes.facts[0].outcome == "connect"


async def test_a_name_that_does_not_resolve_means_nothing_was_applied(caller):
    assert await caller("http://nowhere.invalid", "POST") == Lost("no", "connect")


async def test_a_peer_that_speaks_no_tls_means_nothing_was_applied(caller, raw_backend):
    async def play(backend, reader, writer):
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    backend = await raw_backend(play)
    answer = await caller(backend.base.replace("http:", "https:"), "POST")
    assert answer == Lost("no", "tls")


@pytest.mark.parametrize(
    ("per_call", "within", "reason"), [(0.2, 5.0, "timeout"), (5.0, 0.2, "deadline")], ids=["per call", "deadline"]
)
async def test_no_answer_in_time_is_unknown(caller, raw_backend, per_call, within, reason):
    backend = await raw_backend(silent)
    began = time.monotonic()
    assert await caller(backend.base, "POST", within, timeout=per_call) == Lost("unknown", reason)
    assert time.monotonic() - began < 4
    assert caller.notes.facts[0].outcome == "timeout"


async def test_a_call_whose_deadline_has_passed_is_not_sent(caller, raw_backend):
    backend = await raw_backend(silent)
    assert await caller(backend.base, "POST", within=-1.0) == Lost("no", "deadline")
    assert backend.connections == 0


async def test_a_dripping_answer_is_bounded_by_the_whole_call_not_by_the_next_byte(caller, raw_backend):
    async def play(backend, reader, writer):
        await backend.read(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    backend = await raw_backend(play)
    assert await caller(backend.base, timeout=0.3) == Lost("unknown", "timeout")


async def hang_up_after(answer: bytes, backend, reader, writer):
    await backend.read(reader)
    writer.write(answer)
    await writer.drain()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"", Lost("unknown", "reset")),
        (b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"id":"1', Lost("unknown", "reset")),
        (b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"id"\r\n', Lost("unknown", "reset")),
        (b"SSH-2.0-OpenSSH\r\n\r\n", Lost("unknown", "reset")),
    ],
    ids=["nothing", "short of its length", "no last chunk", "not HTTP"],
)
async def test_an_answer_that_breaks_off_leaves_a_write_unknown(caller, raw_backend, answer, expected):
    backend = await raw_backend(lambda *line: hang_up_after(answer, *line))
    assert await caller(backend.base, "POST") == expected
    assert len(backend.lines) == 1


async def test_a_truncated_answer_without_a_length_is_not_readable(caller, raw_backend):
    backend = await raw_backend(lambda *line: hang_up_after(b'HTTP/1.1 201 Created\r\n\r\n{"id":"1', *line))
    assert await caller(backend.base, "POST") == Reply(201, {}, None, readable=False, text='{"id":"1')


@pytest.mark.parametrize(
    ("body", "readable"),
    [
        (b"<html>sorry</html>", False),
        (b"\xff\xfe", False),
        (b'{"a":"\xc3("}', False),
        (b"[" * 100_000, False),
        (b"", True),
        (b"  \r\n", True),
    ],
    ids=["html", "not utf-8", "broken utf-8 in a string", "too deep", "empty", "blank"],
)
async def test_a_body_that_is_no_json_is_said_to_be_unreadable_and_breaks_nothing(
    caller, raw_backend, tools, body, readable
):
    always, http = tools
    backend = await raw_backend(always(http("200 OK", body)))
    reply = await caller(backend.base)
    assert isinstance(reply, Reply)
    assert (reply.body, reply.readable) == (None, readable)
    assert reply.text == ("" if readable else body[:2000].decode("utf-8", "replace"))


async def test_of_an_answer_over_the_cap_the_head_is_known(caller, raw_backend, tools, monkeypatch):
    always, http = tools
    monkeypatch.setattr(transport_room, "MAX_ANSWER", 1000)
    backend = await raw_backend(always(http("200 OK", b"[" + b"1," * 1000 + b"1]", "ETag: a")))
    reply = await caller(backend.base)
    assert isinstance(reply, Reply)
    assert (reply.status, reply.headers["etag"], reply.body) == (200, "a", None)
    assert (reply.readable, reply.whole) == (False, False)


async def test_the_cap_holds_for_what_a_gzip_answer_inflates_to(caller, raw_backend, tools, monkeypatch):
    always, http = tools
    monkeypatch.setattr(transport_room, "MAX_ANSWER", 100_000)
    bomb = gzip.compress(b"[" + b"1," * 1_000_000 + b"1]")
    assert len(bomb) < 10_000
    backend = await raw_backend(always(http("200 OK", bomb, "Content-Encoding: gzip")))
    reply = await caller(backend.base)
    assert isinstance(reply, Reply)
    assert not reply.whole


async def test_a_gzip_answer_is_read(caller, raw_backend, tools):
    always, http = tools
    backend = await raw_backend(always(http("200 OK", gzip.compress(JSON), "Content-Encoding: gzip")))
    reply = await caller(backend.base)
    assert isinstance(reply, Reply)
    assert reply.body == {"id": "2819c223"}


async def test_a_redirect_is_an_answer_and_is_not_followed(caller, raw_backend, tools):
    always, http = tools
    elsewhere = await raw_backend(always(http("200 OK", JSON)))
    backend = await raw_backend(always(http("307 Temporary Redirect", b"", f"Location: {elsewhere.base}/x")))
    reply = await caller(backend.base, auth=None)
    assert isinstance(reply, Reply)
    assert reply.status == 307
    assert elsewhere.connections == 0


async def test_cookies_are_not_kept(caller, raw_backend, tools):
    always, http = tools
    backend = await raw_backend(always(http("200 OK", JSON, "Set-Cookie: session=1")))
    transport = caller.open(backend.base)
    for _ in range(2):
        await transport.call(call(), 5, Moment())
    assert ["cookie" in head.lower() for head, _ in backend.seen] == [False, False]


async def test_no_more_calls_at_once_than_the_backend_takes(caller, raw_backend, tools):
    _, http = tools
    under_way, most = 0, 0

    async def play(backend, reader, writer):
        nonlocal under_way, most
        while True:
            await backend.read(reader)
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.02)
            under_way -= 1
            writer.write(http("200 OK", JSON))

    backend = await raw_backend(play)
    transport = caller.open(backend.base, concurrency=3)
    await asyncio.gather(*(transport.call(call(), 5, Moment()) for _ in range(12)))
    assert most == 3


async def test_calls_keep_the_backends_pace(caller, raw_backend, tools):
    always, http = tools
    backend = await raw_backend(always(http("200 OK", JSON)))
    transport = caller.open(backend.base, pace=20.0)
    began = time.monotonic()
    await asyncio.gather(*(transport.call(call(), 5, Moment()) for _ in range(7)))
    assert 0.3 <= time.monotonic() - began < 5


async def test_a_turn_that_would_come_after_the_deadline_is_not_waited_for(caller, raw_backend, tools):
    always, http = tools
    backend = await raw_backend(always(http("200 OK", JSON)))
    transport = caller.open(backend.base, pace=0.05)
    assert isinstance(await transport.call(call("POST"), 10, Moment()), Reply)
    began = time.monotonic()
    assert await transport.call(call("POST"), 10, Moment()) == Lost("no", "deadline")
    assert [fact.outcome for fact in caller.notes.facts] == ["ok", "late"]
    assert time.monotonic() - began < 5
    assert len(backend.seen) == 1


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("200 OK", "ok"),
        ("404 Not Found", "client_error"),
        ("401 Who", "denied"),
        ("403 No", "denied"),
        ("429 Slow Down", "throttled"),
        ("500 No", "server_error"),
    ],
)
async def test_an_answer_is_counted_by_its_outcome(caller, raw_backend, tools, status, outcome):
    always, http = tools
    backend = await raw_backend(always(http(status)))
    await caller(backend.base)
    assert caller.notes.facts[0].outcome == outcome
