"""Texts with a style each, and how they become lines: colour on a terminal, plain characters in a pipe."""

from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct

Span = tuple[str, str]
Line = tuple[Span, ...]

# Style -> SGR parameters; the sixteen colours of every terminal, so that they fit its own theme.
COLOURS = {
    "plain": "",
    "title": "1;36",
    "strong": "1",
    "quiet": "2",
    "client": "1;34",
    "vendor": "1;35",
    "ok": "32",
    "refused": "33",
    "bad": "1;31",
    "added": "32",
    "dropped": "31",
    "changed": "33",
    "note": "36",
}


class Glyphs(Struct, frozen=True):
    """The few characters beyond letters, and their twins where only ASCII can be shown."""

    rule: str = "─"
    bar: str = "│"
    note: str = "•"
    more: str = "…"
    done: str = "✓"


PLAIN_GLYPHS = Glyphs(rule="-", bar="|", note="*", more="...", done="ok")


class Look(Struct, frozen=True):
    """How a page is shown: so many columns, in colour or not, with these characters."""

    columns: int
    colour: bool
    glyphs: Glyphs

    @property
    def wide(self) -> bool:
        """Is there room for client and vendor beside each other?"""
        return self.columns >= 110

    def paint(self, line: Line) -> str:
        """One line as text; spaces at its end are left out."""
        spans = [(text, style) for text, style in line if text]
        while spans and not spans[-1][0].rstrip():
            spans.pop()
        if spans:
            spans[-1] = (spans[-1][0].rstrip(), spans[-1][1])
        return "".join(self.colour_span(text, style) for text, style in join_spans(spans))

    def colour_span(self, text: str, style: str) -> str:
        code = COLOURS[style]
        return f"\033[{code}m{text}\033[0m" if self.colour and code else text


def join_spans(spans: Iterable[Span]) -> Line:
    """Neighbours of one style become one span."""
    groups = groupby(spans, key=lambda span: span[1])
    return tuple(("".join(text for text, _ in group), style) for style, group in groups)


def width_of(line: Line) -> int:
    return sum(len(text) for text, _ in line)


def pad(line: Line, width: int) -> Line:
    return (*line, (" " * max(0, width - width_of(line)), "plain"))


def wrap(spans: Iterable[Span], width: int, indent: int) -> list[Line]:
    """Lines no wider than `width`, broken between spans where possible; all but the first are indented."""
    lines: list[list[Span]] = [[]]
    room = width
    for text, style in spans:
        if len(text) > room and lines[-1] and room < width - indent:
            lines.append([(" " * indent, "plain")])
            room = width - indent
            text = text.lstrip()
        while len(text) > room:
            lines[-1].append((text[:room], style))
            text = text[room:]
            lines.append([(" " * indent, "plain")])
            room = width - indent
        lines[-1].append((text, style))
        room -= len(text)
    return [tuple(line) for line in lines]


def wrap_words(text: str, style: str, width: int, indent: int) -> list[Line]:
    """A sentence, broken between its words."""
    words = text.split(" ")
    spans = [(word if place == 0 else f" {word}", style) for place, word in enumerate(words)]
    return wrap(spans, width, indent)
