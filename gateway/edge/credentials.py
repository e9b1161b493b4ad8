"""A backend's credentials: from secrets to the headers of one call.

OAuth2 tokens (client credentials, RFC 6749 4.4) are fetched once for all who wait, and used until shortly before they
expire.
"""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, Protocol

from msgspec import Struct

from gateway.edge.ports import Clock
from gateway.edge.secrets import Secret, SecretError, read_secret

Headers = dict[str, str]
DEFAULT_LIFE = 300.0
LIFE_USED = 0.8


class Bearer(Struct, frozen=True):
    """`Authorization: Bearer <secret>`."""

    secret: Secret


class Basic(Struct, frozen=True):
    """RFC 7617."""

    user: str
    password: Secret


class Header(Struct, frozen=True):
    """A header of one's own; `{secret}` in the template is replaced."""

    name: str
    value: Secret
    template: str = "{secret}"


class OAuth2(Struct, frozen=True):
    """Client credentials at a token endpoint."""

    token_url: str
    client_id: str
    client_secret: Secret
    scope: str = ""


Auth = Bearer | Basic | Header | OAuth2 | None


class CredentialError(Exception):
    """The credential cannot be had, so nothing was sent. `reason`: it is missing or refused, or its giver is away."""

    def __init__(self, text: str, reason: Literal["credentials", "connect", "timeout"] = "credentials") -> None:
        super().__init__(text)
        self.reason = reason


class Credential(Protocol):
    """What the transport asks before each call."""

    @property
    def is_at_hand(self) -> bool:
        """Are the headers had without waiting for anybody?"""

    async def headers(self) -> Headers:
        """The headers to add. Raises CredentialError."""

    def refuse(self, sent: Headers) -> bool:
        """The backend answered 401 to these. True when a fresh credential may be tried."""


class Fixed:
    """Bearer, basic, a header of one's own, or nothing: read from its secret at every call."""

    def __init__(self, auth: Bearer | Basic | Header | None) -> None:
        self.auth = auth
        self.is_at_hand = True

    async def headers(self) -> Headers:
        try:
            return fixed_headers(self.auth)
        except SecretError as error:
            raise CredentialError(str(error)) from None

    def refuse(self, sent: Headers) -> bool:
        return False


def fixed_headers(auth: Bearer | Basic | Header | None) -> Headers:
    """Headers of a scheme that needs no call of its own. Raises SecretError."""
    match auth:
        case Bearer(secret=secret):
            return {"Authorization": f"Bearer {read_secret(secret)}"}
        case Basic(user=user, password=password):
            pair = f"{user}:{read_secret(password)}".encode()
            return {"Authorization": f"Basic {b64encode(pair).decode()}"}
        case Header(name=name, value=value, template=template):
            return {name: template.replace("{secret}", read_secret(value))}
        case None:
            return {}


Fetch = Callable[[OAuth2], Awaitable[Mapping[str, Any]]]


class Fetched:
    """An OAuth2 token, fetched by one for all."""

    def __init__(self, auth: OAuth2, fetch: Fetch, clock: Clock) -> None:
        self.auth = auth
        self.fetch = fetch
        self.clock = clock
        self.token = ""
        self.renew_at = 0.0
        self.expires = 0.0
        self.fetching: asyncio.Task[None] | None = None

    @property
    def is_at_hand(self) -> bool:
        return bool(self.token) and self.clock() < self.renew_at

    async def headers(self) -> Headers:
        if not self.is_at_hand:
            await self.refresh()
        return {"Authorization": f"Bearer {self.token}"}

    async def refresh(self) -> None:
        """Join the fetch under way or start one; an old token that still holds bridges a failing endpoint."""
        if self.fetching is None:
            self.fetching = asyncio.create_task(self.renew())
            self.fetching.add_done_callback(self.end)
        try:
            await asyncio.shield(self.fetching)
        except CredentialError:
            if not self.token or self.clock() >= self.expires:
                raise

    def end(self, task: asyncio.Task[None]) -> None:
        self.fetching = None
        if not task.cancelled():
            task.exception()

    async def renew(self) -> None:
        answer = await self.fetch(self.auth)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
            raise CredentialError("the token endpoint's answer has no access_token")
        life = life_of(answer.get("expires_in"))
        self.token = token
        self.renew_at = self.clock() + life * LIFE_USED
        self.expires = self.clock() + life

    def refuse(self, sent: Headers) -> bool:
        if sent.get("Authorization") == f"Bearer {self.token}":
            self.token = ""
        return True


def life_of(expires_in: Any) -> float:
    """Seconds a token lives; five minutes when the endpoint does not say so or says nonsense."""
    try:
        life = float(expires_in)
    except (TypeError, ValueError):
        return DEFAULT_LIFE
    return life if 0 < life < 10_000_000 else DEFAULT_LIFE


def make_credential(auth: Auth, fetch: Fetch, clock: Clock) -> Credential:
    """The credential that belongs to a scheme."""
    return Fetched(auth, fetch, clock) if isinstance(auth, OAuth2) else Fixed(auth)
