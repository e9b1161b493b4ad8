"""PATCH paths (RFC 7644 3.5.2, figure 7): `attr.sub`, `attr[filter]`, `attr[filter].sub`, or a bare schema URN."""

from collections.abc import Sequence

from msgspec import Struct

from gateway.scim.grammar import Parser, split_path
from gateway.scim.lenience import OURS, Lenience
from gateway.scim.terms import AttrPath, Filter, format_filter


class Path(Struct, frozen=True):
    """What an operation aims at. `where` selects values of a multi-valued attribute; its paths are relative to one."""

    target: AttrPath
    where: Filter | None = None


def parse_path(text: str, urns: Sequence[str] = (), *, lenience: Lenience = OURS) -> Path:
    """The path a text spells. ScimError `invalidPath`, or `invalidFilter` for the part in closed brackets (table 9)."""
    parser = Parser(text, urns, lenience=lenience, scim_type="invalidPath")
    target = split_path(parser.peek(), urns)
    if target is None:
        parser.refuse("an attribute name")
    parser.take()
    if target.attr is None or parser.peek() != "[":
        parser.expect_end("`[`, `.` or the end")
        return Path(target)
    where = _where(parser, target, closed="]" in text)
    if parser.peek():
        target = AttrPath(target.urn, target.attr, _sub(parser))
    parser.expect_end("the end")
    return Path(target, where)


def _where(parser: Parser, target: AttrPath, *, closed: bool) -> Filter:
    if closed and target.sub is None:
        parser.scim_type = "invalidFilter"
    try:
        return parser.brackets(target)
    finally:
        parser.scim_type = "invalidPath"


def _sub(parser: Parser) -> str | None:
    if not (parser.is_close() and parser.peek().startswith(".")):
        parser.refuse("`.` and the name of a sub-attribute, or the end")
    return parser.sub_path().attr


def format_path(path: Path) -> str:
    """The path as text; reading it again gives an equal path."""
    if path.where is None:
        return str(path.target)
    head = AttrPath(path.target.urn, path.target.attr, None)
    tail = f".{path.target.sub}" if path.target.sub else ""
    return f"{head}[{format_filter(path.where)}]{tail}"
