"""JSON at the door: what RFC 8259 leaves open, and hostile senders use, is refused before anything reads it."""

import re
from json import JSONDecoder
from typing import Any, Final

from msgspec import DecodeError
from msgspec.json import Decoder, Encoder

from gateway.scim.errors import ScimError

MAX_DEPTH: Final = 64
_BOM: Final = b"\xef\xbb\xbf"
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))

_decode: Final = Decoder().decode
encode: Final = Encoder().encode


def encode_json(obj: object) -> bytes:
    """The object as compact UTF-8 JSON."""
    return encode(obj)


def decode_json(raw: bytes) -> Any:
    """The document; ScimError `invalidSyntax` for what is no JSON, no UTF-8, deeper than 64, ambiguous or too big.

    msgspec reads first and refuses bad UTF-8, lone surrogates, NaN and infinite numbers. Only then, over text known
    to be sound and shallow, a second reading looks for a key that is given twice, which msgspec lets pass.
    """
    body = raw.removeprefix(_BOM)
    if not body.strip():
        raise ScimError("invalidSyntax", "The body is empty.", "Send a JSON object.")
    try:
        document = _decode(body)
    except UnicodeDecodeError:
        raise ScimError("invalidSyntax", "The body is not UTF-8.", "Encode it as UTF-8.") from None
    except RecursionError:
        raise _too_deep() from None
    except DecodeError as error:
        place = re.search(r"\(byte (\d+)\)", str(error))
        where = f" at byte {place[1]}" if place else ""
        raise ScimError("invalidSyntax", f"The body is not valid JSON{where}.", "Check quotes and commas.") from None
    _check_depth(body)
    _UNAMBIGUOUS.decode(body.decode())
    return document


def _check_depth(body: bytes) -> None:
    """Peel the innermost pairs of brackets off, one level at a time; most documents are through after four."""
    if body.count(b"{") + body.count(b"[") <= MAX_DEPTH:
        return
    brackets = _STRING.sub(b"", body).translate(None, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        brackets = _PAIR.sub(b"", brackets)
        if not brackets:
            return
    raise _too_deep()


_PAIR: Final = re.compile(rb"\[\]|\{\}")


def _too_deep() -> ScimError:
    return ScimError("invalidSyntax", f"The body is nested deeper than {MAX_DEPTH} levels.", "SCIM needs four.")


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) > 1 and len({key for key, _ in pairs}) < len(pairs):
        raise ScimError("invalidSyntax", "An object of the body gives the same key twice.", "Send each key once.")


def _bounded(digits: str) -> None:
    if len(digits) > 18 and not -(2**63) <= int(digits[:40]) < 2**63:
        raise ScimError("invalidSyntax", "The body holds a whole number beyond 64 bits.", "Send it as text.")


_UNAMBIGUOUS: Final = JSONDecoder(object_pairs_hook=_distinct, parse_int=_bounded, parse_float=len)
