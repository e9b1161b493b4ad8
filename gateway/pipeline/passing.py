"""Names that records bear for a moment, while others exchange theirs: known for what they are, and nobody's own.

They are made of a secret and the primary's id, so that who bears one is found by it though everything else is
forgotten. Of an address the part behind the @ stays, as a backend may take no other.
"""

import hmac
from collections.abc import Iterator, Mapping

from gateway.lens.absence import read_at
from gateway.lens.kinds import LeafRule, keys_of
from gateway.lens.lens import Document
from gateway.pipeline.documents import read_attribute
from gateway.pipeline.following import Reference
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath

PREFIX = "passing-"
DIGITS = 24


def unique_names(there: Target) -> tuple[AttrPath, ...]:
    """The attributes of which the backend itself lets no two records have one value."""
    return tuple(path for path in there.resource.unique if path not in there.lens.kept)


def borne_in_passing(there: Target, record: Document) -> Iterator[str]:
    """The passing names that a record bears: it was put aside, and has no name of its own yet."""
    for path in unique_names(there):
        rule = there.lens.rules_by_keys.get(keys_of(path))
        value = read_at(record, rule.v) if isinstance(rule, LeafRule) else None
        if isinstance(value, str) and value.startswith(PREFIX):
            yield value


def passing_names(there: Target, one: Reference, wanted: Document) -> Mapping[AttrPath, str]:
    """What a resource is called for a moment in place of its unique names; nothing without a secret."""
    secrets, seat = there.tenant.seal.secrets, there.tenant
    names: dict[AttrPath, str] = {}
    for path in unique_names(there) if secrets else ():
        value = read_attribute(wanted, path)
        if isinstance(value, str):
            said = "\0".join((seat.name, seat.backend, one.type, one.native, str(path)))
            key = hmac.digest(secrets[0], b"scim-gateway: passing name", "sha256")
            _, at, domain = value.rpartition("@")
            digits = hmac.digest(key, said.encode(), "sha256").hex()[:DIGITS]
            names[path] = f"{PREFIX}{digits}{at}{domain if at else ''}"
    return names
