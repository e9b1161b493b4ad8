"""Filters of one form: their texts taken out, so that what was thought of one serves the next.

Clients send a handful of filters, thousands of times, with another name in quotes each time. A form is a bound filter
with blanks where such a text stands; a text whose value decides how the filter is understood stays where it is.
"""

import re
from collections.abc import Sequence
from typing import Any

from msgspec import DecodeError, Struct
from msgspec.json import decode

from gateway.scim.bind import bind_filter
from gateway.scim.filter import And, AttrPath, Compare, Filter, Not, Or, Within, parse_filter
from gateway.scim.lenience import ANY, Lenience
from gateway.scim.schema import ResourceType

_TEXT = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")')
_BLANK = "\x01"  # a bare word holds no control character
_FORMS = 256
_RESTS = 16
_LONGEST = 1_024

Free = tuple[bool, ...]


class Form(Struct, frozen=True):
    """`filter` is bound and has blanks; `texts` are all that stood in quotes, by the blanks' numbers."""

    filter: Filter
    texts: tuple[str, ...]


class Reading(Struct, frozen=True):
    """A filter as it was sent, bound; and its form, None for one too odd or too long to be remembered."""

    filter: Filter
    form: Form | None


class Forms(Struct):
    """Filters alike but for their texts: which of these are `free`, and what was made, by those that are not."""

    free: Free
    made: dict[tuple[str, ...], Any]

    def rest(self, texts: Sequence[str]) -> tuple[str, ...]:
        return tuple([text for text, free in zip(texts, self.free, strict=True) if not free])

    def keep(self, texts: Sequence[str], made: Any) -> None:
        """Remember what was made; the oldest goes when there are too many."""
        if len(self.made) >= _RESTS:
            del self.made[next(iter(self.made))]
        self.made[self.rest(texts)] = made


def open_forms(memory: dict[Any, Forms], key: Any, free: Free) -> Forms:
    """The forms under a key; the oldest go when there are too many."""
    if key not in memory and len(memory) >= _FORMS:
        del memory[next(iter(memory))]
    return memory.setdefault(key, Forms(free, {}))


def read_filter(text: str, rt: ResourceType, *, lenience: Lenience = ANY) -> Reading:
    """The filter that a text spells, bound to a resource type. ScimError `invalidFilter`.

    A text of a form that was met before is neither parsed nor bound again.
    """
    pieces = _TEXT.split(text) if len(text) <= _LONGEST else []
    texts = _decode(pieces[1::2])
    known: Forms | None = rt.forms.get((lenience.client, *pieces[::2]))
    made = known.made.get(known.rest(texts)) if known is not None and texts is not None else None
    if made is not None and texts is not None:
        return Reading(fill(made, texts), Form(made, texts))
    found = bind_filter(parse_filter(text, rt.urns, lenience=lenience), rt, lenience=lenience)
    return Reading(found, _make_form(pieces, texts, rt, lenience) if pieces and texts is not None else None)


def _make_form(pieces: list[str], texts: tuple[str, ...], rt: ResourceType, lenience: Lenience) -> Form:
    """Read the filter once more with blanks in place of texts, but for those that are not free."""
    key = (lenience.client, *pieces[::2])
    pieces[1::2] = [f'"\\u0001{number}"' for number in range(len(texts))]
    blank = parse_filter("".join(pieces), rt.urns, lenience=lenience)
    free = [False] * len(texts)
    for clause, path in compared(blank):
        number = number_of(clause.value)
        if number is not None:
            free[number] = _is_text(rt, path)
    made = bind_filter(
        fill(blank, [None if free[at] else text for at, text in enumerate(texts)]), rt, lenience=lenience
    )
    open_forms(rt.forms, key, tuple(free)).keep(texts, made)
    return Form(made, texts)


def _decode(quoted: Sequence[str]) -> tuple[str, ...] | None:
    """What the texts in quotes mean; None when one is no JSON string, or would be taken for a blank."""
    try:
        texts = tuple(
            [
                one[1:-1] if "\\" not in one and one.isascii() and one.isprintable() else decode(one, type=str)
                for one in quoted
            ]
        )
    except (DecodeError, UnicodeError):
        return None
    return None if any(text.startswith(_BLANK) for text in texts) else texts


def _is_text(rt: ResourceType, path: AttrPath) -> bool:
    """Is the attribute one of which any text is a value?"""
    found = rt.find(path)
    if found is not None and found.type == "complex":
        found = found.find("value")
    return found is not None and found.type in ("string", "reference")


def fill(f: Filter, texts: Sequence[str | None]) -> Filter:
    """The filter with its blanks filled in; None leaves one blank."""
    kind = f.__class__
    if kind is Compare:
        number = number_of(f.value)  # type: ignore[union-attr]  # a class says more than the type checker hears
        text = None if number is None else texts[number]
        return f if text is None else Compare(f.path, f.op, text)  # type: ignore[union-attr]
    if kind is And or kind is Or:
        return kind(tuple([fill(part, texts) for part in f.parts]))  # type: ignore[union-attr]
    if kind is Not:
        return Not(fill(f.part, texts))  # type: ignore[union-attr]
    return Within(f.path, fill(f.where, texts)) if kind is Within else f  # type: ignore[union-attr]


def number_of(value: object) -> int | None:
    """The number of a blank; None for a value."""
    return int(value[1:]) if value.__class__ is str and value[:1] == _BLANK else None


def compared(f: Filter, within: AttrPath | None = None) -> list[tuple[Compare, AttrPath]]:
    """Every comparison of a filter, with the whole path of its attribute."""
    if isinstance(f, Compare):
        return [(f, f.path if within is None else AttrPath(within.urn, within.attr, f.path.attr))]
    if isinstance(f, And | Or):
        return [one for part in f.parts for one in compared(part, within)]
    if isinstance(f, Not):
        return compared(f.part, within)
    return compared(f.where, f.path) if isinstance(f, Within) else []
