"""What the tests of the state stores share: a secret, and keys."""

from typing import Any

from gateway.conversation.effects import Key

SECRET = b"0123456789abcdef0123456789abcdef"


def key(name: str = "userName=bjensen", tenant: str = "acme", backend: str = "cube", kind: Any = "correlation") -> Key:
    return Key(kind, tenant, backend, "User", name)
