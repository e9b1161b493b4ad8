"""Names of entries in a shared store: tenant and backend in the clear, everything personal behind a keyed hash.

`scimgw:1:{tenant|backend}:kind:hmac`. The braces are a hash tag: one backend's entries of one tenant lie in one slot
of a Redis Cluster, so that they can be asked for together.
"""

import hmac
from collections.abc import Sequence

from gateway.conversation.effects import Key

PREFIX = "scimgw:1"


class Namer:
    """Derives stored names with the newest secret, and with older ones while a secret is being rotated."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self.secrets = tuple(secrets)

    def tag(self, key: Key) -> str:
        """What all entries of one tenant at one backend share."""
        return tag_of((key.tenant, key.backend))

    def name(self, key: Key) -> str:
        """The name an entry is saved under."""
        return self.names(key)[0]

    def names(self, key: Key) -> tuple[str, ...]:
        """Every name an entry may lie under, the newest first."""
        if key.kind == "lying":
            return (self.mark_prefix((key.tenant, key.backend)) + key.name,) * len(self.secrets)
        personal = f"{key.resource}\0{key.name}".encode("utf-8", "surrogatepass")
        hashes = (hmac.digest(secret, personal, "sha256").hex() for secret in self.secrets)
        return tuple(f"{PREFIX}:{self.tag(key)}:{key.kind}:{digest}" for digest in hashes)

    def agenda(self, pair: tuple[str, str]) -> tuple[str, str]:
        """Of one backend of a tenant: when its marks are due, and since when they wait."""
        return f"{PREFIX}:{tag_of(pair)}:agenda", f"{PREFIX}:{tag_of(pair)}:waiting"

    def mark_prefix(self, pair: tuple[str, str]) -> str:
        """How the names of its marks begin; the hash follows."""
        return f"{PREFIX}:{tag_of(pair)}:mark:"


def tag_of(pair: tuple[str, str]) -> str:
    tenant, backend = pair
    return f"{{{tenant}|{backend}}}"
