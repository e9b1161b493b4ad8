"""Who is calling: a bearer token, known by its SHA-256 (RFC 6750, RFC 7644 section 2)."""

from collections.abc import Mapping
from hashlib import sha256

from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Caller

CHALLENGE = (("WWW-Authenticate", 'Bearer realm="scim"'),)
INVALID = (("WWW-Authenticate", 'Bearer realm="scim", error="invalid_token"'),)


def authenticate(headers: Mapping[str, str], callers: Mapping[str, Caller]) -> Caller:
    """The holder of the request's token. Header names are lower case. Raises a 401 Problem with a challenge."""
    token = read_token(headers.get("authorization", ""))
    caller = callers.get(sha256(token.encode("utf-8", "surrogateescape")).hexdigest())
    if caller is None:
        raise refuse_token("unknown")
    return caller


def read_token(header: str) -> str:
    """The token of an Authorization header; the scheme's letter case does not matter (RFC 9110 11.1)."""
    if not header.strip():
        raise Problem("SG101", headers=CHALLENGE, reason="missing")
    scheme, _, token = header.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer":
        raise Problem("SG102", headers=CHALLENGE, reason="scheme")
    if not token or " " in token:
        raise Problem("SG102", headers=CHALLENGE, reason="malformed")
    return token


def refuse_token(reason: str) -> Problem:
    """The same answer to a token nobody owns, to another tenant's, and for a tenant that does not exist."""
    return Problem("SG103", headers=INVALID, reason=reason)
