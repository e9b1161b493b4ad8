"""Templates: a text with holes, `{name.givenName|word}`. `{{` and `}}` are literal braces, `{path?}` may be absent."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from gateway.lens.holes import Hole, Template
from gateway.lens.kinds import Field
from gateway.scim.filter import AttrPath
from gateway.scim.path import Path

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
# Every class of text: what one character of it may be, and what a whole text of it is.
MEMBERS: Mapping[str, str] = {
    "any": r"[\s\S]",
    "word": r"\S",
    "digits": r"[0-9]",
    "local": r"[A-Za-z0-9._%+'-]",
    "host": r"[A-Za-z0-9.-]",
    "line": r"[^\r\n]",
    "email": r"[^\s\"<>(),;:\\\[\]]",
}
PATTERNS: Mapping[str, str] = {
    **{kind: f"{member}+" for kind, member in MEMBERS.items()},
    "host": r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*",
    "email": r"[^@\s\"<>(),;:\\\[\]]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*",
}
KINDS: Mapping[str, re.Pattern[str]] = {kind: re.compile(pattern) for kind, pattern in PATTERNS.items()}


class TemplateError(ValueError):
    """A text that is no template; the message says why."""


def parse_template(text: str, read_path: Callable[[str], AttrPath | Path | Field]) -> Template:
    """Read a template. `read_path` resolves the path in a hole and may raise its own error."""
    parts: list[str | Hole] = []
    last = 0
    literal = ""
    for found in _PIECE.finditer(text):
        literal += text[last : found.start()]
        last = found.end()
        if found[0] in ("{{", "}}"):
            literal += found[0][0]
        elif found[1] is None:
            raise TemplateError(f"a lone '{found[0]}' in '{text}' (write it twice for a literal brace)")
        else:
            parts += [literal] if literal else []
            literal = ""
            parts.append(_read_hole(found[1], read_path))
    literal += text[last:]
    parts += [literal] if literal else []
    return Template(tuple(parts), text)


def _read_hole(text: str, read_path: Callable[[str], AttrPath | Path | Field]) -> Hole:
    inside = text.rfind("]") + 1  # what stands in brackets is part of the path
    path, _, kind = text[inside:].partition("|")
    path = text[:inside] + path
    optional = path.endswith("?")
    if kind and kind not in KINDS:
        raise TemplateError(f"'{kind}' is no class of text: known are {', '.join(KINDS)}")
    return Hole(read_path(path.removesuffix("?").strip()), kind or "any", optional)


def fits(kind: str, value: Any) -> bool:
    """Does a text belong to a class?"""
    return isinstance(value, str) and (kind == "any" or KINDS[kind].fullmatch(value) is not None)


def print_value(value: Any) -> str | None:
    """A value inside a text, spelled as JSON does; None where it has no form there: nothing, a list or a table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def may_hold(kind: str, char: str) -> bool:
    """Can a text of a class have this character in it?"""
    return re.fullmatch(MEMBERS[kind], char) is not None
