"""Reading a request's body: within a cap, within a time, and only as it is, never inflated."""

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.http import HttpVersion11
from msgspec import UNSET

from gateway.pipeline.limits import MAX_BODY
from gateway.pipeline.problems import Problem
from gateway.scim.errors import ScimError
from gateway.scim.messages import decode_json

BODY_SECONDS = 10.0
LARGE = 1_000_000  # bytes, above which decoding would be felt by others
CONTINUE = "100-continue"


class GoneError(Exception):
    """The client hung up before its body was whole."""


async def read_body(request: web.BaseRequest, most: int = MAX_BODY, seconds: float = BODY_SECONDS) -> bytes:
    """The body. Raises 413, 408, 415, 417 and 400 Problems, and GoneError."""
    refuse_encoding(request)
    refuse_expectation(request)
    if not request.body_exists:
        return b""
    if (request.content_length or 0) > most:
        raise too_large(most)
    await invite(request)
    try:
        async with asyncio.timeout(None if request.content.is_eof() else seconds):
            return await read_chunks(request, most)
    except TimeoutError:
        raise Problem("SG118") from None
    except web.RequestPayloadError:
        raise Problem("SG116", "The body is not framed as its head says.") from None
    except ConnectionError:
        raise GoneError from None


async def read_chunks(request: web.BaseRequest, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > most:
            raise too_large(most)
    return bytes(body)


async def decode_aside(body: bytes) -> Any:
    """The document of a large body, decoded in a thread so that nobody else waits for it; UNSET for a small one.

    UNSET also for one that cannot be decoded: the core says why.
    """
    if len(body) <= LARGE:
        return UNSET
    try:
        return await asyncio.to_thread(decode_json, body)
    except ScimError:
        return UNSET


def too_large(most: int) -> Problem:
    return Problem("SG117", f"The request body is larger than {most} bytes.")


def refuse_encoding(request: web.BaseRequest) -> None:
    """Compressed bodies are refused: SCIM clients send none, and bombs come that way (RFC 9110 15.5.16)."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        hint = "Send the body without Content-Encoding."
        raise Problem("SG113", "The body is compressed.", hint, headers=(("Accept-Encoding", "identity"),))


def refuse_expectation(request: web.BaseRequest) -> None:
    """Nothing but `100-continue` can be expected of us (RFC 9110 10.1.1)."""
    if expectation(request) not in ("", CONTINUE):
        raise Problem("SG152")


def expectation(request: web.BaseRequest) -> str:
    """What the client expects, in small letters; one of HTTP/1.0 expects nothing."""
    return request.headers.get("Expect", "").strip().lower() if request.version >= HttpVersion11 else ""


async def invite(request: web.BaseRequest) -> None:
    """Answer `Expect: 100-continue`, which aiohttp leaves to its router."""
    if expectation(request) == CONTINUE:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
