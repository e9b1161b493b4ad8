"""Diagnostics: what is wrong with a file, where, and what to write instead."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

from msgspec import Struct

from gateway.mapping.codes import CODES

Level = Literal["error", "warning", "note"]
MOST_NAMES = 30
_LEVELS: dict[str, Level] = {"E": "error", "W": "warning", "N": "note"}


class Place(Struct, frozen=True):
    """A position in a file; lines and columns start at 1, 0 is unknown."""

    file: str
    line: int = 0
    column: int = 0


class Diagnostic(Struct, frozen=True):
    """One complaint. The first letter of the code tells the level: E error, W warning, N note."""

    code: str
    message: str
    place: Place
    hint: str = ""

    @property
    def level(self) -> Level:
        return _LEVELS[self.code[0]]

    def __str__(self) -> str:
        return format_diagnostic(self)


class MappingError(Exception):
    """A file that cannot be used. Holds every diagnostic, not only the first error."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(format_diagnostic(one) for one in self.diagnostics))


class Diagnosis:
    """Collects complaints, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def add(self, code: str, message: str, place: Place, hint: str = "") -> None:
        """One more complaint; without a hint of its own it says what helps against its kind."""
        if not hint and not code.startswith("N") and code in CODES:
            hint = CODES[code][1].replace("`", "").rstrip(".")
            hint = hint[0].lower() + hint[1:]
        self.diagnostics.append(Diagnostic(code, message, place, hint))

    @property
    def has_errors(self) -> bool:
        return self.has_errors_since(0)

    def has_errors_since(self, since: int) -> bool:
        """Is there an error from complaint number `since` on?"""
        return any(one.level == "error" for one in self.diagnostics[since:])

    def was_understood(self, since: int) -> bool:
        """Is there no complaint from number `since` on that something could not be read (E1) or fitted (E2)?"""
        return not any(one.level == "error" and one.code < "E3" for one in self.diagnostics[since:])

    def stop_on_errors(self) -> None:
        """Raise MappingError when an error was found."""
        if self.has_errors:
            raise MappingError(self.diagnostics)


def format_diagnostic(one: Diagnostic) -> str:
    """`file:line:column: error E104: message` and, on a line of its own, the hint."""
    place = one.place
    where = f"{place.file}:{place.line}:{place.column}" if place.line else place.file
    hint = f"\n    hint: {one.hint}" if one.hint else ""
    return f"{where}: {one.level} {one.code}: {one.message}{hint}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a writer of `name` most likely meant."""
    by_fold = {one.casefold(): one for one in known}
    close = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint sentence: the nearest name, else the list of what is known, cut where nobody would read on."""
    names = sorted(set(known))
    close = nearest(name, names)
    if close:
        return f"did you mean {close}?"
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"known: {', '.join(names[:MOST_NAMES])}{more}"
