"""Bytes that are no HTTP, or HTTP that can be read in two ways."""

from rows import BEARER, USERS, Row, get, post
from wire import request

WIRES = {
    "no Host": Row(get(USERS, Host=None), (400,)),
    "two Hosts": Row(get(USERS).replace(b"Connection", b"Host: evil.example\r\nConnection"), (400,)),
    "a Host with markup": Row(get(USERS, Host='"><script>'), (400,)),
    "a Host with a path": Row(get(USERS, Host="gateway.example.com/evil"), (400,)),
    "a length and chunks": Row(post(b"{}", Transfer_Encoding="chunked"), (400,)),
    "two lengths": Row(post(b"{}").replace(b"Connection", b"Content-Length: 40\r\nConnection"), (400,)),
    "a negative length": Row(post(b"{}", Content_Length="-2"), (400,)),
    "a length in letters": Row(post(b"{}", Content_Length="two"), (400,)),
    "a length with a plus": Row(post(b"{}", Content_Length="+2"), (400,)),
    "chunks of no size": Row(
        request("POST", USERS, None, {**BEARER, "Transfer-Encoding": "chunked"}) + b"zz\r\n{}\r\n0\r\n\r\n", (400,)
    ),
    "an encoding of the transfer nobody knows": Row(
        post(b"{}", Content_Length=None, Transfer_Encoding="identity, frob"), (400, 501)
    ),
    "a header without a colon": Row(get(USERS).replace(b"Connection", b"Nonsense\r\nConnection"), (400,)),
    "a space before the colon": Row(get(USERS).replace(b"Connection: ", b"Connection : "), (400,)),
    "a folded header": Row(get(USERS).replace(b"Connection", b"X-A: 1\r\n  2\r\nConnection"), (400,)),
    "NUL in a header": Row(get(USERS).replace(b"Connection", b"X-A: a\x00b\r\nConnection"), (400,)),
    "a header of thirty thousand bytes": Row(get(USERS, X_A="a" * 30_000), (400, 431)),
    "two thousand headers": Row(
        get(USERS).replace(b"Connection", b"".join(b"X-%d: 1\r\n" % n for n in range(20_000)) + b"Connection"),
        (400, 431),
    ),
    "no HTTP": Row(b"EHLO mail.example.com\r\n\r\n", (400,)),
    "HTTP of the future": Row(get(USERS).replace(b"HTTP/1.1", b"HTTP/9.9"), (400, 505)),
    "a request line of four words": Row(get(USERS).replace(b" HTTP/1.1", b" and HTTP/1.1"), (400,)),
    "TLS": Row(bytes.fromhex("1603010200010001fc0303") + b"\x00" * 64 + b"\r\n\r\n", (400,)),
    "HTTP/2": Row(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400,)),
}
