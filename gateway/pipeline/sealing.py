"""Short texts that only this gateway can write and read: encrypted, authenticated, and bound to what they are good for.

Synthetic initialization vectors (the construction of RFC 5297) with HMAC-SHA256 for both of its parts: the tag over
everything that is said also begins the key stream. It needs no chance, and no two texts share a stream.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from msgspec import Struct

TAG_BYTES = 16
BLOCK_BYTES = 32


class Seal(Struct, frozen=True):
    """Secrets of 32 bytes or more, the newest first: it closes, each of them opens. Without one nothing is opened."""

    secrets: tuple[bytes, ...] = ()

    def __repr__(self) -> str:
        return f"Seal({len(self.secrets)} secrets)"


def close(seal: Seal, text: bytes, bound: bytes) -> str:
    """The text, sealed, in RFC 3986's unreserved characters. It opens only with the same `bound`."""
    secret = seal.secrets[0]
    tag = _tag(secret, text, bound)
    return _write(tag + _mix(secret, tag, text))


def open_(seal: Seal, sealed: str, bound: bytes) -> bytes | None:
    """The text; None when it was not sealed here, or not for this."""
    try:
        raw = urlsafe_b64decode(sealed.encode("ascii") + b"=" * (-len(sealed) % 4))
    except (Error, UnicodeEncodeError):
        return None
    if _write(raw) != sealed:  # characters that mean nothing were passed over
        return None
    tag, mixed = raw[:TAG_BYTES], raw[TAG_BYTES:]
    for secret in seal.secrets:
        text = _mix(secret, tag, mixed)
        if hmac.compare_digest(tag, _tag(secret, text, bound)):
            return text
    return None


def _write(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _tag(secret: bytes, text: bytes, bound: bytes) -> bytes:
    key = hmac.digest(secret, b"scim-gateway: cursor, tag", "sha256")
    return hmac.digest(key, len(bound).to_bytes(8, "big") + bound + text, "sha256")[:TAG_BYTES]


def _mix(secret: bytes, tag: bytes, text: bytes) -> bytes:
    """The text and the key stream that begins with this tag, one over the other; twice is nothing."""
    key = hmac.digest(secret, b"scim-gateway: cursor, stream", "sha256")
    blocks = range(-(-len(text) // BLOCK_BYTES))
    stream = b"".join(hmac.digest(key, tag + number.to_bytes(4, "big"), "sha256") for number in blocks)
    return bytes(one ^ other for one, other in zip(text, stream, strict=False))
