"""Every requirement that falls on the gateway, in our own words. The ids are ours; the sections are the RFCs'."""

from matrix_rows_protocol import ROWS as PROTOCOL
from matrix_rows_schema import ROWS as SCHEMA
from msgspec import Struct

DOCUMENTS = {"P": "RFC 7644", "S": "RFC 7643", "C": "RFC 9865", "E": "RFC 9967", "D": "profiles"}


class Requirement(Struct, frozen=True):
    """One row. `level` is the word of RFC 2119, or in parentheses what stands in for it."""

    id: str
    section: str
    level: str
    text: str

    @property
    def document(self) -> str:
        return DOCUMENTS[self.id[0]]


def read_rows(text: str) -> list[Requirement]:
    return [Requirement(*line.split(" | ", 3)) for line in text.strip().splitlines()]


REQUIREMENTS = {row.id: row for row in (*read_rows(PROTOCOL), *read_rows(SCHEMA))}
