"""What texts mean, with patterns where the generated code walks: the yardstick of joins and splits."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import combinations
from typing import Any

from gateway.lens.absence import read_at
from gateway.lens.holes import Hole, Template
from gateway.lens.kinds import LeafRule, TextRule, attributes_of, keys_of
from gateway.lens.lens import Document, Lens, LensError
from gateway.lens.meaning_slots import Act, put
from gateway.lens.meaning_values import say_first, value_out
from gateway.lens.templates import PATTERNS
from gateway.scim.filter import AttrPath

Found = dict[Any, str]  # path of a hole -> its value


@lru_cache(maxsize=256)
def forms(template: Template) -> tuple[tuple[tuple[str | Hole, ...], re.Pattern[str]], ...]:
    """The template without none, one, ... of the holes that may be absent, each with the pattern of its texts.

    Among forms that lack equally many, those that lack later holes come first.
    """
    optional = [part for part in template.parts if isinstance(part, Hole) and part.optional]
    every = [part for part in template.parts if isinstance(part, Hole)]
    lacking = [some for many in range(len(optional) + 1) for some in combinations(optional, many)]
    ranked = sorted(lacking, key=lambda some: [hole in some for hole in every])
    kept = [tuple(_without(template.parts, some)) for some in ranked if len(some) < len(every)]
    return tuple((parts, re.compile("".join(map(_pattern, parts)), re.DOTALL)) for parts in kept)


def _pattern(part: str | Hole) -> str:
    return f"({PATTERNS[part.kind]})" if isinstance(part, Hole) else re.escape(part)


def _without(parts: Sequence[str | Hole], some: Sequence[Hole]) -> Iterator[str | Hole]:
    """The parts without some holes: behind each that is left the text that stood there, if another is left after it.

    What is before the first hole belongs to it, what is behind the last one to that.
    """
    every = [at for at, part in enumerate(parts) if isinstance(part, Hole)]
    left = [at for at in every if parts[at] not in some]
    yield from parts[: every[0]] if left[0] == every[0] else ()
    for at in left:
        yield parts[at]
        if at != left[-1]:
            yield parts[at + 1]
    yield from parts[every[-1] + 1 :] if left[-1] == every[-1] else ()


def joined(template: Template, values: Found) -> str | None:
    """The text of these values, None where they are no form of the template."""
    for parts, _ in forms(template):
        if {part.path for part in parts if isinstance(part, Hole)} == set(values):
            return "".join(values[part.path] if isinstance(part, Hole) else part for part in parts)
    return None


def taken_apart(template: Template, text: str) -> Found | None:
    """The values in a text, None where it has no form of the template."""
    for parts, pattern in forms(template):
        found = pattern.fullmatch(text)
        if found is not None:
            named = (part.path for part in parts if isinstance(part, Hole))
            return dict(zip(named, found.groups(), strict=True))
    return None


def shown_text(rule: TextRule, record: Document) -> dict[AttrPath, str]:
    """The attributes that a record shows by this rule."""
    held = {end.v: read_at(record, end.v) for end in rule.ends}
    text = joined(rule.right, {field: str(value) for field, value in held.items() if value is not None})
    return (taken_apart(rule.left, text) or {}) if text is not None else {}


def wanted_text(lens: Lens, rule: TextRule, resource: Document) -> tuple[Found, str | None]:
    """The values that a resource has for the rule, and what fills in where it has none."""
    given = {path: read_at(resource, keys_of(path)) for path in attributes_of(rule)}
    values = {path: value for path, value in given.items() if value is not None}
    return values, None if values else say_first(lens, rule.fill, resource)


def text_acts(lens: Lens, rule: TextRule, resource: Document, wanted: Document, *, anew: bool) -> Iterator[Act]:
    """The fields, with what writes each, unless what they hold means the same already."""
    values, fill = wanted_text(lens, rule, resource)
    if not rule.writable:
        return
    if not anew and shown_text(rule, wanted) == values:
        held = ((end, read_at(wanted, end.v)) for end in rule.ends)
        yield from ((end.v, partial(put, wanted, end.v, old, str(end.s))) for end, old in held if old is not None)
        return
    text = joined(rule.left, values) if values else fill
    if values and (text is None or taken_apart(rule.left, text) != values):
        raise LensError(str(attributes_of(rule)[0]), "would not come back")
    pieces = taken_apart(rule.right, text) if text is not None else {}
    if pieces is None:
        raise LensError(str(attributes_of(rule)[0]), "is of another form")
    for end in rule.ends:
        yield end.v, partial(_say_end, end, pieces.get(end.v), wanted)


def _say_end(end: LeafRule, piece: str | None, wanted: Document) -> None:
    old = read_at(wanted, end.v)
    made = None if piece is None else value_out(end, piece)
    if end.leaf.immutable and old is not None and made not in (None, old):
        raise LensError(str(end.s), "cannot be changed any more", "mutability")
    put(wanted, end.v, made, str(end.s))


def carried_text(lens: Lens, rule: TextRule, resource: Document) -> dict[AttrPath, str]:
    """What is seen of a resource once it was written."""
    values, fill = wanted_text(lens, rule, resource)
    return values or (taken_apart(rule.left, fill) if fill is not None else None) or {}
