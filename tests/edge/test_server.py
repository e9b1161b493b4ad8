"""The SCIM door over real sockets: bad HTTP, slow bodies, raw paths, clients that hang up, and shutting down."""

import asyncio
import gzip
import json
import re
import time
from collections.abc import AsyncIterator

import pytest
from door_stage import HEAD, TOKEN, Site, error_of, get, header_of, post, read_answer, status_of

from gateway.edge import body as body_room
from gateway.observations import AuthenticationFailed, RequestFinished, RequestRejected


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    await made.open()
    yield made
    if made.server and made.front:
        made.server.close()
        await made.front.shutdown(0.1)


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


TOO_LONG = {
    "a URL": (get("/scim/v2/Users?x=s3cret" + "a" * 9_000), 414, "SG150"),
    "a header": (get("/scim/v2/Users", HEAD + f"X-A: s3cret{'a' * 17_000}\r\n"), 431, "SG151"),
    "the name of a header": (get("/scim/v2/Users", HEAD + f"s3cret{'a' * 17_000}: 1\r\n"), 431, "SG151"),
    "all headers": (get("/scim/v2/Users", HEAD + "".join(f"X-{n}: s3cret\r\n" for n in range(200))), 431, "SG151"),
}


@pytest.mark.parametrize(("raw", "status", "code"), TOO_LONG.values(), ids=TOO_LONG)
async def test_what_is_too_long_is_named_and_not_repeated(site, raw, status, code):
    answer = await site.say(raw)
    error_of(answer, status, code)
    assert site.requests == []
    assert b"s3cret" not in answer
    assert RequestRejected("bad_http", status) in site.notes.facts


@pytest.mark.parametrize(
    ("method", "target", "operation"),
    [
        ("GET", "/scim/v2/Users?x=1", "query"),
        ("DELETE", "/acme/scim/v2/Users/1", "delete"),
        ("POST", "/scim/v2/Bulk", "bulk"),
        ("GET", "/scim/v2/Schemas", "describe"),
        ("PUT", "/nothing", "_none"),
    ],
)
async def test_a_request_is_in_flight_as_what_it_asks_for(site, method, target, operation):
    await site.say(get(target).replace(b"GET", method.encode(), 1))
    assert site.flown == [(operation, 1), (operation, -1)]


async def test_a_long_token_is_read(site):
    assert status_of(await site.say(get("/scim/v2/Users", HEAD + f"X-A: {'a' * 16_000}\r\n"))) == 200


@pytest.mark.parametrize("accept", ["text/html", "application/xml;q=1, application/json;q=0", "nonsense", ""])
async def test_whatever_a_client_accepts_it_gets_json(site, accept):
    """RFC 9110 12.5.1 lets a server disregard Accept; RFC 7644 3.8 has JSON alone."""
    answer = await site.say(get("/scim/v2/Users", HEAD + f"Accept: {accept}\r\n"))
    assert status_of(answer) == 200


@pytest.mark.parametrize("expect", ["200-ok", "100-continue, 200-ok", "x" * 200])
async def test_an_expectation_that_nobody_meets_is_refused(site, expect):
    error_of(await site.say(post(b"{}", f"Expect: {expect}")), 417, "SG152")
    assert site.requests == []


async def test_a_body_that_is_not_framed_as_promised_is_bad_http(site):
    answer = await site.say(post(b"zz\r\nxx", "Transfer-Encoding: chunked", length=-1))
    error_of(answer, 400, "SG116")
    assert site.requests == []


@pytest.mark.parametrize(
    ("head", "code", "reason"),
    [
        ("Host: x\r\n", "SG101", "missing"),
        ("Host: x\r\nAuthorization: Basic Z3c6eA==\r\n", "SG102", "scheme"),
        ("Host: x\r\nAuthorization: Bearer of-nobody\r\n", "SG103", "unknown"),
    ],
)
async def test_nobody_without_a_token_gets_a_body_read(site, head, code, reason):
    request = f"POST /scim/v2/Users HTTP/1.1\r\n{head}Content-Length: 1000000\r\n\r\n".encode()
    began = time.monotonic()
    answer = await site.say(request, b"{")
    error_of(answer, 401, code)
    assert time.monotonic() - began < 8
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
    assert time.monotonic() - began < 8
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
    assert time.monotonic() - began < 8
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


async def test_a_head_gets_the_head_of_a_get_and_no_body(site):
    head, read = (f"{method} /scim/v2/Users HTTP/1.1\r\n{HEAD}\r\n".encode() for method in ("HEAD", "GET"))
    asked, whole = await site.say(head, seconds=1), await site.say(read)
    assert header_of(asked, "Content-Length") == header_of(whole, "Content-Length") != "0"
    assert asked.endswith(b"\r\n\r\n")
    assert not whole.endswith(b"\r\n\r\n")


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
