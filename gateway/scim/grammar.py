"""The grammar of RFC 7644 3.4.2.2 read by one regular expression and precedence climbing.

Length and depth are bounded before anything recurses, so hostile text costs no more than its own length.
"""

import re
from collections.abc import Sequence
from typing import Final, NoReturn, cast

from msgspec import DecodeError
from msgspec.json import decode

from gateway.scim.errors import ScimError
from gateway.scim.lenience import Lenience
from gateway.scim.names import fold
from gateway.scim.terms import And, AttrPath, Compare, CompareOp, Filter, Literally, Not, Or, Present, Within

MAX_LENGTH: Final = 8192
MAX_DEPTH: Final = 20
LONGEST_WORD = 12  # what is longer is rather a value than an operator, and is not repeated

_EXPRESSIONS: Final = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"})
_BRACKETS: Final = frozenset("()[]")
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
# Blanks and what follows them: a bracket, a string with its quotes, a word, or the end.
_TOKEN: Final = re.compile(r'([ \t\r\n]*)([()\[\]]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s()\[\]"\x00-\x1f\x7f]+|\Z)')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NAME: Final = re.compile(r"[A-Za-z$_][A-Za-z0-9$_-]*")
_NAMES: Final = re.compile(rf"({_NAME.pattern})(?:\.({_NAME.pattern}))?")
_URN: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-'*+,./0-9:;=?@A-Z_a-z~%-]+")
_BARE: Final = re.compile(r"[^\s'\"()\[\]]+")


def is_word(token: str) -> bool:
    """No bracket, no string, and not the end."""
    return token != "" and token[0] != '"' and token not in _BRACKETS


def split_path(text: str, urns: Sequence[str] = ()) -> AttrPath | None:
    """`urn:attr.sub` taken apart; None when it is no attribute path.

    The longest declared URN prefix wins, since URNs hold dots and colons themselves; else the last `:` splits.
    """
    found = _NAMES.fullmatch(text)
    if found is not None:
        return AttrPath(None, found[1], found[2])
    urn, rest = split_urn(text, urns)
    if urn is not None and not rest:
        return AttrPath(urn, None, None)
    found = _NAMES.fullmatch(rest)
    return None if found is None else AttrPath(urn, found[1], found[2])


def split_urn(text: str, urns: Sequence[str]) -> tuple[str | None, str]:
    """The URN before a name, and the name; None where there is no URN."""
    if ":" not in text:
        return None, text
    folded = fold(text)
    for urn in sorted(urns, key=len, reverse=True):
        if folded == fold(urn):
            return urn, ""
        if folded.startswith(fold(urn) + ":"):
            return urn, text[len(urn) + 1 :]
    urn, _, rest = text.rpartition(":")
    return (urn, rest) if rest and _URN.fullmatch(urn) else (None, text)


class Parser:
    """One reading of one text; `scim_type` says how its refusals are labelled.

    `tokens` are texts whose first character tells what they are; the last one is empty. `gaps` are the blanks before.
    """

    def __init__(self, text: str, urns: Sequence[str], *, lenience: Lenience, scim_type: str = "invalidFilter") -> None:
        self.urns = urns
        self.lenience = lenience
        self.scim_type = scim_type
        self.depth = 0
        self.next = 0
        self.noun = "path" if scim_type == "invalidPath" else "filter"
        if len(text) > MAX_LENGTH:
            raise ScimError(scim_type, f"The {self.noun} is longer than {MAX_LENGTH} characters; ask for less at once.")
        found = _TOKEN.findall(text)
        self.gaps: list[str] = [gap for gap, _ in found]
        self.tokens: list[str] = [token for _, token in found]
        if len("".join(self.gaps)) + len("".join(self.tokens)) != len(text):
            self.refuse_stray(text)

    def refuse_stray(self, text: str) -> NoReturn:
        """A quote that is not closed or a control character: what no token can hold."""
        at = 0
        while (found := _TOKEN.match(text, at)) is not None:
            at = found.end()
        stray = len(text) - len(text[at:].lstrip(" \t\r\n"))
        self.refuse_at(stray, "a closing quote or a plain character")

    def refuse(self, expected: str, token: int | None = None) -> NoReturn:
        """The refusal of a token by its number, of the next one unless it is given."""
        number = self.next if token is None else token
        before = sum(map(len, self.gaps[: number + 1])) + sum(map(len, self.tokens[:number]))
        self.refuse_at(before, expected)

    def refuse_at(self, at: int, expected: str) -> NoReturn:
        raise ScimError(
            self.scim_type, f"The {self.noun} is not valid at position {at + 1}: expected {expected}.", at=at
        )

    def peek(self) -> str:
        return self.tokens[self.next]

    def take(self) -> str:
        token = self.tokens[self.next]
        self.next += 1
        return token

    def at_word(self, word: str) -> bool:
        token = self.tokens[self.next]
        return token == word or fold(token) == word

    def is_close(self) -> bool:
        """Does nothing stand between the next token and the one before?"""
        return not self.gaps[self.next]

    def expect(self, bracket: str) -> None:
        if self.tokens[self.next] != bracket:
            self.refuse(f"`{bracket}`")
        self.next += 1

    def expect_end(self, expected: str) -> None:
        if self.peek():
            self.refuse(expected)

    # disjunction > conjunction > term: `not` binds tighter than `and`, `and` tighter than `or`
    def disjunction(self, *, inside: bool = False) -> Filter:
        first = self.conjunction(inside)
        if not self.at_word("or"):
            return first
        parts = [first]
        while self.at_word("or"):
            self.next += 1
            parts.append(self.conjunction(inside))
        return Or(tuple(parts))

    def conjunction(self, inside: bool) -> Filter:
        first = self.term(inside)
        if not self.at_word("and"):
            return first
        parts = [first]
        while self.at_word("and"):
            self.next += 1
            parts.append(self.term(inside))
        return And(tuple(parts))

    def term(self, inside: bool) -> Filter:
        if self.tokens[self.next] == "(":
            return self.group(inside)
        if self.at_word("not") and fold(self.tokens[self.next + 1]) not in _EXPRESSIONS:
            self.next += 1
            return Not(self.group(inside))
        return self.expression(inside)

    def group(self, inside: bool) -> Filter:
        self.expect("(")
        self.deepen()
        part = self.disjunction(inside=inside)
        self.depth -= 1
        self.expect(")")
        return part

    def deepen(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"at most {MAX_DEPTH} levels of brackets")

    def expression(self, inside: bool) -> Filter:
        path = self.attr_path()
        if self.tokens[self.next] != "[":
            return self.comparison(path)
        if inside:
            self.refuse("no value path inside a value path")
        where = self.brackets(path)
        followed = self.is_close() and self.peek().startswith(".")
        if not followed and fold(self.peek()) not in _EXPRESSIONS:
            return Within(path, where)
        self.lenience.require("path-in-filter", "The filter")
        added = self.comparison(self.sub_path() if followed else AttrPath(None, "value"))
        return Within(path, And((*(where.parts if isinstance(where, And) else (where,)), added)))

    def attr_path(self) -> AttrPath:
        path = split_path(self.tokens[self.next], self.urns)
        if path is None or path.attr is None:
            self.refuse("an attribute name")
        self.next += 1
        return path

    def brackets(self, path: AttrPath) -> Filter:
        if path.sub is not None:
            self.refuse("a value path on the attribute itself")
        self.expect("[")
        self.deepen()
        where = self.disjunction(inside=True)
        self.depth -= 1
        self.expect("]")
        return where

    def sub_path(self) -> AttrPath:
        """The `.value` after a closing bracket."""
        name = self.take()[1:]
        if not _NAME.fullmatch(name):
            self.refuse("the name of a sub-attribute", self.next - 1)
        return AttrPath(None, name, None)

    def comparison(self, path: AttrPath) -> Filter:
        token = self.tokens[self.next]
        op = token if token in _EXPRESSIONS else fold(token)
        if op not in _EXPRESSIONS:
            named = f", not `{token}`" if token.isalpha() and len(token) <= LONGEST_WORD else ""
            self.refuse(f"one of the operators eq ne co sw ew gt ge lt le pr{named}")
        self.next += 1
        return Present(path) if op == "pr" else Compare(path, cast("CompareOp", op), self.literal())

    def literal(self) -> Literally:
        token = self.tokens[self.next]
        if token.startswith('"'):
            value: Literally = self._decoded(token)
        elif is_word(token):
            value = self._bare(token)
        else:
            self.refuse("a value, text in double quotes")
        self.next += 1
        return value

    def _decoded(self, token: str) -> str:
        if "\\" not in token and token.isascii() and token.isprintable():
            return token[1:-1]
        try:
            return decode(token.encode(), type=str)
        except (DecodeError, UnicodeError):
            self.refuse("a JSON string")

    def _bare(self, token: str) -> Literally:
        word = fold(token) if self.lenience.allows("constant-letter-case") else token
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        if _NUMBER.fullmatch(token):
            return self._number(token)
        if not (self.lenience.allows("unquoted-value") and _BARE.fullmatch(token)):
            self.refuse("true, false, null, a number, or text in double quotes")
        return token

    def _number(self, token: str) -> int | float:
        try:
            return decode(token.encode(), type=int | float)
        except DecodeError:
            self.refuse("a number within range")
