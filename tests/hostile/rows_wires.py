"""Bytes that are no HTTP, or HTTP that can be read in two ways."""

from rows import BEARER, USERS, Row, get, post
from wire import request


def chunked(body: bytes) -> bytes:
    """A POST whose body is these bytes, which may be chunks."""
    return request("POST", USERS, None, {**BEARER, "Transfer-Encoding": "chunked"}) + body


WIRES = {
    "no Host": Row(get(USERS, Host=None), "SG116"),
    "two Hosts": Row(get(USERS).replace(b"Connection", b"Host: evil.example\r\nConnection"), "SG116"),
    "a Host with markup": Row(get(USERS, Host='"><script>'), "SG116"),
    "a Host with a path": Row(get(USERS, Host="gateway.example.com/evil"), "SG116"),
    "a length and chunks": Row(post(b"{}", Transfer_Encoding="chunked"), "SG116"),
    "two lengths": Row(post(b"{}").replace(b"Connection", b"Content-Length: 40\r\nConnection"), "SG116"),
    "a negative length": Row(post(b"{}", Content_Length="-2"), "SG116"),
    "a length in letters": Row(post(b"{}", Content_Length="two"), "SG116"),
    "a length with a plus": Row(post(b"{}", Content_Length="+2"), "SG116"),
    "chunks of no size": Row(
        request("POST", USERS, None, {**BEARER, "Transfer-Encoding": "chunked"}) + b"zz\r\n{}\r\n0\r\n\r\n", "SG116"
    ),
    "an encoding of the transfer nobody knows": Row(
        post(b"{}", Content_Length=None, Transfer_Encoding="identity, frob"), "SG116"
    ),
    "a header without a colon": Row(get(USERS).replace(b"Connection", b"Nonsense\r\nConnection"), "SG116"),
    "a space before the colon": Row(get(USERS).replace(b"Connection: ", b"Connection : "), "SG116"),
    "a folded header": Row(get(USERS).replace(b"Connection", b"X-A: 1\r\n  2\r\nConnection"), "SG116"),
    "NUL in a header": Row(get(USERS).replace(b"Connection", b"X-A: a\x00b\r\nConnection"), "SG116"),
    "a header of thirty thousand bytes": Row(get(USERS, X_A="a" * 30_000), "SG151"),
    "two thousand headers": Row(
        get(USERS).replace(b"Connection", b"".join(b"X-%d: 1\r\n" % n for n in range(20_000)) + b"Connection"),
        "SG151",
    ),
    "no HTTP": Row(b"EHLO mail.example.com\r\n\r\n", "SG116"),
    "HTTP of the future": Row(get(USERS).replace(b"HTTP/1.1", b"HTTP/9.9"), "SG116"),
    "a request line of four words": Row(get(USERS).replace(b" HTTP/1.1", b" and HTTP/1.1"), "SG116"),
    "TLS": Row(bytes.fromhex("1603010200010001fc0303") + b"\x00" * 64 + b"\r\n\r\n", "SG116"),
    "HTTP/2": Row(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "SG116"),
    "a chunk beyond all measure": Row(chunked(b"FFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n"), "SG116"),
    "a chunk below nothing": Row(chunked(b"-2\r\n{}\r\n0\r\n\r\n"), "SG116"),
    "a chunk with a sign": Row(chunked(b"+2\r\n{}\r\n0\r\n\r\n"), "SG116"),
    "a chunk longer than it says": Row(chunked(b"1\r\n{}\r\n0\r\n\r\n"), "SG116"),
    "a chunk that ends in a line feed": Row(chunked(b"2\n{}\r\n0\r\n\r\n"), "SG116"),
    "chunks twice": Row(request("POST", USERS, None, {**BEARER, "Transfer-Encoding": "chunked, chunked"}), "SG116"),
    "chunks, and compressed": Row(
        request("POST", USERS, None, {**BEARER, "Transfer-Encoding": "chunked, gzip"}), "SG116"
    ),
    "chunks and a length that hides": Row(
        post(b"0\r\n\r\n").replace(b"Content-Length", b"Transfer-Encoding: chunked\r\ncontent-length"), "SG116"
    ),
    "chunks behind a tab": Row(
        post(b"{}").replace(b"Connection", b"Transfer-Encoding:\tchunked\r\nConnection"), "SG116"
    ),
    "lengths in a list": Row(post(b"{}", Content_Length="2, 2"), "SG116"),
    "a length to the base of sixteen": Row(post(b"{}", Content_Length="0x2"), "SG116"),
    "a length of thirty digits": Row(post(b"{}", Content_Length="9" * 30), "SG116"),
    "an empty length": Row(post(b"{}", Content_Length=""), "SG116"),
    "an empty Host": Row(get(USERS, Host=""), "SG116"),
    "a Host with a user": Row(get(USERS, Host="gateway.example.com@evil.example"), "SG116"),
    "a Host with a blank": Row(get(USERS, Host="a b"), "SG116"),
    "a Host of three hundred letters": Row(get(USERS, Host="h" * 300), "SG116"),
    "HTTP/1.0 without a Host": Row(get(USERS, Host=None).replace(b"HTTP/1.1", b"HTTP/1.0"), "SG116"),
    "HTTP/0.9": Row(b"GET " + USERS.encode() + b"\r\n\r\n", "SG101"),
    "a method in small letters": Row(get(USERS).replace(b"GET", b"get"), "SG116"),
    "a method with NUL": Row(get(USERS).replace(b"GET", b"G\x00T"), "SG116"),
    "a tab after the method": Row(get(USERS).replace(b"GET ", b"GET\t"), "SG116"),
    "NUL in the target": Row(get(USERS.encode() + b"\x00"), "SG116"),
    "a header of no name": Row(get(USERS).replace(b"Connection", b": x\r\nConnection"), "SG116"),
    "a header with a carriage return": Row(get(USERS).replace(b"Connection", b"X-A: a\rb\r\nConnection"), "SG116"),
    "a name of other letters": Row(get(USERS).replace(b"Connection", b"X-\xc3\xa9: a\r\nConnection"), "SG116"),
    "two Content-Types": Row(post(b"{}").replace(b"Connection", b"Content-Type: text/plain\r\nConnection"), "SG116"),
    "an expectation nobody meets": Row(post(b"{}", Expect="200-maybe"), "SG152"),
    "an expectation and one more": Row(post(b"{}", Expect="100-continue, tea"), "SG152"),
    "an expectation without a body": Row(get(USERS, Expect="a miracle"), "SG152"),
    "a name of a header of thirty thousand bytes": Row(
        get(USERS).replace(b"Connection", b"X-" + b"a" * 30_000 + b": 1\r\nConnection"), "SG151"
    ),
    "a hundred and thirty headers": Row(
        get(USERS).replace(b"Connection", b"".join(b"X-%d: 1\r\n" % n for n in range(130)) + b"Connection"), "SG151"
    ),
    "a URL of nine thousand bytes": Row(get(f"{USERS}?x={'y' * 9_000}"), "SG150"),
}
