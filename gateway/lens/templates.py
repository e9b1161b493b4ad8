"""Templates: a text with holes, `{name.givenName|word}`. `{{` and `}}` are literal braces, `{path?}` may be absent."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from gateway.lens.kinds import Field, Hole, Template
from gateway.scim.filter import AttrPath

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_WORD = re.compile(r"\S+")
_LINE = re.compile(r"[^\r\n]+")
_LOCAL = re.compile(r"[A-Za-z0-9._%+'-]+")
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_EMAIL = re.compile(r"[^@\s\"<>(),;:\\\[\]]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")

KINDS: Mapping[str, Callable[[str], bool]] = {
    "any": lambda text: True,
    "word": lambda text: _WORD.fullmatch(text) is not None,
    "digits": lambda text: text.isascii() and text.isdigit(),
    "local": lambda text: _LOCAL.fullmatch(text) is not None,
    "host": lambda text: _HOST.fullmatch(text) is not None,
    "line": lambda text: _LINE.fullmatch(text) is not None,
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
}


class TemplateError(ValueError):
    """A text that is no template; the message says why."""


def parse_template(text: str, read_path: Callable[[str], AttrPath | Field]) -> Template:
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


def _read_hole(text: str, read_path: Callable[[str], AttrPath | Field]) -> Hole:
    path, _, kind = text.partition("|")
    optional = path.endswith("?")
    if kind and kind not in KINDS:
        raise TemplateError(f"'{kind}' is no class of text: known are {', '.join(KINDS)}")
    return Hole(read_path(path.removesuffix("?").strip()), kind or "any", optional)


def holes(template: Template) -> tuple[Hole, ...]:
    """The holes of a template, in order."""
    return tuple(part for part in template.parts if isinstance(part, Hole))


def fits(kind: str, value: Any) -> bool:
    """Does a text belong to a class?"""
    return isinstance(value, str) and KINDS[kind](value)
