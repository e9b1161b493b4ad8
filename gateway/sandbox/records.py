"""What a pretend vendor remembers: its records, in memory, in the order they came."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from msgspec import Struct

from gateway.scim.names import fold


class Record(Struct):
    """One record: the attributes as stored (no `id`, `meta`, `schemas`), and what the vendor itself knows of it."""

    id: str
    document: dict[str, Any]
    created: datetime
    modified: datetime


def new_id() -> str:
    """A fresh random UUID."""
    return str(uuid4())


def read_clock() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


class Records:
    """Every record by endpoint (`Users`, `Groups`). Chance and time are given: tests may bring their own."""

    def __init__(self, mint: Callable[[], str] = new_id, clock: Callable[[], datetime] = read_clock) -> None:
        self._kinds: dict[str, dict[str, Record]] = {}
        self._mint = mint
        self.clock = clock

    def all(self, endpoint: str) -> list[Record]:
        """The records of one endpoint in order of creation."""
        return list(self._kinds.get(endpoint, {}).values())

    def get(self, endpoint: str, native_id: str) -> Record | None:
        """The record with that id."""
        return self._kinds.get(endpoint, {}).get(native_id)

    def find_by(self, endpoint: str, attribute: str, text: str) -> Record | None:
        """The record whose attribute is that text in any letter case."""
        wanted = fold(text)
        return next((each for each in self.all(endpoint) if fold(str(each.document.get(attribute))) == wanted), None)

    def add(self, endpoint: str, document: dict[str, Any], native_id: str | None = None) -> Record:
        """Keep a new record, under a fresh id where none is given."""
        now = self.clock()
        record = Record(native_id or self._mint(), document, now, now)
        self._kinds.setdefault(endpoint, {})[record.id] = record
        return record

    def change(self, record: Record, document: dict[str, Any]) -> Record:
        """Put a new document into a record; what changes nothing is no modification (RFC 7644 section 3.5.2.1)."""
        if document != record.document:
            record.document, record.modified = document, self.clock()
        return record

    def remove(self, endpoint: str, native_id: str) -> None:
        """Forget a record, and every membership that pointed at it."""
        del self._kinds[endpoint][native_id]
        for group in self.all("Groups"):
            members = group.document.get("members", [])
            kept = [each for each in members if each.get("value") != native_id]
            if len(kept) != len(members):
                self.change(group, {**group.document, "members": kept})

    def clear(self) -> None:
        """Forget everything."""
        self._kinds.clear()

    def __repr__(self) -> str:
        return f"Records({', '.join(f'{name}: {len(kept)}' for name, kept in self._kinds.items())})"
