"""The one error of this room, and the HTTP status that belongs to each `scimType` (RFC 7644 table 9)."""

from typing import Final

STATUS: Final[dict[str, int]] = {
    "invalidFilter": 400,
    "tooMany": 400,
    "uniqueness": 409,  # table 9 lists 400 too; RFC 7644 3.3 says 409, and clients look for it
    "mutability": 400,
    "invalidSyntax": 400,
    "invalidPath": 400,
    "noTarget": 400,
    "invalidValue": 400,
    "invalidVers": 400,
    "sensitive": 403,
    "invalidCursor": 400,  # RFC 9865
    "expiredCursor": 400,
    "invalidCount": 400,
}


class ScimError(Exception):
    """A client's document or query that the standard refuses.

    `detail` and `hint` name attributes and say what to do; they never repeat a value the client sent. `at` is the
    place in a text that cannot be read, from 0.
    """

    def __init__(self, scim_type: str | None, detail: str, hint: str = "", *, at: int | None = None) -> None:
        super().__init__(f"{scim_type}: {detail}")
        self.scim_type = scim_type
        self.detail = detail
        self.hint = hint
        self.at = at

    @property
    def status(self) -> int:
        """The HTTP status of RFC 7644 table 9; 400 where the RFC has no keyword."""
        return STATUS.get(self.scim_type or "", 400)
