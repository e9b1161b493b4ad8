"""What became of the leaves of a document: counted from what was really sent, never from what a mapping promises."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from gateway.lens.lens import Document
from gateway.scim.names import ENTERPRISE

_SHORT = {ENTERPRISE: "enterprise"}


class Tally(Struct, frozen=True):
    """Names of attributes by what became of them on the way to the vendor, and what only the answer shows.

    `cut` holds lists that are carried in part, `kept` what the gateway keeps itself because the vendor cannot.
    """

    carried: tuple[str, ...]
    changed: tuple[str, ...]
    cut: tuple[str, ...]
    filled: tuple[str, ...]
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    shown: tuple[str, ...]


MADE = ("meta.location", "meta.version")  # of every answer, whatever the vendor


def tally(client: Document, vendor: Document, shown: Document, answered: Document) -> Tally:
    """`client` became `vendor`; `answered` came back and the client was shown `shown`."""
    sent, got, seen, back = (leaves_of(one) for one in (client, vendor, shown, answered))
    kept = tuple(name for name in sent if name not in got and name not in back and seen.get(name) == sent[name])
    cut = tuple(name for name in sent if is_part(got.get(name, []), sent[name]))
    return Tally(
        carried=tuple(name for name in sent if got.get(name) == sent[name]),
        changed=tuple(name for name in sent if name in got and got[name] != sent[name] and name not in cut),
        cut=tuple(dict.fromkeys(name.partition(".")[0] for name in cut)),
        filled=tuple(name for name in got if name not in sent),
        kept=kept,
        dropped=tuple(name for name in sent if name not in got and name not in kept),
        shown=tuple(name for name in seen if name not in back and name not in kept and name not in MADE),
    )


def is_part(got: list[Any], sent: list[Any]) -> bool:
    """Are these some, but not all, of the values that were sent?"""
    return 0 < len(got) < len(sent) and all(one in sent for one in got)


def leaves_of(document: Document) -> dict[str, list[Any]]:
    """Dotted names of every leaf but `schemas`, with all values found there."""
    found: dict[str, list[Any]] = {}
    for name, value in walk(document, ""):
        found.setdefault(name, []).append(value)
    return found


def walk(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if name or key != "schemas":
                short = _SHORT.get(str(key), str(key))
                yield from walk(inner, f"{name}.{short}" if name else short)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for one in value:
            yield from walk(one, name)
    else:
        yield name, value
