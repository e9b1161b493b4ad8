"""The grammar of RFC 7644 3.4.2.2 read by one regular expression and precedence climbing.

Length and depth are bounded before anything recurses, so hostile text costs no more than its own length.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, NoReturn, cast

from msgspec import DecodeError
from msgspec.json import decode

from gateway.scim.errors import ScimError
from gateway.scim.names import fold
from gateway.scim.terms import And, AttrPath, Compare, CompareOp, Filter, Literally, Not, Or, Present, Within

MAX_LENGTH: Final = 8192
MAX_DEPTH: Final = 20

OPERATORS: Final = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
_TOKEN: Final = re.compile(r'[ \t\r\n]*(?:([()\[\]])|("[^"\\]*(?:\\.[^"\\]*)*")|([^\s()\[\]"\x00-\x1f\x7f]+)|\Z)')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NAME: Final = re.compile(r"[A-Za-z$_][A-Za-z0-9$_-]*")
_URN: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-'*+,./0-9:;=?@A-Z_a-z~%-]+")
_BARE: Final = re.compile(r"[^\s'\"()\[\]]+")


class Token(NamedTuple):
    """A bracket, a string with its quotes, a word, or the end (`kind` is then `end`)."""

    kind: str
    text: str
    at: int
    glued: bool  # nothing stands between it and the token before


def scan(text: str) -> Iterator[Token]:
    """The tokens of a filter or path, the last of kind `end`; a stray quote or control character is refused."""
    at = 0
    while True:
        found = _TOKEN.match(text, at)
        if found is None:
            stray = len(text) - len(text[at:].lstrip(" \t\r\n"))
            raise ValueError(stray)
        kind = {1: "bracket", 2: "string", 3: "word", None: "end"}[found.lastindex]
        start = found.start(found.lastindex) if found.lastindex else len(text)
        yield Token(kind, found[found.lastindex] if found.lastindex else "", start, start == at)
        if kind == "end":
            return
        at = found.end()


def split_path(text: str, urns: Sequence[str] = ()) -> AttrPath | None:
    """`urn:attr.sub` taken apart; None when it is no attribute path.

    The longest declared URN prefix wins, since URNs hold dots and colons themselves; else the last `:` splits.
    """
    urn, rest = split_urn(text, urns)
    if urn is not None and not rest:
        return AttrPath(urn, None, None)
    attr, dot, sub = rest.partition(".")
    if not _NAME.fullmatch(attr) or (dot and not _NAME.fullmatch(sub)):
        return None
    return AttrPath(urn, attr, sub or None)


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
    return (urn, rest) if _URN.fullmatch(urn) else (None, text)


class Parser:
    """One reading of one text; `scim_type` says how its refusals are labelled."""

    def __init__(self, text: str, urns: Sequence[str], *, lenient: bool, scim_type: str = "invalidFilter") -> None:
        self.urns = urns
        self.lenient = lenient
        self.scim_type = scim_type
        self.depth = 0
        self.next = 0
        self.noun = "path" if scim_type == "invalidPath" else "filter"
        if len(text) > MAX_LENGTH:
            raise ScimError(scim_type, f"The {self.noun} is longer than {MAX_LENGTH} characters; ask for less at once.")
        try:
            self.tokens = list(scan(text))
        except ValueError as stray:
            self.refuse("a closing quote or a plain character", int(str(stray)))

    def refuse(self, expected: str, at: int | None = None) -> NoReturn:
        position = (self.peek().at if at is None else at) + 1
        raise ScimError(self.scim_type, f"The {self.noun} is not valid at position {position}: expected {expected}.")

    def peek(self) -> Token:
        return self.tokens[self.next]

    def take(self) -> Token:
        token = self.tokens[self.next]
        self.next += 1
        return token

    def at_word(self, word: str) -> bool:
        token = self.peek()
        return token.kind == "word" and fold(token.text) == word

    def at_bracket(self, bracket: str) -> bool:
        return self.peek()[:2] == ("bracket", bracket)

    def expect(self, bracket: str) -> None:
        if not self.at_bracket(bracket):
            self.refuse(f"`{bracket}`")
        self.take()

    def expect_end(self, expected: str) -> None:
        if self.peek().kind != "end":
            self.refuse(expected)

    # disjunction > conjunction > term: `not` binds tighter than `and`, `and` tighter than `or`
    def disjunction(self, *, inside: bool = False) -> Filter:
        return self._chain("or", lambda: self._chain("and", lambda: self.term(inside), And), Or)

    def _chain(self, word: str, read: Callable[[], Filter], join: type[And] | type[Or]) -> Filter:
        parts = [read()]
        while self.at_word(word):
            self.take()
            parts.append(read())
        return parts[0] if len(parts) == 1 else join(tuple(parts))

    def term(self, inside: bool) -> Filter:
        if self.at_bracket("("):
            return self.group(inside)
        negated = self.tokens[self.next + 1] if self.at_word("not") else None
        if negated is not None and fold(negated.text) not in OPERATORS | {"pr"}:
            self.take()
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
        if not self.at_bracket("["):
            return self.comparison(path)
        if inside:
            self.refuse("no value path inside a value path")
        where = self.brackets(path)
        token = self.peek()
        if not (token.kind == "word" and token.glued and token.text.startswith(".")):
            return Within(path, where)
        # Entra: emails[type eq "work"].value eq "x"
        added = self.comparison(self.sub_path())
        return Within(path, And((*(where.parts if isinstance(where, And) else (where,)), added)))

    def attr_path(self) -> AttrPath:
        token = self.peek()
        path = split_path(token.text, self.urns) if token.kind == "word" else None
        if path is None or path.attr is None:
            self.refuse("an attribute name")
        self.take()
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
        token = self.take()
        if not _NAME.fullmatch(token.text[1:]):
            self.refuse("the name of a sub-attribute", token.at)
        return AttrPath(None, token.text[1:], None)

    def comparison(self, path: AttrPath) -> Filter:
        token = self.peek()
        op = fold(token.text) if token.kind == "word" else ""
        if op == "pr":
            self.take()
            return Present(path)
        if op not in OPERATORS:
            self.refuse("one of the operators eq ne co sw ew gt ge lt le pr")
        self.take()
        return Compare(path, cast("CompareOp", op), self.literal())

    def literal(self) -> Literally:
        token = self.peek()
        if token.kind == "string":
            value: Literally = self._decoded(token)
        elif token.kind == "word":
            value = self._bare(token)
        else:
            self.refuse("a value, text in double quotes")
        self.take()
        return value

    def _decoded(self, token: Token) -> str:
        try:
            return decode(token.text.encode(), type=str)
        except (DecodeError, UnicodeError):
            self.refuse("a JSON string", token.at)

    def _bare(self, token: Token) -> Literally:
        word = fold(token.text) if self.lenient else token.text
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        if _NUMBER.fullmatch(token.text):
            return self._number(token)
        if not (self.lenient and _BARE.fullmatch(token.text)):
            self.refuse("true, false, null, a number, or text in double quotes")
        return token.text

    def _number(self, token: Token) -> int | float:
        try:
            return decode(token.text.encode(), type=int | float)
        except DecodeError:
            self.refuse("a number within range", token.at)
